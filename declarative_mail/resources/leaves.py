"""What the attributes of a resource are made of: JSON's types, and three leaves that JSON does not have.

============  ==================================================================================================
leaf          stands for
============  ==================================================================================================
`Secret`      a sensitive text that is never stored or shown
`Reference`   another resource, or something that is not managed here, by its identifier
`Unknown`     a value known only after apply
============  ==================================================================================================
"""

from __future__ import annotations

from typing import Any, TypeAlias

from msgspec import Struct

from declarative_mail.addresses import Address

Path: TypeAlias = tuple[str | int, ...]
"""The way to a value inside the attributes: ``("event", 0, "stages")``."""

Plain: TypeAlias = Any
"""``None``, bool, int, float, str, list and dict of these, and the leaves `Secret`, `Reference` and `Unknown`."""

SIMPLE = frozenset((str, bool, int, type(None)))
"""The types of `Plain` values that have nothing inside and are the same in every form: most attributes are of them."""


class Reference(Struct, frozen=True):
    """What an attribute of type reference holds. Exactly one of the two is set.

    Args:
        address: the resource or data source that it is.
        identifier: the name of something that is not managed here, as the remote spells it (``account.ops``).
    """

    address: Address | None = None
    identifier: str | None = None

    def __str__(self) -> str:
        return str(self.address) if self.address else str(self.identifier)


def format_path(path: Path) -> str:
    """The path as it is written and shown: ``event[0].stages``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def value_at(attributes: Plain, path: Path) -> Plain:
    """The value at a path, None where a step of it is missing."""
    for step in path:
        if isinstance(attributes, dict):
            attributes = attributes.get(step)
        elif isinstance(attributes, list) and isinstance(step, int) and step < len(attributes):
            attributes = attributes[step]
        else:
            return None
    return attributes
