"""The threads of a run: for each remote as many as it allows calls at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

Work = TypeVar("Work")
Result = TypeVar("Result")

AHEAD = 4
"""For so many threads one piece of work waits in line, so that a thread goes on while the run notes what ended."""


class Crew(Generic[Work, Result]):
    """Does pieces of work side by side, each in a thread of its remote, and gives them back in the order they end."""

    def __init__(
        self, parallelism: Mapping[str, int], do: Callable[[Work], Result], *, on_begin: Callable[[Work], None]
    ) -> None:
        """No thread is started yet.

        Args:
            parallelism: how many run at once at the most, by remote.
            do: does a piece of work, in a thread.
            on_begin: told each piece when there is a thread for it, by whoever calls the crew.
        """
        self._do = do
        self._on_begin = on_begin
        self._teams = {remote: _Team(width) for remote, width in parallelism.items()}
        self._under_way: dict[Future[Result], tuple[str, Work]] = {}
        self._ended = SimpleQueue[Future[Result]]()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._under_way

    @property
    def is_full(self) -> bool:
        """Whether no remote has room for more."""
        return not any(team.has_room for team in self._teams.values())

    def has_room(self, remote: str) -> bool:
        """Whether a remote may be given more."""
        return self._teams[remote].has_room

    def start(self, remote: str, work: Work) -> None:
        """Do it as soon as a thread of the remote is free."""
        team = self._teams[remote]
        if team.busy < team.width:
            self._on_begin(work)
        future = team.pool.submit(self._do, work)
        self._under_way[future] = (remote, work)
        if team.busy >= team.width:
            team.line.append(future)
        team.busy += 1
        future.add_done_callback(self._ended.put)

    def ended(self) -> Iterator[tuple[Work, Result]]:
        """All that has come to its end; waits for one. Raises what it raised."""
        yield from self._over(self._ended.get())
        while not self._ended.empty():
            yield from self._over(self._ended.get())

    def _over(self, future: Future[Result]) -> Iterator[tuple[Work, Result]]:
        if future not in self._under_way:
            return  # called back
        remote, work = self._under_way.pop(future)
        team = self._teams[remote]
        team.busy -= 1
        if team.line:
            self._on_begin(self._under_way[team.line.popleft()][1])
        yield work, future.result()

    def call_back(self) -> Iterator[Work]:
        """What still waits in line: it is not done any more, and has not begun."""
        for team in self._teams.values():
            while team.line:
                future = team.line.popleft()
                if future.cancel():
                    team.busy -= 1
                    yield self._under_way.pop(future)[1]
                else:
                    self._on_begin(self._under_way[future][1])

    def close(self, *, wait: bool) -> None:
        """Let what is under way come to its end, waiting for it or not; what waits in line is not done."""
        for team in self._teams.values():
            team.pool.shutdown(wait=wait, cancel_futures=True)


class _Team:
    """The threads of one remote, and the work that waits for one of them."""

    def __init__(self, width: int) -> None:
        self.width, self.busy = width, 0
        self.pool = ThreadPoolExecutor(width, thread_name_prefix="apply")
        self.line = deque[Future[Any]]()

    @property
    def has_room(self) -> bool:
        return self.busy < self.width + self.width // AHEAD
