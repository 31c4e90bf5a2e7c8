"""Evaluates a whole configuration.

Walks the graph once, from variables to outputs. What happens at a node stands beside this file, by the kind of node::

    Program.run ──▶ evaluate_values      variables, locals, outputs, remotes, imports, checks
                ──▶ evaluate_modules     calls, their inputs, what their outputs are to the caller
                ──▶ evaluate_resources   resource and data instances, handed to the host
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct, field

from declarative_mail.addresses import Address, Key, ModuleStep
from declarative_mail.diagnostics import Diagnostic
from declarative_mail.language import evaluate_modules, evaluate_resources, evaluate_values
from declarative_mail.language.configuration import Configuration
from declarative_mail.language.evaluate import Scope, evaluate_expression
from declarative_mail.language.functions.model import CallContext
from declarative_mail.language.graph import Graph
from declarative_mail.language.instances import (
    CheckOutcome,
    Host,
    ImportTarget,
    ModuleInstance,
    OutputValue,
    RemoteInstance,
    ResourceInstance,
)
from declarative_mail.language.nodes import Node, StaticPath, node_of, static_path
from declarative_mail.language.syntax import Expression
from declarative_mail.language.types import DYNAMIC
from declarative_mail.language.values import Unknown, Value
from declarative_mail.language.variables import Given


class Inputs(Struct, frozen=True, kw_only=True):
    """What evaluation is given besides the configuration.

    Args:
        given: the value of each root variable that has one.
        missing: what a required variable without a value is: None is a fault, validate gives an unknown.
        context: the world, for functions.
        types: all resource types.
    """

    given: Mapping[str, Given]
    missing: Callable[[str], Value | None]
    context: CallContext
    types: tuple[str, ...]


class Program(Struct):
    """The evaluation of one configuration; after `run` its fields hold what came out.

    `evaluate` computes a declaration again; what must be after an object was written is known to `learning`.
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
    checks: dict[str, CheckOutcome] = field(default_factory=dict)
    modules: dict[StaticPath, list[ModuleInstance]] = field(default_factory=dict)
    dependencies: dict[Node, tuple[Address, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.modules[()] = [self.open((), self.configuration, None, {})]

    def run(self) -> None:
        """Evaluate everything, remotes first: data sources are read there. Faults are in `diagnostics`."""
        remotes = [node for node in self.graph.order if node.kind == "remote"]
        first = {*remotes, *(one for node in remotes for one in self.graph.ancestors(node))}
        for node in [*filter(first.__contains__, self.graph.order), *(n for n in self.graph.order if n not in first)]:
            self.evaluate(node)

    def scope(self) -> Scope:
        """The scope of the root module, for the console."""
        return self.scope_of(self.modules[()][0])

    @property
    def variables(self) -> Mapping[str, Value]:
        """The values of the root variables."""
        return self.modules[()][0].variables

    def see(self, values: Mapping[Address, Value]) -> None:
        """Compute variables of modules, locals and outputs again, from these objects in place of the declared ones.

        Nothing that is declared changes: not which instances there are, and not what they shall be.
        """
        self.put(values)
        for node in self.graph.order:
            if node.kind in ("var", "local", "output"):
                self.evaluate(node)

    def is_seen(self, address: Address) -> bool:
        """Whether something in the configuration may ask what an object is."""
        return node_of(address) in self.graph.seen

    def see_all(self) -> None:
        """Let expressions find every object, also those that nothing in the configuration refers to."""
        self.put({address: self.host.object(address) for address in self.instances})

    def put(self, values: Mapping[Address, Value]) -> None:
        """Let these objects be what expressions see under their addresses."""
        by_block: dict[Address, dict[Key, Value]] = {}
        for address, value in values.items():
            by_block.setdefault(address.resource, {})[address.key] = value
        for block, found in by_block.items():
            for module in self.modules.get(static_path(block.module), ()):
                if module.path == block.module:
                    _put(module.resources[block.type], block.name, found)

    def open(
        self,
        path: tuple[ModuleStep, ...],
        configuration: Configuration,
        parent: ModuleInstance | None,
        names: dict[str, Value],
    ) -> ModuleInstance:
        """A new instance of a module, with nothing evaluated yet."""
        roots: dict[str, Value] = {}
        scope = Scope.root(roots, context=self.inputs.context)
        instance = ModuleInstance(path, configuration.module, parent, names, scope, roots)
        instance.resources = {type_: {} for type_ in self.inputs.types}
        instance.data = {type_: {} for _, type_, _ in configuration.module.resources}
        root = self.configuration.module.directory
        instance.open(working_directory=self.inputs.context.base_dir, root_directory=root)
        return instance

    def scope_of(self, instance: ModuleInstance, names: Mapping[str, Value] | None = None) -> Scope:
        """What expressions of a module instance see; `names` are those that only one block sees."""
        scope = instance.scope
        scope.budget.rounds = 0
        return scope.child(names) if names else scope

    def evaluate(self, node: Node) -> None:
        """Compute one declaration, in every instance of its module."""
        if node in self.graph.cyclic:
            self._leave_out(node)
            return
        evaluate_node = _EVALUATORS[node.kind]
        for instance in self.modules.get(node.path, ()):
            evaluate_node(self, node, instance)

    def _leave_out(self, node: Node) -> None:
        """A declaration on a cycle is unknown to those that use it; the cycle itself is a fault already."""
        for instance in self.modules.get(node.path, ()):
            if node.kind == "local":
                instance.locals[node.key[0]] = Unknown(DYNAMIC, str(node))
            elif node.kind == "resource":
                table = instance.data if node.key[0] == "data" else instance.resources
                table[node.key[1]][node.key[2]] = Unknown(DYNAMIC, str(node))
            elif node.kind == "var":
                instance.variables[node.key[0]] = Unknown(DYNAMIC, str(node))
            elif node.kind == "call":
                instance.calls[node.key[0]] = Unknown(DYNAMIC, str(node))

    def value(self, expression: Expression, scope: Scope) -> Value:
        """The value of an expression; faults are collected."""
        value, faults = evaluate_expression(expression, scope)
        self.diagnostics.extend(faults)
        return value


def _put(table: dict[str, Value], name: str, values: Mapping[Key, Value]) -> None:
    """Let instances of a block be these values; a block whose instances are not known stays as it is."""
    found = table[name]
    if None in values:
        table[name] = values[None]
    elif isinstance(found, dict):
        table[name] = {**found, **{key: value for key, value in values.items() if isinstance(key, str)}}
    elif isinstance(found, tuple):
        table[name] = tuple([values.get(index, value) for index, value in enumerate(found)])


_EVALUATORS: Mapping[str, Callable[[Program, Node, ModuleInstance], None]] = {
    "var": evaluate_modules.evaluate_variable,
    "call": evaluate_modules.evaluate_call,
    "validation": evaluate_values.evaluate_validation,
    "local": evaluate_values.evaluate_local,
    "output": evaluate_values.evaluate_output,
    "remote": evaluate_values.evaluate_remote,
    "import": evaluate_values.evaluate_import,
    "check": evaluate_values.evaluate_check,
    "resource": evaluate_resources.evaluate_resource,
}
