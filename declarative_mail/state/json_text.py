"""Records as JSON text. What cannot be read back as it is does not get into a file.

::

    record ──▶ text ──▶ the record that it is read as ──▶ the same? ──▶ written, otherwise refused

No record checks its values when it is made, and msgspec writes more than JSON knows: bytes as Base64, a tuple as an
array, a struct as an object. A `Secret` is none of these and has no text at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from msgspec import ValidationError
from msgspec.json import Decoder, Encoder
from msgspec.structs import asdict

from declarative_mail.state.snapshot import Record, ResourceRecord

_STRING_OR_EXPONENT = re.compile(rb'("(?:[^"\\]|\\.)*")|(?<=e)(?=\d)')


def encoded(record: Record) -> bytes:
    """The text of a record, not to be kept: tells what Python's own comparison does not, which takes 1 for true.

    Raises:
        TypeError: it holds what has no text, such as a `Secret`.
    """
    return _ENCODER.encode(record)


def json_text(record: Record, *, defaults: bool = False) -> bytes:
    """The text of a record as a file has it: UTF-8 in one line.

    Args:
        record: what is written.
        defaults: also the fields that have their default.

    Raises:
        TypeError: it would be read back as another record or not at all. The message names the place and no value.
        ValueError: a text in it is not Unicode.
    """
    return _Writer(type(record)).text(record, record.data if defaults else record)


def json_texts(kind: type[Record], records: Iterable[Record]) -> list[bytes]:
    """The texts of many records of one type; one after the other, they take half as long to look at as all at once.

    Raises:
        TypeError, ValueError: as `json_text`.
    """
    writer = _Writer(kind)
    return [writer.text(record, record) for record in records]


class _Writer:
    """Writes records of one type, and reads each back."""

    def __init__(self, kind: type[Record]) -> None:
        self._read = Decoder(kind, float_hook=self._number).decode
        self._has_exponent = False

    def _number(self, digits: str) -> float:
        self._has_exponent |= "e" in digits
        return float(digits)

    def text(self, record: Record, form: Record | dict[str, Any]) -> bytes:
        """The text of a form of a record, which is read as the record."""
        text = _ENCODER.encode(form)
        self._has_exponent = False
        try:
            again = self._read(text)
        except ValidationError as error:
            # Only the place of msgspec's message: some of them quote the value.
            _, _, place = str(error).partition(" - at ")
            raise TypeError(f"{_name(record)} with a value of another type at {place or '`$`'}") from None
        if again != record:
            raise TypeError(f"{_name(record)} with a value that is none of JSON at `${_difference(record, again)}`")
        return _with_signs(text) if self._has_exponent else text


def _name(record: Record) -> str:
    return str(record.address) if isinstance(record, ResourceRecord) else type(record).__name__


def _with_signs(text: bytes) -> bytes:
    """The same with exponents as all states have them, ``1e+22``, where msgspec writes ``1e22``."""
    return _STRING_OR_EXPONENT.sub(lambda found: found[1] or b"+", text)


def _difference(one: Any, other: Any) -> str:
    """The way to the first place where two values differ."""
    if type(one) is not type(other):
        return ""
    if isinstance(one, Record):
        steps = {f".{name}": value for name, value in asdict(one).items()}
        others = {f".{name}": value for name, value in asdict(other).items()}
    elif isinstance(one, dict):
        steps, others = ({f".{name}": value for name, value in items.items()} for items in (one, other))
    elif isinstance(one, list | tuple):
        steps, others = ({f"[{place}]": value for place, value in enumerate(items)} for items in (one, other))
    else:
        return ""
    for step, value in steps.items():
        if value != others.get(step):
            return step + _difference(value, others.get(step))
    return ""


def _plain(value: object) -> str:
    """The text of a subclass of `str`, such as the name of a type; nothing else has one."""
    if isinstance(value, str):
        return str.__str__(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


_ENCODER = Encoder(enc_hook=_plain)
