"""Connection tests that a remote makes itself (``via = "remote"``): of servers that it has saved.

A server that is there already is tested before anything is changed, one that the plan writes right after its write and
before whatever depends on it (semantics 24).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from declarative_mail.addresses import Address, parse_address
from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import planning as codes
from declarative_mail.operations.evaluate import Evaluated
from declarative_mail.operations.probe_settings import probe_test
from declarative_mail.operations.sender_checks import Pair
from declarative_mail.planning.change import Change
from declarative_mail.probe.settings import TestSettings
from declarative_mail.probe.verdict import StageResult, TestResult, in_order
from declarative_mail.remotes.base import LiveObject, MailTest, MailTested, Remote

SUBJECT = "Connection test of dmail"
BODY = "This message was sent to test whether the mail server takes mail."
_REMEDY = (
    "The words are the remote's. Check host, port, encryption and login as they are seen from there: its network and "
    "its delegates are not this machine's."
)


def remote_of(evaluated: Evaluated, address: Address) -> Remote | None:
    """The remote that a declared object is on."""
    remotes, _ = evaluated.remotes
    instance = evaluated.program.instances.get(address)
    return remotes.by_name.get(instance.remote or remotes.default) if instance is not None else None


def ask_remotes(
    evaluated: Evaluated, pairs: Sequence[Pair], unsaved: frozenset[Address]
) -> tuple[list[TestResult], tuple[str, ...]]:
    """Let remotes test the servers that they have saved.

    Args:
        evaluated: the configuration.
        pairs: servers with ``via = "remote"``, and how they are tested.
        unsaved: servers that are about to be written.

    Returns:
        The verdicts, and the names of those that can be tested only after they were written.
    """
    results, later = [], []
    for server, settings in pairs:
        address = parse_address(server.address)
        record, remote = evaluated.host.records.get(address), remote_of(evaluated, address)
        if record is None or remote is None or address in unsaved:
            later.append(server.address)
        else:
            results.append(ask_remote(remote, server.address, record.id, settings))
    return results, tuple(later)


def ask_remote(remote: Remote, address: str, id_: str, settings: TestSettings) -> TestResult:
    """Let a remote send a message through a saved server."""
    started = datetime.now(UTC)
    test = MailTest(settings.to or "", settings.subject or SUBJECT, settings.body or BODY)
    try:
        tested = remote.send_test(id_, test)
    except DiagnosticError as error:
        tested = MailTested(ok=False, said=error.diagnostics[0].cause or error.diagnostics[0].detail)
    spent = int((datetime.now(UTC) - started).total_seconds() * 1000)
    if tested.ok:
        message = StageResult("message", "pass", "ok", tested.said, ms=spent)
    else:
        cause = f"remote.{remote.name} could not send a message through it."
        message = StageResult("message", "fail", "remote", tested.said, cause, _REMEDY, spent)
    stages = in_order({"message": message}, why_not="by_remote")
    return TestResult(address, tested.ok, stages, started, require=settings.required)


class ProofAfterWrite:
    """Tests servers right after they were written, and keeps the verdicts.

    Args:
        evaluated: the configuration.
        names: the servers that are to be tested.
    """

    def __init__(self, evaluated: Evaluated, names: Sequence[str]) -> None:
        self._evaluated = evaluated
        self._names = frozenset(names)
        self.results: list[TestResult] = []

    def __call__(self, change: Change, made: LiveObject) -> Diagnostic | None:
        """The fault of a server that does not take mail, unless its policy is to warn."""
        address, remote = str(change.address), remote_of(self._evaluated, change.address)
        if address not in self._names or remote is None:
            return None
        settings = probe_test(self._evaluated.desired[change.address])
        result = ask_remote(remote, address, made.id, settings)
        self.results.append(result)
        if result.ok or settings.on_failure == "warn":
            return None
        detail = (
            f"{address} was written, and then remote.{remote.name} could not send a message through it. It stays as it "
            "is there; what depends on it was not reached. Mend it and apply again."
        )
        return Diagnostic(codes.TEST_AFTER_WRITE, detail, address=change.address, cause=result["message"].reply)
