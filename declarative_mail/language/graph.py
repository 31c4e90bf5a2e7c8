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
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import TypeAlias

from declarative_mail.diagnostics import Code, Diagnostic, Label, Span, suggestion
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.configuration import Configuration, Module, ResourceBlock, Rule
from declarative_mail.language.evaluate import Traversal, references
from declarative_mail.language.syntax import Body, Expression

StaticPath: TypeAlias = tuple[str, ...]
"""Names of module calls from the root, without instance keys."""


@dataclass(frozen=True, slots=True)
class Node:
    """One declaration of one module.

    `kind` is var, validation, local, output, call, remote, resource, check or import.
    """

    path: StaticPath
    kind: str
    key: tuple[str, ...]

    def __str__(self) -> str:
        prefix = "".join(f"module.{name}." for name in self.path)
        match self.kind, self.key:
            case "call", (name,):
                return f"{prefix}module.{name}"
            case "resource", (mode, type_, name):
                return f"{prefix}{'data.' if mode == 'data' else ''}{type_}.{name}"
            case kind, key:
                return f"{prefix}{kind}.{'.'.join(key)}"


@dataclass(frozen=True, slots=True)
class Graph:
    """The nodes in an order in which each comes after what it needs, and what each needs directly.

    `cyclic` are those that need themselves in the end: they have no value.
    """

    order: tuple[Node, ...]
    needs: Mapping[Node, frozenset[Node]]
    cyclic: frozenset[Node] = frozenset()

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


@dataclass(slots=True)
class _Building:
    """The graph while it is made."""

    types: frozenset[str]
    remotes: Mapping[tuple[str, str], object]
    needs: dict[Node, set[Node]] = field(default_factory=dict)
    places: dict[Node, Span] = field(default_factory=dict)
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
    return Graph(order, needs, frozenset(cyclic)), building.diagnostics


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
        linker.expressions(node, [output.value, *output.depends_on])
        linker.rules(node, output.preconditions)
    for key, block in module.resources.items():
        linker.resource(linker.add("resource", key, block.header), block)
    for (type_, name), remote in module.remotes.items():
        linker.body(linker.add("remote", (type_, name), remote.header), remote.body, remote_block=True)
    for check in module.checks.values():
        node = linker.add("check", (check.name,), check.header)
        if check.data is not None:
            linker.scoped_data = check.data
            linker.body(node, check.data.body)
        linker.rules(node, check.asserts)
        linker.scoped_data = None
    for index, one in enumerate(module.imports):
        node = linker.add("import", (str(index),), one.span)
        linker.expressions(node, [one.id, *([one.for_each] if one.for_each else [])], local_names=("each",))
    _add_calls(building, path, configuration, linker)


def _add_calls(building: _Building, path: StaticPath, configuration: Configuration, linker: _Linker) -> None:
    for name, call in configuration.module.modules.items():
        node = linker.add("call", (name,), call.header)
        linker.expressions(node, [one for one in (call.count, call.for_each) if one is not None])
        if name not in configuration.children:
            continue
        child, inner = configuration.children[name], (*path, name)
        _add_module(building, inner, child)
        for variable in child.module.variables:
            if variable in call.inputs:
                target = Node(inner, "var", (variable,))
                linker.expressions(target, [call.inputs[variable].expression], local_names=("each", "count"))
        if call.depends_on:
            for key in child.module.resources:
                linker.expressions(Node(inner, "resource", key), call.depends_on)


class _Linker:
    """Adds the nodes of one module and the edges of the references in its expressions."""

    def __init__(self, building: _Building, path: StaticPath, configuration: Configuration) -> None:
        self.building = building
        self.path = path
        self.module: Module = configuration.module
        self.children = configuration.children
        self.scoped_data: ResourceBlock | None = None

    def add(self, kind: str, key: tuple[str, ...], place: Span) -> Node:
        node = Node(self.path, kind, key)
        self.building.needs.setdefault(node, set())
        self.building.places[node] = place
        if self.path:
            self.building.needs[node].add(Node(self.path[:-1], "call", (self.path[-1],)))
        return node

    def rules(self, node: Node, rules: Iterable[Rule]) -> None:
        for rule in rules:
            self.expressions(node, [rule.condition, rule.error_message], local_names=("self", "each", "count"))

    def resource(self, node: Node, block: ResourceBlock) -> None:
        heads = [one for one in (block.count, block.for_each) if one is not None]
        self.expressions(node, [*heads, *block.depends_on])
        names = ("each",) if block.for_each is not None else ("count",) if block.count is not None else ()
        if block.remote is not None:
            self.expressions(node, [block.remote], local_names=names)
        lifecycle = block.lifecycle
        if lifecycle.prevent_destroy is not None:
            self.expressions(node, [lifecycle.prevent_destroy], local_names=names)
        self.expressions(node, lifecycle.replace_triggered_by, local_names=names)
        for rule in lifecycle.preconditions:
            self.expressions(node, [rule.condition, rule.error_message], local_names=names)
        for rule in lifecycle.postconditions:
            self.expressions(node, [rule.condition, rule.error_message], local_names=(*names, "self"))
        self.body(node, block.body, local_names=names)

    def body(self, node: Node, body: Body, *, local_names: tuple[str, ...] = (), remote_block: bool = False) -> None:
        self.expressions(
            node,
            [attribute.expression for attribute in body.attributes.values()],
            local_names=local_names,
            remote_block=remote_block,
        )
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
                    self._fault(codes.NOT_AVAILABLE_HERE, detail, traversal.span)
                    continue
                needs.update(self._targets(traversal))

    def _fault(self, code: Code, detail: str, span: Span, *, help_: str | None = None) -> None:
        self.building.diagnostics.append(Diagnostic(code, detail, Label(span), help=help_))

    def _targets(self, traversal: Traversal) -> Iterator[Node]:
        """The nodes that a reference names; a fault where there is none."""
        root, steps = traversal.root, traversal.names
        if root in ("var", "local"):
            yield from self._named(traversal, root, self.module.variables if root == "var" else self.module.locals)
        elif root == "module":
            yield from self._module_output(traversal)
        elif root == "data":
            yield from self._resource_target(traversal, "data", steps[:2])
        elif root == "remote":
            yield from self._remote_target(traversal)
        elif root in self.building.types:
            yield from self._resource_target(traversal, "managed", (root, *steps[:1]))
        elif root != "path":
            self._unknown_root(traversal)

    def _named(self, traversal: Traversal, root: str, declared: Mapping[str, object]) -> Iterator[Node]:
        name = traversal.names[0] if traversal.names else None
        if name in declared:
            yield Node(self.path, root, (str(name),))
            return
        word, block = ("variable", 'variable "…" {}') if root == "var" else ("local value", "locals {}")
        if name is None:
            self._fault(codes.INVALID_REFERENCE, f"{root} alone is not a value; name one: {root}.NAME.", traversal.span)
            return
        near = suggestion(name, declared)
        help_ = near.replace('"', f"{root}.", 1).replace('"', "") if near else None
        detail = f"There is no {word} named {name} in this module. Declare it in a {block} block."
        self._fault(codes.UNDECLARED, detail, traversal.span, help_=help_)

    def _module_output(self, traversal: Traversal) -> Iterator[Node]:
        names = traversal.names
        if not names or names[0] not in self.module.modules:
            help_ = suggestion(names[0], self.module.modules) if names else None
            detail = f"There is no module call named {names[0] if names else '…'} in this module."
            self._fault(codes.UNDECLARED, detail, traversal.span, help_=help_)
            return
        yield Node(self.path, "call", (names[0],))
        child = self.children.get(names[0])
        if child is None:
            return
        inner, outputs = (*self.path, names[0]), child.module.outputs
        wanted = names[1] if len(names) > 1 else None
        if wanted is not None and wanted not in outputs and traversal.plain(2):
            detail = f"module.{names[0]} has no output named {wanted}."
            self._fault(codes.UNDECLARED, detail, traversal.span, help_=suggestion(wanted, outputs))
        for output in [wanted] if wanted in outputs else outputs:
            yield Node(inner, "output", (str(output),))

    def _resource_target(self, traversal: Traversal, mode: str, names: tuple[str, ...]) -> Iterator[Node]:
        prefix = "data." if mode == "data" else ""
        if len(names) < 2:
            if mode == "managed" and names:
                for key in self.module.resources:
                    if key[:2] == (mode, names[0]):
                        yield Node(self.path, "resource", key)
                return
            self._fault(
                codes.INVALID_REFERENCE, "A data source is named by type and label: data.TYPE.NAME.", traversal.span
            )
            return
        type_, name = names
        scoped = self.scoped_data
        if scoped is not None and (scoped.mode, scoped.type, scoped.name) == (mode, type_, name):
            return
        if (mode, type_, name) in self.module.resources:
            yield Node(self.path, "resource", (mode, type_, name))
            return
        same = [key[2] for key in self.module.resources if key[:2] == (mode, type_)]
        near = suggestion(name, same)
        help_ = near.replace('"', f"{prefix}{type_}.", 1).replace('"', "") if near else None
        detail = f'No {type_} is named "{name}" in this module.'
        self._fault(codes.UNDECLARED, detail, traversal.span, help_=help_)

    def _remote_target(self, traversal: Traversal) -> Iterator[Node]:
        names = traversal.names[:2]
        if len(names) == 2 and (names[0], names[1]) in self.building.remotes:
            yield Node((), "remote", (names[0], names[1]))
            return
        declared = [f"remote.{type_}.{name}" for type_, name in self.building.remotes]
        detail = (
            f"There is no {traversal.text} in the root module. A remote is named by type and label: remote.TYPE.NAME."
        )
        self._fault(codes.UNDECLARED, detail, traversal.span, help_=suggestion(traversal.text, declared))

    def _unknown_root(self, traversal: Traversal) -> None:
        root = traversal.root
        if root in ("each", "count", "self"):
            where = {
                "each": "in blocks with for_each",
                "count": "in blocks with count",
                "self": "in postcondition blocks",
            }[root]
            detail = f"{traversal.text} is available only {where}."
            self._fault(codes.NOT_AVAILABLE_HERE, detail, traversal.span)
            return
        known = ["var", "local", "module", "data", "remote", "path", "each", "count", *sorted(self.building.types)]
        detail = (
            f'"{root}" is not the beginning of a reference. References begin with var, local, module, data, path, remote, '
            "each, count or a resource type."
        )
        help_ = suggestion(root, known)
        if help_ is None and root in self.module.variables:
            help_ = f"did you mean var.{root}?"
        elif help_ is None and not traversal.names:
            help_ = f'did you mean the text "{root}"?'
        self._fault(codes.INVALID_REFERENCE, detail, traversal.span, help_=help_)
