"""The seam to another process, in which the parser has a part of its work done. Nothing here starts one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

Give: TypeAlias = Callable[[bytes], None]
"""Hands something over to who waits for it, once."""
Work: TypeAlias = Callable[[Give], None]
"""A piece of work. It may go on after it has given what others wait for."""
Result: TypeAlias = Callable[[], bytes | None]
"""Waits for what is given, to be asked once. None where nothing is, or not in a time that is worth to wait."""


class Beside(Protocol):
    """A place where work is done at the same time as ours.

    It sees everything as it was when it started. What it changes nobody sees, but for what it gives and what it writes
    to a disk. Its faults are swallowed, and it may be ended at any time.
    """

    def start(self, work: Work, /) -> Result | None:
        """Begin a piece of work. None where it cannot be done beside: then who asks does without."""
