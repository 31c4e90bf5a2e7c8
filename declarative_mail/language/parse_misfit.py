"""That a piece does not follow the grammar, and where."""

from __future__ import annotations

from collections.abc import Iterable

NESTED_SPLAT = "nested splat"


class MisfitError(Exception):
    """The kinds do not follow the grammar.

    Args:
        index: which of them is the first at fault; their number where more was expected.
        expected: names of the terminals that could stand there.
        reason: the rule of HCL that is broken where it is one beyond the grammar.
    """

    def __init__(self, index: int, expected: Iterable[str] = (), reason: str = "") -> None:
        super().__init__(index)
        self.index = index
        self.expected = frozenset(expected)
        self.reason = reason
