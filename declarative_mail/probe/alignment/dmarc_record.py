"""A DMARC record and the walk up the DNS tree that finds it (RFC 9989, which replaces RFC 7489).

RFC 9989 finds the organisational domain by asking DNS instead of by a list of public suffixes:

    _dmarc.news.shop.example.com    ── the From domain's own record, if there is one, gives the policy
    _dmarc.shop.example.com
    _dmarc.example.com              ── the shortest name with a record is the organisational domain …
    _dmarc.com                      ── … unless a record says psd=n (it is itself) or psd=y (it is one label below)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field

from declarative_mail.probe.alignment.dns import Resolver
from declarative_mail.probe.alignment.tags import parse_tags

_VERSION = re.compile(r"v\s*=\s*DMARC1\s*(?:;|$)", re.IGNORECASE)
_POLICIES = ("none", "quarantine", "reject")

# Deeper names go from the full name to their last seven labels at once (section 4.10), so that a walk is bounded.
_MOST_LABELS = 7


class DmarcRecord(Struct, frozen=True):
    """A record as receivers read it.

    Args:
        domain: where it stands, without ``_dmarc``.
        text: the record.
        policy: ``none``, ``quarantine`` or ``reject``, for the domain itself.
        subdomain_policy: for names below it that exist.
        missing_policy: for names below it that do not exist.
        strict_dkim: whether a DKIM signature must be of the very same domain.
        strict_spf: whether the envelope domain must be the very same.
        reports: the addresses of ``rua``.
        is_suffix: ``psd``: True for a public suffix, False for "this is the organisational domain", None if not said.
        testing: whether receivers are asked to apply the next weaker policy (``t=y``).
        faults: what is wrong with it, in words; receivers ignore the parts.
    """

    domain: str
    text: str
    policy: str = "none"
    subdomain_policy: str = "none"
    missing_policy: str = "none"
    strict_dkim: bool = False
    strict_spf: bool = False
    reports: tuple[str, ...] = ()
    is_suffix: bool | None = None
    testing: bool = False
    faults: tuple[str, ...] = ()


class Walk(Struct, frozen=True):
    """What the way up from a domain showed.

    Args:
        domain: where it started.
        organisational: the organisational domain; the domain itself where nothing was found.
        records: what was found, by the domain it was found at, the longest name first.
        several: domains with more than one record, all of which are ignored.
        exists: whether the domain itself is in DNS.
    """

    domain: str
    organisational: str
    records: dict[str, DmarcRecord] = field(default_factory=dict)
    several: tuple[str, ...] = ()

    @property
    def record(self) -> DmarcRecord | None:
        """The record whose policy applies (section 4.10.1): the domain's own, its organisation's, or its suffix's."""
        own = self.records.get(self.domain) or self.records.get(self.organisational)
        return own or next((record for record in self.records.values() if record.is_suffix), None)


def walk(domain: str, resolver: Resolver) -> Walk:
    """Look for DMARC records at a domain and above it.

    Raises:
        DnsUnavailable: a step of the walk has no answer.
    """
    records: dict[str, DmarcRecord] = {}
    several: list[str] = []
    for name in _steps(domain):
        texts = [text for text in resolver.lookup(f"_dmarc.{name}", "TXT").records if _VERSION.match(text)]
        if len(texts) > 1:
            several.append(name)
        elif texts:
            records[name] = parse_dmarc(texts[0], name)
            if records[name].is_suffix is not None:
                break
    return Walk(domain, _organisational(domain, records), records, tuple(several))


def parse_dmarc(text: str, domain: str) -> DmarcRecord:
    """Read a record that starts with its version; what cannot be read gets the value that receivers fall back to."""
    tags, faults = parse_tags(text)
    notes = list(faults)
    if "p" not in tags:
        notes.append("it has no p= tag, which counts as p=none and is ignored by older receivers")
    policy = _policy(tags, "p", "none", notes)
    subdomain_policy = _policy(tags, "sp", policy, notes)
    return DmarcRecord(
        domain=domain,
        text=text,
        policy=policy,
        subdomain_policy=subdomain_policy,
        missing_policy=_policy(tags, "np", subdomain_policy, notes),
        strict_dkim=_strict(tags, "adkim", notes),
        strict_spf=_strict(tags, "aspf", notes),
        reports=_reports(tags.get("rua", ""), notes),
        is_suffix={"y": True, "n": False}.get(tags.get("psd", "u").lower()),
        testing=tags.get("t", "n").lower() == "y" or tags.get("pct", "100").strip() == "0",
        faults=tuple(notes),
    )


def _policy(tags: dict[str, str], tag: str, default: str, notes: list[str]) -> str:
    value = tags.get(tag, default).lower()
    if value not in _POLICIES:
        notes.append(f"{tag}={tags[tag]} is none of {', '.join(_POLICIES)}")
        return "none" if tag == "p" else default
    return value


def _strict(tags: dict[str, str], tag: str, notes: list[str]) -> bool:
    value = tags.get(tag, "r").lower()
    if value not in {"r", "s"}:
        notes.append(f"{tag}={tags[tag]} is neither r nor s")
    return value == "s"


def _reports(value: str, notes: list[str]) -> tuple[str, ...]:
    reports = tuple(part.strip() for part in value.split(",") if part.strip())
    notes += [f'rua has "{one}", which is no address of the form mailto:…' for one in reports if not _is_report(one)]
    return tuple(one for one in reports if _is_report(one))


def _is_report(uri: str) -> bool:
    return re.fullmatch(r"(?i:mailto):[^@\s]+@[^@\s]+|https:\S+", uri) is not None


def _steps(domain: str) -> Iterator[str]:
    labels = domain.split(".")
    yield domain
    shorter = labels[-_MOST_LABELS:] if len(labels) > _MOST_LABELS else labels[1:]
    while shorter:
        yield ".".join(shorter)
        shorter = shorter[1:]


def _organisational(domain: str, records: dict[str, DmarcRecord]) -> str:
    """Section 4.10.2; `records` has the longest name first."""
    for name, record in records.items():
        if record.is_suffix is False:
            return name
        if record.is_suffix and name != domain:
            below = len(name.split(".")) + 1
            return ".".join(domain.split(".")[-below:])
    return list(records)[-1] if records else domain
