"""Values that are needed before all else can be evaluated: the settings of the state's store and its passphrase."""

from __future__ import annotations

from declarative_mail.diagnostics import Diagnostic, DiagnosticError, Label, Span
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.evaluate import Scope, evaluate_expression, references
from declarative_mail.language.syntax import Body
from declarative_mail.language.values import Value
from declarative_mail.operations.workspace import Workspace
from declarative_mail.operations.world import World


def early_values(
    workspace: Workspace, body: Body, *, name: str, without_secrets: bool = False
) -> dict[str, tuple[Value, Span]]:
    """Arguments that may use functions (``env``, ``secret_file``, …) but no references.

    Args:
        workspace: where they stand.
        body: of a block, or of a file of settings.
        name: what a person calls it, at the beginning of a sentence: ``The backend block``.
        without_secrets: ask nothing outside of the files; what ``env()`` and the like would give is unknown.

    Raises:
        DiagnosticError: an argument refers to something, or cannot be evaluated.
    """
    diagnostics: list[Diagnostic] = []
    for nested in body.blocks:
        detail = f"{name} holds arguments only."
        diagnostics.append(Diagnostic(codes.UNSUPPORTED_BLOCK, detail, Label(nested.type_span)))
    scope = Scope.root({}, context=World(workspace, {}).context(at_plan=True, without_secrets=without_secrets))
    values: dict[str, tuple[Value, Span]] = {}
    for argument, attribute in body.attributes.items():
        for traversal in references(attribute.expression):
            detail = (
                f"{name} is read before anything is evaluated, so it cannot refer to {traversal.text}. It may use "
                "functions such as env(). What differs between environments is given with --backend-config."
            )
            diagnostics.append(Diagnostic(codes.NOT_AVAILABLE_HERE, detail, Label(traversal.span)))
        if not diagnostics:
            value, faults = evaluate_expression(attribute.expression, scope)
            diagnostics.extend(faults)
            values[argument] = (value, attribute.expression.span)
    if diagnostics:
        raise DiagnosticError(diagnostics)
    return values
