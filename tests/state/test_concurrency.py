"""Many processes at one store at once (issue 5.4)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from random import Random

import pytest

from declarative_mail.diagnostics.codes import state as codes
from tests.state.builders import make_lock
from tests.state.stores import StoreAt, stores
from tests.state.writers import append, entries_in, run_writers

ROOT = Path(__file__).parents[2]


def check_that_nothing_is_lost(store_at: StoreAt, ended: dict[str, str]) -> None:
    """Each writer has either added its entry, once, or reported the lock and added nothing."""
    assert set(ended.values()) <= {"done", "locked"}, ended
    assert sorted(entries_in(store_at)) == sorted(name for name, how in ended.items() if how == "done")


def test_a_dozen_writers_wait_for_each_other(store_at: StoreAt) -> None:
    """All get their turn, and none undoes the work of another."""
    ended = run_writers(store_at, 12, timeout=120)

    assert set(ended.values()) == {"done"}
    check_that_nothing_is_lost(store_at, ended)


def test_writers_that_do_not_wait_report_the_lock(store_at: StoreAt) -> None:
    """While one holds the lock, all others are turned away; a second wave sorts itself out."""
    lease = store_at.open().lock(make_lock())
    assert set(run_writers(store_at, 4, timeout=0).values()) == {"locked"}

    lease.release()
    ended = run_writers(store_at, 6, timeout=0)

    assert "done" in ended.values()
    check_that_nothing_is_lost(store_at, ended)


@pytest.mark.soak
@pytest.mark.parametrize("timeout", [0, 280])
def test_fifty_writers(store_at: StoreAt, timeout: float) -> None:
    """Fifty at once: all of them done when they wait, done or locked when they do not."""
    ended = run_writers(store_at, 50, timeout=timeout)

    assert "done" in ended.values()
    assert timeout == 0 or set(ended.values()) == {"done"}
    check_that_nothing_is_lost(store_at, ended)


def _start(role: str, store_at: StoreAt) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.state.writers", role, json.dumps(asdict(store_at))]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _start_suspended(store_at: StoreAt) -> tuple[subprocess.Popen[str], str]:
    """A process that holds the lock and has been stopped; and the ID of its lock."""
    process = _start("suspend", store_at)
    assert process.stdout is not None
    lock_id = process.stdout.readline().strip()
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    return process, lock_id


def _wake(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGCONT)
    said, _ = process.communicate(timeout=60)
    return said.strip()


def _kill_while_it_writes(store_at: StoreAt, moment: float) -> list[str]:
    """Kill a process that writes, at some moment after its first write; gives what it said it had added."""
    with _start("append", store_at) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(moment)
        process.kill()
        return [first.strip(), *process.stdout.read().split()]


def _check_after_kills(store_at: StoreAt, kills: int) -> None:
    """After each kill the state is whole, and the next run can go on; all that was said to be added is there."""
    moments = Random(kills)  # noqa: S311  # spreads the kills, hides nothing
    added: list[str] = []
    for _ in range(kills):
        added += _kill_while_it_writes(store_at, moments.uniform(0, 0.02))
        store = store_at.open()
        holder = store.lock_info()
        if holder and store_at.kind == "s3":  # where a lock outlives its owner
            store.force_unlock(holder.id)
        assert set(added) <= set(entries_in(store_at))
    append(store_at, "after all", timeout=10)

    # What was written without a word said of it is no loss: at most one for each kill.
    assert len(set(entries_in(store_at)) - set(added)) <= kills + 1


@pytest.mark.parametrize("store_at", stores("local", "postgres"), indirect=True)
def test_killed_while_it_writes(store_at: StoreAt) -> None:
    """A few kills, wherever they hit."""
    _check_after_kills(store_at, 4)


@pytest.mark.soak
@pytest.mark.parametrize("store_at", stores("local", "s3", "postgres"), indirect=True)
def test_killed_again_and_again(store_at: StoreAt) -> None:
    """Many kills."""
    _check_after_kills(store_at, 50)


class TestSuspendedHolder:
    """A laptop that sleeps, a process that is stopped: it wakes up in the middle of an apply."""

    @pytest.mark.parametrize("store_at", stores("http", "s3", "postgres"), indirect=True)
    @pytest.mark.parametrize("wrote", [True, False])
    def test_it_writes_nothing_after_its_lock_was_broken(self, store_at: StoreAt, *, wrote: bool) -> None:
        """Whether the next one has written already, or has only taken the lock."""
        process, lock_id = _start_suspended(store_at)
        store = store_at.open()
        store.force_unlock(lock_id)
        lease = store.lock(make_lock("next"))
        if wrote:
            store.write(b'["next"]', expected=None, lease=lease)

        assert _wake(process) == codes.LOCK_LOST.id
        assert entries_in(store_at) == (["next"] if wrote else [])
        lease.check(now=True)
        lease.release()

    @pytest.mark.parametrize("store_at", stores("http", "s3", "postgres"), indirect=True)
    def test_it_writes_nothing_after_others_came_and_went(self, store_at: StoreAt) -> None:
        """The lock is free again; what was written in between stays."""
        process, lock_id = _start_suspended(store_at)
        store_at.open().force_unlock(lock_id)
        append(store_at, "next", timeout=0)

        assert _wake(process) in {codes.LOCK_LOST.id, codes.STATE_MOVED.id}
        assert entries_in(store_at) == ["next"]

    @pytest.mark.parametrize("store_at", stores("local"), indirect=True)
    def test_a_suspended_process_keeps_the_lock_of_the_kernel(self, store_at: StoreAt) -> None:
        """Others are turned away until it goes on, and it goes on as if nothing had happened."""
        process, _ = _start_suspended(store_at)
        assert set(run_writers(store_at, 2, timeout=0).values()) == {"locked"}

        assert _wake(process) == "written"

    @pytest.mark.parametrize("store_at", stores("local"), indirect=True)
    def test_a_lock_file_that_somebody_removed(self, store_at: StoreAt) -> None:
        """That breaks the lock of the kernel; whoever held it notices before it writes."""
        process, _ = _start_suspended(store_at)
        (Path(store_at.directory) / "dmail.state.json.lock").unlink()
        append(store_at, "next", timeout=0)

        assert _wake(process) == codes.LOCK_LOST.id
        assert entries_in(store_at) == ["next"]
