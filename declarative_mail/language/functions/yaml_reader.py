"""YAML as values in the way of ``yamldecode``: YAML 1.1 words for true and false, YAML 1.2 numbers, one document.

The parser's events are turned into values here, since what a plain word stands for is Terraform's own choice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Never

from declarative_mail.language.convert import convert
from declarative_mail.language.functions.arguments import attributes
from declarative_mail.language.functions.encoding import decode_base64
from declarative_mail.language.functions.model import MAX_ITEMS, FunctionError, too_large
from declarative_mail.language.functions.timestamps import TimestampError, parse_timestamp
from declarative_mail.language.lexical import nfc
from declarative_mail.language.numeric import INFINITY, Number, NumberRangeError, parse_number
from declarative_mail.language.sets import quoted
from declarative_mail.language.types import STRING, friendly_name, type_of
from declarative_mail.language.values import MapValue, Value, is_null, make_object

if TYPE_CHECKING:
    from ruamel.yaml.events import Event, MappingStartEvent, ScalarEvent, SequenceStartEvent

MAX_YAML = 2**21
"""Characters of a YAML text: reading so many takes some ten seconds."""
MAX_DEPTH = 200
"""Levels of nesting."""

_PREFIX = "tag:yaml.org,2002:"
_STR, _BINARY, _BOOL, _INT, _FLOAT, _NULL, _TIMESTAMP, _MAP, _SEQ = (
    _PREFIX + name for name in ("str", "binary", "bool", "int", "float", "null", "timestamp", "map", "seq")
)
_SCALAR_TAGS = frozenset({"", _STR, _BINARY, _BOOL, _INT, _FLOAT, _NULL, _TIMESTAMP})

_WORDS: dict[str, Value] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **{
        form: value
        for value, words in ((True, "y yes true on"), (False, "n no false off"))
        for word in words.split()
        for form in (word, word.capitalize(), word.upper())
    },
    **{
        sign + word: -INFINITY if sign == "-" else INFINITY
        for sign in ("", "+", "-")
        for word in (".inf", ".Inf", ".INF")
    },
}
"""What plain words stand for."""
_NANS = frozenset({".nan", ".NaN", ".NAN"})
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
    r"| ([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?)?",
    re.ASCII,
)


def decode_yaml(text: str) -> Value:
    """The value that a YAML document describes.

    Raises:
        FunctionError: it is no YAML, or uses what has no value in the language.
    """
    if len(text) > MAX_YAML:
        raise too_large(len(text), MAX_YAML, "characters to read")
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    parser = YAML(typ="safe", pure=True)
    parser.version = (1, 1)
    try:
        return _Reader(iter(parser.parse(text))).document()
    except YAMLError as error:
        raise FunctionError(None, _described(error)) from None


def _described(error: Exception) -> str:
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0] or type(error).__name__
    mark = getattr(error, "problem_mark", None)
    return f"on line {mark.line + 1}, column {mark.column + 1}: {problem}" if mark else str(problem)


class _Merge:
    """What ``<<`` stands for as a key."""


_MERGE = _Merge()


class _Reader:
    """Makes values from events. Anchored values are shared, and counted as often as they are used."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._anchors: dict[str, Value] = {}
        self._sizes: dict[str, int] = {}
        self._open: list[str] = []
        self._count = 0
        self._depth = 0

    def document(self) -> Value:
        """The value of the only document."""
        next(self._events)
        start = next(self._events)
        if type(start).__name__ != "DocumentStartEvent":
            self._fail(start, "missing start of document")
        value = self._value(next(self._events))
        next(self._events)
        extra = next(self._events)
        if type(extra).__name__ != "StreamEndEvent":
            self._fail(extra, "unexpected extra content after value")
        return value

    def _fail(self, event: Event, message: str) -> Never:
        mark = event.start_mark
        where = f"on line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise FunctionError(None, where + message)

    def _value(self, event: Event) -> Value:
        self._count += 1
        if self._count > MAX_ITEMS:
            raise too_large(self._count, MAX_ITEMS, "elements")
        name = type(event).__name__
        if name == "AliasEvent":
            return self._alias(event)
        anchor = str(getattr(event, "anchor", None) or "")
        before = self._count
        if anchor:
            self._open.append(anchor)
        value = _READERS[name](self, event)
        if anchor:
            self._open.pop()
            self._anchors[anchor] = value
            self._sizes[anchor] = self._count - before + 1
        return value

    def _alias(self, event: Event) -> Value:
        anchor = str(getattr(event, "anchor", ""))
        if anchor in self._open:
            self._fail(event, f"cannot refer to anchor {quoted(anchor)} from inside its own definition")
        if anchor not in self._anchors:
            self._fail(event, f"reference to undefined anchor {quoted(anchor)}")
        self._count += self._sizes[anchor]
        return self._anchors[anchor]

    def scalar(self, event: ScalarEvent) -> Value:
        """A word, number or text."""
        value = self._resolved(event)
        if isinstance(value, _Merge):
            return "<<"
        if event.style in ("|", ">") and not _tag(event):
            # Terraform takes a block for a string, but only after it has made a number or a bool of it.
            return convert(value, STRING)
        return value

    def _resolved(self, event: ScalarEvent) -> Value | _Merge:
        try:
            return resolve(_tag(event), nfc(str(event.value)), is_quoted=event.style in ("'", '"'))
        except ValueError as error:
            self._fail(event, str(error))

    def sequence(self, event: SequenceStartEvent) -> Value:
        """A tuple."""
        if _tag(event) not in ("", _SEQ):
            self._fail(event, f"can't interpret sequence as {_tag(event)}")
        self._deeper(event)
        items: list[Value] = []
        while type(item := next(self._events)).__name__ != "SequenceEndEvent":
            items.append(self._value(item))
        self._depth -= 1
        return tuple(items)

    def mapping(self, event: MappingStartEvent) -> Value:
        """An object; of equal keys the last wins, also over what is merged before it."""
        if _tag(event) not in ("", _MAP):
            self._fail(event, f"can't interpret mapping as {_tag(event)}")
        self._deeper(event)
        members: dict[str, Value] = {}
        while type(item := next(self._events)).__name__ != "MappingEndEvent":
            if type(item).__name__ != "ScalarEvent":
                self._fail(item, "only strings are allowed as mapping keys")
            key = self._resolved(item)  # type: ignore[arg-type]  # the name says what it is
            value = self._value(next(self._events))
            if isinstance(key, _Merge):
                members.update(self._merged(item, value))
            elif is_null(key):
                self._fail(item, "mapping key cannot be null")
            else:
                members[str(convert(key, STRING))] = value
        self._depth -= 1
        return make_object(members)

    def _merged(self, event: Event, value: Value) -> dict[str, Value]:
        if not isinstance(value, dict | MapValue):
            self._fail(event, f"cannot merge {friendly_name(type_of(value))} into mapping")
        return attributes(value)

    def _deeper(self, event: Event) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._fail(event, "nested too deeply")


_READERS: dict[str, Callable[..., Value]] = {
    "ScalarEvent": _Reader.scalar,
    "SequenceStartEvent": _Reader.sequence,
    "MappingStartEvent": _Reader.mapping,
}


def _tag(event: ScalarEvent | SequenceStartEvent | MappingStartEvent) -> str:
    return str(event.tag or "")


def resolve(tag: str, text: str, *, is_quoted: bool) -> Value | _Merge:
    """What a scalar stands for.

    Args:
        tag: its tag in the long form, empty where it has none.
        text: what it says.
        is_quoted: it stands in quotes.

    Raises:
        ValueError: the tag is not known, or the text is none of its kind.
    """
    if tag not in _SCALAR_TAGS:
        raise ValueError(f"unsupported tag {quoted(tag)}")
    if tag not in (_STR, _BINARY):
        if is_quoted and text[:1] in _SPECIAL_BEGINNINGS:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if not tag and text in _NANS:
            raise ValueError("floating point NaN is not supported")
        if tag in ("", _TIMESTAMP) and (time := _timestamp(text)) is not None:
            return time
        if _INTEGER.fullmatch(text) or _DECIMAL.fullmatch(text):
            return _number(text, tag or _INT)
    if not tag:
        return _MERGE if text == "<<" else text
    return _tagged(tag, text)


_SPECIAL_BEGINNINGS = ("", *"+-0123456789yYnNtTfFoO~.")
"""What words, numbers and times begin with."""


def _tagged(tag: str, text: str) -> Value:
    if tag == _NULL:
        return None
    if tag in (_INT, _FLOAT):
        return _number(text.replace("_", ""), tag)
    if tag == _BINARY:
        try:
            decode_base64(text)
        except ValueError:
            raise ValueError(f"cannot parse {quoted(text)} as {tag}: not valid base64") from None
    if tag in (_BINARY, _STR):
        return text
    raise ValueError(f"cannot parse {quoted(text)} as {tag}")


def _number(text: str, tag: str) -> Number:
    try:
        number = parse_number(text)
    except NumberRangeError:
        raise ValueError(f"the number {text[:40]} is out of range") from None
    if number is not None:
        return number
    base = {"0x": 16, "0o": 8, "0b": 2}.get(text[:2].lower(), 0)
    try:
        whole = int(text, base) if base else -1
    except ValueError:
        whole = -1
    if not 0 <= whole < 2**64:
        raise ValueError(f"cannot parse {quoted(text)} as {tag}")
    return whole


def _timestamp(text: str) -> str | None:
    """A date or time in RFC 3339, None where the text is neither; without a zone it is in UTC."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, *rest = match.groups()
    hour, minute, second = [part or "0" for part in (rest[:3] if rest[0] else rest[4:])]
    written = f"{year}-{month:0>2}-{day:0>2}T{hour:0>2}:{minute:0>2}:{second:0>2}{rest[3] or 'Z'}"
    try:
        return str(parse_timestamp(written))
    except TimestampError:
        return None
