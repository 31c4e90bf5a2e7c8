"""Stores as tests use them: described by plain data, so that another process can open the same one."""

from __future__ import annotations

import http.client
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from declarative_mail.state.stores.base import Store
from declarative_mail.state.stores.http_wire import HttpFailed
from declarative_mail.state.stores.settings import open_store, read_settings


def stores(*kinds: str) -> list[Any]:
    """Parameters for the fixture `store_at`. Tests of one kind run on one worker, which starts its server once."""
    return [pytest.param(kind, marks=pytest.mark.xdist_group(f"state-{kind}")) for kind in kinds]


@dataclass(frozen=True)
class StoreAt:
    """Where a store is.

    Args:
        kind: of the backend.
        arguments: of its block.
        directory: the working directory.
        environment: what the library of the store reads from there.
    """

    kind: str
    arguments: Mapping[str, Any]
    directory: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict)

    def open(self) -> Store:
        """Open it anew, as another run would."""
        os.environ.update(self.environment)
        return open_store(
            read_settings(self.kind, self.arguments), directory=Path(self.directory), http=lambda _: PlainClient()
        )

    def with_key(self, key: str) -> StoreAt:
        """The same place, another environment."""
        return StoreAt(self.kind, {**self.arguments, "key": key}, self.directory, self.environment)


@dataclass(frozen=True)
class PlainResponse:
    """An answer."""

    status: int
    headers: dict[str, str]
    content: bytes


class PlainClient:
    """An `HttpClient` on the standard library: one connection for each request."""

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str], content: bytes | None = None
    ) -> PlainResponse:
        """Send it and read the answer."""
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        try:
            connection.request(method, target, body=content, headers=dict(headers))
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return PlainResponse(answer.status, found, answer.read())
        except (OSError, http.client.HTTPException) as error:
            raise HttpFailed(f"{type(error).__name__}: {error}") from None
        finally:
            connection.close()
