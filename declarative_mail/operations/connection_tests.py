"""Connection tests of a plan or of a whole configuration.

Which servers are tested, with which settings, and what the verdicts mean::

    servers of the plan ─▶ conversation ─▶ failed? ─▶ its fallbacks, with its sender
                       └─▶ SPF, DKIM, DMARC, MX        message sent? ─▶ receipt
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, field

from declarative_mail.addresses import Address
from declarative_mail.operations.evaluate import Evaluated
from declarative_mail.operations.planning import Planned
from declarative_mail.operations.probe_settings import is_testable, probe_test, server_settings
from declarative_mail.operations.remote_tests import ask_remotes
from declarative_mail.operations.sender_checks import Pair, await_receipts, check_senders
from declarative_mail.planning.change import Action, Plan
from declarative_mail.probe.many import PARALLELISM, probe_servers
from declarative_mail.probe.settings import MAX_RECIPIENTS, TestSettings
from declarative_mail.probe.verdict import StageResult, TestResult
from declarative_mail.records import replace
from declarative_mail.resources.desired import Desired
from declarative_mail.resources.leaves import Reference
from declarative_mail.state.snapshot import CheckResult, Stage

if TYPE_CHECKING:
    from declarative_mail.probe.alignment import AlignmentResult, Resolver
    from declarative_mail.probe.receipt import Receipt

Progress = Callable[[str, StageResult], None]


class Tested(Struct, frozen=True):
    """The verdicts of several servers.

    Args:
        results: one for each server that was tested, or whose verdict is young enough.
        settings: how each was tested, by address.
        untested: servers whose settings are known only after apply.
        proved_by: for a server that failed, the fallback that takes its mail: the chain is proved all the same.
        alignment: what DNS says of the sender of each server.
        receipts: whether the test message of a server arrived.
        after_write: servers that their remote tests, which it can do only once they are written.
    """

    results: tuple[TestResult, ...]
    settings: Mapping[str, TestSettings]
    untested: tuple[str, ...] = ()
    proved_by: Mapping[str, str] = field(default_factory=dict)
    alignment: Mapping[str, tuple[AlignmentResult, ...]] = field(default_factory=dict)
    receipts: Mapping[str, Receipt] = field(default_factory=dict)
    after_write: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[str, ...]:
        """The servers that do not take mail, or whose message did not arrive, and for which no fallback stands in."""
        return tuple(one.address for one in self.results if not self._passes(one))

    def _passes(self, result: TestResult) -> bool:
        receipt = self.receipts.get(result.address)
        if receipt is not None and receipt.verdict == "fail":
            return False
        return result.ok or result.address in self.proved_by

    @property
    def blocking(self) -> tuple[str, ...]:
        """The failures that must stop an apply; ``on_failure = "warn"`` lets one pass."""
        return tuple(one for one in self.failed if self.settings[one].on_failure == "block")

    @property
    def ok(self) -> bool:
        """Whether every server takes mail, by itself or through a fallback."""
        return not self.failed

    @property
    def data(self) -> tuple[dict[str, Any], ...]:
        """The published JSON form, one object for each server."""
        return tuple(self._data(one) for one in self.results)

    def _data(self, result: TestResult) -> dict[str, Any]:
        receipt = self.receipts.get(result.address)
        return {
            **result.data,
            "alignment": [one.data for one in self.alignment.get(result.address, ())],
            "receipt": receipt.data if receipt is not None else None,
            "proved_by": self.proved_by.get(result.address),
            "transcript": [] if result.ok else list(result.transcript),
        }

    def recorded_in(self, plan: Plan) -> Plan:
        """The plan with the verdicts in it."""
        return replace(plan, connection_tests=self.data)


def check_results(tested: Tested) -> tuple[CheckResult, ...]:
    """The verdicts as a state keeps them."""
    return tuple(check_result(one) for one in tested.results)


def check_result(result: TestResult) -> CheckResult:
    """One verdict as a state keeps it."""
    expires = result.certificate_expires
    return CheckResult(
        address=result.address,
        ok=result.ok,
        at=result.started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        certificate_expires=expires.strftime("%Y-%m-%dT%H:%M:%SZ") if expires else None,
        stages=tuple(msgspec.convert(one.data, Stage) for one in result.stages),
    )


def servers_in_plan(planned: Planned) -> dict[Address, tuple[str, ...]]:
    """The servers that a plan depends on, each with the direct recipients of changed rules that send through it.

    These are the servers that it creates, updates or replaces, those that a changed rule names, and, where a changed
    rule names none, the only one there is.
    """
    desired = planned.evaluated.desired
    changed = [
        change.address
        for change in planned.plan.changes
        if change.action in (Action.CREATE, Action.UPDATE, Action.REPLACE)
    ]
    found: dict[Address, set[str]] = {address: set() for address in changed if address.type == "smtp_server"}
    for address in changed:
        if address.type == "notification_rule" and address in desired:
            for server in _servers_of_rule(desired[address], desired):
                found.setdefault(server, set()).update(_direct_recipients(desired[address]))
    enabled = {one: people for one, people in found.items() if one in desired and _is_enabled(desired[one])}
    return {one: tuple(sorted(people)[:MAX_RECIPIENTS]) for one, people in enabled.items()}


def _is_enabled(server: Desired) -> bool:
    return server.attributes["enabled"] is not False


def _servers_of_rule(rule: Desired, desired: Mapping[Address, Desired]) -> Iterable[Address]:
    named = rule.attributes.get("smtp_server")
    if isinstance(named, Reference):
        return [named.address] if named.address is not None and named.address.mode == "managed" else []
    servers = [address for address in desired if address.type == "smtp_server"]
    return servers if len(servers) == 1 else []


def _direct_recipients(rule: Desired) -> list[str]:
    email = rule.attributes.get("email") or {}
    return [one for one in email.get("recipients") or () if isinstance(one, str)]


def servers_of(evaluated: Evaluated) -> dict[Address, tuple[str, ...]]:
    """All enabled servers of a configuration."""
    return {
        address: () for address, one in evaluated.desired.items() if address.type == "smtp_server" and _is_enabled(one)
    }


class TestOptions(Struct, frozen=True, kw_only=True):
    """How tests are run.

    Args:
        on_progress: told the verdict of each stage as it comes.
        parallelism: how many conversations at once.
        adjust: changes the declared settings (options of the command line).
        resolver: who answers questions about DNS; None asks nobody.
        known: verdicts from before, used where they are not older than ``max_age``.
        now: the time, for `known`.
        unsaved: servers that the plan writes: their remote would test what they are now.
    """

    __test__ = False  # a record, not a test class: keeps pytest from collecting it

    on_progress: Progress | None = None
    parallelism: int = PARALLELISM
    adjust: Callable[[TestSettings], TestSettings] = lambda settings: settings
    resolver: Resolver | None = None
    known: Sequence[TestResult] = ()
    now: datetime | None = None
    unsaved: frozenset[Address] = frozenset()


def probe_plan(planned: Planned, options: TestOptions | None = None) -> Tested:
    """Test every server that a plan depends on."""
    changed = frozenset(change.address for change in planned.plan.effective)
    given = replace(options or TestOptions(), unsaved=changed)
    return run_tests(planned.evaluated, servers_in_plan(planned), given)


def run_tests(evaluated: Evaluated, servers: Mapping[Address, Sequence[str]], options: TestOptions) -> Tested:
    """Test servers of a configuration, all at the same time.

    Args:
        evaluated: where they are declared.
        servers: by address, with further recipients to offer to each.
        options: how.
    """
    desired = evaluated.desired
    ordered = sorted(servers, key=lambda address: address.order)
    untested = tuple(str(address) for address in ordered if not is_testable(desired[address]))
    pairs = [
        (server_settings(desired[address], desired), options.adjust(probe_test(desired[address], servers[address])))
        for address in ordered
        if is_testable(desired[address])
    ]
    kept = _young_enough(pairs, options)
    due = [pair for pair in pairs if pair[0].address not in kept]
    fresh = _probe([pair for pair in due if pair[1].via == "local"], options)
    remote, later = ask_remotes(evaluated, [pair for pair in due if pair[1].via == "remote"], options.unsaved)
    results = {one.address: one for one in (*kept.values(), *fresh, *remote)}
    by_name = {str(address): desired[address] for address in ordered}
    return Tested(
        tuple(results[server.address] for server, _ in pairs if server.address in results),
        {server.address: settings for server, settings in pairs},
        untested,
        _proved_by_fallback(by_name, fresh, desired, options=options),
        check_senders(pairs, options.resolver),
        await_receipts(by_name, fresh, desired),
        later,
    )


def _probe(pairs: Sequence[Pair], options: TestOptions) -> list[TestResult]:
    if not pairs:
        return []
    return probe_servers(pairs, parallelism=options.parallelism, on_progress=options.on_progress)


def _young_enough(pairs: Sequence[Pair], options: TestOptions) -> dict[str, TestResult]:
    """The verdicts from before that still count: passed, and not older than the server's ``max_age``."""
    if options.now is None:
        return {}
    known = {one.address: one for one in options.known if one.ok}
    ages = {server.address: settings.max_age for server, settings in pairs}
    return {
        address: one
        for address, one in known.items()
        if ages.get(address) is not None and (options.now - one.started).total_seconds() <= (ages[address] or 0.0)
    }


def _proved_by_fallback(
    servers: Mapping[str, Desired],
    results: Sequence[TestResult],
    desired: Mapping[Address, Desired],
    *,
    options: TestOptions,
) -> dict[str, str]:
    """For each server that failed, the first of its fallbacks that takes mail from the same sender (semantics 27)."""
    pairs: list[Pair] = []
    owners: list[tuple[str, str]] = []
    for result in results:
        if result.ok:
            continue
        failed = servers[result.address]
        for one in failed.attributes["fallback"]:
            fallback = desired.get(one.address) if isinstance(one, Reference) and one.address else None
            if fallback is None or not is_testable(fallback) or not _is_enabled(fallback):
                continue
            sender, envelope = failed.attributes["from_address"], failed.attributes["envelope_from"]
            settings = replace(server_settings(fallback, desired), from_address=sender, envelope_from=envelope)
            pairs.append((replace(settings, address=f"{fallback.address} for {result.address}"), probe_test(fallback)))
            owners.append((result.address, str(fallback.address)))
    proved: dict[str, str] = {}
    for (owner, name), result in zip(owners, _probe(pairs, replace(options, on_progress=None)), strict=True):
        if result.ok:
            proved.setdefault(owner, name)
    return proved
