"""A value as ``terraform console`` prints it, and as plain data for JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from declarative_mail.language.functions.inspection import TypeText
from declarative_mail.language.numeric import number_text
from declarative_mail.language.sets import quoted
from declarative_mail.language.types import (
    DYNAMIC,
    ListType,
    MapType,
    Primitive,
    SetType,
    Type,
    friendly_name,
    type_of,
)
from declarative_mail.language.values import ListValue, MapValue, Marked, Null, SetValue, Unknown, Value
from declarative_mail.secrets import PLACEHOLDER

UNKNOWN_TEXT = "(known after apply)"

Json: TypeAlias = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def show_value(value: Value) -> str:
    """The value as the console shows it.

    HCL over several lines, conversions named, sensitive and unknown parts in words.
    """
    return str(value) if isinstance(value, TypeText) else _show(value, 0)


def _show(value: Value, indent: int) -> str:
    match value:
        case Marked(value=inner):
            return PLACEHOLDER if value.sensitive and not isinstance(inner, Unknown) else _show(inner, indent)
        case None | Null():
            return _null(type_of(value))
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return number_text(value)
        case str():
            return _heredoc(value, indent) if "\n" in value else quoted(value)
        case Unknown():
            return UNKNOWN_TEXT
        case dict():
            return _mapping(value, indent)
        case tuple():
            return _sequence(value, indent)
    return _collection(value, indent)


def _collection(value: ListValue | SetValue | MapValue, indent: int) -> str:
    match value:
        case ListValue(items=items):
            return f"tolist({_sequence(items, indent)})"
        case SetValue(items=items):
            return f"toset({_sequence(items, indent)})"
    return f"tomap({_mapping(value.items, indent)})"


def _null(type_: Type) -> str:
    match type_:
        case Primitive(name=name):
            return "null" if type_ == DYNAMIC else f"to{name}(null)"
        case ListType(element=element):
            return f"tolist(null) /* of {friendly_name(element)} */"
        case SetType(element=element):
            return f"toset(null) /* of {friendly_name(element)} */"
        case MapType(element=element):
            return f"tomap(null) /* of {friendly_name(element)} */"
    return f"null /* {friendly_name(type_)} */"


def _heredoc(text: str, indent: int) -> str:
    """Several lines between markers that no line of the text equals."""
    lines = text.split("\n")
    words = {line.strip() for line in lines}
    marker = "EOT"
    while marker in words:
        marker += "_"
    spaces = " " * indent
    return "\n".join([f"{'<<-' if indent else '<<'}{marker}", *[spaces + line for line in lines], spaces + marker])


def _mapping(items: Mapping[str, Value], indent: int) -> str:
    inner = indent + 2
    return _lines("{}", [f"{_show(key, inner)} = {_show(items[key], inner)}" for key in sorted(items)], indent)


def _sequence(items: Iterable[Value], indent: int) -> str:
    return _lines("[]", [f"{_show(item, indent + 2)}," for item in items], indent)


def _lines(brackets: str, lines: Sequence[str], indent: int) -> str:
    if not lines:
        return brackets
    spaces = " " * indent
    return "\n".join([brackets[0], *[f"{spaces}  {line}" for line in lines], spaces + brackets[1]])


def to_json(value: Value) -> Json:
    """The value as `json.dumps` takes it: lists and objects without their types, fractions as floats.

    What has no value to show is an object of one key: ``{"$unknown": PATH}`` or ``{"$secret": SOURCE}``.
    """
    match value:
        case Unknown(path=path):
            return {"$unknown": path}
        case Marked(value=inner):
            return {"$secret": value.source} if value.sensitive else to_json(inner)
        case Null():
            return None
        case Decimal():
            return float(value) if value.is_finite() else number_text(value)
        case dict() as attributes:
            return {name: to_json(item) for name, item in attributes.items()}
        case MapValue(items=attributes):
            return {name: to_json(item) for name, item in attributes.items()}
        case tuple() as items:
            return [to_json(item) for item in items]
        case ListValue(items=items) | SetValue(items=items):
            return [to_json(item) for item in items]
    return value


def json_text(value: Value) -> str:
    """The same as a text of one line, in which numbers have all their digits."""
    match value:
        case int() | Decimal() if not isinstance(value, bool):
            text = number_text(value)
            return text if text[-1].isdigit() else json.dumps(text)
        case Marked(value=inner) if not value.sensitive:
            return json_text(inner)
        case dict() as attributes:
            return _json_object(attributes)
        case MapValue(items=attributes):
            return _json_object(attributes)
        case tuple() as items:
            return f"[{','.join(map(json_text, items))}]"
        case ListValue(items=items) | SetValue(items=items):
            return f"[{','.join(map(json_text, items))}]"
    return json.dumps(to_json(value), ensure_ascii=False)


def _json_object(attributes: Mapping[str, Value]) -> str:
    pairs = [f"{json.dumps(name, ensure_ascii=False)}:{json_text(item)}" for name, item in attributes.items()]
    return f"{{{','.join(pairs)}}}"
