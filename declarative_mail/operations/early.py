"""Values that are needed before all else can be evaluated: the settings of the state's store and its passphrase."""

from __future__ import annotations

from declarative_mail.diagnostics import Diagnostic, DiagnosticError, Label, Span
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.evaluate import Scope, evaluate_expression, references
from declarative_mail.language.syntax import Block
from declarative_mail.language.values import Value
from declarative_mail.operations.workspace import Workspace
from declarative_mail.operations.world import World


def early_values(workspace: Workspace, block: Block) -> dict[str, tuple[Value, Span]]:
    """The arguments of a block that may use functions (``env``, ``secret_file``, …) but no references.

    Raises:
        DiagnosticError: an argument refers to something, or cannot be evaluated.
    """
    diagnostics: list[Diagnostic] = []
    for nested in block.body.blocks:
        detail = f"The {block.type} block holds arguments only."
        diagnostics.append(Diagnostic(codes.UNSUPPORTED_BLOCK, detail, Label(nested.type_span)))
    scope = Scope.root({}, context=World(workspace, {}).context(at_plan=True))
    values: dict[str, tuple[Value, Span]] = {}
    for name, attribute in block.body.attributes.items():
        for traversal in references(attribute.expression):
            detail = (
                f"The {block.type} block is read before anything is evaluated, so it cannot refer to {traversal.text}. "
                "It may use functions such as env(). What differs between environments is given with --backend-config."
            )
            diagnostics.append(Diagnostic(codes.NOT_AVAILABLE_HERE, detail, Label(traversal.span)))
        if not diagnostics:
            value, faults = evaluate_expression(attribute.expression, scope)
            diagnostics.extend(faults)
            values[name] = (value, attribute.expression.span)
    if diagnostics:
        raise DiagnosticError(diagnostics)
    return values
