"""Records for planning tests: what is wanted, what the state remembers, both in a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from declarative_mail.addresses import Address, parse_address
from declarative_mail.applying.records import describe
from declarative_mail.diagnostics import Source, Span
from declarative_mail.planning.build import Options, Sources, build_changes
from declarative_mail.planning.change import Change, Wanted
from declarative_mail.state.snapshot import ResourceRecord

PLACE = Span(Source("main.hcl", "user_group"), 0, 10)


def wanted(address: str, attributes: dict[str, Any] | None = None, **more: Any) -> Wanted:
    """What the configuration says of one group."""
    stored = {"name": address, "members": [], **(attributes or {})}
    parsed = parse_address(address)
    values = {"remote": "local", "schema_version": 1, "span": PLACE, "sets": ("members",), **more}
    return Wanted(parsed, stored, natural_key=natural_key(stored), **values)


def natural_key(attributes: Mapping[str, Any]) -> tuple[str, ...]:
    """What a remote keeps unique in a group of these tests."""
    return (str(attributes.get("identifier") or attributes["name"]),)


def record(address: str, attributes: dict[str, Any] | None = None, **more: Any) -> ResourceRecord:
    """What the state remembers of it."""
    one = wanted(address, attributes, **more)
    return describe(one, id_=f"id-{address}", attributes=dict(one.attributes))


def plan(
    wants: list[Wanted], records: list[ResourceRecord], options: Options | None = None, **sources: Any
) -> dict[str, Change]:
    """The changes by address; no fault is expected."""
    changes, faults = changes_and_faults(wants, records, options, **sources)
    assert faults == []
    return {str(change.address): change for change in changes}


def changes_and_faults(
    wants: list[Wanted], records: list[ResourceRecord], options: Options | None = None, **sources: Any
) -> tuple[tuple[Change, ...], list[str]]:
    """The changes in order and the codes of what stands against them."""
    given = Sources(
        wanted={one.address: one for one in wants}, records={one.address: one for one in records}, **sources
    )
    changes, faults = build_changes(given, options or Options())
    return changes, [one.code.id for one in faults]


def addresses(changes: list[Change] | tuple[Change, ...]) -> list[Address]:
    """Their addresses, in order."""
    return [change.address for change in changes]
