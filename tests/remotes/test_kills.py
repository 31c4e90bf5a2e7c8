"""Real ``dmail apply`` processes that are killed: afterwards every object exists exactly once and the state matches.

Half of them lose their working directory too, as on a CI runner: the state is on a server then.
"""

from __future__ import annotations

import signal
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.remotes.kills import APPLY, Keeping, Site, Wish, changed, kept_in_postgres, until
from tests.remotes.served import served
from tests.state.servers import running_postgres
from tests.support.canary import secret_value
from tests.support.project import Project, project
from tests.support.zygote import Zygote

__all__ = ["project"]


def kill_again_and_again(site: Site, seed: int, kills: int) -> None:
    """Kill one run after the other, each with another wish; one in two is followed by a run that comes to its end."""
    chance = Random(seed)  # noqa: S311 - chooses instants
    site.parallelism = chance.choice([1, 3, 10])
    if chance.random() < 0.5:
        site.system.environment["DMAIL_FINGERPRINT_KEY"] = "a key that is outside the state"
    for number in range(kills):
        site.wish = changed(site.wish, chance, groups=8, rules=4)
        crash = chance.random() < 0.1
        if chance.random() < 0.5:
            site.killed_after(chance.randrange(1, 30), crash=crash)
        else:
            site.killed_within(chance.uniform(0.0, 0.4), crash=crash)
        if chance.random() < 0.5 or number == kills - 1:
            site.finish()


@pytest.mark.parametrize("keeping", ["local", "http"], indirect=True)
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_random_instants(site: Site, seed: int) -> None:
    """Creates, updates, deletes and replacements of groups, and rules that refer to them; the server dies too."""
    kill_again_and_again(site, seed, 6)


@pytest.mark.soak
@pytest.mark.parametrize("keeping", ["local", "http"], indirect=True)
@pytest.mark.parametrize("seed", range(100, 108))
def test_killed_many_times(site: Site, seed: int) -> None:
    """Four hundred times in all, half of them without the working directory."""
    kill_again_and_again(site, seed, 25)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A PostgreSQL server."""
    with running_postgres() as conninfo:
        yield conninfo


@pytest.mark.soak
@pytest.mark.xdist_group("state-postgres")
@pytest.mark.parametrize("seed", range(200, 204))
def test_killed_with_the_state_in_a_database(
    zygote: Zygote, database: str, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    """A hundred times more: the lock ends with the session of whoever held it."""
    with served(zygote, Path(tmp_path_factory.mktemp("system"))) as (server, system):
        keeping = kept_in_postgres(database, f"kills_{seed}")
        kill_again_and_again(Site(Path(tmp_path_factory.mktemp("site")), zygote, server, system, keeping), seed, 25)


def test_killed_with_a_sealed_journal(site: Site) -> None:
    """State and journal are encrypted: no word of them can be read, and the next run goes on from them."""
    encryption = 'encryption {\n    passphrase = env("DMAIL_PASSPHRASE")\n  }'
    site.keeping = Keeping(f"declarative_mail {{\n  {encryption}\n}}\n")
    site.system.environment["DMAIL_PASSPHRASE"] = secret_value("passphrase of enough characters")
    site.wish = Wish({f"g{number}": (f"g{number}", "one", number == 0) for number in range(20)})
    gate = site.hold(5)
    process = site.start(site.directory())
    until(gate.is_reached, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    gate.open()

    journal = (site.folder / "project" / "dmail.state.json.journal").read_bytes()
    assert b"user_group" not in journal
    assert b"user_group" not in b"".join(b64decode(line) for line in journal.split(b"\n")[:-1])
    site.finish()


def test_killed_program_as_it_is_started_by_a_person(site: Site, project: Project) -> None:
    """An interpreter of its own, from the first import to the kill."""
    site.wish = Wish({f"g{number}": (f"g{number}", "one", number == 0) for number in range(20)})
    project.path = site.directory()
    project.environment.update(site.system.environment)
    gate = site.hold(9)
    process = project.process(*APPLY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(gate.is_reached, process)
    process.send_signal(signal.SIGKILL)

    assert process.wait(30) == -signal.SIGKILL
    gate.open()
    assert 8 <= len(site.system.objects("user_group")) < 20
    site.finish()
