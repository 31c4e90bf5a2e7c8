"""From the attributes of an object to the body of a block that declares it: the reverse of `decode`.

Only what a person would write is written: what is the default, or follows from something else that is written, is left
out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct

from declarative_mail.addresses import Address
from declarative_mail.language.syntax import Block, Body, Call, Expression, Literal, Object, Tuple
from declarative_mail.language.write import NOWHERE, attribute, block_of, suits_heredoc
from declarative_mail.resources.leaves import Path
from declarative_mail.resources.schema import AttributeSchema, BlockSchema, Schema, resource_schema
from declarative_mail.resources.stored import REFERENCE, is_stored_leaf


class Leaves(Struct, frozen=True):
    """What is written for values that are no plain ones.

    Args:
        secret: for the secret at a path.
        reference: for what stands in ``{"$ref": …}`` at a path.
    """

    secret: Callable[[Path], Expression]
    reference: Callable[[str, Path], Expression]


def encode(address: Address, attributes: Mapping[str, Any], leaves: Leaves) -> Body:
    """The body of the block that declares an object.

    Args:
        address: where it will be declared: its name need not be written where it is the label.
        attributes: in `normal_form` for this address. What means something to dmail alone is left out.
        leaves: what is written for secrets and references.
    """
    return _Encoder(address, leaves).body(resource_schema(address.type), attributes, ())


class _Encoder:
    """Writes the bodies of one object."""

    def __init__(self, address: Address, leaves: Leaves) -> None:
        self._address = address
        self._leaves = leaves

    def body(self, schema: Schema, values: Mapping[str, Any], path: Path) -> Body:
        needed = _needed(schema, values, self._address)
        attributes = {
            name: attribute(name, self._attribute(one, values[name], (*path, name)))
            for name, one in schema.attributes.items()
            if name in needed
        }
        blocks = [block for one in schema.blocks.values() for block in self._blocks(one, values.get(one.name), path)]
        return Body(attributes, tuple(blocks), NOWHERE)

    def _blocks(self, block: BlockSchema, value: Any, path: Path) -> Iterator[Block]:
        if block.local or block.computed or value is None or (block.filled and value == block.schema.defaults):
            return
        here: Path = (*path, block.name)
        items = [((*here, index), one) for index, one in enumerate(value)] if block.repeated else [(here, value)]
        for place, one in items:
            yield block_of(block.name, (), self.body(block.schema, one, place))

    def _attribute(self, one: AttributeSchema, value: Any, path: Path) -> Expression:
        if one.shape == "one":
            return self._leaf(one, value, path)
        if one.shape == "map":
            items = [(Literal(name, NOWHERE), self._leaf(one, item, (*path, name))) for name, item in value.items()]
            return Object(tuple(items), NOWHERE)
        return Tuple(tuple(self._leaf(one, item, (*path, index)) for index, item in enumerate(value)), NOWHERE)

    def _leaf(self, one: AttributeSchema, value: Any, path: Path) -> Expression:
        if is_stored_leaf(value) and REFERENCE in value:
            return self._leaves.reference(value[REFERENCE], path)
        # A text in the place of a secret is one that a system told in clear: it goes nowhere.
        return self._leaves.secret(path) if one.sensitive else _plain(value)


def _plain(value: Any) -> Expression:
    if isinstance(value, str) and not value.endswith(("\n", "\r")) and suits_heredoc(f"{value}\n"):
        # A heredoc ends with a line end, and chomp takes away all that there are.
        return Call("chomp", NOWHERE, (Literal(f"{value}\n", NOWHERE),), expand=False, span=NOWHERE)
    return Literal(Decimal(repr(value)) if isinstance(value, float) else value, NOWHERE)


def _needed(schema: Schema, values: Mapping[str, Any], address: Address) -> dict[str, Any]:
    """The attributes that must be written, so that all of them are as they are."""
    given = {name: value for name, value in values.items() if value is not None}
    for name, one in schema.attributes.items():
        if one.local or one.computed or (not one.required and given.get(name) == one.default):
            given.pop(name, None)
    derived = [name for name, one in schema.attributes.items() if one.derived]
    for name in derived:
        without = {other: value for other, value in given.items() if other != name}
        completed = dict(without)
        for completion in schema.completions:
            list(completion(completed, address))
        if all(completed.get(one) == values.get(one) for one in derived):
            given = without
    return given
