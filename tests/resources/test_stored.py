"""Leaves of stored values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarative_mail.resources.stored import (
    REFERENCE,
    SECRET,
    leaf_content,
    number_leaf,
    read_number,
    reference_leaf,
    references_in,
    secret_leaf,
    with_leaves,
)


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "stored"),
        [
            (5, 5),
            (Decimal(5), 5),
            (Decimal("2.50"), 2.5),
            (Decimal("0.1"), 0.1),
            (2**53, 2**53),
            (2**53 + 1, {"$number": "9007199254740993"}),
            (2**60, {"$number": "1152921504606846976"}),
            (10**22, 10**22),
            (Decimal("0.10000000000000000000000000001"), {"$number": "0.10000000000000000000000000001"}),
            (10**400, {"$number": "1E+400"}),
            (Decimal("1E-400"), {"$number": "1E-400"}),
            (Decimal("-0.50"), -0.5),
        ],
    )
    def test_a_number_is_json_where_json_keeps_it(self, value: int | Decimal, stored: object) -> None:
        """A number that every JSON reader reads alike stays one; others become a leaf with all their digits."""
        assert stored == number_leaf(value)
        assert type(stored) is type(number_leaf(value))

    @given(st.decimals(allow_nan=False, allow_infinity=False) | st.integers())
    def test_a_number_survives(self, value: int | Decimal) -> None:
        """Reading what was stored gives the same number, without loss of a digit."""
        read = read_number(number_leaf(value))
        assert read is not None

        assert Decimal(value) == Decimal(repr(read) if isinstance(read, float) else read)

    @pytest.mark.parametrize("value", [True, "5", None, [], {"$number": 5}, {"$ref": "a.b"}])
    def test_what_is_no_number_reads_as_none(self, value: object) -> None:
        """A bool is no number either, although Python counts it as one."""
        assert read_number(value) is None


class TestReferences:
    def test_references_are_found_at_any_depth(self) -> None:
        """In lists and in objects, in the order in which they stand, each with its place."""
        value = {"a": [reference_leaf("x.a"), {"b": reference_leaf("x.b")}], "c": "x.c", "d": reference_leaf("x.d")}

        assert list(references_in(value)) == [(("a", 0), "x.a"), (("a", 1, "b"), "x.b"), (("d",), "x.d")]

    def test_renaming_touches_references_alone(self) -> None:
        """A text that looks like an address is a text."""
        value = {"a": [reference_leaf("x.a"), "x.a"], "s": secret_leaf(source="x.a", version=1, fingerprint=None)}
        renamed = with_leaves(value, REFERENCE, lambda address: address.replace("x.", "y."))

        assert [reference_leaf("y.a"), "x.a"] == renamed["a"]
        assert value["s"] == renamed["s"]

    def test_an_object_with_more_members_is_no_leaf(self) -> None:
        """A map of the user's that happens to have such a key is not taken for a leaf."""
        assert leaf_content({SECRET: 1, "more": 2}, SECRET) is None
        assert list(references_in({"$ref": "x.a", "more": 2})) == []
