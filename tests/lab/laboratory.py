"""The laboratory as a whole: its servers, and the results of testing all of them at once."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from declarative_mail.probe.many import probe_servers
from declarative_mail.probe.verdict import TestResult
from tests.lab import dovecot, exim
from tests.lab.certificates import make_certificates
from tests.lab.dovecot import running_dovecot
from tests.lab.exim import running_exim
from tests.lab.faulty import __all__ as _registered
from tests.lab.greylist import running_greylist
from tests.lab.postfix import running_postfix
from tests.lab.postfix_scenarios import SCENARIOS
from tests.lab.processes import soon
from tests.lab.registry import SCRIPTED
from tests.lab.scenario import ELSEWHERE, Scenario
from tests.lab.scripted import ScriptedServers
from tests.lab.smtpd import Smtpd
from tests.support.canary import shows_canary

PARALLELISM = 32

assert _registered, "importing the package is what registers the servers"


@dataclass(frozen=True)
class Findings:
    """What the tests of one kind of server said, and what the servers had of it.

    Args:
        results: by the scenario's id.
        in_clear: the scripted servers that got the password outside TLS.
        inside: those that got it inside TLS.
        messages: the messages that the servers took.
        queued: the ids under which they wait in a queue.
    """

    results: Mapping[str, TestResult]
    in_clear: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()
    messages: tuple[str, ...] = ()
    queued: tuple[str, ...] = ()


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that daemons running as other users can enter, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="dmail-laboratory-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def run_scripted(folder: Path) -> Findings:
    """Test every scripted server."""
    make_certificates(folder)
    with ScriptedServers({name: server for name, (_, server) in SCRIPTED.items()}, folder) as servers:
        results = run([(servers.ports[name], scenario) for name, (scenario, _) in SCRIPTED.items()], folder)
        told = [one for one in servers.heard if shows_canary(one.data)]
    return Findings(
        results,
        in_clear=frozenset(one.scenario for one in told if not one.encrypted),
        inside=frozenset(one.scenario for one in told if one.encrypted),
    )


def run_postfix(folder: Path) -> Findings:
    """Test every service of Postfix."""
    make_certificates(folder)
    home = folder / "postfix"
    with running_greylist() as policy, running_postfix(home, folder, policy=policy) as ports:
        results = run([(ports[service], scenario) for service, scenario in SCENARIOS], folder)
        to_mailbox = [one for _, one in SCENARIOS if one.send and one.stage is None and one.to != ELSEWHERE]
        soon(lambda: len(list(home.glob("mail/*/new/*"))) >= len(to_mailbox))
        return Findings(results, messages=tuple(path.read_text("utf-8") for path in home.glob("mail/*/new/*")))


def run_dovecot(folder: Path) -> Findings:
    """Test Dovecot's submission server."""
    make_certificates(folder)
    with (
        ScriptedServers({"relay": Smtpd}, folder) as relay,
        running_dovecot(folder / "dovecot", folder, relay=relay.ports["relay"]) as ports,
    ):
        results = run([(ports[service], scenario) for service, scenario in dovecot.SCENARIOS], folder)
        messages = [one.data.decode() for one in relay.heard if b"Message-ID:" in one.data]
    return Findings(results, messages=tuple(messages))


def run_exim(folder: Path) -> Findings:
    """Test Exim."""
    make_certificates(folder)
    home = folder / "exim"
    with running_exim(home, folder) as ports:
        results = run([(ports[service], scenario) for service, scenario in exim.SCENARIOS], folder)
        queued = [path.name.removesuffix("-H") for path in home.glob("spool/input/*-H")]
    return Findings(results, queued=tuple(queued))


def run(scenarios: Sequence[tuple[int, Scenario]], certificates: Path) -> dict[str, TestResult]:
    """Test each scenario at its port, many at a time."""
    planned = [(one.settings(port, certificates), one.how_far) for port, one in scenarios]
    results = probe_servers(planned, parallelism=PARALLELISM, per_host=PARALLELISM)
    return {one.id: result for (_, one), result in zip(scenarios, results, strict=True)}
