"""Running a plan: done, failed, not reached; workers; a stop in the middle."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import pytest

from declarative_mail.addresses import parse_address
from declarative_mail.applying.run import Resolved, Run, Settings, run_plan
from declarative_mail.diagnostics import Code, Diagnostic, DiagnosticError
from declarative_mail.planning.change import Change, Plan, Wanted
from declarative_mail.remotes.base import LiveObject, Operation, Remote, Written
from declarative_mail.state.snapshot import ResourceRecord
from tests.planning.records import changes_and_faults, natural_key, record, wanted

REFUSED = Code("DM6999", "Refused in a test")


class Memory:
    """A remote that keeps objects in memory, refuses some, and notes how many calls run at once."""

    identity = "memory"

    def __init__(self, name: str = "local", *, parallelism: int = 1, refuses: str = "") -> None:
        self.name, self.parallelism, self.refuses = name, parallelism, refuses
        self.objects: dict[str, dict[str, Any]] = {}
        self.running = self.most = 0
        self.both = threading.Event()
        self.lock = threading.Lock()

    def natural_key(self, _type: str, attributes: Mapping[str, Any], /) -> tuple[str, ...]:
        """The identifier or name."""
        return natural_key(attributes)

    def document(self, operation: Operation, /) -> str:
        """One for each operation."""
        return f"{operation.address} {operation.verb}"

    def write(self, document: str, operations: Sequence[Operation], /) -> list[Written]:
        """Note how many are written at once."""
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
            if self.running == self.parallelism:
                self.both.set()
        self.both.wait(0.5 if self.parallelism > 1 else 0)
        try:
            return [self._one(operation) for operation in operations]
        finally:
            with self.lock:
                self.running -= 1

    def _one(self, operation: Operation) -> Written:
        if self.refuses and self.refuses in str(operation.address):
            return Written(operation, fault=Diagnostic(REFUSED, "The remote said no."))
        if operation.after is None:
            self.objects.pop(operation.id or "", None)
            return Written(operation)
        id_ = operation.id or f"id-{operation.address}"
        self.objects[id_] = dict(operation.after)
        return Written(operation, LiveObject(id_, operation.after))


class Plain:
    """Nothing is unknown."""

    def resolve(self, change: Change) -> Resolved:
        """As planned."""
        return Resolved(change.after or {}, {})

    def applied(self, record: ResourceRecord) -> None:
        """Nobody asks."""

    def refused(self, change: Change) -> Diagnostic | None:
        """Nothing."""
        return None


def _run(
    wants: list[Wanted],
    records: list[ResourceRecord],
    remote: Memory,
    *,
    should_stop: Callable[[], bool] = lambda: False,
    make_sure: Callable[[], None] = lambda: None,
) -> Run:
    changes, faults = changes_and_faults(wants, records)
    assert faults == []
    plan = Plan(changes, {}, None, "", "")
    settings = Settings(
        remotes={remote.name: cast("Remote", remote)},
        resolver=Plain(),
        on_event=lambda *_: None,
        should_stop=should_stop,
        make_sure=make_sure,
    )
    return run_plan(plan, {one.address: one for one in records}, settings)


def _names(changes: list[Change]) -> list[str]:
    return sorted(str(change.address) for change in changes)


def test_everything_is_done_and_remembered() -> None:
    """Records have the id of the remote and a digest of each attribute."""
    remote = Memory()
    run = _run([wanted("user_group.a"), wanted("user_group.b", {"members": ["x"]})], [record("user_group.b")], remote)

    made = run.records[parse_address("user_group.a")]
    assert run.ok
    assert _names(run.done) == ["user_group.a", "user_group.b"]
    assert ("id-user_group.a", {"name", "members"}) == (made.id, set(made.applied))


def test_failure_keeps_dependants_from_being_tried_and_nothing_else() -> None:
    """Three honest lists."""
    remote = Memory(refuses="bad")
    dependant = wanted(
        "notification_rule.r",
        dependencies=(parse_address("user_group.bad"),),
        references=(parse_address("user_group.bad"),),
    )

    run = _run([wanted("user_group.bad"), wanted("user_group.good"), dependant], [], remote)

    assert _names(run.done) == ["user_group.good"]
    assert [str(change.address) for change, _ in run.failed] == ["user_group.bad"]
    assert _names(run.not_reached) == ["notification_rule.r"]
    assert parse_address("user_group.bad") not in run.records


def test_one_failed_instance_blocks_only_what_names_it() -> None:
    """A rule that refers to another instance of the same block goes on."""
    remote = Memory(refuses='t["bad"]')
    block = (parse_address("user_group.t"),)
    groups = [wanted('user_group.t["bad"]'), wanted('user_group.t["good"]')]
    rules = [
        wanted(f"notification_rule.{key}", dependencies=block, references=(parse_address(f'user_group.t["{key}"]'),))
        for key in ("bad", "good")
    ]

    run = _run([*groups, *rules], [], remote)

    assert _names(run.done) == ["notification_rule.good", 'user_group.t["good"]']
    assert _names(run.not_reached) == ["notification_rule.bad"]


def test_group_is_not_deleted_while_its_rule_could_not_be() -> None:
    """Otherwise the rule would point at nothing."""
    remote = Memory(refuses="notification_rule")
    group = record("user_group.g")
    rule = record("notification_rule.r", dependencies=(group.address,), references=(group.address,))

    run = _run([], [group, rule], remote)

    assert _names(run.not_reached) == ["user_group.g"]
    assert {group.address, rule.address} == set(run.records)


def test_old_half_of_a_failed_replacement_stays() -> None:
    """Create failed, so nothing is deleted."""
    remote = Memory(refuses="user_group.g")
    old = record("user_group.g", {"identifier": "old"})
    new = wanted("user_group.g", {"identifier": "new"}, immutable=frozenset({"identifier"}))

    run = _run([new], [old], remote)

    assert run.done == []
    assert old == run.records[old.address]


def test_stop_ends_after_what_is_under_way() -> None:
    """The rest is not reached, and said so."""
    remote = Memory()
    asked = iter([False, True, True, True])

    run = _run([wanted(f"user_group.g{n}") for n in range(3)], [], remote, should_stop=lambda: next(asked, True))

    assert (run.stopped, len(run.done), len(run.not_reached)) == (True, 1, 2)
    assert len(remote.objects) == 1


@pytest.mark.parametrize("parallelism", [1, 3])
def test_lock_that_is_lost_stops_before_the_next_call(parallelism: int) -> None:
    """Asked before each call: those under way come to their end, no other is sent."""
    remote = Memory(parallelism=parallelism)
    asked = iter(range(20))

    def make_sure() -> None:
        if next(asked) == 4:
            raise DiagnosticError(Diagnostic(REFUSED, "The lock is gone."))

    with pytest.raises(DiagnosticError, match="The lock is gone"):
        _run([wanted(f"user_group.g{n}") for n in range(12)], [], remote, make_sure=make_sure)

    # Side by side, the last one allowed may still wait for a thread.
    assert parallelism <= len(remote.objects) <= 4
    assert next(asked) == 5


def test_independent_writes_run_side_by_side_within_the_bound() -> None:
    """As many as the remote allows, never more."""
    remote = Memory(parallelism=3)

    run = _run([wanted(f"user_group.g{n}") for n in range(12)], [], remote)

    assert run.ok
    assert remote.most == 3
