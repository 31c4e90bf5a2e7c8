from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from declarative_mail.probe.knowledge.lints import Lint, is_public, lint_region, lint_server
from declarative_mail.probe.settings import ServerSettings
from declarative_mail.resources.presets import expand, preset_names
from declarative_mail.secrets import Secret

TODAY = date(2026, 3, 1)


def linted(preset: str | None = None, *, today: date = TODAY, audience: int = 0, **settings: Any) -> tuple[Lint, ...]:
    """The findings on a server that is in order but for `settings`."""
    defaults: dict[str, Any] = {
        "address": "smtp_server.a",
        "host": "mail.example.com",
        "port": 587,
        "from_address": "ops@example.com",
        "username": "ops@example.com",
        "password": Secret("p"),
        "preset": preset,
    }
    if preset:
        found = expand(preset)
        defaults |= {"host": found.host, "port": found.port, "encryption": found.encryption}
        defaults |= {"username": found.preset.username or "ops@example.com"}
    return lint_server(ServerSettings(**defaults | settings), today=today, audience=audience)


def codes(*lints: Lint) -> list[str]:
    """Their codes."""
    return [lint.code for lint in lints]


@pytest.mark.parametrize("name", [None, *preset_names()])
def test_a_server_in_order_has_no_lints(name: str | None) -> None:
    """Each preset as it expands, with its own user name and a way to log in that it takes, is fine."""
    auth = {"outlook": "xoauth2", "mailhog-local": "none"}.get(name or "", "auto")

    assert linted(name, auth=auth) == ()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"verify_certificate": False}, ["certificate_not_checked"]),
        ({"verify_certificate": False, "host": "mail.corp"}, []),
        ({"verify_certificate": False, "host": "relay"}, []),
        ({"verify_certificate": False, "host": "10.1.2.3"}, []),
        ({"verify_certificate": False, "host": "8.8.8.8"}, ["certificate_not_checked"]),
        ({"encryption": "none"}, ["login_in_clear"]),
        ({"encryption": "none", "verify_certificate": False}, ["login_in_clear"]),
        ({"encryption": "none", "host": "10.1.2.3"}, ["login_in_clear"]),
        ({"encryption": "none", "host": "127.0.0.1"}, []),
        ({"encryption": "none", "host": "localhost"}, []),
        ({"encryption": "none", "username": None, "password": None}, []),
        ({"encryption": "starttls_if_offered"}, ["encryption_optional"]),
        ({"encryption": "starttls_if_offered", "host": "::1"}, []),
        ({"from_address": "me@gmail.com"}, []),
        ({"auth": "cram_md5"}, []),
    ],
)
def test_any_server(settings: dict[str, Any], expected: list[str]) -> None:
    """What is odd without a preset: unchecked certificates of public hosts and logins in clear."""
    assert expected == codes(*linted(**settings))


@pytest.mark.parametrize(
    ("preset", "settings", "expected"),
    [
        ("gmail", {"verify_certificate": False}, ["certificate_not_checked"]),
        ("mailhog-local", {"verify_certificate": False, "auth": "none"}, []),
        ("sendgrid", {"username": "ops@example.com"}, ["username_is_fixed"]),
        ("sparkpost", {"username": "SMTP_Injection:X-MSYS-SUBACCOUNT=7"}, []),
        ("sendgrid", {"auth": "cram_md5"}, ["auth_not_taken"]),
        ("postmark", {"auth": "cram_md5"}, []),
        ("sendgrid", {"username": None, "password": None}, ["login_missing"]),
        ("google-workspace-relay", {"username": None, "password": None}, []),
        ("gmail", {"from_address": "Deploys <deploys@example.com>"}, ["sender_is_not_the_login"]),
        ("gmail", {"from_address": "OPS@example.com"}, []),
        ("office365", {"from_address": "alerts@example.com"}, ["sender_is_not_the_login"]),
        ("ses", {"from_address": "alerts@example.com"}, []),
        ("ses", {"from_address": "Me <me@Gmail.com>"}, ["free_mail_sender"]),
        ("gmail", {"from_address": "me@gmail.com", "username": "me@gmail.com"}, []),
        ("office365", {"port": 465, "encryption": "tls"}, ["endpoint_not_offered"]),
        ("sendgrid", {"port": 465, "encryption": "tls"}, []),
        ("sendgrid", {"port": 587, "encryption": "starttls_if_offered"}, ["encryption_optional"]),
        ("sendgrid", {"host": "relay.example.com", "port": 10587}, []),
    ],
)
def test_presets(preset: str, settings: dict[str, Any], expected: list[str]) -> None:
    """What is odd because of what is known of the service."""
    assert expected == codes(*linted(preset, **settings))


@pytest.mark.parametrize(
    ("today", "auth", "expected"),
    [
        (date(2026, 3, 1), "auto", []),
        (date(2026, 7, 4), "auto", ["password_ends_soon"]),
        (date(2026, 12, 30), "login", ["password_ends_soon"]),
        (date(2026, 12, 31), "auto", ["password_ended"]),
        (date(2027, 6, 1), "auto", ["password_ended"]),
        (date(2027, 6, 1), "xoauth2", []),
    ],
)
def test_the_end_of_passwords_at_exchange_online(today: date, auth: str, expected: list[str]) -> None:
    """Half a year before the day it is spoken of; a token has no such end."""
    assert expected == codes(*linted("office365", today=today, auth=auth))


def test_the_days_that_are_left_are_told() -> None:
    """The text has their number, the remedy what to use instead."""
    (lint,) = linted("office365", today=date(2026, 12, 1))

    assert lint.text.startswith("In 30 days: ")
    assert "xoauth2" in lint.remedy


def test_a_deadline_of_the_past_has_its_day() -> None:
    """Outlook.com takes no passwords since 2024."""
    (lint,) = linted("outlook")

    assert (lint.code, lint.attribute) == ("password_ended", "auth")
    assert lint.text.startswith("Since 16 September 2024: ")


def test_a_fetched_token_is_no_password() -> None:
    """An oauth2 block has no end."""
    assert linted("office365", today=date(2027, 1, 1), password=None, fetch_token=lambda: Secret("t")) == ()


@pytest.mark.parametrize(
    ("preset", "audience", "expected"),
    [
        ("gmail", 500, []),
        ("gmail", 501, ["audience_over_day_limit"]),
        ("google-workspace", 101, ["audience_over_message_limit"]),
        ("google-workspace", 2001, ["audience_over_message_limit", "audience_over_day_limit"]),
        ("office365", 501, ["audience_over_message_limit"]),
        ("ses", 201, ["audience_over_trial_limit"]),
        ("gandi", 10**9, []),
    ],
)
def test_an_audience_beyond_the_limits(preset: str, audience: int, expected: list[str]) -> None:
    """Recipients of one message, of one day, and of a trial account."""
    lints = linted(preset, audience=audience)

    assert expected == codes(*lints)
    assert all(str(audience) in lint.text for lint in lints)


@pytest.mark.parametrize(("name", "region"), [("ses", "eu-west-1"), ("zoho", "eu"), ("mailgun", "us")])
def test_an_assumed_region(name: str, region: str) -> None:
    """Where there are regions one should be named."""
    assert codes(*lint_region(expand(name))) == ["region_assumed"]
    assert codes(*lint_region(expand(name, region=region))) == []
    assert codes(*lint_region(expand("gmail"))) == []


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("smtp.gmail.com", True),
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("10.0.0.1", False),
        ("192.168.1.1", False),
        ("169.254.1.1", False),
        ("fd00::1", False),
        ("::1", False),
        ("mail", False),
        ("mail.internal", False),
        ("mail.local.", False),
        ("printer.home.arpa", False),
    ],
)
def test_public_hosts(host: str, expected: bool) -> None:  # noqa: FBT001
    """Global addresses and names under a public ending."""
    assert expected is is_public(host)
