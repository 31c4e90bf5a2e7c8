"""Validates a configuration: no variable value, secret, state or network is needed (semantics 11)."""

from __future__ import annotations

from declarative_mail.diagnostics import Diagnostic
from declarative_mail.operations.evaluate import evaluate
from declarative_mail.operations.lints import lint_servers
from declarative_mail.operations.load import load
from declarative_mail.operations.remotes import open_remotes
from declarative_mail.operations.workspace import Workspace


def validate(workspace: Workspace) -> list[Diagnostic]:
    """All faults of a configuration, in the order of its files."""
    evaluated = evaluate(workspace, load(workspace), None, asks="nothing")
    _, faults = open_remotes(evaluated.program.remotes.values())
    return [*evaluated.diagnostics, *faults, *lint_servers(evaluated.desired, workspace.now.date())]
