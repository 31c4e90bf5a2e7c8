"""Evaluates a loaded configuration against what the state knows: from text to desired objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, has_errors
from declarative_mail.language.graph import build_graph
from declarative_mail.language.learning import Learning
from declarative_mail.language.origins import with_origins
from declarative_mail.language.program import Inputs, Program
from declarative_mail.language.types import DYNAMIC
from declarative_mail.language.values import Unknown, Value
from declarative_mail.operations.data_sources import data_reader
from declarative_mail.operations.host import DesiredHost
from declarative_mail.operations.ignored import ignored_faults
from declarative_mail.operations.load import Loaded
from declarative_mail.operations.missing_secrets import missing_settings
from declarative_mail.operations.remotes import Remotes, open_remotes
from declarative_mail.operations.workspace import Workspace
from declarative_mail.operations.world import World
from declarative_mail.remotes.base import recognise_nothing
from declarative_mail.resources.desired import Desired
from declarative_mail.resources.registry import resource_types
from declarative_mail.state.digest import digest
from declarative_mail.state.fingerprint import Fingerprinter
from declarative_mail.state.snapshot import ResourceRecord

Asks: TypeAlias = Literal["everything", "known secrets", "no secrets", "nothing"]


class Compared(Protocol):
    """What a plan compares a configuration with."""

    fingerprints: Fingerprinter
    """Of secrets: those of what is declared are begun as soon as they are known, what a remote shows is recognised."""

    def is_pending(self, evaluated: Evaluated, address: Address) -> bool:
        """Whether a declared object is missing, or is not as it is declared: a data source that needs it must wait.

        Raises:
            DiagnosticError: a remote cannot be asked.
        """
        ...


class Evaluated(Struct, dict=True):
    """A configuration with all its values.

    Args:
        program: the evaluation, which can compute single objects again during apply.
        host: what it collected.
        diagnostics: all faults, of reading too.
        loaded: what it was made from.
        compared: what it is compared with, where it is.
        parallelism: calls at once on each remote at the most.
    """

    program: Program
    host: DesiredHost
    diagnostics: list[Diagnostic]
    loaded: Loaded
    compared: Compared | None = None
    parallelism: int | None = None

    @cached_property
    def remotes(self) -> tuple[Remotes, list[Diagnostic]]:
        """A client for each remote block, and the faults of their settings."""
        recognise = self.compared.fingerprints.recognise if self.compared is not None else recognise_nothing
        return open_remotes(self.program.remotes.values(), recognise, parallelism=self.parallelism)

    @cached_property
    def learning(self) -> Learning:
        """Computes again what becomes known during apply."""
        return Learning(self.program)

    @property
    def desired(self) -> dict[Address, Desired]:
        """What the configuration declares, by address."""
        return self.host.desired

    @property
    def data_ids(self) -> dict[Address, str]:
        """How its remote names what each data source found."""
        return {address: str(found["id"]) for address, found in self.host.data_read.items() if found.get("id")}

    @property
    def failed(self) -> bool:
        """Whether there is an error."""
        return has_errors(self.diagnostics)

    @property
    def configuration_digest(self) -> str:
        """The digest of every file that the configuration consists of or read."""
        return digest(dict(sorted(self.loaded.files.items())))


def evaluate(
    workspace: Workspace,
    loaded: Loaded,
    known: Mapping[Address, ResourceRecord] | None,
    *,
    asks: Asks = "everything",
    at_plan: bool = True,
    compared: Compared | None = None,
) -> Evaluated:
    """Evaluate everything.

    Args:
        workspace: where it runs.
        loaded: the configuration as read.
        known: the state's objects, after moves; None where there are none or where they do not matter.
        asks: what may be asked besides the files. ``known secrets``: a sensitive variable without a value is unknown;
            ``no secrets``: sources of secrets are not asked either, what they would give is unknown; ``nothing``, for
            ``validate``: all missing values are unknown, and no data source is read.
        at_plan: functions whose result differs each time are unknown.
        compared: what it will be compared with; where it is not, an object counts as done that the state has.
    """
    records = dict(known or {})
    host = DesiredHost(records, lambda _, __: None, compared.fingerprints if compared is not None else None)
    graph, faults = build_graph(loaded.configuration, resource_types())
    world = World(workspace, loaded.files)
    inputs = Inputs(
        given=loaded.given,
        missing=_missing(loaded, asks),
        context=world.context(at_plan=at_plan, without_secrets=asks in ("no secrets", "nothing")),
        types=resource_types(),
    )
    program = Program(loaded.configuration, graph, inputs, host)
    evaluated = Evaluated(program, host, [], loaded, compared, workspace.parallelism)
    if compared is not None:
        host.is_pending = partial(compared.is_pending, evaluated)
    if asks != "nothing":
        host.read_data = data_reader(records, evaluated)
    program.run()
    found = [*program.diagnostics, *host.diagnostics, *ignored_faults(program.instances.values())]
    if asks == "known secrets":
        found += missing_settings(program.remotes.values())
    explained = with_origins(_unique(_beside(faults, found)), loaded.configuration, loaded.given, program.scope())
    evaluated.diagnostics = _unique([*loaded.diagnostics, *faults, *explained])
    return evaluated


def _missing(loaded: Loaded, asks: Asks) -> Callable[[str], Value | None]:
    """What a required variable without a value is: unknown where that is all right, otherwise None, a fault."""
    declared = loaded.configuration.module.variables

    def missing(name: str) -> Value | None:
        allowed = asks == "nothing" or (asks != "everything" and declared[name].sensitive)
        return Unknown(DYNAMIC, f"var.{name}") if allowed else None

    return missing


def _beside(faults: list[Diagnostic], found: list[Diagnostic]) -> list[Diagnostic]:
    """What evaluation found, without what the check of references said already of the same place."""
    places = [one.primary.span for one in faults if one.primary]

    def is_new(one: Diagnostic) -> bool:
        place = one.primary.span if one.primary else None
        return place is None or not any(
            place.source is known.source and known.start <= place.start and place.end <= known.end for known in places
        )

    return [one for one in found if is_new(one)] if places else found


def _unique(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """The same fault at the same place only once, in the order of the files.

    A block of 1,000 instances has one fault.
    """
    seen: dict[tuple[object, ...], Diagnostic] = {}
    for one in diagnostics:
        place = (one.primary.span.source.name, one.primary.span.start, one.primary.span.end) if one.primary else None
        seen.setdefault((one.code.id, place, one.detail if place is None else ""), one)
    return sorted(seen.values(), key=_place)


def _place(one: Diagnostic) -> tuple[str, int]:
    return (one.primary.span.source.name, one.primary.span.start) if one.primary else ("", 0)
