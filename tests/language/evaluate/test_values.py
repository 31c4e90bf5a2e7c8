"""Values: marks, sets, equality, limits, and what is remembered of large ones."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarative_mail.addresses import Address
from declarative_mail.language import memory
from declarative_mail.language.equality import equal
from declarative_mail.language.limits import MAX_DEPTH, DepthError, ExcessError, check_size
from declarative_mail.language.marks import (
    Mark,
    contains_marks,
    contains_sensitive,
    is_sensitive,
    remark,
    sensitive,
    unmark,
    unmark_deep,
    with_marks,
)
from declarative_mail.language.sets import make_set, quoted
from declarative_mail.language.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    SetType,
    TupleType,
    Type,
    friendly_name,
    has_dynamic,
    object_type,
    type_expression,
    type_of,
    without_optional,
)
from declarative_mail.language.values import (
    ListValue,
    MapValue,
    Marked,
    Null,
    SetValue,
    Unknown,
    Value,
    is_known,
    is_null,
    is_wholly_known,
    make_object,
)
from tests.language.evaluate.scope import UNHURRIED

ADDRESS = Address("user_group", "ops")

atoms = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.sampled_from(["", "a", "b", "é"]), st.just(Decimal("1.5"))
)
values = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from("abc"), inner, max_size=3).map(make_object),
    ),
    max_leaves=8,
)


@UNHURRIED
@given(values)
def test_a_value_is_equal_to_itself(value: Value) -> None:
    """Whatever it consists of, and in a copy."""
    assert equal(value, value) is True
    assert equal((value,), (value,)) is True


@UNHURRIED
@given(values, values)
def test_equality_is_symmetric_and_asks_for_the_same_type(left: Value, right: Value) -> None:
    """Equal values have equal types, except for nulls."""
    result = equal(left, right)

    assert result is equal(right, left)
    if result is True and left is not None and right is not None:
        assert type_of(left) == type_of(right)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (True, 1, False),
        (0, False, False),
        ((True,), (1,), False),
        (1, Decimal("1.0"), True),
        (Null(STRING), None, True),
        (Null(STRING), Null(NUMBER), True),
        ((None,), (Null(STRING),), False),
        (ListValue(("a",), STRING), ("a",), False),
        (ListValue((), STRING), ListValue((), NUMBER), False),
        (SetValue(("a", "b"), STRING), SetValue(("b", "a"), STRING), True),
        (MapValue({"a": 1}, NUMBER), MapValue({"a": 1}, NUMBER), True),
        (MapValue({"a": 1}, NUMBER), MapValue({"b": 1}, NUMBER), False),
        (MapValue({"a": 1}, NUMBER), {"a": 1}, False),
    ],
)
def test_equality_of_known_values(left: Value, right: Value, *, expected: bool) -> None:
    """Same type and same content; a bool is no number; nulls are equal at the top and typed inside."""
    assert equal(left, right) is expected


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Unknown(STRING), "a"),
        (Unknown(DYNAMIC), 1),
        (Unknown(STRING), Unknown(NUMBER)),
        (Unknown(STRING), None),
        ((Unknown(STRING), "a"), ("x", "a")),
        ((Unknown(DYNAMIC),), ("x",)),
        (SetValue((Unknown(STRING),), STRING), SetValue(("a",), STRING)),
    ],
)
def test_equality_that_is_not_known_yet(left: Value, right: Value) -> None:
    """It is a bool that is not null."""
    result = equal(left, right)

    assert Unknown(BOOL) == result
    assert isinstance(result, Unknown)
    assert result.not_null


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Unknown(STRING), 1),
        (Unknown(STRING, not_null=True), None),
        (Unknown(STRING, prefix="ab-"), "b"),
        ((Unknown(STRING),), ("x", "y")),
        ((Unknown(DYNAMIC), 1), ("x", "y", "z")),
        ((1, Unknown(STRING)), (2, "x")),
        ((Unknown(DYNAMIC),), {}),
    ],
)
def test_inequality_that_is_known_although_the_value_is_not(left: Value, right: Value) -> None:
    """By type, by length, by another element, by its beginning."""
    assert equal(left, right) is False


def test_marks_come_off_and_go_on() -> None:
    """The own mark, all marks at any depth, and back on a result: sensitive without a source, no address."""
    secret = sensitive("x", "env:X")
    group = Marked({"name": secret}, address=ADDRESS)

    assert ("x", (Mark(True, "env:X"),)) == unmark(secret)
    assert unmark("x") == ("x", ())
    assert ({"name": "x"}, (Mark(address=ADDRESS), Mark(True, "env:X"))) == unmark_deep(group)
    assert Marked("y", sensitive=True) == with_marks("y", [Mark(True, "env:X"), Mark(address=ADDRESS)])
    assert with_marks("y", [Mark(address=ADDRESS)]) == "y"
    assert secret is with_marks(secret, [Mark(sensitive=True)])
    assert Marked({}, sensitive=True, address=ADDRESS) == with_marks(
        Marked({}, address=ADDRESS), [Mark(sensitive=True)]
    )


def test_a_value_that_is_marked_twice_has_one_mark() -> None:
    """The first source stays, an address too."""
    assert Marked("x", sensitive=True, source="a") == sensitive(sensitive("x", "a"), "b")
    assert Marked("x", sensitive=True, source="b", address=ADDRESS) == sensitive(Marked("x", address=ADDRESS), "b")
    assert Marked(2, sensitive=True, address=ADDRESS) == remark(Marked(2, sensitive=True), Marked(1, address=ADDRESS))


@pytest.mark.parametrize(
    "around",
    [
        lambda inner: (1, inner),
        lambda inner: {"a": inner},
        lambda inner: ListValue((inner,), STRING),
        lambda inner: MapValue({"a": inner}, STRING),
        lambda inner: ((({"a": inner},),),),
    ],
)
def test_marks_are_found_at_any_depth(around: object) -> None:
    """In every kind of collection; an address is a mark and not sensitive."""
    assert callable(around)
    with_secret, with_address, plain = around(sensitive("x")), around(Marked("x", address=ADDRESS)), around("x")

    assert contains_marks(with_secret)
    assert contains_sensitive(with_secret)
    assert not is_sensitive(with_secret)
    assert contains_marks(with_address)
    assert not contains_sensitive(with_address)
    assert not contains_marks(plain)
    assert (plain, 1) == (unmark_deep(with_secret)[0], len(unmark_deep(with_secret)[1]))


def test_known_and_null() -> None:
    """Of the value itself, and of all that is in it."""
    assert is_null(None)
    assert is_null(sensitive(Null(STRING)))
    assert not is_null("")
    assert not is_known(sensitive(Unknown(STRING)))
    assert is_known((Unknown(STRING),))
    parts: list[Value] = [(Unknown(STRING),), {"a": Unknown(STRING)}, ListValue((sensitive(Unknown(STRING)),), STRING)]
    assert not any(map(is_wholly_known, parts))
    assert is_wholly_known(MapValue({"a": (1, None)}, DYNAMIC))


def elements(items: list[Value], element: Type) -> tuple[Value, ...]:
    """The elements of a set that is made of these."""
    made = make_set(items, element)
    assert isinstance(made, SetValue)
    return made.items


def test_a_set_has_each_element_once_in_terraforms_order() -> None:
    """Strings by code point, numbers by value, others by cty's text of them, unknowns and null last."""
    assert elements(["é", "a", "9", "Z", "10", "a"], STRING) == ("10", "9", "Z", "a", "é")
    assert (-1, Decimal("1.5"), 9, 10) == elements([10, 9, -1, Decimal("1.5"), 9], NUMBER)
    assert elements([True, False, True], BOOL) == (False, True)
    assert elements([(9,), (10,), (9,)], TupleType((NUMBER,))) == ((10,), (9,))
    unknown = Unknown(STRING)
    assert ("a", unknown, Null(STRING)) == elements([Null(STRING), unknown, "a"], STRING)


def test_two_unknown_elements_of_a_set_are_two() -> None:
    """They may turn out to be different."""
    assert len(elements([Unknown(STRING), Unknown(STRING)], STRING)) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", '"a"'),
        ('say "hi"', r'"say \"hi\""'),
        ("a\\b", r'"a\\b"'),
        ("\a\b\f\n\r\t\v", r'"\a\b\f\n\r\t\v"'),
        ("\x00\x1b\x7f", r'"\x00\x1b\x7f"'),
        ("é世👋", '"é世👋"'),
        ("\u200b\u00a0\ufeff", r'"\u200b\u00a0\ufeff"'),
        ("\U000e0001", r'"\U000e0001"'),
    ],
)
def test_strings_are_quoted_as_go_quotes_them(text: str, expected: str) -> None:
    """What cannot be printed is escaped, everything else stays readable."""
    assert expected == quoted(text)


@pytest.mark.parametrize(
    ("type_", "friendly", "written"),
    [
        (STRING, "string", "string"),
        (DYNAMIC, "dynamic", "any"),
        (ListType(STRING), "list of string", "list(string)"),
        (SetType(ListType(NUMBER)), "set of list of number", "set(list(number))"),
        (MapType(DYNAMIC), "map of dynamic", "map(any)"),
        (TupleType((STRING, BOOL)), "tuple", "tuple([string,bool])"),
        (object_type({"b": STRING, "a": NUMBER}, optional=["b"]), "object", "object({a=number,b=optional(string)})"),
    ],
)
def test_the_names_of_types(type_: object, friendly: str, written: str) -> None:
    """In words for messages, and as they are written."""
    assert friendly == friendly_name(type_)  # type: ignore[arg-type]
    assert written == type_expression(type_)  # type: ignore[arg-type]


def test_any_reads_differently_as_a_constraint() -> None:
    """As Terraform's messages have it."""
    assert friendly_name(DYNAMIC, constraint=True) == "any type"
    assert friendly_name(ListType(DYNAMIC), constraint=True) == "list of any single type"


def test_types_of_values() -> None:
    """Marks do not matter; null without a type and what is not known have the placeholder."""
    value: Value = {"a": (1, "x", True, None), "b": sensitive(ListValue((), STRING)), "c": Unknown(NUMBER)}

    expected = object_type({"a": TupleType((NUMBER, STRING, BOOL, DYNAMIC)), "b": ListType(STRING), "c": NUMBER})
    assert expected == type_of(value)
    assert has_dynamic(expected)
    assert not has_dynamic(ListType(object_type({"a": STRING})))
    assert object_type({"a": STRING}) == without_optional(object_type({"a": STRING}, optional=["a"]))
    with pytest.raises(TypeError):
        type_of(object())  # type: ignore[arg-type]


def nested(levels: int) -> Value:
    """A tuple in a tuple in a tuple."""
    value: Value = ()
    for _ in range(levels - 1):
        value = (value,)
    return value


def test_a_value_may_be_so_deep_and_no_deeper() -> None:
    """Whatever walks over it later has room for that many levels; also under a mark, also where a part occurs twice."""
    check_size(nested(MAX_DEPTH))
    for value in (nested(MAX_DEPTH + 1), nested(5000), sensitive(nested(MAX_DEPTH + 1))):
        with pytest.raises(DepthError):
            check_size(value)
    part = nested(MAX_DEPTH - 1)
    check_size((part, 1))
    with pytest.raises(DepthError):
        check_size((part, ((part,),)))


def test_a_value_that_doubles_is_refused_in_no_time() -> None:
    """A part that occurs in several places is looked at once: fifty doublings are not 2**50 steps."""
    value: Value = ("a", "b")
    for _ in range(50):
        value = (value, value)

    with pytest.raises(ExcessError, match="4,000,000 parts"):
        check_size(value)


def test_large_values_are_asked_once() -> None:
    """The answer is kept as long as the value is among the last that were asked about."""
    large: dict[str, Value] = {str(number): number for number in range(memory.LARGE)}
    calls: list[int] = []

    def find() -> int:
        calls.append(1)
        return len(calls)

    assert [memory.remembered("test", large, find), memory.remembered("test", large, find)] == [1, 1]
    for _ in range(200):
        memory.remembered("test", tuple(range(3)), lambda: 0)
    assert memory.remembered("test", large, find) == 2


def test_a_large_value_and_a_small_one_answer_alike() -> None:
    """What is remembered is what would be found."""
    extras: list[tuple[Value, ...]] = [(), (sensitive("x"),), (Unknown(STRING),)]
    for extra in extras:
        small: Value = ("a", *extra)
        large: Value = (*["a"] * memory.LARGE, *extra)

        assert contains_sensitive(small) is contains_sensitive(large) is contains_sensitive(large)
        assert is_wholly_known(small) is is_wholly_known(large) is is_wholly_known(large)
        assert type_of(large) == TupleType((STRING,) * (memory.LARGE + len(extra)))
