"""Hostile input: bounded time and memory, and a diagnostic instead of a crash."""

from __future__ import annotations

import time

import pytest

from declarative_mail.diagnostics import Source
from declarative_mail.language import faults
from declarative_mail.language.evaluate import Scope, evaluate_expression
from declarative_mail.language.limits import MAX_DEPTH
from declarative_mail.language.parse import parse_expression
from declarative_mail.language.syntax import Binary, Literal, Parentheses
from declarative_mail.language.values import Value
from tests.language.evaluate.scope import call_context
from tests.language.evaluate.test_conversions import expression


def codes(text: str, names: dict[str, Value] | None = None) -> list[str]:
    """The codes of the faults of an expression."""
    tree, found = parse_expression(Source("test", text))
    if tree is not None and not found:
        _, found = evaluate_expression(tree, Scope.root(names or {}, context=call_context()))
    return [one.code.id for one in found]


def brackets(count: int) -> str:
    """An expression for a JSON text with that many brackets in each other."""
    opening = f'join("", [for x in range({count}) : "["])'
    closing = f'join("", [for x in range({count}) : "]"])'
    return f'"${{{opening}}}${{{closing}}}"'


def test_a_template_that_doubles_fifty_times() -> None:
    """It ends at the limit of a text, within a second and a few times its size."""
    names: dict[str, Value] = {"text": "x" * 1000}
    started = time.process_time()
    for _ in range(50):
        names["text"], found = evaluate_expression(expression('"${text}${text}"'), Scope.root(names, functions={}))
        if found:
            break

    assert [one.code.id for one in found] == ["DM2091"]
    assert time.process_time() - started < 10


def test_a_list_that_doubles_fifty_times() -> None:
    """No part of it is copied, and it is refused before anything walks over all of it."""
    names: dict[str, Value] = {"list": ("x",)}
    started = time.process_time()
    for _ in range(50):
        names["list"], found = evaluate_expression(expression("[list, list]"), Scope.root(names, functions={}))
        if found:
            break

    assert [one.code.id for one in found] == ["DM2091"]
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "text",
    [
        "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]",
        "{for a in range(1000) : a => {for b in range(1000) : b => {for c in range(1000) : c => 1}}}",
        '"%{for a in range(1000)}%{for b in range(1000)}%{for c in range(1000)}x%{endfor}%{endfor}%{endfor}"',
        "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : {x = 1}][*].x]]",
        "[for a in range(1000) : [for b in range(1000) : 1 / (b + 1)]]",
    ],
)
def test_nested_loops_end(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A budget of rounds for one evaluation covers loops within loops, splats, and slow arithmetic."""
    monkeypatch.setattr(faults, "MAX_ROUNDS", 50_000)

    assert codes(text) == ["DM2091"]


def test_the_budget_is_one_of_each_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many expressions that are each within it are all evaluated."""
    monkeypatch.setattr(faults, "MAX_ROUNDS", 10_000)
    scope = Scope.root({}, context=call_context())
    most = expression("length([for a in range(100) : [for b in range(98) : 1]])")

    assert [evaluate_expression(most, scope)[0] for _ in range(4)] == [100] * 4


def test_the_real_budget_is_seconds_of_work() -> None:
    """Not hours, whatever the loops are nested in."""
    started = time.process_time()

    assert codes("[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]") == ["DM2091"]
    assert time.process_time() - started < 60


@pytest.mark.parametrize("levels", [MAX_DEPTH + 10, 900])
def test_a_deep_value_is_refused(levels: int) -> None:
    """However it came to be, as a value or already by the function that makes it."""
    assert codes(f"jsondecode({brackets(levels)})") in (["DM2090"], ["DM2205"])


def test_a_deep_expression_is_refused_or_evaluated() -> None:
    """Built by hand, deeper than the parser lets anything through."""
    place = expression("1").span
    tree = Literal(1, place)
    deep: Parentheses | Literal = tree
    chain: Binary | Literal = tree
    for _ in range(5000):
        deep = Parentheses(deep, place)
        chain = Binary("+", chain, tree, place)
    scope = Scope.root({}, functions={})

    assert [one.code.id for one in evaluate_expression(deep, scope)[1]] == ["DM2090"]
    assert evaluate_expression(chain, scope) == (5001, [])


@pytest.mark.parametrize(
    "text",
    [
        "1e2000 * 1e2000",
        "1e-2000 / 1e2000",
        'tonumber("1e999999999")',
        "1e999999999",
        '"1p99999999" + 1',
        "(" * 100_000,
        "[" * 100_000,
        "-" * 100_000 + "1",
        '"${' * 10_000,
        "true ? 1 : " * 5000 + "1",
        "a" + ".b" * 50_000,
        "a" + "[0]" * 50_000,
        "{a = " * 5000,
    ],
)
def test_hostile_text_ends_in_a_diagnostic(text: str) -> None:
    """Within seconds, whoever it is that refuses it."""
    started = time.process_time()

    assert codes(text)
    assert time.process_time() - started < 20
