"""Who is in a group: ids and addresses, by the newer API where there is one, else by the older."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from declarative_mail.remotes.harness.api import HarnessError
from declarative_mail.remotes.harness.context import Context
from declarative_mail.remotes.harness.scope import Place

_PATH = "/ng/api/user-groups"
_PATH_V2 = "/ng/api/v2/user-groups"


class Members:
    """Reads groups with the addresses of their members.

    ``GET /ng/api/v2/user-groups/{identifier}`` does it in one call; some self-managed installations do not have it
    yet, and say so with 404 or with the 400 of a group that does not exist. There a group and the list of its users
    are read apart.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._is_old = False

    def read(self, place: Place) -> Mapping[str, Any] | None:
        """A group whose ``users`` are ``{"id", "email"}``; None where it does not exist."""
        if not self._is_old:
            try:
                found: Mapping[str, Any] | None = self._context.api.read(
                    f"{_PATH_V2}/{place.identifier}", query=place.scope.query
                )
            except HarnessError as error:
                if error.status not in (404, 405):
                    raise
            else:
                if found is not None:
                    return found
        found = self._context.api.read(f"{_PATH}/{place.identifier}", query=place.scope.query)
        if found is None:
            return None
        self._is_old = True
        # The older API answers with ids alone: nobody need be asked about a group without members.
        return {**found, "users": list(self._users(place)) if found.get("users") else []}

    def _users(self, place: Place) -> Iterator[dict[str, str]]:
        path = f"{_PATH}/{place.identifier}/users"
        for one in self._context.api.pages(path, query=place.scope.query, body={}):
            yield {"id": one["uuid"], "email": one["email"]}
