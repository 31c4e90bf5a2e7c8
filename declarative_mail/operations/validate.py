"""Validates a configuration: no variable value, secret, state or network is needed (semantics 11)."""

from __future__ import annotations

from declarative_mail.diagnostics import Diagnostic
from declarative_mail.operations.backend import settings_faults
from declarative_mail.operations.evaluate import evaluate
from declarative_mail.operations.lints import lint_servers
from declarative_mail.operations.load import load
from declarative_mail.operations.remote_rules import declared_faults
from declarative_mail.operations.wanted import wanted_of
from declarative_mail.operations.workspace import Workspace
from declarative_mail.state.fingerprint import Fingerprinter


def validate(workspace: Workspace) -> list[Diagnostic]:
    """All faults of a configuration, in the order of its files."""
    loaded = load(workspace)
    evaluated = evaluate(workspace, loaded, None, asks="nothing")
    remotes, faults = evaluated.remotes
    # Nothing is compared with these fingerprints: any key will do, and is cheaper than none.
    wanted = wanted_of(evaluated, remotes, Fingerprinter(None, key=b"validate"))
    return [
        *evaluated.diagnostics,
        *settings_faults(workspace, loaded),
        *faults,
        *declared_faults(evaluated, wanted, remotes),
        *lint_servers(evaluated.desired, workspace.now.date()),
    ]
