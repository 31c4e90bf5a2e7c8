"""What gets into a file, and what does not: of a state, a journal and a plan alike."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from declarative_mail.applying.journal import FileJournal
from declarative_mail.language.functions.inspection import TypeText
from declarative_mail.language.types import DYNAMIC
from declarative_mail.language.values import Marked, Unknown
from declarative_mail.records import replace
from declarative_mail.secrets import Secret
from declarative_mail.state.codec import read_snapshot, write_snapshot
from declarative_mail.state.encryption import Envelope
from declarative_mail.state.json_text import json_text
from declarative_mail.state.snapshot import Intent, Outcome, Output, ResourceRecord
from tests.state.builders import LINEAGE, make_record, make_snapshot
from tests.support.canary import secret_value

AT = "2026-01-02T03:04:05Z"


class _Struct(Struct):
    password: str


NO_JSON = {
    "secret": Secret(secret_value()),
    "nested secret": [{"y": Secret(secret_value())}],
    "secret as a name": {Secret(secret_value()): 1},
    "unknown": {"x": Unknown(DYNAMIC, "smtp_server.a.id")},
    "marked": Marked(secret_value(), sensitive=True),
    "struct": _Struct(secret_value()),
    "record": make_record("user_group.x"),
    "tuple": (1, 2),
    "set": {1},
    "bytes": b"x",
    "decimal": Decimal("1.5"),
    "number as a name": {1: 2},
    "not a number": float("nan"),
    "infinite": [float("inf")],
    "lone surrogate": "\ud800",
}


@pytest.fixture(params=list(NO_JSON.values()), ids=list(NO_JSON))
def odd(request: pytest.FixtureRequest) -> ResourceRecord:
    """An object with a value that JSON does not know."""
    return make_record("smtp_server.a", attributes={"password": request.param}, applied={})


class TestRefused:
    """A value that would be read back as another, or that must not be written at all. No message shows it."""

    def test_no_state_holds_it(self, odd: ResourceRecord) -> None:
        """Neither in an object nor in an output."""
        for snapshot in (
            make_snapshot(odd),
            make_snapshot(outputs={"x": Output(value=odd.attributes["password"])}),
            make_snapshot(replace(odd, attributes={}, private=odd.attributes)),
        ):
            with pytest.raises((TypeError, ValueError)) as caught:
                write_snapshot(snapshot)

            assert secret_value() not in str(caught.value)

    def test_no_journal_holds_it(self, odd: ResourceRecord, tmp_path: Path) -> None:
        """Nothing of the line is written, before a call or after it."""
        path = tmp_path / "journal"
        journal = FileJournal(path, Envelope())
        journal.begin(LINEAGE)
        before = path.read_bytes()
        intent = Intent(id="1", address="smtp_server.a", verb="create", remote="rest.x", record=odd, at=AT)

        with pytest.raises((TypeError, ValueError)) as noted:
            journal.note([intent])
        with pytest.raises((TypeError, ValueError)) as settled:
            journal.settle([("1", Outcome(status="done", at=AT, record=odd))])

        assert path.read_bytes() == before
        assert secret_value() not in f"{noted.value} {settled.value}"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("id", 5),
            ("id", None),
            ("key", True),
            ("schema_version", "1"),
            ("schema_version", 0),
            ("status", "hunter2"),
            ("dependencies", ["user_group.a"]),
            ("applied", {"name": 1}),
        ],
    )
    def test_a_field_of_another_type_is_not_written(self, field: str, value: object) -> None:
        """A remote that answers with a number for an id must not spoil the state, which could not be read again."""
        changes: dict[str, Any] = {field: value}
        record = replace(make_record("smtp_server.a"), **changes)

        with pytest.raises(TypeError, match=rf"\.{field}") as caught:
            write_snapshot(make_snapshot(record))
        assert "hunter2" not in str(caught.value)

    def test_the_place_is_named(self) -> None:
        """The message leads to the value without showing it."""
        record = make_record("a.b", attributes={"x": [1, {"y": (2,)}]}, applied={})

        with pytest.raises(TypeError, match=r"^a\.b with .* at `\$\.attributes\.x\[1\]\.y`$"):
            write_snapshot(make_snapshot("a.a", record))
        with pytest.raises(TypeError, match=r"^Snapshot with .* at `\$\.outputs\.o\.value\.x`$"):
            write_snapshot(make_snapshot("a.a", outputs={"o": Output(value={"x": (2,)})}))


NUMBERS: list[tuple[float, bytes]] = [
    (1e22, b"1e+22"),
    (-1e16, b"-1e+16"),
    (1.2345678901234568e17, b"1.2345678901234568e+17"),
    (1.7976931348623157e308, b"1.7976931348623157e+308"),
    (9999999999999998.0, b"9999999999999998.0"),
    (1e-5, b"0.00001"),
    (1e-7, b"1e-7"),
    (5e-324, b"5e-324"),
    (0.1, b"0.1"),
    (-0.0, b"-0.0"),
    (1.0, b"1.0"),
    (1, b"1"),
    (2**53 + 1, b"9007199254740993"),
    (2**64, b"18446744073709551616"),
    (-(2**63) - 1, b"-9223372036854775809"),
    (10**40, b"1" + b"0" * 40),
]


class TestText:
    @pytest.mark.parametrize(("number", "digits"), NUMBERS)
    def test_numbers_are_written_as_ever_and_read_exactly(self, number: float, digits: bytes) -> None:
        """Every state so far has them like that: another spelling would be a change in each file that is compared."""
        text = json_text(Output(value=[number, {"x": number}]))
        found = msgspec.json.decode(text, type=Output).value[0]

        assert b'{"value":[%b,{"x":%b}]}' % (digits, digits) == text
        assert (str(number), type(number)) == (str(found), type(found))

    def test_texts_that_look_like_numbers_stay(self) -> None:
        """Only a number gets the sign of its exponent."""
        value = {"1e22": ['"1e5,', "\\1e5", 'x\\":1e7', "é 😀\u2028\x7f\x01", 1e22]}
        text = json_text(Output(value=value))

        assert text.count(b"e+") == 1
        assert msgspec.json.decode(text, type=Output).value == value

    def test_text_of_its_own_class_is_text(self) -> None:
        """`type(x)` of the language gives one, and an output may hold it."""
        assert json_text(Output(value=[TypeText("string")])) == b'{"value":["string"]}'

    def test_defaults_are_there_where_they_are_wanted(self) -> None:
        """A saved plan leaves nothing out."""
        assert json_text(Output(value=1), defaults=True) == b'{"value":1,"sensitive":false,"type":null}'

    def test_lines_of_a_journal_are_ascii(self, tmp_path: Path) -> None:
        """They are as the first journals were: read by a program that is older, too."""
        journal = FileJournal(tmp_path / "journal", Envelope())
        journal.begin(LINEAGE)
        record = make_record("a.b", attributes={"x": "é", "y": 1e22, "z": 1e-7, "w": 10**30})
        journal.settle([("1", Outcome(status="done", at=AT, record=record))])
        line = (tmp_path / "journal").read_bytes().splitlines()[1]

        assert b'{"outcomes":{"1":{"status":"done","at":"2026-01-02T03:04:05Z","record":{"mode":"managed",' in line
        assert b'"attributes":{"x":"\\u00e9","y":1e+22,"z":1e-07,"w":1000000000000000000000000000000}' in line


def test_a_state_with_all_of_it_is_read_as_it_was() -> None:
    """Numbers, texts and nulls at once, twice over: the second writing gives the same bytes."""
    attributes = {
        "numbers": [number for number, _ in NUMBERS],
        "texts": ["", "\x00", "é"],
        "nothing": None,
        "empty": [{}, []],
    }
    snapshot = make_snapshot(make_record("a.b", attributes=attributes, private=attributes))
    written = write_snapshot(snapshot)
    read = read_snapshot(written, name="x")

    assert (snapshot, written) == (read, write_snapshot(read))
