"""Notification rules as entries of a pipeline's YAML: events, and one method each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from declarative_mail.remotes.base import Operation, Stored
from declarative_mail.remotes.harness.context import Context
from declarative_mail.remotes.harness.scope import Scope
from declarative_mail.resources.canonical import canonical_set
from declarative_mail.resources.checks import identifier_of
from declarative_mail.resources.events import ALL_STAGES, EVENT_TYPES, STAGE_EVENTS
from declarative_mail.resources.stored import REFERENCE, leaf_content

METHODS = {
    "email": "Email",
    "slack": "Slack",
    "msteams": "MsTeams",
    "pagerduty": "PagerDuty",
    "webhook": "Webhook",
    "datadog": "Datadog",
}
"""The type of notificationMethod for each block. User groups spell them otherwise."""

_LISTS = {"email": {"recipients": "recipients"}}
_SECRETS = {
    "slack": {"webhook_url": "webhookUrl"},
    "pagerduty": {"integration_key": "integrationKey"},
    "webhook": {"url": "webhookUrl"},
    "datadog": {"url": "url", "api_key": "apiKey"},
}
_WITH_GROUPS = frozenset({"email", "slack", "msteams", "pagerduty"})
_WITH_HEADERS = frozenset({"webhook", "datadog"})


# -- events --------------------------------------------------------------------------------------------


def sorted_events(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Events in canonical order: theirs means nothing to Harness."""
    return sorted(events, key=lambda one: (str(one["type"]), [str(s) for s in one["stages"] or ()], str(one["steps"])))


def _event_from_wire(entry: Mapping[str, Any]) -> dict[str, Any]:
    stages = [str(one) for one in entry.get("forStages") or ()]
    return {
        "type": entry.get("type"),
        "stages": [] if ALL_STAGES in stages else canonical_set(stages),
        "steps": canonical_set([str(one) for one in entry.get("forSteps") or ()]),
    }


def _event_to_wire(event: Mapping[str, Any]) -> dict[str, Any]:
    """Without ``forStages`` the server cannot tell of an event of stages: all of them are named (semantics 36)."""
    entry: dict[str, Any] = {"type": event["type"]}
    if event["type"] in STAGE_EVENTS or event["stages"]:
        entry["forStages"] = list(event["stages"]) or [ALL_STAGES]
    if event["steps"]:
        entry["forSteps"] = list(event["steps"])
    return entry


# -- reading -------------------------------------------------------------------------------------------


def is_readable(data: Mapping[str, Any]) -> bool:
    """Whether an entry is one that a resource can say: a known method, known events."""
    method = data.get("notificationMethod")
    if not isinstance(method, Mapping) or method.get("type") not in METHODS.values():
        return False
    events = data.get("pipelineEvents") or []
    return isinstance(events, list) and all(
        isinstance(one, Mapping) and one.get("type") in EVENT_TYPES for one in events
    )


def from_wire(data: Mapping[str, Any], scope: Scope, pipeline: str, context: Context, known: Any) -> Stored:
    """The attributes of an entry.

    Args:
        data: the entry.
        scope: of the pipeline.
        pipeline: its identifier.
        context: for references and secrets.
        known: the attributes as they are known, for secrets.
    """
    name = str(data.get("name") or data.get("identifier") or "")
    method = data["notificationMethod"]
    channel = next(block for block, type_ in METHODS.items() if type_ == method["type"])
    spec = method.get("spec") or {}
    events = [_event_from_wire(one) for one in data.get("pipelineEvents") or ()]
    return {
        "name": name,
        "identifier": str(data.get("identifier") or identifier_of(name)),
        # Left out, the server takes it for false.
        "enabled": bool(data.get("enabled")),
        **scope.attributes,
        "pipeline": pipeline,
        "event": sorted_events(events),
        **dict.fromkeys(METHODS),
        channel: _channel_from_wire(channel, spec, scope, context, (known or {}).get(channel) or {}),
    }


def _channel_from_wire(
    channel: str, spec: Mapping[str, Any], scope: Scope, context: Context, known: Mapping[str, Any]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, wire in _LISTS.get(channel, {}).items():
        found[name] = canonical_set([str(one) for one in spec.get(wire) or ()], fold=True)
    for name, wire in _SECRETS.get(channel, {}).items():
        found[name] = context.secret_from_wire(_text(spec.get(wire)), scope, known.get(name))
    if channel == "msteams":
        keys, old = spec.get("msTeamKeys") or (), known.get("webhook_urls") or ()
        found["webhook_urls"] = [
            context.secret_from_wire(str(one), scope, old[index] if index < len(old) else None)
            for index, one in enumerate(keys)
        ]
    if channel in _WITH_GROUPS:
        groups = [context.group_from_wire(str(one), scope) for one in spec.get("userGroups") or ()]
        found["user_groups"] = sorted(groups, key=lambda one: leaf_content(one, REFERENCE) or one)
    if channel in _WITH_HEADERS:
        old_headers = known.get("headers") or {}
        found["headers"] = {
            name: context.secret_from_wire(str(value), scope, old_headers.get(name))
            for name, value in sorted((spec.get("headers") or {}).items())
        }
    if channel == "email":
        found |= {"subject": None, "text": None, "html": None}
    return found


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


# -- writing -------------------------------------------------------------------------------------------


def to_wire(operation: Operation, existing: Mapping[str, Any] | None, context: Context) -> dict[str, Any]:
    """The keys of an entry that are ours.

    What the existing one says in other words (another order, more fields of its method) stays as it stands.

    Args:
        operation: what is written.
        existing: the entry that is there.
        context: for secrets.
    """
    after = operation.after or {}
    events = [_event_to_wire(one) for one in after["event"]]
    wanted: dict[str, Any] = {
        "name": after["name"],
        "enabled": after["enabled"],
        "pipelineEvents": events,
        "notificationMethod": _method_to_wire(operation, existing, context),
    }
    if existing is None:
        return {"name": wanted.pop("name"), "identifier": after["identifier"], **wanted}
    if _as_set(existing.get("pipelineEvents")) == _as_set(events):
        wanted["pipelineEvents"] = existing["pipelineEvents"]
    return wanted


def _method_to_wire(operation: Operation, existing: Mapping[str, Any] | None, context: Context) -> dict[str, Any]:
    after = operation.after or {}
    channel = next(block for block in METHODS if after.get(block) is not None)
    spec = _spec_to_wire(channel, after[channel], operation, context)
    method = (existing or {}).get("notificationMethod")
    if isinstance(method, Mapping) and method.get("type") == METHODS[channel]:
        old = method.get("spec") or {}
        same = {name: old[name] for name, value in spec.items() if name in old and _alike(old[name], value)}
        spec = {**old, **spec, **same}
        return {**method, "type": METHODS[channel], "spec": spec}
    return {"type": METHODS[channel], "spec": spec}


def _spec_to_wire(channel: str, block: Mapping[str, Any], operation: Operation, context: Context) -> dict[str, Any]:
    spec: dict[str, Any] = {wire: list(block[name]) for name, wire in _LISTS.get(channel, {}).items()}
    for name, wire in _SECRETS.get(channel, {}).items():
        value = context.secret_to_wire(block.get(name), f"{channel}.{name}", operation)
        if value is not None:
            spec[wire] = value
    if channel == "msteams":
        urls = enumerate(block.get("webhook_urls") or ())
        spec["msTeamKeys"] = [
            context.secret_to_wire(one, f"msteams.webhook_urls[{index}]", operation) for index, one in urls
        ]
    if channel in _WITH_GROUPS:
        # Always written: older servers fail where it is missing.
        spec["userGroups"] = sorted(context.group_to_wire(one, operation.ids) for one in block["user_groups"])
    if channel in _WITH_HEADERS and block.get("headers"):
        spec["headers"] = {
            name: context.secret_to_wire(value, f"{channel}.headers.{name}", operation)
            for name, value in block["headers"].items()
        }
    return spec


def _alike(one: Any, other: Any) -> bool:
    """Whether two values of a method mean the same: lists are sets."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, one)) == sorted(map(str, other))
    return bool(one == other)


def _as_set(events: Any) -> list[str]:
    found = [_event_from_wire(one) for one in events or () if isinstance(one, Mapping)]
    return sorted(str(sorted(one.items())) for one in found)
