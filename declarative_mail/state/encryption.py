"""Encryption of a whole file, state or plan: AES-256-GCM under a key derived from a passphrase.

    {"encryption": {"version": 1, "method": "aes-256-gcm", "kdf": {…, "salt"}, "key_id", "nonce"},
     "public": {"serial": 7, "lineage": "…"},
     "data": "<base64>"}

Everything beside ``data`` is authenticated with it (as canonical JSON, so that a server may lay the document out anew).
``public`` stays readable because stores look at it; nothing trusts it unopened. Why these methods:
``docs/decisions/state-encryption.md``.
"""

from __future__ import annotations

import hmac
import os
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeAlias

import msgspec

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.secrets import Secret
from declarative_mail.state.digest import canonical

MINIMUM_PASSPHRASE = 16
"""Characters. A shorter one is guessed, whatever the derivation costs."""

_KDF = {"name": "argon2id", "iterations": 3, "lanes": 4, "memory_kib": 65536}
"""RFC 9106 section 4, second recommended option; OWASP's minimum is 19 MiB, 2 iterations, 1 lane."""
_COSTS = {"iterations": range(1, 17), "lanes": range(1, 17), "memory_kib": range(19456, 1048577)}
"""What a header may ask for: it is read before anything in it is proved, and must not exhaust the machine."""
_SEALED = re.compile(rb'\s*\{\s*"encryption"\s*:')

Header: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Opened:
    """The content of a file, and what there is to say about how it was kept."""

    data: bytes = field(repr=False)
    warnings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class _Keys:
    """What is made of one passphrase and one salt."""

    encryption: bytes = field(repr=False)
    fingerprint: bytes = field(repr=False)
    id: str


class Envelope:
    """Seals and opens the files of one run. Each key is derived once.

    Without a passphrase it seals nothing, and opens what is plain or what a fallback opens: the way back to plain.
    """

    def __init__(self, passphrase: Secret | None = None, *, fallbacks: Sequence[Secret] = ()) -> None:
        """Nothing is derived yet.

        Args:
            passphrase: files are sealed with it. None: they stay plain.
            fallbacks: older passphrases, with which files are opened too.

        Raises:
            DiagnosticError: the passphrase is too short.
        """
        if passphrase is not None and len(passphrase.reveal()) < MINIMUM_PASSPHRASE:
            raise DiagnosticError(_too_short(passphrase))
        self._passphrase = passphrase
        self._passphrases = tuple(one for one in (passphrase, *fallbacks) if one)
        self._kdf: Header | None = None
        self._derived: dict[tuple[Secret, bytes], _Keys] = {}

    def seal(self, data: bytes, *, public: Mapping[str, Any] | None = None) -> bytes:
        """The file that is kept for this content: sealed, or the content itself where there is no passphrase.

        Args:
            data: the content.
            public: what stays readable, JSON values only.
        """
        if self._passphrase is None:
            return data
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        kdf = self._current_kdf()
        keys = self._keys(self._passphrase, kdf)
        nonce = os.urandom(12)
        header = {
            "encryption": {
                "version": 1,
                "method": "aes-256-gcm",
                "kdf": kdf,
                "key_id": keys.id,
                "nonce": b64encode(nonce).decode(),
            },
            "public": dict(public or {}),
        }
        sealed = AESGCM(keys.encryption).encrypt(nonce, data, canonical(header))
        return msgspec.json.encode(header | {"data": b64encode(sealed).decode()}) + b"\n"

    def open(self, data: bytes, *, name: str) -> Opened:
        """The content of a file, sealed or plain.

        Args:
            data: the file.
            name: what a person calls it.

        Raises:
            DiagnosticError: no passphrase opens it, it was tampered with, or it is sealed in an unknown way.
        """
        if not is_sealed(data):
            return Opened(data, (_not_encrypted(name),) if self._passphrase else ())
        document = _parsed(data, name)
        header = _checked(document["encryption"], name)
        if not self._passphrases:
            raise DiagnosticError(_encrypted(name))
        for passphrase in self._passphrases:
            keys = self._keys(passphrase, header["kdf"])
            if keys.id == header["key_id"]:
                content = _decrypted(document, keys.encryption, name)
                return Opened(content, self._adopt(passphrase, header["kdf"], name))
        raise DiagnosticError(_wrong_passphrase(name, self._passphrases))

    def _adopt(self, passphrase: Secret, kdf: Header, name: str) -> tuple[Diagnostic, ...]:
        """Go on with the salt of a file that the current passphrase opens, so that its keys stay the same."""
        if passphrase == self._passphrase:
            self._kdf = self._kdf or kdf
            return ()
        return (_fallback_in_use(name, passphrase, self._passphrase),)

    def _current_kdf(self) -> Header:
        if self._kdf is None:
            self._kdf = _KDF | {"salt": b64encode(os.urandom(16)).decode()}
        return self._kdf

    def _keys(self, passphrase: Secret, kdf: Header) -> _Keys:
        known = (passphrase, canonical(kdf))
        if known not in self._derived:
            self._derived[known] = _derive(passphrase, kdf)
        return self._derived[known]

    @property
    def fingerprint_key(self) -> bytes | None:
        """A key for fingerprints that the state does not hold; None without a passphrase."""
        return self._keys(self._passphrase, self._current_kdf()).fingerprint if self._passphrase else None

    @property
    def older_fingerprint_keys(self) -> tuple[bytes, ...]:
        """The keys of all files opened so far: fingerprints in them were made with these."""
        return tuple(keys.fingerprint for keys in self._derived.values())


def is_sealed(data: bytes) -> bool:
    """Whether a file is one that `Envelope.seal` made."""
    return _SEALED.match(data) is not None


def _derive(passphrase: Secret, kdf: Header) -> _Keys:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    derivation = Argon2id(
        salt=b64decode(kdf["salt"]),
        length=32,
        iterations=kdf["iterations"],
        lanes=kdf["lanes"],
        memory_cost=kdf["memory_kib"],
    )
    root = derivation.derive(passphrase.reveal().encode("utf-8", "surrogatepass"))
    return _Keys(
        encryption=hmac.digest(root, b"encryption", sha256),
        fingerprint=hmac.digest(root, b"fingerprint", sha256),
        id=hmac.digest(root, b"id", sha256)[:8].hex(),
    )


def _parsed(data: bytes, name: str) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.keys() != {"encryption", "public", "data"}:
        raise DiagnosticError(_tampered(name))
    return document


def _checked(header: Any, name: str) -> Header:
    """A header whose every field is of the kind and size that we write."""
    kinds = {"kdf": dict, "key_id": str}
    if not isinstance(header, dict) or not all(isinstance(header.get(key), kind) for key, kind in kinds.items()):
        raise DiagnosticError(_tampered(name))
    kdf = header["kdf"]
    if (header.get("version"), header.get("method"), kdf.get("name")) != (1, "aes-256-gcm", "argon2id"):
        raise DiagnosticError(_unknown(name))
    if any(type(kdf.get(cost)) is not int or kdf[cost] not in allowed for cost, allowed in _COSTS.items()):
        raise DiagnosticError(_tampered(name))
    _bytes(kdf.get("salt"), name, length=16)
    _bytes(header.get("nonce"), name, length=12)
    return header


def _decrypted(document: Mapping[str, Any], key: bytes, name: str) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    associated = canonical({"encryption": document["encryption"], "public": document["public"]})
    nonce = _bytes(document["encryption"]["nonce"], name)
    try:
        return AESGCM(key).decrypt(nonce, _bytes(document["data"], name), associated)
    except InvalidTag:
        raise DiagnosticError(_tampered(name)) from None


def _bytes(text: object, name: str, *, length: int | None = None) -> bytes:
    try:
        found = b64decode(str(text), validate=True)
    except Base64Error:
        raise DiagnosticError(_tampered(name)) from None
    if length is not None and len(found) != length:
        raise DiagnosticError(_tampered(name))
    return found


def _too_short(passphrase: Secret) -> Diagnostic:
    return Diagnostic(
        codes.SHORT_PASSPHRASE,
        f"The passphrase ({passphrase.source}) has fewer than {MINIMUM_PASSPHRASE} characters, so whoever gets the "
        "file can guess it. Make a longer one:\n  openssl rand -base64 32",
    )


def _encrypted(name: str) -> Diagnostic:
    return Diagnostic(
        codes.ENCRYPTED,
        f"{name} is encrypted, and no passphrase is given. Give the one that it was written with: "
        '`encryption { passphrase = env("…") }` in the declarative_mail block.',
    )


def _not_encrypted(name: str) -> Diagnostic:
    return Diagnostic(
        codes.NOT_ENCRYPTED,
        f"{name} is plain text although a passphrase is given. It was read as it is; the next write encrypts it. If it "
        "was encrypted before, somebody has replaced it.",
    )


def _wrong_passphrase(name: str, tried: Sequence[Secret]) -> Diagnostic:
    sources = ", ".join(one.source for one in tried)
    return Diagnostic(
        codes.WRONG_PASSPHRASE,
        f"{name} was encrypted with another passphrase than those given ({sources}), or its head was changed. If "
        "the passphrase was exchanged, give the old one as the fallback until the file has been written anew.",
    )


def _fallback_in_use(name: str, used: Secret, current: Secret | None) -> Diagnostic:
    becomes = f"encrypts it with the new one ({current.source})" if current else "stores it as plain text"
    return Diagnostic(
        codes.FALLBACK_IN_USE,
        f"{name} is still encrypted with the fallback passphrase ({used.source}). The next write {becomes}; then the "
        "fallback can go.",
    )


def _tampered(name: str) -> Diagnostic:
    return Diagnostic(
        codes.TAMPERED,
        f"{name} is encrypted, and is not what was written: bytes of it were changed or lost. It was not used. Put a "
        "backup in its place.",
    )


def _unknown(name: str) -> Diagnostic:
    return Diagnostic(
        codes.UNKNOWN_ENCRYPTION,
        f"{name} is encrypted in a way that this dmail does not know. Use the dmail that wrote it, or a newer one.",
    )
