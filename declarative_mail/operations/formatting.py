"""Formats configuration files on disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from difflib import unified_diff
from fnmatch import fnmatch
from pathlib import Path

from msgspec import Struct, field

from declarative_mail.diagnostics import Diagnostic
from declarative_mail.diagnostics.codes.configuration import UNREADABLE_FILE
from declarative_mail.language.format import format_text
from declarative_mail.language.parse import decode_source
from declarative_mail.operations.load import FOREIGN_FILES

SUFFIXES = (".hcl", ".hclvars")


class Formatted(Struct, frozen=True):
    """One file before and after; with a fault it stays as it is.

    Args:
        name: its path as a person reads it.
        path: where it is; None for standard input.
    """

    name: str
    path: Path | None
    before: str = ""
    after: str = ""
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether formatting makes a difference."""
        return self.before != self.after

    def write(self) -> None:
        """Put the formatted text in the file's place: all of it or nothing, with the same permissions.

        Raises:
            OSError: it cannot be written.
        """
        if self.path is None:
            return
        target = self.path.resolve()
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".fmt-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(self.after)
            shutil.copymode(target, temporary)
            Path(temporary).replace(target)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise

    def diff(self) -> str:
        """What changes, in the unified form."""
        lines = unified_diff(
            self.before.splitlines(keepends=True),
            self.after.splitlines(keepends=True),
            f"old/{self.name}",
            f"new/{self.name}",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def format_targets(directory: Path, targets: Iterable[str], *, recursive: bool) -> Iterator[Formatted]:
    """Format files, and the files of directories; the working directory where no target is named.

    Args:
        directory: the working directory, which names are relative to.
        targets: names of files and directories.
        recursive: go into the directories inside of directories too.
    """
    for target in targets or (".",):
        path = directory / target
        if path.is_dir():
            yield from _format_directory(directory, path, recursive=recursive)
        else:
            yield _format_file(path, target)


def format_bytes(name: str, data: bytes, path: Path | None = None) -> Formatted:
    """Format the bytes of one text."""
    source, faults = decode_source(name, data)
    if source is None:
        return Formatted(name, path, diagnostics=faults)
    after, faults = format_text(source.text, name=name)
    return Formatted(name, path, source.text, after, faults)


def _format_file(path: Path, name: str) -> Formatted:
    if path.suffix not in SUFFIXES and path.exists():
        detail = f"{name} is no configuration: files that can be formatted end with {' or '.join(SUFFIXES)}."
        return Formatted(name, path, diagnostics=[Diagnostic(UNREADABLE_FILE, detail)])
    try:
        data = path.read_bytes()
    except OSError as error:
        return _unreadable(path, name, error)
    return format_bytes(name, data, path)


def _format_directory(directory: Path, folder: Path, *, recursive: bool) -> Iterator[Formatted]:
    """The configuration files of a directory by name; not those of editors and of other programs."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        yield _unreadable(folder, os.path.relpath(folder, directory), error)
        return
    for path in entries:
        if path.name.startswith((".", "#")) or path.name.endswith("~"):
            continue
        if path.is_dir():
            if recursive and not path.is_symlink():
                yield from _format_directory(directory, path, recursive=True)
        elif path.suffix in SUFFIXES and not any(fnmatch(path.name, pattern) for pattern in FOREIGN_FILES):
            yield _format_file(path, os.path.relpath(path, directory))


def _unreadable(path: Path, name: str, error: OSError) -> Formatted:
    detail = f"{name} cannot be read: {error.strerror}."
    return Formatted(name, path, diagnostics=[Diagnostic(UNREADABLE_FILE, detail)])
