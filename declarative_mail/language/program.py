"""Evaluates a whole configuration.

Walks the graph once, from variables to outputs, and hands each resource to the host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from declarative_mail.addresses import Address, AddressError, ModuleStep, parse_address
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, Label, suggestion
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.block_reader import address_text
from declarative_mail.language.body import evaluate_body
from declarative_mail.language.conditions import failed_conditions
from declarative_mail.language.configuration import Configuration, ModuleCall, OutputDeclaration, ResourceBlock
from declarative_mail.language.evaluate import Scope, evaluate_expression
from declarative_mail.language.expand import expand
from declarative_mail.language.functions.model import CallContext
from declarative_mail.language.graph import Graph, Node, StaticPath
from declarative_mail.language.instances import (
    CheckOutcome,
    Host,
    ImportTarget,
    ModuleInstance,
    OutputValue,
    RemoteInstance,
    ResourceInstance,
)
from declarative_mail.language.marks import contains_sensitive
from declarative_mail.language.syntax import Expression
from declarative_mail.language.traversal import address_in_scope
from declarative_mail.language.types import DYNAMIC
from declarative_mail.language.values import Marked, Unknown, Value
from declarative_mail.language.variables import Given, accept, default_value, input_value


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What evaluation is given besides the configuration.

    Args:
        given: the value of each root variable that has one.
        missing: what a required variable without a value is: None is a fault, validate gives an unknown.
        context: the world, for functions.
        types: all resource types.
        remotes: the types of remote blocks.
    """

    given: Mapping[str, Given]
    missing: Callable[[str], Value | None]
    context: CallContext
    types: tuple[str, ...]


@dataclass
class Program:
    """The evaluation of one configuration; after `run` its fields hold what came out.

    `reevaluate` computes declarations again after the host has learnt more (values known after apply).
    """

    configuration: Configuration
    graph: Graph
    inputs: Inputs
    host: Host
    diagnostics: list[Diagnostic] = field(default_factory=list)
    instances: dict[Address, ResourceInstance] = field(default_factory=dict)
    data: dict[Address, ResourceInstance] = field(default_factory=dict)
    remotes: dict[str, RemoteInstance] = field(default_factory=dict)
    outputs: dict[str, OutputValue] = field(default_factory=dict)
    imports: list[ImportTarget] = field(default_factory=list)
    checks: list[CheckOutcome] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._modules: dict[StaticPath, list[ModuleInstance]] = {(): [self._open((), self.configuration, None, {})]}
        self._dependencies: dict[Node, tuple[Address, ...]] = {}

    def run(self) -> None:
        """Evaluate everything. Faults are in `diagnostics`."""
        for node in self.graph.order:
            self._evaluate(node)

    def scope(self) -> Scope:
        """The scope of the root module, for the console."""
        return self._scope(self._modules[()][0])

    @property
    def variables(self) -> Mapping[str, Value]:
        """The values of the root variables."""
        return self._modules[()][0].variables

    def reevaluate(self, address: Address) -> None:
        """Compute a resource again, and all that its body needs but resources themselves."""
        path = tuple(step.name for step in address.module)
        node = Node(path, "resource", (address.mode, address.type, address.name))
        needed = {one for one in self.graph.ancestors(node) if one.kind in ("local", "var", "output", "resource")}
        for one in self.graph.order:
            if one in needed or one == node:
                self._evaluate(one)

    def reevaluate_outputs(self) -> None:
        """Compute the root outputs and checks again, from all that is known now."""
        for node in self.graph.order:
            if node.kind in ("local", "output", "check", "resource"):
                self._evaluate(node)

    def _open(
        self,
        path: tuple[ModuleStep, ...],
        configuration: Configuration,
        parent: ModuleInstance | None,
        names: dict[str, Value],
    ) -> ModuleInstance:
        instance = ModuleInstance(path, configuration.module, parent, names)
        instance.resources = {type_: {} for type_ in self.inputs.types}
        instance.data = {type_: {} for _, type_, _ in configuration.module.resources}
        root = self.configuration.module.directory
        instance.open(working_directory=self.inputs.context.base_dir, root_directory=root)
        return instance

    def _scope(self, instance: ModuleInstance, names: Mapping[str, Value] | None = None) -> Scope:
        scope = Scope.root(instance.roots, context=self.inputs.context)
        return scope.child(names) if names else scope

    def _evaluate(self, node: Node) -> None:
        if node in self.graph.cyclic:
            self._leave_out(node)
            return
        handler = getattr(self, f"_evaluate_{node.kind}")
        for instance in self._modules.get(node.path, ()):
            handler(node, instance)

    def _leave_out(self, node: Node) -> None:
        """A declaration on a cycle is unknown to those that use it; the cycle itself is a fault already."""
        for instance in self._modules.get(node.path, ()):
            if node.kind == "local":
                instance.locals[node.key[0]] = Unknown(DYNAMIC, str(node))
            elif node.kind == "resource":
                table = instance.data if node.key[0] == "data" else instance.resources
                table[node.key[1]][node.key[2]] = Unknown(DYNAMIC, str(node))
            elif node.kind == "var":
                instance.variables[node.key[0]] = Unknown(DYNAMIC, str(node))
            elif node.kind == "call":
                instance.calls[node.key[0]] = Unknown(DYNAMIC, str(node))

    def _value(self, expression: Expression, scope: Scope) -> Value:
        value, faults = evaluate_expression(expression, scope)
        self.diagnostics.extend(faults)
        return value

    def _evaluate_var(self, node: Node, instance: ModuleInstance) -> None:
        name = node.key[0]
        declaration = instance.module.variables[name]
        if instance.parent is None:
            given = self.inputs.given.get(name)
            scope = Scope.root({}, context=self.inputs.context)
            value, faults = input_value(declaration, given, scope=scope, missing=lambda: self.inputs.missing(name))
        else:
            value, faults = self._call_input(node, instance)
        self.diagnostics.extend(faults)
        instance.variables[name] = value

    def _call_input(self, node: Node, instance: ModuleInstance) -> tuple[Value, list[Diagnostic]]:
        name, parent = node.key[0], cast("ModuleInstance", instance.parent)
        declaration = instance.module.variables[name]
        call = parent.module.modules[node.path[-1]]
        scope = self._scope(parent, instance.call_names)
        attribute = call.inputs.get(name)
        if attribute is None:
            if declaration.default is not None:
                return default_value(declaration, scope)
            detail = (
                f'The module has a required variable "{name}", but the call of module "{call.name}" does not set it.'
            )
            fault = Diagnostic(
                codes.MISSING_ARGUMENT, detail, Label(call.header), (Label(declaration.span, "declared here"),)
            )
            return Unknown(declaration.type), [fault]
        value = self._value(attribute.expression, scope)
        return accept(declaration, value, place=Label(attribute.expression.span), scope=scope)

    def _evaluate_validation(self, node: Node, instance: ModuleInstance) -> None:
        declaration = instance.module.variables[node.key[0]]
        failed = failed_conditions(declaration.validations, self._scope(instance), codes.VALIDATION_FAILED)
        self.diagnostics.extend(failed)

    def _evaluate_local(self, node: Node, instance: ModuleInstance) -> None:
        name = node.key[0]
        instance.locals[name] = self._value(instance.module.locals[name].expression, self._scope(instance))

    def _evaluate_output(self, node: Node, instance: ModuleInstance) -> None:
        name = node.key[0]
        output = instance.module.outputs[name]
        scope = self._scope(instance)
        self.diagnostics.extend(failed_conditions(output.preconditions, scope, codes.CONDITION_FAILED))
        value = self._value(output.value, scope)
        if output.sensitive and not (isinstance(value, Marked) and value.sensitive):
            value = Marked(value.value if isinstance(value, Marked) else value, sensitive=True, source=f"output.{name}")
        instance.outputs[name] = value
        if instance.parent is None:
            self._root_output(output, value)
        else:
            self._publish(node.path, instance)

    def _root_output(self, output: OutputDeclaration, value: Value) -> None:
        if not output.sensitive and contains_sensitive(value):
            detail = (
                f'The value of output "{output.name}" comes from a sensitive value, but the output is not declared sensitive. '
                "Set sensitive = true, or, if the value is no secret, wrap it in nonsensitive()."
            )
            self.diagnostics.append(Diagnostic(codes.SENSITIVE_OUTPUT, detail, Label(output.value.span)))
        self.outputs[output.name] = OutputValue(value, output.sensitive, output.span)

    def _publish(self, path: StaticPath, instance: ModuleInstance) -> None:
        """Make the outputs of a module instance visible to its caller as ``module.NAME``."""
        parent = cast("ModuleInstance", instance.parent)
        name = path[-1]
        siblings = [one for one in self._modules[path] if one.parent is parent]
        keys = [one.path[-1].key for one in siblings]
        if keys == [None]:
            parent.calls[name] = instance.outputs
        elif all(isinstance(key, int) for key in keys):
            parent.calls[name] = tuple(one.outputs for one in siblings)
        else:
            parent.calls[name] = {str(one.path[-1].key): one.outputs for one in siblings}

    def _evaluate_call(self, node: Node, instance: ModuleInstance) -> None:
        call = instance.module.modules[node.key[0]]
        inner = (*node.path, call.name)
        child = self._child(node)
        if child is None:
            return
        self._check_inputs(call, child)
        expanded = expand(call.count, call.for_each, self._scope(instance), diagnostics=self.diagnostics)
        made = self._modules.setdefault(inner, [])
        made[:] = [one for one in made if one.parent is not instance]
        for key, names in expanded or ():
            made.append(self._open((*instance.path, ModuleStep(call.name, key)), child, instance, dict(names)))
        instance.calls[call.name] = () if call.count is not None else {}

    def _child(self, node: Node) -> Configuration | None:
        configuration = self.configuration
        for name in (*node.path, node.key[0]):
            found = configuration.children.get(name)
            if found is None:
                return None
            configuration = found
        return configuration

    def _check_inputs(self, call: ModuleCall, child: Configuration) -> None:
        for name, attribute in call.inputs.items():
            if name not in child.module.variables:
                detail = f'The module "{call.name}" has no variable named "{name}".'
                help_ = suggestion(name, child.module.variables)
                self.diagnostics.append(
                    Diagnostic(codes.UNSUPPORTED_ARGUMENT, detail, Label(attribute.name_span), help=help_)
                )

    def _evaluate_remote(self, node: Node, instance: ModuleInstance) -> None:
        type_, name = node.key
        block = instance.module.remotes[type_, name]
        body = evaluate_body(block.body, self._scope(instance), self.diagnostics)
        self.remotes[f"{type_}.{name}"] = RemoteInstance(type_, name, body, block.header)

    def _evaluate_resource(self, node: Node, instance: ModuleInstance) -> None:
        mode, type_, name = node.key
        block = instance.module.resources[mode, type_, name]
        table = instance.data[type_] if mode == "data" else instance.resources[type_]
        expanded = expand(block.count, block.for_each, self._scope(instance), diagnostics=self.diagnostics)
        if expanded is None:
            table[name] = Unknown(DYNAMIC, str(node))
            return
        base = Address(type_, name, None, instance.path, mode)
        dependencies = self._dependency_addresses(node)
        values = [
            (key, self._instance(base.instance(key), block, self._scope(instance, names), dependencies))
            for key, names in expanded
        ]
        if block.for_each is not None:
            table[name] = {str(key): value for key, value in values}
        elif block.count is not None:
            table[name] = tuple(value for _, value in values)
        else:
            table[name] = values[0][1]

    def _instance(
        self, address: Address, block: ResourceBlock, scope: Scope, dependencies: tuple[Address, ...]
    ) -> Value:
        lifecycle = block.lifecycle
        if lifecycle.preconditions:
            failed = failed_conditions(lifecycle.preconditions, scope, codes.CONDITION_FAILED, address=address)
            self.diagnostics.extend(failed)
        instance = ResourceInstance(
            address,
            block,
            evaluate_body(block.body, scope, self.diagnostics),
            self._remote_name(block),
            dependencies,
            self._prevent_destroy(block, scope),
            tuple(text for one in lifecycle.replace_triggered_by if (text := self._trigger(one, scope)) is not None),
        )
        table, ask = (self.data, self.host.data) if block.mode == "data" else (self.instances, self.host.resource)
        table[address] = instance
        value = ask(instance)
        if lifecycle.postconditions:
            inner = scope.child({"self": value})
            failed = failed_conditions(lifecycle.postconditions, inner, codes.CONDITION_FAILED, address=address)
            self.diagnostics.extend(failed)
        return value

    def _prevent_destroy(self, block: ResourceBlock, scope: Scope) -> bool:
        expression = block.lifecycle.prevent_destroy
        if expression is None:
            return False
        value = self._value(expression, scope)
        if value is True or value is False:
            return value
        if not isinstance(value, Unknown):
            detail = "prevent_destroy must be true or false, known before apply and not sensitive."
            self.diagnostics.append(Diagnostic(codes.INVALID_CONDITION, detail, Label(expression.span)))
        return True

    def _trigger(self, expression: Expression, scope: Scope) -> str | None:
        """The address (and attribute) that a replace_triggered_by item names, with keys like each.key evaluated."""
        try:
            return address_in_scope(expression, scope)
        except DiagnosticError as error:
            self.diagnostics.extend(error.diagnostics)
        except AddressError:
            detail = "replace_triggered_by takes resources or their attributes, e.g. [smtp_server.primary.host]."
            self.diagnostics.append(Diagnostic(codes.INVALID_ADDRESS, detail, Label(expression.span)))
        return None

    def _remote_name(self, block: ResourceBlock) -> str | None:
        if block.remote is None:
            return None
        text = address_text(block.remote)
        if text == "local":
            return text
        if text is not None and text.startswith("remote.") and text.count(".") == 2:
            return text.removeprefix("remote.")
        detail = "remote takes the address of a remote block, remote.TYPE.NAME, written out."
        self.diagnostics.append(Diagnostic(codes.INVALID_ADDRESS, detail, Label(block.remote.span)))
        return None

    def _dependency_addresses(self, node: Node) -> tuple[Address, ...]:
        """The resource blocks that a node needs, through locals, variables and modules, as addresses without keys."""
        known = self._dependencies.get(node)
        if known is None:
            found = set(self._resource_needs(node))
            addresses = [
                Address(one.key[1], one.key[2], None, tuple(ModuleStep(name) for name in one.path), one.key[0])
                for one in found
            ]
            known = tuple(sorted(addresses))
            self._dependencies[node] = known
        return known

    def _resource_needs(self, node: Node) -> Iterator[Node]:
        """The nearest resource nodes above a node: the walk does not go through them."""
        seen: set[Node] = set()
        pending = list(self.graph.needs[node])
        while pending:
            one = pending.pop()
            if one in seen:
                continue
            seen.add(one)
            if one.kind == "resource":
                yield one
            else:
                pending.extend(self.graph.needs[one])

    def _evaluate_import(self, node: Node, instance: ModuleInstance) -> None:
        block = instance.module.imports[int(node.key[0])]
        expanded = expand(None, block.for_each, self._scope(instance), diagnostics=self.diagnostics)
        for _, names in expanded or ():
            scope = self._scope(instance, names)
            address = self._import_address(block.to, scope)
            if address is not None:
                self.imports.append(ImportTarget(address, self._value(block.id, scope), block.span))

    def _import_address(self, expression: Expression, scope: Scope) -> Address | None:
        try:
            return parse_address(address_in_scope(expression, scope))
        except DiagnosticError as error:
            self.diagnostics.extend(error.diagnostics)
            return None
        except AddressError as error:
            self.diagnostics.append(Diagnostic(codes.INVALID_ADDRESS, f"{error}.", Label(expression.span)))
            return None

    def _evaluate_check(self, node: Node, instance: ModuleInstance) -> None:
        check = instance.module.checks[node.key[0]]
        scope = self._scope(instance)
        if check.data is not None:
            data = check.data
            address = Address(data.type, data.name, None, instance.path, "data")
            value = self._instance(address, data, scope, ())
            scope = scope.child({"data": {**instance.data, data.type: {data.name: value}}})
        failed = failed_conditions(check.asserts, scope, codes.CHECK_FAILED)
        self.diagnostics.extend(failed)
        self.checks.append(CheckOutcome(str(node), not failed, tuple(one.detail for one in failed)))
