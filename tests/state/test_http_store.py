"""The HTTP store: Terraform's protocol, its bad answers, lost answers, and credentials."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import md5
from typing import Any

import pytest

from declarative_mail.diagnostics import Code, DiagnosticError
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.secrets import Secret
from declarative_mail.state.lease import Lease
from declarative_mail.state.lock import LockInfo, LockLost
from declarative_mail.state.stores.http import HttpStore
from declarative_mail.state.stores.http_wire import HttpSettings
from tests.state.builders import fails_with, make_lock
from tests.state.http_state_server import DROP_AFTER, DROP_BEFORE, StateServer
from tests.state.stores import PlainClient
from tests.support.canary import secret_value

PATH = "/states/prod"


class Stores:
    """Makes stores on one server, and remembers what they waited."""

    def __init__(self, server: StateServer) -> None:
        self.server = server
        self.slept: list[float] = []

    def make(self, **settings: Any) -> HttpStore:
        """A store at the usual address."""
        given = {"address": self.server.url + PATH} | settings
        return HttpStore(HttpSettings(**given), PlainClient(), sleep=self.slept.append)


@pytest.fixture
def stores(state_server: StateServer) -> Stores:
    """Stores that do not really wait before they repeat a request."""
    return Stores(state_server)


def written(store: HttpStore, data: bytes = b"1") -> tuple[Lease, str]:
    """A lock that is held, and the etag of what was written."""
    lease = store.lock(make_lock())
    return lease, store.write(data, expected=None, lease=lease)


class TestProtocol:
    def test_the_requests_are_terraforms(self, stores: Stores) -> None:
        """Methods, lock ID in the query, bodies and headers, in their order."""
        store = stores.make()
        lease, _ = written(store, b'{"a": 1}')
        store.read()
        lease.release()
        sent = [(method, target) for method, target, _ in stores.server.requests]

        assert sent == [
            ("LOCK", PATH),
            ("LOCK", PATH),
            ("GET", PATH),
            ("POST", f"{PATH}?ID={lease.info.id}"),
            ("GET", PATH),
            ("UNLOCK", PATH),
        ]
        headers = stores.server.requests[3][2]
        assert headers["content-type"] == "application/json"
        assert headers["content-md5"] == b64encode(md5(b'{"a": 1}', usedforsecurity=False).digest()).decode()

    def test_the_lock_that_is_sent_is_terraforms(self, stores: Stores) -> None:
        """The server keeps it and shows it to others, Terraform among them."""
        lease = stores.make().lock(make_lock("apply"))
        kept = json.loads(stores.server.locks[PATH])
        lease.release()

        assert kept["ID"] == lease.info.id
        assert kept["Operation"] == "apply"
        assert kept.keys() >= {"Info", "Who", "Version", "Created", "Path"}

    def test_addresses_and_methods_can_be_others(self, stores: Stores) -> None:
        """As Terraform's settings of the same names."""
        url = stores.server.url
        store = stores.make(lock_address=f"{url}/locks/x", lock_method="POST", unlock_method="DELETE")
        store.lock(make_lock())
        assert stores.server.requests[-1][:2] == ("POST", "/locks/x")

        other = stores.make(lock_address=f"{url}/l", unlock_address=f"{url}/u", update_method="PUT")
        lease = other.lock(make_lock())
        lease.release()

        assert [target for _, target, _ in stores.server.requests[-2:]] == ["/l", "/u"]

    @pytest.mark.parametrize(
        ("address", "key", "expected"),
        [
            ("http://h/states", "prod/eu", "http://h/states/prod%2Feu"),
            ("http://h/states/", "prod", "http://h/states/prod"),
            ("http://h/{key}/state?x=1", "prod", "http://h/prod/state?x=1"),
            ("http://h/states?x=1", "prod", "http://h/states/prod?x=1"),
            ("http://h/states", "", "http://h/states"),
        ],
    )
    def test_a_key_stands_in_the_address(self, address: str, key: str, expected: str) -> None:
        """Where it says so, or at the end of its path."""
        assert HttpSettings(address, key=key).url(address) == expected

    def test_queries_stay(self, stores: Stores) -> None:
        """The lock's ID is added to what the address has."""
        store = stores.make(address=f"{stores.server.url}{PATH}?token=a%20b&empty")
        lease, _ = written(store)
        posted = next(target for method, target, _ in stores.server.requests if method == "POST")

        assert posted == f"{PATH}?token=a%20b&empty&ID={lease.info.id}"
        assert "token" not in store.name

    def test_an_empty_body_is_no_state(self, stores: Stores) -> None:
        """As Terraform takes it; 204 and 404 likewise."""
        stores.server.fail("GET", 204)
        assert stores.make().read() is None

        assert stores.make().read() is None

    def test_conditions_where_the_server_knows_them(self, stores: Stores) -> None:
        """Between our comparison and the write somebody else may write: then the server refuses."""
        stores.server.etags = True
        store = stores.make()
        lease, etag = written(store)
        assert stores.server.requests[-1][2]["if-none-match"] == "*"
        store.write(b"2", expected=etag, lease=lease)
        assert stores.server.requests[-1][2]["if-match"].startswith('"')

        stores.server.fail("POST", 412)
        with fails_with(codes.STATE_MOVED):
            store.write(b"3", expected=_etag_of(store), lease=lease)

    def test_without_locking(self, stores: Stores) -> None:
        """An empty `lock_address` is a choice, which a warning names; nothing is locked, and no ID is sent."""
        store = stores.make(lock_address="")
        lease, _ = written(store)
        lease.release()

        assert [one.code for one in lease.warnings] == [codes.WITHOUT_LOCK]
        assert {method for method, _, _ in stores.server.requests} == {"GET", "POST"}
        assert all("ID=" not in target for _, target, _ in stores.server.requests)


def _etag_of(store: HttpStore) -> str:
    stored = store.read()
    assert stored is not None
    return stored.etag


class TestCredentials:
    def test_they_are_sent(self, stores: Stores) -> None:
        """Basic authentication, with every request."""
        stores.server.credentials = f"me:{secret_value()}"
        store = stores.make(username="me", password=Secret(secret_value(), "env:X"))
        lease, _ = written(store)
        lease.release()

        assert getattr(store.read(), "data", None) == b"1"

    @pytest.mark.parametrize(("username", "said"), [("", "none were given"), ("me", "were not accepted")])
    def test_they_are_refused(self, stores: Stores, username: str, said: str) -> None:
        """Missing ones are told from wrong ones; the password is never shown."""
        stores.server.credentials = "me:right"
        store = stores.make(username=username, password=Secret(secret_value(), "env:X"))

        for action in (store.read, lambda: store.lock(make_lock())):
            with fails_with(codes.STORE_REFUSED) as caught:
                action()
            assert said in str(caught.value)
            assert secret_value() not in str(caught.value)

    def test_they_are_not_in_the_name(self, stores: Stores) -> None:
        """An address may hold them; what a person calls the state does not."""
        assert stores.make(address="http://me:pass@h/x").name == "http://h/x"


class TestBadAnswers:
    @pytest.mark.parametrize("fault", [DROP_BEFORE, DROP_AFTER, 429, 500, 502, 503, 504])
    @pytest.mark.parametrize("method", ["GET", "POST", "LOCK", "UNLOCK"])
    @pytest.mark.parametrize("etags", [False, True])
    def test_a_passing_fault_is_passed_over(
        self, stores: Stores, method: str, fault: str | int, *, etags: bool
    ) -> None:
        """Nothing is lost and nothing done twice, whether the server did what it did not answer or not."""
        stores.server.etags = etags
        stores.server.fail(method, fault)
        store = stores.make()
        lease, etag = written(store)
        store.write(b"2", expected=etag, lease=lease)
        lease.release()

        assert stores.server.states[PATH] == b"2"
        assert stores.server.locks == {}
        assert len(stores.slept) == 1

    @pytest.mark.parametrize("fault", [DROP_BEFORE, 503])
    def test_a_lasting_fault_ends_the_run(self, stores: Stores, fault: str | int) -> None:
        """After the repetitions that the settings allow."""
        stores.server.fail("GET", *[fault] * 10)
        store = stores.make(retry_max=4)

        with fails_with(codes.UNREACHABLE if fault == DROP_BEFORE else codes.STORE_ANSWER):
            store.read()
        assert len(stores.server.requests) == 5

    def test_waiting_grows_up_to_its_limit(self, stores: Stores) -> None:
        """And what the server asks for counts, up to the same limit."""
        stores.server.fail("GET", *[DROP_BEFORE] * 4)
        stores.make(retry_max=4, retry_wait_min=2, retry_wait_max=9).read()
        assert stores.slept == [2, 4, 8, 9]

        stores.server.fail("GET", 503)
        stores.make(retry_wait_min=2).read()
        assert stores.slept[-1] == 0

    @pytest.mark.parametrize(
        ("method", "status"), [("GET", 302), ("GET", 418), ("POST", 400), ("LOCK", 405), ("LOCK", 501), ("LOCK", 302)]
    )
    def test_an_answer_that_the_protocol_does_not_know(self, stores: Stores, method: str, status: int) -> None:
        """A redirect to a login page is no state and no lock."""
        stores.server.fail(method, status)

        with fails_with(codes.STORE_ANSWER) as caught:
            written(stores.make())
        assert f"{method} {stores.server.url}{PATH} was answered with status {status}" in str(caught.value)
        assert "<html>" not in str(caught.value.diagnostics[0].cause)

    def test_a_server_that_does_not_lock(self, stores: Stores) -> None:
        """The fault names the setting that works without."""
        stores.server.fail("LOCK", 405)

        with fails_with(codes.STORE_ANSWER) as caught:
            stores.make().lock(make_lock())
        assert 'lock_address = ""' in str(caught.value)

    def test_a_body_that_does_not_fit_its_sum(self, stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
        """Content-MD5 is looked at where the server sends it."""
        written(stores.make())
        client = PlainClient()
        real = client.request

        def with_sum(method: str, url: str, **rest: Any) -> Any:
            answer = real(method, url, **rest)
            answer.headers["content-md5"] = "AAAA"
            return answer

        monkeypatch.setattr(client, "request", with_sum)
        store = HttpStore(HttpSettings(stores.server.url + PATH), client)

        with fails_with(codes.STORE_ANSWER):
            store.read()

    def test_no_server_at_all(self) -> None:
        """The reason is the operating system's."""
        store = HttpStore(HttpSettings("http://127.0.0.1:1/x"), PlainClient(), sleep=lambda _: None)

        with fails_with(codes.UNREACHABLE) as caught:
            store.read()
        assert "ConnectionRefusedError" in str(caught.value.diagnostics[0].cause)


class TestLostLocks:
    def break_lock(self, stores: Stores) -> None:
        """Somebody breaks the lock and takes it."""
        stores.server.locks[PATH] = LockInfo("another", who="somebody@there").to_json()

    def test_it_is_noticed_before_a_call(self, stores: Stores) -> None:
        """The server tells whose lock it is."""
        lease = stores.make().lock(make_lock())
        self.break_lock(stores)

        with pytest.raises(LockLost, match="somebody@there"):
            lease.check(now=True)

    @pytest.mark.parametrize("fault", [None, DROP_AFTER])
    def test_lock_that_is_free_again_is_lost_and_not_taken(self, stores: Stores, fault: str | None) -> None:
        """Somebody broke it, did something and gave it back; also where the answer to the question is lost."""
        store = stores.make()
        lease = store.lock(make_lock())
        del stores.server.locks[PATH]
        if fault is not None:
            stores.server.fail("LOCK", fault)

        with pytest.raises(LockLost, match="nobody held it any more"):
            lease.check(now=True)

        assert stores.server.locks == {}
        store.lock(make_lock()).release()

    def test_it_is_noticed_by_the_write_itself(self, stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
        """When it is broken at the last moment, the server refuses the ID."""
        store = stores.make()
        lease = store.lock(make_lock())
        real = store._conditions

        def conditions(expected: str | None) -> dict[str, str]:
            self.break_lock(stores)
            return real(expected)

        monkeypatch.setattr(store, "_conditions", conditions)
        with pytest.raises(LockLost, match="somebody@there"):
            store.write(b"1", expected=None, lease=lease)
        assert stores.server.states == {}

    @pytest.mark.parametrize(("status", "code"), [(400, codes.STORE_ANSWER), (403, codes.STORE_REFUSED)])
    def test_a_lock_that_cannot_be_asked_for(self, stores: Stores, status: int, code: Code) -> None:
        """That is no loss yet: the fault is the server's, and the next question may be answered."""
        lease = stores.make().lock(make_lock())
        stores.server.fail("LOCK", status)
        with fails_with(code):
            lease.check(now=True)

        lease.check(now=True)

    def test_a_lock_that_cannot_be_given_back(self, stores: Stores) -> None:
        """The user must know: it stays."""
        lease = stores.make().lock(make_lock())
        stores.server.fail("UNLOCK", 400)

        with fails_with(codes.STORE_ANSWER):
            lease.release()

    def test_unlocking_by_force_is_the_servers_choice(self, stores: Stores) -> None:
        """It compares the ID; an answer outside the protocol is a fault."""
        store = stores.make()
        stores.server.fail("UNLOCK", 400)
        with fails_with(codes.STORE_ANSWER):
            store.force_unlock("x")

        stores.server.fail("UNLOCK", 404)
        with pytest.raises(DiagnosticError):
            store.force_unlock("x")
