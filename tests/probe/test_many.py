"""Many tests at once: bounds, order, and what happens when one goes wrong."""

from __future__ import annotations

import threading
from collections import Counter

import pytest

from declarative_mail.probe.many import probe_servers
from declarative_mail.probe.network import Endpoint, NetworkFault, Stream
from declarative_mail.probe.settings import ServerSettings, TestSettings
from declarative_mail.probe.sockets import RealNetwork
from declarative_mail.probe.verdict import StageResult
from tests.probe.conversations import settings


class Crowd(RealNetwork):
    """Refuses every connection, but only once as many are waiting at the same time as can be; counts them."""

    def __init__(self, together: int) -> None:
        self.most: Counter[str] = Counter()
        self.most_of_all = 0
        self._now: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._gate = threading.Barrier(together, timeout=20)

    def resolve(self, host: str, port: int, *, until: float) -> tuple[Endpoint, ...]:
        """Each name is its own address."""
        return (Endpoint(host, port),)

    def open(self, endpoint: Endpoint, *, until: float) -> Stream:
        """Wait for the others, then refuse."""
        with self._lock:
            self._now[endpoint.host] += 1
            self.most[endpoint.host] = max(self.most[endpoint.host], self._now[endpoint.host])
            self.most_of_all = max(self.most_of_all, self._now.total())
        self._gate.wait()
        with self._lock:
            self._now[endpoint.host] -= 1
        raise NetworkFault("refused", str(endpoint))


def servers(*hosts: str) -> list[tuple[ServerSettings, TestSettings]]:
    """A test for each."""
    return [(settings(address=f"{number}:{host}", host=host), TestSettings()) for number, host in enumerate(hosts)]


def test_results_come_in_the_order_of_the_servers() -> None:
    """Whoever answers first."""
    planned = servers(*(f"h{number}.example" for number in range(30)))

    results = probe_servers(planned, network=Crowd(1), parallelism=7)

    assert [one.address for one in results] == [one.address for one, _ in planned]
    assert {one["connect"].code for one in results} == {"refused"}


def test_as_many_run_at_once_as_allowed_and_no_more() -> None:
    """The bound is reached, and kept."""
    network = Crowd(5)

    probe_servers(servers(*(f"h{number}.example" for number in range(20))), network=network, parallelism=5)

    assert network.most_of_all == 5


def test_one_host_has_a_bound_of_its_own() -> None:
    """Two at a time at the busy host, while the others go on."""
    network = Crowd(4)
    hosts = ["busy.example"] * 8 + [f"h{number}.example" for number in range(8)]

    results = probe_servers(servers(*hosts), network=network, parallelism=4, per_host=2)

    assert len(results) == 16
    assert network.most["busy.example"] == 2
    assert network.most_of_all == 4


def test_ports_of_one_host_are_counted_apart() -> None:
    """Two services of one machine are two servers."""
    planned = [(settings(address=f"{port}", port=port), TestSettings()) for port in range(1, 9)]
    network = Crowd(8)

    probe_servers(planned, network=network, parallelism=8, per_host=1)

    assert network.most_of_all == 8


def test_no_servers_are_no_results() -> None:
    """Nothing to do is done at once."""
    assert probe_servers([]) == []


@pytest.mark.parametrize(("parallelism", "per_host"), [(0, 1), (1, 0)])
def test_bounds_below_one_are_refused(parallelism: int, per_host: int) -> None:
    """They would wait for ever."""
    with pytest.raises(ValueError, match="at least 1"):
        probe_servers(servers("a.example"), parallelism=parallelism, per_host=per_host)


def test_progress_is_told_one_at_a_time() -> None:
    """The caller needs no lock of its own."""
    inside = threading.Lock()
    seen: list[tuple[str, str]] = []

    def progress(address: str, result: StageResult) -> None:
        assert inside.acquire(blocking=False)
        seen.append((address, result.stage))
        inside.release()

    probe_servers(
        servers(*(f"h{number}.example" for number in range(20))), network=Crowd(4), parallelism=4, on_progress=progress
    )

    assert Counter(stage for _, stage in seen) == {"resolve": 20, "connect": 20}


def test_defect_in_one_test_reaches_the_caller() -> None:
    """What is no verdict is not swallowed by a thread."""

    class Broken(RealNetwork):
        def resolve(self, host: str, port: int, *, until: float) -> tuple[Endpoint, ...]:
            raise ZeroDivisionError("a defect")

    with pytest.raises(ZeroDivisionError, match="a defect"):
        probe_servers(servers("a.example", "b.example"), network=Broken())
