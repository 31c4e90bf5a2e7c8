"""User groups on the wire: how they tell their members, entry by entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from declarative_mail.remotes.base import Operation, Stored
from declarative_mail.remotes.harness.context import Context
from declarative_mail.remotes.harness.scope import Scope
from declarative_mail.resources.canonical import canonical_set

TYPE = "user_group"

_CHANNELS = {
    "slack": ("SLACK", "slackWebhookUrl", "webhook_url"),
    "msteams": ("MSTEAMS", "microsoftTeamsWebhookUrl", "webhook_url"),
    "pagerduty": ("PAGERDUTY", "pagerDutyKey", "integration_key"),
    "webhook": ("WEBHOOK", "webhookUrl", "url"),
}
"""For each block: the type of its entry, the field of the wire, the attribute."""
_OURS = frozenset({"EMAIL", *(kind for kind, _, _ in _CHANNELS.values())})

_OTHERS = (
    "isSsoLinked",
    "linkedSsoId",
    "linkedSsoDisplayName",
    "linkedSsoType",
    "ssoGroupId",
    "ssoGroupName",
    "externallyManaged",
    "harnessManaged",
)
"""What we do not manage and a full replacement would clear: it is sent back as it was read."""


def from_wire(raw: Mapping[str, Any], members: list[str] | None, context: Context, known: Any) -> Stored:
    """The attributes of a group.

    Args:
        raw: as Harness answers.
        members: their addresses; None where nobody here manages them.
        context: for secrets.
        known: the attributes as they are known, for secrets and for the spelling of addresses.
    """
    scope = Scope.of_raw(raw)
    known_preferences = (known or {}).get("notification_preferences") or {}
    preferences: dict[str, Any] = dict.fromkeys(("email", *_CHANNELS))
    for entry in raw.get("notificationConfigs") or ():
        if entry.get("type") == "EMAIL":
            spelled = (known_preferences.get("email") or {}).get("addresses")
            preferences["email"] = _email_from_wire(entry, spelled)
        for block, (kind, name, attribute) in _CHANNELS.items():
            if entry.get("type") == kind:
                leaf = (known_preferences.get(block) or {}).get(attribute)
                preferences[block] = {attribute: context.secret_from_wire(entry.get(name), scope, leaf)}
    spelled = (known or {}).get("members")
    return {
        "name": raw.get("name") or "",
        "identifier": raw["identifier"],
        "description": raw.get("description") or "",
        "tags": dict(raw.get("tags") or {}),
        **scope.attributes,
        "members": None if members is None else _as_spelled(members, spelled),
        "notification_preferences": preferences,
    }


def _as_spelled(addresses: list[str], known: list[str] | None) -> list[str]:
    """Addresses in canonical order; those that are known but for the case of letters as they are known."""
    spelling = {one.casefold(): one for one in known or ()}
    return canonical_set([spelling.get(one.casefold(), one) for one in addresses], fold=True)


def _email_from_wire(entry: Mapping[str, Any], spelled: list[str] | None) -> dict[str, Any]:
    """Several addresses stand in one field, with commas. Who says nothing of the members means all of them."""
    addresses = [one.strip() for one in str(entry.get("groupEmail") or "").split(",")]
    to_all = entry.get("sendEmailToAllUsers")
    return {
        "addresses": _as_spelled([one for one in addresses if one], spelled),
        "send_to_all_members": True if to_all is None else bool(to_all),
    }


def to_wire(operation: Operation, live: Mapping[str, Any] | None, users: list[str]) -> dict[str, Any]:
    """The body of a write: a full replacement.

    Args:
        operation: what is written.
        live: the group as it is, for what we do not manage.
        users: the addresses of the members, ours or those that it has.
    """
    after = operation.after or {}
    scope = Scope.of(after)
    others = {name: live[name] for name in _OTHERS if live is not None and live.get(name) is not None}
    if live is not None and live.get("ssoLinked") is not None:
        others["isSsoLinked"] = live["ssoLinked"]
    foreign = [one for one in (live or {}).get("notificationConfigs") or () if one.get("type") not in _OURS]
    body = {
        **{name: value for name, value in scope.query.items() if value is not None},
        "identifier": after["identifier"],
        "name": after["name"],
        "description": after.get("description") or "",
        "tags": after.get("tags") or {},
        "notificationConfigs": [*_entries(operation), *foreign],
        "users": users,
    }
    return {**others, **body}


def _entries(operation: Operation) -> list[dict[str, Any]]:
    preferences = (operation.after or {}).get("notification_preferences") or {}
    entries = []
    email = preferences.get("email")
    if email is not None:
        # `sendEmailToAllUsers` is always written: left out, the server takes it for true.
        entries.append(
            {
                "type": "EMAIL",
                "groupEmail": ",".join(email["addresses"]),
                "sendEmailToAllUsers": email["send_to_all_members"],
            }
        )
    for block, (kind, name, attribute) in _CHANNELS.items():
        value = (preferences.get(block) or {}).get(attribute)
        if value is not None:
            path = f"notification_preferences.{block}.{attribute}"
            entries.append({"type": kind, name: Context.secret_to_wire(value, path, operation)})
    return entries


def members_of(raw: Mapping[str, Any]) -> dict[str, str]:
    """The addresses of the members by id; the answers of a list have ids alone, and say nothing here."""
    users = [one for one in raw.get("users") or () if isinstance(one, Mapping)]
    return {str(one.get("id") or one.get("email")): str(one.get("email")) for one in users}
