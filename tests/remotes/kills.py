"""What the tests of kills share: configurations that change at random, runs that are killed, and what must hold after.

::

    wish ──▶ apply, killed ──▶ wish ──▶ apply, killed ──▶ … ──▶ apply ──▶ `Site.check`
                 └── the working directory goes with it where the state lives elsewhere, as on a CI runner
"""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Protocol

from tests.remotes.conformance.rest import RestHarness
from tests.remotes.fault_proxy import Fault, Gate, passed_on
from tests.remotes.served import Served
from tests.state.http_state_server import StateServer
from tests.support.zygote import Forked, Zygote

APPLY = (
    "apply",
    "--auto-approve",
    "--allow-mass-change",
    "--allow-lost-audience",
    "--allow-empty",
    "--skip-connection-test=no server in this test",
)
LOCKED = 6
SECRET = '  notification_preferences {\n    slack {\n      webhook_url = env("HOOK")\n    }\n  }\n'


@dataclass(frozen=True)
class Wish:
    """A configuration.

    Args:
        groups: by label: identifier, description, and whether it has a secret. Another identifier is another object.
        rules: by label: the beginning of the description, and the labels of the groups that it tells. The description
            names their ids, which are another thing than references: known after apply, and new ones for new objects.
    """

    groups: Mapping[str, tuple[str, str, bool]] = field(default_factory=dict)
    rules: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """As HCL."""
        groups = (
            f'user_group "{label}" {{\n  identifier = "{identifier}"\n  description = "{description}"\n'
            f"{SECRET if secret else ''}}}\n"
            for label, (identifier, description, secret) in self.groups.items()
        )
        rules = (
            f'notification_rule "{label}" {{\n  pipeline = "p"\n'
            f'  description = "{" ".join([description, *(f"${{user_group.{one}.id}}" for one in named)])}"\n'
            '  event { type = "PipelineFailed" }\n  email {\n    recipients = ["a@example.com"]\n'
            f"    user_groups = [{', '.join(f'user_group.{one}' for one in named)}]\n  }}\n}}\n"
            for label, (description, named) in self.rules.items()
        )
        return "".join([*groups, *rules])


def changed(wish: Wish, chance: Random, *, groups: int, rules: int) -> Wish:
    """The next wish: objects come and go, change, and are exchanged for others."""
    made = {}
    for number in range(groups):
        label = f"g{number}"
        identifier, description, _ = wish.groups.get(label, (label, "", False))
        if chance.random() < 0.2:
            identifier = f"{label}_{chance.randrange(3)}"
        if chance.random() < 0.4:
            description = f"turn {chance.randrange(1000)}"
        if chance.random() < 0.85:
            made[label] = (identifier, description, number % 4 == 0)
    told = {}
    for number in range(rules):
        if chance.random() < 0.85:
            named = chance.sample(sorted(made), min(len(made), chance.randrange(3)))
            told[f"r{number}"] = (f"turn {chance.randrange(2)}", tuple(named))
    return Wish(made, told)


@dataclass
class Keeping:
    """Where the state is kept: beside the configuration, where nothing else is said.

    Args:
        block: of the configuration.
        arguments: of every apply.
        free: frees a lock that outlived its owner; given the site.
        count: the calls of the store so far, where they can be counted.
        read: gives the state; asking ``dmail state pull`` takes longer than looking into the store.
        lives_elsewhere: the working directory is thrown away with the run that was killed in it.
    """

    block: str = ""
    arguments: tuple[str, ...] = ()
    free: Callable[[Site], None] = lambda _: None
    count: Callable[[], int] = lambda: 0
    read: Callable[[Site], str | bytes] = lambda site: site.run("state", "pull").text
    lives_elsewhere: bool = False


def kept_in_a_file() -> Keeping:
    """Beside the configuration, in clear."""
    return Keeping(read=lambda site: (site.folder / "project" / "dmail.state.json").read_bytes())


def kept_on_http(server: StateServer) -> Keeping:
    """On a state server: the lock of a run that was killed stays, and is freed by its id."""

    def free(site: Site) -> None:
        holder = server.holder("/states/prod")
        if holder is not None:
            freed = site.run("force-unlock", holder)
            assert freed.returncode == 0, freed.text

    block = (
        f'declarative_mail {{\n  backend "http" {{\n    address = "{server.url}/states/prod"\n'
        "    retry_wait_min = 0\n  }\n}\n"
    )
    return Keeping(
        block,
        free=free,
        count=lambda: len(server.requests),
        read=lambda _: server.states["/states/prod"],
        lives_elsewhere=True,
    )


def kept_in_postgres(conninfo: str, schema: str) -> Keeping:
    """In a database: the lock ends with the session, as soon as the server notices."""
    block = (
        f'declarative_mail {{\n  backend "postgres" {{\n    conn_str = "{conninfo}"\n'
        f'    schema_name = "{schema}"\n  }}\n}}\n'
    )
    return Keeping(block, ("--lock-timeout=60s",), lives_elsewhere=True)


@dataclass
class Site:
    """A server, a state and a configuration.

    Args:
        folder: a place of its own.
        zygote: starts processes.
        server: the system.
        system: what is known of it.
        keeping: where the state is.
        wish: the configuration of the next run.
        parallelism: calls at once.
    """

    folder: Path
    zygote: Zygote
    server: Served
    system: RestHarness
    keeping: Keeping
    wish: Wish = field(default_factory=Wish)
    parallelism: int = 4
    _numbers: Any = field(default_factory=count)

    def directory(self) -> Path:
        """The working directory of the next run: a new one where the last was thrown away."""
        name = f"runner-{next(self._numbers)}" if self.keeping.lives_elsewhere else "project"
        made = self.folder / name
        made.mkdir(exist_ok=True)
        remote = self.system.block.replace("default = true", f"default = true\n  parallelism = {self.parallelism}")
        (made / "main.hcl").write_text(f"{self.keeping.block}{remote}{self.wish.text}")
        return made

    def start(self, directory: Path, *arguments: str, **also: Any) -> Forked:
        """Start ``dmail``, ``apply`` where nothing else is said."""
        out, given = self.folder / f"out-{next(self._numbers)}", arguments or (*APPLY, *self.keeping.arguments)
        return self.zygote.start(directory, self.system.environment, *given, out=out, **also)

    def run(self, *arguments: str, **also: Any) -> Forked:
        """Run ``dmail`` to its end."""
        process = self.start(self.directory(), *arguments, **also)
        process.wait()
        return process

    def finish(self) -> None:
        """The next run: it comes to its end, and then everything is as it should be."""
        process = self.run()
        if process.returncode == LOCKED:
            # The last words of a process that was killed may reach a server after its death: it asked for the lock.
            self.keeping.free(self)
            process = self.run()
        assert process.returncode == 0, process.text
        self.check()

    def hold(self, number: int) -> Gate:
        """Hold back the answers to all creates from this one on, until the gate is opened; the server does them."""
        gate = Gate()
        passed = [Fault("POST", passed_on, forwarded=True, times=number - 1)] if number > 1 else []
        self.system.proxy.spoil(*passed, Fault("POST", gate, forwarded=True, times=1000))
        return gate

    def calls(self) -> int:
        """Calls to the system and to the store so far."""
        return len(self.system.proxy.requests) + self.keeping.count()

    def killed_after(self, calls: int, *, crash: bool = False, **also: Any) -> None:
        """Start an apply and kill it once it has made so many calls, or let it end."""
        before = self.calls()
        self._killed(lambda: self.calls() - before >= calls, crash=crash, **also)

    def killed_within(self, seconds: float, *, crash: bool = False, **also: Any) -> None:
        """Start an apply and kill it after a time, or let it end."""
        ends = time.monotonic() + seconds
        self._killed(lambda: time.monotonic() >= ends, crash=crash, **also)

    def _killed(self, is_due: Callable[[], bool], *, crash: bool, **also: Any) -> None:
        """`crash` ends the server in the same way, and starts it again on its database."""
        directory = self.directory()
        process = self.start(directory, **also)
        while not is_due() and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        if crash:
            self.server.kill()
            self.server.start()
        process.wait()
        if self.keeping.lives_elsewhere:
            shutil.rmtree(directory)
        self.keeping.free(self)

    @property
    def state(self) -> dict[str, Any]:
        """The state as it was written."""
        found: dict[str, Any] = json.loads(self.keeping.read(self))
        return found

    def check(self) -> None:
        """After a run that came to its end: every object exactly once, in the state and on the server, nothing else."""
        groups, rules = self.system.objects("user_group"), self.system.objects("notification_rule")
        self._check_objects(groups, rules)
        state = self.state
        assert {one["id"] for one in state.get("resources", ())} == {*groups, *rules}
        assert sorted(_address(one) for one in state.get("resources", ())) == sorted(
            [f"user_group.{one}" for one in self.wish.groups] + [f"notification_rule.{one}" for one in self.wish.rules]
        )
        assert "pending" not in state
        assert not [one for one in state.get("resources", ()) if "deposed" in one]
        assert list(self.folder.glob("*/*.journal")) == []
        plan = self.run("plan", "--detailed-exitcode")
        assert plan.returncode == 0, plan.text

    def _check_objects(self, groups: Mapping[str, Any], rules: Mapping[str, Any]) -> None:
        found = sorted((one["name"], one["identifier"], one["description"]) for one in groups.values())
        assert found == sorted((label, one[0], one[1]) for label, one in self.wish.groups.items())
        names = {id_: one["name"] for id_, one in groups.items()}
        ids = {name: id_ for id_, name in names.items()}
        told = {
            one["name"]: (one["description"], sorted(names[ref["$ref"]["id"]] for ref in one["email"]["user_groups"]))
            for one in rules.values()
        }
        assert len(rules) == len(told)
        assert told == {
            label: (" ".join([text, *map(ids.__getitem__, named)]), sorted(named))
            for label, (text, named) in self.wish.rules.items()
        }


class Ending(Protocol):
    """A process, however it was started."""

    def poll(self) -> int | None:
        """The exit code; None while it runs."""
        ...


def until(is_so: Callable[[], bool], process: Ending) -> None:
    """Wait until something is so, while a process runs."""
    ends = time.monotonic() + 60
    while not is_so():
        assert process.poll() is None, process
        assert time.monotonic() < ends, process
        time.sleep(0.002)


def _address(record: Mapping[str, Any]) -> str:
    return f"{record['type']}.{record['name']}"
