"""SPF: may this address send for this domain? (RFC 7208)

`evaluate_spf` is check_host() of section 4 with its limits: ten terms that ask DNS, two answers with nothing in them,
ten names of an MX or PTR answer. An explanation (``exp``) is checked for its form and not fetched, nobody would read
it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from msgspec import Struct, field

from declarative_mail.probe.alignment.dns import Answer, DnsUnavailable, RecordType, Resolver
from declarative_mail.probe.alignment.spf_macros import LONGEST_NAME, IpAddress, MacroValues, expand
from declarative_mail.probe.alignment.spf_record import Directive, SpfRecord, SpfSyntaxError, is_spf, parse_spf

MOST_LOOKUPS = 10
"""Terms that ask DNS in one evaluation (section 4.6.4)."""

MOST_VOID_LOOKUPS = 2
"""Answers with nothing in them in one evaluation (section 4.6.4)."""

_MOST_NAMES = 10
_LONGEST_LABEL = 63


class SpfOutcome(Struct, frozen=True):
    """What a receiver comes to.

    Args:
        result: ``none``, ``neutral``, ``pass``, ``fail``, ``softfail``, ``temperror`` or ``permerror``.
        record: the domain's own record, None where there is none, or several.
        term: the directive that decided, e.g. ``-all``; None where none did.
        found_in: the domain whose record has that directive, or the fault; not the first one after an include.
        reason: of an error, in words.
        lookups: how many of the ten terms were used.
        void_lookups: how many of the two empty answers were used.
    """

    result: str
    record: str | None = None
    term: str | None = None
    found_in: str | None = None
    reason: str = ""
    lookups: int = 0
    void_lookups: int = 0


class _PermanentFault(Exception):  # noqa: N818 - named after the result that it stands for, permerror
    """No receiver can evaluate the record; the argument says why, `domain` where."""

    def __init__(self, reason: str, domain: str) -> None:
        super().__init__(reason)
        self.domain = domain


def evaluate_spf(address: str, domain: str, *, sender: str, resolver: Resolver, helo: str | None = None) -> SpfOutcome:
    """Whether mail from an address passes SPF for a domain.

    Args:
        address: the IPv4 or IPv6 address that the receiver sees; an IPv4-mapped one counts as IPv4.
        domain: of the envelope sender.
        sender: the envelope sender; without a local part it is ``postmaster`` (section 4.3).
        resolver: answers questions about DNS.
        helo: the client's HELO name, only used by the macro ``%{h}``; the domain if unknown.

    Raises:
        ValueError: `address` is none.
    """
    if not _is_domain(domain):
        return SpfOutcome("none", reason=f'"{domain}" is not a full domain name')
    evaluation = _Evaluation(_client(address), _with_local_part(sender, domain), helo or domain, resolver)
    try:
        result, term, found_in = evaluation.check(domain)
        reason = ""
    except _PermanentFault as fault:
        result, term, found_in, reason = "permerror", None, fault.domain, str(fault)
    except DnsUnavailable as fault:
        result, term, found_in, reason = "temperror", None, None, str(fault)
    return SpfOutcome(
        result=result,
        record=evaluation.records.get(domain),
        term=term,
        found_in=found_in,
        reason=reason,
        lookups=evaluation.lookups,
        void_lookups=evaluation.void_lookups,
    )


class _Evaluation(Struct):
    """One run of check_host() and all that it recurses into, with what is left of the limits."""

    address: IpAddress
    sender: str
    helo: str
    resolver: Resolver
    lookups: int = 0
    void_lookups: int = 0
    records: dict[str, str] = field(default_factory=dict)

    def check(self, domain: str) -> tuple[str, str | None, str | None]:
        """The result for a domain, the directive that decided and the domain that it stands under."""
        record = self._record(domain)
        if record is None:
            return "none", None, None
        for directive in record.directives:
            if self._matches(directive, domain):
                return directive.result, directive.text, domain
        if record.redirect:
            return self._redirected(record.redirect, domain)
        return "neutral", None, domain

    def _record(self, domain: str) -> SpfRecord | None:
        texts = [text for text in self.resolver.lookup(domain, "TXT").records if is_spf(text)]
        if len(texts) > 1:
            raise _PermanentFault(f"{domain} has {len(texts)} SPF records; there may be one", domain)
        if not texts:
            return None
        self.records[domain] = texts[0]
        try:
            return parse_spf(texts[0])
        except SpfSyntaxError as error:
            raise _PermanentFault(f"the SPF record of {domain} is malformed: {error}", domain) from error

    def _redirected(self, spec: str, domain: str) -> tuple[str, str | None, str | None]:
        self._count_lookup(domain, f"redirect={spec}")
        target = self._expanded(spec, domain)
        found = self.check(target) if _is_domain(target) else ("none", None, None)
        if found[0] == "none":
            raise _PermanentFault(f'"redirect={spec}" leads to {target}, which has no SPF record', domain)
        return found

    def _matches(self, directive: Directive, domain: str) -> bool:
        if directive.mechanism == "all":
            return True
        if directive.network is not None:
            return self.address.version == directive.network.version and self.address in directive.network
        self._count_lookup(domain, directive.text)
        target = self._expanded(directive.domain, domain) if directive.domain else domain
        test: Callable[[Directive, str, str], bool] = getattr(self, f"_matches_{directive.mechanism}")
        return test(directive, target, domain)

    def _matches_include(self, directive: Directive, target: str, domain: str) -> bool:
        result = self.check(target)[0] if _is_domain(target) else "none"
        if result == "none":
            raise _PermanentFault(f'"{directive.text}" leads to {target}, which has no SPF record', domain)
        return result == "pass"

    def _matches_a(self, directive: Directive, target: str, domain: str) -> bool:
        return self._is_address_of(target, directive, domain)

    def _matches_mx(self, directive: Directive, target: str, domain: str) -> bool:
        exchanges = [record.partition(" ")[2] for record in self._ask(target, "MX", domain).records]
        if len(exchanges) > _MOST_NAMES:
            raise _PermanentFault(f'"{directive.text}": {target} has more than {_MOST_NAMES} MX records', domain)
        return any(self._is_address_of(exchange, directive, domain) for exchange in exchanges if exchange != ".")

    def _matches_exists(self, directive: Directive, target: str, domain: str) -> bool:
        del directive
        return not self._ask(target, "A", domain).is_void

    def _matches_ptr(self, directive: Directive, target: str, domain: str) -> bool:
        del directive, domain
        return any(_is_within(name, target) for name in self._validated_names(target))

    def _is_address_of(self, name: str, directive: Directive, domain: str) -> bool:
        kind: RecordType = "A" if isinstance(self.address, IPv4Address) else "AAAA"
        prefix = directive.prefix4 if isinstance(self.address, IPv4Address) else directive.prefix6
        found = self._ask(name, kind, domain).records
        return any(self.address in ip_network(f"{one}/{prefix}", strict=False) for one in found)

    def _validated_names(self, domain: str) -> Iterator[str]:
        """The client's names that lead back to its address (section 5.5); where DNS fails there are none."""
        try:
            names = self._ask(self.address.reverse_pointer, "PTR", domain).records[:_MOST_NAMES]
        except DnsUnavailable:
            return
        kind: RecordType = "A" if isinstance(self.address, IPv4Address) else "AAAA"
        for name in names:
            try:
                found = self.resolver.lookup(name, kind).records
            except DnsUnavailable:
                continue
            if self.address in {ip_address(one) for one in found}:
                yield name

    def _best_name(self, domain: str) -> str:
        """What ``%{p}`` stands for (section 7.3): the domain itself before a name below it before any other."""
        names = sorted(self._validated_names(domain), key=lambda name: not _is_within(name, domain))
        return next((name for name in names if name.casefold() == domain.casefold()), (names or ["unknown"])[0])

    def _expanded(self, spec: str, domain: str) -> str:
        values = MacroValues(self.address, self.sender, domain, self.helo, lambda: self._best_name(domain))
        return expand(spec, values)

    def _ask(self, name: str, record_type: RecordType, domain: str) -> Answer:
        answer = self.resolver.lookup(name, record_type) if _is_domain(name) else Answer(exists=False)
        self.void_lookups += answer.is_void
        if self.void_lookups > MOST_VOID_LOOKUPS:
            reason = f"more than {MOST_VOID_LOOKUPS} look-ups find nothing, the last of them {name} {record_type}"
            raise _PermanentFault(reason, domain)
        return answer

    def _count_lookup(self, domain: str, term: str) -> None:
        self.lookups += 1
        if self.lookups > MOST_LOOKUPS:
            reason = (
                f'the record needs more than {MOST_LOOKUPS} DNS look-ups; "{term}" of {domain} is the first too many'
            )
            raise _PermanentFault(reason, domain)


def _client(address: str) -> IpAddress:
    parsed = ip_address(address)
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return mapped or parsed


def _with_local_part(sender: str, domain: str) -> str:
    local, _, origin = sender.rpartition("@")
    return f"{local or 'postmaster'}@{origin or domain}"


def _is_domain(name: str) -> bool:
    """Whether DNS could have it and it has at least two labels (section 4.3)."""
    labels = name.rstrip(".").split(".")
    fits = len(name) <= LONGEST_NAME and all(0 < len(label) <= _LONGEST_LABEL for label in labels)
    return fits and len(labels) > 1


def _is_within(name: str, domain: str) -> bool:
    return f".{name}".casefold().endswith(f".{domain}".casefold())
