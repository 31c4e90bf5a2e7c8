"""An SPF record as a syntax tree (RFC 7208, section 12)."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network
from typing import TypeAlias

from msgspec import Struct

Network: TypeAlias = IPv4Network | IPv6Network

_VERSION = re.compile(r"v=spf1(?: |$)", re.IGNORECASE)
_DIRECTIVE = re.compile(r"([+?~-]?)([A-Za-z][A-Za-z0-9]*)(.*)", re.DOTALL)
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)=(.*)", re.DOTALL)
_PREFIXED = re.compile(r"(?::(.*?))?(?:/(0|[1-9]\d?))?(?://(0|[1-9]\d{0,2}))?", re.DOTALL)

_EXPAND = r"%\{[A-Za-z]\d*[rR]?[.+,/_=-]*\}"
_MACRO_STRING = re.compile(rf"(?:{_EXPAND}|%[%_-]|[\x21-\x24\x26-\x7e])*")
_TOP_LABEL = r"(?:[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*|[A-Za-z0-9]+-[A-Za-z0-9-]*[A-Za-z0-9])"
_DOMAIN_END = re.compile(rf"(?:\.{_TOP_LABEL}\.?|{_EXPAND}|%[%_-])$")
_MACRO_LETTERS = re.compile(r"%\{([A-Za-z])(\d*)")

_QUALIFIERS = {"": "pass", "+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_ADDRESS_BITS = {4: 32, 6: 128}

# Letters that stand for something outside an explanation (section 7.2).
_LETTERS = frozenset("slodiphv")
_LETTERS_OF_EXPLANATIONS = frozenset("crt")


class SpfSyntaxError(ValueError):
    """A record that no receiver can evaluate (permerror); the text names the term and its fault."""


class Directive(Struct, frozen=True):
    """One mechanism with its qualifier.

    Args:
        text: as it stands in the record.
        result: what a match gives: ``pass``, ``fail``, ``softfail`` or ``neutral``.
        mechanism: its name in lower case.
        domain: the domain-spec with its macros, empty where there is none.
        network: of ``ip4`` and ``ip6``.
        prefix4: bits of an IPv4 address that count, of ``a`` and ``mx``.
        prefix6: the same of an IPv6 address.
    """

    text: str
    result: str
    mechanism: str
    domain: str = ""
    network: Network | None = None
    prefix4: int = 32
    prefix6: int = 128


class SpfRecord(Struct, frozen=True):
    """A parsed record: its directives in order, and the domain-spec of ``redirect``, empty where there is none."""

    directives: tuple[Directive, ...]
    redirect: str = ""


def is_spf(text: str) -> bool:
    """Whether a TXT record is an SPF record (section 4.5)."""
    return bool(_VERSION.match(text))


def parse_spf(text: str) -> SpfRecord:
    """Read a record, version section included.

    Raises:
        SpfSyntaxError: a term is malformed or unknown, or ``redirect`` or ``exp`` stands twice.
    """
    directives: list[Directive] = []
    modifiers: dict[str, str] = {}
    for term in text.split(" ")[1:]:
        if not term:
            continue
        if modifier := _MODIFIER.fullmatch(term):
            name, value = modifier[1].lower(), modifier[2]
            _add_modifier(modifiers, name, value, term)
        else:
            directives.append(_directive(term))
    return SpfRecord(tuple(directives), modifiers.get("redirect", ""))


def _add_modifier(modifiers: dict[str, str], name: str, value: str, term: str) -> None:
    if name in {"redirect", "exp"}:
        if name in modifiers:
            raise SpfSyntaxError(f'"{name}=" stands twice')
        modifiers[name] = _domain_spec(value, term)
    elif not _MACRO_STRING.fullmatch(value):
        raise SpfSyntaxError(f'"{term}" has a malformed value')


def _directive(term: str) -> Directive:
    match = _DIRECTIVE.fullmatch(term)
    if match is None:
        raise SpfSyntaxError(f'"{term}" is neither a mechanism nor a modifier')
    result, name, rest = _QUALIFIERS[match[1]], match[2].lower(), match[3]
    if name == "all" and not rest:
        return Directive(term, result, name)
    if name in {"ip4", "ip6"}:
        return Directive(term, result, name, network=_network(rest, 4 if name == "ip4" else 6, term))
    if name in {"a", "mx"}:
        return _with_prefixes(term, result, name, rest)
    if name in {"include", "exists"} or (name == "ptr" and rest):
        return Directive(term, result, name, domain=_domain_spec(rest.removeprefix(":"), term, marked=rest[:1] == ":"))
    if name == "ptr":
        return Directive(term, result, name)
    raise SpfSyntaxError(f'"{term}" is not a mechanism' if name != "all" else f'"{term}": all takes no value')


def _with_prefixes(term: str, result: str, name: str, rest: str) -> Directive:
    match = _PREFIXED.fullmatch(rest)
    if match is None:
        raise SpfSyntaxError(f'"{term}" is neither a bare {name} nor one with a domain and prefix lengths')
    spec, four, six = match.groups()
    domain = "" if spec is None else _domain_spec(spec, term)
    prefix4, prefix6 = int(four or 32), int(six or 128)
    if prefix4 > 32 or prefix6 > 128:
        raise SpfSyntaxError(f'"{term}" has a prefix length that no address has')
    return Directive(term, result, name, domain=domain, prefix4=prefix4, prefix6=prefix6)


def _network(rest: str, version: int, term: str) -> Network:
    kind = IPv4Network if version == 4 else IPv6Network
    address, slash, bits = rest.removeprefix(":").partition("/")
    bad = rest[:1] != ":" or (slash and not re.fullmatch(r"0|[1-9]\d{0,2}", bits)) or "%" in address
    if bad or int(bits or 0) > _ADDRESS_BITS[version]:
        raise SpfSyntaxError(f'"{term}" is not an IPv{version} network')
    try:
        return kind((address, int(bits) if slash else _ADDRESS_BITS[version]), strict=False)
    except ValueError as error:
        raise SpfSyntaxError(f'"{term}" is not an IPv{version} network') from error


def _domain_spec(spec: str, term: str, *, marked: bool = True) -> str:
    if not marked or not _MACRO_STRING.fullmatch(spec) or not _DOMAIN_END.search(spec):
        raise SpfSyntaxError(f'"{term}" names no domain')
    for letter, digits in _MACRO_LETTERS.findall(spec.replace("%%", "")):
        if letter.lower() in _LETTERS_OF_EXPLANATIONS or letter.lower() not in _LETTERS:
            raise SpfSyntaxError(f'"{term}" uses the macro letter {letter}, which has no meaning here')
        if digits and not int(digits):
            raise SpfSyntaxError(f'"{term}" keeps 0 parts of a macro')
    return spec
