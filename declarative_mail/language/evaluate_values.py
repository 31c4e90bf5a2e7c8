"""Evaluates the declarations that are a value or a statement about values, each in every instance of its module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from declarative_mail.addresses import Address, AddressError, module_prefix, parse_address
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, Label
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.body import evaluate_body
from declarative_mail.language.conditions import failed_conditions
from declarative_mail.language.configuration import OutputDeclaration
from declarative_mail.language.evaluate import Scope
from declarative_mail.language.evaluate_resources import evaluate_block
from declarative_mail.language.expand import expand
from declarative_mail.language.instances import (
    CheckOutcome,
    ImportTarget,
    ModuleInstance,
    OutputValue,
    RemoteInstance,
)
from declarative_mail.language.marks import contains_sensitive
from declarative_mail.language.nodes import Node
from declarative_mail.language.syntax import Expression
from declarative_mail.language.traversal import address_in_scope
from declarative_mail.language.values import Marked, Value
from declarative_mail.records import replace

if TYPE_CHECKING:
    from declarative_mail.language.program import Program


def evaluate_validation(program: Program, node: Node, instance: ModuleInstance) -> None:
    """The validation blocks of a variable."""
    declaration = instance.module.variables[node.key[0]]
    failed = failed_conditions(declaration.validations, program.scope_of(instance), codes.VALIDATION_FAILED)
    program.diagnostics.extend(failed)


def evaluate_local(program: Program, node: Node, instance: ModuleInstance) -> None:
    """One local value."""
    name = node.key[0]
    instance.locals[name] = program.value(instance.module.locals[name].expression, program.scope_of(instance))


def evaluate_output(program: Program, node: Node, instance: ModuleInstance) -> None:
    """An output; one of the root module must not show a sensitive value."""
    name = node.key[0]
    output = instance.module.outputs[name]
    scope = program.scope_of(instance)
    program.diagnostics.extend(failed_conditions(output.preconditions, scope, codes.CONDITION_FAILED))
    value = program.value(output.value, scope)
    if output.sensitive and not (isinstance(value, Marked) and value.sensitive):
        value = Marked(value.value if isinstance(value, Marked) else value, sensitive=True, source=f"output.{name}")
    instance.outputs[name] = value
    if instance.parent is None:
        _root_output(program, output, value)


def _root_output(program: Program, output: OutputDeclaration, value: Value) -> None:
    if not output.sensitive and contains_sensitive(value):
        detail = (
            f'The value of output "{output.name}" comes from a sensitive value, but the output is not declared '
            "sensitive. Set sensitive = true, or, if the value is no secret, wrap it in nonsensitive()."
        )
        program.diagnostics.append(Diagnostic(codes.SENSITIVE_OUTPUT, detail, Label(output.value.span)))
    program.outputs[output.name] = OutputValue(value, output.sensitive, output.span)


def evaluate_remote(program: Program, node: Node, instance: ModuleInstance) -> None:
    """A remote block."""
    type_, name = node.key
    block = instance.module.remotes[type_, name]
    body = evaluate_body(block.body, program.scope_of(instance), program.diagnostics)
    program.remotes[f"{type_}.{name}"] = RemoteInstance(type_, name, body, block.header)


def evaluate_import(program: Program, node: Node, instance: ModuleInstance) -> None:
    """An import block, once for each element of its for_each."""
    block = instance.module.imports[int(node.key[0])]
    expanded = expand(None, block.for_each, program.scope_of(instance), diagnostics=program.diagnostics)
    for _, names in expanded or ():
        scope = program.scope_of(instance, names)
        address = _import_address(program, block.to, scope)
        if address is not None:
            program.imports.append(ImportTarget(address, program.value(block.id, scope), block.span))


def _import_address(program: Program, expression: Expression, scope: Scope) -> Address | None:
    try:
        return parse_address(address_in_scope(expression, scope))
    except DiagnosticError as error:
        program.diagnostics.extend(error.diagnostics)
        return None
    except AddressError as error:
        program.diagnostics.append(Diagnostic(codes.INVALID_ADDRESS, f"{error}.", Label(expression.span)))
        return None


def evaluate_check(program: Program, node: Node, instance: ModuleInstance) -> None:
    """A check block: what fails in it, its data source included, is a warning (as in Terraform)."""
    check = instance.module.checks[node.key[0]]
    scope = program.scope_of(instance)
    if check.data is not None:
        data = check.data
        address = Address(data.type, data.name, None, instance.path, "data")
        value = evaluate_block(program, address, data, scope=scope)
        scope = scope.child({"data": {**instance.data, data.type: {data.name: value}}})
    found = failed_conditions(check.asserts, scope, codes.CHECK_FAILED)
    failed = [one if one.code is codes.CHECK_FAILED else replace(one, code=codes.CHECK_FAILED) for one in found]
    program.diagnostics.extend(failed)
    name = f"{module_prefix(instance.path)}check.{check.name}"
    program.checks[name] = CheckOutcome(name, not failed, tuple(one.detail for one in failed))
