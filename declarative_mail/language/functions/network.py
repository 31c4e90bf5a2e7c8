"""cidrhost cidrnetmask cidrsubnet cidrsubnets"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from declarative_mail.language.functions.arguments import HEX_DIGITS, big_whole_number, whole_number
from declarative_mail.language.functions.model import Function, FunctionError, Parameter
from declarative_mail.language.numeric import number_text
from declarative_mail.language.types import NUMBER, STRING, ListType
from declarative_mail.language.values import ListValue, Value

MAX_EXTENSION = 32
"""Bits by which `cidrsubnets` extends a prefix at most."""
_MAPPED = 0xFFFF << 32
"""What precedes an IPv4 address in an IPv6 one (RFC 4291 section 2.5.5.2)."""


class Network(Struct, frozen=True):
    """An address block: the number of its first address, its prefix length and how many bits an address has."""

    first: int
    length: int
    bits: int

    @property
    def last(self) -> int:
        """The number of its last address."""
        return self.first | (1 << (self.bits - self.length)) - 1

    @property
    def is_mapped(self) -> bool:
        """Whether it is an IPv4 block in the form of an IPv6 one."""
        return self.bits == 128 and self.first >> 32 << 32 == _MAPPED

    def block(self, address: int, length: int) -> Network:
        """The block of a prefix length that an address is in."""
        host = self.bits - length
        return Network(address >> host << host, length, self.bits)

    def __str__(self) -> str:
        length = max(self.length - 96, 0) if self.is_mapped else self.length
        return f"{address_text(self.first, self.bits)}/{length}"


def address_text(address: int, bits: int) -> str:
    """An address as RFC 5952 writes it; one that maps an IPv4 address as that."""
    if bits == 32 or address >> 32 << 32 == _MAPPED:
        return ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))
    groups = [f"{address >> shift & 0xFFFF:x}" for shift in range(112, -16, -16)]
    start, count = _longest_zeros(groups)
    if count < 2:
        return ":".join(groups)
    return f"{':'.join(groups[:start])}::{':'.join(groups[start + count :])}"


def _longest_zeros(groups: list[str]) -> tuple[int, int]:
    best = (0, 0)
    start = None
    for index, group in enumerate([*groups, "end"]):
        if group != "0":
            start = None
            continue
        start = index if start is None else start
        if index + 1 - start > best[1]:
            best = (start, index + 1 - start)
    return best


def parse_network(text: str, *, argument: int | None = None) -> Network:
    """The block that ``10.0.0.0/8`` or ``fd00::/8`` stands for; bits behind the prefix are dropped.

    Raises:
        FunctionError: it is none.
    """
    address, slash, length = text.partition("/")
    number, bits = _parse_v4(address), 32
    if number is None:
        number, bits = _parse_v6(address), 128
    if number is None or not slash or not _is_number(length) or int(length) > bits:
        raise FunctionError(argument, f"invalid CIDR expression: invalid CIDR address: {text}")
    return Network(0, 0, bits).block(number, int(length))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 8


def _parse_v4(text: str) -> int | None:
    """Four numbers; zeros before them do not make them octal."""
    parts = text.split(".")
    if len(parts) != 4 or not all(_is_number(part) and int(part) < 256 for part in parts):
        return None
    return int.from_bytes(bytes(map(int, parts)), "big")


def _parse_v6(text: str) -> int | None:
    head, gap, tail = text.partition("::")
    left, right = _groups(head), _groups(tail)
    if left is None or right is None or (gap and "::" in tail):
        return None
    missing = 8 - len(left) - len(right)
    if missing < 1 if gap else missing != 0:
        return None
    value = 0
    for group in [*left, *[0] * missing, *right]:
        value = value << 16 | group
    return value


def _groups(text: str) -> list[int] | None:
    """The 16-bit groups of one side of an address; the last two may be an IPv4 address."""
    if not text:
        return []
    parts = text.split(":")
    groups: list[int] = []
    for index, part in enumerate(parts):
        if "." in part and index == len(parts) - 1:
            mapped = _parse_v4(part)
            if mapped is None:
                return None
            groups += [mapped >> 16, mapped & 0xFFFF]
        elif (
            part.isascii() and part.isalnum() and len(part) < 8 and set(part) <= HEX_DIGITS and int(part, 16) < 0x10000
        ):
            groups.append(int(part, 16))
        else:
            return None
    return groups


def _whole(value: int | Decimal) -> int:
    number = big_whole_number(value)
    if number is None:
        raise FunctionError(None, "value must be a whole number")
    return number


def cidr_host(prefix: str, hostnum: int | Decimal) -> Value:
    """The address with a number in a block; a negative number counts from the end."""
    wanted = _whole(hostnum)
    network = parse_network(prefix)
    greatest = (1 << (network.bits - network.length)) - 1
    number = wanted + greatest + 1 if wanted < 0 else wanted
    if not 0 <= number <= greatest:
        raise FunctionError(
            None, f"prefix of {network.length} does not accommodate a host numbered {number_text(wanted)}"
        )
    if network.is_mapped:
        # Terraform takes the block for an IPv4 one here and puts the number in front of it.
        return address_text(network.first | number << 96, 128)
    return address_text(network.first | number, network.bits)


def cidr_netmask(prefix: str) -> Value:
    """The netmask of an IPv4 block."""
    network = parse_network(prefix)
    if network.bits == 128 and not network.is_mapped:
        raise FunctionError(None, f"IPv6 addresses cannot have a netmask: {prefix}")
    return address_text((1 << network.bits) - (1 << (network.bits - network.length)), network.bits)


def cidr_subnet(prefix: str, newbits: int | Decimal, netnum: int | Decimal) -> Value:
    """The block with a number among those that so many more bits give."""
    bits, number = whole_number(newbits), _whole(netnum)
    network = parse_network(prefix)
    length = network.length + bits
    if length > network.bits:
        message = f"insufficient address space to extend prefix of {network.length} by {bits}"
        raise FunctionError(None, message)
    if bits < 0:
        raise FunctionError(None, f"the prefix of {network.length} cannot be extended by {bits} bits")
    if not 0 <= number < 1 << bits:
        raise FunctionError(
            None, f"prefix extension of {bits} does not accommodate a subnet numbered {number_text(number)}"
        )
    return str(Network(network.first | number << (network.bits - length), length, network.bits))


def cidr_subnets(prefix: str, *newbits: int | Decimal) -> Value:
    """Consecutive blocks, each with so many more bits."""
    network = parse_network(prefix, argument=0)
    extensions = [_extension(network, bits, position) for position, bits in enumerate(newbits, 1)]
    found: list[Value] = []
    current = None
    for position, length in enumerate(extensions, 1):
        if current is None:
            current = network.block((network.first - 1) % (1 << network.bits), length)
        following = network.block(network.block(current.last, length).last + 1, length)
        if following.first >> network.bits or network.block(following.first, network.length) != network:
            space = "not enough remaining address space for a subnet with a prefix of"
            raise FunctionError(position, f"{space} {length} bits", safe=True)
        current = following
        found.append(str(current))
    return ListValue(tuple(found), STRING)


def _extension(network: Network, bits: int | Decimal, argument: int) -> int:
    extra = whole_number(bits, argument=argument)
    if extra < 1:
        raise FunctionError(argument, "must extend prefix by at least one bit")
    if extra > MAX_EXTENSION:
        raise FunctionError(argument, f"may not extend prefix by more than {MAX_EXTENSION} bits")
    length = network.length + extra
    if length > network.bits:
        family = "IPv4" if network.bits == 32 else "IPv6"
        message = f"would extend prefix to {length} bits, which is too long for an {family} address"
        raise FunctionError(argument, message)
    return length


_PREFIX = Parameter("prefix", STRING)

FUNCTIONS = (
    Function(
        name="cidrhost",
        parameters=(_PREFIX, Parameter("hostnum", NUMBER)),
        returns=STRING,
        category="network",
        help="The address with a number in an IP block.",
        example='cidrhost("10.12.112.0/20", 16)',
        impl=cidr_host,
    ),
    Function(
        name="cidrnetmask",
        parameters=(_PREFIX,),
        returns=STRING,
        category="network",
        help="The netmask of an IPv4 block.",
        example='cidrnetmask("172.16.0.0/12")',
        impl=cidr_netmask,
    ),
    Function(
        name="cidrsubnet",
        parameters=(_PREFIX, Parameter("newbits", NUMBER), Parameter("netnum", NUMBER)),
        returns=STRING,
        category="network",
        help="The block with a number within an IP block.",
        example='cidrsubnet("172.16.0.0/12", 4, 2)',
        impl=cidr_subnet,
    ),
    Function(
        name="cidrsubnets",
        parameters=(_PREFIX,),
        variadic=Parameter("newbits", NUMBER),
        returns=ListType(STRING),
        category="network",
        help="Consecutive blocks within an IP block.",
        example='cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)',
        impl=cidr_subnets,
    ),
)
