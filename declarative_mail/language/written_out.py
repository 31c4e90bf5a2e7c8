"""Expressions that are written out: literals, and lists and objects of nothing else.

Most are. They refer to nothing, and what they are can be read off without an evaluator.
"""

from __future__ import annotations

from itertools import chain

from declarative_mail.language.memory import LARGE
from declarative_mail.language.syntax import Expression, Literal, Object, Tuple
from declarative_mail.language.values import Value

_LITERAL = frozenset((Literal,))


def is_written_out(expression: Expression) -> bool:
    """Whether an expression is a literal, or a list or an object of literals."""
    if isinstance(expression, Literal):
        return True
    if isinstance(expression, Tuple):
        return _LITERAL.issuperset(map(type, expression.items))
    return isinstance(expression, Object) and _LITERAL.issuperset(map(type, chain.from_iterable(expression.items)))


def read_off(expression: Expression) -> tuple[Value, ...] | dict[str, Value] | None:
    """The value of a list or an object of literals.

    None for anything else, and for what an evaluator has to look at: whether it is too large, or what a key stands for.
    """
    if isinstance(expression, Tuple):
        items = expression.items
        if len(items) < LARGE and _LITERAL.issuperset(map(type, items)):
            return tuple([item.value for item in items])  # type: ignore[union-attr]  # just tested
    elif isinstance(expression, Object) and len(expression.items) < LARGE:
        found: dict[str, Value] = {}
        for key, item in expression.items:
            if not isinstance(key, Literal) or not isinstance(item, Literal) or not isinstance(key.value, str):
                return None
            found[key.value] = item.value
        return {name: found[name] for name in sorted(found)}
    return None
