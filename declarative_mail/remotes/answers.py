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

from declarative_mail.secrets import Secret

SHORTEST_HIDDEN = 4
"""Characters of a secret that is hidden in words of the other side: a shorter one would hide parts of any word."""
_REQUEST_IDS = ("x-request-id", "x-correlation-id", "x-harness-request-id")


class TransportError(Exception):
    """Nobody can use what came back."""


class Unreachable(TransportError):  # noqa: N818 - named after what happened
    """No whole answer came. `sent` tells whether the other side may have got the request."""

    def __init__(self, message: str, *, sent: bool = True) -> None:
        super().__init__(message)
        self.sent = sent


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
        hidden: the secrets of the request, which the other side may quote.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)
    url: str = ""
    hidden: tuple[Secret, ...] = field(default=(), repr=False)

    @property
    def ok(self) -> bool:
        """Whether the status is a success."""
        return 200 <= self.status < 300

    @property
    def request_id(self) -> str | None:
        """What the other side calls this request, for its logs."""
        return next((self.headers[name] for name in _REQUEST_IDS if name in self.headers), None)

    def quoted(self, text: str) -> str:
        """Words of the other side as they may be shown: without the secrets that were sent."""
        for secret in self.hidden:
            value = secret.reveal()
            if len(value) >= SHORTEST_HIDDEN:
                text = text.replace(value, f"({secret.source})")
        return text

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            NotAnApi: it is something else.
        """
        try:
            return json.loads(self.content)
        except ValueError:
            kind = self.headers.get("content-type", "no content type")
            message = f"{self.url} answered {self.status} with {kind}, which is not JSON: {self._excerpt()}"
            raise NotAnApi(message) from None

    def json_object(self, *needed: str) -> dict[str, Any]:
        """The body as a JSON object that has some members.

        Raises:
            NotAnApi: it is something else.
        """
        document = self.json()
        if not isinstance(document, dict):
            raise NotAnApi(f"{self.url} answered {self.status} with JSON that is no object")
        missing = [name for name in needed if name not in document]
        if missing:
            raise NotAnApi(f"{self.url} answered {self.status} with JSON that lacks {', '.join(missing)}")
        return document

    def _excerpt(self) -> str:
        # Hidden before it is cut: half a secret is one, too.
        text = " ".join(self.quoted(self.content[:10_000].decode("utf-8", "replace")).split())
        return f'"{text[:80]}"' if text else "an empty body"
