"""The context of a handshake: what is trusted, which versions, who we are."""

from __future__ import annotations

import os
import secrets
import ssl
import tempfile
from functools import lru_cache
from pathlib import Path

from declarative_mail.probe.network import TlsFault, TlsOptions
from declarative_mail.probe.settings import TlsVersion
from declarative_mail.secrets import Secret

# The older two are deprecated in `ssl`, so that naming them warns; the least that OpenSSL can do stands for 1.0, and
# 1.1 is checked after the handshake.
_FLOOR = {
    "1.0": ssl.TLSVersion.MINIMUM_SUPPORTED,
    "1.1": ssl.TLSVersion.MINIMUM_SUPPORTED,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}
_OLD = {"1.0", "1.1"}


def client_context(options: TlsOptions) -> ssl.SSLContext:
    """A context for these options; shared where no client certificate makes it particular.

    Raises:
        TlsFault: ``ca_certificate_unreadable`` or ``client_certificate_unreadable``.
    """
    make = _context.__wrapped__ if options.client_certificate else _context
    context = make(verify=options.verify, ca_certificate=options.ca_certificate, min_version=options.min_version)
    if options.client_certificate:
        _load_identity(context, options.client_certificate, options.client_key)
    return context


@lru_cache(maxsize=64)
def _context(*, verify: bool, ca_certificate: str | None, min_version: TlsVersion) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = _FLOOR[min_version]
    if min_version in _OLD:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")  # OpenSSL 3 refuses the digests of TLS 1.0 and 1.1 elsewhere
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    # The names are in subjectAltName or nowhere (RFC 6125, RFC 9525): Go and Java clients have long refused a bare CN.
    context.hostname_checks_common_name = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # what the user gives to trust is trusted, also a leaf
    _trust(context, ca_certificate)
    return context


def _trust(context: ssl.SSLContext, ca_certificate: str | None) -> None:
    if ca_certificate is None:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
        return
    try:
        context.load_verify_locations(cadata=ca_certificate)
    except (ssl.SSLError, ValueError) as error:
        raise TlsFault("ca_certificate_unreadable", "ca_certificate holds no certificate in PEM form") from error


def _load_identity(context: ssl.SSLContext, certificate: str, key: Secret | None) -> None:
    """Our own certificate. OpenSSL takes it from a file only: the key is on disk for that moment, and encrypted."""
    if not key:
        raise TlsFault("client_certificate_unreadable", "client_certificate needs its key")
    passphrase = secrets.token_bytes(24).hex()
    try:
        pem = certificate.encode("ascii").strip() + b"\n" + _sealed(key, passphrase)
        with tempfile.TemporaryDirectory(prefix="dmail-") as directory:
            path = Path(directory) / "identity.pem"
            path.touch(mode=0o600)
            path.write_bytes(pem)
            context.load_cert_chain(os.fspath(path), password=passphrase)
    except (ssl.SSLError, ValueError, TypeError) as error:
        raise TlsFault("client_certificate_unreadable", "certificate and key are not PEM, or do not match") from error


def _sealed(key: Secret, passphrase: str) -> bytes:
    from cryptography.hazmat.primitives import serialization

    private = serialization.load_pem_private_key(key.reveal().encode(), password=None)
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
