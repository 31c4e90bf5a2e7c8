"""HTTP for everything that speaks it: connections reused, retries where they are safe, errors as in `answers`.

A refusal (4xx, 5xx) is no error here: it is an `Answer`, and what it means is the business of whoever asked.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from declarative_mail.remotes.answers import Answer, Insecure, NotAnApi, TransportError, Unreachable
from declarative_mail.remotes.repeating import IDEMPOTENT, JITTER, LONGEST_WAIT, RETRIED, Refused, Repetition
from declarative_mail.secrets import Secret

if TYPE_CHECKING:
    import httpx

LOGGER = logging.getLogger(__name__)

CONNECT_TIME = 10.0
"""Seconds for a connection. One that is not made by then is better tried again."""
SHORTEST_TIME = 0.1
"""Seconds that a request gets although the time is up: it was allowed to be sent just before."""
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
        secrets: Iterable[Secret] = (),
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
            secrets: what is in the body: where the other side quotes it, it is not shown.

        Raises:
            TransportError: no usable answer came.
        """
        given = dict(headers or {})
        if body is not None:
            content, given["Content-Type"] = json.dumps(body).encode(), "application/json"
        safe = repeatable if repeatable is not None else method in IDEMPOTENT or "Idempotency-Key" in given
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        rules = Repetition(safe, time.monotonic() + self._settings.timeout)
        answer: Answer | None = None
        try:
            with self._slots:
                for attempt in self._attempts(rules):
                    with attempt:
                        answer = self._once(method, path, content, query=asked, headers=given, ends=rules.ends)
        except Refused as refused:
            answer = refused.answer
        if answer is None:
            raise Unreachable(f"{self._settings.endpoint} was not asked", sent=False)
        return replace(answer, hidden=(*self._secrets, *secrets))

    def _attempts(self, rules: Repetition) -> Iterable[Any]:
        import stamina
        from stamina.instrumentation import set_on_retry_hooks

        # By default it warns of each repetition on standard error.
        set_on_retry_hooks([_log_repetition])
        return stamina.retry_context(
            on=rules,
            attempts=self._settings.attempts,
            timeout=self._settings.timeout,
            wait_initial=0.2,
            wait_max=LONGEST_WAIT,
            wait_jitter=JITTER,
        )

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
        left = max(ends - time.monotonic(), SHORTEST_TIME)
        sent = self._headers(headers)
        try:
            with self._open().stream(
                method, url, content=content, params=query or None, headers=sent, timeout=_timeouts(left)
            ) as response:
                body = _whole(response, time.monotonic() + left, without_query(url))
        except httpx.HTTPError as error:
            raise _unreachable(error, without_query(url), seconds=left) from None
        answer = Answer(
            response.status_code,
            {name.lower(): value for name, value in response.headers.items()},
            body,
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
            raise Refused(answer)
        return answer

    @property
    def _secrets(self) -> tuple[Secret, ...]:
        """What every request holds: the tokens, without the word that says what kind they are."""
        values = [value for value in self._settings.headers.values() if isinstance(value, Secret)]
        return tuple(Secret(value.reveal().rpartition(" ")[2], value.source) for value in values)

    def _headers(self, given: Mapping[str, str]) -> dict[str, str]:
        own = {
            name: _header(name, value) if isinstance(value, Secret) else value
            for name, value in self._settings.headers.items()
        }
        return {"User-Agent": self._settings.user_agent, "Accept": "application/json", **own, **given}

    def _open(self) -> httpx.Client:
        import httpx

        with self._opening:
            if self._client is None:
                limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
                self._client = _client(limits=limits, verify=_roots(self._settings.endpoint))
                # A run opens its remotes at the beginning and lets go of them at its end, however it ends.
                weakref.finalize(self, self._client.close)
            return self._client

    def close(self) -> None:
        """Close all connections."""
        if self._client is not None:
            self._client.close()
            self._client = None


def require_secure(endpoint: str, *, allowed: bool) -> None:
    """Refuse clear text to another machine.

    Raises:
        Insecure: the endpoint is ``http://``, not on this machine, and not allowed; or it is no URL.
    """
    try:
        parts = urlsplit(endpoint)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
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


def _client(**options: Any) -> httpx.Client:
    """A client as the environment wants it: proxies and trusted certificates are taken from there."""
    import httpx

    try:
        return httpx.Client(follow_redirects=False, **options)
    except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:
        names = "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR"
        message = f"a proxy or certificates that the environment names ({names}) cannot be used: {error}"
        raise TransportError(message) from None


def _roots(endpoint: str) -> Any:
    """Whom to trust: whom the environment says; nobody for clear text, as reading the roots takes 60 ms of a run."""
    import ssl
    from urllib.request import getproxies

    if endpoint.startswith("https:") or any(proxy.startswith("https:") for proxy in getproxies().values()):
        return True
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _header(name: str, value: Secret) -> str:
    """A secret as a header can carry it (RFC 9110 section 5.5)."""
    text = value.reveal()
    if not text.isascii() or not text.isprintable():
        message = (
            f"what {name} shall carry ({value.source}) has a line break or another character that no header can hold. "
            "A file often ends with a line break: trimspace() takes it away."
        )
        raise TransportError(message)
    return text


def _timeouts(left: float) -> httpx.Timeout:
    """For each wait: what is left of the time, and for a connection no more than a part, so that it is tried again."""
    import httpx

    return httpx.Timeout(left, connect=min(left, CONNECT_TIME))


def _whole(response: httpx.Response, ends: float, url: str) -> bytes:
    """The body. One that comes in drops keeps no run waiting for longer than one that does not come."""
    parts = []
    for part in response.iter_bytes():
        parts.append(part)
        if time.monotonic() > ends:
            raise Unreachable(f"{url} did not come to the end of its answer in time")
    return b"".join(parts)


def _unreachable(error: Exception, url: str, *, seconds: float) -> Unreachable:
    import httpx

    if isinstance(error, httpx.ConnectError):
        return Unreachable(f"{url} cannot be reached: {error}", sent=False)
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return Unreachable(
            f"{url} cannot be reached: no connection within {min(seconds, CONNECT_TIME):.0f} s", sent=False
        )
    if isinstance(error, httpx.TimeoutException):
        return Unreachable(f"{url} gave no answer within {seconds:.0f} s")
    return Unreachable(f"{url} broke off its answer: {error}")


def _log(method: str, answer: Answer) -> None:
    """One line a request under ``DMAIL_LOG=debug``: no header, no body and no query, so no secret either."""
    LOGGER.debug("%s %s -> %s %s", method, answer.url, answer.status, answer.request_id or "")


def _log_repetition(details: Any) -> None:
    LOGGER.debug("%s; again in %.1f s", details.caused_by, details.wait_for)


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
            raise _unreachable(error, without_query(url), seconds=self._timeout) from None
        lower = {name.lower(): value for name, value in response.headers.items()}
        answer = Answer(response.status_code, lower, response.content, without_query(url))
        _log(method, answer)
        return answer

    def _open(self) -> httpx.Client:
        if self._client is None:
            self._client = _client(timeout=self._timeout, verify=self._trust())
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
