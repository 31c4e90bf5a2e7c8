"""Writes a configuration for everything that a remote has and that is not managed yet.

::

    remote.everything ─▶ arrange (names, references, secrets) ─▶ file_texts ─▶ write_files
             what the state or an import block has ┘ left out

Nothing is written to the remote, and no state: `plan` and `apply` on the result take the objects over.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, has_errors, suggestion
from declarative_mail.diagnostics.codes.planning import UNKNOWN_REMOTE
from declarative_mail.diagnostics.codes.remotes import LEFT_OUT
from declarative_mail.language.scope import Scope
from declarative_mail.operations.evaluate import Evaluated, evaluate
from declarative_mail.operations.pull_remote import RemoteSettings, settings_of
from declarative_mail.operations.pull_target import Staying, Target, read_target, write_files
from declarative_mail.operations.pull_text import IMPORTS, REMOTES, VARIABLES, file_blocks, file_of, file_text
from declarative_mail.operations.states import open_state
from declarative_mail.operations.workspace import Workspace
from declarative_mail.operations.world import World
from declarative_mail.remotes.base import Remote
from declarative_mail.resources.pulled import Arrangement, Declared, Found, Known, arrange
from declarative_mail.resources.registry import resource_types
from declarative_mail.state.snapshot import ResourceRecord

_MEND = "Change it on remote.{} and pull again, or declare it by hand and take it over with dmail import."
_SHOWN = 20
"""As many objects that were left out are named to people."""


class Pulled(Struct, frozen=True, kw_only=True):
    """What was written.

    Args:
        remote: ``TYPE.LABEL``.
        identity: which system it is.
        folder: the directory, relative to the working directory.
        objects: as they are declared.
        managed: how many objects were passed over, because they are managed already.
        files: the files that were written, each with how many blocks it has.
        removed: files of an earlier run that are gone, for there is nothing to put in them.
        secrets: the variables for secrets, which have no value.
        settings: the variables that the remote block in the new directory needs.
        left_out: a warning for each object that cannot be declared.
        warnings: of the state and the remote.
    """

    remote: str
    identity: str
    folder: str
    objects: tuple[Declared, ...]
    managed: int
    files: Mapping[str, int]
    removed: tuple[str, ...]
    secrets: tuple[str, ...]
    settings: tuple[str, ...]
    left_out: tuple[Diagnostic, ...]
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All warnings."""
        return (*self.warnings, *self.left_out)

    @property
    def told(self) -> tuple[Diagnostic, ...]:
        """The same for people: one that names all objects that were left out, for each of them must be seen."""
        mend = _MEND.format(self.remote)
        shown = [f"* {one.detail.removesuffix(mend).rstrip()}" for one in self.left_out[:_SHOWN]]
        if len(shown) < 2:
            return self.diagnostics
        more = len(self.left_out) - len(shown)
        shown += [f"* {more:,} more, which --json names."] if more else []
        return (*self.warnings, Diagnostic(LEFT_OUT, "\n".join([*shown, mend])))

    @property
    def object_lines(self) -> Iterator[dict[str, Any]]:
        """The JSON line of each object."""
        for one in self.objects:
            file = self._shown(file_of(one.address.type))
            yield {"type": "pulled", "address": str(one.address), "id": one.id, "file": file}

    @property
    def summary(self) -> dict[str, Any]:
        """The last JSON line."""
        return {
            "type": "summary",
            "remote": self.remote,
            "identity": self.identity,
            "objects": len(self.objects),
            "managed": self.managed,
            "left_out": len(self.left_out),
            "files": [{"file": self._shown(name), "blocks": blocks} for name, blocks in self.files.items()],
            "removed": [self._shown(name) for name in self.removed],
            "secrets": list(self.secrets),
            "settings": list(self.settings),
        }

    def _shown(self, name: str) -> str:
        return os.path.normpath(os.path.join(self.folder, name))  # noqa: PTH118 - a name to be shown


def pull(workspace: Workspace, address: str, folder: str, *, force: bool) -> Pulled:
    """Write what a remote has to a directory.

    Args:
        workspace: whose configuration declares the remote.
        address: of the remote: ``remote.TYPE.LABEL``, or without the first word.
        folder: the directory to write to, relative to the workspace.
        force: overwrite files.

    Raises:
        DiagnosticError: the configuration has faults, the remote cannot be asked, or the files cannot be written.
    """
    state = open_state(workspace)
    known = state.snapshot.by_address if state.snapshot is not None else {}
    evaluated = evaluate(workspace, state.loaded, known, asks="known secrets")
    remote = _chosen(evaluated, address)
    target = read_target(workspace, state, folder)
    found, warnings = _everything(remote)
    staying = target.staying(_written_anew(found, target, force=force))
    managed = _managed(evaluated, known, remote.name, staying if target.is_here else None)
    new = [one for one in found if one.key not in managed]
    scope = Scope.root({}, context=World(workspace, {}).context(at_plan=True))
    arrangement = arrange(new, _names(target, staying, remote.name, managed), scope)
    settings = _settings(evaluated, target, staying, remote.name)
    named = _is_named(evaluated, target, settings, remote.name)
    files = file_blocks(arrangement, remote.name, named=named, settings=settings)
    removed = write_files(target, {name: file_text(some, remote.name) for name, some in files.items()}, force=force)
    return Pulled(
        remote=remote.name,
        identity=remote.identity,
        folder=os.path.normpath(folder),
        objects=arrangement.objects,
        managed=len(found) - len(new),
        files={name: len(some) for name, some in files.items()},
        removed=removed,
        secrets=tuple(one.name for one in arrangement.variables),
        settings=settings.variables if settings is not None else (),
        left_out=tuple(_left_out(arrangement, remote.name)),
        warnings=(*state.diagnostics, *warnings),
    )


# -- the remote ------------------------------------------------------------------------------------------


def _chosen(evaluated: Evaluated, address: str) -> Remote:
    """The remote that is meant.

    Raises:
        DiagnosticError: there is none of that name, or the configuration has faults.
    """
    remotes, faults = evaluated.remotes
    if evaluated.failed or has_errors(faults):
        raise DiagnosticError([*evaluated.diagnostics, *faults])
    remote = remotes.by_name.get(address.removeprefix("remote."))
    if remote is None:
        declared = sorted(f"remote.{name}" for name in remotes.by_name if name != "local")
        has = (
            f"It declares {', '.join(declared)}."
            if declared
            else 'It declares none: write a block remote "…" "…" first.'
        )
        detail = f'The configuration declares no remote "{address}". {has}'
        near = suggestion(f"remote.{address.removeprefix('remote.')}", declared)
        raise DiagnosticError(Diagnostic(UNKNOWN_REMOTE, detail, help=near))
    return remote


def _everything(remote: Remote) -> tuple[list[Found], list[Diagnostic]]:
    """All objects of a remote, and its warnings.

    Raises:
        DiagnosticError: it cannot be worked with.
    """
    warnings = remote.check()
    if has_errors(warnings):
        raise DiagnosticError(warnings)
    live = remote.everything()
    return [Found(type_, one.id, one.attributes) for type_ in resource_types() for one in live.get(type_, ())], warnings


# -- what is there already -------------------------------------------------------------------------------


def _written_anew(found: Iterable[Found], target: Target, *, force: bool) -> set[str]:
    """The files whose content so far does not count."""
    return {
        *(file_of(one.type) for one in found),
        IMPORTS,
        VARIABLES,
        REMOTES,
        *(target.pulled_before if force else ()),
    }


def _managed(
    evaluated: Evaluated, known: Mapping[Address, ResourceRecord], remote: str, here: Staying | None
) -> dict[str, Address]:
    """The objects of a remote that the configuration manages or is about to take over, by ``TYPE/ID``.

    Args:
        evaluated: the configuration.
        known: what its state holds.
        remote: which one.
        here: where files of this very configuration are written anew, what is declared in the others.
    """
    found = {
        f"{one.type}/{one.id}": one.address for one in known.values() if one.remote == remote and one.mode == "managed"
    }
    remotes, _ = evaluated.remotes
    for target in evaluated.program.imports:
        instance = evaluated.program.instances.get(target.address)
        if instance is not None and (instance.remote or remotes.default) == remote:
            found[f"{target.address.type}/{target.id}"] = target.address
    if here is None:
        return found
    return {key: one for key, one in found.items() if one.module or one.resource in here.resources}


def _names(target: Target, staying: Staying, remote: str, managed: Mapping[str, Address]) -> Known:
    """The names that are given already where the files will stand."""
    labels = {
        f"{one.type}/{one.id}": one.name
        for one in target.records
        if one.remote == remote and one.deposed is None and one.address == Address(one.type, one.name)
    }
    return Known(
        addresses=managed if target.is_here else {},
        labels={key: label for key, label in labels.items() if key not in managed},
        resources=staying.resources,
        variables=staying.variables,
    )


def _settings(evaluated: Evaluated, target: Target, staying: Staying, remote: str) -> RemoteSettings | None:
    """The remote block for a directory in which there is none."""
    if target.is_here or remote in staying.remotes:
        return None
    return settings_of(evaluated.program.remotes[remote])


def _is_named(evaluated: Evaluated, target: Target, settings: RemoteSettings | None, remote: str) -> bool:
    """Whether the blocks must say which remote they are on."""
    remotes, _ = evaluated.remotes
    return remotes.default != remote or not (target.is_here or settings)


def _left_out(arrangement: Arrangement, remote: str) -> Iterator[Diagnostic]:
    for found, reason in arrangement.left_out:
        detail = f"{found.title} with the id {found.id} was left out. {reason} {_MEND.format(remote)}"
        yield Diagnostic(LEFT_OUT, detail)
