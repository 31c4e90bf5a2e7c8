"""The declarations of one module, read from its files but not evaluated: what is written, with spans.

`Module` is what `read_module` makes of the bodies of all ``*.hcl`` files of a directory; `Configuration` is the tree
of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from declarative_mail.diagnostics import Span
from declarative_mail.language.syntax import Attribute, Block, Body, Expression
from declarative_mail.language.types import Type


class Rule(Struct, frozen=True):
    """A ``validation``, ``precondition``, ``postcondition`` or ``assert`` block."""

    condition: Expression
    error_message: Expression
    span: Span


class VariableDeclaration(Struct, frozen=True):
    """``variable "name" { … }``.

    `type` holds the defaults of optional attributes; `default` is absent when required.
    """

    name: str
    type: Type
    default: Expression | None
    description: str
    sensitive: bool
    nullable: bool
    validations: tuple[Rule, ...]
    span: Span


class LocalDeclaration(Struct, frozen=True):
    """One attribute of a ``locals`` block."""

    name: str
    expression: Expression
    span: Span


class OutputDeclaration(Struct, frozen=True):
    """``output "name" { … }``"""

    name: str
    value: Expression
    sensitive: bool
    description: str
    depends_on: tuple[Expression, ...]
    preconditions: tuple[Rule, ...]
    span: Span


class Lifecycle(Struct, frozen=True):
    """The ``lifecycle`` block. `ignore_changes` holds dotted attribute paths, or is None for ``all``."""

    prevent_destroy: Expression | None = None
    ignore_changes: tuple[str, ...] | None = ()
    replace_triggered_by: tuple[Expression, ...] = ()
    create_before_destroy: bool | None = None
    preconditions: tuple[Rule, ...] = ()
    postconditions: tuple[Rule, ...] = ()


class ResourceBlock(Struct, frozen=True):
    """A resource or data block: its meta-arguments, and `body` with what belongs to the type."""

    mode: str
    type: str
    name: str
    body: Body
    count: Expression | None
    for_each: Expression | None
    depends_on: tuple[Expression, ...]
    remote: Expression | None
    lifecycle: Lifecycle
    header: Span
    span: Span


class ModuleCall(Struct, frozen=True):
    """``module "name" { source = "./path" … }``"""

    name: str
    source: str
    source_span: Span
    inputs: dict[str, Attribute]
    count: Expression | None
    for_each: Expression | None
    depends_on: tuple[Expression, ...]
    header: Span


class RemoteBlock(Struct, frozen=True):
    """``remote "type" "name" { … }``"""

    type: str
    name: str
    body: Body
    header: Span


class CheckBlock(Struct, frozen=True):
    """``check "name" { data … assert … }``"""

    name: str
    data: ResourceBlock | None
    asserts: tuple[Rule, ...]
    header: Span


class ImportBlock(Struct, frozen=True):
    """``import { to = … id = … for_each = … }``"""

    to: Expression
    id: Expression
    for_each: Expression | None
    span: Span


class MovedBlock(Struct, frozen=True):
    """``moved { from = … to = … }``: addresses as written, relative to the module."""

    source: str
    target: str
    span: Span


class RemovedBlock(Struct, frozen=True):
    """``removed { from = … lifecycle { destroy = false } }``"""

    source: str
    destroy: bool
    span: Span


class AcceptDrift(Struct, frozen=True):
    """``accept_drift { address = … attributes = […] until = "2026-12-31" reason = "…" }``"""

    address: str
    attributes: tuple[str, ...]
    until: str
    reason: str
    span: Span


class Settings(Struct, frozen=True):
    """The ``declarative_mail`` block."""

    required_version: str | None = None
    required_version_span: Span | None = None
    backend: Block | None = None
    encryption: Block | None = None


class Module(Struct, frozen=True):
    """All declarations of one directory."""

    directory: str
    settings: Settings = Settings()
    variables: Mapping[str, VariableDeclaration] = field(default_factory=dict)
    locals: Mapping[str, LocalDeclaration] = field(default_factory=dict)
    outputs: Mapping[str, OutputDeclaration] = field(default_factory=dict)
    resources: Mapping[tuple[str, str, str], ResourceBlock] = field(default_factory=dict)
    modules: Mapping[str, ModuleCall] = field(default_factory=dict)
    remotes: Mapping[tuple[str, str], RemoteBlock] = field(default_factory=dict)
    checks: Mapping[str, CheckBlock] = field(default_factory=dict)
    imports: tuple[ImportBlock, ...] = ()
    moved: tuple[MovedBlock, ...] = ()
    removed: tuple[RemovedBlock, ...] = ()
    accept_drift: tuple[AcceptDrift, ...] = ()
    scenarios: tuple[Block, ...] = ()


class Configuration(Struct, frozen=True):
    """A module and the modules it calls, by the name of the call."""

    module: Module
    children: Mapping[str, Configuration] = field(default_factory=dict)
