"""JSON, YAML and CSV: there and back, and read by others."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from declarative_mail.language.functions.json_text import decode_json, encode_json
from declarative_mail.language.functions.model import FunctionError
from declarative_mail.language.functions.yaml_reader import decode_yaml, resolve
from declarative_mail.language.functions.yaml_writer import encode_yaml
from declarative_mail.language.lexical import nfc
from declarative_mail.language.numeric import canonical_decimal
from declarative_mail.language.values import Value, make_object
from tests.language.functions.world import call, said_or_done

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs", "Zl", "Zp"])).map(nfc)
SEPARATORS = st.text(alphabet="a \u2028\u2029<>&").map(nfc)
LINES = st.text(alphabet=" ab\n\t\r:#-\"'\\\u00e9\U0001f600", max_size=120).map(nfc)
NUMBERS = st.one_of(
    st.integers(),
    st.tuples(st.integers(), st.integers(1, 20)).map(lambda pair: canonical_decimal(Decimal(pair[0]).scaleb(-pair[1]))),
)
LEAVES: st.SearchStrategy[Value] = st.one_of(st.none(), st.booleans(), st.integers(), TEXTS, LINES, SEPARATORS)


def _containers(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.one_of(
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.one_of(TEXTS, LINES), inner, max_size=4).map(make_object),
    )


VALUES: st.SearchStrategy[Value] = st.recursive(LEAVES, _containers, max_leaves=12)


@given(VALUES)
def test_json_comes_back(value: Value) -> None:
    """And Python reads the same from it."""
    text = encode_json(value)

    assert decode_json(text) == value
    assert _plain(json.loads(text)) == _plain(value)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else value


@given(VALUES)
def test_json_is_safe_in_html(value: Value) -> None:
    """No character that could end a script element."""
    assert not set("<>&\u2028\u2029") & set(encode_json(value))


@given(NUMBERS)
def test_numbers_keep_all_their_digits(number: int | Decimal) -> None:
    """Nothing passes through a double."""
    assert decode_json(encode_json(number)) == number


@given(VALUES)
def test_yaml_comes_back(value: Value) -> None:
    """Folded lines, literal blocks and long keys included."""
    assert decode_yaml(encode_yaml(value)) == value


@given(VALUES)
def test_yaml_is_read_by_others(value: Value) -> None:
    """A library that knows YAML 1.2 reads the same."""
    assert _plain(YAML(typ="safe", pure=True).load(encode_yaml(value))) == _plain(value)


@given(st.text(max_size=60))
def test_anything_is_yaml_or_a_fault(text: str) -> None:
    """No other exception comes out of the parser."""
    assert said_or_done(decode_yaml, text)


@given(st.text(alphabet='{}[]":,0123456789.eE-+ntf\\u \n', max_size=60))
def test_anything_is_json_or_a_fault(text: str) -> None:
    """No other exception comes out of the parser."""
    assert said_or_done(decode_json, text)


CELLS = st.text(alphabet='ab",\n é', max_size=6)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=5))
def test_tables_written_by_others_are_read(rows: list[list[str]]) -> None:
    """Quotes, commas and line breaks inside of fields."""
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerows([["x", "y", "z"], *rows])
    table = call("csvdecode", stream.getvalue())

    assert [tuple(row.values()) for row in table.items] == [  # type: ignore[union-attr]  # it is a list of objects
        tuple(map(nfc, row)) for row in rows
    ]


@given(st.text(alphabet='ab",\n\r', max_size=30))
def test_anything_is_a_table_or_a_fault(text: str) -> None:
    """It always comes to an end."""
    assert said_or_done(partial(call, "csvdecode"), text)


@pytest.mark.parametrize(
    ("tag", "text", "is_quoted", "expected"),
    [
        ("", "yes", False, True),
        ("", "yes", True, "yes"),
        ("", "Off", False, False),
        ("", "oN", False, "oN"),
        ("", "~", False, None),
        ("", "0o17", False, 15),
        ("", "1_000", False, "1_000"),
        ("tag:yaml.org,2002:int", "1_000", False, 1000),
        ("tag:yaml.org,2002:float", "0b11", False, 3),
        ("tag:yaml.org,2002:str", "1", False, "1"),
        ("", "2001-02-29", False, "2001-02-29"),
        ("", "2000-02-29", False, "2000-02-29T00:00:00Z"),
        ("", "2000-2-9T1:2:3Z", False, "2000-02-09T01:02:03Z"),
    ],
)
def test_what_words_stand_for(tag: str, text: str, is_quoted: bool, expected: Value) -> None:  # noqa: FBT001
    """By their form, their tag, and whether they are quoted."""
    assert resolve(tag, text, is_quoted=is_quoted) == expected


def test_a_sum_of_lines_says_where_a_table_is_wrong() -> None:
    """Lines inside of quoted fields and empty lines count."""
    with pytest.raises(FunctionError) as caught:
        call("csvdecode", 'a,b\n"x\ny",z\n\n1,2,3\n')

    assert caught.value.message == "CSV parse error on line 5: wrong number of fields"
