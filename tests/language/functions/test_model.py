"""How a function is called: counting, converting, null, unknown values, marks, limits."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from declarative_mail.addresses import parse_address
from declarative_mail.diagnostics import Source
from declarative_mail.diagnostics.codes.functions import (
    CALL_FAILED,
    INVALID_ARGUMENT,
    NOT_ENOUGH_ARGUMENTS,
    RESULT_TOO_LARGE,
    TOO_MANY_ARGUMENTS,
)
from declarative_mail.language.functions.model import (
    MAX_ITEMS,
    MAX_TEXT,
    Argument,
    Deferred,
    Function,
    FunctionError,
    Parameter,
    call_function,
)
from declarative_mail.language.functions.table import FUNCTIONS
from declarative_mail.language.parse import parse_expression
from declarative_mail.language.types import DYNAMIC, NUMBER, STRING, ListType
from declarative_mail.language.values import ListValue, Marked, Null, Unknown, Value
from declarative_mail.records import replace
from tests.language.functions.world import call, make_context


def make_function(**settings: Any) -> Function:
    """A function of one string that gives it back, changed by `settings`."""
    fields: dict[str, Any] = {
        "name": "echo",
        "parameters": (Parameter("text", STRING),),
        "returns": STRING,
        "help": "Gives its argument back.",
        "example": 'echo("x")',
        "category": "string",
        "impl": lambda text: text,
    }
    return Function(**(fields | settings))


def failure(name: str, *arguments: Value, **settings: Any) -> FunctionError:
    """The fault of a call that cannot be done."""
    with pytest.raises(FunctionError) as caught:
        call(name, *arguments, **settings)
    return caught.value


def test_a_missing_argument_is_named() -> None:
    """The first parameter without an argument is in the sentence."""
    error = failure("split", ",")

    assert (
        error.code,
        error.detail(FUNCTIONS["split"]),
    ) == (NOT_ENOUGH_ARGUMENTS, 'Function "split" expects 2 argument(s). Missing value for "str".')


def test_at_least_is_said_where_more_may_follow() -> None:
    """A variadic function asks for its positional arguments only."""
    error = failure("join")

    assert (
        error.detail(FUNCTIONS["join"])
        == 'Function "join" expects at least 1 argument(s). Missing value for "separator".'
    )


def test_the_first_argument_too_many_is_at_fault() -> None:
    """The index points at it, so that a caret can stand there."""
    error = failure("abs", 1, 2, 3)

    assert (error.code, error.argument) == (TOO_MANY_ARGUMENTS, 1)
    assert error.detail(FUNCTIONS["abs"]) == 'Function "abs" expects only 1 argument(s), and 3 are given.'


def test_arguments_are_converted() -> None:
    """A number is taken as a string where one is asked for, and the other way round."""
    assert call("upper", Decimal("1.5")) == "1.5"
    assert call("abs", "-3") == 3


def test_an_argument_that_does_not_convert_is_a_fault_of_that_parameter() -> None:
    """The sentence names the parameter and what it asks for."""
    error = failure("substr", "abc", "x", 1)

    assert (error.code, error.argument) == (INVALID_ARGUMENT, 1)
    assert error.detail(FUNCTIONS["substr"]) == 'Invalid value for "offset" parameter: a number is required.'


def test_a_fault_of_the_whole_call_names_the_function() -> None:
    """Without an argument at fault it is the call that failed."""
    error = failure("max")

    assert (error.code, error.argument) == (CALL_FAILED, None)
    assert error.detail(FUNCTIONS["max"]) == 'Call to function "max" failed: must pass at least one number.'


@pytest.mark.parametrize("null", [None, Null(STRING), Marked(None, sensitive=True)])
def test_null_is_refused_unless_allowed(null: Value) -> None:
    """Typed or not, marked or not."""
    assert failure("upper", null).message == "argument must not be null"


def test_null_is_passed_on_where_it_is_allowed() -> None:
    """``coalesce`` looks for the first that is not null."""
    assert call("coalesce", None, "b") == "b"


def test_an_unknown_argument_makes_the_result_unknown() -> None:
    """Of the return type, and not null where the function never gives null."""
    result = call("length", Unknown(ListType(STRING)))

    assert isinstance(result, Unknown)
    assert (result.type, result.not_null) == (NUMBER, True)


def test_an_unknown_result_may_be_null_where_the_function_may_give_null() -> None:
    """``one`` of an empty list is null."""
    result = call("one", Unknown(ListType(STRING)))

    assert isinstance(result, Unknown)
    assert (result.type, result.not_null) == (STRING, False)


def test_a_value_of_unknown_type_makes_the_type_of_the_result_unknown() -> None:
    """Even where the return type is fixed: the argument might be refused once it is known."""
    assert Unknown(DYNAMIC) == call("contains", Unknown(DYNAMIC), "a")


def test_a_known_fault_is_found_beside_an_unknown_argument() -> None:
    """Null in one argument is a fault whatever the other will be."""
    assert failure("split", Unknown(STRING), None).argument == 1


def test_sensitivity_goes_from_any_argument_to_the_result() -> None:
    """Also from deep inside, and without a source: what is composed is only found again through the configuration."""
    secret = Marked("x", sensitive=True, source="env:X")

    assert Marked("a-x", sensitive=True) == call("join", "-", ("a", secret))


def test_an_unknown_result_of_a_sensitive_argument_is_sensitive() -> None:
    """Nothing is known of it but that it must not be shown."""
    result = call("upper", Marked(Unknown(STRING), sensitive=True))

    assert Marked(Unknown(STRING), sensitive=True) == result


def test_functions_that_only_move_values_keep_marks_where_they_are() -> None:
    """Only the marked element stays sensitive."""
    secret = Marked("x", sensitive=True)

    assert (secret, "a") == call("reverse", ("a", secret))
    assert call("element", ("a", secret), 0) == "a"


def test_resources_keep_their_address_through_functions_that_move_values() -> None:
    """``values``, ``concat`` and their like can make a list of references."""
    server = Marked({"name": "x"}, address=parse_address("smtp_server.a"))

    assert (server,) == call("values", {"a": server})
    assert (server, server) == call("concat", (server,), (server,))
    assert server == call("lookup", {"a": server}, "a")


def test_a_text_loses_the_address() -> None:
    """What is made of a resource is no reference to it."""
    server = Marked({"name": "x"}, address=parse_address("smtp_server.a"))

    assert call("jsonencode", server) == '{"name":"x"}'


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("regex", ("(canary", "x")),
        ("yamldecode", ("a: *canary",)),
        ("formatdate", ("YYYY", "canary")),
        ("cidrhost", ("canary", 1)),
        ("csvdecode", ("canary,canary",)),
        ("uuidv5", ("canary", "x")),
        ("timeadd", ("2020-01-01T00:00:00Z", "5canary")),
        ("format", ("%canary", 1)),
        ("filemd5", ("canary",)),
        ("textencodebase64", ("x", "canary")),
        ("templatefile", ("canary", {})),
        ("file", ("canary",)),
        ("tonumber", ("canary",)),
        ("parseint", ("canary", 2)),
        ("base64decode", ("canary",)),
        ("keys", ("canary",)),
        ("lookup", ({}, "canary")),
        ("fileset", (".", "[canary")),
        ("jsondecode", ('{"canary',)),
    ],
)
def test_a_message_never_holds_a_sensitive_argument(name: str, arguments: tuple[Value, ...]) -> None:
    """The same call with plain arguments says what is wrong; with sensitive ones the text does not appear."""
    hidden = [Marked(one, sensitive=True) if "canary" in str(one) else one for one in arguments]

    failure(name, *arguments)
    assert "canary" not in failure(name, *hidden).message


def test_what_does_not_depend_on_the_secret_is_still_said() -> None:
    """That nothing matched gives nothing away."""
    error = failure("regex", "x", Marked("abc", sensitive=True))

    assert error.message == "pattern did not match any part of the given string"


def test_a_plain_argument_beside_a_secret_is_still_quoted() -> None:
    """The fault is in the pattern, which is not the secret."""
    error = failure("regex", "(x", Marked("abc", sensitive=True))

    assert error.message == "invalid regexp pattern: missing closing ) in (x"


TEMPLATES = ["${canary}", "${x + 1}", "${upper(x, x)}", "%{ canary", "${jsondecode(x)}", "${templatefile(x, {})}"]


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("name", ["templatefile", "templatestring"])
@pytest.mark.parametrize("hidden", ["template", "variables"])
def test_a_template_shows_no_secret_in_its_faults(name: str, template: str, hidden: str, tmp_path: Path) -> None:
    """Neither its own text nor the values of its variables, in the message or in the diagnostics of what is inside."""
    (tmp_path / "canary").write_text(template, encoding="utf-8")
    variables: Value = {"x": Marked("canary", sensitive=True) if hidden == "variables" else "canary"}
    text: Argument = "canary"
    if name == "templatestring":
        value: Value = Marked(template, sensitive=True) if hidden == "template" else template
        reference, _ = parse_expression(Source("x", "local.text"))
        assert reference is not None
        text = Deferred(reference, lambda: value)
    elif hidden == "template":
        text = Marked("canary", sensitive=True)
    with pytest.raises(FunctionError) as caught:
        call(name, text, variables, context=make_context(tmp_path))

    assert "canary" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_results_are_in_normal_form() -> None:
    """Joining a letter and an accent gives one character, as every string of the language has it."""
    assert call("join", "", ("a", "\u0301")) == "\u00e1"


def test_a_text_that_is_too_long_is_refused() -> None:
    """The limit holds for every function."""
    function = make_function(impl=lambda text: text * (MAX_TEXT + 1))
    with pytest.raises(FunctionError) as caught:
        call_function(function, ["x"], make_context())

    assert caught.value.code == RESULT_TOO_LARGE


def test_a_collection_that_is_too_long_is_refused() -> None:
    """Tuples and lists alike."""
    function = make_function(returns=ListType(STRING), impl=lambda text: ListValue((text,) * (MAX_ITEMS + 1), STRING))
    with pytest.raises(FunctionError) as caught:
        call_function(function, ["x"], make_context())

    assert f"the result would have {MAX_ITEMS + 1} elements, more than the limit of {MAX_ITEMS}" == caught.value.message


def test_values_that_are_nested_too_deeply_are_a_fault() -> None:
    """Not an end of the process."""
    value: Value = "x"
    for _ in range(5000):
        value = (value,)

    assert failure("jsonencode", value).message == "the value is more than 200 levels deep"


def test_templates_render_no_templates() -> None:
    """A file could include itself for ever."""
    context = replace(make_context(), inside="templatefile")

    assert (
        failure("templatefile", "x", {}, context=context).message
    ) == "cannot recursively call templatefile from inside another template function"


@pytest.mark.parametrize("name", ["file", "fileexists", "filesha256", "filebase64", "env", "secret_file"])
def test_a_template_from_a_string_reads_no_sources(name: str) -> None:
    """Its text may come from anywhere; what it needs is handed to it."""
    context = replace(make_context(), inside="templatestring")

    assert "in templatestring templates" in failure(name, "x", context=context).message


def test_a_template_file_may_read_files(tmp_path: Any) -> None:
    """It is part of the configuration."""
    (tmp_path / "x").write_text("content", encoding="utf-8")

    assert call("file", "x", context=replace(make_context(tmp_path), inside="templatefile")) == "content"
