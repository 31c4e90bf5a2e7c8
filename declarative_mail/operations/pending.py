"""Whether a declared object still has to be written: what a data source that depends on it must wait for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from declarative_mail.resources.desired import Desired, to_stored
from declarative_mail.resources.stored import reference_leaf
from declarative_mail.state.snapshot import ResourceRecord

_HIDDEN: dict[str, Any] = {"$secret": None}


def is_pending(desired: Desired, record: ResourceRecord | None) -> bool:
    """Whether an object is missing or differs. Secrets are left out: no data source can read one."""
    if record is None:
        return True
    wanted = to_stored(
        desired.attributes,
        secret_leaf=lambda _: _HIDDEN,
        reference_leaf=reference_leaf,
        unknown_leaf=lambda one: {"$unknown": one.path},
    )
    return bool(wanted != _without_secrets(record.attributes))


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        if "$secret" in value:
            return _HIDDEN
        return {name: _without_secrets(item) for name, item in value.items()}
    return [_without_secrets(item) for item in value] if isinstance(value, list | tuple) else value
