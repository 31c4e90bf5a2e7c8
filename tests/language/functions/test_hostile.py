"""What is meant to exhaust time or memory ends soon, in a fault or in a result."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from declarative_mail.diagnostics.codes.functions import RESULT_TOO_LARGE
from declarative_mail.language.functions import globbing
from declarative_mail.language.functions.model import MAX_ITEMS, MAX_TEXT, FunctionError
from declarative_mail.language.values import Value
from tests.language.functions.world import call, make_context

SECONDS = 20.0
"""Processor time that any of these may take on a busy machine; what it guards against takes hours."""


@contextmanager
def soon() -> Iterator[None]:
    """What is inside takes no more than `SECONDS` of processor time."""
    start = time.process_time()
    yield
    assert time.process_time() - start < SECONDS


def refusal(name: str, *arguments: Value) -> FunctionError:
    """The fault, which comes soon."""
    with soon(), pytest.raises(FunctionError) as caught:
        call(name, *arguments)
    return caught.value


DOUBLINGS: dict[str, Callable[[str], Value]] = {
    "replace": lambda text: call("replace", text, "x", "xx"),
    "replace by pattern": lambda text: call("replace", text, "/x/", "$0$0"),
    "join": lambda text: call("join", "", (text, text)),
    "join by separator": lambda text: call("join", text, ("", "", "")),
    "format": lambda text: call("format", "%s%s", text, text),
    "format again": lambda text: call("format", "%[1]s%[1]s", text),
    "formatlist": lambda text: call("join", "", call("formatlist", "%s%s", (text, text), text)),
    "jsonencode": lambda text: call("jsonencode", (text, text)),
    "yamlencode": lambda text: call("yamlencode", {"a": text, "b": text}),
}


@pytest.mark.parametrize("name", sorted(DOUBLINGS))
def test_doubling_a_text_fifty_times_ends_in_a_fault(name: str) -> None:
    """The size is known before the text is made: memory never holds more than a few times the limit."""

    def double_fifty_times() -> None:
        text: Value = "x" * 1000
        for _ in range(50):
            text = DOUBLINGS[name](str(text))

    with soon(), pytest.raises(FunctionError) as caught:
        double_fifty_times()

    assert caught.value.code == RESULT_TOO_LARGE


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("format", ("%1000000000s", "x")),
        ("format", ("%.1000000000f", 1)),
        ("format", ("%99999999999999999999d", 1)),
        ("formatlist", ("%1000000d", tuple(range(100)))),
        ("indent", (2**40, "\n")),
        ("indent", (2**20, "\n" * 100)),
        ("replace", ("x" * 2**20, "", "y" * 2**20)),
        ("join", ("x" * 2**20, ("",) * 2**10)),
        ("range", (10**9,)),
        ("range", (0, Decimal("1e-9"), Decimal("1e-18"))),
        ("setproduct", (tuple(range(2000)),) * 3),
        ("setproduct", ((1, 2),) * 64),
        ("regexall", ("", "x" * (MAX_ITEMS + 10))),
        ("split", ("", "x" * (MAX_ITEMS + 10))),
        ("urlencode", ("ü" * (MAX_TEXT // 2),)),
        ("base64encode", ("x" * MAX_TEXT,)),
        ("parseint", ("9" * 10**7, 10)),
        ("jsondecode", ("[" * 100_000,)),
        ("jsondecode", ("[" * 100_000 + "]" * 100_000,)),
        ("jsondecode", ('{"a":' * 100_000,)),
        ("jsondecode", ("1e999999999",)),
        ("jsondecode", ("9" * 10**6,)),
        ("yamldecode", ("[" * 5_000,)),
        ("yamldecode", ("- " * 5_000 + "x",)),
        ("yamldecode", ("x" * 2**22,)),
        ("yamldecode", ("1" + "0" * 200_000,)),
        ("tonumber", ("1e999999999",)),
        ("bcrypt", ("x", 31)),
        ("timeadd", ("2020-01-01T00:00:00Z", "9" * 10**6 + "h")),
        ("cidrsubnet", ("::/0", 2**62, 0)),
        ("cidrhost", ("::/0", 10**10_000)),
        ("regex", ("(" * 5_000 + "a" + ")" * 5_000 + "{2}{3}", "a")),
        ("regex", ("((a{1000}){1000}){1000}", "a")),
        ("csvdecode", ('"' * 1_000_001,)),
        ("formatdate", ("'" * 1_000_001, "2020-01-01T00:00:00Z")),
        ("pow", (Decimal("1e1000"), 2)),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_it_is_refused_soon(name: str, arguments: tuple[Value, ...]) -> None:
    """Before anything large is made."""
    assert refusal(name, *arguments).message


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(a+)+$", "a" * 50_000 + "!"),
        ("(a|aa)+b", "a" * 100_000),
        ("(.*)*x", "y" * 50_000),
        ("a?" * 30 + "a" * 30, "a" * 30),
        ("([a-z]+)*[0-9]", "abc" * 20_000),
    ],
)
def test_patterns_take_linear_time(pattern: str, text: str) -> None:
    """What backtracks for ever elsewhere is answered at once."""
    with soon():
        assert call("regexall", pattern, text) is not None


def test_a_power_beyond_all_numbers_is_infinite() -> None:
    """As a double has it; nothing is multiplied out."""
    with soon():
        assert call("pow", 10, 10**300) == Decimal("Infinity")


def test_values_with_shared_parts_are_not_unfolded() -> None:
    """Fifty lists of which each holds the next twice are small in memory and endless on paper."""
    value: Value = "x"
    for _ in range(50):
        value = (value, value)

    assert refusal("jsonencode", value).code == RESULT_TOO_LARGE
    assert refusal("flatten", value).code == RESULT_TOO_LARGE
    assert refusal("type", value).code == RESULT_TOO_LARGE


def test_aliases_in_yaml_are_counted_as_often_as_they_are_used() -> None:
    """A few lines that stand for a billion elements are refused."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

    assert refusal("yamldecode", "\n".join(lines)).code == RESULT_TOO_LARGE


def test_growing_a_list_ends_in_a_fault() -> None:
    """Doubling by concat as well."""

    def double_fifty_times() -> None:
        items: Value = ("x",) * 100
        for _ in range(50):
            items = call("concat", items, items)

    with soon(), pytest.raises(FunctionError) as caught:
        double_fifty_times()

    assert caught.value.code == RESULT_TOO_LARGE


def test_a_link_to_the_directory_above_does_not_search_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of them would give 2**40 paths before the system stops following."""
    monkeypatch.setattr(globbing, "MAX_ENTRIES", 5000)
    for name in ("a", "b"):
        (tmp_path / name).symlink_to(tmp_path)
    with soon(), pytest.raises(FunctionError) as caught:
        call("fileset", ".", "**/x", context=make_context(tmp_path))

    assert caught.value.code == RESULT_TOO_LARGE


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("strrev", ("e\u0301" * 200_000,)),
        ("length", ("\u200d" * 500_000,)),
        ("substr", ("\U0001f468\u200d" * 100_000, 5, 10)),
        ("title", ("a b" * 200_000,)),
        ("distinct", (tuple(str(number % 100) for number in range(100_000)),)),
        ("matchkeys", (tuple(map(str, range(50_000))),) * 3),
        ("setsubtract", (tuple(map(str, range(50_000))),) * 2),
        ("sort", (tuple(map(str, range(100_000))),)),
        ("base64gzip", ("a" * 200_000,)),
        ("base64gzip", ("ab" * 1_000_000,)),
        ("trim", ("x" * 10**6, "xy")),
        ("yamldecode", ("\n".join(f"k{number}: v" for number in range(2_000)),)),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_large_inputs_take_time_in_proportion(name: str, arguments: tuple[Value, ...]) -> None:
    """Not with its square."""
    with soon():
        call(name, *arguments)
