"""What other processes do to a store in the tests of concurrency."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
from itertools import count
from multiprocessing.context import ForkServerProcess
from multiprocessing.queues import Queue
from typing import Any

from declarative_mail.diagnostics import DiagnosticError
from declarative_mail.state.lock import StateLocked
from tests.state.builders import make_lock
from tests.state.stores import StoreAt

PRELOADED = ["tests.state.writers", "boto3.session", "psycopg", "declarative_mail.state.stores.s3"]


def append(store_at: StoreAt, entry: str, *, timeout: float) -> None:
    """Add an entry to the list that the store holds, under the lock.

    Raises:
        StateLocked: somebody else has the lock, and keeps it for longer than that.
    """
    store = store_at.open()
    lease = store.lock(make_lock(entry), timeout=timeout)
    try:
        stored = store.read()
        entries = json.loads(stored.data) if stored else []
        data = json.dumps([*entries, entry]).encode()
        store.write(data, expected=stored.etag if stored else None, lease=lease)
    finally:
        lease.release()


def entries_in(store_at: StoreAt) -> list[str]:
    """What `append` has stored."""
    stored = store_at.open().read()
    found: list[str] = json.loads(stored.data) if stored else []
    return found


def _work(store_at: StoreAt, name: str, timeout: float, results: Queue[tuple[str, str]]) -> None:
    try:
        append(store_at, name, timeout=timeout)
    except StateLocked:
        results.put((name, "locked"))
    except DiagnosticError as error:
        results.put((name, str(error)))
    else:
        results.put((name, "done"))


def run_writers(store_at: StoreAt, number: int, *, timeout: float) -> dict[str, str]:
    """Let as many processes append at once; gives how each ended: ``done``, ``locked``, or a fault."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    results: Queue[Any] = context.Queue()
    names = [f"writer {index}" for index in range(number)]
    writers: list[ForkServerProcess] = []
    for name in names:
        writers.append(context.Process(target=_work, args=(store_at, name, timeout, results)))
        writers[-1].start()
    ended = dict(results.get(timeout=300) for _ in names)
    for writer in writers:
        writer.join()
    return ended


def suspend_while_holding(store_at: StoreAt) -> None:
    """Take the lock, read, stop in the middle, and try to write after whoever continues this process."""
    store = store_at.open()
    lease = store.lock(make_lock("suspended"))
    stored = store.read()
    sys.stdout.write(lease.info.id + "\n")
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGSTOP)
    try:
        lease.check()
        store.write(b'"by the suspended"', expected=stored.etag if stored else None, lease=lease)
    except DiagnosticError as error:
        sys.stdout.write(error.diagnostics[0].code.id + "\n")
    else:
        sys.stdout.write("written\n")


def append_for_ever(store_at: StoreAt) -> None:
    """Add one entry after the other and say which were added, until the process is killed."""
    for number in count():
        append(store_at, f"{os.getpid()}.{number}", timeout=30)
        sys.stdout.write(f"{os.getpid()}.{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    {"suspend": suspend_while_holding, "append": append_for_ever}[sys.argv[1]](StoreAt(**json.loads(sys.argv[2])))
