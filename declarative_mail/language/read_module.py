"""From the syntax trees of a directory's files to one `Module`.

Every top-level block is read, every fault collected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from declarative_mail.diagnostics import Diagnostic, Label, Span
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.block_reader import BlockReader, labels_of, other_name
from declarative_mail.language.configuration import (
    CheckBlock,
    LocalDeclaration,
    Module,
    OutputDeclaration,
    RemoteBlock,
    Settings,
    VariableDeclaration,
)
from declarative_mail.language.read_refactor import read_accept_drift, read_import, read_moved, read_removed
from declarative_mail.language.read_resource import read_module_call, read_resource, read_rules
from declarative_mail.language.syntax import Block, Body
from declarative_mail.language.traversal import references
from declarative_mail.language.type_syntax import read_type
from declarative_mail.language.types import DYNAMIC, Type

_NAME = re.compile(r"[^\W\d][\w-]*\Z")
_RESERVED_VARIABLES = frozenset(
    {"source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"}
)


class _Reading:
    """The declarations found so far; turned into a `Module` at the end."""

    def __init__(self, resource_types: Collection[str], data_types: Collection[str]) -> None:
        self.resource_types = resource_types
        self.data_types = data_types
        self.diagnostics: list[Diagnostic] = []
        self.settings = Settings()
        self.settings_place: Span | None = None
        self.variables: dict[str, VariableDeclaration] = {}
        self.locals: dict[str, LocalDeclaration] = {}
        self.outputs: dict[str, OutputDeclaration] = {}
        self.resources: dict[tuple[str, str, str], object] = {}
        self.calls: dict[str, object] = {}
        self.remotes: dict[tuple[str, str], RemoteBlock] = {}
        self.checks: dict[str, CheckBlock] = {}
        self.lists: dict[str, list[object]] = {}
        self.places: dict[tuple[str, ...], Span] = {}

    def claim(self, kind: tuple[str, ...], place: Span, what: str) -> bool:
        """Whether this is the first declaration under its name; a second one is a fault at both places."""
        first = self.places.setdefault(kind, place)
        if first is place:
            return True
        detail = f"{what} is already declared at {first}. Rename one of the two or remove it."
        self.diagnostics.append(
            Diagnostic(codes.DUPLICATE, detail, Label(place), (Label(first, "first declared here"),))
        )
        return False

    def valid_name(self, name: str, span: Span) -> bool:
        """Whether a label can be used in references; a fault otherwise."""
        if _NAME.match(name):
            return True
        detail = (
            f'"{name}" cannot be used as a name. A name starts with a letter and holds letters, digits, "_" and "-" '
            "only."
        )
        self.diagnostics.append(Diagnostic(codes.INVALID_NAME, detail, Label(span)))
        return False


def read_module(
    bodies: Iterable[Body], directory: str, *, resource_types: Collection[str], data_types: Collection[str]
) -> tuple[Module, list[Diagnostic]]:
    """Read all files of one directory as one module.

    Args:
        bodies: the parsed files, in the order of their names.
        directory: the directory, relative to the working directory; ``.`` for the root.
        resource_types: the block types that are resources.
        data_types: the types that a ``data`` block may have.
    """
    reading = _Reading(resource_types, data_types)
    for body in bodies:
        for name, attribute in body.attributes.items():
            detail = f'An argument ("{name}") cannot stand at the top level of a file, only blocks can.'
            reading.diagnostics.append(Diagnostic(codes.UNSUPPORTED_ARGUMENT, detail, Label(attribute.name_span)))
        for block in body.blocks:
            _read_block(reading, block)
    lists = reading.lists
    module = Module(
        directory,
        reading.settings,
        reading.variables,
        reading.locals,
        reading.outputs,
        reading.resources,  # type: ignore[arg-type]  # filled by the readers below
        reading.calls,  # type: ignore[arg-type]
        reading.remotes,
        reading.checks,
        tuple(lists.get("import", ())),  # type: ignore[arg-type]
        tuple(lists.get("moved", ())),  # type: ignore[arg-type]
        tuple(lists.get("removed", ())),  # type: ignore[arg-type]
        tuple(lists.get("accept_drift", ())),  # type: ignore[arg-type]
        tuple(lists.get("scenario", ())),  # type: ignore[arg-type]
    )
    return module, reading.diagnostics


def misplaced_blocks(module: Module) -> Iterator[Diagnostic]:
    """A fault for each block of a called module that concerns the whole configuration: only the root may have it."""
    settings = [one for one in (module.settings.backend, module.settings.encryption) if one is not None]
    places = [
        *((one.type, one.header) for one in settings),
        *(("remote", one.header) for one in module.remotes.values()),
        *(("import", one.span) for one in module.imports),
        *(("accept_drift", one.span) for one in module.accept_drift),
        *(("scenario", one.header) for one in module.scenarios),
    ]
    for type_, place in places:
        detail = (
            f"A {type_} block concerns the whole configuration. Move it from {module.directory} to the root module."
        )
        yield Diagnostic(codes.UNSUPPORTED_BLOCK, detail, Label(place))


def _read_block(reading: _Reading, block: Block) -> None:
    reader = _READERS.get(block.type)
    if reader is not None:
        reader(reading, block)
    elif block.type in reading.resource_types:
        _resource(reading, block)
    else:
        known = [*_READERS, *reading.resource_types]
        detail = f"Blocks of type {block.type} are not expected here."
        if block.type == "resource":
            detail += ' A resource is written with its type as the first word: user_group "ops" { … }.'
        reading.diagnostics.append(
            Diagnostic(codes.UNSUPPORTED_BLOCK, detail, Label(block.type_span), help=other_name(block.type, known))
        )


def _named(reading: _Reading, block: Block, kind: str) -> str | None:
    """The one label of a block if it can be a name and is not taken."""
    labels = labels_of(block, ("name",), reading.diagnostics)
    if labels is None or not reading.valid_name(labels[0], block.labels[0].span):
        return None
    return labels[0] if reading.claim((kind, labels[0]), block.header, f'{kind} "{labels[0]}"') else None


def _settings(reading: _Reading, block: Block) -> None:
    if labels_of(block, (), reading.diagnostics) is None or not reading.claim(
        ("declarative_mail",), block.header, "The declarative_mail block"
    ):
        return
    reader = BlockReader(block.body, "the declarative_mail block", place=block.header, diagnostics=reading.diagnostics)
    version = reader.attribute("required_version")
    text = reader.text("required_version")
    reading.settings = Settings(
        text or None, version.expression.span if version else None, reader.block("backend"), reader.block("encryption")
    )
    reader.finish()


def _variable(reading: _Reading, block: Block) -> None:
    name = _named(reading, block, "variable")
    if name is None:
        return
    reader = BlockReader(block.body, f'variable "{name}"', place=block.header, diagnostics=reading.diagnostics)
    if name in _RESERVED_VARIABLES:
        reader.fault(
            codes.INVALID_NAME, f'"{name}" is reserved for module calls; choose another name.', block.labels[0].span
        )
    constraint = reader.expression("type")
    type_: Type = DYNAMIC
    if constraint is not None:
        type_, faults = read_type(constraint)
        reading.diagnostics.extend(faults)
    variable = VariableDeclaration(
        name,
        type_,
        reader.expression("default"),
        reader.text("description"),
        reader.flag("sensitive"),
        reader.flag("nullable", default=True),
        read_rules(reader, "validation"),
        block.header,
    )
    reader.finish()
    reading.variables[name] = variable
    for rule in variable.validations:
        if not any(one.root == "var" and one.names[:1] == (name,) for one in references(rule.condition)):
            detail = f"The condition must refer to var.{name}: it is there to say which values of it are valid."
            reader.fault(codes.INVALID_CONDITION, detail, rule.condition.span)


def _locals(reading: _Reading, block: Block) -> None:
    if labels_of(block, (), reading.diagnostics) is None:
        return
    reader = BlockReader(block.body, "a locals block", place=block.header, diagnostics=reading.diagnostics)
    for name, attribute in block.body.attributes.items():
        reader.attribute(name)
        if reading.claim(("local", name), attribute.name_span, f"local.{name}"):
            reading.locals[name] = LocalDeclaration(name, attribute.expression, attribute.name_span)
    reader.finish()


def _output(reading: _Reading, block: Block) -> None:
    name = _named(reading, block, "output")
    if name is None:
        return
    reader = BlockReader(block.body, f'output "{name}"', place=block.header, diagnostics=reading.diagnostics)
    value = reader.required("value")
    output = OutputDeclaration(
        name,
        value,  # type: ignore[arg-type]  # kept only when it is there, below
        reader.flag("sensitive"),
        reader.text("description"),
        reader.references("depends_on"),
        read_rules(reader, "precondition"),
        block.header,
    )
    reader.finish()
    if value is not None:
        reading.outputs[name] = output


def _resource(reading: _Reading, block: Block) -> None:
    labels = labels_of(block, ("name",), reading.diagnostics)
    if labels is None or not reading.valid_name(labels[0], block.labels[0].span):
        return
    if reading.claim(("managed", block.type, labels[0]), block.header, f"{block.type}.{labels[0]}"):
        key = ("managed", block.type, labels[0])
        reading.resources[key] = read_resource(
            block, "managed", block.type, name=labels[0], diagnostics=reading.diagnostics
        )


def _data(reading: _Reading, block: Block) -> None:
    labels = labels_of(block, ("type", "name"), reading.diagnostics)
    if labels is None or not reading.valid_name(labels[1], block.labels[1].span):
        return
    type_, name = labels
    if type_ not in reading.data_types:
        detail = f'There is no data source of type "{type_}".'
        help_ = other_name(type_, reading.data_types)
        reading.diagnostics.append(Diagnostic(codes.UNSUPPORTED_BLOCK, detail, Label(block.labels[0].span), help=help_))
    elif reading.claim(("data", type_, name), block.header, f"data.{type_}.{name}"):
        reading.resources["data", type_, name] = read_resource(
            block, "data", type_, name=name, diagnostics=reading.diagnostics
        )


def _module(reading: _Reading, block: Block) -> None:
    name = _named(reading, block, "module")
    if name is not None:
        call = read_module_call(block, name, reading.diagnostics)
        if call is not None:
            reading.calls[name] = call


def _remote(reading: _Reading, block: Block) -> None:
    labels = labels_of(block, ("type", "name"), reading.diagnostics)
    if labels is None or not reading.valid_name(labels[1], block.labels[1].span):
        return
    type_, name = labels
    if reading.claim(("remote", type_, name), block.header, f"remote.{type_}.{name}"):
        reading.remotes[type_, name] = RemoteBlock(type_, name, block.body, block.header)


def _check(reading: _Reading, block: Block) -> None:
    name = _named(reading, block, "check")
    if name is None:
        return
    reader = BlockReader(block.body, f'check "{name}"', place=block.header, diagnostics=reading.diagnostics)
    nested = reader.block("data")
    data = None
    if nested is not None:
        labels = labels_of(nested, ("type", "name"), reading.diagnostics)
        if labels is not None:
            data = read_resource(nested, "data", labels[0], name=labels[1], diagnostics=reading.diagnostics)
    asserts = read_rules(reader, "assert")
    if not asserts:
        reader.fault(codes.MISSING_ARGUMENT, f'check "{name}" needs at least one assert block.', block.header)
    reader.finish()
    reading.checks[name] = CheckBlock(name, data, asserts, block.header)


def _collect(read: Callable[[Block, list[Diagnostic]], object | None]) -> Callable[[_Reading, Block], None]:
    """A reader of blocks that have no name: each one found is kept in order."""

    def collect(reading: _Reading, block: Block) -> None:
        found = read(block, reading.diagnostics)
        if found is not None:
            reading.lists.setdefault(block.type, []).append(found)

    return collect


def _scenario(block: Block, diagnostics: list[Diagnostic]) -> Block | None:
    return block if labels_of(block, ("name",), diagnostics) is not None else None


_READERS: dict[str, Callable[[_Reading, Block], None]] = {
    "declarative_mail": _settings,
    "variable": _variable,
    "locals": _locals,
    "output": _output,
    "module": _module,
    "remote": _remote,
    "data": _data,
    "check": _check,
    "import": _collect(read_import),
    "moved": _collect(read_moved),
    "removed": _collect(read_removed),
    "accept_drift": _collect(read_accept_drift),
    "scenario": _collect(_scenario),
}
