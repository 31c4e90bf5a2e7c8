"""Connection tests of a plan or of a whole configuration.

Which servers, with which settings, and what the verdicts mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from declarative_mail.addresses import Address
from declarative_mail.operations.evaluate import Evaluated
from declarative_mail.operations.planning import Planned
from declarative_mail.operations.probe_settings import is_testable, probe_test, server_settings
from declarative_mail.planning.change import Action, Plan
from declarative_mail.probe.many import probe_servers
from declarative_mail.probe.settings import MAX_RECIPIENTS, ServerSettings, TestSettings
from declarative_mail.probe.verdict import StageResult, TestResult
from declarative_mail.resources.desired import Desired
from declarative_mail.resources.leaves import Reference
from declarative_mail.state.snapshot import CheckResult, Stage

Progress = Callable[[str, StageResult], None]
PARALLELISM = 20


@dataclass(frozen=True, slots=True)
class Tested:
    """The verdicts of several servers.

    Args:
        results: one for each server that was tested.
        settings: how each was tested, by address.
        untested: servers whose settings are known only after apply.
    """

    results: tuple[TestResult, ...]
    settings: Mapping[str, TestSettings]
    untested: tuple[str, ...] = ()

    @property
    def blocking(self) -> tuple[TestResult, ...]:
        """The failed tests that must stop an apply; ``on_failure = "warn"`` lets one pass."""
        return tuple(one for one in self.results if not one.ok and self.settings[one.address].on_failure == "block")

    @property
    def ok(self) -> bool:
        """Whether every server takes mail."""
        return all(one.ok for one in self.results)

    @property
    def data(self) -> tuple[Mapping[str, Any], ...]:
        """The published JSON form, one object for each server."""
        return tuple(one.data for one in self.results)

    def recorded_in(self, plan: Plan) -> Plan:
        """The plan with the verdicts in it."""
        return replace(plan, connection_tests=self.data)


def check_results(tested: Tested) -> tuple[CheckResult, ...]:
    """The verdicts as a state keeps them."""
    return tuple(_check_result(one) for one in tested.results)


def _check_result(result: TestResult) -> CheckResult:
    expires = result.certificate_expires
    return CheckResult(
        address=result.address,
        ok=result.ok,
        at=result.started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        certificate_expires=expires.strftime("%Y-%m-%dT%H:%M:%SZ") if expires else None,
        stages=tuple(Stage(**one.data) for one in result.stages),  # type: ignore[arg-type]  # the record names the same fields
    )


def servers_in_plan(planned: Planned) -> dict[Address, tuple[str, ...]]:
    """The servers that a plan depends on, each with the direct recipients of changed rules that send through it.

    These are the servers that it creates, updates or replaces, those that a changed rule names, and, where a changed
    rule names
    none, the only one there is.
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
    enabled = {
        one: people
        for one, people in found.items()
        if one in desired and desired[one].attributes["enabled"] is not False
    }
    return {one: tuple(sorted(people)[:MAX_RECIPIENTS]) for one, people in enabled.items()}


def _servers_of_rule(rule: Desired, desired: Mapping[Address, Desired]) -> Iterable[Address]:
    named = rule.attributes.get("smtp_server")
    if isinstance(named, Reference):
        return [named.address] if named.address is not None and named.address.mode == "managed" else []
    servers = [address for address in desired if address.type == "smtp_server"]
    return servers if len(servers) == 1 else []


def _direct_recipients(rule: Desired) -> list[str]:
    email = rule.attributes.get("email") or {}
    return [one for one in email.get("recipients") or () if isinstance(one, str)]


def probe_plan(planned: Planned, *, on_progress: Progress | None = None) -> Tested:
    """Test every server that a plan depends on."""
    servers = servers_in_plan(planned)
    return run_tests(planned.evaluated, servers, on_progress=on_progress)


def run_tests(
    evaluated: Evaluated,
    servers: Mapping[Address, Sequence[str]],
    *,
    on_progress: Progress | None = None,
    parallelism: int = PARALLELISM,
    adjust: Callable[[TestSettings], TestSettings] = lambda settings: settings,
) -> Tested:
    """Test servers of a configuration, all at the same time.

    Args:
        evaluated: where they are declared.
        servers: by address, with further recipients to offer to each.
        on_progress: told the verdict of each stage as it comes, from several threads.
        parallelism: how many conversations at once.
        adjust: changes the declared settings (options of the command line).
    """
    desired = evaluated.desired
    pairs: list[tuple[ServerSettings, TestSettings]] = []
    untested = []
    for address, recipients in sorted(servers.items(), key=lambda item: item[0].order):
        if not is_testable(desired[address]):
            untested.append(str(address))
            continue
        settings = adjust(probe_test(desired[address], recipients=tuple(recipients)))
        pairs.append((server_settings(desired[address], desired), settings))
    results = probe_servers(pairs, parallelism=parallelism, on_progress=on_progress) if pairs else []
    by_address = {server.address: settings for server, settings in pairs}
    return Tested(tuple(results), by_address, tuple(untested))


def servers_of(evaluated: Evaluated) -> dict[Address, tuple[str, ...]]:
    """All enabled servers of a configuration."""
    return {
        address: ()
        for address, one in evaluated.desired.items()
        if address.type == "smtp_server" and one.attributes["enabled"] is not False
    }
