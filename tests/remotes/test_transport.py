"""The one HTTP transport against real servers on the loopback: what is sent again, when, and what is told."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from declarative_mail.remotes.answers import Answer, Insecure, NotAnApi, TransportError, Unreachable
from declarative_mail.remotes.faults import problem_text, refusal
from declarative_mail.remotes.repeating import JITTER, LONGEST_WAIT, Refused, Repetition, retry_after
from declarative_mail.remotes.transport import Transport, TransportSettings
from declarative_mail.secrets import Secret
from tests.remotes.fault_proxy import Reply
from tests.remotes.web import Asked, Drip, Web, certificates_in, free_port, json_reply, running_web
from tests.support.canary import secret_value, shows_canary, write_secret

TOKEN = Secret(f"Bearer {secret_value('token')}", "env:TOKEN")
LOST = Reply(None)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the proxies nor the certificates of whoever runs the tests."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def web() -> Iterator[Web]:
    """A server that answers as the test says."""
    with running_web() as running:
        yield running


def transport(url: str, **settings: object) -> Transport:
    """A transport with a token."""
    given = {"endpoint": url, "headers": {"Authorization": TOKEN}, "timeout": 5.0, **settings}
    return Transport(TransportSettings(**given))  # type: ignore[arg-type]  # as the tests give them


def later(seconds: str, status: int = 429) -> Reply:
    """An answer that asks to wait."""
    return json_reply("{}", status, Retry_After=seconds)


class TestConnections:
    """Connections."""

    def test_one_serves_many_requests(self, web: Web) -> None:
        """The second request comes over the connection of the first."""
        client = transport(web.url)
        for _ in range(3):
            client.request("GET", "/x")

        assert len({one.port for one in web.asked}) == 1

    def test_one_that_the_other_side_closed_is_made_anew(self, web: Web) -> None:
        """An idle connection ends at any time; that is no failure."""
        client = transport(web.url)
        web.say(json_reply("{}", Connection="close"), json_reply("{}"))

        assert [client.request("POST", "/x", body={}).status for _ in range(2)] == [200, 200]

    def test_request_is_what_was_asked_for(self, web: Web) -> None:
        """Method, path below the endpoint, query without what is None, headers, JSON."""
        transport(f"{web.url}/api/").request("PUT", "/x", body={"a": 1}, query={"b": "ü", "c": None})

        (asked,) = web.asked
        assert (asked.method, asked.path, asked.body) == ("PUT", "/api/x?b=%C3%BC", b'{"a": 1}')
        assert asked.headers["content-type"] == "application/json"
        assert asked.headers["authorization"] == TOKEN.reveal()

    def test_cookies_are_not_kept(self, web: Web) -> None:
        """An API needs none: what a proxy on the way sets is of no use to it."""
        web.say(Reply(200, {"Content-Type": "application/json", "Set-Cookie": "session=1; Path=/"}, b"{}"))
        client = transport(web.url)
        client.request("GET", "/a")
        client.request("GET", "/b")

        assert ["cookie" in one.headers for one in web.asked] == [False, False]


class TestRepetition:
    """What is sent again."""

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    @pytest.mark.parametrize("trouble", [LOST, later("0", 503), later("0", 429), Reply(200, {}, b"half", promised=99)])
    def test_request_that_may_be_done_twice(self, web: Web, method: str, trouble: Reply) -> None:
        """A lost answer, half an answer, a gateway in trouble."""
        web.say(trouble, json_reply('{"ok": true}'))

        assert transport(web.url).request(method, "/x").json() == {"ok": True}
        assert len(web.asked) == 2

    def test_post_whose_answer_is_lost_is_not_sent_again(self, web: Web) -> None:
        """It may have been done; and the error says that it was sent."""
        web.say(LOST)

        with pytest.raises(Unreachable) as caught:
            transport(web.url).request("POST", "/x", body={})

        assert (len(web.asked), caught.value.sent) == (1, True)

    def test_post_with_a_key_is_sent_again_with_the_same_key(self, web: Web) -> None:
        """The other side knows it by its key."""
        web.say(LOST, json_reply("{}", 201))

        answer = transport(web.url).request("POST", "/x", body={}, headers={"Idempotency-Key": "k"})

        assert answer.status == 201
        assert [one.headers["idempotency-key"] for one in web.asked] == ["k", "k"]

    @pytest.mark.parametrize(("status", "times"), [(429, 2), (503, 1)])
    def test_post_is_sent_again_only_where_it_was_turned_away(self, web: Web, status: int, times: int) -> None:
        """429 says that nothing was done; 503 may come after the work."""
        web.say(later("0", status), json_reply("{}"))

        answer = transport(web.url).request("POST", "/x", body={})

        assert (len(web.asked), answer.status) == (times, 200 if times == 2 else 503)

    @pytest.mark.parametrize("status", [400, 401, 404, 409, 422, 500, 501])
    def test_answer_is_an_answer(self, web: Web, status: int) -> None:
        """What no repetition mends comes back at once."""
        web.say(json_reply("{}", status))

        assert transport(web.url).request("GET", "/x").status == status
        assert len(web.asked) == 1

    def test_request_that_was_never_sent_may_be_sent_again(self) -> None:
        """Nobody listened: even for a call that must not be done twice."""
        error = Unreachable("nobody listens", sent=False)

        assert Repetition(safe=False, ends=time.monotonic() + 5)(error) is True

    def test_attempts_are_counted(self, web: Web) -> None:
        """The last answer is what the caller gets."""
        web.say(later("0", 503))

        assert transport(web.url, attempts=3).request("GET", "/x").status == 503
        assert len(web.asked) == 3

    def test_nothing_is_said_of_it_unasked(self, web: Web, capfd: pytest.CaptureFixture[str]) -> None:
        """Standard error belongs to what a person must know."""
        web.say(LOST, json_reply("{}"))

        transport(web.url).request("GET", "/x")

        assert capfd.readouterr() == ("", "")


class TestPause:
    """How long it waits in between."""

    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("7", 7.0),
            (" 7 ", 7.0),
            ("0", 0.0),
            ("86400", LONGEST_WAIT),
            ("9" * 400, LONGEST_WAIT),
            ("-1", None),
            ("²", None),
            ("soon", None),
            ("Wed, 99 Foo 2026 00:00:00 GMT", None),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
            (None, None),
        ],
    )
    def test_what_the_other_side_asks_for_is_bounded(self, text: str | None, seconds: float | None) -> None:
        """Seconds; what is no time says nothing."""
        assert retry_after(text) == seconds

    def test_date_is_a_time_from_now(self) -> None:
        """RFC 9110's other form."""
        text = format_datetime(datetime.now(UTC) + timedelta(seconds=12), usegmt=True)

        assert 10 < (retry_after(text) or 0) <= 12

    def test_date_far_away_is_bounded(self) -> None:
        """A clock that jumped, here or there."""
        text = format_datetime(datetime.now(UTC) + timedelta(days=400), usegmt=True)

        assert retry_after(text) == LONGEST_WAIT

    def test_many_who_were_turned_away_do_not_come_back_as_one(self) -> None:
        """Each waits for what was asked, and for a little more."""
        rules = Repetition(safe=True, ends=time.monotonic() + 60)
        pauses = {rules(Refused(Answer(429, {"retry-after": "3"}, b""))) for _ in range(20)}

        assert all(3 <= pause <= 3 + JITTER for pause in pauses)
        assert len(pauses) > 1

    def test_pause_beyond_the_end_is_not_waited_for(self, web: Web) -> None:
        """The answer comes at once, not after the time that the caller gave."""
        web.say(later("20"))

        assert transport(web.url, timeout=2.0).request("GET", "/x").status == 429
        assert len(web.asked) == 1


class TestDeadline:
    """The time for one request with all its repetitions."""

    def test_answer_that_never_ends_is_given_up(self, web: Web) -> None:
        """Each part comes in good time, the whole does not."""
        web.say(Drip())

        with pytest.raises(Unreachable, match="end of its answer in time"):
            transport(web.url, timeout=0.5).request("POST", "/x", body={})

    def test_silence_is_given_up(self, web: Web) -> None:
        """A server that takes the request and says nothing."""

        def silent(_: Asked) -> Reply:
            time.sleep(1.5)
            return json_reply("{}")

        web.say(silent)

        with pytest.raises(Unreachable, match="no answer within"):
            transport(web.url, timeout=0.3).request("GET", "/x")
        # All of its time went by, so it was not sent again although that would do no harm.
        assert len(web.asked) == 1

    def test_server_that_is_gone_is_tried_until_the_time_is_up(self) -> None:
        """And no longer."""
        client = transport(f"http://127.0.0.1:{free_port()}", timeout=0.5)

        with pytest.raises(Unreachable, match="cannot be reached") as caught:
            client.request("GET", "/x")
        assert not caught.value.sent

    def test_waiting_for_others_does_not_count(self, web: Web) -> None:
        """One call at a time, and each takes most of the time that it may: the last of them has all of its own."""

        def slow(_: Asked) -> Reply:
            time.sleep(0.4)
            return json_reply("{}")

        web.say(slow)
        one_at_a_time = transport(web.url, parallelism=1, timeout=1.0)

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: one_at_a_time.request("POST", "/x", body={}), range(4)))

        assert [one.status for one in answers] == [200] * 4


class TestNoApi:
    """Answers that no API gives."""

    def test_redirect_to_a_login_page(self, web: Web) -> None:
        """Neither followed nor taken for an answer; its query, which may hold a session, is not shown."""
        web.say(Reply(302, {"Location": f"https://login.example.com/start?session={secret_value('session')}"}))

        with pytest.raises(NotAnApi) as caught:
            transport(web.url).request("GET", "/x")

        assert "https://login.example.com/start" in str(caught.value)
        assert not shows_canary(str(caught.value))
        assert len(web.asked) == 1

    def test_page_with_status_200(self, web: Web) -> None:
        """The beginning of what came tells a person what it is."""
        web.say(Reply(200, {"Content-Type": "text/html"}, b"<html><h1>Sign in</h1></html>"))
        answer = transport(web.url).request("GET", "/x")

        with pytest.raises(NotAnApi, match='text/html, which is not JSON: "<html><h1>Sign in'):
            answer.json()

    def test_json_that_is_no_object(self, web: Web) -> None:
        """A list where an object belongs."""
        web.say(json_reply("[]"))

        with pytest.raises(NotAnApi, match="no object"):
            transport(web.url).request("GET", "/x").json_object()


class TestSecrets:
    """What must not show."""

    def test_what_the_other_side_quotes_is_hidden(self, web: Web) -> None:
        """A server that repeats token and body in its error, and a page that does."""

        def quoting(asked: Asked) -> Reply:
            said = f"bad token {asked.headers['authorization']} in {asked.body.decode()}".replace('"', "'")
            return json_reply(f'{{"title": "Refused", "detail": "{said}"}}', 422)

        web.say(quoting, lambda asked: Reply(200, {}, b"x" * 60 + asked.body))
        hook = Secret(secret_value("hook"), "env:HOOK")
        client = transport(web.url)
        refused = client.request("POST", "/x", body={"value": hook.reveal()}, secrets=[hook])
        page = client.request("POST", "/x", body={"value": hook.reveal()}, secrets=[hook])

        words = problem_text(refused)
        assert "bad token Bearer (env:TOKEN) in {'value': '(env:HOOK)'}" in words
        with pytest.raises(NotAnApi) as caught:
            page.json()
        assert not shows_canary(words + str(caught.value) + repr(refused) + repr(page))

    def test_request_has_its_number_in_the_error(self, web: Web) -> None:
        """For the logs of the other side."""
        web.say(json_reply('{"title": "No"}', 400, X_Request_Id="r-17"))

        fault = refusal(transport(web.url).request("GET", "/x"), "rest.x")

        assert fault.cause == f"{web.url}/x answered 400: No (request r-17)"

    @pytest.mark.parametrize("value", [f"{secret_value()}\n", f"{secret_value()}é"], ids=["line break", "not ASCII"])
    def test_token_that_no_header_can_carry(self, web: Web, value: str) -> None:
        """From a file that ends with a line break: it is said where it comes from, not what it is; nothing is sent."""
        client = transport(web.url, headers={"Authorization": Secret(value, "file:token.txt")})

        with pytest.raises(TransportError, match=r"Authorization .*file:token\.txt") as caught:
            client.request("GET", "/x")

        assert not shows_canary(str(caught.value))
        assert web.asked == []

    def test_log_has_a_line_for_each_request_and_no_secret(self, web: Web, caplog: pytest.LogCaptureFixture) -> None:
        """Method, address without query, status, number; and each repetition with its reason."""
        web.say(LOST, json_reply("{}", X_Request_Id="r-17"))
        with caplog.at_level(logging.DEBUG, logger="declarative_mail"):
            transport(web.url).request("PUT", "/x", body={"v": secret_value()}, query={"q": secret_value()})

        lines = [record.getMessage() for record in caplog.records if record.name.startswith("declarative_mail")]
        assert lines[-1] == f"PUT {web.url}/x -> 200 r-17"
        assert f"{web.url}/x broke off its answer" in lines[0]
        assert not shows_canary(caplog.text)


class TestClearText:
    """``http://`` to another machine."""

    @pytest.mark.parametrize(
        "endpoint", ["http://127.0.0.1:1", "http://localhost/x", "http://[::1]:80", "https://a.example"]
    )
    def test_loopback_and_tls_need_no_leave(self, endpoint: str) -> None:
        """Nobody listens in between."""
        Transport(TransportSettings(endpoint=endpoint))

    @pytest.mark.parametrize("endpoint", ["http://a.example", "http://127.0.0.1.a.example", "http://10.0.0.1:8620"])
    def test_other_machines_need_it(self, endpoint: str) -> None:
        """The token would go out in clear."""
        with pytest.raises(Insecure, match="allow_plain_http"):
            Transport(TransportSettings(endpoint=endpoint))

        Transport(TransportSettings(endpoint=endpoint, allow_plain_http=True))

    @pytest.mark.parametrize(
        "endpoint", ["", "ftp://a.example", "a.example", "http://", "http://[::1", "http://a:99999"]
    )
    def test_what_is_no_address_is_refused(self, endpoint: str) -> None:
        """Before anything is sent."""
        with pytest.raises(Insecure, match="not an http or https URL"):
            Transport(TransportSettings(endpoint=endpoint, allow_plain_http=True))


class TestEnvironment:
    """Proxies and trusted certificates come from the environment, as they do for other tools."""

    def test_proxy_is_used(self, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is asked with the whole address (RFC 9112 section 3.2.2), and the other machine is not asked itself."""
        monkeypatch.setenv("HTTP_PROXY", web.url)

        transport("http://remote.example", allow_plain_http=True).request("GET", "/x")

        assert [one.path for one in web.asked] == ["http://remote.example/x"]

    def test_no_proxy_where_it_says_so(self, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
        """The proxy is one that is not there."""
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")

        assert transport(web.url).request("GET", "/x").status == 200

    def test_own_root_is_trusted_where_it_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without it the server is not believed; with it, it is."""
        folder = certificates_in(tmp_path)
        with running_web(folder) as web:
            with pytest.raises(Unreachable, match="certificate verify failed"):
                transport(web.url, timeout=0.3).request("GET", "/x")
            monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.crt"))

            assert transport(web.url).request("GET", "/x").status == 200

    def test_proxy_that_speaks_tls_is_trusted_as_any_server(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Also on the way to a remote in clear text."""
        folder = certificates_in(tmp_path)
        with running_web(folder) as proxy:
            monkeypatch.setenv("HTTP_PROXY", proxy.url)
            monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.crt"))
            transport("http://remote.example", allow_plain_http=True).request("GET", "/x")

            assert [one.path for one in proxy.asked] == ["http://remote.example/x"]

    def test_tls_goes_through_a_proxy_end_to_end(
        self, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The proxy makes a tunnel and sees neither token nor path."""
        folder = certificates_in(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.crt"))
        monkeypatch.setenv("HTTPS_PROXY", web.url)
        with running_web(folder) as there:
            assert transport(there.url).request("GET", "/x").status == 200

            assert [one.path for one in there.asked] == ["/x"]
            assert (web.asked, web.tunnels) == ([], [there.url.removeprefix("https://")])

    @pytest.mark.parametrize(
        "value",
        [f"ftp://user:{secret_value()}@proxy.example", f"http://user:{secret_value()}@127.0.0.1:1"],
        ids=["no proxy", "proxy is gone"],
    )
    def test_proxy_that_cannot_be_used_is_said(self, web: Web, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """As an error of the way there, without the password of the proxy."""
        monkeypatch.setenv("HTTP_PROXY", value)

        with pytest.raises(TransportError) as caught:
            transport(web.url, timeout=0.3).request("GET", "/x")

        assert not shows_canary(str(caught.value))

    @pytest.mark.parametrize("exists", [True, False])
    def test_certificates_that_cannot_be_used_are_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, exists: bool
    ) -> None:
        """A file with something else in it, and one that is not there."""
        named = write_secret(tmp_path / "ca.pem", "no certificate") if exists else tmp_path / "nowhere.pem"
        monkeypatch.setenv("SSL_CERT_FILE", str(named))

        with pytest.raises(TransportError, match="SSL_CERT_FILE"):
            transport("https://127.0.0.1:1").request("GET", "/x")
