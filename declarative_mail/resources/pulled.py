"""From everything that a remote has to blocks that declare it: names, references between the objects, secrets.

What cannot be declared is left out with the reason; whatever refers to it names it as something unmanaged. That can
change names and references of others, so all of it is done again until nothing more is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from msgspec import Struct, field

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic
from declarative_mail.language.body import evaluate_body
from declarative_mail.language.scope import Scope
from declarative_mail.language.syntax import Body, Expression, Literal
from declarative_mail.language.types import STRING
from declarative_mail.language.values import Marked, Unknown, Value
from declarative_mail.language.write import NOWHERE, traversal
from declarative_mail.resources.check import attribute_at
from declarative_mail.resources.decode import decode
from declarative_mail.resources.encode import Leaves, encode
from declarative_mail.resources.labels import distinct, folded, joined, label_for, mark_of
from declarative_mail.resources.leaves import Path, format_path
from declarative_mail.resources.misfit import misfits
from declarative_mail.resources.normal_form import normal_form
from declarative_mail.resources.schema import Schema, resource_schema
from declarative_mail.resources.stored import REFERENCE, with_leaves


class Found(Struct, frozen=True):
    """One object of a remote: its type, its id there, its attributes in stored form (references as ``TYPE/ID``)."""

    type: str
    id: str
    attributes: Mapping[str, Any]

    @property
    def key(self) -> str:
        """What references call it: ``TYPE/ID``."""
        return f"{self.type}/{self.id}"

    @property
    def title(self) -> str:
        """What people call it."""
        names = [self.attributes.get(name) for name in ("name", "identifier")]
        name = next((one for one in names if isinstance(one, str) and one), None)
        return self.type if name is None else f'{self.type} "{name}"'


class Known(Struct, frozen=True, kw_only=True):
    """What is named already.

    Args:
        addresses: of objects that are declared elsewhere, by key: they are referred to.
        labels: that objects had before, by key: they keep them.
        resources: addresses that are taken.
        variables: names that are taken.
    """

    addresses: Mapping[str, Address] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    resources: Collection[Address] = ()
    variables: Collection[str] = ()


class Declared(Struct, frozen=True):
    """One object as it is declared."""

    address: Address
    id: str
    body: Body


class SecretVariable(Struct, frozen=True):
    """The variable for one secret of an object."""

    name: str
    address: Address
    path: Path


class Arrangement(Struct, frozen=True):
    """What is declared, by address; the variables that it needs, by name; and for what is left out, the reason."""

    objects: tuple[Declared, ...]
    variables: tuple[SecretVariable, ...]
    left_out: tuple[tuple[Found, str], ...]


def arrange(found: Sequence[Found], known: Known, scope: Scope) -> Arrangement:
    """Declare what a remote has. The order in which it is given does not matter.

    Args:
        found: the objects.
        known: what is named already.
        scope: without names; for the functions of the language.
    """
    left_out: dict[str, tuple[Found, str]] = {}
    ordered = sorted(found, key=lambda one: one.key)
    while True:
        attempt = _Attempt([one for one in ordered if one.key not in left_out], known)
        faults = {one.key: (one, reason) for one, reason in attempt.faults(scope)}
        if not faults:
            return attempt.arrangement(tuple(left_out[key] for key in sorted(left_out)))
        left_out |= faults


class _Attempt:
    """The declarations of some objects.

    Between its names and its bodies an object refers to others by their addresses: ``{"$ref": "user_group.ops"}``.
    """

    def __init__(self, found: Sequence[Found], known: Known) -> None:
        self._misfits = [(one, text) for one in found for text in misfits(resource_schema(one.type), one.attributes)]
        odd = {one.key for one, _ in self._misfits}
        self._found = [one for one in found if one.key not in odd]
        labels = _labels(self._found, known)
        self._addresses = {one.key: Address(one.type, labels[one.key]) for one in self._found}
        by_key = {**known.addresses, **self._addresses}
        self._named = {str(address): address for address in by_key.values()}
        texts = {key: str(address) for key, address in by_key.items()}

        def renamed(named: Any) -> Any:
            return texts.get(named, named) if isinstance(named, str) else named

        self._attributes = {
            one.key: normal_form(self._addresses[one.key], with_leaves(one.attributes, REFERENCE, renamed))
            for one in self._found
        }
        self._needs: dict[str, dict[str, Path]] = {one.key: {} for one in self._found}
        self._secrets: dict[tuple[str, Path], str] = {}
        for one in self._found:
            self._encode(one)
        self._secrets = _variables(self._addresses, self._secrets, known)
        self._bodies = {one.key: self._encode(one) for one in self._found}

    def _encode(self, one: Found) -> Body:
        """The body; notes its secrets and what it refers to on the way."""

        def secret(path: Path) -> Expression:
            return traversal("var", self._secrets.setdefault((one.key, path), ""))

        def reference(text: str, path: Path) -> Expression:
            self._needs[one.key].setdefault(text, path)
            address = self._named.get(text)
            if address is None:
                return Literal(text, NOWHERE)
            return traversal(address.type, address.name, key=address.key)

        return encode(self._addresses[one.key], self._attributes[one.key], Leaves(secret, reference))

    def arrangement(self, left_out: tuple[tuple[Found, str], ...]) -> Arrangement:
        objects = [Declared(self._addresses[one.key], one.id, self._bodies[one.key]) for one in self._found]
        variables = [SecretVariable(name, self._addresses[key], path) for (key, path), name in self._secrets.items()]
        return Arrangement(
            tuple(sorted(objects, key=lambda one: one.address.order)),
            tuple(sorted(variables, key=lambda one: one.name)),
            left_out,
        )

    # -- what cannot be declared -------------------------------------------------------------------------

    def faults(self, scope: Scope) -> Iterator[tuple[Found, str]]:
        """The objects that cannot be declared so, each with the reason."""
        yield from self._misfits
        names = scope.child(self._names())
        for one in self._found:
            reason = next(self._reasons(one, names), None)
            if reason is not None:
                yield one, reason
        yield from self._circle()

    def _names(self) -> dict[str, Value]:
        """What the declarations refer to, as far as it matters for reading them."""
        tables: dict[str, dict[str, Value]] = {
            "var": {name: Marked(Unknown(STRING, f"var.{name}"), sensitive=True) for name in self._secrets.values()}
        }
        for address in self._named.values():
            if not address.module:
                table = tables.setdefault(address.type, {})
                table[address.name] = _seen(table.get(address.name), address)
        return dict(tables)

    def _reasons(self, one: Found, scope: Scope) -> Iterator[str]:
        for text, path in self._needs[one.key].items():
            address = self._named.get(text)
            name = format_path(path)
            if address is None and attribute_at(resource_schema(one.type), path).sensitive:
                yield f"{name} is {text}, which is not declared: only a secret that is can be referred to."
            if address is not None and address.module:
                yield f"{name} refers to {address}, which the root module cannot name."
        faults: list[Diagnostic] = []
        evaluated = evaluate_body(self._bodies[one.key], scope, faults)
        _, found = decode(self._addresses[one.key], evaluated)
        yield from (fault.detail for fault in [*faults, *found] if fault.is_error)

    def _circle(self) -> Iterator[tuple[Found, str]]:
        """One of several objects that refer to each other: a configuration has an order, and they have none."""
        try:
            TopologicalSorter({str(self._addresses[key]): needs for key, needs in self._needs.items()}).prepare()
        except CycleError as error:
            circle = sorted({*error.args[1]})
            members = [one for one in self._found if str(self._addresses[one.key]) in circle]
            last = max(members, key=lambda one: self._addresses[one.key].order)
            yield last, f"{' and '.join(circle)} refer to each other, and a configuration cannot."


def _seen(others: Value, address: Address) -> Value:
    """What an expression sees under the name of a block, beside instances of it that are known already."""
    value = Marked({}, address=address)
    return value if address.key is None else {**(others if isinstance(others, dict) else {}), str(address.key): value}


# -- names -----------------------------------------------------------------------------------------------


def _labels(found: Sequence[Found], known: Known) -> dict[str, str]:
    """A label for each object, by key: unique among those of its type."""
    labels = {one.key: known.labels[one.key] for one in found if one.key in known.labels}
    for type_ in sorted({one.type for one in found}):
        taken = {address.name for address in known.resources if address.type == type_}
        taken |= {labels[one.key] for one in found if one.type == type_ and one.key in labels}
        new = {one.key: _label_candidates(one) for one in found if one.type == type_ and one.key not in labels}
        labels |= distinct(new, taken)
    return labels


def _label_candidates(one: Found) -> list[str]:
    """From the name alone to one that no other object has: with its scope, its identifier, a mark of its id."""

    def text(name: str) -> str:
        value = one.attributes.get(name)
        return value if isinstance(value, str) else ""

    base = label_for([text("name"), text("identifier")], otherwise=one.type)
    scope = [folded(text(n)) for n in resource_schema(one.type).natural_key if n not in ("name", "identifier")]
    scoped = joined(base, *scope)
    return [base, scoped, joined(scoped, folded(text("identifier"))), joined(base, mark_of(one.key))]


def _variables(
    addresses: Mapping[str, Address], secrets: Collection[tuple[str, Path]], known: Known
) -> dict[tuple[str, Path], str]:
    """The name of the variable for each secret."""
    candidates = {(key, path): _variable_candidates(addresses[key], key, path) for key, path in secrets}
    return distinct(candidates, known.variables)


def _variable_candidates(address: Address, key: str, path: Path) -> list[str]:
    label = address.name.replace("-", "_")
    tail = "_".join(_telling_steps(resource_schema(address.type), path))
    name = joined(label, tail)
    return [name, joined(address.type, name), joined(name, mark_of(f"{key} {format_path(path)}"))]


def _telling_steps(schema: Schema, path: Path) -> Iterator[str]:
    """The steps of a path without blocks that hold nothing but blocks; items are counted from 1."""
    for step in path:
        block = schema.blocks.get(str(step))
        if block is not None:
            schema = block.schema
            if not schema.attributes:
                continue
        yield str(step + 1) if isinstance(step, int) else folded(step) or mark_of(step)
