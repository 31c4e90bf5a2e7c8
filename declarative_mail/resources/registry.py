"""Which types there are. A type's module is imported when the type is first asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from declarative_mail.resources.base import DataSource, Resource

_RESOURCES = {
    "secret": "SecretText",
    "smtp_server": "SmtpServer",
    "user_group": "UserGroup",
    "notification_rule": "NotificationRule",
    "email_task": "EmailTask",
    "approval_process": "ApprovalProcess",
}
_DATA_SOURCES = {"smtp_server": "SmtpServerData", "user_group": "UserGroupData", "secret": "SecretData"}


def resource_types() -> tuple[str, ...]:
    """Every type of resource."""
    return tuple(_RESOURCES)


def data_types() -> tuple[str, ...]:
    """Every type that a ``data`` block can read."""
    return tuple(_DATA_SOURCES)


@cache
def resource_class(type_: str) -> type[Resource]:
    """The model of a resource type.

    Raises:
        KeyError: there is no such type.
    """
    return cast("type[Resource]", getattr(_module(type_), _RESOURCES[type_]))


@cache
def data_class(type_: str) -> type[DataSource]:
    """The model of what a ``data`` block of this type takes.

    Raises:
        KeyError: there is no such type.
    """
    return cast("type[DataSource]", getattr(_module(type_), _DATA_SOURCES[type_]))


def upgrade(type_: str, attributes: dict[str, Any], version: int) -> dict[str, Any]:
    """Attributes as a state of an older schema version holds them, in today's form.

    Raises:
        KeyError: there is no such type.
        ValueError: the version is newer than this program knows.
    """
    class_ = resource_class(type_)
    if not 1 <= version <= class_.schema_version:
        raise ValueError(f"{type_} has schema versions 1 to {class_.schema_version}, not {version}")
    for step in class_.upgrades[version - 1 :]:
        attributes = step(attributes)
    return attributes


def _module(type_: str) -> object:
    if type_ not in _RESOURCES:
        raise KeyError(type_)
    return import_module(f"declarative_mail.resources.{type_}")
