"""Presets, as the probe needs them: the hints that belong to a failure.

The table itself is `declarative_mail.resources.presets`, since a configuration is expanded with it, too.
"""

from __future__ import annotations

from declarative_mail.resources.presets import find_preset

# What a note's topic helps with: a failed login is not mended by a note about sender addresses.
_TOPICS = {
    "auth": {"auth"},
    "sender": {"sender"},
    "domain-auth": {"sender"},
    "recipient": {"recipient"},
    "relay": {"auth"},
    "rate": {"rate", "quota", "limit"},
    "quota": {"rate", "quota", "limit"},
    "limit": {"rate", "quota", "limit"},
    "tls": {"tls", "network"},
    "network": {"network"},
    "dns": {"network"},
    "content": {"content"},
}


def hints_for(preset: str | None, category: str) -> tuple[str, ...]:
    """What is known of a service that bears on a failure of this category.

    Args:
        preset: the preset's name, or None where the server has none.
        category: as in `Explanation.category`.
    """
    known = find_preset(preset) if preset else None
    if known is None:
        return ()
    topics = _TOPICS.get(category, set())
    notes = tuple(note.text for note in known.notes if note.topic in topics)
    ends = tuple(f"{one.what} {one.remedy}" for one in known.deadlines) if category == "auth" else ()
    return notes + ends
