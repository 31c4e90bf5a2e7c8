"""Functions take whatever comes: a result, or a fault in words."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from declarative_mail.diagnostics import DiagnosticError, Source
from declarative_mail.language.equality import equal
from declarative_mail.language.functions.model import Deferred, FunctionError, call_function
from declarative_mail.language.functions.table import CONSOLE_FUNCTIONS
from declarative_mail.language.parse import parse_expression
from declarative_mail.language.sets import make_set
from declarative_mail.language.types import DYNAMIC, NUMBER, STRING, ListType, MapType, Type, type_of
from declarative_mail.language.values import (
    ListValue,
    MapValue,
    Marked,
    Null,
    Unknown,
    Value,
    is_wholly_known,
    make_object,
)
from tests.language.functions.world import call, make_context

TEXTS = st.one_of(
    st.text(max_size=8, alphabet=st.characters(exclude_categories=["Cs"])),
    st.sampled_from(
        ["", "1", "-2.5", "true", "a,b", "2020-01-01T00:00:00Z", "10.0.0.0/8", "%s %d", "(a)", "YYYY", "1h"]
    ),
    st.sampled_from(["e30=", "UTF-8", "dns", "{}", "a: 1", "~", "/", "*", "[", "$1", "/x/", "\u0301", "%[2]v"]),
)
NUMBERS: st.SearchStrategy[Value] = st.one_of(
    st.integers(-5, 40),
    st.sampled_from(
        [Decimal("0.5"), Decimal("-0"), Decimal("Infinity"), Decimal("-Infinity"), 10**30, Decimal("1e-9")]
    ),
)
LEAVES: st.SearchStrategy[Value] = st.one_of(
    TEXTS,
    NUMBERS,
    st.booleans(),
    st.none(),
    st.sampled_from([Null(STRING), Null(NUMBER), Null(ListType(STRING))]),
    st.sampled_from(
        [Unknown(DYNAMIC), Unknown(STRING), Unknown(NUMBER), Unknown(ListType(STRING)), Unknown(MapType(NUMBER))]
    ),
)


def _containers(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    names = st.sampled_from(["a", "b", "c", "é"])
    return st.one_of(
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(names, inner, max_size=3).map(make_object),
        st.lists(TEXTS, max_size=4).map(lambda items: ListValue(tuple(items), STRING)),
        st.lists(TEXTS, max_size=4).map(lambda items: make_set(items, STRING)),
        st.dictionaries(names, NUMBERS, max_size=3).map(lambda items: MapValue(make_object(items), NUMBER)),
        inner.map(lambda value: value if isinstance(value, Marked) else Marked(value, sensitive=True)),
    )


VALUES: st.SearchStrategy[Value] = st.recursive(LEAVES, _containers, max_leaves=6)
NAMES = sorted(set(CONSOLE_FUNCTIONS) - {"bcrypt", "secret_command"})
TREE = parse_expression(Source("x", "x"))[0]


def _same(value: Value) -> Value:
    return value


def conforms(given: Type, wanted: Type) -> bool:
    """Whether a value of one type can stand where the other was promised."""
    return wanted == DYNAMIC or given in (wanted, DYNAMIC) or type(given) is type(wanted)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)
@given(arguments=st.lists(VALUES, max_size=4))
def test_a_call_gives_a_value_or_a_fault(name: str, arguments: list[Value]) -> None:
    """Never another exception, and the value is of the promised type."""
    function = CONSOLE_FUNCTIONS[name]
    assert TREE is not None
    given_arguments = [Deferred(TREE, partial(_same, one)) for one in arguments] if function.lazy else arguments
    returns = DYNAMIC if callable(function.returns) else function.returns
    result: Value = Unknown(DYNAMIC)
    words = "a value."
    try:
        result = call_function(function, given_arguments, make_context("/nonexistent"))
    except FunctionError as error:
        words = error.detail(function)
    except DiagnosticError as error:
        words = f"{error}."

    assert words.endswith(".")
    assert conforms(type_of(result), returns)


ABOUT_MARKS = {"issensitive", "nonsensitive", "sensitive", "type"}
PURE = sorted(
    name
    for name in set(NAMES) - ABOUT_MARKS
    if "context" not in CONSOLE_FUNCTIONS[name].uses and not CONSOLE_FUNCTIONS[name].lazy
)


@pytest.mark.parametrize("name", PURE)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)
@given(arguments=st.lists(VALUES, min_size=1, max_size=3))
def test_marks_do_not_change_the_value(name: str, arguments: list[Value]) -> None:
    """With its first argument sensitive, a call gives the same value, sensitive; or fails in both cases."""
    hidden = [
        arguments[0] if isinstance(arguments[0], Marked) else Marked(arguments[0], sensitive=True),
        *arguments[1:],
    ]
    plain, marked = outcome(name, arguments), outcome(name, hidden)

    if isinstance(plain, FunctionError) or isinstance(marked, FunctionError):
        assert type(plain) is type(marked)
    elif is_wholly_known(plain):
        same = equal(plain, marked)
        assert (same.value if isinstance(same, Marked) else same) is True


def outcome(name: str, arguments: list[Value]) -> Value | FunctionError:
    """What a call gives, or its fault."""
    try:
        return call(name, *arguments)
    except FunctionError as error:
        return error
