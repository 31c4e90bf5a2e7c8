"""Canonical JSON and digests."""

from __future__ import annotations

import json
import struct
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarative_mail.secrets import Secret
from declarative_mail.state.digest import attribute_digests, canonical, digest, short_digest

# RFC 8785, appendix B: bits of a double and how it is written.
DOUBLES = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)

TEXTS = st.text(st.characters(codec="utf-8")) | st.text(st.sampled_from('aA~\x00\x1f"\\/\x7f\u2028\ufb33\U0001f600'))
NUMBERS = (
    st.integers()
    | st.sampled_from([sign * (2**53 + step) for sign in (1, -1) for step in (-1, 0, 1)])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.decimals(allow_nan=False, allow_infinity=False)
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)
"""Every kind of value that has a canonical form, also where only a part of it needs the rules of the RFC."""


class TestNumbers:
    @pytest.mark.parametrize(("bits", "text"), DOUBLES.items())
    def test_doubles_are_written_as_the_rfc_lists_them(self, bits: str, text: str) -> None:
        """All finite samples of RFC 8785 appendix B."""
        number = struct.unpack(">d", bytes.fromhex(bits))[0]

        assert text == canonical(number).decode()

    @pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("Infinity")])
    def test_what_is_not_finite_has_no_form(self, number: float | Decimal) -> None:
        """RFC 8785 section 3.2.2.3: such a number must end in an error."""
        with pytest.raises(ValueError, match="has no JSON form"):
            canonical(number)

    @pytest.mark.parametrize(
        ("one", "other"),
        [(1, 1.0), (1, Decimal("1.000")), (0.1, Decimal("0.1")), (10**23, Decimal("1E+23")), (10**23, 1e23), (0, -0.0)],
    )
    def test_equal_numbers_are_written_alike(self, one: Any, other: Any) -> None:
        """However a number came about, its text is the same."""
        assert canonical(one) == canonical(other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (2**53 + 1, 2**53),
            (2**53 + 1, float(2**53 + 1)),
            (Decimal("0.1000000000000000055511151231257827"), 0.1),
            (Decimal("1E+400"), Decimal("1E+401")),
            (2**53 + 1, str(2**53 + 1)),
            (True, 1),
            (None, "null"),
            ([], {}),
        ],
    )
    def test_different_values_are_written_differently(self, one: Any, other: Any) -> None:
        """Numbers beyond a double too, which RFC 8785 appendix D leaves to a text with a type."""
        assert canonical(one) != canonical(other)

    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_a_double_survives(self, number: float) -> None:
        """The text reads back as the same double."""
        assert number == float(canonical(number))


class TestTexts:
    def test_the_sample_of_the_rfc(self) -> None:
        """RFC 8785 section 3.2.4, the whole sample with its bytes."""
        value = {
            "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f",
            "literals": [None, True, False],
        }

        expected = (
            '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
            '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
        )
        assert expected.encode() == canonical(value)

    def test_keys_are_sorted_by_utf16(self) -> None:
        """RFC 8785 section 3.2.3: a surrogate pair comes before U+FB33, although its code point is higher."""
        keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
        found = list(json.loads(canonical(dict.fromkeys(keys, 0))))

        assert found == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]

    def test_a_lone_surrogate_is_an_error(self) -> None:
        """RFC 8785 section 3.2.2.2: it has no bytes in UTF-8."""
        with pytest.raises(ValueError, match="surrogates not allowed"):
            canonical("\ud800")

    def test_control_characters(self) -> None:
        """Short escapes where JSON has them, lower-case hexadecimal otherwise, DEL as it is."""
        assert canonical("\b\t\n\f\r\0\x1f\x7f") == b'"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f"'

    @given(VALUES)
    def test_canonical_text_is_json_of_the_same_value(self, value: Any) -> None:
        """Reading it gives the value back, and writing that again gives the same bytes."""
        text = canonical(value)

        assert value == json.loads(text, parse_int=float)
        assert text == canonical(json.loads(text))

    @given(ANYTHING)
    def test_whatever_is_around_a_value_it_is_written_alike(self, value: Any) -> None:
        """What needs no rule of the RFC is written by another writer. It is not used inside of what is no dict."""
        assert canonical(MappingProxyType({"key": value})) == b'{"key":%b}' % canonical(value)

    @pytest.mark.parametrize("value", [{1: 2}, {"a": {1: 2}}, [{None: 2}], {"a": 1, 2: 3}])
    def test_a_key_that_is_no_text_is_an_error(self, value: Any) -> None:
        """JSON knows texts only, and nothing is made one silently."""
        with pytest.raises(TypeError):
            canonical(value)

    @pytest.mark.parametrize("value", [["\ud800"], {"\ud800": 1}, {"a": ("\ud800",)}])
    def test_a_lone_surrogate_inside_is_an_error(self, value: Any) -> None:
        """Wherever it stands."""
        with pytest.raises(ValueError, match="surrogates not allowed"):
            canonical(value)

    @pytest.mark.parametrize("value", [[Secret("x", "y")], {"a": {"b": {1, 2}}}, ({"a": b"x"},)])
    def test_what_json_does_not_know_is_an_error_inside_too(self, value: Any) -> None:
        """A secret above all."""
        with pytest.raises(TypeError, match="has no canonical JSON form"):
            canonical(value)


class TestDigests:
    def test_a_digest_names_its_algorithm(self) -> None:
        """SHA-256 of the canonical text, checked against a value computed by sha256sum."""
        assert digest({}) == "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

    def test_the_order_of_keys_does_not_matter(self) -> None:
        """An object is a set of members."""
        assert digest({"a": 1, "b": [2]}) == digest({"b": (2,), "a": 1})

    def test_attributes_are_digested_one_by_one(self) -> None:
        """One short digest per attribute: a change of one changes only its own."""
        before = attribute_digests({"host": "a", "port": 25})
        after = attribute_digests({"host": "b", "port": 25})

        assert before["host"] != after["host"]
        assert before["port"] == after["port"] == short_digest(25)
        assert len(before["port"]) == 22

    def test_a_secret_has_no_digest(self) -> None:
        """It must not get into a digest by accident either: a plain digest of a password can be tried out."""
        for value in (Secret("x"), {"password": Secret("x")}, [Secret("x")]):
            with pytest.raises(TypeError, match="Secret has no canonical JSON form"):
                digest(value)
