"""Brakes and the three-way comparison."""

from __future__ import annotations

from datetime import date

import pytest

from declarative_mail.addresses import parse_address
from declarative_mail.planning.brakes import find_brakes
from declarative_mail.planning.drift import Accepted, find_drift
from tests.planning.records import changes_and_faults, record, wanted


def _brakes(kept: int, gone: int, changed: int = 0) -> list[str]:
    records = [record(f"user_group.g{number}") for number in range(kept + gone + changed)]
    wants = [wanted(f"user_group.g{number}") for number in range(kept)]
    wants += [wanted(f"user_group.g{kept + gone + number}", {"members": ["x"]}) for number in range(changed)]
    changes, _ = changes_and_faults(wants, records)
    return [brake.name for brake in find_brakes(changes, declared=len(wants))]


@pytest.mark.parametrize(
    ("kept", "gone", "changed", "brakes"),
    [
        (7, 3, 0, []),
        (6, 4, 0, ["mass-change"]),
        (6, 0, 4, ["mass-change"]),
        (5, 4, 0, []),
        (0, 1, 0, ["empty"]),
        (0, 20, 0, ["empty"]),
    ],
)
def test_more_than_thirty_percent_of_at_least_ten(kept: int, gone: int, changed: int, brakes: list[str]) -> None:
    """Exactly 30 % passes, small states pass, an empty configuration never does."""
    assert brakes == _brakes(kept, gone, changed)


def test_destroy_is_exempt() -> None:
    """Who asks for destruction gets it."""
    changes, _ = changes_and_faults([], [record("user_group.a")])

    assert find_brakes(changes, declared=0, destroy=True) == ()


A = "user_group.a"
TODAY = date(2026, 11, 21)


def _drift(live: list[str] | None, desired: list[str], *, until: date | None = None) -> list[tuple[str, str, bool]]:
    address = parse_address(A)
    remembered = record(A, {"members": ["was"]})
    exists = None if live is None else {**remembered.attributes, "members": live}
    accepted = [Accepted(address, ("members",), until)] if until else []
    found = find_drift(
        {address: remembered},
        {address: wanted(A, {"members": desired})},
        {address: exists},
        accepted=accepted,
        today=TODAY,
    )
    return [(field.path, field.side, one.is_drift) for one in found for field in one.fields] or [
        ("", "gone", one.is_drift) for one in found
    ]


@pytest.mark.parametrize(
    ("live", "desired", "expected"),
    [
        (["was"], ["was"], []),
        (["moved"], ["was"], [("members", "theirs", True)]),
        (["was"], ["wanted"], [("members", "ours", False)]),
        (["moved"], ["wanted"], [("members", "both", True)]),
        (["same"], ["same"], []),
        (None, ["was"], [("", "gone", True)]),
    ],
)
def test_who_moved_it(live: list[str] | None, desired: list[str], expected: list[tuple[str, str, bool]]) -> None:
    """Theirs, ours, both; nothing where both went the same way."""
    assert expected == _drift(live, desired)


@pytest.mark.parametrize(("until", "is_drift"), [(TODAY, False), (date(2026, 11, 20), True)])
def test_acceptance_ends_after_its_day(until: date, is_drift: bool) -> None:  # noqa: FBT001
    """The last day still counts."""
    assert [("members", "theirs", is_drift)] == _drift(["moved"], ["was"], until=until)
