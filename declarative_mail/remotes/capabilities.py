"""What a remote can do with each type and attribute: a table, so that plan refuses what would be lost (semantics 29).

============  =====================================================================================================
handling      what becomes of an attribute
============  =====================================================================================================
written       it is written and read back: the rule, for every path that the table does not name
unreadable    it is written, and no answer tells it: it counts as unchanged, and its drift is *unknown*
kept          the remote has no use for it, dmail does: the state keeps it, nothing is sent
absent        the remote cannot express it: anything but its default is a fault of the plan
============  =====================================================================================================

A path is dotted and has no indexes: ``email.subject``. What holds of a block holds of everything in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Any, Literal, TypeAlias

from msgspec import Struct, field

from declarative_mail.resources.leaves import Path
from declarative_mail.resources.schema import Schema, resource_schema

Verb: TypeAlias = Literal["create", "read", "update", "delete"]
Handling: TypeAlias = Literal["written", "unreadable", "kept", "absent"]

ALL_VERBS: frozenset[Verb] = frozenset({"create", "read", "update", "delete"})


class Capabilities(Struct, frozen=True, dict=True):
    """What a remote can do with one type.

    Args:
        verbs: what can be done with an object of the type.
        attributes: how an attribute is handled that is not simply written and read back.
        instead: for an absent attribute the nearest thing that the remote can do, as a whole sentence.
        immutable: attributes that cannot be updated: a change of one replaces the object.
        left_alone: attributes that stay as they are on the remote where they are not set.
    """

    verbs: frozenset[Verb] = ALL_VERBS
    attributes: Mapping[str, Handling] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)
    immutable: frozenset[str] = frozenset()
    left_alone: frozenset[str] = frozenset()

    def named(self, handling: Handling) -> frozenset[str]:
        """The paths that are handled in this way."""
        return self._by_handling.get(handling, frozenset())

    @cached_property
    def _by_handling(self) -> Mapping[Handling, frozenset[str]]:
        found: dict[Handling, set[str]] = {}
        for path, handling in self.attributes.items():
            found.setdefault(handling, set()).add(path)
        return {handling: frozenset(paths) for handling, paths in found.items()}


NO_CAPABILITIES = Capabilities(verbs=frozenset())


@cache
def local_names(type_: str) -> frozenset[str]:
    """The attributes and blocks that mean something to dmail alone, and what a system makes: they never leave."""
    schema = resource_schema(type_)
    attributes = {name for name, one in schema.attributes.items() if one.local or one.computed}
    return frozenset(attributes | {name for name, one in schema.blocks.items() if one.local or one.computed})


@cache
def all_capabilities(type_: str) -> Capabilities:
    """Everything can be done with a type that its attributes allow."""
    kept: dict[str, Handling] = dict.fromkeys(sorted(local_names(type_)), "kept")
    return Capabilities(attributes=kept, immutable=resource_schema(type_).immutable)


def inexpressible(type_: str, attributes: Mapping[str, Any], capabilities: Capabilities) -> Iterator[Path]:
    """The paths of all values that the remote has no place for.

    Args:
        type_: of the resource.
        attributes: in stored form. A value known only after apply counts as set.
        capabilities: of the remote for this type.
    """
    absent = capabilities.named("absent")
    return _set_paths(resource_schema(type_), attributes, absent, ()) if absent else iter(())


def _set_paths(schema: Schema, values: Mapping[str, Any], absent: frozenset[str], path: Path) -> Iterator[Path]:
    for name, value in values.items():
        here = (*path, name)
        if ".".join(str(step) for step in here if isinstance(step, str)) in absent:
            if value != schema.defaults.get(name):
                yield here
        elif name in schema.blocks:
            nested = schema.blocks[name].schema
            items = enumerate(value) if isinstance(value, list) else [(None, value)]
            for index, item in items:
                if isinstance(item, Mapping):
                    yield from _set_paths(nested, item, absent, here if index is None else (*here, index))
