"""Many servers at once: bounded in all and for each host, each with its own deadline."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Sequence
from queue import SimpleQueue
from typing import NamedTuple

from declarative_mail.probe.network import Endpoint, Network
from declarative_mail.probe.run import Progress, probe_server
from declarative_mail.probe.settings import ServerSettings, TestSettings
from declarative_mail.probe.verdict import StageResult, TestResult

# A silent server holds its place until its deadline, so there must be more places than there may be silent ones.
PARALLELISM = 64
PER_HOST = 8


class Planned(NamedTuple):
    """One test to be made."""

    settings: ServerSettings
    test: TestSettings


class _Ended(NamedTuple):
    number: int
    outcome: TestResult | BaseException


def probe_servers(
    planned: Sequence[tuple[ServerSettings, TestSettings]],
    *,
    parallelism: int = PARALLELISM,
    per_host: int = PER_HOST,
    on_progress: Progress | None = None,
    network: Network | None = None,
) -> list[TestResult]:
    """Test servers concurrently.

    Args:
        planned: what to test; the results come in this order.
        parallelism: how many at a time.
        per_host: how many of them at one host and port, since servers limit the connections of one client.
        on_progress: is told each result as it comes, one at a time.
        network: the seam; by default the real one.

    Raises:
        ValueError: a bound below 1.
        Exception: whatever a test raised that is no verdict (a defect); the others are abandoned.
    """
    if parallelism < 1 or per_host < 1:
        raise ValueError("parallelism and per_host must be at least 1")
    waiting = deque((number, Planned(*one)) for number, one in enumerate(planned))
    running: Counter[Endpoint] = Counter()
    ended: SimpleQueue[_Ended] = SimpleQueue()
    results: dict[int, TestResult] = {}
    tell = _one_at_a_time(on_progress)
    while len(results) < len(planned):
        for number, one in _startable(waiting, running, parallelism=parallelism, per_host=per_host):
            _start(number, one, ended, tell=tell, network=network)
        number, outcome = ended.get()
        if isinstance(outcome, BaseException):
            raise outcome
        results[number] = outcome
        running[_endpoint(planned[number][0])] -= 1
    return [results[number] for number in range(len(planned))]


def _startable(
    waiting: deque[tuple[int, Planned]], running: Counter[Endpoint], *, parallelism: int, per_host: int
) -> list[tuple[int, Planned]]:
    """Take from the queue what the bounds allow, in its order; a host at its bound holds nobody else up."""
    taken, kept = [], []
    while waiting and running.total() < parallelism:
        number, one = waiting.popleft()
        endpoint = _endpoint(one.settings)
        if running[endpoint] < per_host:
            running[endpoint] += 1
            taken.append((number, one))
        else:
            kept.append((number, one))
    waiting.extendleft(reversed(kept))
    return taken


def _endpoint(settings: ServerSettings) -> Endpoint:
    return Endpoint(settings.host.casefold(), settings.port)


def _start(
    number: int, one: Planned, ended: SimpleQueue[_Ended], *, tell: Progress | None, network: Network | None
) -> None:
    """Run one test in a thread that nobody has to wait for: an interrupted program ends at once."""

    def run() -> None:
        try:
            ended.put(_Ended(number, probe_server(one.settings, one.test, network=network, on_progress=tell)))
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            ended.put(_Ended(number, error))

    threading.Thread(target=run, daemon=True).start()


def _one_at_a_time(on_progress: Progress | None) -> Progress | None:
    if on_progress is None:
        return None
    lock = threading.Lock()

    def tell(address: str, result: StageResult) -> None:
        with lock:
            on_progress(address, result)

    return tell
