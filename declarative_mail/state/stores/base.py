"""The contract of a store."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.state.lease import Lease
from declarative_mail.state.lock import LockInfo

DEFAULT_STATE = "dmail.state.json"
"""The name of a state file, and of the object that a store keeps, where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a store holds.

    Args:
        data: the bytes as they were written, encrypted or not.
        etag: what tells this content from every other; opaque, given back to `Store.write`.
    """

    data: bytes = field(repr=False)
    etag: str


class Store(Protocol):
    """Keeps the bytes of one state, for many processes at once.

    A store **will** be called by several processes, some of which stop for minutes in the middle of anything (a laptop
    that sleeps, a suspended process) and go on as if nothing had happened. Whatever happens between the calls:

    * `read` gives bytes that one `write` was given, never parts of two.
    * `write` stores all of its bytes or none, and only if the content is still the one that `expected` names: the check
      and the write are one step as far as the store can make them one. When it returns, they are on stable storage.
    * Of all processes, at most one holds the lock. A holder that lost it writes nothing: `write` checks the lease.
    * `read` and `lock_info` write nothing and block nobody.

    It **may** wait for locks and repeat requests that are safe to repeat. It **must not** look into the bytes.

    Every fault is a `DiagnosticError`: `StateLocked` for a lock that is held, `LockLost` for one that was lost, and
    code DM7204 for a content that is not the expected one.

    Attributes:
        name: what a person calls the state: its path or URL, without credentials.
        journal: where intents are appended beside the state; None where they go into its ``pending`` section.
    """

    name: str
    journal: Path | None

    def read(self) -> Stored | None:
        """The state as it is now, None where there is none yet."""

    def write(self, data: bytes, *, expected: str | None, lease: Lease) -> str:
        """Replace the content that has the etag `expected` (None: there is none yet). Gives the new etag."""

    def delete(self, *, expected: str, lease: Lease) -> None:
        """Remove the content that has this etag."""

    def lock(self, info: LockInfo, *, timeout: float = 0) -> Lease:
        """Take the lock, waiting for it up to `timeout` seconds."""

    def force_unlock(self, lock_id: str) -> LockInfo | None:
        """Free the lock with this ID although somebody else holds it. Gives what it said, where the store knows."""

    def lock_info(self) -> LockInfo | None:
        """Who holds the lock, None where nobody does or the store cannot say."""


def content_etag(data: bytes) -> str:
    """An etag made from the content, for stores that give none."""
    return f"sha256:{sha256(data).hexdigest()}"


def moved(name: str) -> DiagnosticError:
    """The error for a content that is not the expected one."""
    return DiagnosticError(
        Diagnostic(
            codes.STATE_MOVED,
            f"{name} was changed by somebody else since this run read it. Writing would undo that change, so nothing "
            "was written. Run the command again: it starts from the new state.",
        )
    )


def extra_missing(kind: str, library: str) -> DiagnosticError:
    """The error for a store whose library is not installed.

    Args:
        kind: of the store, which is also the name of the extra.
        library: the name of the package that is missing.
    """
    return DiagnosticError(
        Diagnostic(
            codes.EXTRA_MISSING,
            f'backend "{kind}" needs {library}, which is not installed. Install it with dmail:\n'
            f"  pip install 'declarative-mail[{kind}]'",
        )
    )
