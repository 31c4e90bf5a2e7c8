"""In which order changes are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from declarative_mail.addresses import parse_address
from declarative_mail.applying.order import Part, order_steps
from declarative_mail.planning.change import Wanted
from declarative_mail.state.snapshot import ResourceRecord
from tests.planning.records import changes_and_faults, natural_key, record, wanted


@dataclass
class Units:
    """A remote with one document for each part, or as told."""

    make: Callable[[Part], str]

    def document(self, part: Part, /) -> str:
        """As told."""
        return self.make(part)

    def natural_key(self, _remote: str, _type: str, attributes: Mapping[str, Any], /) -> tuple[str, ...]:
        """The identifier or name."""
        return natural_key(attributes)


def _order(wants: list[Wanted], records: list[ResourceRecord], *, document: Any = None) -> list[list[tuple[str, str]]]:
    """The steps in the order in which they become ready, each as its parts."""
    changes, _ = changes_and_faults(wants, records)
    steps, sorter = order_steps(changes, Units(document or (lambda part: f"{part.change.address} {part.verb}")))
    order: list[list[tuple[str, str]]] = []
    while sorter.is_active():
        for index in sorter.get_ready():
            if index < len(steps):
                order.append([(str(part.change.address), part.verb) for part in steps[index].parts])
            sorter.done(index)
    return order


def _position(order: list[list[tuple[str, str]]], address: str, verb: str) -> int:
    return next(index for index, step in enumerate(order) if (address, verb) in step)


def _needs(*blocks: str) -> dict[str, Any]:
    return {"dependencies": tuple(parse_address(block) for block in blocks)}


def test_what_is_referred_to_comes_first() -> None:
    """Through any number of instances."""
    groups = [wanted(f'user_group.t["{key}"]') for key in "cab"]
    rule = wanted("notification_rule.r", **_needs("user_group.t"))

    order = _order([rule, *groups], [])

    assert order[-1] == [("notification_rule.r", "create")]
    assert len(order) == 4


def test_deletes_come_last_and_in_reverse() -> None:
    """First what refers, then what it referred to, and all of it after the writes."""
    order = _order(
        [wanted("user_group.new")],
        [record("user_group.old"), record("notification_rule.r", **_needs("user_group.old"))],
    )

    assert order == [
        [("user_group.new", "create")],
        [("notification_rule.r", "delete")],
        [("user_group.old", "delete")],
    ]


def test_replacement_creates_before_it_deletes_where_both_can_stand() -> None:
    """A gap would mean lost alerts: create, repoint, delete."""
    order = _order(
        [
            wanted("user_group.g", {"identifier": "new"}, immutable=frozenset({"identifier"})),
            wanted("notification_rule.r", {"members": ["x"]}, **_needs("user_group.g")),
        ],
        [record("user_group.g", {"identifier": "old"}), record("notification_rule.r", **_needs("user_group.g"))],
    )

    assert order == [
        [("user_group.g", "create")],
        [("notification_rule.r", "update")],
        [("user_group.g", "delete")],
    ]


def test_replacement_with_the_same_natural_key_deletes_first() -> None:
    """The remote would refuse the second of them."""
    order = _order(
        [wanted("user_group.g", {"members": ["x"]}, immutable=frozenset({"members"}))], [record("user_group.g")]
    )

    assert order == [[("user_group.g", "delete")], [("user_group.g", "create")]]


def test_create_that_needs_the_key_of_a_deleted_object_waits_for_it() -> None:
    """A renamed block without a moved block keeps its name on the remote."""
    same = {"name": "ops"}
    order = _order([wanted("user_group.new", same)], [record("user_group.old", same)])

    assert order == [[("user_group.old", "delete")], [("user_group.new", "create")]]


def test_operations_of_one_document_are_one_step() -> None:
    """Whatever they are."""
    order = _order(
        [wanted("user_group.a"), wanted("user_group.b", {"members": ["x"]})],
        [record("user_group.b"), record("user_group.c")],
        document=lambda _: "file.yaml",
    )

    assert len(order) == 1
    assert {"user_group.a", "user_group.b", "user_group.c"} == {address for address, _ in order[0]}


def test_object_that_needs_another_of_its_own_document_is_written_with_it() -> None:
    """Two rules of one pipeline, the second after the first: no step waits for itself."""
    order = _order(
        [wanted("notification_rule.a"), wanted("notification_rule.b", **_needs("notification_rule.a"))],
        [],
        document=lambda _: "pipeline",
    )

    assert order == [[("notification_rule.a", "create"), ("notification_rule.b", "create")]]


def test_thousand_instances_on_each_side_stay_linear() -> None:
    """Barriers keep n times n edges away: this would be a million."""
    groups = [wanted(f"user_group.t[{number}]") for number in range(1000)]
    rules = [wanted(f"notification_rule.r[{number}]", **_needs("user_group.t")) for number in range(1000)]

    order = _order([*groups, *rules], [])

    last_group = max(_position(order, str(one.address), "create") for one in groups[-1:])
    assert last_group < _position(order, "notification_rule.r[0]", "create")
