"""The threads of a run: how many work, what waits in line, and what is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Lock

import pytest

from declarative_mail.applying.crew import Crew

WITHIN = 30


class Bench:
    """Work that ends when it is let go."""

    def __init__(self) -> None:
        self.may_end: dict[int, Event] = {number: Event() for number in range(20)}
        self.begun: list[int] = []
        self.done: list[int] = []
        self.at_once = self.most = 0
        self._guard = Lock()

    def do(self, number: int) -> str:
        """One piece of work."""
        with self._guard:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        assert self.may_end[number].wait(WITHIN)
        with self._guard:
            self.at_once -= 1
            self.done.append(number)
        return f"done {number}"


@pytest.fixture
def bench() -> Iterator[Bench]:
    """Whose work is let go at the end, whatever happened."""
    found = Bench()
    yield found
    for one in found.may_end.values():
        one.set()


def _crew(bench: Bench, **parallelism: int) -> Crew[int, str]:
    return Crew(parallelism, bench.do, on_begin=bench.begun.append)


def test_one_waits_in_line_for_every_four_threads_and_begins_when_one_is_free(bench: Bench) -> None:
    """It counts as begun only then."""
    crew = _crew(bench, rest=4)
    for number in range(5):
        crew.start("rest", number)

    assert (bench.begun, crew.is_full, crew.has_room("rest")) == ([0, 1, 2, 3], True, False)

    bench.may_end[2].set()
    ended = list(crew.ended())

    assert ended == [(2, "done 2")]
    assert (bench.begun, crew.has_room("rest")) == ([0, 1, 2, 3, 4], True)
    crew.close(wait=False)


def test_never_more_at_once_than_the_remote_allows(bench: Bench) -> None:
    """What waits in line included."""
    for one in bench.may_end.values():
        one.set()
    crew, left, results = _crew(bench, rest=4), list(range(20)), []
    while left or not crew.is_idle:
        while left and crew.has_room("rest"):
            crew.start("rest", left.pop(0))
        results += list(crew.ended())
    crew.close(wait=True)

    assert sorted(results) == sorted((number, f"done {number}") for number in range(20))
    assert bench.most <= 4
    assert sorted(bench.begun) == list(range(20))


def test_what_waits_in_line_can_be_called_back(bench: Bench) -> None:
    """It is not done, and what is under way comes to its end."""
    crew = _crew(bench, rest=4)
    for number in range(5):
        crew.start("rest", number)

    assert list(crew.call_back()) == [4]

    for one in bench.may_end.values():
        one.set()
    ended = []
    while not crew.is_idle:
        ended += [number for number, _ in crew.ended()]
    crew.close(wait=True)

    assert sorted(ended) == sorted(bench.done) == [0, 1, 2, 3]
    assert sorted(bench.begun) == [0, 1, 2, 3]


def test_each_remote_has_threads_of_its_own(bench: Bench) -> None:
    """A slow one holds up no other."""
    crew = _crew(bench, slow=1, fast=1)
    crew.start("slow", 0)
    crew.start("fast", 1)

    assert crew.is_full
    bench.may_end[1].set()

    assert list(crew.ended()) == [(1, "done 1")]
    assert (crew.has_room("fast"), crew.has_room("slow"), crew.is_full) == (True, False, False)
    crew.close(wait=False)


def test_what_the_work_raises_reaches_whoever_waits() -> None:
    """A mistake in a remote does not pass for an answer."""

    def fail(_number: int) -> str:
        raise RuntimeError("broken")

    crew = Crew({"rest": 1}, fail, on_begin=lambda _: None)
    crew.start("rest", 0)

    with pytest.raises(RuntimeError, match="broken"):
        list(crew.ended())
    crew.close(wait=True)
