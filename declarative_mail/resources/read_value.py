"""Reads the value of one attribute into plain form: one value, or a list, set or map of them."""

from __future__ import annotations

from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.language.convert import convertible
from declarative_mail.language.values import ListValue, MapValue, Marked, Null, SetValue, Unknown, Value
from declarative_mail.resources.draft import Draft
from declarative_mail.resources.leaves import Path, Plain, format_path
from declarative_mail.resources.read_leaf import read_leaf, refuse_sensitive
from declarative_mail.resources.schema import AttributeSchema
from declarative_mail.resources.type_faults import refuse_whole

_SEQUENCES = (ListValue, SetValue)


def read_value(draft: Draft, one: AttributeSchema, value: Value, path: Path) -> Plain:
    """The plain form of an attribute's value: None where it is null, `FAULTY` where it was refused."""
    return read_leaf(draft, one, value, path) if one.shape == "one" else _read_many(draft, one, value, path)


def _read_many(draft: Draft, one: AttributeSchema, value: Value, path: Path) -> Plain:
    if isinstance(value, Marked):
        if value.sensitive and not one.sensitive:
            return refuse_sensitive(draft, one, path)
        if value.address is not None:
            return refuse_whole(draft, one, value, path)
        value = _marks_inside(value)
    if value is None or isinstance(value, Null):
        return None
    if isinstance(value, Unknown):
        return _unknown(draft, one, value, path)
    return _map(draft, one, value, path) if one.shape == "map" else _list(draft, one, value, path)


def _unknown(draft: Draft, one: AttributeSchema, value: Unknown, path: Path) -> Unknown:
    if not convertible(value.type, one.type):
        return refuse_whole(draft, one, value, path)
    draft.unknown = True
    return value


def _list(draft: Draft, one: AttributeSchema, value: Value, path: Path) -> Plain:
    items = value if type(value) is tuple else value.items if isinstance(value, _SEQUENCES) else None
    if items is None:
        return refuse_whole(draft, one, value, path)
    if one.leaf == "text":
        for item in items:
            if type(item) is not str:
                break
        else:
            return list(items)
    return [_item(draft, one, item, (*path, index)) for index, item in enumerate(items)]


def _map(draft: Draft, one: AttributeSchema, value: Value, path: Path) -> Plain:
    items = value if isinstance(value, dict) else value.items if isinstance(value, MapValue) else None
    if items is None:
        return refuse_whole(draft, one, value, path)
    return {name: _item(draft, one, item, (*path, name)) for name, item in items.items()}


def _item(draft: Draft, one: AttributeSchema, value: Value, path: Path) -> Plain:
    plain = read_leaf(draft, one, value, path)
    if plain is None:
        detail = f"{format_path(path)} is null; what stands in a {one.shape} must have a value. Leave it out instead."
        return draft.report(codes.WRONG_TYPE, path, detail)
    return plain


def _marks_inside(value: Marked) -> Value:
    """A marked collection as a bare one whose elements carry the mark."""
    inner = value.value
    if not value.sensitive:
        return inner
    if isinstance(inner, tuple | ListValue | SetValue):
        items = inner if isinstance(inner, tuple) else inner.items
        return tuple(_marked(item, value) for item in items)
    if isinstance(inner, dict | MapValue):
        pairs = inner if isinstance(inner, dict) else inner.items
        return {name: _marked(item, value) for name, item in pairs.items()}
    return inner


def _marked(item: Value, outer: Marked) -> Value:
    return item if isinstance(item, Marked) else Marked(item, sensitive=True, source=outer.source)
