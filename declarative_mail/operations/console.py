"""What the console evaluates expressions in: a configuration's variables and locals, and the objects of its state."""

from __future__ import annotations

from msgspec import Struct

from declarative_mail.diagnostics import Diagnostic, DiagnosticError, has_errors
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.evaluate import Scope
from declarative_mail.language.functions.table import CONSOLE_FUNCTIONS
from declarative_mail.operations.evaluate import evaluate
from declarative_mail.operations.load import load
from declarative_mail.operations.states import open_loaded
from declarative_mail.operations.workspace import Workspace


class Console(Struct, frozen=True):
    """The names that expressions may use, and what is to be said of the configuration that they come from."""

    scope: Scope
    diagnostics: tuple[Diagnostic, ...] = ()


def open_console(workspace: Workspace) -> Console:
    """Evaluate the configuration of the workspace, if there is one, against its state.

    A variable without a value is known only after apply. Faults of single blocks are in the result; what they concern
    is unknown.

    Raises:
        DiagnosticError: a file does not parse, or the state cannot be read.
    """
    loaded = load(workspace)
    if not loaded.sources:
        loaded.diagnostics[:] = [one for one in loaded.diagnostics if one.code is not codes.NO_CONFIGURATION]
    if has_errors(loaded.diagnostics):
        raise DiagnosticError(loaded.diagnostics)
    snapshot = open_loaded(workspace, loaded).snapshot if loaded.sources else None
    evaluated = evaluate(workspace, loaded, snapshot.by_address if snapshot is not None else None, at_plan=False)
    faults = tuple(one for one in evaluated.diagnostics if one.code is not codes.MISSING_VARIABLE)
    evaluated.program.see_all()
    return Console(evaluated.program.scope().with_functions(CONSOLE_FUNCTIONS), faults)
