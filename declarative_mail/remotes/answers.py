"""What comes back over HTTP: an answer, or one of few kinds of errors.

::

    TransportError          nobody can use what came back; `str` says why, without secrets
    ├── Unreachable         no whole answer came: no connection, a timeout, an answer that broke off
    ├── NotAnApi            an answer that no API gives: a redirect to a login page, HTML where JSON belongs
    └── Insecure            clear text to another machine, which nobody allowed
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_REQUEST_IDS = ("x-request-id", "x-correlation-id", "x-harness-request-id")


class TransportError(Exception):
    """Nobody can use what came back."""


class Unreachable(TransportError):  # noqa: N818 - named after what happened
    """No whole answer came."""


class NotAnApi(TransportError):  # noqa: N818 - likewise
    """An answer that no API gives."""


class Insecure(TransportError):  # noqa: N818 - likewise
    """Clear text to another machine."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Args:
        status: the HTTP status.
        headers: names in lower case.
        content: the whole body.
        url: what was asked, without query.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)
    url: str = ""

    @property
    def ok(self) -> bool:
        """Whether the status is a success."""
        return 200 <= self.status < 300

    @property
    def request_id(self) -> str | None:
        """What the other side calls this request, for its logs."""
        return next((self.headers[name] for name in _REQUEST_IDS if name in self.headers), None)

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            NotAnApi: it is something else.
        """
        try:
            return json.loads(self.content)
        except ValueError:
            kind = self.headers.get("content-type", "no content type")
            message = f"{self.url} answered {self.status} with {kind}, which is not JSON: {_excerpt(self.content)}"
            raise NotAnApi(message) from None

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            NotAnApi: it is something else.
        """
        document = self.json()
        if not isinstance(document, dict):
            raise NotAnApi(f"{self.url} answered {self.status} with JSON that is no object")
        return document


def _excerpt(content: bytes) -> str:
    text = " ".join(content[:200].decode("utf-8", "replace").split())
    return f'"{text[:80]}"' if text else "an empty body"
