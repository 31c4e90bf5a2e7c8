"""What happens to each address, and why."""

from __future__ import annotations

from declarative_mail.addresses import parse_address
from declarative_mail.planning.build import Imported, Options
from declarative_mail.planning.change import Action, Reason
from declarative_mail.records import replace
from tests.planning.records import changes_and_faults, plan, record, wanted

A = "user_group.a"


def test_unknown_to_the_state_is_created() -> None:
    """Nothing before, all of it after."""
    change = plan([wanted(A)], [])[A]

    assert (change.action, change.before) == (Action.CREATE, None)


def test_equal_is_nothing_to_do() -> None:
    """Plain equality decides."""
    assert plan([wanted(A)], [record(A)])[A].action == Action.NO_OP


def test_different_attribute_is_an_update() -> None:
    """The paths that differ are named."""
    change = plan([wanted(A, {"members": ["x@example.com"]})], [record(A)])[A]

    assert (change.action, change.changed) == (Action.UPDATE, ("members",))


def test_gone_from_the_remote_is_created_again() -> None:
    """What the state remembers but the remote has not is made anew, and the reason says so."""
    change = plan([wanted(A)], [record(A)], live={parse_address(A): None})[A]

    assert (change.action, change.reason) == (Action.CREATE, Reason.GONE)


def test_live_counts_and_not_the_memory() -> None:
    """What exists is compared, not what was applied."""
    live = {parse_address(A): {"name": A, "members": ["other@example.com"]}}

    assert plan([wanted(A)], [record(A)], live=live)[A].action == Action.UPDATE


def test_immutable_attribute_forces_a_replacement() -> None:
    """The path that forced it is named."""
    change = plan([wanted(A, {"members": ["x"]}, immutable=frozenset({"members"}))], [record(A)])[A]

    assert (change.action, change.reason, change.replace_paths) == (Action.REPLACE, Reason.IMMUTABLE, ("members",))


def test_other_remote_is_a_replacement() -> None:
    """Create there, delete here."""
    change = plan([wanted(A, remote="harness.prod")], [record(A)])[A]

    assert (change.action, change.reason) == (Action.REPLACE, Reason.REMOTE_CHANGED)


def test_tainted_object_is_replaced() -> None:
    """What failed half-way is made anew."""
    change = plan([wanted(A)], [replace(record(A), status="tainted")])[A]

    assert (change.action, change.reason) == (Action.REPLACE, Reason.TAINTED)


def test_requested_replacement() -> None:
    """`--replace` needs no difference."""
    options = Options(replace=frozenset({parse_address(A)}))

    assert plan([wanted(A)], [record(A)], options)[A].reason == Reason.REQUESTED


def test_triggers_replace_and_chain() -> None:
    """A changed attribute fires; a replacement fires the next."""
    first, second, third = "user_group.a", "user_group.b", "user_group.c"
    changes = plan(
        [
            wanted(first, {"members": ["x"]}),
            wanted(second, triggers=(f"{first}.members",)),
            wanted(third, triggers=(second,)),
        ],
        [record(first), record(second), record(third)],
    )

    assert [changes[one].action for one in (first, second, third)] == [Action.UPDATE, Action.REPLACE, Action.REPLACE]


def test_trigger_on_another_attribute_does_not_fire() -> None:
    """Only the named attribute counts."""
    changes = plan(
        [wanted(A, {"members": ["x"]}), wanted("user_group.b", triggers=(f"{A}.description",))],
        [record(A), record("user_group.b")],
    )

    assert changes["user_group.b"].action == Action.NO_OP


def test_ignored_changes_stay_as_they_are() -> None:
    """By path, and for everything."""
    wants = wanted(A, {"members": ["x"], "description": "new"}, ignore_changes=("members",))
    change = plan([wants], [record(A, {"description": "old"})])[A]

    assert change.changed == ("description",)
    assert change.after["members"] == []  # type: ignore[index]
    assert plan([replace(wants, ignore_changes=None)], [record(A)])[A].action == Action.NO_OP


def test_undeclared_object_is_deleted_with_its_reason() -> None:
    """A block that is gone, a key that is gone and a module that is gone are told apart."""
    changes = plan(
        [wanted('user_group.t["a"]')],
        [record('user_group.t["a"]'), record('user_group.t["b"]'), record(A), record("module.m.user_group.x")],
    )

    assert changes['user_group.t["b"]'].reason == Reason.WRONG_KEY
    assert changes[A].reason == Reason.NO_BLOCK
    assert changes["module.m.user_group.x"].reason == Reason.NO_MODULE


def test_removed_block_forgets_or_deletes() -> None:
    """`destroy = false` lets go of the object."""
    address = parse_address(A)

    assert plan([], [record(A)], removed={address: False})[A].action == Action.FORGET
    assert plan([], [record(A)], removed={address: True})[A].reason == Reason.REMOVED_BLOCK


def test_protected_object_is_neither_deleted_nor_replaced() -> None:
    """By its block, and by the state where the block is gone; the way out is a flag."""
    kept = record(A, prevent_destroy=True)
    replaced = wanted(A, {"members": ["x"]}, prevent_destroy=True, immutable=frozenset({"members"}))

    assert changes_and_faults([], [kept])[1] == ["DM4001"]
    assert changes_and_faults([replaced], [record(A)])[1] == ["DM4001"]
    assert changes_and_faults([], [kept], Options(allow_destroy=frozenset({parse_address(A)})))[1] == []


def test_order_is_deletes_first_then_by_address() -> None:
    """Numbers in keys are ordered as numbers."""
    changes, _ = changes_and_faults(
        [wanted("user_group.n[10]"), wanted("user_group.n[9]"), wanted("user_group.u", {"members": ["x"]})],
        [record("user_group.u"), record("user_group.z")],
    )

    assert [str(one.address) for one in changes] == [
        "user_group.z",
        "user_group.u",
        "user_group.n[9]",
        "user_group.n[10]",
    ]


def test_import_takes_over_what_exists() -> None:
    """Equal: only the state learns of it. Different: an update in the same step."""
    address = parse_address(A)
    same = plan([wanted(A)], [], imports={address: Imported("id-1", {"name": A, "members": []}, wanted(A).span)})[A]
    other = plan([wanted(A)], [], imports={address: Imported("id-1", {"name": "old", "members": []}, wanted(A).span)})[
        A
    ]

    assert (same.action, same.importing) == (Action.IMPORT, "id-1")
    assert (other.action, other.importing, other.changed) == (Action.UPDATE, "id-1", ("name",))


def test_import_of_something_undeclared_is_refused() -> None:
    """An import block needs its resource block."""
    address = parse_address(A)

    assert changes_and_faults([], [], imports={address: Imported("id-1", {}, wanted(A).span)})[1] == ["DM4006"]
