"""``--target``, ``--exclude`` and ``moved``."""

from __future__ import annotations

import pytest

from declarative_mail.addresses import Address, parse_address
from declarative_mail.diagnostics import Source, Span
from declarative_mail.planning.moves import Move, Repetition, apply_moves
from declarative_mail.planning.targets import select
from tests.planning.records import record

PLACE = Span(Source("main.hcl", "moved"), 0, 5)
KNOWN = [
    parse_address(one) for one in ('user_group.t["a"]', 'user_group.t["b"]', "smtp_server.s", "notification_rule.r")
]
NEEDS = {parse_address("notification_rule.r"): [parse_address("user_group.t"), parse_address("smtp_server.s")]}


def _chosen(targets: list[str], excludes: list[str]) -> set[str]:
    selection, faults = select(targets, excludes, addresses=KNOWN, dependencies=NEEDS)
    assert faults == []
    return {str(one) for one in KNOWN if selection.covers(one)}


def test_target_brings_what_it_needs() -> None:
    """A rule is not applied without its groups."""
    assert set(map(str, KNOWN)) == _chosen(["notification_rule.r"], [])


def test_target_of_a_block_is_all_its_instances() -> None:
    """With a key it is one."""
    assert {'user_group.t["a"]', 'user_group.t["b"]'} == _chosen(["user_group.t"], [])
    assert {'user_group.t["b"]'} == _chosen(['user_group.t["b"]'], [])


def test_exclude_takes_away_what_needs_it() -> None:
    """A rule cannot stand without the group that is left out."""
    assert {"smtp_server.s"} == _chosen([], ["user_group.t"])


@pytest.mark.parametrize(("text", "help_"), [("user_group.x", True), ("nonsense", False), ("user_group.t[", False)])
def test_address_that_matches_nothing(text: str, help_: bool) -> None:  # noqa: FBT001
    """A fault, with a suggestion where one is near."""
    _, faults = select([text], [], addresses=KNOWN, dependencies={})

    assert [one.code.id for one in faults] == ["DM4005"]
    assert help_ == bool(faults[0].help)


def _moved(moves: list[tuple[str, str]], *addresses: str) -> tuple[dict[str, str], list[str]]:
    records = [record(one) for one in addresses]
    current, previous, faults = apply_moves(records, [Move(a, b, (), PLACE) for a, b in moves], {})
    assert {one.address for one in records} == {previous.get(new, new) for new in current} or faults
    return {str(old): str(new) for new, old in previous.items()}, [one.code.id for one in faults]


def test_move_of_an_instance_a_block_and_a_module() -> None:
    """Keys are kept where the block is moved as a whole."""
    assert _moved([("user_group.a", "user_group.b")], "user_group.a")[0] == {"user_group.a": "user_group.b"}
    assert _moved([("user_group.a", "user_group.b")], 'user_group.a["x"]')[0] == {
        'user_group.a["x"]': 'user_group.b["x"]'
    }
    assert _moved([("user_group.a", 'user_group.b["x"]')], "user_group.a")[0] == {"user_group.a": 'user_group.b["x"]'}
    assert _moved([("module.a", "module.b")], "module.a.user_group.x")[0] == {
        "module.a.user_group.x": "module.b.user_group.x"
    }
    assert _moved([("module.a", "module.b")], 'module.a["k"].user_group.x')[0] == {
        'module.a["k"].user_group.x': 'module.b["k"].user_group.x'
    }


def test_chains_are_followed_in_whatever_order_they_are_written() -> None:
    """`b -> c` before `a -> b` gives the same."""
    for moves in ([("user_group.a", "user_group.b"), ("user_group.b", "user_group.c")],):
        assert _moved(moves, "user_group.a")[0] == {"user_group.a": "user_group.c"}
        assert _moved(moves[::-1], "user_group.a")[0] == {"user_group.a": "user_group.c"}


def test_occupied_and_still_declared_addresses_are_refused() -> None:
    """Two objects cannot have one address, and a block that is still there keeps its object."""
    assert _moved([("user_group.a", "user_group.b")], "user_group.a", "user_group.b")[1] == ["DM4003"]
    declared: dict[Address, Repetition] = {parse_address("user_group.a"): "once", parse_address("user_group.b"): "once"}
    _, _, faults = apply_moves([record("user_group.a")], [Move("user_group.a", "user_group.b", (), PLACE)], declared)
    assert [one.code.id for one in faults] == ["DM4002"]
