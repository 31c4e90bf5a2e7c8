"""Asks remotes what exists: whether they can be worked with, then what became of the objects that the state knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic
from declarative_mail.planning.change import Stored
from declarative_mail.remotes.base import Remote
from declarative_mail.remotes.side_by_side import side_by_side
from declarative_mail.resources.normal_form import normal_form
from declarative_mail.state.snapshot import ResourceRecord


def preflight(remotes: Mapping[str, Remote], names: Iterable[str]) -> list[Diagnostic]:
    """What the remotes that a plan concerns say of token, permissions and version (semantics 41)."""
    chosen = [remotes[name] for name in sorted(set(names)) if name in remotes and name != "local"]
    return [fault for faults in side_by_side(lambda one: one.check(), chosen) for fault in faults]


def refresh(remotes: Mapping[str, Remote], records: Iterable[ResourceRecord]) -> dict[Address, Stored | None]:
    """What exists of the objects on other remotes than `local`; None where an object is gone.

    Raises:
        DiagnosticError: a remote cannot be asked.
    """
    by_remote: dict[str, list[ResourceRecord]] = {}
    for record in records:
        if record.mode == "managed" and record.remote in remotes and record.remote != "local":
            by_remote.setdefault(record.remote, []).append(record)
    answers = side_by_side(lambda item: remotes[item[0]].refresh(item[1]), by_remote.items())
    return {
        address: normal_form(address, found.attributes) if found is not None else None
        for answer in answers
        for address, found in answer.items()
    }
