"""What the parser keeps between runs, and the seam through which it does. Nothing here touches a disk.

Everything is plain JSON: a cache that a CI job restores must not be able to bring code with it, so there are no pickles.
"""

from __future__ import annotations

from typing import Protocol


class Blobs(Protocol):
    """A store of named byte strings that may forget any of them at any time.

    Names are lower-case letters, digits, dots and dashes. Both methods must swallow faults of the store: what cannot be read
    is None, what cannot be written is not kept. Two processes may put the same name at once; either content is right.
    """

    def get(self, name: str) -> bytes | None:
        """What was put under a name, if it is still there."""

    def put(self, name: str, content: bytes) -> None:
        """Keep it, replacing what was there."""
