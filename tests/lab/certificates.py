"""Certificates for the servers of the laboratory: a good one, and one for each thing that can be wrong with one."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_GOOD_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One certificate.

    Args:
        name: of its files: ``name.crt``, ``name.key``, and ``name.pem`` with key and chain.
        subject: the common name.
        names: DNS names and addresses; empty for no subjectAltName.
        issuer: whose key signs; None for its own.
        authority: whether it may sign others.
        begins: the day on which it begins, counted from today.
        ends: the day on which it ends.
        chain: what the server sends behind it.
        published: say where the issuer's certificate can be had.
        rsa: an RSA key in place of an elliptic one.
        client: for a client's end of TLS.
    """

    name: str
    subject: str = "localhost"
    names: tuple[str, ...] = _GOOD_NAMES
    issuer: str | None = "ca"
    authority: bool = False
    begins: int = -1
    ends: int = 30
    chain: tuple[str, ...] = ()
    published: bool = False
    rsa: bool = False
    client: bool = False


def _root(name: str, subject: str, issuer: str | None = None) -> Plan:
    return Plan(name=name, subject=subject, names=(), issuer=issuer, authority=True, begins=-400, ends=400)


PLANS: tuple[Plan, ...] = (
    _root("ca", "Laboratory root"),
    _root("other-ca", "Another root"),
    _root("intermediate", "Laboratory intermediate", "ca"),
    Plan(name="good"),
    Plan(name="good-rsa", rsa=True),
    Plan(name="chain", issuer="intermediate", chain=("intermediate",)),
    Plan(name="missing-intermediate", issuer="intermediate", published=True),
    Plan(name="expired", begins=-60, ends=-1),
    Plan(name="not-yet", begins=10, ends=40),
    Plan(name="ends-soon", ends=5),
    Plan(name="mismatch", subject="mail.wrong.test", names=("mail.wrong.test",)),
    Plan(name="cn-only", names=()),
    Plan(name="untrusted", issuer="other-ca"),
    Plan(name="selfsigned", issuer=None),
    Plan(name="alpha", subject="alpha.lab.test", names=("alpha.lab.test",)),
    Plan(name="beta", subject="beta.lab.test", names=("*.beta.lab.test",)),
    Plan(name="client", subject="client.lab.test", names=("client.lab.test",), client=True),
    Plan(
        name="client-untrusted", subject="client.lab.test", names=("client.lab.test",), issuer="other-ca", client=True
    ),
)


def make_certificates(folder: Path, plans: Sequence[Plan] = PLANS) -> None:
    """Write all of them; keys of the laboratory are worthless and readable by every daemon."""
    made: dict[str, tuple[x509.Certificate, Key]] = {}
    for plan in plans:
        key: Key = rsa.generate_private_key(65537, 2048) if plan.rsa else ec.generate_private_key(ec.SECP256R1())
        issuer, signer = (made[plan.issuer][0].subject, made[plan.issuer][1]) if plan.issuer else (None, key)
        made[plan.name] = certificate, _ = _signed(plan, key, issuer, signer), key
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        chain = b"".join(made[one][0].public_bytes(serialization.Encoding.PEM) for one in plan.chain)
        (folder / f"{plan.name}.crt").write_bytes(pem)
        (folder / f"{plan.name}.key").write_bytes(private)
        (folder / f"{plan.name}.pem").write_bytes(private + pem + chain)


_KEY_USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
"""What RFC 5280 section 4.2.1.3 wants of an authority, and Python from 3.13 on asks for."""


def _signed(plan: Plan, key: Key, issuer: x509.Name | None, signer: Key) -> x509.Certificate:
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, plan.subject)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=plan.begins))
        .not_valid_after(now + timedelta(days=plan.ends))
        .add_extension(x509.BasicConstraints(ca=plan.authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if plan.authority:
        builder = builder.add_extension(_KEY_USAGE, critical=True)
    for extension in _extensions(plan):
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(signer, hashes.SHA256())


def _extensions(plan: Plan) -> list[x509.ExtensionType]:
    found: list[x509.ExtensionType] = []
    if plan.names:
        found.append(x509.SubjectAlternativeName([_general_name(one) for one in plan.names]))
    if plan.issuer and not plan.authority:
        purpose = ExtendedKeyUsageOID.CLIENT_AUTH if plan.client else ExtendedKeyUsageOID.SERVER_AUTH
        found.append(x509.ExtendedKeyUsage([purpose]))
    if plan.published:
        place = x509.UniformResourceIdentifier("http://pki.lab.test/intermediate.crt")
        found.append(
            x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, place)])
        )
    return found


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
