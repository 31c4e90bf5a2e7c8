"""Evaluates resource and data blocks: their instances, bodies, conditions and the rest of their lifecycle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from declarative_mail.addresses import Address, AddressError, ModuleStep, module_prefix
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, Label
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.block_reader import address_text
from declarative_mail.language.body import evaluate_body
from declarative_mail.language.conditions import are_open, failed_conditions
from declarative_mail.language.configuration import ResourceBlock
from declarative_mail.language.convert import ConversionError, convert
from declarative_mail.language.evaluate import Scope
from declarative_mail.language.expand import Instances, expand
from declarative_mail.language.instances import (
    ModuleInstance,
    ResourceInstance,
)
from declarative_mail.language.nodes import Node
from declarative_mail.language.syntax import Expression
from declarative_mail.language.traversal import address_in_scope
from declarative_mail.language.types import BOOL, DYNAMIC
from declarative_mail.language.values import Unknown, Value

if TYPE_CHECKING:
    from declarative_mail.language.program import Program


def evaluate_resource(program: Program, node: Node, instance: ModuleInstance) -> None:
    """A resource or data block: all its instances, and the table by which expressions find them.

    Where no expression asks for it, the table has nulls.
    """
    mode, type_, name = node.key
    block = block_at(node, instance)
    table = instance.data[type_] if mode == "data" else instance.resources[type_]
    expanded = expanded_block(program, node, instance)
    if expanded is None:
        table[name] = Unknown(DYNAMIC, str(node))
        return
    base = Address(type_, name, None, instance.path, mode)
    values = [
        (key, evaluate_instance(program, node, instance, base.instance(key), names=names)) for key, names in expanded
    ]
    if block.for_each is not None:
        table[name] = {str(key): value for key, value in values}
    elif block.count is not None:
        table[name] = tuple(value for _, value in values)
    else:
        table[name] = values[0][1]


def block_at(node: Node, instance: ModuleInstance) -> ResourceBlock:
    """The resource or data block that a node stands for, as this instance of its module has it."""
    mode, type_, name = node.key
    return instance.module.resources[mode, type_, name]


def expanded_block(program: Program, node: Node, instance: ModuleInstance) -> Instances | None:
    """The keys of a block and the names that each adds to the scope; None where they cannot be told."""
    block = block_at(node, instance)
    return expand(block.count, block.for_each, program.scope_of(instance), diagnostics=program.diagnostics)


def evaluate_instance(
    program: Program, node: Node, instance: ModuleInstance, address: Address, *, names: Mapping[str, Value]
) -> Value:
    """One instance of a block, as expressions see it; null where none does.

    Args:
        program: where faults and the record go.
        node: the block.
        instance: of the module.
        address: which one.
        names: those that only this one sees, ``each`` or ``count`` among them.
    """
    return evaluate_block(
        program, address, block_at(node, instance), scope=program.scope_of(instance, names), node=node
    )


def evaluate_block(
    program: Program,
    address: Address,
    block: ResourceBlock,
    *,
    scope: Scope,
    node: Node | None = None,
) -> Value:
    """One instance from its block and scope; the record of it is kept in the program. Null where nothing asks for it.

    Args:
        program: where faults and the record go.
        address: which one.
        block: where it is declared.
        scope: the names that its expressions see, each or count among them.
        node: the block in the graph; None for the data source of a check block, whose faults are warnings.
    """
    lifecycle = block.lifecycle
    if lifecycle.preconditions:
        failed = failed_conditions(lifecycle.preconditions, scope, codes.CONDITION_FAILED, address=address)
        program.diagnostics.extend(failed)
    instance = ResourceInstance(
        address,
        block,
        evaluate_body(block.body, scope, program.diagnostics),
        _remote_name(program, block),
        _dependency_addresses(program, node) if node is not None else (),
        lifecycle.prevent_destroy is not None and _prevent_destroy(program, lifecycle.prevent_destroy, scope),
        _triggers(program, address, lifecycle.replace_triggered_by, scope) if lifecycle.replace_triggered_by else (),
        node is None,
        bool(lifecycle.preconditions) and are_open(lifecycle.preconditions, scope),
    )
    value = _ask_host(program, instance, is_seen=bool(lifecycle.postconditions) or node in program.graph.seen)
    if lifecycle.postconditions:
        inner = scope.child({"self": value})
        failed = failed_conditions(lifecycle.postconditions, inner, codes.CONDITION_FAILED, address=address)
        program.diagnostics.extend(failed)
    return value


def _ask_host(program: Program, instance: ResourceInstance, *, is_seen: bool) -> Value:
    if instance.block.mode == "data":
        program.data[instance.address] = instance
        return program.host.data(instance)
    program.instances[instance.address] = instance
    program.host.resource(instance)
    return program.host.object(instance.address) if is_seen else None


def _prevent_destroy(program: Program, expression: Expression, scope: Scope) -> bool:
    """What the argument says; an object whose protection cannot be told is protected."""
    value = program.value(expression, scope)
    if isinstance(value, Unknown):
        return True
    try:
        found = convert(value, BOOL)
    except ConversionError:
        found = None
    if found is True or found is False:
        return found
    detail = "prevent_destroy must be true or false, known before apply and not sensitive."
    program.diagnostics.append(Diagnostic(codes.INVALID_CONDITION, detail, Label(expression.span)))
    return True


def _triggers(program: Program, address: Address, expressions: Iterable[Expression], scope: Scope) -> tuple[str, ...]:
    """The addresses and attributes that ``replace_triggered_by`` names, from the root on, with keys evaluated."""
    prefix = module_prefix(address.module)
    found = [_trigger(program, expression, scope) for expression in expressions]
    return tuple(f"{prefix}{text}" for text in found if text is not None)


def _trigger(program: Program, expression: Expression, scope: Scope) -> str | None:
    try:
        text = address_in_scope(expression, scope)
    except DiagnosticError as error:
        program.diagnostics.extend(error.diagnostics)
        return None
    except AddressError:
        text = ""
    root, dot, _ = text.partition(".")
    if dot and root in program.inputs.types:
        return text
    detail = "replace_triggered_by takes resources or their attributes, e.g. [smtp_server.primary.host]."
    program.diagnostics.append(Diagnostic(codes.INVALID_ADDRESS, detail, Label(expression.span)))
    return None


def _remote_name(program: Program, block: ResourceBlock) -> str | None:
    if block.remote is None:
        return None
    text = address_text(block.remote)
    if text == "local":
        return text
    if text is not None and text.startswith("remote.") and text.count(".") == 2:
        return text.removeprefix("remote.")
    detail = "remote takes the address of a remote block, remote.TYPE.NAME, written out."
    program.diagnostics.append(Diagnostic(codes.INVALID_ADDRESS, detail, Label(block.remote.span)))
    return None


def _dependency_addresses(program: Program, node: Node) -> tuple[Address, ...]:
    """The resource blocks that a node needs, through locals, variables and modules, as addresses without keys."""
    if not program.graph.needs[node]:
        return ()
    known = program.dependencies.get(node)
    if known is None:
        found = set(_resource_needs(program, node))
        addresses = [
            Address(one.key[1], one.key[2], None, tuple(ModuleStep(name) for name in one.path), one.key[0])
            for one in found
        ]
        known = tuple(sorted(addresses))
        program.dependencies[node] = known
    return known


def _resource_needs(program: Program, node: Node) -> Iterator[Node]:
    """The nearest resource nodes above a node: the walk does not go through them, but through data sources."""
    seen: set[Node] = set()
    pending = list(program.graph.needs[node])
    while pending:
        one = pending.pop()
        if one in seen:
            continue
        seen.add(one)
        if one.kind == "resource":
            yield one
        if one.kind != "resource" or one.key[0] == "data":
            pending.extend(program.graph.needs[one])
