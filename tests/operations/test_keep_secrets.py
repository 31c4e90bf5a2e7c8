"""``--keep-secrets``: secrets whose value nobody here knows stay as they are, and nothing else is let through."""

from __future__ import annotations

import pytest

from tests.operations.pull.system import System, running_system
from tests.support.canary import secret_value
from tests.support.project import Project

VARIABLE = 'variable "hook" {\n  type = string\n  sensitive = true\n}\n'
GROUP = """
user_group "ops" {
  description = "%s"
  notification_preferences {
    slack { webhook_url = var.hook }
  }
}
"""
SKIP = "--skip-connection-test=no server in this test"


@pytest.fixture
def applied(project: Project) -> Project:
    """A group with a secret that was written once, by somebody who knows it."""
    project.write(VARIABLE + GROUP % "one")
    project.environment["DMAIL_VAR_hook"] = secret_value("hook")
    project.apply()
    del project.environment["DMAIL_VAR_hook"]
    return project


def test_without_the_flag_a_value_is_needed_and_the_flag_is_named(applied: Project) -> None:
    """A forgotten value must not look like an unchanged secret."""
    result = applied.json("plan")

    assert (result.code, result.codes) == (1, ["DM2330"])
    assert "--keep-secrets" in result.of_type("diagnostic")[0]["detail"]


def test_flag_is_not_named_for_what_is_no_secret(project: Project) -> None:
    """It would not help."""
    project.write('variable "region" {}\n')

    (found,) = project.json("plan", "--keep-secrets").of_type("diagnostic")

    assert (found["code"], "--keep-secrets" in found["detail"]) == ("DM2330", False)


def test_secret_without_a_value_is_unchanged(applied: Project) -> None:
    """In plan, apply, drift and destroy."""
    assert applied.run("plan", "--keep-secrets", "--detailed-exitcode").code == 0
    assert applied.run("drift", "--keep-secrets").code == 0
    state = applied.state
    assert applied.run("apply", "--auto-approve", "--keep-secrets").code == 0
    assert applied.state == state
    assert applied.run("destroy", "--keep-secrets", "--auto-approve").code == 0
    assert "resources" not in applied.state


def test_other_changes_are_made_and_the_secret_is_kept(applied: Project) -> None:
    """Its fingerprint stays, so that whoever knows the value sees no change afterwards."""
    applied.write(VARIABLE + GROUP % "two")

    changed = applied.json("plan", "--keep-secrets").of_type("change")[0]["changed"]
    applied.apply("--keep-secrets")
    applied.environment["DMAIL_VAR_hook"] = secret_value("hook")

    assert changed == ["description"]
    assert applied.run("plan", "--detailed-exitcode").code == 0


def test_saved_plan_is_applied_as_it_was_made(applied: Project) -> None:
    """The flag belongs to the plan."""
    applied.write(VARIABLE + GROUP % "two")
    applied.run("plan", "--keep-secrets", "--out", "review.plan")

    assert applied.run("apply", SKIP, "review.plan").code == 0


def test_secret_that_must_be_written_needs_its_value(project: Project) -> None:
    """A new object, an attribute that gets its secret, a replacement: each is refused at its place, before anything."""
    project.write(VARIABLE + GROUP % "one")

    created = project.json("plan", "--keep-secrets")
    applied = project.json("apply", "--keep-secrets", "--auto-approve")

    (fault,) = created.of_type("diagnostic")
    assert (created.code, fault["code"], fault["range"]["start"]["line"]) == (1, "DM2330", 9)
    assert "export DMAIL_VAR_hook=…" in fault["detail"]
    assert applied.code == 1
    assert not (project.path / "dmail.state.json").exists()


def test_attribute_that_gets_a_secret_needs_its_value(applied: Project) -> None:
    """The object exists, its secret does not."""
    more = "    slack { webhook_url = var.hook }\n    webhook { url = var.hook }\n"
    applied.write(VARIABLE + GROUP.replace("    slack { webhook_url = var.hook }\n", more) % "one")

    (fault,) = applied.json("plan", "--keep-secrets").of_type("diagnostic")

    assert fault["detail"].startswith("notification_preferences.webhook.url of user_group.ops comes from the variable")


def test_replacement_needs_the_values_of_all_secrets(applied: Project) -> None:
    """The object that is made anew has none."""
    result = applied.json("plan", "--keep-secrets", "--replace", "user_group.ops")

    assert (result.code, result.codes) == (1, ["DM2330"])


def test_secrets_that_are_there_are_compared(project: Project) -> None:
    """Only what has no value is kept: a source that answers is asked."""
    project.environment["HOOK"] = secret_value("one")
    project.write((GROUP % "one").replace("var.hook", 'env("HOOK")'))
    project.apply()
    project.environment["HOOK"] = secret_value("two")

    changed = project.json("plan", "--keep-secrets").of_type("change")[0]["changed"]
    del project.environment["HOOK"]
    missing = project.json("plan", "--keep-secrets")

    assert changed == ["notification_preferences.slack.webhook_url"]
    assert (missing.code, missing.codes) == (1, ["DM2206"])


@pytest.mark.parametrize(
    "text",
    [
        'output "hook" {\n  value = var.hook\n  sensitive = true\n}\n',
        'remote "rest" "x" {\n  endpoint = "http://127.0.0.1:9"\n  token = var.hook\n}\n',
    ],
)
def test_what_is_no_object_cannot_keep_a_secret(project: Project, text: str) -> None:
    """An output and a setting of a remote are nothing without the value."""
    project.write(VARIABLE + text)

    result = project.json("plan", "--keep-secrets")

    assert (result.code, result.codes) == (1, ["DM2330"])


def test_remote_is_not_sent_a_secret_that_is_kept(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    """An update of another attribute leaves the secret of the system alone."""
    with running_system(tmp_path_factory.mktemp("system")) as system:
        _apply_to(project, system)
        project.write(VARIABLE + GROUP % "two")
        before = _leaf(system)

        project.apply("--keep-secrets")

        assert _leaf(system) == before
        assert system.everything()["user_group"][0]["attributes"]["description"] == "two"


def _apply_to(project: Project, system: System) -> None:
    project.environment |= {"REST_TOKEN": system.token, "DMAIL_VAR_hook": secret_value("hook")}
    project.write(system.block(), "remote.hcl")
    project.write(VARIABLE + GROUP % "one")
    project.apply()
    del project.environment["DMAIL_VAR_hook"]


def _leaf(system: System) -> object:
    (group,) = system.everything()["user_group"]
    leaf: object = group["attributes"]["notification_preferences"]["slack"]["webhook_url"]
    return leaf
