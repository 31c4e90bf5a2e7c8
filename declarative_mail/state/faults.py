"""What is wrong with a document that should be a record: all of it, each place by itself.

msgspec stops at the first fault. Where it has stopped, what the value consists of is read piece by piece.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal, TypeAlias, get_args, get_origin

from msgspec import Struct, ValidationError, convert
from msgspec.structs import FieldInfo, fields

from declarative_mail.state.snapshot import Record

Path: TypeAlias = tuple[str | int, ...]
"""The names of fields and the positions in lists that lead to a place."""

_fields = cache(fields)


class Fault(Struct, frozen=True):
    """One place where a document is not what it should be.

    Args:
        path: which place.
        reason: what belongs there. It never quotes the document, which may be anybody's secret.
        known: of a field that its record does not have: those that it has.
    """

    path: Path
    reason: str
    known: tuple[str, ...] = ()


def find_faults(value: object, kind: Any, path: Path = ()) -> Iterator[Fault]:
    """Everything that keeps a value of JSON from being read as a type, in the order of the fields.

    Args:
        value: as parsed.
        kind: a record, or the type of one of its fields.
        path: where the value stands.
    """
    try:
        convert(value, kind)
    except ValidationError as error:
        yield from list(_inner_faults(value, _alternatives(kind), path)) or [Fault(path, _reason(kind, str(error)))]


def _inner_faults(value: object, kinds: tuple[Any, ...], path: Path) -> Iterator[Fault]:
    """The faults in what a value consists of, where it is of the right kind as a whole."""
    for kind in kinds:
        if isinstance(value, dict) and isinstance(kind, type) and issubclass(kind, Record):
            yield from _record_faults(value, _fields(kind), path)
        elif isinstance(value, dict) and get_origin(kind) is dict:
            for name, item in value.items():
                yield from find_faults(item, get_args(kind)[1], (*path, name))
        elif isinstance(value, list) and get_origin(kind) is tuple:
            for index, item in enumerate(value):
                yield from find_faults(item, get_args(kind)[0], (*path, index))


def _record_faults(value: Mapping[str, object], known: tuple[FieldInfo, ...], path: Path) -> Iterator[Fault]:
    for field in known:
        if field.name in value:
            yield from find_faults(value[field.name], field.type, (*path, field.name))
        elif field.required:
            yield Fault((*path, field.name), "The field is missing")
    names = tuple(field.name for field in known)
    yield from (Fault((*path, name), "No such field", names) for name in value if name not in names)


def _alternatives(kind: Any) -> tuple[Any, ...]:
    """The types that a value may have, without what is said about them and without null."""
    inner = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    kinds = get_args(inner) if NoneType in get_args(inner) else (inner,)
    return tuple(one for one in kinds if one is not NoneType)


def _reason(kind: Any, message: str) -> str:
    """What msgspec says, but of words to choose from the words: it quotes what stands there instead."""
    words = [repr(word) for one in _alternatives(kind) if get_origin(one) is Literal for word in get_args(one)]
    return f"Expected {' or '.join(words)}" if words else message
