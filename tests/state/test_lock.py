"""What locks say, waiting for one, and leases that ask their store."""

from __future__ import annotations

import getpass
import os

import pytest

from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.records import replace
from declarative_mail.state.lease import CHECK_SECONDS, CheckedLease
from declarative_mail.state.lock import LockInfo, LockLost, Patience, StateLocked, locked, lost, new_lock_info
from tests.state.builders import fails_with, make_lock


class TestInfo:
    def test_it_is_terraforms_form(self) -> None:
        """The names that Terraform's servers know, and three of ours."""
        info = make_lock()

        assert list(info.data)[:7] == ["ID", "Operation", "Info", "Who", "Version", "Created", "Path"]
        assert LockInfo.from_json(info.to_json()) == info

    def test_it_says_who(self) -> None:
        """User, host and process, so that they can be asked."""
        info = new_lock_info("apply", path="x.json", version="1.2.3")

        assert info.who == f"{getpass.getuser()}@{os.uname().nodename}"
        assert info.pid == os.getpid()
        assert info.created.endswith("Z")

    def test_no_user_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """In a container without one, it is the number."""

        def fail() -> str:
            raise OSError("no such user")

        monkeypatch.setattr(getpass, "getuser", fail)

        assert make_lock().who.startswith(f"{os.getuid()}@")

    def test_the_words_for_people(self) -> None:
        """What is not known is left out."""
        full = LockInfo("1", operation="apply", who="me@here", pid=7, created="C", heartbeat="H")

        assert full.describe() == "by me@here (process 7, `apply`) since C and last seen at H"
        assert replace(full, pid=0, heartbeat="").describe() == "by me@here (`apply`) since C"
        assert LockInfo("1").describe() == "with the lock 1"

    def test_the_fault_names_the_command_that_frees_the_lock(self) -> None:
        """With the ID, ready to be copied."""
        error = locked("x.json", LockInfo("1-2", who="me@here"))

        assert error.diagnostics[0].code == codes.LOCKED
        assert error.diagnostics[0].detail.endswith("\n  dmail force-unlock 1-2")
        assert locked("x.json", None).diagnostics[0].values == {}


class Clock:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        """The time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let that much time pass."""
        self.slept.append(seconds)
        self.now += seconds


class TestPatience:
    @pytest.fixture
    def clock(self) -> Clock:
        """Nobody really waits."""
        return Clock()

    @staticmethod
    def opens_after(tries: int) -> list[int]:
        """A lock that is free from this try on."""
        return list(range(tries))

    def test_a_free_lock_is_taken_at_once(self, clock: Clock) -> None:
        """Without sleeping."""
        assert Patience(10, sleep=clock.sleep, clock=clock).until(lambda: "mine") == "mine"
        assert clock.slept == []

    def test_without_a_timeout_there_is_one_try(self, clock: Clock) -> None:
        """The holder's error comes out as it is."""
        tries = []

        def attempt() -> None:
            tries.append(1)
            raise locked("x", None)

        with pytest.raises(StateLocked):
            Patience(0, sleep=clock.sleep, clock=clock).until(attempt)
        assert len(tries) == 1

    def test_it_waits_until_the_lock_is_free(self, clock: Clock) -> None:
        """At growing intervals, never longer than two seconds."""
        held = self.opens_after(30)

        def attempt() -> str:
            if held:
                held.pop()
                raise locked("x", None)
            return "mine"

        assert Patience(1000, sleep=clock.sleep, clock=clock).until(attempt) == "mine"
        assert len(clock.slept) == 30
        assert clock.slept[0] < 0.1
        assert 1 < max(clock.slept) <= 2

    def test_it_gives_up_in_time(self, clock: Clock) -> None:
        """With a last try when the time is up, and not later."""
        with pytest.raises(StateLocked):
            Patience(5, sleep=clock.sleep, clock=clock).until(lambda: _raise(locked("x", None)))

        assert clock.now == pytest.approx(5)

    def test_other_faults_are_not_waited_for(self, clock: Clock) -> None:
        """A store that refuses access does so in a minute too."""
        with pytest.raises(LockLost):
            Patience(5, sleep=clock.sleep, clock=clock).until(lambda: _raise(lost("x", "gone")))
        assert clock.slept == []


def _raise(error: Exception) -> None:
    raise error


class TestCheckedLease:
    def make(self, clock: Clock, *, fails: bool = False) -> tuple[CheckedLease, list[str]]:
        """A lease, and what it does to its store."""
        done: list[str] = []

        def ask() -> None:
            done.append("ask")
            if fails:
                raise lost("x", "somebody has it")

        return CheckedLease(
            make_lock(), name="x", ask=ask, give_back=lambda: done.append("give back"), clock=clock
        ), done

    def test_the_store_is_not_asked_all_the_time(self) -> None:
        """A thousand calls in a moment are one question at most; time passing makes a new one."""
        clock = Clock()
        lease, done = self.make(clock)
        for _ in range(1000):
            lease.check()
        assert done == []

        for _ in range(3):
            clock.now += CHECK_SECONDS
            lease.check()
            lease.check()

        assert done == ["ask"] * 3

    def test_it_can_be_asked_now(self) -> None:
        """As before a write."""
        lease, done = self.make(Clock())
        lease.check(now=True)

        assert done == ["ask"]

    def test_what_is_lost_stays_lost(self) -> None:
        """The store is not asked again, and the lock, somebody else's now, is not given back."""
        lease, done = self.make(Clock(), fails=True)
        for _ in range(3):
            with pytest.raises(LockLost):
                lease.check(now=True)
        lease.release()

        assert done == ["ask"]

    def test_it_is_given_back_once(self) -> None:
        """And is lost from then on."""
        lease, done = self.make(Clock())
        lease.release()
        lease.release()
        with fails_with(codes.LOCK_LOST):
            lease.check()

        assert done == ["give back"]
