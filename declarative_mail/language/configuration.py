"""The declarations of one module, read from its files but not evaluated: what is written, with spans.

`Module` is what `read_module` makes of the bodies of all ``*.hcl`` files of a directory; `Configuration` is the tree
of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from declarative_mail.diagnostics import Span
from declarative_mail.language.syntax import Attribute, Block, Body, Expression
from declarative_mail.language.types import Type


@dataclass(frozen=True, slots=True)
class Rule:
    """A ``validation``, ``precondition``, ``postcondition`` or ``assert`` block."""

    condition: Expression
    error_message: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class VariableDeclaration:
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


@dataclass(frozen=True, slots=True)
class LocalDeclaration:
    """One attribute of a ``locals`` block."""

    name: str
    expression: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class OutputDeclaration:
    """``output "name" { … }``"""

    name: str
    value: Expression
    sensitive: bool
    description: str
    depends_on: tuple[Expression, ...]
    preconditions: tuple[Rule, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The ``lifecycle`` block. `ignore_changes` holds dotted attribute paths, or is None for ``all``."""

    prevent_destroy: Expression | None = None
    ignore_changes: tuple[str, ...] | None = ()
    replace_triggered_by: tuple[Expression, ...] = ()
    create_before_destroy: bool | None = None
    preconditions: tuple[Rule, ...] = ()
    postconditions: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class ResourceBlock:
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


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """``module "name" { source = "./path" … }``"""

    name: str
    source: str
    source_span: Span
    inputs: dict[str, Attribute]
    count: Expression | None
    for_each: Expression | None
    depends_on: tuple[Expression, ...]
    header: Span


@dataclass(frozen=True, slots=True)
class RemoteBlock:
    """``remote "type" "name" { … }``"""

    type: str
    name: str
    body: Body
    header: Span


@dataclass(frozen=True, slots=True)
class CheckBlock:
    """``check "name" { data … assert … }``"""

    name: str
    data: ResourceBlock | None
    asserts: tuple[Rule, ...]
    header: Span


@dataclass(frozen=True, slots=True)
class ImportBlock:
    """``import { to = … id = … for_each = … }``"""

    to: Expression
    id: Expression
    for_each: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class MovedBlock:
    """``moved { from = … to = … }``: addresses as written, relative to the module."""

    source: str
    target: str
    span: Span


@dataclass(frozen=True, slots=True)
class RemovedBlock:
    """``removed { from = … lifecycle { destroy = false } }``"""

    source: str
    destroy: bool
    span: Span


@dataclass(frozen=True, slots=True)
class AcceptDrift:
    """``accept_drift { address = … attributes = […] until = "2026-12-31" reason = "…" }``"""

    address: str
    attributes: tuple[str, ...]
    until: str
    reason: str
    span: Span


@dataclass(frozen=True, slots=True)
class Settings:
    """The ``declarative_mail`` block."""

    required_version: str | None = None
    required_version_span: Span | None = None
    backend: Block | None = None
    encryption: Block | None = None


@dataclass(frozen=True, slots=True)
class Module:
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


@dataclass(frozen=True, slots=True)
class Configuration:
    """A module and the modules it calls, by the name of the call."""

    module: Module
    children: Mapping[str, Configuration] = field(default_factory=dict)
