"""One worker makes the findings, the others read them: Postfix in each would cost seconds and prove nothing."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab.laboratory import Findings, open_folder


def shared(name: str, make: Callable[[Path], Findings], tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """The findings of that name, made in this run of pytest once.

    Args:
        name: of the kind of server.
        make: makes them in a folder that is removed afterwards.
        tmp_path_factory: knows the folder that the workers of this run have in common.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    kept = folder / f"laboratory-{name}.pickle"
    with (folder / f"laboratory-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            with open_folder() as home:
                kept.write_bytes(pickle.dumps(make(home)))
    found = pickle.loads(kept.read_bytes())  # noqa: S301 - written by this very run
    assert isinstance(found, Findings)
    return found
