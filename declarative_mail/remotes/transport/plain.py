"""A client that sends each request once: for callers with a protocol of their own, such as the stores of states."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from declarative_mail.remotes.answers import Answer
from declarative_mail.remotes.transport.shared import (
    answer_of,
    log,
    new_client,
    require_secure,
    unreachable,
    without_query,
)
from declarative_mail.secrets import Secret

if TYPE_CHECKING:
    import httpx


class TlsSettings(Struct, frozen=True, kw_only=True):
    """Whom a `PlainClient` trusts and how it shows itself, PEM texts where they are set."""

    verify: bool = True
    ca_certificate: str = ""
    client_certificate: str = ""
    client_key: Secret | None = None
    allow_plain_http: bool = False


class PlainClient:
    """Sends each request once, whatever comes back, redirects too: for callers with a protocol of their own."""

    def __init__(self, tls: TlsSettings, *, timeout: float = 60.0) -> None:
        """Nothing is sent yet."""
        self._tls = tls
        self._timeout = timeout
        self._client: httpx.Client | None = None

    def request(self, method: str, url: str, *, headers: Mapping[str, str], content: bytes | None = None) -> Answer:
        """Send it and read the whole answer.

        Raises:
            TransportError: no whole answer came, or it would have gone out in clear.
        """
        import httpx

        require_secure(url, allowed=self._tls.allow_plain_http)
        try:
            response = self._open().request(method, url, headers=dict(headers), content=content)
        except httpx.HTTPError as error:
            raise unreachable(error, without_query(url), seconds=self._timeout) from None
        answer = answer_of(response, response.content, without_query(url))
        log(method, answer)
        return answer

    def _open(self) -> httpx.Client:
        if self._client is None:
            self._client = new_client(timeout=self._timeout, verify=self._trust())
            weakref.finalize(self, self._client.close)
        return self._client

    def _trust(self) -> Any:
        tls = self._tls
        if not tls.verify:
            return False
        if not tls.ca_certificate and not tls.client_certificate:
            return True
        import ssl

        context = ssl.create_default_context(cadata=tls.ca_certificate or None)
        if tls.client_certificate and tls.client_key is not None:
            _load_certificate(context, tls.client_certificate, tls.client_key)
        return context


def _load_certificate(context: Any, certificate: str, key: Secret) -> None:
    """The ssl module reads certificates from files only: a private one, gone at once."""
    import os
    import tempfile

    handle, path = tempfile.mkstemp(prefix="dmail-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{certificate}\n{key.reveal()}\n")
        context.load_cert_chain(path)
    finally:
        os.unlink(path)  # noqa: PTH108 - the path of mkstemp
