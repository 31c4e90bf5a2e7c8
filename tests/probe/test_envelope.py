"""Addresses on the wire, the test message, and queue ids."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest

from declarative_mail.probe.envelope import WireAddress, wire_address
from declarative_mail.probe.message import compose, queue_id
from declarative_mail.probe.settings import TestSettings
from tests.probe.conversations import STARTED, settings


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("a@example.com", WireAddress("a@example.com", international=False)),
        ("", WireAddress("", international=False)),
        ("prüfer@example.com", WireAddress("prüfer@example.com", international=True)),
        ("a@bücher.example", WireAddress("a@xn--bcher-kva.example", international=False)),
        ('"a b"@example.com', WireAddress('"a b"@example.com', international=False)),
        ("a+b@host", WireAddress("a+b@host", international=False)),
    ],
)
def test_address_goes_onto_the_wire(address: str, wire: WireAddress) -> None:
    """Domains as A-labels; only the local part can need SMTPUTF8."""
    assert wire_address(address) == wire


@pytest.mark.parametrize(
    "address",
    [
        "a",
        "@example.com",
        "a@",
        "a b@example.com",
        "a@exa mple.com",
        "a>@example.com",
        "a\r\n@example.com",
        "a@x\0.com",
        '"a\nb"@x.com',
    ],
)
def test_unsendable_address_is_refused(address: str) -> None:
    """What is no address, or would end the command early."""
    with pytest.raises(ValueError, match="it "):
        wire_address(address)


def test_message_says_what_it_is() -> None:
    """Subject, body, From with its name, To, date, and that no human wrote it."""
    made = compose(
        settings(),
        TestSettings(subject="Probe\n of mail", body="Hello\n.\nend\n"),
        to="ops@example.com",
        written=STARTED,
    )
    read = message_from_bytes(made.content, policy=policy.SMTP)

    assert read["From"] == "Deploys <deploys@example.com>"
    assert read["To"] == "ops@example.com"
    assert read["Subject"] == "Probe of mail"
    assert read["Date"] == "Sun, 01 Mar 2026 12:00:00 +0000"
    assert read["Message-ID"] == made.message_id
    assert made.message_id.endswith("@example.com>")
    assert read["Auto-Submitted"] == "auto-generated"
    assert read.get_content().splitlines() == ["Hello", ".", "end"]


def test_message_ids_differ() -> None:
    """Each message can be found by its own."""
    ids = {compose(settings(), TestSettings(), to="a@example.com", written=STARTED).message_id for _ in range(20)}

    assert len(ids) == 20


def test_message_is_ascii_unless_an_address_is_not() -> None:
    """Names and bodies beyond ASCII are encoded; SMTPUTF8 is only for addresses."""
    server = settings(from_address='"Zoë \\"Z\\" B." <zoe@bücher.example>')
    encoded = compose(server, TestSettings(body="Grüße"), to="ops@example.com", written=STARTED)
    raw = compose(server, TestSettings(), to="prüfer@example.com", written=STARTED)

    assert not encoded.eight_bit
    assert raw.eight_bit
    read = message_from_bytes(encoded.content, policy=policy.SMTP)
    assert read["From"].addresses[0].display_name == 'Zoë "Z" B.'
    assert read["From"].addresses[0].addr_spec == "zoe@xn--bcher-kva.example"


def test_lines_end_in_crlf() -> None:
    """As SMTP wants them, whatever the body has."""
    made = compose(settings(), TestSettings(body="a\nb\r\nc"), to="a@example.com", written=STARTED)

    assert b"\n" not in made.content.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ("Ok: queued as 4XyZ1q2w3e4r5t", "4XyZ1q2w3e4r5t"),
        ("OK id=1rXyZ1-0004Ab-2C", "1rXyZ1-0004Ab-2C"),
        ("42BNx9Wb012345 Message accepted for delivery", "42BNx9Wb012345"),
        ("5f3e1a2b Message accepted for delivery", "5f3e1a2b"),
        ("Ok 0102018f3f2a1b2c-6a1f0c3d-000000", "0102018f3f2a1b2c-6a1f0c3d-000000"),
        (
            "OK  1709294400 ffacd0b85a97d-33e1c7f7d2bsi1234567f8f.123 - gsmtp",
            "1709294400 ffacd0b85a97d-33e1c7f7d2bsi1234567f8f.123",
        ),
        (
            "<a@b.example> [InternalId=12345678901234, Hostname=X.prod.outlook.com] Queued mail for delivery",
            "12345678901234",
        ),
        ("ok 1709294400 qp 12345", "1709294400 qp 12345"),
        ("Ok", None),
        ("", None),
    ],
)
def test_queue_id_is_found(reply: str, found: str | None) -> None:
    """In the words of the common servers; none where there is none."""
    assert queue_id(reply) == found
