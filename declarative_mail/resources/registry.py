"""Which types there are."""

from __future__ import annotations

_RESOURCES = ("secret", "smtp_server", "user_group", "notification_rule", "email_task", "approval_process")
_DATA_SOURCES = ("smtp_server", "user_group", "secret")


def resource_types() -> tuple[str, ...]:
    """Every type of resource."""
    return _RESOURCES


def data_types() -> tuple[str, ...]:
    """Every type that a ``data`` block can read."""
    return _DATA_SOURCES
