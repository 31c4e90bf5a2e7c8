"""Certificates as facts: names, dates, issuer, and what is wrong with them.

Whether a certificate is good is OpenSSL's verdict in the handshake, as it is for the mail clients that will follow;
this only says what is in it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from declarative_mail.probe.wire_text import harmless

if TYPE_CHECKING:
    from cryptography import x509

_Kind = TypeVar("_Kind", bound="x509.ExtensionType")


class CertificateFacts(Struct, frozen=True):
    """One certificate.

    Args:
        subject: its holder (RFC 4514), harmless.
        issuer: who signed it.
        names: DNS names and addresses that it is for; empty for an authority's.
        not_before: the start of its validity (UTC).
        not_after: the end.
        self_issued: whether holder and issuer are the same.
        authority: whether it may sign others.
        issuer_published: whether it names a place where its issuer's certificate can be had (Authority Information
            Access).
        fingerprint: SHA-256 of the whole, hex.
        key: kind and size of its key.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    self_issued: bool
    authority: bool
    issuer_published: bool
    fingerprint: str
    key: str

    def days_left(self, now: datetime) -> int:
        """Whole days until it ends; negative once it has."""
        return (self.not_after - now).days

    def data(self, now: datetime) -> dict[str, object]:
        """As JSON values."""
        return {
            "subject": self.subject,
            "issuer": self.issuer,
            "names": list(self.names),
            "not_before": self.not_before.isoformat(),
            "not_after": self.not_after.isoformat(),
            "days_left": self.days_left(now),
            "fingerprint": self.fingerprint,
            "key": self.key,
        }


def read_chain(chain: Sequence[bytes]) -> tuple[CertificateFacts, ...]:
    """The facts of each certificate (DER) that can be read; a stranger's nonsense is left out."""
    from cryptography import x509

    facts = []
    for der in chain:
        try:
            facts.append(_facts(x509.load_der_x509_certificate(der)))
        except ValueError:  # also its subclasses for extensions that are malformed or stand twice
            continue
    return tuple(facts)


def problems_of(chain: Sequence[CertificateFacts], *, name: str, now: datetime) -> tuple[str, ...]:
    """What of a chain can be seen to be wrong without knowing whom to trust: symptoms, the worst first."""
    if not chain:
        return ()
    leaf = chain[0]
    seen = {
        "certificate_expired": any(one.not_after < now for one in chain),
        "certificate_not_yet_valid": any(one.not_before > now for one in chain),
        "certificate_wrong_name": not matches(leaf.names, name),
        "certificate_self_signed": leaf.self_issued,
    }
    return tuple(symptom for symptom, there in seen.items() if there)


def matches(names: Sequence[str], wanted: str) -> bool:
    """Whether a name or address is among those of a certificate (RFC 9525: a wildcard is the whole leftmost label)."""
    wanted = wanted.rstrip(".").casefold()
    if _is_address(wanted):
        return any(_is_address(one) and ipaddress.ip_address(one) == ipaddress.ip_address(wanted) for one in names)
    _, _, parent = wanted.partition(".")
    return any(one.casefold().rstrip(".") in {wanted, f"*.{parent}"} for one in names)


def lacks_intermediate(chain: Sequence[CertificateFacts]) -> bool:
    """Whether a chain with an unknown issuer looks cut off: its last certificate says where its issuer's can be had.

    Authorities that sign from an intermediate put that address into what they sign; a private authority that signs
    directly seldom does.
    """
    return bool(chain) and chain[-1].issuer_published and not chain[-1].self_issued


def earliest_end(chain: Sequence[CertificateFacts]) -> datetime | None:
    """When the first of them ends."""
    return min((one.not_after for one in chain), default=None)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _facts(certificate: x509.Certificate) -> CertificateFacts:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import AuthorityInformationAccessOID

    constraints = _extension(certificate, x509.BasicConstraints)
    access = _extension(certificate, x509.AuthorityInformationAccess)
    published = access and any(one.access_method == AuthorityInformationAccessOID.CA_ISSUERS for one in access)
    return CertificateFacts(
        subject=harmless(certificate.subject.rfc4514_string().encode()),
        issuer=harmless(certificate.issuer.rfc4514_string().encode()),
        names=_names(_extension(certificate, x509.SubjectAlternativeName)),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        self_issued=certificate.subject == certificate.issuer,
        authority=bool(constraints and constraints.ca),
        issuer_published=bool(published),
        fingerprint=certificate.fingerprint(SHA256()).hex(),
        key=_key(certificate),
    )


def _extension(certificate: x509.Certificate, kind: type[_Kind]) -> _Kind | None:
    from cryptography import x509

    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _names(alternatives: x509.SubjectAlternativeName | None) -> tuple[str, ...]:
    from cryptography import x509

    if alternatives is None:
        return ()
    names = alternatives.get_values_for_type(x509.DNSName)
    addresses = alternatives.get_values_for_type(x509.IPAddress)
    return tuple(harmless(str(one).encode()) for one in [*names, *addresses])


def _key(certificate: x509.Certificate) -> str:
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return "unknown"
    kind = type(key).__name__.removesuffix("PublicKey").removeprefix("_").removeprefix("EllipticCurve") or "EC"
    size = getattr(key, "key_size", None)
    return f"{kind} {size}" if size else kind
