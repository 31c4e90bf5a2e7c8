"""The reference server of our own API, for the conformance suite."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from declarative_mail.remotes.rest.server.objects import Objects
from tests.remotes.fault_proxy import Fault, FaultProxy, Reply, fault_proxy
from tests.remotes.rest_server import rest_server
from tests.support.canary import secret_value
from tests.support.project import Project

SECRETS = {"SECRET_ONE": secret_value("one"), "SECRET_TWO": secret_value("two"), "HOOK": secret_value("hook")}


@dataclass
class RestHarness:
    """The reference server."""

    proxy: FaultProxy
    block: str
    environment: dict[str, str]
    database: Path
    remote: str = "rest"
    token: str = "REST_TOKEN"
    reads_secrets: bool = False
    calls: ClassVar[Mapping[str, tuple[str, str]]] = {
        "create": ("POST", "/v1/user_group"),
        "update": ("PUT", "/v1/user_group/"),
        "delete": ("DELETE", "/v1/user_group/"),
    }

    def objects(self, type_: str) -> dict[str, dict[str, Any]]:
        """Read from its file."""
        store = Objects(self.database)
        found = store.page(type_, after=0, limit=10_000, natural_key=None)
        store.close()
        return {one.id: dict(one.attributes) for one in found}

    def change(self, type_: str, id_: str, **attributes: Any) -> None:
        """Written to its file, as another client's PUT would."""
        store = Objects(self.database)
        stored = store.get(type_, id_)
        assert stored is not None
        store.update(stored, stored.natural_key, {**stored.attributes, **attributes})
        store.close()

    def remove(self, type_: str, id_: str) -> None:
        """Deleted from its file."""
        store = Objects(self.database)
        stored = store.get(type_, id_)
        assert stored is not None
        store.delete(stored)
        store.close()

    def writes(self) -> int:
        """What is no GET."""
        return sum(method != "GET" for method, _ in self.proxy.requests)

    def groups_of_rule(self, rule: Mapping[str, Any]) -> list[str]:
        """By id."""
        return [one["$ref"]["id"] for one in rule["email"]["user_groups"]]

    def overtaken(self, change: Callable[[], None]) -> Fault:
        """The PUT names the version that was read, which is not the latest any more."""
        return Fault("PUT", lambda reply: reply, forwarded=True, path="/v1/user_group/", before=change)

    def hide(self, id_: str, *, until: str) -> None:
        """Let lists leave an object out until a request of a method comes: one that arrives late."""

        def without(reply: Reply) -> Reply:
            document = json.loads(reply.body)
            if "items" in document and not any(method == until for method, _ in self.proxy.requests[marked:]):
                document["items"] = [one for one in document["items"] if one["id"] != id_]
            return Reply(reply.status, reply.headers, json.dumps(document).encode())

        marked = len(self.proxy.requests)
        self.proxy.spoil(Fault("GET", without, forwarded=True, times=1000))

    def violations(self) -> list[str]:
        """The server refuses what its specification does not allow: a violation shows as a fault of the client."""
        return []


def harness_of(proxy: FaultProxy, token: str, database: Path, *, timeout: str = "4s") -> RestHarness:
    """What tests know of a server behind a proxy."""
    block = (
        f'remote "rest" "x" {{\n  endpoint = "{proxy.url}"\n  token = env("REST_TOKEN")\n  default = true\n'
        f'  timeout = "{timeout}"\n}}\n'
    )
    return RestHarness(proxy, block, {"REST_TOKEN": token, **SECRETS}, database)


@contextmanager
def rest_harness(folder: Path) -> Iterator[RestHarness]:
    """The reference server with a token."""
    token = secret_value("token")
    database = folder / "server.db"
    with rest_server(database, token) as url, fault_proxy(url) as proxy:
        yield harness_of(proxy, token, database)


@contextmanager
def project_on_rest(project: Project) -> Iterator[RestHarness]:
    """The reference server, running as the default remote of a project."""
    with TemporaryDirectory() as folder, rest_harness(Path(folder)) as running:
        project.environment.update(running.environment)
        project.write(running.block, "remote.hcl")
        yield running
