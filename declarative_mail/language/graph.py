"""What must be evaluated before what: one node for each declaration of each module, edges from the references in it.

::

    variable ──▶ local ──▶ resource ──▶ output ──▶ (caller) module.NAME.OUTPUT
        ▲                     ▲  │
        │ inputs of the call  │  └──▶ other resources, by address
    (caller) call ────────────┘ count / for_each of the call, needed by everything inside

References are checked here, once for each place where they stand, so that evaluation never meets an undeclared name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from msgspec import Struct, field

from declarative_mail.diagnostics import Diagnostic, Label, Span
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.block_reader import address_text
from declarative_mail.language.configuration import CheckBlock, Configuration, ResourceBlock, Rule
from declarative_mail.language.evaluate import references
from declarative_mail.language.nodes import Node, StaticPath
from declarative_mail.language.resolve import References
from declarative_mail.language.syntax import Body, Expression
from declarative_mail.language.written_out import is_written_out


class Graph(Struct, frozen=True):
    """The nodes in an order in which each comes after what it needs, and what each needs directly.

    `cyclic` are those that need themselves in the end: they have no value. `seen` are those that some expression may
    ask for: of most resources nobody asks what they are.
    """

    order: tuple[Node, ...]
    needs: Mapping[Node, frozenset[Node]]
    cyclic: frozenset[Node] = frozenset()
    seen: frozenset[Node] = frozenset()

    def ancestors(self, node: Node) -> set[Node]:
        """Everything that a node needs, directly or not."""
        found: set[Node] = set()
        pending = list(self.needs.get(node, ()))
        while pending:
            one = pending.pop()
            if one not in found:
                found.add(one)
                pending.extend(self.needs.get(one, ()))
        return found


class _Building(Struct):
    """The graph while it is made."""

    types: frozenset[str]
    remotes: Mapping[tuple[str, str], object]
    needs: dict[Node, set[Node]] = field(default_factory=dict)
    places: dict[Node, Span] = field(default_factory=dict)
    all_seen: bool = False
    diagnostics: list[Diagnostic] = field(default_factory=list)


def build_graph(configuration: Configuration, types: Iterable[str]) -> tuple[Graph, list[Diagnostic]]:
    """Check every reference of a configuration and order its declarations.

    Args:
        configuration: the root module and the modules it calls.
        types: all resource types, as first words of references.

    Returns:
        The graph and the faults found.
    """
    building = _Building(frozenset(types), configuration.module.remotes)
    _add_module(building, (), configuration)
    order, cyclic = _order(building)
    needs = {node: frozenset(needs) for node, needs in building.needs.items()}
    # What is said of a fault may show any value.
    all_seen = building.all_seen or bool(building.diagnostics)
    seen = frozenset(order) if all_seen else frozenset[Node]().union(*needs.values())
    return Graph(order, needs, frozenset(cyclic), seen), building.diagnostics


def _order(building: _Building) -> tuple[tuple[Node, ...], set[Node]]:
    """The nodes in order, and those that lie on a cycle: a fault each time, and the rest goes on without them."""
    cyclic: set[Node] = set()
    while True:
        try:
            return tuple(TopologicalSorter(building.needs).static_order()), cyclic
        except CycleError as error:
            nodes: list[Node] = error.args[1]
            building.diagnostics.append(_cycle(building, nodes))
            cyclic.update(nodes)
            for node in nodes:
                building.needs[node] -= set(nodes)


def _cycle(building: _Building, nodes: list[Node]) -> Diagnostic:
    chain = [node for node in reversed(nodes) if node.kind != "call" or len(nodes) < 3]
    names = " -> ".join(str(node) for node in chain)
    detail = (
        f"These refer to each other in a circle: {names}. None of them can be evaluated first. "
        "Break the circle: let one of them take its value from a variable or a local that the others do not need."
    )
    labels = [Label(building.places[node], f"{node} stands here") for node in chain[:-1] if node in building.places]
    return Diagnostic(codes.CYCLE, detail, labels[0] if labels else None, tuple(labels[1:]))


def _add_module(building: _Building, path: StaticPath, configuration: Configuration) -> None:
    module = configuration.module
    linker = _Linker(building, path, configuration)
    for variable in module.variables.values():
        linker.add("var", (variable.name,), variable.span)
        if variable.validations:
            node = linker.add("validation", (variable.name,), variable.span)
            building.needs[node].add(Node(path, "var", (variable.name,)))
            linker.rules(node, variable.validations)
    for local in module.locals.values():
        linker.expressions(linker.add("local", (local.name,), local.span), [local.expression])
    for output in module.outputs.values():
        node = linker.add("output", (output.name,), output.span)
        linker.expressions(node, [output.value])
        linker.depends(node, output.depends_on)
        linker.rules(node, output.preconditions)
    for key, block in module.resources.items():
        linker.resource(linker.add("resource", key, block.header), block)
    for (type_, name), remote in module.remotes.items():
        linker.body(linker.add("remote", (type_, name), remote.header), remote.body, remote_block=True)
    for check in module.checks.values():
        linker.check(check)
    for index, one in enumerate(module.imports):
        linker.expressions(
            linker.add("import", (str(index),), one.span),
            [one.id, *([] if one.for_each is None else [one.for_each])],
            local_names=() if one.for_each is None else ("each",),
        )
        # The keys in its `to` may be of anything that was evaluated before.
        building.all_seen = True
    _add_calls(building, path, configuration, linker)


def _add_calls(building: _Building, path: StaticPath, configuration: Configuration, linker: _Linker) -> None:
    for name, call in configuration.module.modules.items():
        node = linker.add("call", (name,), call.header)
        linker.expressions(node, [one for one in (call.count, call.for_each) if one is not None])
        linker.depends(node, call.depends_on)
        if name not in configuration.children:
            continue
        child, inner = configuration.children[name], (*path, name)
        names = ("each",) if call.for_each is not None else ("count",) if call.count is not None else ()
        _add_module(building, inner, child)
        for variable in child.module.variables:
            if variable in call.inputs:
                target = Node(inner, "var", (variable,))
                linker.expressions(target, [call.inputs[variable].expression], local_names=names)


def _resources(path: StaticPath, configuration: Configuration) -> Iterator[Node]:
    """The resource nodes of a module and of all that it calls."""
    for key in configuration.module.resources:
        yield Node(path, "resource", key)
    for name, child in configuration.children.items():
        yield from _resources((*path, name), child)


class _Linker:
    """Adds the nodes of one module and the edges of the references in its expressions."""

    def __init__(self, building: _Building, path: StaticPath, configuration: Configuration) -> None:
        self.building = building
        self.path = path
        self.children = configuration.children
        self.references = References(
            path,
            configuration,
            types=building.types,
            remotes=building.remotes,
            diagnostics=building.diagnostics,
        )

    def add(self, kind: str, key: tuple[str, ...], place: Span) -> Node:
        node = Node(self.path, kind, key)
        self.building.needs.setdefault(node, set())
        self.building.places[node] = place
        if self.path:
            self.building.needs[node].add(Node(self.path[:-1], "call", (self.path[-1],)))
        return node

    def rules(self, node: Node, rules: Iterable[Rule]) -> None:
        for rule in rules:
            self.expressions(node, [rule.condition, rule.error_message])

    def check(self, block: CheckBlock) -> None:
        node = self.add("check", (block.name,), block.header)
        if block.data is not None:
            self.references.scoped_data = block.data
            self.body(node, block.data.body)
        self.rules(node, block.asserts)
        self.references.scoped_data = None

    def depends(self, node: Node, expressions: Iterable[Expression]) -> None:
        """``depends_on``: like any reference, but a module stands for everything in it."""
        self.expressions(node, expressions)
        for traversal in (one for expression in expressions for one in references(expression)):
            if traversal.root == "module" and len(traversal.names) == 1 and traversal.names[0] in self.children:
                path = (*self.path, traversal.names[0])
                self.building.needs[node].update(_resources(path, self.children[traversal.names[0]]))

    def resource(self, node: Node, block: ResourceBlock) -> None:
        heads = [one for one in (block.count, block.for_each) if one is not None]
        if heads:
            self.expressions(node, heads)
        if block.depends_on:
            self.depends(node, block.depends_on)
        names = ("each",) if block.for_each is not None else ("count",) if block.count is not None else ()
        if block.remote is not None and address_text(block.remote) != "local":
            # The remote that needs no block is named alone: ``remote = local``.
            self.expressions(node, [block.remote], local_names=names)
        lifecycle = block.lifecycle
        if lifecycle.prevent_destroy is not None:
            self.expressions(node, [lifecycle.prevent_destroy], local_names=names)
        if lifecycle.replace_triggered_by:
            self.expressions(node, lifecycle.replace_triggered_by, local_names=names)
        for rule in lifecycle.preconditions:
            self.expressions(node, [rule.condition, rule.error_message], local_names=names)
        for rule in lifecycle.postconditions:
            self.expressions(node, [rule.condition, rule.error_message], local_names=(*names, "self"))
        self.body(node, block.body, local_names=names)

    def body(self, node: Node, body: Body, *, local_names: tuple[str, ...] = (), remote_block: bool = False) -> None:
        found = [one.expression for one in body.attributes.values() if not is_written_out(one.expression)]
        if found:
            self.expressions(node, found, local_names=local_names, remote_block=remote_block)
        for block in body.blocks:
            if block.type == "dynamic" and len(block.labels) == 1:
                self._dynamic(node, block.body, block.labels[0].text, local_names=local_names)
            else:
                self.body(node, block.body, local_names=local_names, remote_block=remote_block)

    def _dynamic(self, node: Node, body: Body, label: str, *, local_names: tuple[str, ...]) -> None:
        for_each = body.attributes.get("for_each")
        if for_each is not None:
            self.expressions(node, [for_each.expression], local_names=local_names)
        iterator = body.attributes.get("iterator")
        name = getattr(iterator.expression, "name", label) if iterator is not None else label
        inner = (*local_names, name)
        labels = body.attributes.get("labels")
        if labels is not None:
            self.expressions(node, [labels.expression], local_names=inner)
        for content in body.blocks_of("content"):
            self.body(node, content.body, local_names=inner)

    def expressions(
        self,
        node: Node,
        expressions: Iterable[Expression],
        *,
        local_names: tuple[str, ...] = (),
        remote_block: bool = False,
    ) -> None:
        """Add an edge for each reference; a name in `local_names` is given by the place itself."""
        needs = self.building.needs.setdefault(node, set())
        for expression in expressions:
            for traversal in references(expression):
                if traversal.root in local_names:
                    continue
                if remote_block and traversal.root not in ("var", "local", "path"):
                    detail = (
                        f"A remote block is read before anything else exists, so it cannot refer to {traversal.text}. "
                        "It may use variables, locals, functions and env()."
                    )
                    self.references.fault(codes.NOT_AVAILABLE_HERE, detail, traversal.span)
                    continue
                needs.update(self.references.targets(traversal))
