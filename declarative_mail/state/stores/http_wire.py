"""Requests to an HTTP state server: credentials, repetition, and what a bad answer means. The client is handed in."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import md5
from typing import Protocol
from urllib.parse import quote, urlsplit, urlunsplit

from msgspec import Struct

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.secrets import Secret

_RETRIED = frozenset({429, 500, 502, 503, 504})
_ADVICE = "The address must be that of a state server, as Terraform's http backend uses it."


class HttpResponse(Protocol):
    """What came back. The names of the headers are in lower case."""

    @property
    def status(self) -> int: ...  # noqa: D102  # as the class says
    @property
    def headers(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def content(self) -> bytes: ...  # noqa: D102


class HttpFailed(Exception):  # noqa: N818  # named after what happened, as the other exceptions of this package
    """No answer came: no connection, a timeout, an answer that broke off. The message says which, without secrets."""


class HttpClient(Protocol):
    """Sends one request. Must not follow redirects (a login page is no state) and must not repeat anything."""

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str], content: bytes | None = None
    ) -> HttpResponse:
        """Send it and read the whole answer.

        Raises:
            HttpFailed: no whole answer came.
        """
        ...


class HttpSettings(Struct, frozen=True):
    """The attributes of ``backend "http"``, named as Terraform names them.

    Args:
        address: of the state. A `key` is put in where it says ``{key}``, otherwise appended to its path.
        key: tells several environments apart.
        lock_address: by default the address. ``""``: the server does not lock.
        unlock_address: by default the address for locking.
        update_method, lock_method, unlock_method: for servers that spell them otherwise.
        username, password: for basic authentication.
        retry_max: how often a request is repeated.
        retry_wait_min, retry_wait_max: seconds.
        allow_plain_http: ``http://`` to other machines than this one.
        skip_cert_verification, client_ca_certificate_pem, client_certificate_pem, client_private_key_pem: for the
            `HttpClient`, which is made with these settings.
    """

    address: str
    key: str = ""
    lock_address: str | None = None
    unlock_address: str | None = None
    update_method: str = "POST"
    lock_method: str = "LOCK"
    unlock_method: str = "UNLOCK"
    username: str = ""
    password: Secret | None = None
    retry_max: int = 2
    retry_wait_min: float = 1
    retry_wait_max: float = 30
    allow_plain_http: bool = False
    skip_cert_verification: bool = False
    client_ca_certificate_pem: str = ""
    client_certificate_pem: str = ""
    client_private_key_pem: Secret | None = None

    def url(self, address: str) -> str:
        """An address with the key in it."""
        key = quote(self.key, safe="")
        if "{key}" in address:
            return address.replace("{key}", key)
        if not key:
            return address
        parts = urlsplit(address)
        return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{key}"))


class Wire:
    """Sends the requests of one store."""

    def __init__(
        self, settings: HttpSettings, client: HttpClient, *, name: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Nothing is sent yet.

        Args:
            settings: credentials and how often to repeat.
            client: sends the requests.
            name: what a person calls the state.
            sleep: waits before a repetition.
        """
        self._settings = settings
        self._client = client
        self._name = name
        self._sleep = sleep

    def send(
        self, method: str, url: str, *, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> HttpResponse:
        """Send a request, again after no answer or one that says "later". All requests of a store may be repeated.

        Raises:
            DiagnosticError: no answer came.
        """
        sent = self._headers(content) | dict(headers or {})
        for attempt in range(self._settings.retry_max):
            try:
                answer = self._client.request(method, url, headers=sent, content=content)
            except HttpFailed:
                answer = None
            if answer is not None and answer.status not in _RETRIED:
                return answer
            self._sleep(self._pause(attempt, answer))
        try:
            return self._client.request(method, url, headers=sent, content=content)
        except HttpFailed as error:
            detail = f"{method} {self._name} got no answer. Check the address and the network between."
            raise DiagnosticError(Diagnostic(codes.UNREACHABLE, detail, cause=str(error))) from None

    def _pause(self, attempt: int, answer: HttpResponse | None) -> float:
        asked = answer.headers.get("retry-after", "") if answer else ""
        pause = float(asked) if asked.isdecimal() else self._settings.retry_wait_min * 2**attempt
        return min(self._settings.retry_wait_max, pause)

    def _headers(self, content: bytes | None) -> dict[str, str]:
        headers = {}
        if self._settings.username:
            password = self._settings.password.reveal() if self._settings.password else ""
            pair = f"{self._settings.username}:{password}".encode()
            headers["Authorization"] = f"Basic {b64encode(pair).decode()}"
        if content is not None:
            headers |= {"Content-Type": "application/json", "Content-MD5": content_md5(content)}
        return headers

    def unexpected(self, method: str, answer: HttpResponse, *, why: str = "") -> DiagnosticError:
        """The error for an answer that the protocol does not know at this place."""
        if answer.status in {401, 403}:
            given = "those given were not accepted" if self._settings.username else "none were given"
            detail = f"{self._name} wants credentials, and {given}. Set `username` and `password` of the backend."
            return DiagnosticError(Diagnostic(codes.STORE_REFUSED, detail, cause=f"HTTP status {answer.status}"))
        detail = f"{method} {self._name} was answered with status {answer.status}{f': {why}' if why else ''}. {_ADVICE}"
        return DiagnosticError(Diagnostic(codes.STORE_ANSWER, detail, cause=_first_line(answer)))


def content_md5(data: bytes) -> str:
    """The value of a Content-MD5 header (RFC 1864)."""
    return b64encode(md5(data, usedforsecurity=False).digest()).decode()


def without_credentials(url: str) -> str:
    """A URL as it may be shown: no user information, no query."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=""))


def _first_line(answer: HttpResponse) -> str | None:
    """What the server says; a page of HTML says nothing to anybody."""
    text = answer.content[:200].decode(errors="replace").strip()
    return None if not text or text.startswith("<") else text.splitlines()[0]
