"""``value[*].name``.

The same access for every element; a single value counts as a tuple of one, null as an empty one.
"""

from __future__ import annotations

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import evaluation as codes
from declarative_mail.language.dispatch import evaluates, value_of
from declarative_mail.language.faults import fault, spend
from declarative_mail.language.marks import unmark, with_marks
from declarative_mail.language.scope import Scope
from declarative_mail.language.syntax import Splat, SplatItem
from declarative_mail.language.types import DYNAMIC, ListType, SetType, TupleType, Type, inner_types, type_of
from declarative_mail.language.values import ListValue, SetValue, Unknown, Value, is_null

_ITEM = "*"


@evaluates(SplatItem)
def splat_item(_expression: SplatItem, scope: Scope) -> Value:
    """The element in hand."""
    return scope.lookup(_ITEM)


@evaluates(Splat)
def splat(expression: Splat, scope: Scope) -> Value:
    """A tuple from a tuple or a single value, a list from a list or set."""
    source, marks = unmark(value_of(expression.target, scope))
    type_ = type_of(source) if not isinstance(source, tuple) else TupleType(())
    single = not isinstance(type_, TupleType | ListType | SetType)
    if is_null(source):
        if single:
            return with_marks((), marks)
        detail = "Splat expressions (with the * symbol) cannot be applied to null sequences."
        raise fault(codes.SPLAT_OF_NULL, detail, expression.target, scope)
    if type_ == DYNAMIC:
        return with_marks(Unknown(DYNAMIC), marks)
    if single:
        items = _apply(expression, (source,), scope)
        undecided = isinstance(source, Unknown) and not source.not_null
        return with_marks(Unknown(DYNAMIC) if undecided else tuple(items), marks)
    return with_marks(_splat_sequence(expression, source, type_, scope), marks)


def _splat_sequence(expression: Splat, source: Value, type_: Type, scope: Scope) -> Value:
    if isinstance(source, Unknown):
        return Unknown(_result_type(expression, type_, scope), not_null=True)
    if isinstance(source, tuple):
        return tuple(_apply(expression, source, scope))
    collection = source.items if isinstance(source, ListValue | SetValue) else ()
    items = _apply(expression, collection, scope)
    types = set(map(type_of, items)) or {_element_type(expression, inner_types(type_)[0], scope)}
    if len(types) > 1:
        detail = (
            "The second level of splat expression produced elements of different types, so it isn't possible to "
            "construct a valid list to represent the top-level result. Consider using a for expression instead, to "
            "produce a tuple-typed result which can therefore have non-homogenous element types."
        )
        raise fault(codes.NESTED_SPLAT, detail, expression, scope, span=expression.each.span)
    return ListValue(tuple(items), types.pop())


def _apply(expression: Splat, items: tuple[Value, ...], scope: Scope) -> list[Value]:
    if type(expression.each) is SplatItem:
        return list(items)
    spend(len(items), expression, scope)
    names: dict[str, Value] = {}
    inner = scope.child(names)
    results: list[Value] = []
    faults: list[Diagnostic] = []
    for item in items:
        names[_ITEM] = item
        try:
            results.append(value_of(expression.each, inner))
        except DiagnosticError as error:
            faults.extend(one for one in error.diagnostics if one not in faults)
    if faults:
        raise DiagnosticError(faults)
    return results


def _element_type(expression: Splat, element: Type, scope: Scope) -> Type:
    return type_of(value_of(expression.each, scope.child({_ITEM: Unknown(element)})))


def _result_type(expression: Splat, type_: Type, scope: Scope) -> Type:
    if isinstance(type_, TupleType):
        return TupleType(tuple([_element_type(expression, one, scope) for one in type_.items]))
    return ListType(_element_type(expression, inner_types(type_)[0], scope))
