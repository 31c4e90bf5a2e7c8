"""``python -m benchmarks.probe``: the connection test beside swaks on the same servers, and 200 servers at once.

The servers are those of the test laboratory: scripted ones, and Postfix where it is installed and this runs as root.
    Ours
is the time of `probe_server` in a running process; swaks is a process each, so that it is shown whole and without what
it takes to start (its time against a port where nothing listens). The limit is on the whole.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from declarative_mail.probe.many import probe_servers
from declarative_mail.probe.run import probe_server
from declarative_mail.probe.settings import ServerSettings, TestSettings
from tests.lab.certificates import make_certificates
from tests.lab.faulty.encryption import Healthy, HealthyImplicit, Stripped
from tests.lab.faulty.envelopes import CloseAtRcpt
from tests.lab.faulty.greetings import ClosedPort, Refusal, Silence
from tests.lab.laboratory import open_folder
from tests.lab.names import Named
from tests.lab.postfix import running_postfix
from tests.lab.scenario import PASSWORD, RECIPIENT, SENDER, USER, Scenario
from tests.lab.scripted import ScriptedServers
from tests.lab.smtpd import Smtpd
from tests.support.needs import find_program

REPEATS = 9
SERVERS, SILENT, DEADLINE = 200, 20, 10.0

_PLAIN = Scenario(id="plain")
_STARTTLS = Scenario(id="starttls", encryption="starttls", login=True)
_IMPLICIT = Scenario(id="implicit", encryption="tls", login=True)
_SCRIPTED = {
    "healthy": (Smtpd, _PLAIN),
    "healthy, STARTTLS and login": (Healthy, _STARTTLS),
    "healthy, TLS and login": (HealthyImplicit, _IMPLICIT),
    "refuses in its greeting": (Refusal, _PLAIN),
    "STARTTLS stripped": (Stripped, _STARTTLS),
    "closes at RCPT": (CloseAtRcpt, _PLAIN),
    "closed-port": (ClosedPort, _PLAIN),
}
_POSTFIX = {
    "plain": _PLAIN,
    "submission": _STARTTLS,
    "implicit": _IMPLICIT,
    "certificate-expired": _STARTTLS,
    "certificate-mismatch": _STARTTLS,
    "greeting-554": _PLAIN,
    "tls-broken": _STARTTLS,
}


@dataclass(frozen=True)
class Case:
    """One server, and how to speak to it."""

    name: str
    port: int
    scenario: Scenario


def main() -> int:
    """Measure and print; 1 if a limit is exceeded."""
    with open_folder() as folder, ExitStack() as stack:
        make_certificates(folder)
        swaks = shutil.which("swaks")
        cases = list(_cases(folder, stack))
        missed = [_beside_swaks(one, cases[-1], folder, swaks) for one in cases]
        missed.append(_many_servers(folder))
    return int(any(missed))


def _cases(folder: Path, stack: ExitStack) -> Iterator[Case]:
    if os.geteuid() == 0 and find_program("postfix") and find_program("saslpasswd2"):
        ports = stack.enter_context(running_postfix(folder / "postfix", folder, policy=9))
        yield from (Case(f"Postfix, {name}", ports[name], scenario) for name, scenario in _POSTFIX.items())
    servers = stack.enter_context(ScriptedServers({name: one for name, (one, _) in _SCRIPTED.items()}, folder))
    yield from (Case(name, servers.ports[name], scenario) for name, (_, scenario) in _SCRIPTED.items())


def _beside_swaks(case: Case, closed: Case, folder: Path, swaks: str | None) -> bool:
    settings, test = case.scenario.settings(case.port, folder), case.scenario.how_far
    ours = _median(lambda: probe_server(settings, test))
    if swaks is None:
        print(f"{case.name:32} ours {ours * 1000:6.1f} ms   (swaks is not installed)")
        return False
    theirs = _median(lambda: _run(_command(swaks, case, folder)))
    start = _median(lambda: _run(_command(swaks, closed, folder)))
    verdict = "ok" if ours <= theirs else "MISSED"
    rest = max(theirs - start, 0)
    measured = f"ours {ours * 1000:6.1f} ms   swaks {theirs * 1000:6.1f} ms, {rest * 1000:6.1f} without its start"
    print(f"{case.name:32} {measured}   ratio {ours / theirs:5.2f}   {verdict}")
    return verdict == "MISSED"


def _command(swaks: str, case: Case, folder: Path) -> list[str]:
    command = [swaks, "--server", "127.0.0.1", "-p", str(case.port), "--helo", "client.lab.test"]
    command += ["--from", SENDER, "--to", RECIPIENT, "--quit-after", "RCPT", "--timeout", "10s"]
    if case.scenario.encryption != "none":
        command += ["-tls" if case.scenario.encryption == "starttls" else "--tls-on-connect", "--tls-verify"]
        command += ["--tls-ca-path", os.fspath(folder / "ca.crt")]
    if case.scenario.login:
        command += ["--auth", "--auth-user", USER, "--auth-password", PASSWORD]
    return command


def _run(command: list[str]) -> None:
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60)


def _median(work: Callable[[], object]) -> float:
    return median(_seconds(work) for _ in range(REPEATS))


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _many_servers(folder: Path) -> bool:
    """200 servers of which 20 are silent: the longest single deadline and 2 seconds at the most."""
    classes = {f"s{number}": Silence if number % (SERVERS // SILENT) == 0 else Smtpd for number in range(SERVERS)}
    with ScriptedServers(classes, folder) as servers:
        planned = [
            (
                ServerSettings(address=name, host=name, port=port, from_address=SENDER, encryption="none"),
                TestSettings(stage_timeout=DEADLINE),
            )
            for name, port in servers.ports.items()
        ]
        network = Named(dict.fromkeys(classes, ("127.0.0.1",)))
        took = _seconds(lambda: probe_servers(planned, network=network))
    verdict = "ok" if took <= DEADLINE + 2 else "MISSED"
    print(f"{SERVERS} servers, {SILENT} of them silent for {DEADLINE:g} s: {took:.2f} s   {verdict}")
    return verdict == "MISSED"


if __name__ == "__main__":
    sys.exit(main())
