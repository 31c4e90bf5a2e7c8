"""Rules that several types share."""

from __future__ import annotations

from collections.abc import Iterable

from declarative_mail.addresses import Address
from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.resources.base import Fault, Rule, Values, label_of
from declarative_mail.resources.checks import identifier_of
from declarative_mail.resources.draft import FAULTY

RECIPIENT_LIMIT = 50
"""KubeSphere documents 50 recipients for a channel, and a connection test tries no more."""


def complete_name(values: Values, address: Address) -> Iterable[Fault]:
    """Without a name, the label is the name."""
    values.setdefault("name", label_of(address))
    return ()


def complete_identity(values: Values, address: Address) -> Iterable[Fault]:
    """Without a name, the label is the name; without an identifier, it is made from the name."""
    name = values.setdefault("name", label_of(address))
    if "identifier" not in values:
        values["identifier"] = identifier_of(name) if isinstance(name, str) else name
    return ()


def check_scope(values: Values) -> Iterable[Fault]:
    """A project belongs to an organisation."""
    if values.get("project") is not None and values.get("organization") is None:
        detail = (
            "project is set without organization. A project is named within its organisation: set organization too."
        )
        yield Fault(codes.INCOMPLETE_ATTRIBUTES, ("project",), detail)


def check_selector(values: Values) -> Iterable[Fault]:
    """A data source is asked for an object by identifier or by name."""
    identifier, name = values.get("identifier"), values.get("name")
    if identifier is None and name is None:
        yield Fault(
            codes.INCOMPLETE_ATTRIBUTES, (), "Neither identifier nor name is set, so it is not said which one to read."
        )
    elif identifier is not None and name is not None:
        detail = "identifier and name are both set. Each alone says which one to read: keep one of them."
        yield Fault(codes.CONFLICTING_ATTRIBUTES, ("name",), detail, related=((("identifier",), "and here"),))


def at_most_50(name: str) -> Rule:
    """A rule that warns of more recipients than every system takes."""

    def rule(values: Values) -> Iterable[Fault]:
        return many_recipients(values, name)

    return rule


def many_recipients(values: Values, name: str) -> Iterable[Fault]:
    """More recipients than every system takes."""
    count = len(values[name]) if isinstance(values.get(name), list) else 0
    if count > RECIPIENT_LIMIT:
        detail = (
            f"{name} holds {count} addresses. KubeSphere documents at most {RECIPIENT_LIMIT}, and a connection test "
            "tries no more. "
            "A distribution list has one address for all of them."
        )
        yield Fault(codes.MANY_RECIPIENTS, (name,), detail)


def is_set(values: Values, name: str) -> bool:
    """Whether an attribute has a value that was not refused; one known only after apply counts."""
    value = values.get(name)
    return value is not None and value is not FAULTY


def excludes(values: Values, first: str, second: str, why: str) -> Iterable[Fault]:
    """Two attributes of which at most one may be set."""
    if is_set(values, first) and is_set(values, second):
        detail = f"{first} and {second} are both set. {why}"
        yield Fault(codes.CONFLICTING_ATTRIBUTES, (second,), detail, related=(((first,), "and here"),))


def needs(values: Values, first: str, second: str, why: str) -> Iterable[Fault]:
    """An attribute that means something only beside another."""
    if is_set(values, first) and values.get(second) is None:
        yield Fault(codes.INCOMPLETE_ATTRIBUTES, (first,), f"{first} is set without {second}. {why}")
