"""The state on an HTTP server that speaks the protocol of Terraform's ``http`` backend, so that existing servers serve.

    GET address                    200 and the state · 204, 404: none yet
    POST address?ID=<lock>         the new state; 200, 201, 204
    DELETE address                 200
    LOCK lock_address {lock}       200 · 409, 423 and the lock that is held
    UNLOCK unlock_address {lock}   200

Beyond it, and ignored by servers that do not know them: ``If-Match`` where the server gives an ETag, and
``If-None-Match: *`` for the first write. While a run lasts, the lock is asked for under other IDs: the server answers
with the lock that is held, so that one that was broken is noticed before the next call to a remote.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import uuid4

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.records import replace
from declarative_mail.state.lease import CheckedLease, Lease
from declarative_mail.state.lock import LockInfo, Patience, locked, lost, other_lock
from declarative_mail.state.stores.base import Stored, content_etag, moved
from declarative_mail.state.stores.http_wire import (
    HttpClient,
    HttpResponse,
    HttpSettings,
    Wire,
    content_md5,
    without_credentials,
)

_HELD = frozenset({409, 423})
_NO_LOCKING = frozenset({404, 405, 501})


class HttpStore:
    """One state at one address. See `base.Store` for the contract."""

    journal: Path | None = None

    def __init__(
        self, settings: HttpSettings, client: HttpClient, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Nothing is sent yet.

        Args:
            settings: where and how.
            client: sends the requests.
            sleep: waits between repeated requests.
        """
        self._settings = settings
        self._address = settings.url(settings.address)
        self._lock_address = settings.url(settings.lock_address or settings.address)
        self._unlock_address = settings.url(settings.unlock_address) if settings.unlock_address else self._lock_address
        self._locks = settings.lock_address != ""
        self.name = without_credentials(self._address)
        self._wire = Wire(settings, client, name=self.name, sleep=sleep)

    def read(self) -> Stored | None:
        """GET the state."""
        answer = self._wire.send("GET", self._address)
        return self._stored(answer)

    def _stored(self, answer: HttpResponse) -> Stored | None:
        if answer.status in {204, 404} or (answer.status == 200 and not answer.content):
            return None
        if answer.status != 200:
            raise self._wire.unexpected("GET", answer)
        sum_given = answer.headers.get("content-md5")
        if sum_given and sum_given != content_md5(answer.content):
            raise self._wire.unexpected("GET", answer, why="its Content-MD5 does not fit the body")
        return Stored(answer.content, content_etag(answer.content))

    def write(self, data: bytes, *, expected: str | None, lease: Lease) -> str:
        """POST the state with the ID of the lock."""
        lease.check(now=True)
        headers = self._conditions(expected)
        url = _with_lock_id(self._address, lease.info.id) if self._locks else self._address
        method = self._settings.update_method
        answer = self._wire.send(method, url, content=data, headers=headers)
        if answer.status not in {200, 201, 204} and not self._is_ours(answer, data):
            raise self._refused_write(method, answer)
        return content_etag(data)

    def _is_ours(self, answer: HttpResponse, data: bytes) -> bool:
        """Whether a condition failed because the request was done before its answer was lost and it was repeated."""
        stored = self.read() if answer.status == 412 else None
        return stored is not None and stored.data == data

    def delete(self, *, expected: str, lease: Lease) -> None:
        """DELETE the state. Terraform sends no lock ID with it, and neither do we."""
        lease.check(now=True)
        answer = self._wire.send("DELETE", self._address, headers=self._conditions(expected))
        if answer.status not in {200, 204, 404}:
            raise self._refused_write("DELETE", answer)

    def _conditions(self, expected: str | None) -> dict[str, str]:
        """Compare now; the headers make servers that know them compare once more when they write."""
        answer = self._wire.send("GET", self._address)
        stored = self._stored(answer)
        if (stored.etag if stored else None) != expected:
            raise moved(self.name)
        if stored is None:
            return {"If-None-Match": "*"}
        etag = answer.headers.get("etag", "")
        return {"If-Match": etag} if etag and not etag.startswith("W/") else {}

    def _refused_write(self, method: str, answer: HttpResponse) -> DiagnosticError:
        if answer.status == 412:
            return moved(self.name)
        if answer.status in _HELD:
            holder = LockInfo.from_json(answer.content)
            return lost(
                self.name, f"the server says that it is held {holder.describe()}" if holder else "says the server"
            )
        return self._wire.unexpected(method, answer)

    def lock(self, info: LockInfo, *, timeout: float = 0) -> Lease:
        """LOCK the address for locking."""
        if not self._locks:
            warning = Diagnostic(
                codes.WITHOUT_LOCK,
                f"{self.name} is used without locking, as `lock_address` is empty: two runs at once can undo each "
                "other's work. Give the address that answers LOCK and UNLOCK.",
            )
            return CheckedLease(info, name=self.name, ask=_nothing, give_back=_nothing, warnings=(warning,))
        Patience(timeout).until(lambda: self._take(info))
        return CheckedLease(info, name=self.name, ask=lambda: self._ask(info), give_back=lambda: self._give_back(info))

    def _take(self, info: LockInfo) -> None:
        method = self._settings.lock_method
        answer = self._wire.send(method, self._lock_address, content=info.to_json())
        if answer.status in _HELD:
            holder = LockInfo.from_json(answer.content)
            if holder is None or holder.id != info.id:
                raise locked(self.name, holder)
        elif answer.status in _NO_LOCKING:
            hint = 'it does not lock there; `lock_address = ""` works without locks'
            raise self._wire.unexpected(method, answer, why=hint)
        elif answer.status != 200:
            raise self._wire.unexpected(method, answer)

    def _ask(self, info: LockInfo) -> None:
        """Try to take the lock as somebody else would: the server answers with the lock that is held, ours or another.

        Asked for with the ID that holds it, some servers would grant a lock that was freed behind our back.
        """
        other = replace(info, id=str(uuid4()), info="asks whether the lock is still held")
        method = self._settings.lock_method
        answer = self._wire.send(method, self._lock_address, content=other.to_json())
        holder = LockInfo.from_json(answer.content) if answer.status in _HELD else None
        if answer.status == 200 or (holder and holder.id == other.id):
            self._give_back(other)
            raise lost(self.name, "nobody held it any more")
        if holder and holder.id != info.id:
            raise lost(self.name, f"it is held {holder.describe()}")
        if answer.status not in _HELD:
            raise self._wire.unexpected(method, answer)

    def _give_back(self, info: LockInfo) -> None:
        answer = self._wire.send(self._settings.unlock_method, self._unlock_address, content=info.to_json())
        if answer.status not in {200, 204, 404} | _HELD:
            raise self._wire.unexpected(self._settings.unlock_method, answer)

    def force_unlock(self, lock_id: str) -> LockInfo | None:
        """UNLOCK with the ID alone; the server compares it."""
        info = LockInfo(lock_id)
        answer = self._wire.send(self._settings.unlock_method, self._unlock_address, content=info.to_json())
        if answer.status in _HELD | {404}:
            raise DiagnosticError(other_lock(self.name, LockInfo.from_json(answer.content)))
        if answer.status not in {200, 204}:
            raise self._wire.unexpected(self._settings.unlock_method, answer)
        return None

    def lock_info(self) -> LockInfo | None:
        """The protocol has no question for it that takes no lock."""
        return None


def _nothing() -> None:
    """Without locking there is nothing to ask and nothing to give back."""


def _with_lock_id(url: str, lock_id: str) -> str:
    parts = urlsplit(url)
    query = urlencode({"ID": lock_id})
    return urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query))
