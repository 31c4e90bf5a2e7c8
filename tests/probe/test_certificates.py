"""Certificates as facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from declarative_mail.probe.certificates import (
    CertificateFacts,
    earliest_end,
    lacks_intermediate,
    matches,
    problems_of,
    read_chain,
)
from tests.lab.certificates import make_certificates


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificates of the laboratory."""
    made = tmp_path_factory.mktemp("certificates")
    make_certificates(made)
    return made


def now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


def facts(folder: Path, *names: str) -> tuple[CertificateFacts, ...]:
    """The facts of these certificates, as a chain."""
    pem = [x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes()) for name in names]
    return read_chain([one.public_bytes(Encoding.DER) for one in pem])


def test_facts_are_those_of_the_certificate(folder: Path) -> None:
    """Holder, issuer, names, days, key."""
    (leaf,) = facts(folder, "good")

    assert (leaf.subject, leaf.issuer) == ("CN=localhost", "CN=Laboratory root")
    assert leaf.names == ("localhost", "127.0.0.1", "::1")
    assert (leaf.authority, leaf.self_issued, leaf.key) == (False, False, "EC 256")
    assert leaf.days_left(now()) == 29
    assert len(leaf.fingerprint) == 64
    assert facts(folder, "good-rsa")[0].key == "RSA 2048"
    assert facts(folder, "ca")[0].authority


def test_data_is_of_json_values(folder: Path) -> None:
    """Dates as text, names as a list."""
    (leaf,) = facts(folder, "mismatch")
    data = leaf.data(now())

    assert data["names"] == ["mail.wrong.test"]
    assert data["days_left"] == 29
    assert str(data["not_after"]).startswith(f"{leaf.not_after:%Y-%m-%d}T")


def test_nonsense_in_a_chain_is_left_out(folder: Path) -> None:
    """A stranger may send anything as a certificate."""
    pem = x509.load_pem_x509_certificate((folder / "good.crt").read_bytes())

    assert [one.subject for one in read_chain([b"nonsense", pem.public_bytes(Encoding.DER)])] == ["CN=localhost"]


@pytest.mark.parametrize(
    ("names", "wanted", "fits"),
    [
        (("mx.example.com",), "mx.example.com", True),
        (("MX.Example.com",), "mx.example.COM.", True),
        (("*.example.com",), "mx.example.com", True),
        (("*.example.com",), "a.mx.example.com", False),
        (("*.example.com",), "example.com", False),
        (("mx.example.com",), "mail.example.com", False),
        (("192.0.2.1",), "192.0.2.1", True),
        (("2001:db8::1",), "2001:DB8:0::1", True),
        (("mx.example.com",), "192.0.2.1", False),
        ((), "mx.example.com", False),
    ],
)
def test_names_match_as_rfc_9525_says(names: tuple[str, ...], wanted: str, fits: bool) -> None:  # noqa: FBT001 - a case
    """Any case; a wildcard is one whole label; addresses by value."""
    assert matches(names, wanted) is fits


@pytest.mark.parametrize(
    ("names", "problems"),
    [
        (("good",), ()),
        (("expired",), ("certificate_expired",)),
        (("not-yet",), ("certificate_not_yet_valid",)),
        (("mismatch",), ("certificate_wrong_name",)),
        (("cn-only",), ("certificate_wrong_name",)),
        (("selfsigned",), ("certificate_self_signed",)),
        (("good", "expired"), ("certificate_expired",)),
        ((), ()),
    ],
)
def test_problems_are_seen_without_trust(folder: Path, names: tuple[str, ...], problems: tuple[str, ...]) -> None:
    """Dates, name and self-signature of the whole chain."""
    assert problems_of(facts(folder, *names), name="localhost", now=now()) == problems


def test_chain_that_names_its_issuers_place_is_cut_off(folder: Path) -> None:
    """A certificate that says where its issuer's can be had, and comes alone, lacks the intermediate."""
    assert lacks_intermediate(facts(folder, "missing-intermediate"))
    assert not lacks_intermediate(facts(folder, "untrusted"))
    assert not lacks_intermediate(facts(folder, "missing-intermediate", "intermediate"))
    assert not lacks_intermediate(())


def test_earliest_end_is_that_of_the_whole_chain(folder: Path) -> None:
    """An intermediate may end before the leaf."""
    chain = facts(folder, "good", "ends-soon")

    assert earliest_end(chain) == chain[1].not_after
    assert earliest_end(()) is None
    assert chain[0].days_left(chain[0].not_after + timedelta(days=1)) == -1
