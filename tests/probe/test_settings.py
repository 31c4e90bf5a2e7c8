"""The settings of a test refuse what would make it do less than asked."""

from __future__ import annotations

from typing import Any

import pytest

from declarative_mail.probe.settings import MAX_RECIPIENTS, TestSettings
from declarative_mail.secrets import Secret
from tests.probe.conversations import settings


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"require": frozenset({"starttls"})}, "no stage is named starttls"),
        ({"until": "data"}, "no stage is named data"),
        ({"stage_timeouts": {"banner": 1}}, "no stage is named banner"),
        ({"timeout": 0}, "more than 0 seconds"),
        ({"stage_timeout": -1}, "more than 0 seconds"),
        ({"stage_timeouts": {"tls": 0}}, "more than 0 seconds"),
        ({"recipients": ("a@example.com",) * (MAX_RECIPIENTS + 1)}, "51 recipients; one test offers at most 50"),
    ],
)
def test_bad_settings_are_refused(given: dict[str, Any], words: str) -> None:
    """Unknown stages, times that are none, and too many recipients."""
    with pytest.raises(ValueError, match=words):
        TestSettings(**given)


@pytest.mark.parametrize(
    ("given", "last"),
    [
        ({}, "sender"),
        ({"to": "a@example.com"}, "recipient"),
        ({"recipients": ("a@example.com",)}, "recipient"),
        ({"require": frozenset({"recipient"})}, "recipient"),
        ({"require": frozenset({"message"})}, "message"),
        ({"send_message": True}, "message"),
        ({"until": "tls", "require": frozenset({"message"})}, "tls"),
        ({"until": "quit", "to": "a@example.com"}, "recipient"),
    ],
)
def test_how_far_a_test_goes(given: dict[str, Any], last: str) -> None:
    """To the sender, and further only where something asks for it."""
    assert TestSettings(**given).last_stage == last


def test_stage_has_its_own_time_where_given() -> None:
    """The others have the common one."""
    test = TestSettings(stage_timeout=7, stage_timeouts={"tls": 2})

    assert (test.seconds_for("tls"), test.seconds_for("auth")) == (2, 7)


@pytest.mark.parametrize(
    ("given", "logs_in"),
    [
        ({}, False),
        ({"username": "u"}, True),
        ({"password": Secret("p")}, True),
        ({"fetch_token": lambda: Secret("t")}, True),
        ({"username": "u", "auth": "none"}, False),
        ({"username": ""}, False),
    ],
)
def test_login_is_part_of_the_test_where_there_are_credentials(given: dict[str, Any], logs_in: bool) -> None:  # noqa: FBT001 - a case
    """And not where the settings say that there is none."""
    assert settings(**given).logs_in is logs_in


@pytest.mark.parametrize(
    ("encryption", "auth", "allowed"),
    [
        ("none", "plain", True),
        ("none", "cram_md5", True),
        ("none", "auto", False),
        ("none", "none", False),
        ("starttls_if_offered", "plain", False),
        ("starttls", "plain", False),
    ],
)
def test_clear_text_login_is_asked_for_by_name(encryption: str, auth: str, allowed: bool) -> None:  # noqa: FBT001 - a case
    """Only both together allow it: no encryption, and a mechanism named."""
    assert settings(encryption=encryption, auth=auth).allows_cleartext_login is allowed


@pytest.mark.parametrize(
    ("given", "sender"),
    [
        ({}, "deploys@example.com"),
        ({"from_address": '"Deploys, Inc." <d@example.com>'}, "d@example.com"),
        ({"envelope_from": "b@example.com"}, "b@example.com"),
        ({"envelope_from": ""}, ""),
    ],
)
def test_sender_is_bare(given: dict[str, Any], sender: str) -> None:
    """The From address without its name, or the envelope's own."""
    assert settings(**given).sender == sender


def test_settings_do_not_show_the_password() -> None:
    """Not in their representation, which ends up in logs and tracebacks."""
    assert "hunter2" not in repr(settings(password=Secret("hunter2"), client_key=Secret("hunter2")))
