"""Evaluates calls of modules: their instances, the variables that they are given, the outputs that they give back."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from declarative_mail.addresses import ModuleStep
from declarative_mail.diagnostics import Diagnostic, Label, suggestion
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.configuration import Configuration, ModuleCall
from declarative_mail.language.evaluate import Scope
from declarative_mail.language.expand import expand
from declarative_mail.language.instances import (
    ModuleInstance,
)
from declarative_mail.language.nodes import Node
from declarative_mail.language.types import DYNAMIC
from declarative_mail.language.values import Unknown, Value
from declarative_mail.language.variables import accept, default_value, input_value

if TYPE_CHECKING:
    from declarative_mail.language.program import Program


def evaluate_variable(program: Program, node: Node, instance: ModuleInstance) -> None:
    """A variable: of the root module from what the user gave, of another from its call."""
    name = node.key[0]
    declaration = instance.module.variables[name]
    if instance.parent is None:
        given = program.inputs.given.get(name)
        scope = Scope.root({}, context=program.inputs.context)
        value, faults = input_value(declaration, given, scope=scope, missing=lambda: program.inputs.missing(name))
    else:
        value, faults = _call_input(program, node, instance)
    program.diagnostics.extend(faults)
    instance.variables[name] = value


def _call_input(program: Program, node: Node, instance: ModuleInstance) -> tuple[Value, list[Diagnostic]]:
    name, parent = node.key[0], cast("ModuleInstance", instance.parent)
    declaration = instance.module.variables[name]
    call = parent.module.modules[node.path[-1]]
    scope = program.scope_of(parent, instance.call_names)
    attribute = call.inputs.get(name)
    if attribute is None:
        if declaration.default is not None:
            return default_value(declaration, scope)
        detail = f'The module has a required variable "{name}", but the call of module "{call.name}" does not set it.'
        fault = Diagnostic(
            codes.MISSING_ARGUMENT, detail, Label(call.header), (Label(declaration.span, "declared here"),)
        )
        return Unknown(declaration.type), [fault]
    value = program.value(attribute.expression, scope)
    return accept(declaration, value, place=Label(attribute.expression.span), scope=scope)


def evaluate_call(program: Program, node: Node, instance: ModuleInstance) -> None:
    """A call: opens the instances of the module and lets the caller see them as ``module.NAME``."""
    call = instance.module.modules[node.key[0]]
    child = _child(program, node)
    if child is None:
        instance.calls[call.name] = Unknown(DYNAMIC, str(node))
        return
    _check_inputs(program, call, child)
    expanded = expand(call.count, call.for_each, program.scope_of(instance), diagnostics=program.diagnostics)
    opened = [
        program.open((*instance.path, ModuleStep(call.name, key)), child, instance, dict(names))
        for key, names in expanded or ()
    ]
    program.modules.setdefault((*node.path, call.name), []).extend(opened)
    instance.calls[call.name] = Unknown(DYNAMIC, str(node)) if expanded is None else _seen_by_caller(call, opened)


def _seen_by_caller(call: ModuleCall, opened: list[ModuleInstance]) -> Value:
    """The outputs of each instance; the tables are filled while the instances are evaluated."""
    if call.for_each is not None:
        return {str(one.path[-1].key): one.outputs for one in opened}
    return tuple(one.outputs for one in opened) if call.count is not None else opened[0].outputs


def _child(program: Program, node: Node) -> Configuration | None:
    configuration = program.configuration
    for name in (*node.path, node.key[0]):
        found = configuration.children.get(name)
        if found is None:
            return None
        configuration = found
    return configuration


def _check_inputs(program: Program, call: ModuleCall, child: Configuration) -> None:
    for name, attribute in call.inputs.items():
        if name not in child.module.variables:
            detail = f'The module "{call.name}" has no variable named "{name}".'
            help_ = suggestion(name, child.module.variables)
            program.diagnostics.append(
                Diagnostic(codes.UNSUPPORTED_ARGUMENT, detail, Label(attribute.name_span), help=help_)
            )
