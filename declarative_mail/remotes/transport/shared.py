"""What both clients need: whom to trust, what may be sent where, and the words for what goes wrong on the way."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from declarative_mail.remotes.answers import Answer, Insecure, TransportError, Unreachable
from declarative_mail.secrets import Secret

if TYPE_CHECKING:
    import httpx

LOGGER = logging.getLogger("declarative_mail.remotes.transport")

CONNECT_TIME = 10.0
"""Seconds for a connection. One that is not made by then is better tried again."""
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


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


def new_client(**options: Any) -> httpx.Client:
    """A client as the environment wants it: proxies and trusted certificates are taken from there."""
    import httpx

    with faults_of_environment():
        return httpx.Client(follow_redirects=False, cookies=_NoCookies(), **options)


class _NoCookies(CookieJar):
    """An API gives no cookies, and looking for them in each answer costs a tenth of a call."""

    def extract_cookies(self, response: object, request: object) -> None:
        """None are taken."""

    def add_cookie_header(self, request: object) -> None:
        """None are given."""


@contextmanager
def faults_of_environment() -> Iterator[None]:
    """Say of proxies and certificates that cannot be used where they come from."""
    import httpx

    try:
        yield
    except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:
        names = "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR"
        message = f"a proxy or certificates that the environment names ({names}) cannot be used: {error}"
        raise TransportError(message) from None


def roots(endpoint: str) -> Any:
    """Whom to trust: whom the environment says; nobody for clear text, as reading the roots takes 60 ms of a run."""
    import ssl
    from urllib.request import getproxies

    if endpoint.startswith("https:") or any(proxy.startswith("https:") for proxy in getproxies().values()):
        import httpx

        return httpx.create_ssl_context()
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def header_of(name: str, value: Secret) -> str:
    """A secret as a header can carry it (RFC 9110 section 5.5)."""
    text = value.reveal()
    if not text.isascii() or not text.isprintable():
        message = (
            f"what {name} shall carry ({value.source}) has a line break or another character that no header can hold. "
            "A file often ends with a line break: trimspace() takes it away."
        )
        raise TransportError(message)
    return text


def timeouts(left: float) -> httpx.Timeout:
    """For each wait: what is left of the time, and for a connection no more than a part, so that it is tried again."""
    import httpx

    return httpx.Timeout(left, connect=min(left, CONNECT_TIME))


def whole(response: httpx.Response, ends: float, url: str) -> bytes:
    """The body. One that comes in drops keeps no run waiting for longer than one that does not come."""
    parts = []
    for part in response.iter_bytes():
        parts.append(part)
        if time.monotonic() > ends:
            raise Unreachable(f"{url} did not come to the end of its answer in time")
    return b"".join(parts)


def unreachable(error: Exception, url: str, *, seconds: float) -> Unreachable:
    """What httpx says, and whether anything was sent."""
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


def answer_of(response: httpx.Response, content: bytes, url: str) -> Answer:
    """What came back, for those who know nothing of httpx, whose names of headers are in lower case already."""
    return Answer(response.status_code, dict(response.headers.items()), content, url)


@lru_cache(maxsize=64)
def parsed(url: str) -> httpx.URL:
    """A URL as httpx wants it: parsing costs as much as sending, and creates all go to the same few."""
    import httpx

    return httpx.URL(url)


def log(method: str, answer: Answer) -> None:
    """One line a request under ``DMAIL_LOG=debug``: no header, no body and no query, so no secret either."""
    LOGGER.debug("%s %s -> %s %s", method, answer.url, answer.status, answer.request_id or "")


def log_repetition(details: Any) -> None:
    """The same of a pause before a request is sent again."""
    LOGGER.debug("%s; again in %.1f s", details.caused_by, details.wait_for)
