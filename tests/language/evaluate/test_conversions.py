"""Type constraints and conversions, as recorded from variables with a type and a default."""

from __future__ import annotations

import json

import pytest

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Source
from declarative_mail.language.convert import ConversionError, convert, convertible, unify
from declarative_mail.language.evaluate import Scope, evaluate
from declarative_mail.language.marks import sensitive
from declarative_mail.language.parse import parse_expression
from declarative_mail.language.show import show_value
from declarative_mail.language.syntax import Expression
from declarative_mail.language.type_syntax import read_type
from declarative_mail.language.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    Type,
    object_type,
    type_of,
)
from declarative_mail.language.values import ListValue, MapValue, Marked, Null, SetValue, Unknown, Value
from tests.language.record_expressions import CONVERSIONS, read_expressions

RECORDS: dict[str, dict[str, str]] = json.loads((CONVERSIONS / "types.json").read_text(encoding="utf-8"))
WRONG_TYPE = "This default value is not compatible with the variable's type constraint: "
OUR_SUMMARIES = {
    "Invalid quoted type constraints": "Invalid type specification",
    "Variables not allowed": "Reference to an unknown name",
    "Function calls not allowed": "Call to unknown function",
}


def expression(text: str) -> Expression:
    """The tree of a text without faults."""
    tree, faults = parse_expression(Source("test", text))
    assert tree is not None, faults
    return tree


def outcome(line: str) -> dict[str, str]:
    """What we make of a conversion, in the form of its record."""
    type_text, _, value_text = line.partition(" <- ")
    type_, faults = read_type(expression(type_text))
    if faults:
        return {"error": faults[0].code.summary, "detail": faults[0].detail}
    value = evaluate(expression(value_text), Scope.root({}, functions={}))
    try:
        return {"value": show_value(convert(value, type_))}
    except ConversionError as error:
        return {"error": "Invalid default value for variable", "detail": f"{WRONG_TYPE}{error.located}."}


@pytest.mark.parametrize("line", RECORDS)
def test_each_conversion_gives_what_terraform_gives(line: str) -> None:
    """The value is the same, or the fault is, to the word where the value does not fit the type."""
    record, ours = RECORDS[line], outcome(line)

    assert ours.get("value") == record.get("value")
    if "error" in record:
        assert OUR_SUMMARIES.get(record["error"], record["error"]) == ours["error"]
        if record["detail"].startswith(WRONG_TYPE):
            assert record["detail"] == ours["detail"]


def test_every_conversion_has_a_record() -> None:
    """The inputs and the recorded outcomes belong together."""
    assert read_expressions(CONVERSIONS / "types.hcl") == list(RECORDS)


def test_a_default_of_an_optional_attribute_is_evaluated_alone() -> None:
    """It can refer to nothing and call nothing."""
    for default in ("nope", 'upper("a")'):
        _, faults = read_type(expression(f"object({{a = optional(string, {default})}})"))

        assert len(faults) == 1


def test_all_faults_of_a_type_are_found_at_once() -> None:
    """A type with three faults has three diagnostics, each at its place, with a suggestion where one is near."""
    _, faults = read_type(expression("object({a = text, b = list(strin), c = maps(string)})"))

    assert [one.primary.span.text for one in faults if one.primary] == ["text", "strin", "maps(string)"]
    assert [one.help for one in faults] == [None, 'did you mean "string"?', 'did you mean "map"?']


@pytest.mark.parametrize(
    ("given", "wanted", "safe", "unsafe"),
    [
        (NUMBER, STRING, True, True),
        (STRING, NUMBER, False, True),
        (BOOL, NUMBER, False, False),
        (DYNAMIC, STRING, False, True),
        (STRING, DYNAMIC, True, True),
        (ListType(STRING), SetType(STRING), False, True),
        (SetType(STRING), ListType(STRING), True, True),
        (TupleType((NUMBER, STRING)), ListType(STRING), True, True),
        (TupleType((NUMBER, BOOL)), ListType(DYNAMIC), False, False),
        (MapType(STRING), object_type({"a": STRING}), False, True),
        (object_type({"a": STRING}), MapType(STRING), True, True),
        (object_type({}), TupleType(()), False, False),
        (TupleType((STRING,)), TupleType((STRING, STRING)), False, False),
    ],
)
def test_what_converts_is_decided_on_the_types(given: Type, wanted: Type, *, safe: bool, unsafe: bool) -> None:
    """A safe conversion holds for every value, an unsafe one for some."""
    assert (safe, unsafe) == (convertible(given, wanted, safe=True), convertible(given, wanted))


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ([STRING], STRING),
        ([NUMBER, STRING, BOOL], STRING),
        ([NUMBER, BOOL], None),
        ([TupleType((NUMBER,)), TupleType((STRING,))], TupleType((STRING,))),
        ([TupleType((NUMBER,)), TupleType((STRING, BOOL))], ListType(STRING)),
        ([ListType(NUMBER), TupleType((STRING,))], ListType(STRING)),
        ([ListType(NUMBER), SetType(STRING)], None),
        ([ListType(STRING), SetType(STRING)], ListType(STRING)),
        ([MapType(NUMBER), object_type({"a": STRING})], MapType(STRING)),
        ([object_type({"a": NUMBER}), object_type({"a": STRING})], object_type({"a": STRING})),
        ([object_type({"a": NUMBER}), object_type({"b": STRING})], MapType(STRING)),
        ([object_type({"a": NUMBER}), TupleType(())], None),
        ([MapType(NUMBER), DYNAMIC], DYNAMIC),
        ([object_type({"a": ListType(NUMBER)}), object_type({"a": BOOL})], None),
    ],
)
def test_several_types_have_one_in_common_or_none(types: list[Type], expected: Type | None) -> None:
    """The most general that all convert to; objects and tuples of different shape become maps and lists."""
    assert expected == unify(types)
    assert expected == unify(types[::-1])


def test_marks_stay_at_every_depth() -> None:
    """A conversion moves no mark; what it turns into something else has no source any more."""
    key = Marked("5", sensitive=True, source="env:KEY")

    assert Marked(5, sensitive=True) == convert(key, NUMBER)
    assert key is convert(key, STRING)
    assert ListValue((key, "x"), STRING) == convert((key, "x"), ListType(STRING))
    assert {"a": key} == convert({"a": key, "b": 1}, object_type({"a": STRING}))


def test_a_set_takes_the_mark_of_its_elements() -> None:
    """No element of a set is sensitive by itself: which elements there are says what they are."""
    converted = convert((sensitive("b"), "a"), SetType(STRING))

    assert Marked(SetValue(("a", "b"), STRING), sensitive=True) == converted


def test_the_address_of_a_resource_goes_through_conversions() -> None:
    """A list of references to resources of one type is a list of the same objects."""
    group = Marked({"id": "1", "name": "ops"}, address=Address("user_group", "ops"))
    object_ = object_type({"id": STRING, "name": STRING})

    assert ListValue((group,), object_) == convert((group,), ListType(DYNAMIC))
    assert SetValue((group,), object_) == convert((group,), SetType(DYNAMIC))
    assert Marked({"name": "ops"}, address=group.address) == convert(group, object_type({"name": STRING}))


@pytest.mark.parametrize(
    ("value", "wanted", "expected"),
    [
        (None, STRING, Null(STRING)),
        (Null(STRING), NUMBER, Null(NUMBER)),
        (None, DYNAMIC, None),
        (Unknown(DYNAMIC, "a.b"), ListType(STRING), Unknown(ListType(STRING))),
        (Unknown(TupleType((NUMBER, STRING))), ListType(DYNAMIC), Unknown(ListType(STRING))),
        (Unknown(object_type({"a": NUMBER})), MapType(DYNAMIC), Unknown(MapType(NUMBER))),
        (Unknown(MapType(NUMBER)), object_type({"a": STRING}, optional=["a"]), Unknown(object_type({"a": STRING}))),
        (Unknown(ListType(NUMBER)), SetType(STRING), Unknown(SetType(STRING))),
        ((Unknown(NUMBER), 1), ListType(STRING), ListValue((Unknown(STRING), "1"), STRING)),
        (SetValue((Unknown(STRING),), STRING), ListType(STRING), Unknown(ListType(STRING))),
        (MapValue({"a": "1"}, STRING), object_type({"a": NUMBER}), {"a": 1}),
        (ListValue((), DYNAMIC), ListType(STRING), ListValue((), STRING)),
    ],
)
def test_what_is_not_known_or_null_converts_by_type(value: Value, wanted: Type, expected: Value) -> None:
    """The result has the wanted type, with what is known of the value's where anything would do."""
    assert expected == convert(value, wanted)


def test_an_unknown_keeps_what_is_known_of_it() -> None:
    """Which value it is, that it is not null, how it begins: a conversion loses none of it."""
    value = Unknown(DYNAMIC, "smtp_server.a.id", not_null=True, prefix="x")
    converted = convert(value, STRING)

    assert isinstance(converted, Unknown)
    assert (converted.path, converted.not_null, converted.prefix) == ("smtp_server.a.id", True, "x")


@pytest.mark.parametrize(
    ("value", "wanted", "message"),
    [
        (Null(ListType(STRING)), STRING, "string required"),
        (Unknown(NUMBER), BOOL, "bool required"),
        (ListValue((), ListType(STRING)), ListType(NUMBER), "incorrect list element type: number required"),
        (SetValue(("a",), STRING), SetType(ListType(STRING)), "incorrect set element type: list of string required"),
        (MapValue({"a": 1}, NUMBER), MapType(BOOL), "incorrect map element type: bool required"),
        (MapValue({}, STRING), object_type({"a": STRING}), 'map has no element for required attribute "a"'),
        (MapValue({}, ListType(STRING)), object_type({"a": STRING}), "object required"),
        (
            MapValue({"a": ListValue((), STRING)}, ListType(STRING)),
            object_type({"a": STRING}, optional=["a"]),
            'map element type is incompatible with attribute "a": string required',
        ),
        ("1e2001", NUMBER, "a number with at most 2,000 digits is required"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_words(value: Value, wanted: Type, message: str) -> None:
    """The type decides first: a null, an unknown or an empty list of the wrong type is refused too."""
    with pytest.raises(ConversionError) as caught:
        convert(value, wanted)

    assert message == str(caught.value)


def test_a_fault_never_quotes_the_value() -> None:
    """The value may be sensitive."""
    with pytest.raises(ConversionError) as caught:
        convert({"a": (sensitive("hunter2"),)}, object_type({"a": ListType(NUMBER)}))

    assert caught.value.path == ("a", 0)
    assert caught.value.located == ".a[0]: a number is required"
    assert "hunter2" not in repr(caught.value)


def test_a_value_of_the_wanted_type_is_the_same_object() -> None:
    """Nothing is copied, so that a source of a sensitive value and the identity of a large one survive."""
    values: list[Value] = [("a", 1), {"a": "x"}, ListValue(("a",), STRING), MapValue({"a": 1}, NUMBER)]

    for value in values:
        assert value is convert(value, type_of(value))


def test_defaults_of_a_type_are_no_part_of_its_identity() -> None:
    """Two types with different defaults are the same type; with and without an optional attribute they are not."""
    plain = object_type({"a": STRING})
    with_default = object_type({"a": STRING}, defaults={"a": "x"})

    assert with_default == object_type({"a": STRING}, defaults={"a": "y"})
    assert plain != with_default
    assert isinstance(plain, ObjectType)
