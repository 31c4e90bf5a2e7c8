"""csvdecode: a table as a list of objects, read as RFC 4180 has it and as strictly as Terraform reads it."""

from __future__ import annotations

import re

from declarative_mail.language.functions.model import Function, FunctionError, Parameter
from declarative_mail.language.lexical import nfc
from declarative_mail.language.sets import quoted
from declarative_mail.language.types import DYNAMIC, STRING, object_type
from declarative_mail.language.values import ListValue, Value

_FIELD = re.compile(r'"([^"]*+(?:""[^"]*+)*)"(?=[,\n]|\Z)|([^",\n]*+)(?=[,\n]|\Z)')
_UNQUOTED_END = re.compile(r'"[^"]*+(?:""[^"]*+)*')


class _Reader:
    """Reads records one after the other; empty lines between them do not count. `first` is where the last one began."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n").removesuffix("\r")
        self._position = 0
        self.first = 0

    def record(self) -> list[str] | None:
        """The fields of the next record, None at the end."""
        text = self._text
        while text.startswith("\n", self._position):
            self._position += 1
        self.first = self._position
        if self._position >= len(text):
            return None
        fields = [self._field()]
        while text.startswith(",", self._position):
            self._position += 1
            fields.append(self._field())
        self._position += 1
        return fields

    def _field(self) -> str:
        match = _FIELD.match(self._text, self._position)
        if match is None:
            raise self._field_fault()
        self._position = match.end()
        return str(match[2]) if match[1] is None else match[1].replace('""', '"')

    def _field_fault(self) -> FunctionError:
        text = self._text
        quoted_part = _UNQUOTED_END.match(text, self._position)
        if quoted_part is None:
            return self.fault('bare " in non-quoted-field', self._position)
        end = quoted_part.end()
        return self.fault(
            'extraneous or missing " in quoted-field', len(text.rstrip("\n")) if end == len(text) else end
        )

    def fault(self, what: str, position: int) -> FunctionError:
        """What is wrong in the line of a position."""
        line = self._text.count("\n", 0, position) + 1
        return FunctionError(None, f"CSV parse error on line {line}: {what}")


def _headers(reader: _Reader) -> list[str]:
    headers = reader.record()
    if headers is None:
        raise FunctionError(None, "missing header line")
    seen: set[str] = set()
    for name in headers:
        if name in seen:
            raise FunctionError(None, f"duplicate column name {quoted(name)}")
        seen.add(name)
    return headers


def csv_decode(text: str) -> Value:
    """The rows below the header as objects."""
    reader = _Reader(text)
    headers = _headers(reader)
    order = sorted(range(len(headers)), key=headers.__getitem__)
    rows: list[Value] = []
    while True:
        row = reader.record()
        if row is None:
            break
        if len(row) != len(headers):
            raise reader.fault("wrong number of fields", reader.first)
        rows.append({headers[index]: nfc(row[index]) for index in order})
    return ListValue(tuple(rows), object_type(dict.fromkeys(headers, STRING)))


FUNCTIONS = (
    Function(
        name="csvdecode",
        parameters=(Parameter("str", STRING),),
        returns=DYNAMIC,
        category="encoding",
        help="The rows of a table in CSV as a list of objects, named by its header line.",
        example='csvdecode("name,email\\nAda,ada@example.com\\n")',
        impl=csv_decode,
    ),
)
