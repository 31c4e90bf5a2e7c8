"""Several questions at once, to one remote or to many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

_One = TypeVar("_One")
_Answer = TypeVar("_Answer")


def side_by_side(ask: Callable[[_One], _Answer], asked: Iterable[_One], *, at_once: int | None = None) -> list[_Answer]:
    """Ask several things at once; the answers in the order of the questions.

    Args:
        ask: called in threads, unless there is one question only.
        asked: the questions.
        at_once: how many at the most; by default all.
    """
    questions = list(asked)
    if len(questions) <= 1:
        return [ask(one) for one in questions]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(at_once or len(questions), len(questions))) as pool:
        return list(pool.map(ask, questions))
