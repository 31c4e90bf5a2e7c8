"""The cache on disk.

Parsed files and grammar tables, mode 0700, no pickles, never in the way when it cannot be used.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


class DiskBlobs:
    """Small files in one directory of the user's cache. A fault of the disk is a miss, never an error."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def get(self, name: str) -> bytes | None:
        """What was kept under a name, if it is there and ours."""
        path = self._directory / name
        try:
            if path.stat().st_uid != os.getuid():
                return None
            return path.read_bytes()
        except OSError:
            return None

    def put(self, name: str, data: bytes) -> None:
        """Keep something; atomic, so that two runs side by side see all of it or nothing."""
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self._directory, prefix=".new-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                Path(temporary).replace(self._directory / name)
            except OSError:
                Path(temporary).unlink(missing_ok=True)
        except OSError:
            return
