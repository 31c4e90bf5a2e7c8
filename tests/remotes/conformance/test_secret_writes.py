"""Secrets of which nobody can tell whether they differ are written on request, or for another number in a version."""

from __future__ import annotations

from typing import Any

import pytest

from tests.remotes.conformance.harness import Harness
from tests.support.project import Project

SECRET = 'secret "s" {\n  value = env("HOOK")\n%s}\n'
SLACK = 'notification_preferences {\n slack {\n webhook_url = env("HOOK")\n }\n}'
GROUP = 'user_group "ops" {\n%s\n}\n'


def _leaf(project: Project) -> dict[str, Any]:
    """What the state knows of the secret."""
    (secret,) = (one for one in project.state["resources"] if one["type"] == "secret")
    leaf: dict[str, Any] = secret["attributes"]["value"]["$secret"]
    return leaf


@pytest.fixture
def imported(project: Project, harness: Harness) -> Project:
    """A secret that was made elsewhere with another value, and taken over."""
    project.write(SECRET % "")
    project.apply()
    (id_,) = harness.objects("secret")
    (project.path / "dmail.state.json").unlink()
    project.environment["HOOK"] += "-other"
    assert project.run("import", "secret.s", id_).code == 0
    return project


def test_imported_secret_is_written_when_asked(imported: Project, harness: Harness) -> None:
    """The plan says why; afterwards the secret is known, and a second time there is nothing to write."""
    known, writes = _leaf(imported)["fingerprint"], harness.writes()

    plan = imported.json("plan", "--write-secrets")
    text = imported.run("plan", "-write-secrets").out
    imported.apply("--write-secrets")

    (change,) = plan.of_type("change")
    assert (change["action"], change["reason"], change["changed"]) == (
        "update",
        "update_because_secret_write_requested",
        ["value"],
    )
    assert "--write-secrets was given" in text
    assert (known, _leaf(imported)["version"], harness.writes() > writes) == (None, 2, True)
    assert _leaf(imported)["fingerprint"] is not None
    assert imported.run("plan", "--write-secrets", "--detailed-exitcode").code == 0


def test_imported_secret_is_left_alone_otherwise(imported: Project) -> None:
    """Nobody can tell whether it differs."""
    assert imported.run("plan", "--detailed-exitcode").code == 0


def test_known_secret_is_not_written_again(project: Project, harness: Harness) -> None:
    """Only those are forced of which nothing is known: a fingerprint tells that this one is as it should be."""
    project.write(SECRET % "")
    project.apply()

    assert project.run("plan", "--write-secrets", "--detailed-exitcode").code == 0
    assert len(harness.objects("secret")) == 1


def test_import_block_and_write_go_together(imported: Project, harness: Harness) -> None:
    """Taken over and written in one plan."""
    (id_,) = harness.objects("secret")
    (imported.path / "dmail.state.json").unlink()
    imported.write(SECRET % "" + f'import {{\n  to = secret.s\n  id = "{id_}"\n}}\n')

    (change,) = imported.json("plan", "--write-secrets").of_type("change")
    imported.apply("--write-secrets")

    assert (change["action"], change["importing"]) == ("update", id_)
    assert change["reason"] == "update_because_secret_write_requested"
    assert _leaf(imported)["version"] == 2


def test_saved_plan_keeps_the_request(imported: Project) -> None:
    """It is applied as it was reviewed."""
    imported.run("plan", "--write-secrets", "--out", "saved.plan")

    result = imported.run("apply", "--skip-connection-test=no server", "saved.plan")

    assert result.code == 0, result.err
    assert _leaf(imported)["version"] == 2


def test_replacement_writes_every_secret(project: Project, harness: Harness) -> None:
    """The new object has none yet: neither a known secret nor an imported one is left out."""
    project.write(GROUP % f'{SLACK}\nidentifier = "first"')
    project.apply()
    (id_,) = harness.objects("user_group")
    (project.path / "dmail.state.json").unlink()
    assert project.run("import", "user_group.ops", id_).code == 0
    for identifier in ("second", "third"):
        project.write(GROUP % f'{SLACK}\nidentifier = "{identifier}"')
        project.apply()

    assert [one["identifier"] for one in harness.objects("user_group").values()] == ["third"]
    assert project.run("plan", "--detailed-exitcode").code == 0


def test_value_version_writes_the_value_again(project: Project, harness: Harness) -> None:
    """Any other number than before; the reason names it, and the same number again is no change."""
    project.write(SECRET % "")
    project.apply()
    project.write(SECRET % "  value_version = 1\n")
    writes = harness.writes()

    (change,) = project.json("plan").of_type("change")
    text = project.run("plan").out
    project.apply()

    assert (change["changed"], change["reason"]) == (
        ["value", "value_version"],
        "update_because_secret_version_changed",
    )
    assert "its secret is written again, since its version changed" in text
    assert (_leaf(project)["version"], harness.writes() > writes) == (2, True)
    assert project.run("plan", "--detailed-exitcode").code == 0


def test_secret_is_written_with_what_was_known_only_after_apply(imported: Project) -> None:
    """An attribute that waits for another object does not make the plan forget to write the secret."""
    imported.write(SECRET % "  description = user_group.new.id\n" + 'user_group "new" {}\n')

    imported.apply("--write-secrets")

    assert _leaf(imported)["version"] == 2
    assert imported.run("plan", "--write-secrets", "--detailed-exitcode").code == 0


def test_secrets_that_are_not_fetched_cannot_be_written(project: Project) -> None:
    """A usage error, not a plan that leaves them out."""
    project.write(GROUP % SLACK)

    result = project.run("plan", "--write-secrets", "--without-secrets")

    assert (result.code, "fetches no secret" in result.err) == (64, True)
