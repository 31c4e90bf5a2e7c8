"""Warnings about servers that plan and validate give: what is allowed and still odd, and what comes near its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, Label
from declarative_mail.diagnostics.codes.probe import NEAR_END, QUESTIONABLE
from declarative_mail.operations.probe_settings import is_testable, server_settings
from declarative_mail.resources.desired import Desired
from declarative_mail.resources.text_forms import parse_duration
from declarative_mail.state.snapshot import CheckResult, Snapshot

_SAID_BY_DECODE = frozenset({"certificate_not_checked"})
"""Lints that the type itself warns of, at the same place."""


def lint_servers(desired: Mapping[Address, Desired], today: date) -> list[Diagnostic]:
    """What is odd about the servers of a configuration."""
    servers = [one for one in desired.values() if one.type == "smtp_server" and is_testable(one)]
    if not servers:
        return []
    from declarative_mail.probe.knowledge.lints import lint_server

    return [
        Diagnostic(
            QUESTIONABLE, lint.text, Label(server.span((lint.attribute,))), address=server.address, help=lint.remedy
        )
        for server in servers
        for lint in lint_server(server_settings(server, desired), today=today)
        if lint.code not in _SAID_BY_DECODE
    ]


def find_horizons(desired: Mapping[Address, Desired], snapshot: Snapshot | None, now: datetime) -> list[Diagnostic]:
    """Certificates that expire within ``min_certificate_days``, as last seen, and secrets that are to be rotated."""
    if snapshot is None:
        return []
    checks = {one.address: one for one in snapshot.check_results if one.kind == "connection_test"}
    servers = [one for one in desired.values() if one.type == "smtp_server"]
    return [
        fault
        for server in servers
        for fault in (*_certificate(server, checks.get(str(server.address)), now), *_rotation(server, snapshot, now))
    ]


def _certificate(server: Desired, check: CheckResult | None, now: datetime) -> Iterator[Diagnostic]:
    if check is None or check.certificate_expires is None:
        return
    left = datetime.fromisoformat(check.certificate_expires) - now
    least = server.attributes["connection_test"]["min_certificate_days"]
    if left >= timedelta(days=least):
        return
    when = f"expires in {left.days} days" if left.days >= 0 else "has expired"
    detail = (
        f"The certificate of {server.address} {when} ({check.certificate_expires}), as seen at {check.at}. Renew it on "
        "the server; dmail test shows whether the new one is in use."
    )
    yield Diagnostic(NEAR_END, detail, Label(server.span()), address=server.address)


def _rotation(server: Desired, snapshot: Snapshot, now: datetime) -> Iterator[Diagnostic]:
    """A password whose ``rotate_after`` has come: a day, or a time since it last changed."""
    after = server.attributes.get("rotate_after")
    record = snapshot.by_address.get(server.address)
    if not isinstance(after, str):
        return
    changed = record.secrets_changed.get("password") if record is not None else None
    due = _due(after, changed)
    if due is None or now < due:
        return
    since = f" It was last changed at {changed}." if changed else ""
    detail = f"The password of {server.address} should have been exchanged by {due.date()} (rotate_after).{since}"
    place = Label(server.span(("rotate_after",)))
    yield Diagnostic(NEAR_END, detail, place, address=server.address)


def _due(after: str, changed: str | None) -> datetime | None:
    if after[:4].isdigit() and "-" in after:
        return datetime.combine(date.fromisoformat(after[:10]), datetime.min.time(), UTC)
    if changed is None:
        return None
    return datetime.fromisoformat(changed) + timedelta(seconds=parse_duration(after))
