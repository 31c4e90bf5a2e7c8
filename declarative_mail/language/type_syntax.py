"""Reads type constraints: ``list(string)``, ``object({ a = optional(number, 1) })``, ``any``."""

from __future__ import annotations

from collections.abc import Callable

from declarative_mail.diagnostics import Diagnostic, Label, Span, suggestion
from declarative_mail.diagnostics.codes import evaluation as codes
from declarative_mail.language.convert import ConversionError, convert
from declarative_mail.language.evaluate import evaluate_expression
from declarative_mail.language.scope import Scope
from declarative_mail.language.syntax import Call, Expression, Literal, Object, Tuple, Variable
from declarative_mail.language.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    Type,
)
from declarative_mail.language.values import Value

_KEYWORDS: dict[str, Type] = {"string": STRING, "number": NUMBER, "bool": BOOL, "any": DYNAMIC}
_COLLECTIONS: dict[str, Callable[[Type], Type]] = {"list": ListType, "set": SetType, "map": MapType}
_NAMES = (*_KEYWORDS, *_COLLECTIONS, "object", "tuple")

_ELEMENT = "The {} type constructor requires one argument specifying the element type."
_ARGUMENTS = {
    "object": "The object type constructor requires one argument specifying the attribute types and values as a map.",
    "tuple": "The tuple type constructor requires one argument specifying the element types as a list.",
    **{name: _ELEMENT.format(name) for name in _COLLECTIONS},
}


def read_type(expression: Expression) -> tuple[Type, list[Diagnostic]]:
    """The type that a ``type`` argument asks for, and its faults; `DYNAMIC` in the place of what cannot be read.

    ``list`` and ``map`` alone stand for ``list(any)`` and ``map(any)``, as they do in Terraform.
    """
    if isinstance(expression, Variable) and expression.name in ("list", "map"):
        return _COLLECTIONS[expression.name](DYNAMIC), []
    reader = _Reader()
    return reader.type(expression), reader.faults


class _Reader:
    """Reads one constraint and collects its faults."""

    def __init__(self) -> None:
        self.faults: list[Diagnostic] = []

    def fault(self, detail: str, place: Expression | Span, *, help_: str | None = None) -> Type:
        span = place if isinstance(place, Span) else place.span
        self.faults.append(Diagnostic(codes.INVALID_TYPE, detail, Label(span), help=help_))
        return DYNAMIC

    def type(self, expression: Expression) -> Type:
        if isinstance(expression, Variable):
            return self._keyword(expression)
        if isinstance(expression, Call):
            return self._constructor(expression)
        if isinstance(expression, Literal) and isinstance(expression.value, str):
            detail = "A type specification is written without quotes."
            known = expression.value in _KEYWORDS
            return self.fault(detail, expression, help_=f"write {expression.value}" if known else None)
        detail = (
            "A type specification is either a primitive type keyword (bool, number, string) or a complex type "
            "constructor call, like list(string)."
        )
        return self.fault(detail, expression)

    def _keyword(self, expression: Variable) -> Type:
        name = expression.name
        if name in _KEYWORDS:
            return _KEYWORDS[name]
        detail = _ARGUMENTS.get(name) or f'The keyword "{name}" is not a valid type specification.'
        return self.fault(detail, expression, help_=None if name in _ARGUMENTS else suggestion(name, _NAMES))

    def _constructor(self, call: Call) -> Type:
        name, arguments = call.name, call.arguments
        if name in _KEYWORDS:
            kind = "Type constraint" if name == "any" else "Primitive type"
            return self.fault(f'{kind} keyword "{name}" does not expect arguments.', call)
        if name == "optional":
            detail = 'Keyword "optional" is valid only as a modifier for object type attributes.'
            return self.fault(detail, call.name_span)
        if name not in _ARGUMENTS:
            detail = f'Keyword "{name}" is not a valid type constructor.'
            return self.fault(detail, call, help_=suggestion(name, _ARGUMENTS))
        if len(arguments) != 1:
            return self.fault(_ARGUMENTS[name], arguments[1] if arguments else call)
        if name in _COLLECTIONS:
            return _COLLECTIONS[name](self.type(arguments[0]))
        return self._object(arguments[0]) if name == "object" else self._tuple(arguments[0])

    def _tuple(self, argument: Expression) -> Type:
        if not isinstance(argument, Tuple):
            return self.fault("Tuple type constructor requires a list of element types.", argument)
        return TupleType(tuple([self.type(item) for item in argument.items]))

    def _object(self, argument: Expression) -> Type:
        if not isinstance(argument, Object):
            detail = (
                "Object type constructor requires a map whose keys are attribute names and whose values are the "
                "corresponding attribute types."
            )
            return self.fault(detail, argument)
        attributes: dict[str, Type] = {}
        optional: set[str] = set()
        defaults: dict[str, Value] = {}
        for key, item in argument.items:
            name = key.value if isinstance(key, Literal) and not key.span.text.startswith('"') else None
            if not isinstance(name, str):
                self.fault("Object constructor map keys must be attribute names.", key)
            elif name in attributes:
                self.fault("Object constructor map keys must be unique.", key)
            elif isinstance(item, Call) and item.name == "optional":
                optional.add(name)
                attributes[name] = self._optional(name, item, defaults)
            else:
                attributes[name] = self.type(item)
        ordered = tuple(sorted(attributes.items()))
        return ObjectType(ordered, frozenset(optional), tuple(sorted(defaults.items())))

    def _optional(self, name: str, call: Call, defaults: dict[str, Value]) -> Type:
        if not call.arguments:
            detail = "Optional attribute modifier requires the attribute type as its argument."
            return self.fault(detail, call)
        if len(call.arguments) > 2:
            detail = (
                "Optional attribute modifier expects at most two arguments: the attribute type, and a default value."
            )
            self.fault(detail, call.arguments[2])
        type_ = self.type(call.arguments[0])
        if len(call.arguments) == 2:
            self._default(name, call.arguments[1], type_, defaults)
        return type_

    def _default(self, name: str, expression: Expression, type_: Type, defaults: dict[str, Value]) -> None:
        value, faults = evaluate_expression(expression, Scope.root({}, functions={}))
        if faults:
            self.faults.extend(faults)
            return
        try:
            defaults[name] = convert(value, type_)
        except ConversionError as error:
            detail = f"This default value is not compatible with the attribute's type constraint: {error.located}."
            self.faults.append(Diagnostic(codes.INVALID_OPTIONAL_DEFAULT, detail, Label(expression.span)))
