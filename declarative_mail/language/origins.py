"""Where a wrong value comes from: the locals, variables and outputs behind the expression that a fault points at.

port = local.port                  the fault: 70000 is no port
       local.port = var.base + 1   first label
                    var.base       second label: its default, the call that sets it, or the value that was given
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

from declarative_mail.diagnostics import Diagnostic, Label, Source, Span
from declarative_mail.language.clear_secrets import named_like_secret
from declarative_mail.language.configuration import Configuration, Module, ResourceBlock, Rule
from declarative_mail.language.evaluate import references
from declarative_mail.language.play import described_reference, values_in_play
from declarative_mail.language.scope import Scope
from declarative_mail.language.syntax import Body, Expression
from declarative_mail.language.traversal import Traversal
from declarative_mail.language.variables import Given
from declarative_mail.records import replace

_MOST_LABELS = 6

Path: TypeAlias = tuple[str, ...]
"""The names of the module calls from the root."""


class _Place(Struct, frozen=True):
    """An expression and the module that it stands in."""

    expression: Expression
    path: Path


def with_origins(
    diagnostics: Iterable[Diagnostic], configuration: Configuration, given: Mapping[str, Given], scope: Scope | None
) -> list[Diagnostic]:
    """The faults of an evaluation, each with labels for the places that its value comes from and the values in play.

    Args:
        diagnostics: faults whose primary label is in an expression of the configuration; others come back as they are.
        configuration: all modules.
        given: the values of root variables that were given.
        scope: the names of the root module; without it no values are shown.
    """
    found = list(diagnostics)
    if not found:
        return found
    origins = _Origins(configuration, given, scope)
    return [origins.explain(one) for one in found]


class _Origins:
    """Follows references through the modules of one configuration."""

    def __init__(self, configuration: Configuration, given: Mapping[str, Given], scope: Scope | None) -> None:
        self._configuration = configuration
        self._given = given
        self._scope = scope
        self._places: dict[int, tuple[list[int], list[_Place]]] = {}

    def explain(self, one: Diagnostic) -> Diagnostic:
        """The fault with its labels and values; the same where nothing is behind it."""
        place = self._enclosing(one.primary.span) if one.primary else None
        if one.primary is None or place is None:
            return one
        within = [
            reference
            for reference in references(place.expression)
            if one.primary.span.start <= reference.span.start and reference.span.end <= one.primary.span.end
        ]
        known = {label.span for label in (one.primary, *one.related)}
        labels = self._chain(within, place.path, known)
        values = dict(one.values)
        if not values and self._scope is not None and not place.path:
            values = values_in_play(place.expression, self._scope)
        told = {label.text.partition(" is ")[0] for label in labels}
        rest = {name: value for name, value in values.items() if name not in told}
        return replace(one, related=(*one.related, *labels), values=rest)

    def _chain(self, start: list[Traversal], path: Path, known: set[Span]) -> list[Label]:
        labels: list[Label] = []
        pending = [(reference, path) for reference in reversed(start)]
        while pending and len(labels) < _MOST_LABELS:
            reference, where = pending.pop()
            for label, place in self._origin(reference, where):
                if label.span in known:
                    continue
                known.add(label.span)
                labels.append(label)
                if place is not None:
                    pending.extend((inner, place.path) for inner in reversed(references(place.expression)))
        return labels

    def _origin(self, reference: Traversal, path: Path) -> Iterator[tuple[Label, _Place | None]]:
        """The place where a reference gets its value, and the expression there."""
        module = self._module(path)
        names = reference.names
        if module is None or not names:
            return
        if reference.root == "local" and names[0] in module.locals:
            local = module.locals[names[0]].expression
            yield self._label(reference, names[0], local.span, path, "is set here"), _Place(local, path)
        elif reference.root == "var" and names[0] in module.variables:
            yield from self._variable_origin(reference, names[0], path)
        elif reference.root == "module" and len(names) > 1:
            inner = (*path, names[0])
            child = self._module(inner)
            if child is not None and names[1] in child.outputs:
                output = child.outputs[names[1]].value
                yield self._label(reference, names[1], output.span, path, "is this output"), _Place(output, inner)

    def _variable_origin(self, reference: Traversal, name: str, path: Path) -> Iterator[tuple[Label, _Place | None]]:
        module, given = self._module(path), self._given.get(name)
        caller = self._module(path[:-1]) if path else None
        call = caller.modules[path[-1]].inputs.get(name) if caller is not None else None
        default = module.variables[name].default if module is not None else None
        if call is not None:
            place = _Place(call.expression, path[:-1])
            yield self._label(reference, name, call.expression.span, path, "is set by the call"), place
        elif given is not None and not path:
            yield self._label(reference, name, given.span, path, "is given here"), None
        elif default is not None:
            yield self._label(reference, name, default.span, path, "has this default"), None

    def _label(self, reference: Traversal, name: str, span: Span, path: Path, words: str) -> Label:
        """What is said of an origin: the value itself where it can be shown."""
        value = described_reference(reference, self._scope) if self._scope is not None and not path else None
        text = f"{reference.text} is {value}" if value is not None else f"{reference.text} {words}"
        return Label(span, text, secret=named_like_secret(name) or self._is_sensitive(reference, name, path))

    def _is_sensitive(self, reference: Traversal, name: str, path: Path) -> bool:
        module = self._module(path)
        return module is not None and reference.root == "var" and module.variables[name].sensitive

    def _module(self, path: Path) -> Module | None:
        found: Configuration | None = self._configuration
        for name in path:
            found = found.children.get(name) if found is not None else None
        return found.module if found is not None else None

    def _enclosing(self, span: Span) -> _Place | None:
        """The expression of an attribute that a span lies in."""
        starts, places = self._index(span.source)
        index = bisect_right(starts, span.start) - 1
        if index < 0:
            return None
        found = places[index]
        return found if span.end <= found.expression.span.end else None

    def _index(self, source: Source) -> tuple[list[int], list[_Place]]:
        """The expressions of one source in their order; they do not overlap."""
        index = self._places.get(id(source))
        if index is None:
            found = [place for place in _all_places(self._configuration, ()) if place.expression.span.source is source]
            found.sort(key=lambda place: place.expression.span.start)
            index = [place.expression.span.start for place in found], found
            self._places[id(source)] = index
        return index


def _all_places(configuration: Configuration, path: Path) -> Iterator[_Place]:
    for expression in _expressions(configuration.module):
        yield _Place(expression, path)
    for name, child in configuration.children.items():
        yield from _all_places(child, (*path, name))


def _expressions(module: Module) -> Iterator[Expression]:
    """Every expression of a module that is evaluated."""
    for local in module.locals.values():
        yield local.expression
    for output in module.outputs.values():
        yield output.value
        yield from _rules(output.preconditions)
    for variable in module.variables.values():
        yield from _rules(variable.validations)
    for call in module.modules.values():
        yield from (attribute.expression for attribute in call.inputs.values())
        yield from _given(call.count, call.for_each)
    for block in module.resources.values():
        yield from _resource(block)
    for remote in module.remotes.values():
        yield from _body(remote.body)
    for check in module.checks.values():
        yield from _rules(check.asserts)
        yield from _resource(check.data) if check.data is not None else ()
    for one in module.imports:
        yield from _given(one.id, one.for_each)


def _resource(block: ResourceBlock) -> Iterator[Expression]:
    yield from _given(block.count, block.for_each, block.lifecycle.prevent_destroy)
    yield from _rules((*block.lifecycle.preconditions, *block.lifecycle.postconditions))
    yield from _body(block.body)


def _body(body: Body) -> Iterator[Expression]:
    for attribute in body.attributes.values():
        yield attribute.expression
    for block in body.blocks:
        yield from _body(block.body)


def _rules(rules: Iterable[Rule]) -> Iterator[Expression]:
    for rule in rules:
        yield rule.condition
        yield rule.error_message


def _given(*expressions: Expression | None) -> Iterator[Expression]:
    return (one for one in expressions if one is not None)
