"""What the rules of a type are: functions that fill in its attributes, or say what is wrong between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from msgspec import Struct

from declarative_mail.addresses import Address
from declarative_mail.diagnostics.model import Code
from declarative_mail.resources.leaves import Path, Plain

Values: TypeAlias = dict[str, Plain]
"""The attributes of one body while it is decoded; what is faulty or known only after apply is an `Unknown`."""


class Fault(Struct, frozen=True):
    """What a rule finds wrong, relative to the body that it looked at.

    Args:
        path: the attribute or block at fault; the body itself where it is empty.
        related: further places and what is to be said of each.
    """

    code: Code
    path: Path
    detail: str
    help: str | None = None
    related: tuple[tuple[Path, str], ...] = ()


Completion: TypeAlias = Callable[[Values, Address], Iterable[Fault]]
"""Fills in what is worked out from other attributes; is given what was written, before the plain defaults.

It may add to the values, and must not change the meaning of what is there. What is absent or null is missing.
"""

Rule: TypeAlias = Callable[[Values], Iterable[Fault]]
"""Says what is wrong between the attributes; is given all of them, after completions and defaults."""


def label_of(address: Address) -> str:
    """The name that an instance has when it is given none: its label, with its key (``oncall-core``)."""
    return address.name if address.key is None else f"{address.name}-{address.key}"
