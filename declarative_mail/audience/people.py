"""From rules and groups to the mailboxes that they reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

Objects: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Attributes in stored form by address; only groups and rules are looked at."""

EventKey: TypeAlias = tuple[str, str, str]
"""Pipeline, event type, stage; a stage of ``*`` is every stage."""


def audience(objects: Objects) -> dict[EventKey, frozenset[str]]:
    """For every event that some rule names, the mailboxes that are told, in lower case."""
    reached: dict[EventKey, set[str]] = {}
    for address, rule in objects.items():
        if ".notification_rule." in f".{address}" and rule.get("enabled", True):
            people = set(recipients(rule, objects))
            for event in events(rule):
                reached.setdefault(event, set()).update(people)
    return {event: frozenset(people) for event, people in reached.items()}


def events(rule: Mapping[str, Any]) -> Iterator[EventKey]:
    """The events that a rule is about."""
    pipeline = str(rule.get("pipeline") or "*")
    for event in rule.get("event") or ():
        for stage in event.get("stages") or ("*",):
            yield pipeline, str(event.get("type")), str(stage)


def recipients(rule: Mapping[str, Any], objects: Objects) -> Iterator[str]:
    """The mailboxes that a rule reaches by mail, directly and through its groups."""
    email = rule.get("email") or {}
    yield from (address.lower() for address in email.get("recipients") or () if isinstance(address, str))
    for group in email.get("user_groups") or ():
        reference = group.get("$ref") if isinstance(group, Mapping) else None
        if reference is None:
            # Something that is not managed here: it reaches somebody, and nobody here knows whom.
            yield f"<{group}>"
        elif reference in objects:
            yield from members(objects[reference])


def members(group: Mapping[str, Any]) -> Iterator[str]:
    """The mailboxes of a group: its own addresses, and its members if mail goes to all of them."""
    if group.get("enabled") is False:
        return
    email = (group.get("notification_preferences") or {}).get("email") or {}
    yield from (address.lower() for address in email.get("addresses") or () if isinstance(address, str))
    if email.get("send_to_all_members"):
        yield from (member.lower() for member in group.get("members") or () if isinstance(member, str))
