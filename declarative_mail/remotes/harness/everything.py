"""All that an account, an organisation or a project has, for whoever takes it over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from declarative_mail.remotes.base import LiveObject
from declarative_mail.remotes.harness.context import Context
from declarative_mail.remotes.harness.kind import Kind
from declarative_mail.remotes.harness.scope import Scope


def all_scopes(context: Context, root: Scope) -> list[Scope]:
    """A scope and all below it."""
    if root.project is not None:
        return [root]
    if root.organization is not None:
        return [root, *_projects(context, root.organization)]
    pages = context.api.pages("/ng/api/organizations", query={})
    organizations = sorted(one["organization"]["identifier"] for one in pages)
    projects = context.side_by_side(lambda one: _projects(context, one), organizations)
    return [root, *map(Scope, organizations), *(one for found in projects for one in found)]


def _projects(context: Context, organization: str) -> list[Scope]:
    pages = context.api.pages("/ng/api/projects", query={"orgIdentifier": organization})
    return [Scope(organization, name) for name in sorted(one["project"]["identifier"] for one in pages)]


def with_ids(context: Context, kinds: Mapping[str, Kind], scopes: Sequence[Scope]) -> dict[str, Sequence[LiveObject]]:
    """Everything by type, references as ``TYPE/ID``.

    What is referred to is read first: secrets, then groups, then the rules that name them.
    """
    found: dict[str, Sequence[LiveObject]] = {}
    for type_ in ("secret", "user_group", "smtp_server", "notification_rule"):
        objects = kinds[type_].all_in(scopes)
        context.know({f"{type_}/{one.id}": f"{type_}/{one.id}" for one in objects})
        found[type_] = sorted(objects, key=lambda one: one.id)
    return found
