"""Values as JSON and back, as ``jsonencode`` and ``jsondecode`` have it; the verbs ``%v`` and ``%q`` write it too."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Never

from declarative_mail.language.functions.arguments import attributes, elements
from declarative_mail.language.functions.model import MAX_TEXT, FunctionError, too_large
from declarative_mail.language.lexical import nfc
from declarative_mail.language.numeric import INFINITY, NumberRangeError, number_text, parse_number
from declarative_mail.language.values import MapValue, Value, is_null, make_object

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_PLAIN = re.compile("[<>&\u2028\u2029]")


class _Writer:
    """The parts of a document, and how long they are together: a value that shares parts may be longer than memory."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.size += len(text)
        if self.size > MAX_TEXT:
            raise too_large(self.size, MAX_TEXT, "characters")


def encode_json(value: Value) -> str:
    """The JSON text of a wholly known value without marks: no blanks, keys in lexical order.

    Raises:
        FunctionError: an infinity is in it, or the text gets too long.
    """
    writer = _Writer()
    _write(value, writer)
    return "".join(writer.parts)


def _write(value: Value, writer: _Writer) -> None:
    if is_null(value):
        writer.add("null")
    elif isinstance(value, bool):
        writer.add("true" if value else "false")
    elif isinstance(value, str):
        writer.add(json_string(value))
    elif isinstance(value, int | Decimal):
        if abs(value) == INFINITY:
            raise FunctionError(None, "cannot serialize infinity as JSON")
        writer.add(number_text(value))
    elif isinstance(value, dict | MapValue):
        _write_members(attributes(value), writer)
    else:
        _write_elements(value, writer)


def _write_members(members: dict[str, Value], writer: _Writer) -> None:
    separator = "{"
    for name, item in members.items():
        writer.add(f"{separator}{json_string(name)}:")
        _write(item, writer)
        separator = ","
    writer.add("}" if members else "{}")


def _write_elements(value: Value, writer: _Writer) -> None:
    items = elements(value)
    separator = "["
    for item in items:
        writer.add(separator)
        _write(item, writer)
        separator = ","
    writer.add("]" if items else "[]")


def json_string(text: str) -> str:
    """A string in quotes; what could end a script or a line in HTML or JavaScript is escaped as Go escapes it."""
    quoted = json.dumps(text, ensure_ascii=False)
    return _NOT_PLAIN.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)


def decode_json(text: str) -> Value:
    """The value that a JSON text describes: objects, tuples, strings, numbers, bools and null.

    Raises:
        FunctionError: it is no JSON.
    """
    try:
        return _value(_DECODER.decode(text))
    except json.JSONDecodeError as error:
        what = error.msg[0].lower() + error.msg[1:].removesuffix(" at")
        message = f"invalid JSON: {what} at line {error.lineno}, column {error.colno}"
        raise FunctionError(None, message, safe=True) from None
    except RecursionError:
        raise FunctionError(None, "invalid JSON: nested too deeply", safe=True) from None


def _number(text: str) -> Value:
    try:
        return parse_number(text)
    except NumberRangeError:
        raise FunctionError(None, f"the number {text[:40]} is out of range") from None


def _object(pairs: list[tuple[str, object]]) -> Value:
    return make_object({_text(name): _value(item) for name, item in pairs})


def _value(item: object) -> Value:
    if isinstance(item, list):
        return tuple(map(_value, item))
    return _text(item) if isinstance(item, str) else item  # type: ignore[return-value]  # made by the other hooks


def _text(text: str) -> str:
    return nfc(text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text))


def _constant(name: str) -> Never:
    raise FunctionError(None, f"invalid JSON: {name} is no JSON number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_number, parse_int=_number, parse_constant=_constant)
