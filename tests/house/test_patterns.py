"""Regular expressions keep to what every supported Python matches rightly."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from re import _constants, _parser  # how a pattern is read is told nowhere else
from typing import Any

import pytest

import declarative_mail

_SINGLE = frozenset(("LITERAL", "NOT_LITERAL", "IN", "ANY", "CATEGORY", "RANGE"))


def _patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Every pattern that a module keeps, with its name."""
    for one in pkgutil.walk_packages(declarative_mail.__path__, "declarative_mail."):
        if not one.name.endswith("__main__"):
            module = import_module(one.name)
            yield from (
                (f"{one.name}.{name}", value) for name, value in vars(module).items() if isinstance(value, re.Pattern)
            )


def _repeats_groups(parsed: Any) -> bool:
    """Whether a group is repeated possessively, or is atomic, anywhere in a pattern."""
    for operator, argument in parsed:
        if operator is _constants.ATOMIC_GROUP:
            return True
        if operator is _constants.POSSESSIVE_REPEAT:
            repeated = list(argument[2])
            if len(repeated) != 1 or str(repeated[0][0]) not in _SINGLE:
                return True
        if any(_repeats_groups(inner) for inner in _inside(argument)):
            return True
    return False


def _inside(argument: Any) -> Iterator[Any]:
    if isinstance(argument, _parser.SubPattern):
        yield argument
    elif isinstance(argument, tuple | list):
        for one in argument:
            yield from _inside(one)


def test_no_group_is_repeated_possessively() -> None:
    """Python before 3.11.5, which Debian 12 has, goes wrong where a round of one fails after it has begun."""
    found = dict(_patterns())

    assert len(found) > 30
    assert [name for name, one in found.items() if _repeats_groups(_parser.parse(one.pattern, one.flags))] == []


@pytest.mark.parametrize("pattern", ["(?:ab|c)*+", "x(?:ab)++", "(?>ab)", "(?:(?:ab)?+c)*"])
def test_what_is_looked_for_is_found(pattern: str) -> None:
    """In patterns that have it, and in no others."""
    assert _repeats_groups(_parser.parse(pattern))
    assert not _repeats_groups(_parser.parse("[ab]*+c++(?:ab)*"))
