"""The login: what is sent, and above all what is not."""

from __future__ import annotations

import threading

import pytest

from declarative_mail.probe.scripted import Hear, Script, Step
from declarative_mail.probe.settings import ServerSettings, TestSettings, TokenUnavailable
from declarative_mail.secrets import Secret
from tests.probe.conversations import GREETING, played, settings
from tests.support.canary import secret_value, shows_canary

PASSWORD = secret_value("login")
OFFERS: tuple[Step, ...] = (*GREETING, Hear(b"EHLO"), b"250-mx\r\n250 AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2\r\n")
QUIT: tuple[Step, ...] = (Hear(b"QUIT"), b"221 Bye\r\n")
AS_FAR_AS_AUTH = TestSettings(until="auth")


def by_name(**changes: object) -> ServerSettings:
    """Settings that ask for a login in clear by naming the mechanism."""
    return settings(**{"username": "probe", "password": Secret(PASSWORD), "auth": "plain", **changes})


def test_nothing_is_sent_in_clear_without_being_asked_for() -> None:
    """The server offers it, the settings do not name a mechanism: not a byte of it goes out."""
    script = Script(*OFFERS, *QUIT)

    result = played(script, server=by_name(auth="auto"), test=AS_FAR_AS_AUTH)

    assert (result["auth"].verdict, result["auth"].code) == ("fail", "credentials_in_clear")
    assert not any(line.startswith(b"AUTH") for line in script.heard)


def test_login_in_clear_by_name_is_remarked() -> None:
    """Asked for by name it is done, and said."""
    script = Script(*OFFERS, Hear(b"AUTH PLAIN "), b"235 2.7.0 Ok\r\n", *QUIT)

    result = played(script, server=by_name(), test=AS_FAR_AS_AUTH)

    assert result.ok
    assert (result["auth"].verdict, result["auth"].code) == ("warn", "login_in_clear")
    assert any(shows_canary(line) for line in script.heard)


def test_transcript_has_no_credentials() -> None:
    """Neither in what was sent nor in what a server quotes of it."""
    said = f"535-5.7.8 cannot log in probe with {PASSWORD}\r\n535 5.7.8 sorry\r\n".encode()
    script = Script(
        *OFFERS, Hear(b"AUTH LOGIN"), b"334 VXNlcm5hbWU6\r\n", Hear(), b"334 UGFzc3dvcmQ6\r\n", Hear(), said, *QUIT
    )

    result = played(script, server=by_name(auth="login"), test=AS_FAR_AS_AUTH)

    assert not shows_canary(f"{result.transcript}{result.record}")
    assert [line for line in result.transcript if line.startswith("C: ")][1:4] == [
        "C: AUTH LOGIN",
        "C: (credentials removed)",
        "C: (credentials removed)",
    ]
    assert "(credentials removed)" in str(result["auth"].reply)


def test_server_that_takes_no_initial_response_is_answered() -> None:
    """An empty question after AUTH PLAIN asks for what was sent with it."""
    script = Script(*OFFERS, Hear(b"AUTH PLAIN "), b"334 \r\n", Hear(b"AHBy"), b"235 Ok\r\n", *QUIT)

    assert played(script, server=by_name(), test=AS_FAR_AS_AUTH).ok


def test_question_without_an_answer_is_cancelled() -> None:
    """A mechanism that asks more than it should is broken off (RFC 4954 section 4)."""
    script = Script(*OFFERS, Hear(b"AUTH PLAIN "), b"334 bW9yZQ==\r\n", Hear(b"*"), b"501 5.7.0 cancelled\r\n", *QUIT)

    result = played(script, server=by_name(), test=AS_FAR_AS_AUTH)

    assert result["auth"].code == "501 5.7.0"


def test_endless_questions_end_at_the_deadline_or_before() -> None:
    """A server that asks for ever is not answered for ever."""
    asking: tuple[Step, ...] = (b"334 bW9yZQ==\r\n", Hear())
    script = Script(*OFFERS, Hear(b"AUTH"), *asking * 50)

    result = played(script, server=by_name(), test=AS_FAR_AS_AUTH)

    assert result["auth"].code == "protocol"
    assert script.heard.count(b"*") == 1


def test_unknown_mechanism_is_followed_by_the_next() -> None:
    """504 says that the mechanism is not there after all."""
    script = Script(
        *OFFERS,
        Hear(b"AUTH PLAIN"),
        b"504 5.5.4 no\r\n",
        *QUIT,
    )
    result = played(script, server=by_name(), test=AS_FAR_AS_AUTH)

    assert result["auth"].code == "504 5.5.4"


def test_wrong_password_is_tried_once() -> None:
    """Another mechanism would only count as another failed attempt, and lock the account the sooner."""
    script = Script(*OFFERS, Hear(b"AUTH PLAIN"), b"535 5.7.8 no\r\n", *QUIT)

    played(script, server=by_name(), test=AS_FAR_AS_AUTH)

    assert sum(line.startswith(b"AUTH") for line in script.heard) == 1


def token_settings(**changes: object) -> ServerSettings:
    """Settings with a token to be fetched, for a conversation in clear."""
    return settings(**{"username": "probe", "auth": "xoauth2", **changes})


def test_token_is_fetched_when_it_is_needed() -> None:
    """And only then."""
    script = Script(*OFFERS, Hear(b"AUTH XOAUTH2 "), b"235 Ok\r\n", *QUIT)
    fetched: list[int] = []

    def fetch() -> Secret:
        fetched.append(1)
        return Secret("token")

    result = played(script, server=token_settings(fetch_token=fetch), test=AS_FAR_AS_AUTH)

    assert result.ok
    assert fetched == [1]


def test_token_is_not_fetched_where_it_cannot_be_used() -> None:
    """A server without the mechanism costs no round trip to the token endpoint."""
    script = Script(*GREETING, Hear(b"EHLO"), b"250-mx\r\n250 AUTH PLAIN\r\n", *QUIT)

    def fetch() -> Secret:
        raise AssertionError("nobody needs a token")

    result = played(script, server=token_settings(fetch_token=fetch), test=AS_FAR_AS_AUTH)

    assert result["auth"].code == "no_common_mechanism"


def test_token_that_cannot_be_had_is_no_fault_of_the_server() -> None:
    """The endpoint's reason stands in the cause."""

    def fetch() -> Secret:
        raise TokenUnavailable("invalid_grant: the refresh token has expired")

    result = played(Script(*OFFERS, *QUIT), server=token_settings(fetch_token=fetch), test=AS_FAR_AS_AUTH)

    assert result["auth"].code == "token_unavailable"
    assert "invalid_grant" in str(result["auth"].cause)


def test_token_endpoint_that_hangs_ends_at_the_deadline() -> None:
    """A callback without a time limit does not hold the test."""
    release = threading.Event()

    def fetch() -> Secret:
        release.wait(20)
        return Secret("late")

    test = TestSettings(until="auth", stage_timeouts={"auth": 0.2})
    result = played(Script(*OFFERS, *QUIT), server=token_settings(fetch_token=fetch), test=test)
    release.set()

    assert result["auth"].code == "token_unavailable"
    assert "did not answer in time" in str(result["auth"].cause)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"password": None}, "credentials_missing"),
        ({"password": Secret("")}, "credentials_missing"),
        ({"password": Secret("a\0b")}, "credentials_unsendable"),
    ],
)
def test_unusable_credentials_are_named(changes: dict[str, object], code: str) -> None:
    """Before anything of them is sent."""
    script = Script(*OFFERS, *QUIT)

    result = played(script, server=by_name(**changes), test=AS_FAR_AS_AUTH)

    assert result["auth"].code == code
    assert not any(line.startswith(b"AUTH") for line in script.heard)
