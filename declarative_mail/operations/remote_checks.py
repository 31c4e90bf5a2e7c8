"""Asks remotes whether they can be worked with: the preflight."""

from __future__ import annotations

from msgspec import Struct

from declarative_mail.diagnostics import Diagnostic, DiagnosticError, has_errors
from declarative_mail.operations.evaluate import evaluate
from declarative_mail.operations.states import load_sound
from declarative_mail.operations.workspace import Workspace


class Checked(Struct, frozen=True):
    """One remote, which system it is, and what it lacks."""

    name: str
    identity: str
    diagnostics: list[Diagnostic]


def check_remotes(workspace: Workspace) -> list[Checked]:
    """Check every declared remote.

    Raises:
        DiagnosticError: the configuration or the settings of a remote are faulty.
    """
    evaluated = evaluate(workspace, load_sound(workspace), None)
    declared = evaluated.program.remotes.values()
    remotes, faults = evaluated.remotes
    if evaluated.failed or has_errors(faults):
        raise DiagnosticError([*evaluated.diagnostics, *faults])
    named = [remotes.by_name[f"{one.type}.{one.name}"] for one in declared]
    return [Checked(one.name, one.identity, one.check()) for one in named]
