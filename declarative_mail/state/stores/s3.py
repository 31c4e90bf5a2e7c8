"""The state as an object in S3, or in what speaks S3. Two objects, each written under a condition only.

    KEY         PUT If-Match: <etag as read>, or If-None-Match: * for the first
    KEY.lock    PUT If-None-Match: * takes the lock · PUT If-Match is a sign of life · DELETE If-Match gives it back

A lock outlives its owner here: ``force-unlock`` removes it. The owner, should it still live, finds out before its next
call to a remote, and before it writes.
"""

from __future__ import annotations

from pathlib import Path

from declarative_mail.diagnostics import DiagnosticError
from declarative_mail.state.lease import CheckedLease, Lease
from declarative_mail.state.lock import LockInfo, Patience, locked, lost, not_locked, other_lock
from declarative_mail.state.stores.base import Stored, moved
from declarative_mail.state.stores.s3_bucket import Bucket, ConditionFailed, S3Settings, without_conditions


class S3Store:
    """One state in one object. See `base.Store` for the contract."""

    journal: Path | None = None

    def __init__(self, settings: S3Settings) -> None:
        """Nothing is sent yet.

        Raises:
            DiagnosticError: boto3 is not installed, or does not take the settings.
        """
        self._bucket = Bucket(settings)
        self.name = self._bucket.name
        self._key = settings.key
        self._lock_key = f"{settings.key}.lock"

    def read(self) -> Stored | None:
        """The object."""
        return self._bucket.get(self._key)

    def write(self, data: bytes, *, expected: str | None, lease: Lease) -> str:
        """Replace the object."""
        lease.check(now=True)
        try:
            return self._bucket.put(self._key, data, expected=expected)
        except ConditionFailed:
            stored = self.read()
            if stored and stored.data == data:  # done before its answer was lost and the request repeated
                return stored.etag
            raise moved(self.name) from None

    def delete(self, *, expected: str, lease: Lease) -> None:
        """Delete the object."""
        lease.check(now=True)
        try:
            self._bucket.delete(self._key, expected=expected)
        except ConditionFailed:
            if self.read():
                raise moved(self.name) from None

    def lock(self, info: LockInfo, *, timeout: float = 0) -> Lease:
        """Make the lock object."""
        etag = Patience(timeout).until(lambda: self._take(info))
        return _ObjectLease(self._bucket, self._lock_key, info, etag=etag)

    def _take(self, info: LockInfo) -> str:
        """The same request once more must fail: a server that ignores the condition would let everybody in."""
        try:
            etag = self._bucket.put(self._lock_key, info.beating().to_json(), expected=None)
        except ConditionFailed:
            return self._taken_before(info)
        try:
            self._bucket.put(self._lock_key, info.beating().to_json(), expected=None)
        except ConditionFailed:
            return etag
        self._bucket.delete(self._lock_key, expected=etag)
        raise DiagnosticError(without_conditions(self.name))

    def _taken_before(self, info: LockInfo) -> str:
        """Ours, where the request was repeated after its answer was lost; otherwise somebody else holds it."""
        stored = self._bucket.get(self._lock_key)
        holder = LockInfo.from_json(stored.data) if stored else None
        if stored and holder and holder.id == info.id:
            return stored.etag
        raise locked(self.name, holder)

    def force_unlock(self, lock_id: str) -> LockInfo | None:
        """Delete the lock object, if it is the one named."""
        stored = self._bucket.get(self._lock_key)
        if stored is None:
            raise DiagnosticError(not_locked(self.name))
        holder = LockInfo.from_json(stored.data)
        if holder is None or holder.id != lock_id:
            raise DiagnosticError(other_lock(self.name, holder))
        try:
            self._bucket.delete(self._lock_key, expected=stored.etag)
        except ConditionFailed:  # its holder lives: it gave a sign of life, or the lock back
            raise locked(self.name, holder) from None
        return holder

    def lock_info(self) -> LockInfo | None:
        """What the lock object says."""
        stored = self._bucket.get(self._lock_key)
        return LockInfo.from_json(stored.data) if stored else None


class _ObjectLease(CheckedLease):
    """A lock object that this process made."""

    def __init__(self, bucket: Bucket, key: str, info: LockInfo, *, etag: str) -> None:
        super().__init__(info, name=bucket.name, ask=self._beat, give_back=self._remove)
        self._bucket = bucket
        self._key = key
        self._etag = etag

    def _beat(self) -> None:
        """Write the lock anew, which only its owner can: it is the question and the sign of life."""
        try:
            self._etag = self._bucket.put(self._key, self.info.beating().to_json(), expected=self._etag)
        except ConditionFailed:
            self._etag = self._ours()

    def _ours(self) -> str:
        """The etag of the lock, if it is ours all the same: a repeated request meets what it wrote itself."""
        stored = self._bucket.get(self._key)
        holder = LockInfo.from_json(stored.data) if stored else None
        if stored and holder and holder.id == self.info.id:
            return stored.etag
        raise lost(self._name, f"it is held {holder.describe()}" if holder else "somebody removed it")

    def _remove(self) -> None:
        try:
            self._bucket.delete(self._key, expected=self._etag)
        except ConditionFailed:
            self._give_up()

    def _give_up(self) -> None:
        """The lock is not as we left it: remove it where it is ours, leave it where it is another's."""
        stored = self._bucket.get(self._key)
        holder = LockInfo.from_json(stored.data) if stored else None
        if stored and holder and holder.id == self.info.id:
            self._bucket.delete(self._key, expected=stored.etag)
