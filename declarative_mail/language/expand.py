"""``count`` and ``for_each``: from a value to the keys of the instances."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

from declarative_mail.addresses import Key
from declarative_mail.diagnostics import Diagnostic, Label
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.evaluate import Scope, evaluate_expression
from declarative_mail.language.syntax import Expression
from declarative_mail.language.values import ListValue, MapValue, Marked, Null, SetValue, Unknown, Value

Instances: TypeAlias = "list[tuple[Key, Mapping[str, Value]]]"
"""For each instance its key and the names it adds to the scope (``each`` or ``count``)."""

_MOST = 100_000


def expand(
    count: Expression | None, for_each: Expression | None, scope: Scope, *, diagnostics: list[Diagnostic]
) -> Instances | None:
    """The instances of a block; None (and a fault) where they cannot be told."""
    if for_each is not None:
        return _expand_for_each(for_each, scope, diagnostics)
    if count is not None:
        return _expand_count(count, scope, diagnostics)
    return [(None, {})]


def _expand_count(count: Expression, scope: Scope, diagnostics: list[Diagnostic]) -> Instances | None:
    value, faults = evaluate_expression(count, scope)
    diagnostics.extend(faults)
    if faults:
        return None
    reason = _count_fault(value)
    if reason is not None:
        diagnostics.append(Diagnostic(codes.INVALID_COUNT, reason, Label(count.span)))
        return None
    return [(index, {"count": {"index": index}}) for index in range(_whole(value) or 0)]


def _count_fault(value: Value) -> str | None:
    """Why a value cannot be a count, or None."""
    if isinstance(value, Marked) and value.sensitive:
        return (
            f"The count value is sensitive{_from(value)}, and the number of instances cannot be hidden. "
            "If the number itself is no secret, wrap it in nonsensitive()."
        )
    if isinstance(value, Unknown):
        return (
            f"The count value depends on {value.path or 'a value'} that is known only after apply, so the number of "
            "instances cannot be told now. Apply what it depends on first with --target."
        )
    number = _whole(value)
    if number is None:
        return "The count value must be a whole number."
    if number < 0:
        return f"The count value must not be negative; it is {number}."
    if number > _MOST:
        return f"The count value {number} is more than the {_MOST} instances that one block may have."
    return None


def _whole(value: Value) -> int | None:
    """The whole number that a value is, or is the text of."""
    if isinstance(value, str) and value.removeprefix("-").isdigit():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value):
        return None
    return int(value)


def _expand_for_each(for_each: Expression, scope: Scope, diagnostics: list[Diagnostic]) -> Instances | None:
    value, faults = evaluate_expression(for_each, scope)
    diagnostics.extend(faults)
    if faults:
        return None
    reason = _for_each_fault(value)
    if reason is not None:
        diagnostics.append(Diagnostic(codes.INVALID_FOR_EACH, reason, Label(for_each.span)))
        return None
    items = value.items if isinstance(value, MapValue | SetValue) else value
    if isinstance(items, tuple):
        return [(key, {"each": {"key": key, "value": key}}) for key in items if isinstance(key, str)]
    keyed = items if isinstance(items, dict) else {}
    return [(key, {"each": {"key": key, "value": keyed[key]}}) for key in sorted(keyed)]


def _from(value: Marked) -> str:
    return f" (from {value.source})" if value.source else ""


def _for_each_fault(value: Value) -> str | None:
    """Why a value cannot be a for_each, or None."""
    if isinstance(value, Marked):
        if not value.sensitive:
            return _for_each_fault(value.value)
        return (
            f"The for_each value is sensitive{_from(value)}, and the keys would be shown as parts of addresses. "
            "If they are no secret, wrap the value in nonsensitive()."
        )
    if isinstance(value, Unknown):
        return (
            f"The for_each value depends on {value.path or 'a value'} that is known only after apply, so the instances "
            "cannot be told now. Use keys that are written in the configuration, or apply what it depends on first "
            "with --target."
        )
    if isinstance(value, SetValue):
        return _set_fault(value)
    if isinstance(value, MapValue | dict):
        return None
    if value is None or isinstance(value, Null):
        return "The for_each value is null. Give a map, or a set of strings; toset([]) makes no instances."
    form = " Wrap the list in toset()." if isinstance(value, ListValue | tuple) else ""
    return f"The for_each value must be a map, or a set of strings.{form}"


def _set_fault(value: SetValue) -> str | None:
    if any(isinstance(item, Unknown) for item in value.items):
        return "The for_each set holds values known only after apply, so the instances cannot be told now."
    if not all(isinstance(item, str) for item in value.items):
        return "The for_each set must hold strings only, none of them null."
    return None


def elements_of(value: Value) -> tuple[list[tuple[Value, Value]] | None, str]:
    """Keys and values of a collection, for dynamic blocks; None and the reason where there are none to tell."""
    if isinstance(value, Marked) and value.sensitive:
        return None, "The for_each value of a dynamic block is sensitive; the number of blocks cannot be hidden."
    bare = value.value if isinstance(value, Marked) else value
    if isinstance(bare, Unknown):
        return (
            None,
            "The for_each value of a dynamic block is known only after apply, so the blocks cannot be told now.",
        )
    if isinstance(bare, SetValue):
        return [(item, item) for item in bare.items], ""
    items = bare.items if isinstance(bare, MapValue | ListValue) else bare
    if isinstance(items, dict):
        return list(items.items()), ""
    if isinstance(items, tuple):
        return list(enumerate(items)), ""
    return None, "The for_each value of a dynamic block must be a collection: a list, a set, a map or an object."
