"""Opens the remotes of a configuration.

One client for each ``remote`` block, and the local one that is always there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

from declarative_mail.diagnostics import Diagnostic, Label, suggestion
from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.language.instances import RemoteInstance
from declarative_mail.remotes.base import Remote
from declarative_mail.remotes.local import LocalRemote

REMOTE_TYPES: tuple[str, ...] = ()
"""The types that a ``remote`` block may have; ``local`` needs no block."""


@dataclass(frozen=True, slots=True)
class Remotes:
    """All remotes of a run.

    Args:
        by_name: ``local`` and ``TYPE.LABEL``.
        default: the name of the one that resources without ``remote`` go to.
    """

    by_name: dict[str, Remote]
    default: str = "local"


def open_remotes(declared: Iterable[RemoteInstance]) -> tuple[Remotes, list[Diagnostic]]:
    """A client for each remote, not yet connected."""
    diagnostics: list[Diagnostic] = []
    remotes = Remotes({"local": LocalRemote(lambda: uuid4().hex)})
    for one in declared:
        known = ", ".join(REMOTE_TYPES) or "none but local, which needs no block"
        detail = f'There is no remote of type "{one.type}". This version of dmail knows: {known}.'
        help_ = suggestion(one.type, REMOTE_TYPES)
        diagnostics.append(Diagnostic(codes.UNKNOWN_REMOTE_TYPE, detail, Label(one.header), help=help_))
    return remotes, diagnostics
