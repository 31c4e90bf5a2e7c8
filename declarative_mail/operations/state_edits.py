"""Changes of a state by hand, and copies of it: under the lock, in one conditional write."""

from __future__ import annotations

from collections.abc import Callable

from declarative_mail.addresses import AddressError, parse_target
from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import planning
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.operations.states import OpenState, locked_state, open_state
from declarative_mail.operations.workspace import Workspace
from declarative_mail.state.codec import read_snapshot, write_snapshot
from declarative_mail.state.edit import Edit, Target
from declarative_mail.state.lock import not_locked
from declarative_mail.state.snapshot import Snapshot
from declarative_mail.state.upgrading import in_todays_form


def as_target(text: str) -> Target:
    """The instance, resource or module instance that a text names.

    Raises:
        DiagnosticError: it names none.
    """
    try:
        path, address = parse_target(text)
    except AddressError as error:
        raise DiagnosticError(Diagnostic(planning.UNKNOWN_TARGET, f"{error}.")) from None
    return path if address is None else address


def edit_state(
    workspace: Workspace, operation: str, change: Callable[[Snapshot], Edit], *, timeout: float, write: bool = True
) -> Edit:
    """Change the state with a function on snapshots.

    Args:
        workspace: where it is.
        operation: the command, for whoever meets the lock.
        change: what is changed.
        timeout: seconds to wait for the lock.
        write: keep the result; otherwise only show what would become of it.

    Raises:
        DiagnosticError: there is no state, or the change cannot be made.
    """
    with locked_state(workspace, operation, timeout=timeout) as state:
        edit = change(_existing(state))
        if write:
            state.write(edit.snapshot)
        return edit


def _existing(state: OpenState) -> Snapshot:
    if state.snapshot is None:
        detail = f"There is no state at {state.name} yet; apply makes it."
        raise DiagnosticError(Diagnostic(codes.NO_SUCH_OBJECT, detail))
    return state.snapshot


def pull_state(workspace: Workspace) -> bytes:
    """The state as plain JSON, decrypted and in today's version.

    Raises:
        DiagnosticError: there is none.
    """
    return write_snapshot(_existing(open_state(workspace)))


def push_state(workspace: Workspace, data: bytes, *, name: str, force: bool, timeout: float) -> Snapshot:
    """Put a state into the store of the configuration: how a state moves from one store to another.

    Args:
        workspace: where it goes.
        data: the state, as `pull_state` gave it.
        name: what a person calls it.
        force: even over a state of another lineage or with a newer serial.
        timeout: seconds to wait for the lock.

    Raises:
        DiagnosticError: it is no state, or would replace another or a newer one.
    """
    pushed = in_todays_form(read_snapshot(data, name=name), name)
    with locked_state(workspace, "state push", timeout=timeout) as state:
        return state.push(pushed, force=force)


def force_unlock(workspace: Workspace, lock_id: str | None) -> str:
    """Free the lock of a run that is gone; gives what it said of its holder.

    Args:
        workspace: where the state is.
        lock_id: the id that the lock's message shows; None asks the store who holds it.

    Raises:
        DiagnosticError: nobody holds it, another lock does, or its holder lives.
    """
    store = open_state(workspace).backend.store
    holder = store.lock_info()
    if lock_id is None:
        if holder is None:
            raise DiagnosticError(not_locked(store.name))
        lock_id = holder.id
    freed = store.force_unlock(lock_id) or holder
    return freed.describe() if freed is not None else f"lock {lock_id}"
