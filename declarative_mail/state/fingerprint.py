"""Fingerprints of secrets: whether a secret changed is seen without keeping it (semantics 2).

====================================  ===============================================================================
with a key that is not in the state   ``hmac-sha256:<key id>:<digest>``: without the key nobody can try passwords
without one                           ``scrypt:<digest>``, one salt for the state: every try costs 2^14 rounds
====================================  ===============================================================================

A fingerprint says how it was made, so that a state may hold some of each while a key is introduced or exchanged.
"""

from __future__ import annotations

import hmac
import os
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from hashlib import scrypt, sha256
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Lock, Thread
from typing import Any

from declarative_mail.diagnostics import Diagnostic
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.records import replace
from declarative_mail.resources.stored import SECRET, secret_leaf, with_leaves
from declarative_mail.secrets import Secret
from declarative_mail.state.follow import with_changed_leaves
from declarative_mail.state.snapshot import Fingerprints, Snapshot

_PURPOSE = b"declarative-mail fingerprint\0"
_KEY_ID_PURPOSE = b"declarative-mail fingerprint key\0"


class Fingerprinter:
    """Makes and compares the fingerprints of one run. Each distinct secret is computed once.

    Safe to use from several threads. `record` belongs into the state, and into a saved plan, that holds the
    fingerprints.
    """

    def __init__(self, stored: Fingerprints | None, *, key: bytes | None = None, older: Sequence[bytes] = ()) -> None:
        """Nothing is computed yet.

        Args:
            stored: what the state says about the fingerprints in it; None for a new state.
            key: a key from outside the state. None or empty: scrypt.
            older: keys that fingerprints in the state may have been made with.
        """
        self._keys = {_key_id(one): one for one in (key, *older) if one}
        self._current = _key_id(key) if key else ""
        salt = b64decode(stored.salt) if stored and stored.salt else b""
        self._salt = salt or (b"" if self._current else os.urandom(16))
        self._made: dict[tuple[str, Secret], _Once] = {}
        self._waiting = SimpleQueue[_Once]()
        self._cores = BoundedSemaphore(os.cpu_count() or 1)
        self._outdated: dict[str, Secret] = {}
        self._stored = stored
        self.warnings = tuple(_warnings(stored, self._keys))

    @property
    def record(self) -> Fingerprints:
        """How the fingerprints of this run are made. A salt stays: fingerprints made with it may be left."""
        salt = b64encode(self._salt).decode() or None
        if self._current:
            return Fingerprints(algorithm="hmac-sha256", salt=salt, key_check=self._current)
        return Fingerprints(algorithm="scrypt", salt=salt)

    def prepare(self, secret: Secret) -> None:
        """Start to compute the fingerprint in a thread, beside whatever else there is to do.

        Each takes 16 megabytes meanwhile: no more are made at once than there are cores.
        """
        if self._current:
            return
        self._waiting.put(self._by(self._current, secret))
        if self._cores.acquire(blocking=False):
            Thread(target=self._work, name="fingerprint", daemon=True).start()

    def _work(self) -> None:
        try:
            while True:
                self._waiting.get_nowait().value()
        except Empty:
            pass
        finally:
            self._cores.release()

    def of(self, secret: Secret) -> str:
        """The fingerprint of a secret, by the current key."""
        return self._by(self._current, secret).value()

    def matches(self, secret: Secret, stored: str | None) -> bool:
        """Whether this is the secret that a stored fingerprint stands for.

        Args:
            secret: as it is now.
            stored: None, as after an import of what cannot be read, means "assumed equal" (semantics 34). One that was
                made with a key or salt that is not at hand never matches: `warnings` says why.
        """
        if stored is None:
            return True
        algorithm, _, rest = stored.partition(":")
        key_id = rest.partition(":")[0] if algorithm == "hmac-sha256" else ""
        if key_id not in self._keys and not (algorithm == "scrypt" and self._salt):
            return False
        same = hmac.compare_digest(self._by(key_id, secret).value().encode(), stored.encode())
        if same and key_id != self._current:
            self._outdated[stored] = secret
        return same

    def recognise(self, secret: Secret, known: Mapping[str, Any] | None) -> dict[str, Any]:
        """What stands for a secret that a remote told in clear: what is known of it, if it is that one.

        Args:
            secret: as it was told.
            known: the content of the leaf that the state has in its place.
        """
        if known is not None and known.get("fingerprint") and self.matches(secret, known["fingerprint"]):
            return {SECRET: dict(known)}
        version = known["version"] if known is not None else 1
        return secret_leaf(source=secret.source, version=version, fingerprint=self.of(secret))

    def renewed(self, snapshot: Snapshot) -> Snapshot:
        """The same state with the fingerprints of this run, and with how they are made.

        Fingerprints by an older key, or by none, that matched in this run are made anew: once the older key is gone,
        nothing could be compared with them. While others are left, the state goes on to name the older key.
        """
        if self._stored is None or self._stored == self.record:
            return replace(snapshot, fingerprint=self.record)
        left: list[str] = []
        renew = partial(self._renew, left=left)
        records = [with_changed_leaves(record, SECRET, renew) for record in snapshot.resources]
        outputs = {
            name: replace(output, value=with_leaves(output.value, SECRET, renew))
            for name, output in snapshot.outputs.items()
        }
        described = self._stored if left else self.record
        return replace(snapshot.with_resources(records), outputs=outputs, fingerprint=described)

    def _renew(self, leaf: dict[str, Any], *, left: list[str]) -> dict[str, Any]:
        """The content of a leaf with a current fingerprint; where that cannot be, the old one is noted as left."""
        stored = leaf["fingerprint"]
        if stored in self._outdated:
            return leaf | {"fingerprint": self.of(self._outdated[stored])}
        if stored is not None and not stored.startswith(
            f"hmac-sha256:{self._current}:" if self._current else "scrypt:"
        ):
            left.append(stored)
        return leaf

    def _by(self, key_id: str, secret: Secret) -> _Once:
        """The fingerprint by a key, by scrypt where the key ID is empty."""
        key = self._keys.get(key_id)
        compute = partial(_keyed, key, key_id, secret) if key else partial(_salted, self._salt, secret)
        return self._made.setdefault((key_id, secret), _Once(compute))


class _Once:
    """A text that the first who asks computes while the others wait."""

    __slots__ = ("_compute", "_lock", "_text")

    def __init__(self, compute: Callable[[], str]) -> None:
        self._compute = compute
        self._lock = Lock()
        self._text: str | None = None

    def value(self) -> str:
        with self._lock:
            if self._text is None:
                self._text = self._compute()
            return self._text


def _keyed(key: bytes, key_id: str, secret: Secret) -> str:
    return f"hmac-sha256:{key_id}:{_text(hmac.digest(key, _PURPOSE + _bytes(secret), sha256))}"


def _salted(salt: bytes, secret: Secret) -> str:
    return f"scrypt:{_text(scrypt(_PURPOSE + _bytes(secret), salt=salt, n=2**14, r=8, p=1, dklen=32))}"


def _key_id(key: bytes) -> str:
    """Tells keys apart and says nothing about them."""
    return _text(hmac.digest(key, _KEY_ID_PURPOSE, sha256)[:6])


def _bytes(secret: Secret) -> bytes:
    return secret.reveal().encode("utf-8", "surrogatepass")


def _text(digest: bytes) -> str:
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _warnings(stored: Fingerprints | None, keys: dict[str, bytes]) -> list[Diagnostic]:
    if stored is None or stored.algorithm != "hmac-sha256" or stored.key_check in keys:
        return []
    if keys:
        return [
            Diagnostic(
                codes.KEY_CHANGED,
                "The fingerprints of secrets in this state were made with another key than the one that is set, so "
                "secrets that did not change show as changed and are written again. Set DMAIL_FINGERPRINT_KEY (or the "
                "passphrase of the state) to the old value to avoid it; after the next apply the new one holds.",
            )
        ]
    return [
        Diagnostic(
            codes.KEY_MISSING,
            "The fingerprints of secrets in this state were made with a key, and none is set, so every secret shows as "
            "changed and would be kept with a weaker fingerprint. Set DMAIL_FINGERPRINT_KEY to the value that the "
            "other runs use.",
        )
    ]
