"""HTTP for everything that speaks it: connections reused, retries where they are safe, errors as in `answers`.

A refusal (4xx, 5xx) is no error here: it is an `Answer`, and what it means is the business of whoever asked.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from declarative_mail.remotes.answers import Answer, Insecure, NotAnApi, Unreachable
from declarative_mail.secrets import Secret

if TYPE_CHECKING:
    import httpx

LOGGER = logging.getLogger(__name__)

RETRIED = frozenset({429, 502, 503, 504})
"""Answers after which the same request may succeed."""
IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
"""RFC 9110 section 9.2.2."""
LONGEST_WAIT = 30.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportSettings:
    """How to reach one system.

    Args:
        endpoint: the URL below which all paths are, with or without a path of its own.
        headers: sent with every request; a `Secret` is opened when it is sent.
        timeout: seconds for one request and all its repetitions.
        attempts: how often a request is sent at the most.
        parallelism: requests at once at the most, whoever makes them; one that is repeated counts until it ends.
        allow_plain_http: ``http://`` to other machines than this one.
        user_agent: how we call ourselves.
    """

    endpoint: str
    headers: Mapping[str, str | Secret] = field(default_factory=dict)
    timeout: float = 60.0
    attempts: int = 6
    parallelism: int = 64
    allow_plain_http: bool = False
    user_agent: str = "dmail"


class Transport:
    """One connection pool to one system. Safe to use from several threads.

    Proxies, ``SSL_CERT_FILE`` and the like are taken from the environment, as httpx does.
    """

    def __init__(self, settings: TransportSettings) -> None:
        """Nothing is sent yet.

        Raises:
            Insecure: the endpoint is clear text to another machine, and nobody allowed it.
        """
        require_secure(settings.endpoint, allowed=settings.allow_plain_http)
        self._settings = settings
        self._client: httpx.Client | None = None
        self._opening = threading.Lock()
        self._slots = threading.BoundedSemaphore(settings.parallelism)

    def request(  # noqa: PLR0913 - the parts of a request
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        content: bytes | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
    ) -> Answer:
        """Send a request, again where that is safe and may help.

        Args:
            method: the HTTP method.
            path: below the endpoint.
            body: what is sent as JSON.
            content: what is sent as it is.
            query: parameters; None values are left out.
            headers: further headers.
            repeatable: whether sending it twice does no harm; by default that of the method, or an ``Idempotency-Key``.

        Raises:
            TransportError: no usable answer came.
        """
        given = dict(headers or {})
        if body is not None:
            content, given["Content-Type"] = json.dumps(body).encode(), "application/json"
        safe = repeatable if repeatable is not None else method in IDEMPOTENT or "Idempotency-Key" in given
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        once = partial(self._once, method, path, content, query=asked, headers=given)
        with self._slots:
            return self._repeated(once, _worth_repeating if safe else _told_to_wait)

    def _repeated(self, once: Callable[..., Answer], is_worth_it: Callable[[Exception], bool | float]) -> Answer:
        """Send a request, and again until it is answered or not worth it any more."""
        import stamina

        ends = time.monotonic() + self._settings.timeout
        answer: Answer | None = None
        try:
            for attempt in stamina.retry_context(
                on=is_worth_it,
                attempts=self._settings.attempts,
                timeout=self._settings.timeout,
                wait_initial=0.2,
                wait_max=LONGEST_WAIT,
                wait_jitter=0.3,
            ):
                with attempt:
                    answer = once(ends=ends)
        except _Refused as refused:
            return refused.answer
        if answer is None:
            raise Unreachable(f"{self._settings.endpoint} was not asked")
        return answer

    def _once(
        self,
        method: str,
        path: str,
        content: bytes | None,
        *,
        query: Mapping[str, Any],
        headers: Mapping[str, str],
        ends: float,
    ) -> Answer:
        import httpx

        url = self._settings.endpoint.rstrip("/") + path
        left = max(ends - time.monotonic(), 0.1)
        try:
            response = self._open().request(
                method, url, content=content, params=query, headers=self._headers(headers), timeout=left
            )
        except httpx.HTTPError as error:
            raise Unreachable(_words(error, without_query(url), seconds=left)) from None
        answer = Answer(
            response.status_code,
            {name.lower(): value for name, value in response.headers.items()},
            response.content,
            without_query(url),
        )
        _log(method, answer)
        if response.is_redirect:
            target = without_query(response.headers.get("location", ""))
            message = (
                f"{answer.url} redirects to {target or 'nowhere'}. An API does not do that: the endpoint is wrong, or "
                "a proxy asks for a login."
            )
            raise NotAnApi(message)
        if answer.status in RETRIED:
            raise _Refused(answer)
        return answer

    def _headers(self, given: Mapping[str, str]) -> dict[str, str]:
        own = {
            name: value.reveal() if isinstance(value, Secret) else value
            for name, value in self._settings.headers.items()
        }
        return {"User-Agent": self._settings.user_agent, "Accept": "application/json", **own, **given}

    def _open(self) -> httpx.Client:
        import httpx

        with self._opening:
            if self._client is None:
                limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
                self._client = httpx.Client(follow_redirects=False, limits=limits)
                # A run opens its remotes at the beginning and lets go of them at its end, however it ends.
                weakref.finalize(self, self._client.close)
            return self._client

    def close(self) -> None:
        """Close all connections."""
        if self._client is not None:
            self._client.close()
            self._client = None


class _Refused(Exception):  # noqa: N818 - it carries an answer through the retries, nobody else sees it
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def _worth_repeating(error: Exception) -> bool | float:
    """Whether to send again, or after how many seconds the other side asked us to."""
    if isinstance(error, _Refused):
        return _retry_after(error.answer.headers.get("retry-after")) or True
    return isinstance(error, Unreachable)


def _told_to_wait(error: Exception) -> bool | float:
    """The same for a request that must not be done twice: only where the other side says that it was not done."""
    if isinstance(error, _Refused) and error.answer.status == 429:
        return _worth_repeating(error)
    return False


def _retry_after(text: str | None) -> float | None:
    """The seconds of a Retry-After header (RFC 9110 section 10.2.3), bounded."""
    if text is None:
        return None
    if text.strip().isdigit():
        return min(float(text), LONGEST_WAIT)
    try:
        seconds = parsedate_to_datetime(text).timestamp() - time.time()
    except ValueError:
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def require_secure(endpoint: str, *, allowed: bool) -> None:
    """Refuse clear text to another machine.

    Raises:
        Insecure: the endpoint is ``http://``, not on this machine, and not allowed.
    """
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Insecure(f"{endpoint} is not an http or https URL.")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK and not allowed:
        message = f"{endpoint} would send credentials in clear. Use https, or set allow_plain_http = true."
        raise Insecure(message)


def without_query(url: str) -> str:
    """A URL as it may be shown: no query, no credentials."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{parts.path}" if parts.scheme else parts.path


def _words(error: Exception, url: str, *, seconds: float) -> str:
    import httpx

    if isinstance(error, httpx.TimeoutException):
        return f"{url} gave no answer within {seconds:.0f} s"
    if isinstance(error, httpx.ConnectError):
        return f"{url} cannot be reached: {error}"
    return f"{url} broke off its answer: {error}"


def _log(method: str, answer: Answer) -> None:
    """One line a request under ``DMAIL_LOG=debug``: no header, no body and no query, so no secret either."""
    LOGGER.debug("%s %s -> %s %s", method, answer.url, answer.status, answer.request_id or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSettings:
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
            raise Unreachable(_words(error, without_query(url), seconds=self._timeout)) from None
        lower = {name.lower(): value for name, value in response.headers.items()}
        answer = Answer(response.status_code, lower, response.content, without_query(url))
        _log(method, answer)
        return answer

    def _open(self) -> httpx.Client:
        import httpx

        if self._client is None:
            self._client = httpx.Client(follow_redirects=False, timeout=self._timeout, verify=self._trust())
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
