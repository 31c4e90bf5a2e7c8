"""Reads a configuration from disk: all files of the directory and of the modules it calls."""

from __future__ import annotations

import os
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path

from msgspec import Struct, field

from declarative_mail.diagnostics import Code, Diagnostic, Label, Source, Span, suggestion
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.configuration import Configuration, Module, ModuleCall
from declarative_mail.language.parse import decode_source, parse_file
from declarative_mail.language.read_module import misplaced_blocks, read_module
from declarative_mail.language.stored import Blobs
from declarative_mail.language.syntax import Body
from declarative_mail.language.variables import Given, choose, given_as_text, given_in_environment, given_in_file
from declarative_mail.operations.blobs import DiskBlobs
from declarative_mail.operations.version import check_version
from declarative_mail.operations.workspace import Workspace
from declarative_mail.resources.registry import data_types, resource_types

FOREIGN_FILES = ("terragrunt.hcl", "*.pkr.hcl", "*.nomad.hcl")
"""HCL files of other programs, which often share a repository."""
VALUES_FILE = "dmail.hclvars"
_MODULE_DEPTH = 32


class Loaded(Struct):
    """A configuration as read, not evaluated.

    Args:
        configuration: the root module and all it calls.
        given: values for root variables.
        files: the digest of every file that was read, by name relative to the working directory.
    """

    configuration: Configuration
    given: dict[str, Given]
    diagnostics: list[Diagnostic]
    files: dict[str, str] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)


def load(workspace: Workspace) -> Loaded:
    """Read everything; faults are in the result, with as much of the configuration as could be read."""
    loaded = Loaded(Configuration(Module(".")), {}, [])
    loader = _Loader(workspace, loaded)
    loaded.configuration = loader.configuration(workspace.directory, ".", ())
    loader.values(loaded.configuration.module)
    return loaded


class _Loader:
    def __init__(self, workspace: Workspace, loaded: Loaded) -> None:
        self.workspace = workspace
        self.loaded = loaded
        self.blobs: Blobs | None = DiskBlobs(workspace.cache) if workspace.cache is not None else None

    def configuration(self, directory: Path, name: str, callers: tuple[Path, ...]) -> Configuration:
        """The module of a directory and of all that it calls."""
        bodies = [body for path in self._files(directory, name) if (body := self._parse(path)) is not None]
        module, faults = read_module(bodies, name, resource_types=resource_types(), data_types=data_types())
        self.loaded.diagnostics.extend(faults)
        check_version(module.settings, self.loaded.diagnostics)
        if callers:
            self.loaded.diagnostics.extend(misplaced_blocks(module))
        chain = (*callers, directory.resolve())
        children = {call.name: self._child(call, directory, chain) for call in module.modules.values()}
        return Configuration(module, {name: child for name, child in children.items() if child is not None})

    def _child(self, call: ModuleCall, directory: Path, callers: tuple[Path, ...]) -> Configuration | None:
        target = directory / call.source
        label = Label(call.source_span)
        if not target.is_dir():
            near = suggestion(
                target.name, [one.name for one in target.parent.iterdir()] if target.parent.is_dir() else []
            )
            detail = f'The source "{call.source}" of module "{call.name}" is not a directory.'
            self.loaded.diagnostics.append(Diagnostic(codes.MODULE_MISSING, detail, label, help=near))
            return None
        if target.resolve() in callers or len(callers) > _MODULE_DEPTH:
            detail = f'Module "{call.name}" calls a module that is already being read: it would never end.'
            self.loaded.diagnostics.append(Diagnostic(codes.MODULE_RECURSION, detail, label))
            return None
        return self.configuration(target, self._relative(target), callers)

    def _relative(self, path: Path) -> str:
        """A path as a person reads it: relative to the working directory where it lies below it."""
        text = os.path.relpath(path, self.workspace.directory)
        return text if not text.startswith("../../..") else str(path)

    def _files(self, directory: Path, name: str) -> list[Path]:
        """The configuration files of a directory, in the order of their names."""
        try:
            found = sorted(
                path for path in directory.iterdir() if path.suffix == ".hcl" and not path.name.startswith(".")
            )
        except OSError as error:
            self._fault(codes.UNREADABLE_FILE, f"The directory {directory} cannot be read: {error.strerror}.")
            return []
        ours = [path for path in found if not any(fnmatch(path.name, pattern) for pattern in FOREIGN_FILES)]
        for path in found:
            if path not in ours:
                detail = f"{self._relative(path)} belongs to another program, going by its name, and is not read."
                self._fault(codes.SKIPPED_FILE, detail)
        if not ours:
            where = "this directory" if name == "." else name
            detail = (
                f"There is no *.hcl file in {where}. Write one, or say where the configuration is with:\n"
                "    dmail -C DIRECTORY …"
            )
            self._fault(codes.NO_CONFIGURATION, detail)
        return ours

    def _fault(self, code: Code, detail: str) -> None:
        self.loaded.diagnostics.append(Diagnostic(code, detail))

    def _parse(self, path: Path, *, values: bool = False) -> Body | None:
        """The tree of a file. The configuration's digest covers it, unless it holds values.

        A saved plan keeps those itself.
        """
        name = self._relative(path)
        try:
            data = path.read_bytes()
        except OSError as error:
            self._fault(codes.UNREADABLE_FILE, f"{name} cannot be read: {error.strerror}.")
            return None
        if not values:
            self.loaded.files[name] = sha256(data).hexdigest()
        source, faults = decode_source(name, data)
        self.loaded.diagnostics.extend(faults)
        if source is None:
            return None
        self.loaded.sources.append(source)
        body, faults = parse_file(source, blobs=self.blobs, beside=self.workspace.beside)
        self.loaded.diagnostics.extend(faults)
        return body

    def values(self, module: Module) -> None:
        """Collect the values for the variables of the root module."""
        directory = self.workspace.directory
        given = given_in_environment(self.workspace.environment)
        automatic = [directory / VALUES_FILE, *sorted(directory.glob("*.auto.hclvars"))]
        for path in automatic:
            if path.is_file():
                given.extend(self._values_file(path))
        for kind, text in self.workspace.variables:
            given.extend(self._option(kind, text))
        chosen, faults = choose(given, module.variables)
        self.loaded.given = chosen
        self.loaded.diagnostics.extend(faults)

    def _option(self, kind: str, text: str) -> list[Given]:
        if kind == "var-file":
            return self._values_file(self.workspace.directory / text)
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            span = Span(Source("--var", text), 0, len(text))
            detail = "A value is given as NAME=VALUE, e.g. --var 'region=eu'."
            self.loaded.diagnostics.append(Diagnostic(codes.INVALID_VARIABLE_VALUE, detail, Label(span, secret=True)))
            return []
        return [given_as_text(name.strip(), value, "option")]

    def _values_file(self, path: Path) -> list[Given]:
        body = self._parse(path, values=True)
        return [] if body is None else given_in_file(body, self.loaded.diagnostics)
