"""csvdecode: a table as a list of objects, read as RFC 4180 has it and as strictly as Terraform reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from declarative_mail.language.functions.model import Function, FunctionError, Parameter
from declarative_mail.language.lexical import nfc
from declarative_mail.language.sets import quoted
from declarative_mail.language.types import DYNAMIC, STRING, object_type
from declarative_mail.language.values import ListValue, Value


@dataclass(slots=True)
class _Reader:
    """Reads records from lines that end in a line feed; empty lines between records do not count.

    Args:
        lines: what is still to be read.
        number: that of the line read last.
        first: that of the line in which the last record began.
    """

    lines: Iterator[str]
    number: int = 0
    first: int = 0
    fields: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> _Reader:
        return cls(iter(_split_lines(text)))

    def record(self) -> list[str] | None:
        """The fields of the next record, None at the end."""
        line = self._line()
        while line == "\n":
            line = self._line()
        if line is None:
            return None
        self.fields = []
        self.first = self.number
        rest: str | None = line
        while rest is not None:
            rest = self._quoted(rest[1:]) if rest.startswith('"') else self._plain(rest)
        return self.fields

    def _line(self) -> str | None:
        line = next(self.lines, None)
        self.number += line is not None
        return line

    def _plain(self, line: str) -> str | None:
        """Take a field without quotes; what follows it, None at the end of the record."""
        text, comma, rest = line.partition(",")
        if '"' in text:
            raise self._fault('bare " in non-quoted-field')
        self.fields.append(text if comma else text.removesuffix("\n"))
        return rest if comma else None

    def _quoted(self, line: str) -> str | None:
        """Take a field from behind its opening quote, over several lines if need be."""
        parts: list[str] = []
        while True:
            text, quote, rest = line.partition('"')
            parts.append(text)
            if not quote:
                following = self._line()
                if following is None:
                    raise self._fault('extraneous or missing " in quoted-field')
                line = following
            elif rest.startswith('"'):
                parts.append('"')
                line = rest[1:]
            elif rest in ("", "\n") or rest.startswith(","):
                self.fields.append("".join(parts))
                return rest[1:] if rest.startswith(",") else None
            else:
                raise self._fault('extraneous or missing " in quoted-field')

    def _fault(self, what: str) -> FunctionError:
        return FunctionError(None, f"CSV parse error on line {self.number}: {what}")


def _split_lines(text: str) -> list[str]:
    lines = [f"{line.removesuffix(chr(13))}\n" for line in text.split("\n")]
    last = lines.pop().removesuffix("\n")
    return [*lines, last] if last else lines


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
    reader = _Reader.of(text)
    headers = _headers(reader)
    order = sorted(range(len(headers)), key=headers.__getitem__)
    rows: list[Value] = []
    while True:
        row = reader.record()
        if row is None:
            break
        if len(row) != len(headers):
            raise FunctionError(None, f"CSV parse error on line {reader.first}: wrong number of fields")
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
