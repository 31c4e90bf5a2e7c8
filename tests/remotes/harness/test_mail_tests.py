"""``via = "remote"``: Harness sends the test message itself, by what it has saved."""

from __future__ import annotations

import pytest

from tests.remotes.conformance.harness_ng import NextGenHarness
from tests.support.project import Project, Result

SERVER = """
smtp_server "account" {
  host         = "smtp.example.com"
  from_address = "ci@example.com"
  username     = "%s"
  password     = env("SECRET_ONE")
  connection_test {
    via        = "remote"
    to         = "ops@example.com"
    on_failure = "%s"
  }
}
"""
RULE = """
notification_rule "failed" {
  pipeline    = "deploy"
  smtp_server = smtp_server.account
  event { type = "%s" }
  email { recipients = ["cto@example.com"] }
}
"""


def _apply(project: Project) -> Result:
    return project.run("apply", "--auto-approve", "--json")


def _rules(system: NextGenHarness) -> int:
    return len(system.objects("notification_rule"))


def test_new_server_is_tested_after_its_write_and_before_its_rules(project: Project, system: NextGenHarness) -> None:
    """One message to the recipient that was named; the verdict is in the state."""
    project.write(SERVER % ("ci", "block") + RULE % "PipelineFailed")

    result = _apply(project)

    assert result.code == 0, result.out
    (mail,) = system.account.mails
    (test,) = result.of_type("connection_test")
    assert (mail["to"], test["ok"]) == ("ops@example.com", True)
    assert {one["stage"]: one["verdict"] for one in test["stages"]}["message"] == "pass"
    assert project.state["check_results"][0]["ok"] is True
    assert _rules(system) == 1


def test_server_that_takes_no_mail_keeps_its_rules_from_being_written(project: Project, system: NextGenHarness) -> None:
    """Exit 4: the server is there and in the state, the rule was not reached, and the words are Harness's."""
    project.write(SERVER % ("ci", "block") + RULE % "PipelineFailed")
    system.account.mail_error = "535 5.7.8 authentication failed"

    result = _apply(project)

    summary = result.of_type("apply_summary")[0]
    assert (result.code, summary["failed"], summary["not_reached"]) == (
        4,
        ["smtp_server.account"],
        ["notification_rule.failed"],
    )
    assert "535 5.7.8" in result.of_type("diagnostic")[-1]["cause"]
    assert [one["type"] for one in project.state["resources"]] == ["smtp_server"]
    assert (system.account.smtp is not None, _rules(system)) == (True, 0)


def test_next_run_tests_the_saved_server_before_it_writes_the_rule(project: Project, system: NextGenHarness) -> None:
    """It is unchanged now, so it is tested first: a failure changes nothing, a success writes the rule."""
    project.write(SERVER % ("ci", "block") + RULE % "PipelineFailed")
    system.account.mail_error = "no route to host"
    _apply(project)

    again = _apply(project)
    rules = _rules(system)
    system.account.mail_error = None
    mended = _apply(project)

    assert (again.code, again.of_type("apply_summary"), rules) == (4, [], 0)
    assert (mended.code, _rules(system)) == (0, 1)
    assert project.run("plan", "--detailed-exitcode").code == 0


def test_policy_warn_goes_on(project: Project, system: NextGenHarness) -> None:
    """The verdict is told and kept, the rule is written."""
    project.write(SERVER % ("ci", "warn") + RULE % "PipelineFailed")
    system.account.mail_error = "no route to host"

    result = _apply(project)

    assert (result.code, result.of_type("connection_test")[0]["ok"], _rules(system)) == (0, False, 1)


def test_skipped_test_sends_nothing(project: Project, system: NextGenHarness) -> None:
    """The reason is recorded, as for tests of this machine."""
    project.write(SERVER % ("ci", "block"))

    project.apply()

    assert (system.account.mails, project.state["skips"][0]["reason"]) == ([], "no server in this test")


def test_saved_server_is_tested_by_dmail_test(project: Project, system: NextGenHarness) -> None:
    """Before it is saved there is nothing that Harness could test; afterwards it says what it sees."""
    project.write(SERVER % ("ci", "block"))
    before = project.run("test")
    project.apply()
    system.account.mail_error = "no route to host"

    after = project.json("test")

    assert "it is not there yet" in before.err
    assert (after.code, after.lines[0]["ok"], len(system.account.mails)) == (4, False, 1)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ('via = "remote"', "DM3010"),
        ('via = "remote"\nto = "a@example.com"\nrequire = ["tls"]', "DM3009"),
    ],
    ids=["nobody-to-send-to", "a-stage-that-nobody-tells"],
)
def test_what_a_remote_cannot_prove_is_refused(project: Project, lines: str, code: str) -> None:
    """It needs a recipient, and tells of its message only."""
    project.write(
        f'smtp_server "x" {{\nhost = "a"\nfrom_address = "a@example.com"\nconnection_test {{\n{lines}\n}}\n}}'
    )

    assert code in project.json("validate").codes


def test_remote_that_cannot_test_says_so_at_the_attribute(project: Project) -> None:
    """The local remote has no network of its own."""
    project.write(SERVER % ("ci", "block"))

    result = project.json("validate")

    assert (result.code, result.codes) == (1, ["DM6041"])
    assert "local" in result.of_type("diagnostic")[0]["detail"]
