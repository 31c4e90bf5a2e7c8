from __future__ import annotations

import pytest

from declarative_mail.probe.knowledge.presets import hints_for
from declarative_mail.probe.knowledge.vendors import vendor_of
from declarative_mail.resources.presets import preset, preset_names


@pytest.mark.parametrize(
    ("host", "vendor"),
    [
        ("smtp.gmail.com", "google"),
        ("SMTP-RELAY.GMAIL.COM.", "google"),
        ("smtp.office365.com", "microsoft"),
        ("example-com.mail.protection.outlook.com", "microsoft"),
        ("email-smtp.eu-west-1.amazonaws.com", "aws"),
        ("smtp.sendgrid.net", "sendgrid"),
        ("notgmail.com", None),
        ("gmail.com.example.org", None),
        ("192.0.2.1", None),
        ("", None),
    ],
)
def test_a_host_names_its_vendor(host: str, vendor: str | None) -> None:
    """The vendor is that of the registered domain, whatever stands before it; a look-alike is none."""
    assert vendor == vendor_of(host)


def test_a_preset_names_the_vendor_behind_an_alias() -> None:
    """Behind a name of the user's own the preset tells; an unknown preset tells nothing."""
    assert vendor_of("smtp.internal.example", preset="ses") == "aws"
    assert vendor_of("smtp.internal.example", preset="nonesuch") is None


def test_a_reply_may_be_signed() -> None:
    """Google and Exchange sign what they say."""
    assert vendor_of("relay.example", text="Try again later, x1-20020a05 - gsmtp") == "google"
    assert vendor_of("relay.example", text="[AM0PR01MB1.eurprd01.PROD.OUTLOOK.COM]") == "microsoft"
    assert vendor_of("relay.example", text="Ok") is None


def test_hints_fit_the_failure() -> None:
    """A refused login gets the notes on logging in, a refused sender those on senders."""
    login, sender = hints_for("gmail", "auth"), hints_for("gmail", "sender")

    assert any("app password" in hint for hint in login)
    assert any("send-as" in hint for hint in sender)
    assert set() == set(login) & set(sender)


def test_the_end_of_basic_authentication_is_a_hint_on_logins() -> None:
    """A login refused by Exchange Online mentions the day on which passwords end, and what to use instead."""
    hints = " ".join(hints_for("office365", "auth"))

    assert "December 2026" in hints
    assert "xoauth2" in hints
    assert "December 2026" not in " ".join(hints_for("office365", "sender"))


def test_without_a_preset_there_are_no_hints() -> None:
    """No preset, an unknown one, and a category that no note belongs to."""
    assert hints_for(None, "auth") == ()
    assert hints_for("nonesuch", "auth") == ()
    assert hints_for("gmail", "greylist") == ()


@pytest.mark.parametrize("name", preset_names())
def test_every_note_has_a_failure_that_brings_it_up(name: str) -> None:
    """No note of a preset is on a topic that no category leads to, but for the general ones."""
    shown = {
        hint
        for category in ("auth", "sender", "recipient", "rate", "tls", "network", "content")
        for hint in hints_for(name, category)
    }

    assert {note.text for note in preset(name).notes if note.topic != "general"} <= shown
