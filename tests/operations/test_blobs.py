"""The cache on disk forgets what was not used for longest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from declarative_mail.operations import blobs
from declarative_mail.operations.blobs import DiskBlobs


def _names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def _filled(directory: Path, count: int) -> None:
    for number in range(count):
        DiskBlobs(directory).put(f"tree-{number}", b"x" * 10)
        os.utime(directory / f"tree-{number}", (1000 + number, 1000 + number))


def test_oldest_go_when_there_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is used counts as new."""
    _filled(tmp_path, 5)
    assert DiskBlobs(tmp_path).get("tree-0") == b"x" * 10
    monkeypatch.setattr(blobs, "MOST_FILES", 3)

    DiskBlobs(tmp_path).put("tree-new", b"")

    assert _names(tmp_path) == ["tree-0", "tree-4", "tree-new"]


def test_oldest_go_when_they_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All together."""
    _filled(tmp_path, 5)
    monkeypatch.setattr(blobs, "MOST_BYTES", 25)

    DiskBlobs(tmp_path).put("tree-new", b"x" * 5)

    assert _names(tmp_path) == ["tree-3", "tree-4", "tree-new"]


def test_what_one_run_keeps_stays_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration of many files does not push itself out; the next run takes care of it."""
    monkeypatch.setattr(blobs, "MOST_FILES", 3)
    cache = DiskBlobs(tmp_path)
    for number in range(6):
        cache.put(f"tree-{number}", b"")

    assert len(_names(tmp_path)) == 6
    DiskBlobs(tmp_path).put("tree-new", b"")
    assert len(_names(tmp_path)) == 3
