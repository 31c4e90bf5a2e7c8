"""The client of an API: connections reused, retries where they are safe, one time for a request and its repetitions."""

from __future__ import annotations

import json
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from declarative_mail.records import replace
from declarative_mail.remotes.answers import Answer, NotAnApi, Unreachable
from declarative_mail.remotes.repeating import IDEMPOTENT, JITTER, LONGEST_WAIT, RETRIED, Refused, Repetition
from declarative_mail.remotes.transport.shared import (
    answer_of,
    faults_of_environment,
    header_of,
    log,
    log_repetition,
    new_client,
    parsed,
    require_secure,
    roots,
    timeouts,
    unreachable,
    whole,
    without_query,
)
from declarative_mail.secrets import Secret

if TYPE_CHECKING:
    import httpx

SHORTEST_TIME = 0.1
"""Seconds that a request gets although the time is up: it was allowed to be sent just before."""


class TransportSettings(Struct, frozen=True, kw_only=True):
    """How to reach one system.

    Args:
        endpoint: the URL below which all paths are, with or without a path of its own.
        headers: sent with every request; a `Secret` is opened when the first of them is sent.
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
    """Connections to one system, one for each thread that asks. Safe to use from several threads.

    A pool that threads share looks at each of its connections at each request: with twenty of them that costs more than
    the requests. Proxies, ``SSL_CERT_FILE`` and the like are taken from the environment, as httpx does.
    """

    def __init__(self, settings: TransportSettings) -> None:
        """Nothing is sent yet.

        Raises:
            Insecure: the endpoint is clear text to another machine, and nobody allowed it.
        """
        require_secure(settings.endpoint, allowed=settings.allow_plain_http)
        self._settings = settings
        self._secrets = _tokens(settings.headers)
        self._own = threading.local()
        self._clients: list[httpx.Client] = []
        self._trust: Any = None
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
        try:
            with self._slots:
                # The time begins when it is its turn: waiting for others says nothing of the other side.
                rules = Repetition(safe, time.monotonic() + self._settings.timeout)
                once = partial(self._once, method, path, content, query=asked, headers=given, ends=rules.ends)
                answer = self._repeated(once, rules)
        except Refused as refused:
            answer = refused.answer
        return replace(answer, hidden=(*self._secrets, *secrets))

    def _repeated(self, once: Callable[[], Answer], rules: Repetition) -> Answer:
        """Send a request, and again while that is allowed.

        Nearly all requests need no second time, and the machinery for it costs as much as a third of a request.
        """
        try:
            return once()
        except (Unreachable, Refused) as error:
            if rules(error) is False:
                raise
            failed: Exception | None = error
        for attempt in self._attempts(rules):
            with attempt:
                if failed is not None:
                    again, failed = failed, None
                    raise again
                return once()
        raise Unreachable(f"{self._settings.endpoint} was not asked", sent=False)

    def _attempts(self, rules: Repetition) -> Iterable[Any]:
        import stamina
        from stamina.instrumentation import set_on_retry_hooks

        # By default it warns of each repetition on standard error.
        set_on_retry_hooks([log_repetition])
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
        shown = without_query(url)
        left = max(ends - time.monotonic(), SHORTEST_TIME)
        try:
            with self._open().stream(
                method, parsed(url), content=content, params=query or None, headers=headers, timeout=timeouts(left)
            ) as response:
                body = whole(response, time.monotonic() + left, shown)
        except httpx.HTTPError as error:
            raise unreachable(error, shown, seconds=left) from None
        answer = answer_of(response, body, shown)
        log(method, answer)
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

    def _headers(self) -> dict[str, str]:
        """What every request has."""
        own = {
            name: header_of(name, value) if isinstance(value, Secret) else value
            for name, value in self._settings.headers.items()
        }
        return {"User-Agent": self._settings.user_agent, "Accept": "application/json", **own}

    def _open(self) -> httpx.Client:
        """The client of this thread."""
        client: httpx.Client | None = getattr(self._own, "client", None)
        if client is None:
            client = self._own.client = self._make_client()
        return client

    def _make_client(self) -> httpx.Client:
        import httpx

        with self._opening:
            if self._trust is None:
                with faults_of_environment():
                    self._trust = roots(self._settings.endpoint)
            limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
            client = new_client(limits=limits, verify=self._trust, headers=self._headers())
            self._clients.append(client)
        # A run opens its remotes at the beginning and lets go of them at its end, however it ends.
        weakref.finalize(self, client.close)
        return client

    def close(self) -> None:
        """Close all connections."""
        with self._opening:
            for client in self._clients:
                client.close()
            self._clients.clear()
            self._own = threading.local()


def _tokens(headers: Mapping[str, str | Secret]) -> tuple[Secret, ...]:
    """What every request holds: the tokens, without the word that says what kind they are."""
    values = [value for value in headers.values() if isinstance(value, Secret)]
    return tuple(Secret(value.reveal().rpartition(" ")[2], value.source) for value in values)
