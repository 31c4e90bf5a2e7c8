"""Numbers with a precision, networks."""

from __future__ import annotations

import ipaddress
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from declarative_mail.language.functions.number_format import fixed, general, scientific
from declarative_mail.language.numeric import canonical_decimal, exact_ratio, parse_number
from tests.language.functions.world import call

DECIMALS = st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, places=6).map(canonical_decimal)
DYADIC = st.tuples(st.integers(-(2**60), 2**60), st.integers(0, 40)).map(
    lambda pair: canonical_decimal(Decimal(pair[0]) / 2 ** pair[1] if pair[1] < 20 else Decimal(pair[0]))
)


@given(DYADIC, st.integers(0, 12))
def test_fixed_rounds_half_to_even(value: int | Decimal, precision: int) -> None:
    """Numbers that are exact in binary are rounded as decimals are."""
    exact = Fraction(*exact_ratio(value))
    assume(exact == Fraction(value))
    unit = Decimal(1).scaleb(-precision)
    expected = Decimal(value).quantize(unit, rounding=ROUND_HALF_EVEN, context=Context(prec=60))

    assert Decimal(fixed(value, precision)) == expected


@given(st.floats(allow_nan=False, allow_infinity=False, width=64), st.integers(0, 15))
def test_a_double_is_written_as_everybody_writes_it(value: float, precision: int) -> None:
    """``%e`` and ``%f`` of an exact double are C's."""
    assume(abs(value) < 1e300 and (value == 0 or abs(value) > 1e-290))
    exact = canonical_decimal(Decimal(value))
    assume(Fraction(*exact_ratio(exact)) == Fraction(value))

    assert scientific(exact, precision).removeprefix("-") == f"{abs(value):.{precision}e}"
    assert fixed(exact, precision).removeprefix("-") == f"{abs(value):.{precision}f}"


@given(DECIMALS)
def test_general_reads_back(value: int | Decimal) -> None:
    """Without a precision no digit is lost."""
    assert parse_number(general(value)) == value


@given(DECIMALS, st.integers(1, 12))
def test_general_with_a_precision_has_so_many_digits(value: int | Decimal, precision: int) -> None:
    """Trailing zeros are left out."""
    digits = general(value, precision).lstrip("-").partition("e")[0].replace(".", "").lstrip("0").rstrip("0")

    assert len(digits) <= precision


@given(st.ip_addresses(v=4), st.integers(0, 32), st.data())
def test_ipv4_networks_agree(address: ipaddress.IPv4Address, length: int, data: st.DataObject) -> None:
    """Hosts, masks and subnets are those of the standard library."""
    _check_network(ipaddress.ip_network(f"{address}/{length}", strict=False), data)
    network = ipaddress.ip_network(f"{address}/{length}", strict=False)

    assert call("cidrnetmask", f"{address}/{length}") == str(network.netmask)


@given(st.ip_addresses(v=6), st.integers(0, 128), st.data())
def test_ipv6_networks_agree(address: ipaddress.IPv6Address, length: int, data: st.DataObject) -> None:
    """Compressed as RFC 5952 has it."""
    assume(address.ipv4_mapped is None)
    network = ipaddress.ip_network(f"{address}/{length}", strict=False)
    assume(int(network.network_address) >> 32 != 0xFFFF)
    _check_network(network, data)


def _check_network(network: ipaddress.IPv4Network | ipaddress.IPv6Network, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, network.num_addresses - 1))
    host = network[number]
    assume(not isinstance(host, ipaddress.IPv6Address) or host.ipv4_mapped is None)
    assert call("cidrhost", str(network), number) == str(host)
    assert call("cidrhost", str(network), number - network.num_addresses) == str(host)
    bits = data.draw(st.integers(0, min(10, network.max_prefixlen - network.prefixlen)))
    index = data.draw(st.integers(0, 2**bits - 1))
    size = network.num_addresses >> bits
    first = network[index * size]
    assume(not isinstance(first, ipaddress.IPv6Address) or int(first) >> 32 != 0xFFFF)
    assert call("cidrsubnet", str(network), bits, index) == f"{first}/{network.prefixlen + bits}"
