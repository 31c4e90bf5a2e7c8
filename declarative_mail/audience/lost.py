"""Events that somebody is told of now and nobody after a plan."""

from __future__ import annotations

from declarative_mail.audience.people import EventKey, Objects, audience


def lost_events(before: Objects, after: Objects) -> list[str]:
    """In words, each event that loses its last recipient."""
    if not any("notification_rule." in address for address in before):
        return []
    now, later = audience(before), audience(after)
    return [_words(event) for event in sorted(now) if now[event] and not _still_told(event, later)]


def _still_told(event: EventKey, later: dict[EventKey, frozenset[str]]) -> bool:
    pipeline, kind, _ = event
    candidates = {event, (pipeline, kind, "*"), ("*", kind, "*"), (pipeline, "AllEvents", "*")}
    return any(later.get(one) for one in candidates)


def _words(event: EventKey) -> str:
    pipeline, kind, stage = event
    where = "any pipeline" if pipeline == "*" else f'pipeline "{pipeline}"'
    return f"{kind} of {where}" + (f', stage "{stage}"' if stage != "*" else "")
