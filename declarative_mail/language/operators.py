"""The operators: what their operands are converted to and what comes out."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from declarative_mail.language import numeric
from declarative_mail.language.equality import equal
from declarative_mail.language.marks import unmark, with_marks
from declarative_mail.language.types import BOOL, DYNAMIC, NUMBER, Type
from declarative_mail.language.values import Marked, Null, Unknown, Value


class Operator(Struct, frozen=True):
    """One operator: `operand` is the type its operands are converted to, `result` that of what comes out."""

    operand: Type
    result: Type
    apply: Callable[..., Value]


class OperationError(ArithmeticError):
    """The operands have the right types, but there is no result; the message begins with a small letter."""


def _unequal(left: Value, right: Value) -> Value:
    result, marks = unmark(equal(left, right))
    return with_marks(result if isinstance(result, Unknown) else not result, marks)


BINARY: dict[str, Operator] = {
    "+": Operator(NUMBER, NUMBER, numeric.add),
    "-": Operator(NUMBER, NUMBER, numeric.subtract),
    "*": Operator(NUMBER, NUMBER, numeric.multiply),
    "/": Operator(NUMBER, NUMBER, numeric.divide),
    "%": Operator(NUMBER, NUMBER, numeric.modulo),
    "<": Operator(NUMBER, BOOL, lambda left, right: left < right),
    "<=": Operator(NUMBER, BOOL, lambda left, right: left <= right),
    ">": Operator(NUMBER, BOOL, lambda left, right: left > right),
    ">=": Operator(NUMBER, BOOL, lambda left, right: left >= right),
    "&&": Operator(BOOL, BOOL, lambda left, right: left and right),
    "||": Operator(BOOL, BOOL, lambda left, right: left or right),
    "==": Operator(DYNAMIC, BOOL, equal),
    "!=": Operator(DYNAMIC, BOOL, _unequal),
}
UNARY: dict[str, Operator] = {
    "-": Operator(NUMBER, NUMBER, numeric.negate),
    "!": Operator(BOOL, BOOL, lambda operand: not operand),
}


def operate(operator: Operator, *operands: Value) -> Value:
    """Apply an operator to converted operands: unknown where one is unknown, sensitive where one is sensitive.

    Raises:
        OperationError: an operand is null, or the operation has no result.
    """
    if operator.operand is DYNAMIC:
        return operator.apply(*operands)
    if any(isinstance(operand, Marked) for operand in operands):
        pairs = [unmark(operand) for operand in operands]
        return with_marks(
            operate(operator, *[bare for bare, _ in pairs]), [mark for _, marks in pairs for mark in marks]
        )
    if any(operand is None or isinstance(operand, Null) for operand in operands):
        raise OperationError("argument must not be null")
    if any(isinstance(operand, Unknown) for operand in operands):
        return Unknown(operator.result, not_null=True)
    try:
        return operator.apply(*operands)
    except numeric.UndefinedResultError:
        raise OperationError("can't divide zero by zero or infinity by infinity") from None
    except numeric.NumberRangeError as error:
        raise OperationError(f"the result has more than {numeric.MAX_EXPONENT:,} digits") from error
