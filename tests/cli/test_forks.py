"""Forks: what they give, that they end with the run, and that nobody notices. Each test is a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from declarative_mail.cli.exits import Exit
from tests.support.needs import leave_out

ROOT = Path(__file__).parents[2]
BEGIN = "import fcntl, os, signal, sys, threading, time\nfrom declarative_mail.cli import forks\n"
BLOCK = 'user_group "g{0}" {{\n  name = "Team {0}"\n  members = ["a{0}@example.com", "b{0}@example.com"]\n}}\n'


@pytest.fixture(autouse=True)
def _two_cores() -> None:
    if not hasattr(os, "memfd_create") or len(os.sched_getaffinity(0)) < 2:
        leave_out("forks need Linux and two cores")


def script(text: str) -> subprocess.CompletedProcess[str]:
    """Run a program of Python's to its end."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", BEGIN + text], cwd=ROOT, capture_output=True, text=True, check=False
    )


def said(text: str) -> str:
    """What a program says that ends well."""
    result = script(text)
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def test_what_is_given_comes_back() -> None:
    """More than any pipe holds, and nothing at all."""
    text = (
        "for content in (b'x' * 3_000_000, b''):\n"
        "    result = forks.Forks().start(lambda give: give(content))\n"
        "    print(result() == content)\n"
        "    forks.end_children()\n"
    )

    assert said(text) == "True\nTrue\n"


@pytest.mark.parametrize(
    "work", ["1 / 0", "None", "sys.exit(3)", "os.kill(os.getpid(), signal.SIGKILL)", "print('x', flush=True)"]
)
def test_work_that_fails_gives_none_and_says_nothing(work: str) -> None:
    """It is a child's fault and nobody's business."""
    assert said(f"result = forks.Forks().start(lambda give: {work})\nprint(result())\n") == "None\n"


def test_work_that_takes_too_long_gives_none() -> None:
    """It is ended, and the run goes on without."""
    text = (
        "forks.GRACE = 0.1\n"
        "result = forks.Forks().start(lambda give: time.sleep(50))\n"
        "print(result())\n"
        "try:\n    os.waitpid(-1, 0)\nexcept ChildProcessError:\n    print('nobody is left')\n"
    )

    assert said(text) == "None\nnobody is left\n"


def test_child_goes_on_after_it_gave_and_is_waited_for_at_the_end(tmp_path: Path) -> None:
    """A while: what it does is seldom worth more than that."""
    file = tmp_path / "done"
    text = (
        f"def work(give):\n    give(b'1')\n    time.sleep(0.3)\n    open({str(file)!r}, 'w').close()\n"
        f"print(forks.Forks().start(work)(), os.path.exists({str(file)!r}))\n"
    )

    assert said(text) == "b'1' False\n"
    assert file.exists()


def test_child_that_hangs_is_ended_with_the_run() -> None:
    """It delays the run by no more than the grace, and does not outlive it."""
    text = (
        "def work(give):\n    give(str(os.getpid()).encode())\n    time.sleep(50)\n"
        "print(forks.Forks().start(work)().decode())\n"
    )
    start = time.monotonic()
    process = int(said(text))

    assert time.monotonic() - start < 10
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_child_does_not_outlive_a_run_that_is_interrupted() -> None:
    """Such a run ends at once, without what Python does at its end."""
    text = (
        "import declarative_mail.cli.main as entry\n"
        "def run(_):\n"
        "    result = forks.Forks().start(lambda give: (give(str(os.getpid()).encode()), time.sleep(50)))\n"
        "    print(result().decode(), flush=True)\n"
        "    return entry.Exit.TERMINATED\n"
        "entry.run = run\n"
        "entry.main()\n"
    )
    start = time.monotonic()
    result = script(text)

    assert result.returncode == Exit.TERMINATED
    assert time.monotonic() - start < 10
    with pytest.raises(ProcessLookupError):
        os.kill(int(result.stdout), 0)


def test_child_holds_no_file_of_ours(tmp_path: Path) -> None:
    """A lock is free as soon as we give it back, and who reads our output sees its end when we end."""
    text = (
        f"lock = open({str(tmp_path / 'lock')!r}, 'w')\n"
        "fcntl.flock(lock, fcntl.LOCK_EX)\n"
        "def work(give):\n"
        "    give(' '.join(os.readlink(f'/proc/self/fd/{n}') for n in sorted(map(int, os.listdir('/proc/self/fd')))"
        " if os.path.exists(f'/proc/self/fd/{n}')).encode())\n"
        "    time.sleep(1)\n"
        "print(forks.Forks().start(work)().decode())\n"
        "lock.close()\n"
        f"with open({str(tmp_path / 'lock')!r}, 'w') as lock:\n"
        "    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
    )
    held = said(text)

    assert str(tmp_path) not in held
    assert held.count("/dev/null") >= 3


def test_nothing_is_said_or_done_twice(tmp_path: Path) -> None:
    """What waits in a buffer is written by us alone, and what is to be done at the end is done by us alone."""
    file = tmp_path / "ends"
    text = (
        "import atexit\n"
        "def end():\n"
        f"    with open({str(file)!r}, 'a') as file:\n"
        "        file.write('end ')\n"
        "atexit.register(end)\n"
        "sys.stdout.write('once ')\n"
        "forks.Forks().start(lambda give: give(b'1'))()\n"
        "forks.end_children(10)\n"
    )

    assert said(text) == "once "
    assert file.read_text(encoding="utf-8") == "end "


@pytest.mark.parametrize(
    "hindrance",
    [
        "threading.Thread(target=time.sleep, args=(1,), daemon=True).start()",
        "os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])",
        "del os.memfd_create",
        "os.memfd_create = lambda _: os.open('/nowhere', 0)",
        "os.pipe = lambda: os.open('/nowhere', 0)",
        "os.fork = lambda: os.open('/nowhere', 0)",
    ],
    ids=["thread", "one core", "no memory", "no file", "no pipe", "no process"],
)
def test_no_fork_where_none_can_be(hindrance: str) -> None:
    """The work is done here then; nothing is left open."""
    text = (
        f"{hindrance}\n"
        "before = len(os.listdir('/proc/self/fd'))\n"
        "print(forks.Forks().start(lambda give: give(b'1')), len(os.listdir('/proc/self/fd')) - before)\n"
    )

    assert said(text) == "None 0\n"


def test_no_more_children_than_cores() -> None:
    """One core is ours. A child that is gone makes room."""
    text = (
        "os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])\n"
        "def work(give):\n    give(b'1')\n    time.sleep(0.2)\n"
        "print(forks.Forks().start(work) is None, forks.Forks().start(work) is None)\n"
        "time.sleep(1)\n"
        "print(forks.Forks().start(work) is None)\n"
    )

    assert said(text) == "False True\nFalse\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_to_all_ends_the_child_without_a_word(number: signal.Signals) -> None:
    """As from a terminal. What we do with the signal is ours alone."""
    text = (
        "forks.GRACE = 50\n"
        "signal.signal(signal.SIGINT, lambda *_: print('int'))\n"
        "signal.signal(signal.SIGTERM, lambda *_: print('term'))\n"
        "result = forks.Forks().start(lambda give: time.sleep(50))\n"
        f"os.killpg(os.getpgrp(), {int(number)})\n"
        "print(result())\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", BEGIN + text],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        timeout=20,
    )

    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout == f"{number.name[3:].lower()}\nNone\n"


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A configuration of 3,000 blocks."""
    (tmp_path / "main.hcl").write_text("".join(map(BLOCK.format, range(3000))), encoding="utf-8")
    return tmp_path


def plan(folder: Path, *, cores: int = 2, cache: str = "cache") -> subprocess.CompletedProcess[str]:
    """`dmail plan` on so many cores."""
    narrow = f"import os; os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:{cores}])"
    return subprocess.run(
        [sys.executable, "-c", f"{narrow}\nfrom declarative_mail.cli.main import main\nmain()", "plan"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DMAIL_CACHE_DIR": str(folder / cache)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_run_with_two_cores_says_and_keeps_what_one_with_one_does(large: Path) -> None:
    """To the byte; and so does the next run, which finds the tree."""
    two, one = plan(large), plan(large, cores=1, cache="other")
    names = sorted(path.name for path in (large / "cache").iterdir())

    assert (two.returncode, two.stderr) == (0, "")
    assert "g2999" in two.stdout
    assert two.stdout == one.stdout == plan(large).stdout
    assert names == sorted(path.name for path in (large / "other").iterdir())
    assert any(name.startswith("tree-") for name in names)


def test_fault_in_the_second_part_is_told_once(large: Path) -> None:
    """The same as on one core."""
    with (large / "main.hcl").open("a", encoding="utf-8") as file:
        file.write("a = = 1\n")
    two, one = plan(large), plan(large, cores=1)

    assert two.returncode == 1
    assert (two.stdout, two.stderr) == (one.stdout, one.stderr)
    assert two.stderr.count("main.hcl:12001") + two.stdout.count("main.hcl:12001") == 1
