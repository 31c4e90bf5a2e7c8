"""Groups that somebody else rules: built in, filled by SCIM, or linked to a group of the single sign-on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.remotes.base import Objection, Operation


def protection_of(raw: Mapping[str, Any]) -> str | None:
    """Who rules a group, in words; None where nobody else does."""
    if raw.get("harnessManaged"):
        return "is built into Harness"
    if raw.get("externallyManaged"):
        return "is filled by SCIM"
    if raw.get("ssoLinked") or raw.get("isSsoLinked"):
        linked = raw.get("ssoGroupName") or raw.get("linkedSsoDisplayName") or raw.get("linkedSsoId") or "a group"
        return f"is linked to {linked} of the single sign-on"
    return None


def protected(operation: Operation, raw: Mapping[str, Any]) -> Iterator[Objection]:
    """What a change of a ruled group must not touch: name and members, and the group itself."""
    why = protection_of(raw)
    if why is None:
        return
    linked_only = not (raw.get("harnessManaged") or raw.get("externallyManaged"))
    if operation.verb == "delete":
        if not linked_only:
            detail = (
                f"{operation.address} {why} and cannot be deleted here. To let go of it, add a removed block with "
                "destroy = false."
            )
            yield Objection(operation.address, codes.OBJECT_PROTECTED, detail)
        return
    before, after = operation.before or {}, operation.after or {}
    if after.get("members") is not None:
        detail = (
            f"{operation.address} {why}: its members come from there. Leave members out, and only how the group is "
            "told is managed here."
        )
        yield Objection(operation.address, codes.OBJECT_PROTECTED, detail, ("members",))
    if not linked_only and before.get("name") != after.get("name"):
        detail = f'{operation.address} {why}: its name "{before.get("name")}" cannot be changed here. Set name to it.'
        yield Objection(operation.address, codes.OBJECT_PROTECTED, detail, ("name",))
