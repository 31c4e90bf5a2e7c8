"""A system of our API with a project beside it: objects are put into the one, and pulled into the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from declarative_mail.resources.registry import resource_types
from tests.remotes.fault_proxy import FaultProxy, fault_proxy
from tests.remotes.rest_server import rest_server
from tests.support.canary import secret_value

REMOTE = """remote "rest" "x" {
  endpoint = "%s"
  token    = env("REST_TOKEN")
%s}
"""


class Taken(Exception):  # noqa: N818 - named after what happened
    """Another object has this natural key."""


@dataclass
class System:
    """A running reference server behind a proxy that counts."""

    proxy: FaultProxy
    token: str
    made: list[tuple[str, str]] = field(default_factory=list)

    def block(self, *, default: bool = True) -> str:
        """The remote block."""
        return REMOTE % (self.proxy.url, "  default  = true\n" if default else "")

    def put(self, type_: str, **attributes: Any) -> str:
        """Make an object as another client would; its id.

        Raises:
            Taken: its natural key belongs to another one.
        """
        try:
            answer = self._call("POST", f"/v1/{type_}", {"attributes": attributes})
        except HTTPError as error:
            raise Taken if error.code == 409 else AssertionError(error.read()) from error
        self.made.append((type_, answer["id"]))
        return str(answer["id"])

    def change(self, type_: str, id_: str, **attributes: Any) -> None:
        """Change some attributes of an object as another client would."""
        found = self._call("GET", f"/v1/{type_}/{id_}")
        self._call("PUT", f"/v1/{type_}/{id_}", {"attributes": found["attributes"] | attributes}, found["etag"])

    def remove(self, type_: str, id_: str) -> None:
        """Delete an object as another client would."""
        found = self._call("GET", f"/v1/{type_}/{id_}")
        self._call("DELETE", f"/v1/{type_}/{id_}", None, found["etag"])

    def clear(self) -> None:
        """Delete everything that was put."""
        while self.made:
            self.remove(*self.made.pop())

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """All objects by type, with their versions."""
        return {type_: self._call("GET", f"/v1/{type_}?limit=1000")["items"] for type_ in resource_types()}

    @property
    def writes(self) -> int:
        """How many requests were made that change something."""
        return sum(method != "GET" for method, _ in self.proxy.requests)

    def _call(self, method: str, path: str, body: Any = None, etag: str | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        headers |= {"If-Match": etag} if etag else {}
        data = json.dumps(body).encode() if body is not None else None
        # Past the proxy: it counts what the project does.
        request = Request(f"{self.proxy.target}{path}", data, headers, method=method)  # noqa: S310 - loopback
        with urlopen(request, timeout=20) as answer:  # noqa: S310
            content = answer.read()
        return json.loads(content) if content else None


@contextmanager
def running_system(folder: Path) -> Iterator[System]:
    """A server with a database in a folder."""
    token = secret_value("token")
    with rest_server(folder / "server.db", token) as url, fault_proxy(url) as proxy:
        yield System(proxy, token)


def secret(name: str = "any") -> dict[str, Any]:
    """A secret that another client set: its fingerprint says nothing here."""
    return {"$secret": {"source": f"vault:{name}", "version": 1, "fingerprint": f"f-{name}", "value": "v"}}


def reference(type_: str, id_: str) -> dict[str, Any]:
    """A reference to another object."""
    return {"$ref": {"type": type_, "id": id_}}
