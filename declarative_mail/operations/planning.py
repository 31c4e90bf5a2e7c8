"""Makes a plan: evaluates the configuration, reads the state, refreshes what exists, compares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct, field

from declarative_mail.addresses import Address, parse_address
from declarative_mail.audience.lost import lost_events
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, has_errors
from declarative_mail.diagnostics.codes import planning as codes
from declarative_mail.language.instances import ImportTarget
from declarative_mail.operations.deferred import deferred_reads
from declarative_mail.operations.evaluate import Asks, Evaluated, evaluate
from declarative_mail.operations.imports import Known, find_imports
from declarative_mail.operations.lints import find_horizons, lint_servers
from declarative_mail.operations.load import Loaded
from declarative_mail.operations.missing_secrets import missing_outputs, missing_secrets
from declarative_mail.operations.outputs import output_changes, settled_outputs, stored_outputs
from declarative_mail.operations.pending import Comparison
from declarative_mail.operations.refactoring import moved_records, removed_records
from declarative_mail.operations.refresh_only import lenient, nothing_to_ask, see_what_exists
from declarative_mail.operations.refreshing import preflight, refresh
from declarative_mail.operations.remote_rules import change_faults, declared_faults
from declarative_mail.operations.remotes import Remotes, introduce, orphaned, undeclared_remote
from declarative_mail.operations.renewing import build_settled_changes
from declarative_mail.operations.settling import settle, still_standing
from declarative_mail.operations.states import OpenState
from declarative_mail.operations.wanted import same_secret, wanted_of
from declarative_mail.operations.workspace import Workspace
from declarative_mail.planning.brakes import find_brakes
from declarative_mail.planning.build import Options, Sources
from declarative_mail.planning.change import Change, OutputChange, Plan, Stored, Wanted
from declarative_mail.planning.digest import plan_digest
from declarative_mail.planning.refresh_only import refresh_changes
from declarative_mail.planning.targets import block_of, select
from declarative_mail.records import replace
from declarative_mail.state.fingerprint import Fingerprinter
from declarative_mail.state.snapshot import Output, ResourceRecord, Snapshot


class PlanOptions(Struct, frozen=True, kw_only=True):
    """What the user asked of a plan.

    Args:
        targets: ``--target``, addresses as written.
        excludes: ``--exclude``.
        replaces: ``--replace``.
        destroy: delete everything.
        refresh: ask remotes what exists; otherwise the state is believed.
        allow_destroy: ``--allow-destroy``.
        write_secrets: write imported secrets although they may be equal.
        refresh_only: take what exists into the state, and change nothing else.
        without_secrets: ask no source of secrets; those that exist are taken for unchanged.
        keep_secrets: take a sensitive variable without a value for unchanged.
    """

    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    destroy: bool = False
    refresh: bool = True
    allow_destroy: tuple[str, ...] = ()
    write_secrets: bool = False
    without_secrets: bool = False
    refresh_only: bool = False
    keep_secrets: bool = False

    @property
    def mode(self) -> Literal["normal", "destroy", "refresh-only"]:
        """What kind of plan it is."""
        return "destroy" if self.destroy else "refresh-only" if self.refresh_only else "normal"

    @property
    def asks(self) -> Asks:
        """What may be asked for values."""
        return "no secrets" if self.without_secrets else "known secrets" if self.keep_secrets else "everything"


class Planned(Struct):
    """A plan and all that applying it needs.

    Args:
        plan: the changes.
        wanted: every declared instance.
        evaluated: the configuration with its values.
        remotes: clients.
        snapshot: the state that it was made from.
        records: its objects, after moves.
        fingerprints: of secrets.
        diagnostics: warnings, and errors where there are any; then the plan must not be applied.
    """

    plan: Plan
    wanted: Mapping[Address, Wanted]
    evaluated: Evaluated
    remotes: Remotes
    snapshot: Snapshot | None
    records: Mapping[Address, ResourceRecord]
    fingerprints: Fingerprinter
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether there is an error."""
        return has_errors(self.diagnostics)

    @property
    def is_empty(self) -> bool:
        """Whether applying it would do nothing, not even finish what an interrupted run began."""
        finishes = self.plan.mode != "refresh-only" and self.snapshot is not None and bool(self.snapshot.deposed)
        return self.plan.is_empty and not finishes


def make_plan(
    workspace: Workspace,
    options: PlanOptions,
    state: OpenState,
    *,
    loaded: Loaded | None = None,
    taking: Sequence[ImportTarget] = (),
) -> Planned:
    """Plan the configuration of a workspace against its state.

    Args:
        workspace: where it runs.
        options: what the user asked for.
        state: the state, as it was opened.
        loaded: the configuration, where it is not the one with which the state was opened.
        taking: objects that are taken over beside those of ``import`` blocks.

    Raises:
        DiagnosticError: the configuration cannot be evaluated, so there is nothing to compare.
    """
    loaded, snapshot = loaded or state.loaded, state.snapshot
    fingerprints = state.fingerprinter(workspace.environment)
    stored = snapshot.by_address.values() if snapshot is not None else ()
    records, previous, faults = moved_records(stored, loaded.configuration)
    evaluated = _evaluated(workspace, loaded, records, fingerprints=fingerprints, options=options)
    if evaluated.failed or has_errors(faults):
        raise DiagnosticError([*evaluated.diagnostics, *faults])
    remotes, remote_faults = evaluated.remotes
    if snapshot is not None and snapshot.pending and not has_errors(remote_faults):
        introduce(remotes, (), {}, data=evaluated.data_ids, records=records.values())
        state.take_up(settle(snapshot, records, remotes.by_name))
        return make_plan(workspace, options, state, loaded=loaded, taking=taking)
    wanted = wanted_of(evaluated, remotes, fingerprints)
    diagnostics = [
        *fingerprints.warnings,
        *remote_faults,
        *_faults(evaluated, remotes, snapshot, now=workspace.now),
        *declared_faults(evaluated, wanted, remotes),
    ]
    material = _Material(evaluated, snapshot, records, previous, remotes, wanted, fingerprints)
    if options.refresh and not has_errors(diagnostics):
        diagnostics += preflight(remotes.by_name, material.concerned)
    if has_errors(diagnostics):
        raise DiagnosticError(diagnostics)
    return _compare(material, options, diagnostics, taking=taking)


def _evaluated(
    workspace: Workspace,
    loaded: Loaded,
    records: Mapping[Address, ResourceRecord],
    *,
    fingerprints: Fingerprinter,
    options: PlanOptions,
) -> Evaluated:
    compared = Comparison(fingerprints, refresh=options.refresh)
    evaluated = evaluate(workspace, loaded, records, asks=options.asks, compared=compared)
    if options.refresh_only:
        evaluated.diagnostics = lenient(evaluated.diagnostics)
    return evaluated


class _Material(Struct, frozen=True):
    """What is known before anything is compared."""

    evaluated: Evaluated
    snapshot: Snapshot | None
    records: Mapping[Address, ResourceRecord]
    previous: Mapping[Address, Address]
    remotes: Remotes
    wanted: Mapping[Address, Wanted]
    fingerprints: Fingerprinter

    def introduce(self, targets: Sequence[ImportTarget]) -> None:
        """Tell the remotes what objects are called here."""
        data = self.evaluated.data_ids
        introduce(self.remotes, targets, self.wanted, data=data, records=self.records.values())

    @property
    def concerned(self) -> set[str]:
        """The remotes that the plan is about."""
        return {*(one.remote for one in self.wanted.values()), *(one.remote for one in self.records.values())}


def _compare(
    known: _Material, options: PlanOptions, diagnostics: list[Diagnostic], *, taking: Sequence[ImportTarget]
) -> Planned:
    """The plan: what is wanted, or what the state says, beside what exists."""
    chosen, faults = _build_options(options, known.wanted, known.records)
    if options.refresh_only:
        changes, more = _found(known, chosen)
    else:
        known, changes, more = _meant(known, chosen, options, [*known.evaluated.program.imports, *taking])
    diagnostics.extend([*faults, *more])
    outputs = output_changes(_outputs(known, options), known.snapshot)
    plan = _plan(changes, outputs, known, options)
    if chosen.selection.is_partial:
        diagnostics.append(_partial())
    return Planned(
        plan,
        known.wanted,
        known.evaluated,
        known.remotes,
        known.snapshot,
        known.records,
        known.fingerprints,
        diagnostics,
    )


def _found(known: _Material, chosen: Options) -> tuple[tuple[Change, ...], list[Diagnostic]]:
    """What is not as the state says, and what stands against taking it over."""
    known.introduce(())
    live = refresh(known.remotes.by_name, known.records.values())
    sources = Sources(wanted=known.wanted, records=known.records, previous=known.previous, live=live)
    changes = refresh_changes(sources, chosen.selection)
    faults = see_what_exists(known.evaluated, known.records, changes)
    left = orphaned(known.records.values(), known.remotes.by_name)
    return changes, [*faults, *left, *nothing_to_ask(known.records.values())]


def _meant(
    known: _Material, chosen: Options, options: PlanOptions, targets: Sequence[ImportTarget]
) -> tuple[_Material, tuple[Change, ...], list[Diagnostic]]:
    """The way from what exists to what is wanted, and what stands against it; with what is known from then on."""
    targets = [] if options.destroy else targets
    known.introduce(targets)
    imports, diagnostics = find_imports(
        targets, Known(wanted=known.wanted, records=known.records, remotes=known.remotes)
    )
    removed, faults = removed_records(known.records, known.evaluated.loaded.configuration)
    sources = Sources(
        wanted=known.wanted,
        records=known.records,
        previous=known.previous,
        live=refresh(known.remotes.by_name, known.records.values()) if options.refresh else {},
        removed=removed,
        imports=imports,
        same_secret=same_secret(known.evaluated, known.fingerprints),
    )
    wanted, changes, more = build_settled_changes(sources, chosen, known.evaluated, known.remotes, known.fingerprints)
    ask, leaving = options.refresh and not more, known.snapshot.deposed if known.snapshot is not None else ()
    refused = change_faults(changes, known.evaluated.desired, known.remotes.by_name, leaving=leaving, ask=ask)
    if options.asks == "known secrets":
        refused += missing_secrets(changes, known.evaluated.desired)
        refused += missing_outputs(known.evaluated.program.outputs)
    return replace(known, wanted=wanted), changes, [*diagnostics, *faults, *more, *refused]


def _outputs(known: _Material, options: PlanOptions) -> dict[str, Output]:
    """What the outputs will be, in the form of the state."""
    if options.destroy:
        return {}
    if options.refresh_only:
        return settled_outputs(known.evaluated, known.snapshot, known.fingerprints)
    return stored_outputs(known.evaluated, known.fingerprints)


def _faults(evaluated: Evaluated, remotes: Remotes, snapshot: Snapshot | None, *, now: datetime) -> list[Diagnostic]:
    """What is to be said of a configuration before anything is compared."""
    return [
        *evaluated.diagnostics,
        *lint_servers(evaluated.desired, now.date()),
        *find_horizons(evaluated.desired, snapshot, now),
        *still_standing(snapshot),
        *_unknown_remotes(evaluated, remotes),
    ]


def _plan(
    changes: tuple[Change, ...],
    outputs: Mapping[str, OutputChange],
    known: _Material,
    options: PlanOptions,
) -> Plan:
    evaluated = known.evaluated
    normal = options.mode == "normal"
    reads = deferred_reads(evaluated, known.remotes, known.fingerprints) if normal else ()
    lost = lost_events(_attributes(changes, before=True), _attributes(changes, before=False)) if normal else []
    return Plan(
        changes,
        outputs,
        known.snapshot,
        evaluated.configuration_digest,
        plan_digest(changes, outputs),
        find_brakes(changes, declared=len(evaluated.desired), lost_audience=lost, destroy=options.destroy),
        options.mode,
        reads=reads,
    )


def _attributes(changes: Iterable[Change], *, before: bool) -> dict[str, Stored]:
    """The groups and rules as they were or will be, by address."""
    sides = ((change, change.before if before else change.after) for change in changes)
    return {str(change.address): side for change, side in sides if side is not None}


def _partial() -> Diagnostic:
    detail = (
        "--target or --exclude was given, so this plan does not cover the whole configuration, and "
        "applying it may leave "
        "the rest behind. Run plan without them afterwards."
    )
    return Diagnostic(codes.TARGETED, detail)


def _unknown_remotes(evaluated: Evaluated, remotes: Remotes) -> list[Diagnostic]:
    return [
        undeclared_remote(instance, instance.remote)
        for instance in evaluated.program.instances.values()
        if instance.remote is not None and instance.remote not in remotes.by_name
    ]


def _build_options(
    options: PlanOptions, wanted: Mapping[Address, Wanted], records: Mapping[Address, ResourceRecord]
) -> tuple[Options, list[Diagnostic]]:
    addresses = [*wanted, *(address for address in records if address not in wanted)]
    needs: dict[Address, Iterable[Address]] = {address: one.dependencies for address, one in wanted.items()}
    if options.targets or options.excludes:
        for address, record in records.items():
            needs.setdefault(address, [block_of(parse_address(text)) for text in record.dependencies])
    selection, faults = select(options.targets, options.excludes, addresses=addresses, dependencies=needs)
    replaces, replace_faults = _addresses(options.replaces, addresses)
    allowed, allow_faults = _addresses(options.allow_destroy, addresses)
    built = Options(
        selection=selection,
        replace=replaces,
        destroy=options.destroy,
        allow_destroy=allowed,
        write_secrets=options.write_secrets,
    )
    return built, [*faults, *replace_faults, *allow_faults]


def _addresses(texts: Iterable[str], known: Iterable[Address]) -> tuple[frozenset[Address], list[Diagnostic]]:
    selection, faults = select(texts, (), addresses=known, dependencies={})
    return selection.chosen or frozenset(), faults
