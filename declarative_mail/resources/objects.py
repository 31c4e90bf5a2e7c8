"""The object that expressions see where they name a resource: ``smtp_server.primary`` and what follows it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from declarative_mail.addresses import Address, parse_address
from declarative_mail.language.evaluated import EvaluatedBody
from declarative_mail.language.types import STRING
from declarative_mail.language.values import ListValue, MapValue, Marked, SetValue, Unknown, Value
from declarative_mail.resources.leaves import SIMPLE, Path, Plain, Reference, format_path
from declarative_mail.resources.places import written_value
from declarative_mail.resources.schema import AttributeSchema, Schema, schema_of
from declarative_mail.secrets import Secret


def resource_value(
    attributes: Mapping[str, Plain],
    address: Address,
    *,
    computed: Mapping[str, Plain] | None = None,
    body: EvaluatedBody | None = None,
) -> Marked:
    """The object of a resource or data source, with its address as mark.

    Blocks that occur at most once are objects (null when left out), repeated ones are tuples of objects. A computed
    attribute that is not given is unknown; so is a secret without `body`. Secrets are always sensitive.

    Args:
        attributes: those of a `Desired`, or as a state holds them (`to_stored`).
        address: the instance.
        computed: the computed attributes that are known.
        body: what a `Desired` was decoded from; it alone has the text of its secrets.
    """
    schema = schema_of(address.type, address.mode)
    given = {**attributes, **computed} if computed else attributes
    return Marked(_object(_Reading(address, body), schema, given, ()), address=address)


class _Reading:
    """Whose attributes are read, and from where."""

    __slots__ = ("address", "body")

    def __init__(self, address: Address, body: EvaluatedBody | None) -> None:
        self.address, self.body = address, body

    def unknown(self, one: AttributeSchema, path: Path) -> Unknown:
        return Unknown(one.type, f"{self.address}.{format_path(path)}")


def _object(reading: _Reading, schema: Schema, attributes: Mapping[str, Plain], path: Path) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name in schema.names:
        plain = attributes.get(name)
        one = schema.attributes.get(name)
        if one is None:
            found[name] = _block(reading, schema.blocks[name].schema, plain, (*path, name))
        elif plain is None:
            found[name] = reading.unknown(one, (*path, name)) if one.computed and name not in attributes else None
        else:
            found[name] = (
                plain if type(plain) in SIMPLE and one.plain else _attribute(reading, one, plain, (*path, name))
            )
    return found


def _block(reading: _Reading, schema: Schema, plain: Plain, path: Path) -> Value:
    if isinstance(plain, list):
        return tuple([_object(reading, schema, one, (*path, index)) for index, one in enumerate(plain)])
    return None if plain is None else _object(reading, schema, plain, path)


def _attribute(reading: _Reading, one: AttributeSchema, plain: Plain, path: Path) -> Value:
    if isinstance(plain, Unknown):
        return _unknown(reading, one, plain, path)
    if one.shape == "one":
        return _leaf(reading, one, plain, path)
    if one.shape == "map":
        items = {name: _leaf(reading, one, plain[name], (*path, name)) for name in sorted(plain)}
        return MapValue(items, STRING) if one.plain else items
    elements = tuple([_leaf(reading, one, item, (*path, index)) for index, item in enumerate(plain)])
    if not one.plain:
        return elements
    return SetValue(elements, STRING) if one.shape == "set" else ListValue(elements, STRING)


def _leaf(reading: _Reading, one: AttributeSchema, plain: Plain, path: Path) -> Value:
    if isinstance(plain, Unknown):
        return _unknown(reading, one, plain, path)
    if isinstance(plain, Reference):
        return Marked(str(plain), address=plain.address) if plain.address else str(plain)
    if one.leaf == "secret":
        return _secret(reading, plain, path)
    if one.leaf == "reference" and isinstance(plain, Mapping):
        return _stored_reference(plain)
    return Decimal(repr(plain)) if isinstance(plain, float) else plain


def _unknown(reading: _Reading, one: AttributeSchema, plain: Unknown, path: Path) -> Value:
    value = plain if plain.path else Unknown(plain.type, f"{reading.address}.{format_path(path)}")
    return Marked(value, sensitive=True) if one.sensitive else value


def _stored_reference(plain: Mapping[str, Any]) -> Marked:
    (text,) = plain.values()
    return Marked(text, address=parse_address(text))


def _secret(reading: _Reading, plain: Plain, path: Path) -> Value:
    source = plain.source if isinstance(plain, Secret) else ""
    value = written_value(reading.body, path) if reading.body is not None else None
    if isinstance(value, Marked):
        value = value.value
    if value is None:
        value = Unknown(STRING, f"{reading.address}.{format_path(path)}")
    return Marked(value, sensitive=True, source=source)
