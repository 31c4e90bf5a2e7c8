"""Refuses a value of the wrong type, in the words that help with that value."""

from __future__ import annotations

from collections.abc import Iterable

from declarative_mail.diagnostics import Span
from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.language.types import friendly_name, type_of
from declarative_mail.language.values import ListValue, MapValue, Marked, SetValue, Unknown, Value
from declarative_mail.resources.draft import Draft
from declarative_mail.resources.leaves import Path, format_path
from declarative_mail.resources.places import place_of
from declarative_mail.resources.schema import AttributeSchema

_ONE = {"text": "a string", "secret": "a string or a secret", "number": "a number", "flag": "true or false"}
_MANY = {"text": "strings", "secret": "strings", "number": "numbers", "flag": "bools"}


def article(type_: str) -> str:
    """The type of a resource in a sentence: ``an smtp_server``, ``a user_group``."""
    return f"{'an' if type_[0] in 'aeio' or type_.startswith('smtp') else 'a'} {type_}"


def wanted(one: AttributeSchema) -> str:
    """What the attribute takes, in words: ``a list of strings``."""
    if one.shape == "one":
        return wanted_leaf(one)
    return f"a {one.shape} of {f'{one.reference}s' if one.leaf == 'reference' else _MANY[one.leaf]}"


def wanted_leaf(one: AttributeSchema) -> str:
    """What one value of the attribute is, in words."""
    return article(str(one.reference)) if one.leaf == "reference" else _ONE[one.leaf]


def refuse_leaf(draft: Draft, one: AttributeSchema, value: Value, path: Path) -> Unknown:
    """One value has the wrong type."""
    instances = instances_of(value)
    if one.reference and instances:
        detail = f"{format_path(path)} takes {article(one.reference)}; {instances} has several instances."
        return draft.report(codes.WRONG_REFERENCE, path, detail, help=f"name one of them: {instances}[…]")
    if one.leaf == "reference" and isinstance(value, dict | MapValue):
        detail = (
            f"{format_path(path)} gets an object that is no longer a resource: a function such as merge made a new "
            "value of it. "
            "Refer to the resource itself, by its type and name."
        )
        return draft.report(codes.LOST_REFERENCE, path, detail)
    detail = f"{format_path(path)} takes {wanted_leaf(one)}; this is {_described(value)}."
    return draft.report(codes.WRONG_TYPE, path, detail, help=_leaf_help(one, value), blank=_blank(draft, one, path))


def refuse_whole(draft: Draft, one: AttributeSchema, value: Value, path: Path) -> Unknown:
    """A list, set or map was wanted and something else came."""
    instances = instances_of(value)
    if one.reference and instances:
        detail = f"{format_path(path)} takes {wanted(one)}; {instances} is a map of its instances."
        return draft.report(codes.WRONG_TYPE, path, detail, help=f"the instances alone: values({instances})")
    detail = f"{format_path(path)} takes {wanted(one)}; this is {_described(value)}."
    help_ = _whole_help(draft, one, value, path)
    return draft.report(codes.WRONG_TYPE, path, detail, help=help_, blank=_blank(draft, one, path))


def _blank(draft: Draft, one: AttributeSchema, path: Path) -> Span | None:
    return place_of(draft.body, path) if one.sensitive else None


def instances_of(value: Value) -> str | None:
    """The address of the resource whose instances the value holds, all of them, or None."""
    items: Iterable[Value] = ()
    if isinstance(value, dict):
        items = value.values()
    elif isinstance(value, tuple):
        items = value
    addresses = {item.address.resource if isinstance(item, Marked) and item.address else None for item in items}
    return str(addresses.pop()) if len(addresses) == 1 and None not in addresses else None


def _described(value: Value) -> str:
    if isinstance(value, Marked) and value.address:
        return f"the resource {value.address}"
    name = friendly_name(type_of(value))
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"


def _leaf_help(one: AttributeSchema, value: Value) -> str | None:
    if one.leaf == "flag" and isinstance(value, str) and value.lower() in ("yes", "on", "1", "no", "off", "0"):
        return f"did you mean {one.name} = {'true' if value.lower() in ('yes', 'on', '1') else 'false'}?"
    if one.shape == "one" and isinstance(value, tuple | ListValue | SetValue):
        return f"{one.name} takes one value, not a list"
    return None


def _whole_help(draft: Draft, one: AttributeSchema, value: Value, path: Path) -> str | None:
    if one.shape == "map" or isinstance(value, dict | MapValue):
        return None
    written = place_of(draft.body, path).text
    return (
        f"in brackets: [{written}]"
        if len(written) <= 60 and "\n" not in written and not one.sensitive
        else "in brackets: […]"
    )
