"""What the configuration wants one resource instance to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Never

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Span
from declarative_mail.language.evaluated import EvaluatedBody
from declarative_mail.language.values import Unknown
from declarative_mail.resources.leaves import SIMPLE, Path, Plain, Reference
from declarative_mail.resources.places import place_of, written_paths
from declarative_mail.resources.schema import schema_of
from declarative_mail.secrets import Secret


@dataclass(frozen=True, slots=True, eq=False)
class Desired:
    """One resource instance or data source as declared, in canonical form.

    Args:
        address: the instance.
        attributes: every settable attribute and block of the type by name, defaults filled in, sets sorted; see
            `leaves`.
        body: what it was decoded from.
        references: the resources and data sources that its attributes refer to, each once, in the order of the schema.
        sensitive: the paths of all secrets.
        fixed: attributes that were not written and got their value from the label or the name. They stay what they
            were at creation: the planner takes the prior value where there is one.
    """

    address: Address
    attributes: dict[str, Plain]
    body: EvaluatedBody = field(repr=False)
    references: tuple[Address, ...] = ()
    sensitive: frozenset[Path] = frozenset()
    fixed: frozenset[str] = frozenset()

    @property
    def type(self) -> str:
        """The type of resource."""
        return self.address.type

    @property
    def explicit(self) -> frozenset[Path]:
        """The paths of all that was written, blocks included: ``("email",)`` and ``("email", "recipients")``."""
        return frozenset(written_paths(self.body, schema_of(self.type, self.address.mode)))

    def span(self, path: Path = ()) -> Span:
        """Where the value at this path was written; where it was not, the nearest block around it."""
        return place_of(self.body, path)


def to_stored(
    attributes: Plain,
    *,
    secret_leaf: Callable[[Secret], Plain],
    reference_leaf: Callable[[str], Plain],
    unknown_leaf: Callable[[Unknown], Plain] | None = None,
) -> Plain:
    """The attributes as JSON: a reference to something unmanaged is its identifier, a plain string.

    They are the very same where nothing in them has another form: most objects name no other and have no secret.

    Args:
        attributes: those of a `Desired`, or a part of them.
        secret_leaf: what stands for a secret.
        reference_leaf: what stands for a reference to the resource of this address.
        unknown_leaf: what stands for a value known only after apply; a state has no such leaf, a plan does.

    Raises:
        TypeError: a value is known only after apply and there is no leaf for it.
    """
    if _is_stored(attributes):
        return attributes
    leaves = {
        Secret: secret_leaf,
        Reference: lambda one: reference_leaf(str(one.address)) if one.address else one.identifier,
        Unknown: unknown_leaf or _refuse_unknown,
    }
    return _stored(attributes, leaves)


_LEAVES = frozenset((Secret, Reference, Unknown))


def _is_stored(value: Plain) -> bool:
    """Whether no value inside is one of the leaves that JSON does not have."""
    kind = type(value)
    if kind is not dict and kind is not list:
        return kind not in _LEAVES
    for item in value.values() if kind is dict else value:
        if type(item) not in SIMPLE and not _is_stored(item):
            return False
    return True


def _stored(value: Plain, leaves: dict[type, Callable[[Any], Plain]]) -> Plain:
    kind = type(value)
    if kind is dict:
        return {name: one if type(one) in SIMPLE else _stored(one, leaves) for name, one in value.items()}
    if kind is list:
        return [one if type(one) in SIMPLE else _stored(one, leaves) for one in value]
    leaf = leaves.get(kind)
    return value if leaf is None else leaf(value)


def _refuse_unknown(value: Unknown) -> Never:
    raise TypeError(f"{value.path or 'a composed value'} is known only after apply and cannot be stored")


def unknown_paths(attributes: Plain, path: Path = ()) -> Iterator[Path]:
    """The paths of all values that are known only after apply."""
    if isinstance(attributes, Unknown):
        yield path
    elif isinstance(attributes, dict):
        for name, value in attributes.items():
            yield from unknown_paths(value, (*path, name))
    elif isinstance(attributes, list):
        for index, value in enumerate(attributes):
            yield from unknown_paths(value, (*path, index))


def secrets_of(
    attributes: Any, declared: Mapping[Address, Desired] | None = None, path: str = ""
) -> Iterator[tuple[str, Secret]]:
    """The secrets of a desired object by dotted path.

    Args:
        attributes: of the object.
        declared: with it, a reference to a `secret` resource gives that one's value: not every remote can refer.
        path: where `attributes` stand.
    """
    if isinstance(attributes, Reference):
        secret = secret_value(attributes, declared or {})
        if secret is not None:
            yield path, secret
    elif isinstance(attributes, Secret):
        yield path, attributes
    elif isinstance(attributes, Mapping):
        for name, value in attributes.items():
            yield from secrets_of(value, declared, f"{path}.{name}" if path else name)
    elif isinstance(attributes, list):
        for index, value in enumerate(attributes):
            yield from secrets_of(value, declared, f"{path}[{index}]")


def secret_value(value: Any, declared: Mapping[Address, Desired]) -> Secret | None:
    """The secret of an attribute: itself, or the value of the `secret` resource that it names."""
    if isinstance(value, Secret):
        return value
    if isinstance(value, Reference) and value.address is not None and value.address in declared:
        found = declared[value.address].attributes.get("value")
        return found if isinstance(found, Secret) else None
    return None
