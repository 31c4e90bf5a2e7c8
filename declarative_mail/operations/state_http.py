"""Lets the ``http`` state store speak through the one HTTP transport: a seam that keeps `state` free of it."""

from __future__ import annotations

from collections.abc import Mapping

from declarative_mail.remotes.answers import Answer, TransportError
from declarative_mail.remotes.transport import PlainClient, TlsSettings
from declarative_mail.state.stores.http_wire import HttpFailed, HttpSettings


class StateClient:
    """Sends the requests of a state store. See `HttpClient` for the contract."""

    def __init__(self, settings: HttpSettings) -> None:
        """Nothing is sent yet."""
        tls = TlsSettings(
            verify=not settings.skip_cert_verification,
            ca_certificate=settings.client_ca_certificate_pem,
            client_certificate=settings.client_certificate_pem,
            client_key=settings.client_private_key_pem,
            allow_plain_http=settings.allow_plain_http,
        )
        self._client = PlainClient(tls)

    def request(self, method: str, url: str, *, headers: Mapping[str, str], content: bytes | None = None) -> Answer:
        """Send it once and read the whole answer.

        Raises:
            HttpFailed: no whole answer came.
        """
        try:
            return self._client.request(method, url, headers=headers, content=content)
        except TransportError as error:
            raise HttpFailed(str(error)) from None
