"""The mechanisms, by the examples of their standards."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from declarative_mail.probe.authentication import Exchange, Unsendable, oauth_refusal, usable_mechanisms
from declarative_mail.secrets import Secret
from tests.probe.conversations import settings


def exchange(mechanism: str, user: str, password: str, **changes: Any) -> tuple[Exchange, list[str]]:
    """The client's side, and what it asks to be hidden."""
    hidden: list[str] = []
    server = settings(username=user, **changes)
    return Exchange(mechanism, server, Secret(password), hide=hidden.append), hidden


def decoded(text: str | None) -> str:
    """Out of base64."""
    return base64.b64decode(text or "").decode()


def test_plain_is_that_of_rfc_4616() -> None:
    """No authorisation identity, user name and password with NULs between (RFC 4616 section 4)."""
    plain, hidden = exchange("PLAIN", "tim", "tanstaaftanstaaf")

    assert decoded(plain.initial()) == "\0tim\0tanstaaftanstaaf"
    assert {"tanstaaftanstaaf", "\0tim\0tanstaaftanstaaf"} == set(hidden)


def test_plain_is_in_utf_8() -> None:
    """Names and passwords beyond ASCII are UTF-8."""
    plain, _ = exchange("PLAIN", "zoë", "pässwörd")

    assert decoded(plain.initial()) == "\0zoë\0pässwörd"


def test_login_answers_two_questions() -> None:
    """User name, then password; nothing with the command."""
    login, _ = exchange("LOGIN", "tim", "secret-word")

    assert login.initial() is None
    assert [decoded(answer("")) for answer in login.answers()] == ["tim", "secret-word"]


def test_cram_md5_is_that_of_rfc_2195() -> None:
    """The digest of the standard's own example (RFC 2195 section 2)."""
    cram, hidden = exchange("CRAM-MD5", "tim", "tanstaaftanstaaf")
    challenge = base64.b64encode(b"<1896.697170952@postoffice.reston.mci.net>").decode()

    (answer,) = cram.answers()

    assert decoded(answer(challenge)) == "tim b913a602c7eda7a495b4e6e7334d3890"
    assert "b913a602c7eda7a495b4e6e7334d3890" in hidden


def test_cram_md5_refuses_a_challenge_that_is_none() -> None:
    """A challenge that is not base64 is not answered."""
    cram, _ = exchange("CRAM-MD5", "tim", "x")
    (answer,) = cram.answers()

    with pytest.raises(Unsendable, match="not in base64"):
        answer("!!!")


def test_xoauth2_is_that_of_its_vendors() -> None:
    """User and bearer token between control-A characters; a refusal is acknowledged with an empty line."""
    oauth, _ = exchange("XOAUTH2", "someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg")
    (acknowledge,) = oauth.answers()

    assert decoded(oauth.initial()) == (
        "user=someuser@example.com\x01auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\x01\x01"
    )
    assert acknowledge("e30=") == ""


def test_oauthbearer_is_that_of_rfc_7628() -> None:
    """With host and port; a refusal is acknowledged with a control-A (RFC 7628 section 4)."""
    oauth, _ = exchange("OAUTHBEARER", "user@example.com", "vF9dft4qmTc2Nvb3Rl", host="server.example.com", port=587)
    (acknowledge,) = oauth.answers()

    assert decoded(oauth.initial()) == (
        "n,a=user@example.com,\x01host=server.example.com\x01port=587\x01auth=Bearer vF9dft4qmTc2Nvb3Rl\x01\x01"
    )
    assert acknowledge("e30=") == "AQ=="


def test_oauthbearer_quotes_what_has_a_meaning() -> None:
    """Comma and equals sign in a name are written as in GS2 (RFC 5801 section 4)."""
    oauth, _ = exchange("OAUTHBEARER", "a,b=c", "t")

    assert decoded(oauth.initial()).startswith("n,a=a=2Cb=3Dc,\x01")


def test_plain_cannot_carry_nul() -> None:
    """A NUL would end the user name early, so that nothing is sent."""
    with pytest.raises(Unsendable, match="NUL"):
        exchange("PLAIN", "tim", "a\0b")


def test_half_a_character_cannot_be_sent() -> None:
    """A lone surrogate stands for no byte."""
    with pytest.raises(Unsendable, match="half a character"):
        exchange("PLAIN", "tim", "a\ud800b")[0].initial()


@pytest.mark.parametrize(
    ("changes", "mechanisms"),
    [
        ({}, ("PLAIN", "LOGIN", "CRAM-MD5")),
        ({"fetch_token": lambda: Secret("t")}, ("XOAUTH2", "OAUTHBEARER")),
        ({"auth": "cram_md5"}, ("CRAM-MD5",)),
        ({"auth": "oauthbearer"}, ("OAUTHBEARER",)),
        ({"auth": "login", "fetch_token": lambda: Secret("t")}, ("LOGIN",)),
    ],
)
def test_mechanisms_fit_the_credentials(changes: dict[str, Any], mechanisms: tuple[str, ...]) -> None:
    """A password never goes where a token is wanted, and the other way round, unless a mechanism is named."""
    assert usable_mechanisms(settings(**changes)) == mechanisms


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ('{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}', "400"),
        ('{"status": 401, "token": "x"}', "401"),
        ('{"status": "\\u001b[2J"}', r"\x1b[2J"),
    ],
)
def test_reason_of_an_oauth_refusal_is_read(question: str, reason: str) -> None:
    """Status, schemes and scope are taken over, harmless, and nothing else."""
    found = oauth_refusal(base64.b64encode(question.encode()).decode())

    assert found["status"] == reason
    assert set(found) <= {"status", "schemes", "scope"}


@pytest.mark.parametrize("question", ["", "!!!", "e30", base64.b64encode(b"[1]").decode(), "/w=="])
def test_no_reason_is_none(question: str) -> None:
    """What is no JSON object says nothing."""
    assert oauth_refusal(question) == {}
