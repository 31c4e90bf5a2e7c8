"""Runs the steps of a plan with bounded workers and keeps what became of each object."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from msgspec import Struct, field

from declarative_mail.addresses import Address
from declarative_mail.applying.crew import Crew
from declarative_mail.applying.order import Part, order_steps, parts_of
from declarative_mail.applying.records import forget_or_move, record_after
from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.planning.change import Change, Plan, Stored
from declarative_mail.planning.targets import block_of
from declarative_mail.records import replace
from declarative_mail.remotes.base import LiveObject, Operation, Remote, Written
from declarative_mail.secrets import Secret
from declarative_mail.state.snapshot import ResourceRecord


class Resolved(Struct, frozen=True):
    """The attributes of a change with nothing unknown left, and the values of its secrets by path."""

    attributes: Stored
    secrets: Mapping[str, Secret]


class Resolver(Protocol):
    """Answers what was known only after apply."""

    def resolve(self, change: Change) -> Resolved:
        """The final attributes of a create or update; called when everything it refers to is done.

        Raises:
            DiagnosticError: a secret has gone or an expression fails now.
        """
        ...

    def applied(self, record: ResourceRecord) -> None:
        """Told of each object that was written, so that what refers to it can be resolved."""
        ...

    def refused(self, change: Change) -> Diagnostic | None:
        """What the configuration has against an object as it became: a postcondition that does not hold.

        The object stays and is remembered; what depends on it is not reached.
        """
        ...


class Run(Struct):
    """What became of a plan.

    Args:
        records: all objects of the state as they are now, by address.
        done: the addresses whose change was made.
        failed: the addresses whose change was refused, with the fault.
        stopped: somebody asked to stop before the end.
    """

    records: dict[Address, ResourceRecord]
    done: list[Change] = field(default_factory=list)
    failed: list[tuple[Change, Diagnostic]] = field(default_factory=list)
    not_reached: list[Change] = field(default_factory=list)
    stopped: bool = False

    @property
    def ok(self) -> bool:
        """Whether every change was made."""
        return not self.failed and not self.not_reached


class Call(Struct, frozen=True):
    """One operation that is about to be sent, and where it belongs."""

    change: Change
    operation: Operation
    remote: str
    document: str


class Ended(Struct, frozen=True):
    """How a call ended, and the record of the object as it is now; None after a delete or where it is not known."""

    call: Call
    written: Written
    record: ResourceRecord | None


class Settings(Struct, frozen=True, kw_only=True):
    """How a plan is run.

    Args:
        remotes: by name.
        resolver: answers what was unknown.
        on_event: told ``start``, ``done`` and ``failed`` of each change; called from the main thread only.
        should_stop: asked before each step; true ends the run after what is under way.
        before_calls: told the calls that are sent next, as many as run at once (the journal); it may raise, and then
            none of them is sent. Some may not be sent after all, if somebody asks to stop.
        make_sure: asked before each of them is sent; it may raise, and then neither this one nor any other is.
        after_calls: told how calls ended before the next ones start. All three are called from the main thread only.
        prove: asked of each object that was written, in the thread that wrote it: a fault keeps the object, and what
            depends on it from being reached.
        data_ids: how remotes name what data sources found: objects may refer to these too.
        repeated: the creates that an interrupted run was about to make, too.
    """

    remotes: Mapping[str, Remote]
    resolver: Resolver
    on_event: Callable[[str, Change, Diagnostic | None], None]
    should_stop: Callable[[], bool]
    before_calls: Callable[[Sequence[Call]], None] = lambda _: None
    make_sure: Callable[[], None] = lambda: None
    after_calls: Callable[[Sequence[Ended]], None] = lambda _: None
    prove: Callable[[Change, LiveObject], Diagnostic | None] = lambda *_: None
    data_ids: Mapping[Address, str] = field(default_factory=dict)
    repeated: Collection[Address] = ()


def run_plan(plan: Plan, records: Mapping[Address, ResourceRecord], settings: Settings) -> Run:
    """Make every change of a plan.

    A change that fails keeps everything that depends on it from being tried; all else goes on.
    """
    run = Run(dict(records))
    for change in plan.changes:
        if forget_or_move(run.records, change):
            run.done.append(change)
    changes = [change for change in plan.changes if any(True for _ in parts_of(change))]
    _Walk(run, changes, settings).go()
    return run


_Prepared: TypeAlias = tuple[int, list[Call]]
_Crew: TypeAlias = Crew[_Prepared, list[Written]]


class _Walk:
    """One walk over the steps of a plan."""

    def __init__(self, run: Run, changes: list[Change], settings: Settings) -> None:
        self.run = run
        self.settings = settings
        self.steps, self.sorter = order_steps(changes, self)
        self.left = {change.address: sum(1 for _ in parts_of(change)) for change in changes}
        self.bad: set[Address] = set()
        self.ids = {**settings.data_ids, **{address: record.id for address, record in run.records.items()}}

    def document(self, part: Part, /) -> str:
        """The unit of write that a part belongs to."""
        return self.settings.remotes[part.remote].document(part.outline)

    def natural_key(self, remote: str, type_: str, attributes: Mapping[str, Any], /) -> tuple[str, ...]:
        """What a remote keeps unique among the objects of a type."""
        return self.settings.remotes[remote].natural_key(type_, attributes)

    def go(self) -> None:
        """Run until everything is done, out of reach, or somebody asks to stop."""
        widest = max((self.settings.remotes[step.remote].parallelism for step in self.steps), default=1)
        if widest <= 1:
            while self.sorter.is_active():
                for index in self.sorter.get_ready():
                    self._alone(index)
            return
        remotes = {step.remote for step in self.steps}
        parallelism = {name: self.settings.remotes[name].parallelism for name in remotes}
        crew = Crew(parallelism, self._write_step, on_begin=lambda step: self._tell_start(step[1]))
        at_once = False
        try:
            self._side_by_side(crew, widest)
        except KeyboardInterrupt:
            at_once = True
            raise
        finally:
            crew.close(wait=not at_once)

    def _alone(self, index: int) -> None:
        calls = self._calls(index)
        if calls:
            self.settings.before_calls(calls)
            self._tell_start(calls)
            self.settings.make_sure()
            self._finish([(calls, self._write(calls))])
        self.sorter.done(index)

    def _side_by_side(self, crew: _Crew, widest: int) -> None:
        """Prepare as many steps as run at once, note them together, and start each as soon as its remote has room."""
        ready: deque[int] = deque()
        prepared: list[_Prepared] = []
        while self.sorter.is_active():
            ready.extend(self.sorter.get_ready())
            if not prepared:
                prepared = self._prepare([ready.popleft() for _ in range(min(widest, len(ready)))])
            prepared = self._start(crew, prepared)
            if not crew.is_idle and (prepared or not ready or crew.is_full):
                self._await(crew)

    def _await(self, crew: _Crew) -> None:
        """Wait for steps to end, and take back what is not begun where somebody asked to stop."""
        ended = list(crew.ended())
        self._finish([(calls, written) for (_, calls), written in ended])
        for (index, _), _ in ended:
            self.sorter.done(index)
        if self._stopped():
            for step in crew.call_back():
                self._leave(step)

    def _leave(self, step: _Prepared) -> None:
        index, calls = step
        for call in calls:
            self._not_reached(call.change)
        self.sorter.done(index)

    def _prepare(self, indexes: list[int]) -> list[_Prepared]:
        prepared = []
        for index in indexes:
            calls = self._calls(index)
            if calls:
                prepared.append((index, calls))
            else:
                self.sorter.done(index)
        if prepared:
            self.settings.before_calls([call for _, calls in prepared for call in calls])
        return prepared

    def _start(self, crew: _Crew, prepared: list[_Prepared]) -> list[_Prepared]:
        """Start what has room on its remote; gives what has to wait."""
        waiting = []
        for step in prepared:
            calls = step[1]
            if self._stopped():
                self._leave(step)
            elif not crew.has_room(calls[0].remote):
                waiting.append(step)
            else:
                self.settings.make_sure()
                crew.start(calls[0].remote, step)
        return waiting

    def _stopped(self) -> bool:
        if not self.run.stopped and self.settings.should_stop():
            self.run.stopped = True
        return self.run.stopped

    def _tell_start(self, calls: list[Call]) -> None:
        for call in calls:
            self.settings.on_event("start", call.change, None)

    def _calls(self, index: int) -> list[Call]:
        """The calls of a step that can be made now; none for a barrier and where all of them are out of reach."""
        if index >= len(self.steps):
            return []
        step = self.steps[index]
        calls = []
        for part in step.parts:
            if self._stopped() or self._is_out_of_reach(part):
                self._not_reached(part.change)
                continue
            operation = self._operation(part)
            if operation is not None:
                calls.append(Call(part.change, operation, step.remote, step.document))
        return calls

    def _is_out_of_reach(self, part: Part) -> bool:
        """Whether something that a part needs was not done. A delete needs the other half of its replacement."""
        if not self.bad:
            return False
        change = part.change
        if change.address in self.bad:
            return True
        if part.verb == "delete" or change.wanted is None:
            return any(_uses(other, change.address) for other in self.bad_changes())
        exact = set(change.wanted.references)
        if not exact.isdisjoint(self.bad):
            return True
        named = {block_of(one) for one in exact}
        return any(block_of(one) in change.wanted.dependencies and block_of(one) not in named for one in self.bad)

    def bad_changes(self) -> Iterator[Change]:
        """The changes that were not made, so far."""
        yield from (change for change, _ in self.run.failed)
        yield from self.run.not_reached

    def _operation(self, part: Part) -> Operation | None:
        change = part.change
        outline = part.outline
        if part.verb == "delete":
            return outline
        try:
            resolved = self.settings.resolver.resolve(change)
        except DiagnosticError as error:
            self.settings.on_event("start", change, None)
            self._failed(change, error.diagnostics[0])
            return None
        references = change.wanted.references if change.wanted is not None else ()
        ids = {str(one): self.ids[one] for one in references if one in self.ids}
        return Operation(
            part.verb,
            change.address,
            outline.type,
            outline.id,
            outline.before,
            resolved.attributes,
            resolved.secrets,
            ids,
            repeated=part.verb == "create" and change.address in self.settings.repeated,
        )

    def _write_step(self, step: _Prepared) -> list[Written]:
        return self._write(step[1])

    def _write(self, calls: list[Call]) -> list[Written]:
        first = calls[0]
        results = self.settings.remotes[first.remote].write(first.document, [call.operation for call in calls])
        return [self._proved(call, result) for call, result in zip(calls, results, strict=True)]

    def _proved(self, call: Call, result: Written) -> Written:
        if result.object is None or result.fault is not None:
            return result
        return replace(result, fault=self.settings.prove(call.change, result.object))

    def _finish(self, steps: list[tuple[list[Call], list[Written]]]) -> None:
        ended = []
        for calls, results in steps:
            for call, result in zip(calls, results, strict=True):
                if result.fault is not None:
                    record = self._keep(call.change, result.object) if result.object is not None else None
                    self._failed(call.change, result.fault)
                    ended.append(Ended(call, result, record))
                else:
                    ended.append(Ended(call, result, self._made(call.change, result)))
        self.settings.after_calls(ended)

    def _keep(self, change: Change, made: LiveObject) -> ResourceRecord:
        """Remember an object as it is now."""
        record = record_after(change, made)
        self.run.records[change.address] = record
        self.ids[change.address] = record.id
        self.settings.resolver.applied(record)
        return record

    def _made(self, change: Change, result: Written) -> ResourceRecord | None:
        address, record = change.address, None
        if result.object is not None:
            record = self._keep(change, result.object)
            fault = self.settings.resolver.refused(change)
            if fault is not None:
                self._failed(change, fault)
                return record
        elif self.run.records.get(address) is change.record:
            self.run.records.pop(address, None)
        self.left[address] -= 1
        if self.left[address] == 0:
            self.run.done.append(change)
            self.settings.on_event("done", change, None)
        return record

    def _failed(self, change: Change, fault: Diagnostic) -> None:
        self.bad.add(change.address)
        self.run.failed.append((change, fault))
        self.settings.on_event("failed", change, fault)

    def _not_reached(self, change: Change) -> None:
        if change.address not in self.bad:
            self.bad.add(change.address)
            self.run.not_reached.append(change)


def _uses(change: Change, address: Address) -> bool:
    record = change.record
    return record is not None and (str(address) in record.references or str(block_of(address)) in record.dependencies)
