"""The cache on disk.

Parsed files and grammar tables, mode 0700, no pickles, never in the way when it cannot be used.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

MOST_FILES, MOST_BYTES = 2_000, 200_000_000
"""What is kept: every change of a configuration leaves a tree behind, and nobody asks for the old ones again."""


class DiskBlobs:
    """Small files in one directory of the user's cache. A fault of the disk is a miss, never an error."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._is_pruned = False

    def get(self, name: str) -> bytes | None:
        """What was kept under a name, if it is there and ours."""
        path = self._directory / name
        try:
            if path.stat().st_uid != os.getuid():
                return None
            content = path.read_bytes()
        except OSError:
            return None
        with suppress(OSError):
            os.utime(path)  # what is used stays
        return content

    def put(self, name: str, data: bytes) -> None:
        """Keep something; atomic, so that two runs side by side see all of it or nothing."""
        from tempfile import mkstemp

        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = mkstemp(dir=self._directory, prefix=".new-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                Path(temporary).replace(self._directory / name)
            except OSError:
                Path(temporary).unlink(missing_ok=True)
        except OSError:
            return
        if not self._is_pruned:
            self._is_pruned = True
            with suppress(OSError):
                self._prune()

    def _prune(self) -> None:
        """Remove what was not used for longest, once a run; what other runs left half written is among it."""
        files = [(entry.stat(), entry.path) for entry in os.scandir(self._directory) if entry.is_file()]
        files.sort(key=lambda one: one[0].st_mtime, reverse=True)
        kept = 0
        for number, (status, path) in enumerate(files):
            kept += status.st_size
            if number >= MOST_FILES or kept > MOST_BYTES:
                Path(path).unlink(missing_ok=True)
