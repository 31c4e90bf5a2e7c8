"""type: for the console alone, where a person looks at values."""

from __future__ import annotations

from declarative_mail.language.functions.model import Function, Parameter
from declarative_mail.language.types import (
    DYNAMIC,
    STRING,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    Type,
    type_expression,
    type_of,
)
from declarative_mail.language.values import Value


class TypeText(str):
    """What ``type(x)`` gives: the console prints it without quotes, and it has no use in a larger expression."""

    __slots__ = ()


def type_text(value: Value) -> Value:
    """The type as the console shows it."""
    return TypeText(_type_lines(type_of(value), ""))


def _type_lines(type_: Type, indent: str) -> str:
    inner = indent + "    "
    match type_:
        case ObjectType(attributes=attributes) if attributes:
            lines = [f"{inner}{name}: {_type_lines(one, inner)},\n" for name, one in attributes]
            return f"object({{\n{''.join(lines)}{indent}}})"
        case TupleType(items=items) if items:
            lines = [f"{inner}{_type_lines(one, inner)},\n" for one in items]
            return f"tuple([\n{''.join(lines)}{indent}])"
        case ListType(element=element) | SetType(element=element) | MapType(element=element):
            name = type_expression(type_).partition("(")[0]
            if isinstance(element, ObjectType | TupleType) and _type_lines(element, "").count("\n"):
                return f"{name}(\n{inner}{_type_lines(element, inner)},\n{indent})"
            return f"{name}({_type_lines(element, indent)})"
    return "dynamic" if type_ == DYNAMIC else type_expression(type_)


FUNCTIONS = (
    Function(
        name="type",
        parameters=(
            Parameter("value", DYNAMIC, allow_null=True, allow_unknown=True, allow_marked=True, allow_dynamic=True),
        ),
        returns=STRING,
        category="conversion",
        help="The type of a value; only in the console.",
        example='type(["a", 1])',
        impl=type_text,
    ),
)
