"""``dmail state migrate``: from every kind of store to every other, on real servers, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from declarative_mail.state import encryption
from declarative_mail.state.encryption import is_sealed
from declarative_mail.state.stores.base import Store
from tests.state.builders import OTHER_LINEAGE, make_lock
from tests.state.http_state_server import StateServer
from tests.state.stores import StoreAt
from tests.support.canary import secret_value
from tests.support.project import Project, Result, project
from tests.support.samples import GROUPS

__all__ = ["project"]

PAIRS = [
    ("local", "http"),
    ("local", "s3"),
    ("local", "postgres"),
    ("http", "local"),
    ("s3", "local"),
    ("postgres", "local"),
    ("http", "s3"),
    ("s3", "postgres"),
    ("postgres", "http"),
]
SECRET = 'secret "s" {\n  value = env("THE_SECRET")\n}\n'
ENCRYPTED = '  encryption {\n    passphrase = env("PASSPHRASE")\n%s  }\n'


def _group(pair: tuple[str, str]) -> str:
    """Tests that need one server run on one worker."""
    return f"state-{next(kind for kind in ('postgres', 's3', 'http') if kind in pair)}"


@pytest.fixture(autouse=True)
def cheap_derivation(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least that a header may ask for, so that the tests are quick."""
    monkeypatch.setattr(encryption, "_KDF", {"name": "argon2id", "iterations": 1, "lanes": 1, "memory_kib": 19456})


@pytest.fixture
def at(request: pytest.FixtureRequest, project: Project) -> Callable[[str], StoreAt]:
    """A fresh place in a store of a kind; a local one is in the directory of the project."""
    project.environment["THE_SECRET"] = secret_value("the secret")

    def place(kind: str) -> StoreAt:
        found: StoreAt = request.getfixturevalue(f"{kind}_at")
        project.environment.update(found.environment)
        return StoreAt("local", {}, str(project.path)) if kind == "local" else found

    return place


def _settings(place: StoreAt, more: str = "") -> str:
    """The block that names a place."""
    arguments = "".join(f"    {name} = {json.dumps(value)}\n" for name, value in place.arguments.items())
    return f'declarative_mail {{\n  backend "{place.kind}" {{\n{arguments}  }}\n{more}}}\n'


def _migrate(project: Project, source: StoreAt, *arguments: str) -> Result:
    given = [f"--from-config={name}={_text(value)}" for name, value in source.arguments.items()]
    return project.json("state", "migrate", "--from", source.kind, *given, *arguments)


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _bytes(store: Store) -> bytes | None:
    stored = store.read()
    return stored.data if stored is not None else None


def _edit(place: StoreAt, **fields: Any) -> None:
    """Change the state of a place behind dmail's back."""
    store = place.open()
    lease, stored = store.lock(make_lock()), store.read()
    assert stored is not None
    data = json.dumps({**json.loads(stored.data), **fields}).encode()
    store.write(data, expected=stored.etag, lease=lease)
    lease.release()


@pytest.mark.parametrize(
    ("source", "target"),
    [pytest.param(*pair, marks=pytest.mark.xdist_group(_group(pair)), id="-".join(pair)) for pair in PAIRS],
)
def test_state_moves_whole_and_the_source_stays(
    project: Project, at: Callable[[str], StoreAt], source: str, target: str
) -> None:
    """The next plan finds it in its new store; the old one is removed when asked, and nobody holds a lock."""
    here, there = at(source), at(target)
    project.write(GROUPS + SECRET)
    project.write(_settings(here), "backend.hcl")
    project.apply()
    before = _bytes(here.open())
    project.write(_settings(there), "backend.hcl")

    moved = _migrate(project, here)

    assert moved.code == 0, moved.out
    (line,) = moved.of_type("state_migrate")
    assert (line["from"], line["to"]) == (here.open().name, there.open().name)
    assert (line["resources"], line["copied"], line["removed"]) == (3, True, False)
    assert _bytes(there.open()) == _bytes(here.open()) == before
    assert project.run("plan", "--detailed-exitcode").code == 0

    again = _migrate(project, here, "--remove-source")

    assert again.of_type("state_migrate")[0] == line | {
        "copied": False,
        "removed": True,
        "backup": "dmail.state.json.backup" if source == "local" else None,
    }
    assert (_bytes(here.open()), _bytes(there.open())) == (None, before)
    assert (here.open().lock_info(), there.open().lock_info()) == (None, None)


@pytest.fixture
def moving(project: Project, at: Callable[[str], StoreAt]) -> tuple[Project, StoreAt, StoreAt]:
    """A local state that is to move to an HTTP server."""
    here, there = at("local"), at("http")
    project.write(GROUPS)
    project.apply()
    project.write(_settings(there), "backend.hcl")
    return project, here, there


Moving = tuple[Project, StoreAt, StoreAt]


def test_text_says_what_was_moved_and_how_the_source_goes(moving: Moving) -> None:
    """For people: how much, from where, to where, and that it was proved."""
    project, _, there = moving

    result = project.run("state", "migrate")

    name = there.open().name
    assert result.out.splitlines() == [
        f"Moved 2 objects, serial 1, from dmail.state.json to {name}; read back and compared.",
        "dmail.state.json stays as it is. To remove it, before anything else is applied, run this again with:",
        "    --remove-source",
    ]


def test_plan_warns_of_a_state_that_was_not_moved(moving: Moving) -> None:
    """It would create everything once more."""
    project, here, _ = moving

    before = project.json("plan")
    _migrate(project, here)
    after = project.json("plan")

    assert (before.codes, before.lines[-1]["add"]) == (["DM7211"], 2)
    assert (after.codes, after.lines[-1]["add"]) == ([], 0)


def test_dry_run_changes_nothing(moving: Moving) -> None:
    """It finds out whether it can be done."""
    project, here, there = moving
    before = _bytes(here.open())

    result = _migrate(project, here, "--dry-run", "--remove-source")

    (line,) = result.of_type("state_migrate")
    assert (result.code, line["copied"], line["dry_run"]) == (0, True, True)
    assert (_bytes(here.open()), _bytes(there.open())) == (before, None)


def test_another_or_a_newer_state_is_not_replaced_unless_forced(moving: Moving) -> None:
    """The message names the command; the store keeps what it has."""
    project, here, there = moving
    _migrate(project, here)
    for fields, code in (({"serial": 9}, "DM7008"), ({"lineage": OTHER_LINEAGE}, "DM7007")):
        _edit(there, **fields)
        kept = _bytes(there.open())

        refused = _migrate(project, here, "--remove-source")

        assert (refused.code, refused.codes) == (1, [code])
        assert "`state migrate --force`" in refused.of_type("diagnostic")[0]["detail"]
        assert _bytes(there.open()) == kept
    assert _migrate(project, here, "--force").code == 0
    assert _bytes(there.open()) == _bytes(here.open())


def test_older_copy_is_replaced(moving: Moving) -> None:
    """Who went on with the old store for a while moves again."""
    project, here, there = moving
    _migrate(project, here)
    _edit(here, serial=5)

    assert _migrate(project, here).code == 0
    assert json.loads(_bytes(there.open()) or b"")["serial"] == 5


@pytest.mark.parametrize("side", ["source", "target"])
def test_open_calls_are_settled_first(moving: Moving, side: str) -> None:
    """In the pending section of one of the two states."""
    project, here, there = moving
    _migrate(project, here)
    intent = {"id": "1", "address": "user_group.x", "verb": "create", "remote": "rest.x", "at": "2026-01-01T00:00:00Z"}
    _edit(here if side == "source" else there, pending=[intent], serial=5 if side == "source" else 0)

    result = _migrate(project, here, "--force")

    assert (result.code, result.codes) == (1, ["DM7504"])
    assert "dmail apply --refresh-only" in result.of_type("diagnostic")[0]["detail"]


def test_journal_of_a_killed_run_is_settled_first(moving: Moving) -> None:
    """Beside a local state; it knows what the state does not."""
    project, here, there = moving
    lineage = json.loads(_bytes(here.open()) or b"")["lineage"]
    (project.path / "dmail.state.json.journal").write_text(json.dumps({"version": 1, "lineage": lineage}) + "\n")

    result = _migrate(project, here)

    assert (result.code, result.codes, _bytes(there.open())) == (1, ["DM7504"], None)


@pytest.mark.parametrize("side", ["source", "target"])
def test_somebody_at_work_is_not_disturbed(moving: Moving, side: str) -> None:
    """Exit 6; nothing is moved, and the lock of the other store is given back."""
    project, here, there = moving
    lease = (here if side == "source" else there).open().lock(make_lock())
    try:
        result = _migrate(project, here)
    finally:
        lease.release()

    assert (result.code, result.codes, _bytes(there.open())) == (6, ["DM7301"], None)
    assert _migrate(project, here).code == 0


def test_store_that_gives_back_something_else(moving: Moving, state_server: StateServer) -> None:
    """The source is kept although it was to be removed."""
    project, here, _ = moving

    class Forgetful(dict[str, bytes]):
        """Keeps a state without its last object."""

        def __setitem__(self, path: str, data: bytes) -> None:
            state = json.loads(data)
            super().__setitem__(path, json.dumps({**state, "resources": state["resources"][:-1]}).encode())

    state_server.states = Forgetful()
    before = _bytes(here.open())

    result = _migrate(project, here, "--remove-source")

    assert (result.code, result.codes) == (1, ["DM7505"])
    assert _bytes(here.open()) == before


def test_plain_state_is_encrypted_on_the_way(moving: Moving) -> None:
    """And the text says that the source is not."""
    project, here, there = moving
    project.environment["PASSPHRASE"] = secret_value("passphrase")
    project.write(_settings(there, ENCRYPTED % ""), "backend.hcl")

    result = project.run("state", "migrate")

    assert result.code == 0, result.err
    assert "dmail.state.json stays as it is, not encrypted." in result.out
    assert (is_sealed(_bytes(here.open()) or b""), is_sealed(_bytes(there.open()) or b"")) == (False, True)
    assert project.json("plan", "--detailed-exitcode").codes == []


def test_encrypted_state_keeps_the_key_of_its_fingerprints(moving: Moving) -> None:
    """With another salt every secret would show as changed."""
    project, here, there = moving
    project.environment["PASSPHRASE"] = secret_value("passphrase")
    project.write(GROUPS + SECRET)
    project.write(_settings(here, ENCRYPTED % ""), "backend.hcl")
    project.apply()
    project.write(_settings(there, ENCRYPTED % ""), "backend.hcl")

    moved = _migrate(project, here)

    assert moved.code == 0, moved.out
    plan = project.json("plan", "--detailed-exitcode")
    assert (plan.code, plan.codes) == (0, [])


def test_state_under_an_older_passphrase_moves_with_its_fallback(moving: Moving) -> None:
    """It is copied as it is; the next apply encrypts it anew, and no secret changes by that."""
    project, here, there = moving
    project.environment |= {"PASSPHRASE": secret_value("old passphrase"), "NEW": secret_value("new passphrase")}
    project.write(GROUPS + SECRET)
    project.write(_settings(here, ENCRYPTED % ""), "backend.hcl")
    project.apply()
    rotated = '  encryption {\n    passphrase = env("NEW")\n%s  }\n'
    project.write(_settings(there, rotated % '    fallback   = env("PASSPHRASE")\n'), "backend.hcl")

    moved, plan = _migrate(project, here), project.json("plan", "--detailed-exitcode")
    project.apply()
    project.write(_settings(there, rotated % ""), "backend.hcl")
    after = project.json("plan", "--detailed-exitcode")

    assert (moved.code, moved.codes) == (0, ["DM7107"])
    assert (plan.code, plan.codes) == (0, ["DM7107"])
    assert (after.code, after.codes) == (0, [])


def test_keys_of_an_environment_go_together(moving: Moving) -> None:
    """What `DMAIL_STATE_KEY` names on one side it names on the other."""
    project, _, there = moving
    (project.path / "dmail.state.json").rename(project.path / "dmail.state.prod.json")
    project.environment["DMAIL_STATE_KEY"] = "prod"

    result = project.json("state", "migrate")

    assert result.code == 0, result.out
    assert result.of_type("state_migrate")[0]["from"] == "dmail.state.prod.json"
    assert _bytes(there.with_key("prod").open()) is not None


def test_settings_from_a_file_keep_secrets_off_the_command_line(
    project: Project, at: Callable[[str], StoreAt], state_server: StateServer
) -> None:
    """Written as in a backend block, for --from-config and --backend-config; the password is never shown."""
    state_server.credentials = f"ci:{secret_value('http password')}"
    project.environment["STATE_PASSWORD"] = secret_value("http password")
    address = at("http").arguments["address"]
    project.write(f'address = "{address}"\nusername = "ci"\npassword = env("STATE_PASSWORD")\n', "old.backend")
    project.write(GROUPS)
    project.write('declarative_mail {\n  backend "http" {}\n}\n', "backend.hcl")
    project.apply("--backend-config", "old.backend")
    (project.path / "backend.hcl").unlink()

    moved = project.json("state", "migrate", "--from", "http", "--from-config", "old.backend")

    assert moved.code == 0, moved.out
    assert len(project.state["resources"]) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), "DM7208", "already"),
        (("--from-config=path=./dmail.state.json",), "DM7208", "already"),
        (("--from-config=path=other.json",), "DM7501", "nothing to move"),
        (("--from-config=pth=other.json",), "DM7208", "has no argument pth"),
        (("--from-config=nosuch",), "DM7208", "cannot be read"),
        (("--from=http",), "DM7208", "--from-config=address="),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_source_is_named(project: Project, arguments: tuple[str, ...], code: str, words: str) -> None:
    """Each with a way out, and nothing is made on the way."""
    project.write(GROUPS)
    project.apply()
    before = sorted(Path(project.path).iterdir())

    result = project.json("state", "migrate", *arguments)

    (fault,) = result.of_type("diagnostic")
    assert (result.code, fault["code"]) == (1, code)
    assert words in fault["detail"]
    assert sorted(Path(project.path).iterdir()) == before
