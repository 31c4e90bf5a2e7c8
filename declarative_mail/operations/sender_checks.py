"""What DNS says of the senders, and whether test messages arrive: the checks beside the conversation with a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes.probe import DNS_SETTING
from declarative_mail.probe.settings import ServerSettings, TestSettings
from declarative_mail.probe.verdict import TestResult
from declarative_mail.resources.desired import Desired
from declarative_mail.resources.text_forms import parse_duration

if TYPE_CHECKING:
    from declarative_mail.probe.alignment import AlignmentResult, Resolver
    from declarative_mail.probe.receipt import Receipt

DNS_VARIABLE = "DMAIL_DNS"
"""``off``, or the address of a name server (``127.0.0.1:5353``) to ask in place of the system's."""
DNS_SECONDS = 10.0

Pair = tuple[ServerSettings, TestSettings]


def resolver_of(environment: Mapping[str, str]) -> Resolver | None:
    """Who answers questions about DNS; None where they are not to be asked.

    Raises:
        DiagnosticError: the variable names no address.
    """
    from declarative_mail.probe.alignment import DnsResolver

    text = environment.get(DNS_VARIABLE, "").strip()
    if text == "off":
        return None
    if not text:
        return DnsResolver(total_seconds=DNS_SECONDS)
    host, _, port = text.rpartition(":") if text.count(":") == 1 or text.startswith("[") else (text, "", "53")
    host = host.strip("[]")
    try:
        ip_address(host)
        return DnsResolver([host], port=int(port), total_seconds=DNS_SECONDS)
    except ValueError:
        detail = f'{DNS_VARIABLE} is off, or the address of a name server such as 127.0.0.1:5353, and not "{text}".'
        raise DiagnosticError(Diagnostic(DNS_SETTING, detail)) from None


def check_senders(pairs: Sequence[Pair], resolver: Resolver | None) -> dict[str, tuple[AlignmentResult, ...]]:
    """SPF, DKIM, DMARC and MX for the sender of each server, all at the same time."""
    if resolver is None or not pairs:
        return {}
    with ThreadPoolExecutor(min(len(pairs), 8), thread_name_prefix="senders") as pool:
        results = pool.map(lambda pair: _check(pair, resolver), pairs)
        return {pair[0].address: result for pair, result in zip(pairs, results, strict=True)}


def _check(pair: Pair, resolver: Resolver) -> tuple[AlignmentResult, ...]:
    from declarative_mail.probe.alignment import check_alignment

    server, test = pair
    recipients = [one for one in (*test.recipients, test.to) if one]
    try:
        found = check_alignment(
            server.from_address,
            server.envelope_from,
            egress=test.egress,
            dkim_selectors=test.dkim_selectors,
            recipients_domains={one.rpartition("@")[2] for one in recipients},
            resolver=resolver,
        )
    except ValueError:
        # A sender without a domain: the conversation has its own verdict on that.
        return ()
    return tuple(found)


def await_receipts(
    servers: Mapping[str, Desired], results: Sequence[TestResult], desired: Mapping[Address, Desired]
) -> dict[str, Receipt]:
    """Look for the message of each test that sent one and has a ``receipt`` block."""
    wanted = [
        (result.address, servers[result.address].attributes["connection_test"]["receipt"], _message_id(result))
        for result in results
        if result.address in servers
    ]
    waiting = [(address, block, id_) for address, block, id_ in wanted if block is not None and id_ is not None]
    if not waiting:
        return {}
    with ThreadPoolExecutor(len(waiting), thread_name_prefix="receipts") as pool:
        found = pool.map(lambda one: _await(one[1], one[2], desired), waiting)
        return {one[0]: receipt for one, receipt in zip(waiting, found, strict=True)}


def _message_id(result: TestResult) -> str | None:
    message = result["message"]
    return message.details.get("message_id") if message.verdict in ("pass", "warn") else None


def _await(block: Mapping[str, Any], message_id: str, desired: Mapping[Address, Desired]) -> Receipt:
    from declarative_mail.probe.receipt import ReceiptSettings, await_receipt
    from declarative_mail.resources.desired import secret_value
    from declarative_mail.secrets import Secret

    imap = block["imap"]
    settings = ReceiptSettings(
        host=imap["host"],
        username=imap["username"],
        password=secret_value(imap["password"], desired) or Secret(""),
        port=imap["port"],
        encryption=imap["encryption"],
        mailbox=imap["mailbox"],
        timeout=parse_duration(block["timeout"]),
    )
    return await_receipt(settings, message_id)
