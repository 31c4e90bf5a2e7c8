"""What is done to a process before it becomes ``dmail``: the ways in which a machine fails it."""

from __future__ import annotations

import datetime as dt
import resource
import sys
import time
from itertools import cycle
from typing import Self

SMALL = 16_000
"""Bytes: some records of groups."""


def small_files() -> None:
    """No file grows beyond some records: the disk is full."""
    # Python ignores SIGXFSZ, so a write that would go beyond the limit fails, as on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, SMALL))


def jumping_clock() -> None:
    """Each look at the clock that people set shows another year. What measures time does not look at it."""
    offsets = cycle([0.0, 400 * 86400.0, -400 * 86400.0])
    real_time, real_datetime = time.time, dt.datetime

    def jumped() -> float:
        return real_time() + next(offsets)

    class Jumped(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Self:
            return cls.fromtimestamp(jumped(), tz)

    # The modules have these two under names of their own, since they were imported before.
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("declarative_mail"):
            for name, value in list(vars(module).items()):
                if value is real_datetime:
                    setattr(module, name, Jumped)
    time.time = jumped
