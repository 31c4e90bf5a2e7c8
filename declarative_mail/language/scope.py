"""What the names in an expression stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from declarative_mail.language.values import Value

if TYPE_CHECKING:
    from declarative_mail.language.functions.model import CallContext, Function

MAX_ROUNDS: Final = 2_000_000
"""Rounds that the for expressions and splats of one evaluation may take together.

Some seconds, whatever they are nested in.
"""

ROUNDS_FOR_A_FRACTION: Final = 30
"""What an operation on numbers with a fraction counts for: a hundred times the work of one on whole numbers."""


class Budget:
    """Counts the work of one evaluation, so that nested loops end in a diagnostic and not in hours."""

    __slots__ = ("rounds",)

    def __init__(self) -> None:
        self.rounds = 0


class Scope:
    """The root names of an expression and, in a child scope, those that a ``for`` expression or a block adds.

    The tables are read in place: names that appear in them later are seen. Make one with `root`, then `child`.
    """

    __slots__ = ("budget", "context", "functions", "names", "parent")

    def __init__(
        self,
        names: Mapping[str, Value],
        parent: Scope | None,
        *,
        context: CallContext | None,
        functions: Mapping[str, Function],
        budget: Budget,
    ) -> None:
        self.names = names
        self.parent = parent
        self.context = context
        self.functions = functions
        self.budget = budget

    @classmethod
    def root(
        cls,
        names: Mapping[str, Value],
        *,
        context: CallContext | None = None,
        functions: Mapping[str, Function] | None = None,
    ) -> Scope:
        """The outermost scope.

        Args:
            names: the root names: ``var``, ``local``, resource types, …
            context: the world, for functions that look at it; without one no function can be called.
            functions: the functions that can be called, all those of the language unless given.
        """
        if functions is None:
            from declarative_mail.language.functions.table import FUNCTIONS

            functions = FUNCTIONS
        return cls(names, None, context=context, functions=functions, budget=Budget())

    def child(self, names: Mapping[str, Value]) -> Scope:
        """A scope with further names, which hide outer ones."""
        return Scope(names, self, context=self.context, functions=self.functions, budget=self.budget)

    def with_functions(self, functions: Mapping[str, Function]) -> Scope:
        """The same scope with other functions."""
        return Scope(self.names, self.parent, context=self.context, functions=functions, budget=self.budget)

    def lookup(self, name: str) -> Value:
        """The value of a root name.

        Raises:
            KeyError: nothing has that name.
        """
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        raise KeyError(name)

    @property
    def known_names(self) -> Iterable[str]:
        """Every name that can be looked up, for suggestions."""
        scope: Scope | None = self
        found: dict[str, None] = {}
        while scope is not None:
            found.update(dict.fromkeys(scope.names))
            scope = scope.parent
        return list(found)
