"""The order in which declarations are evaluated."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from hypothesis import given
from hypothesis import strategies as st

from declarative_mail.language.ordering import in_order

THINGS = st.integers(0, 12)


@given(st.dictionaries(THINGS, st.lists(THINGS, max_size=4, unique=True), max_size=12))
def test_the_order_is_that_of_the_standard_library(needs: dict[int, list[int]]) -> None:
    """Also of what is needed and needs nothing itself; a circle has none."""
    try:
        expected = tuple(TopologicalSorter(needs).static_order())
    except CycleError:
        expected = None

    assert in_order(needs) == expected


@given(st.lists(st.lists(st.integers(0, 10**6), max_size=3), max_size=30))
def test_each_comes_after_what_it_needs(picked: list[list[int]]) -> None:
    """With needs that make no circle, whatever comes first in the files."""
    needs = {number: {one % number for one in ones if number} for number, ones in enumerate(picked)}
    order = in_order(dict(reversed(needs.items())))

    assert order is not None
    assert sorted(order) == list(needs)
    assert all(order.index(one) < order.index(number) for number, ones in needs.items() for one in ones)


def test_nothing_is_in_order() -> None:
    """An empty configuration has an order too."""
    assert in_order({}) == ()
