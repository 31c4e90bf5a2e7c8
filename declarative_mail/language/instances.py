"""The records that evaluation makes: module instances with their names, resource instances with their bodies."""

from __future__ import annotations

from typing import Protocol, cast

from msgspec import Struct, field

from declarative_mail.addresses import Address, ModulePath
from declarative_mail.diagnostics import Diagnostic, Span
from declarative_mail.language.configuration import Module, ResourceBlock
from declarative_mail.language.evaluated import EvaluatedBody
from declarative_mail.language.scope import Scope
from declarative_mail.language.values import Value


class ResourceInstance(Struct, frozen=True):
    """One instance of a resource or data block after evaluation.

    Args:
        address: which one.
        block: where it is declared.
        body: its evaluated body.
        remote: ``local``, or ``TYPE.LABEL`` of the remote block that it names; None where the default remote counts.
        dependencies: the blocks that it needs, as addresses without keys.
        prevent_destroy: the value of the lifecycle argument.
        triggers: paths whose change asks for a replacement (``replace_triggered_by``).
        in_check: it is the data source of a ``check`` block, whose faults are warnings.
        is_open: a precondition of it is known only after apply.
    """

    address: Address
    block: ResourceBlock
    body: EvaluatedBody
    remote: str | None
    dependencies: tuple[Address, ...]
    prevent_destroy: bool
    triggers: tuple[str, ...] = ()
    in_check: bool = False
    is_open: bool = False


class RemoteInstance(Struct, frozen=True):
    """A ``remote`` block after evaluation."""

    type: str
    name: str
    body: EvaluatedBody
    header: Span


class OutputValue(Struct, frozen=True):
    """An output of the root module."""

    value: Value
    sensitive: bool
    span: Span


class ImportTarget(Struct, frozen=True):
    """One ``import`` block instance: the address to fill and the id by which the remote knows the object."""

    address: Address
    id: Value
    span: Span


class CheckOutcome(Struct, frozen=True):
    """What became of one ``check`` block: the messages of its failed assertions."""

    name: str
    ok: bool
    messages: tuple[str, ...]


class Host(Protocol):
    """What evaluation asks of the layers above: the object that a resource or data instance is in expressions.

    `resource` and `data` are called for each instance after everything that it refers to. They must not raise for
    faulty input: faults go to the diagnostics that the implementation keeps, and the object is then an unknown value.
    """

    diagnostics: list[Diagnostic]

    def resource(self, instance: ResourceInstance) -> None:
        """Take a managed resource over."""
        ...

    def object(self, address: Address) -> Value:
        """The object of a managed resource that was handed over before, with what is known of it now.

        It has the attributes, computed ones unknown unless the state knows them.
        """
        ...

    def data(self, instance: ResourceInstance) -> Value:
        """The object of a data source: read now, or unknown where it must wait for apply."""
        ...


class ModuleInstance(Struct, eq=False):
    """One instance of a module while it is evaluated.

    `roots` is what the first word of a reference may be, `scope` what expressions see: the same, and functions.
    """

    path: ModulePath
    module: Module
    parent: ModuleInstance | None
    call_names: dict[str, Value]
    scope: Scope
    roots: dict[str, Value]
    variables: dict[str, Value] = field(default_factory=dict)
    locals: dict[str, Value] = field(default_factory=dict)
    outputs: dict[str, Value] = field(default_factory=dict)
    calls: dict[str, Value] = field(default_factory=dict)
    resources: dict[str, dict[str, Value]] = field(default_factory=dict)
    data: dict[str, dict[str, Value]] = field(default_factory=dict)

    def open(self, *, working_directory: str, root_directory: str) -> None:
        """Fill `roots` with the tables that grow as declarations are evaluated; references read them in place."""
        self.roots.update(self.resources)
        self.roots.update(var=self.variables, local=self.locals, module=self.calls, data=cast("Value", self.data))
        self.roots["path"] = {"cwd": working_directory, "module": self.module.directory, "root": root_directory}
