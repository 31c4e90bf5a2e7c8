"""The directory that ``dmail pull`` writes to: what stands there already, and writing all files or none."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path, PurePath

from msgspec import Struct

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, Span
from declarative_mail.diagnostics.codes.configuration import UNREADABLE_FILE
from declarative_mail.diagnostics.codes.remotes import FILES_EXIST
from declarative_mail.diagnostics.codes.syntax import UNWRITABLE_FILE
from declarative_mail.language.configuration import Module
from declarative_mail.operations.load import load
from declarative_mail.operations.pull_text import FILES, HEADER
from declarative_mail.operations.states import OpenState, open_loaded
from declarative_mail.operations.workspace import Workspace
from declarative_mail.records import replace
from declarative_mail.state.snapshot import ResourceRecord


class Target(Struct, frozen=True, kw_only=True):
    """A directory to write to.

    Args:
        name: as it was given.
        path: where it is; it may not exist.
        is_here: it is the working directory.
        module: what is declared there.
        records: what the state of that configuration holds.
    """

    name: str
    path: Path
    is_here: bool
    module: Module
    records: tuple[ResourceRecord, ...]

    def staying(self, written: Collection[str]) -> Staying:
        """What is declared there in other files than those that are written anew."""
        return Staying(self.module, frozenset(written))

    @property
    def pulled_before(self) -> frozenset[str]:
        """The names of files there that an earlier run wrote."""
        return frozenset(name for name in FILES if _begins_with_header(self.path / name))


def _begins_with_header(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(len(HEADER)) == HEADER
    except OSError:
        return False


class Staying(Struct, frozen=True):
    """The declarations of a module in other files than some."""

    module: Module
    gone: frozenset[str]

    def _stays(self, span: Span) -> bool:
        return PurePath(span.source.name).name not in self.gone

    @property
    def resources(self) -> frozenset[Address]:
        """The managed resources, as addresses without keys."""
        blocks = self.module.resources.values()
        return frozenset(
            Address(one.type, one.name) for one in blocks if one.mode == "managed" and self._stays(one.header)
        )

    @property
    def variables(self) -> frozenset[str]:
        """The names of variables."""
        return frozenset(one.name for one in self.module.variables.values() if self._stays(one.span))

    @property
    def remotes(self) -> frozenset[str]:
        """The remotes, as ``TYPE.LABEL``."""
        found = self.module.remotes.values()
        return frozenset(f"{one.type}.{one.name}" for one in found if self._stays(one.header))


def read_target(workspace: Workspace, state: OpenState, name: str) -> Target:
    """Look at the directory.

    Args:
        workspace: where the command runs.
        state: that of its configuration.
        name: the directory, relative to the workspace.

    Raises:
        DiagnosticError: it is something else, or the state of the configuration in it cannot be read.
    """
    path = workspace.directory / name
    if path.exists() and not path.is_dir():
        raise DiagnosticError(Diagnostic(UNREADABLE_FILE, f"{name} is no directory."))
    is_here = path.resolve() == workspace.directory.resolve()
    loaded, snapshot = state.loaded, state.snapshot
    if not is_here:
        there = replace(workspace, directory=path, variables=(), backend=())
        loaded = load(there)
        snapshot = open_loaded(there, loaded).snapshot if path.is_dir() else None
    records = snapshot.resources if snapshot is not None else ()
    module = loaded.configuration.module
    return Target(name=name, path=path, is_here=is_here, module=module, records=tuple(records))


# -- writing ---------------------------------------------------------------------------------------------


def write_files(target: Target, texts: Mapping[str, str], *, force: bool) -> tuple[str, ...]:
    """Write all files, or none where one cannot be written.

    Args:
        target: the directory; it is made where it is missing.
        texts: by name.
        force: overwrite what an earlier run wrote, and remove what of it is not written any more.

    Returns:
        The names of the files that were removed.

    Raises:
        DiagnosticError: files exist, or one cannot be written.
    """
    existing = [name for name in texts if os.path.lexists(target.path / name)]
    foreign = [name for name in existing if name not in target.pulled_before and not (target.path / name).is_dir()]
    if foreign or (existing and not force):
        raise DiagnosticError(_exist(target, existing, foreign))
    stale = sorted(target.pulled_before - texts.keys()) if force else []
    if not texts and not stale:
        return ()
    made = not target.path.exists()
    try:
        target.path.mkdir(parents=True, exist_ok=True)
        _replace_all(target.path, texts)
        for name in stale:
            (target.path / name).unlink()
    except OSError as error:
        if made:
            with suppress(OSError):
                target.path.rmdir()
        name = Path(error.filename2 or error.filename or target.name).name
        detail = f"{target.name}: {name} cannot be written: {error.strerror}."
        raise DiagnosticError(Diagnostic(UNWRITABLE_FILE, detail)) from None
    return tuple(stale)


def _replace_all(folder: Path, texts: Mapping[str, str]) -> None:
    """Every file is whole before the first takes its place.

    Raises:
        OSError: one cannot be written.
    """
    temporary = {name: folder / f".{name}.{os.getpid()}.tmp" for name in texts}
    try:
        for name, text in texts.items():
            temporary[name].write_text(text, encoding="utf-8", newline="")
        for name, path in temporary.items():
            path.replace(folder / name)
    finally:
        for path in temporary.values():
            path.unlink(missing_ok=True)


def _exist(target: Target, names: list[str], foreign: list[str]) -> Diagnostic:
    if foreign:
        lines = _lines(target, foreign)
        detail = (
            f"Nothing was written, because these files would be overwritten, and no dmail pull wrote them:\n{lines}\n"
            "Choose another directory, or give them other names: blocks may stand in any file."
        )
        return Diagnostic(FILES_EXIST, detail)
    detail = (
        f"Nothing was written, because files that would be written exist already:\n{_lines(target, names)}\n"
        "Choose another directory, or overwrite them with --force."
    )
    return Diagnostic(FILES_EXIST, detail)


def _lines(target: Target, names: list[str]) -> str:
    return "\n".join(f"    {os.path.normpath(Path(target.name) / name)}" for name in names)
