"""Everything that a system has becomes a configuration that takes it over without a write: on every remote."""

from __future__ import annotations

from tests.remotes.conformance.harness import Harness
from tests.support.project import Project

CONTENT = """
user_group "ops" {
  description = "one ${"$"}{two}"
  members     = ["b@example.com", "a@example.com"]
  notification_preferences {
    slack { webhook_url = env("HOOK") }
  }
}

notification_rule "failed" {
  pipeline = "deploy"
  event { type = "PipelineFailed" }
  email {
    recipients  = ["cto@example.com"]
    user_groups = [user_group.ops]
  }
}
"""


def name_of(harness: Harness) -> str:
    """``TYPE.LABEL`` of its remote block."""
    _, type_, _, label, *_ = harness.block.split('"')
    return f"{type_}.{label}"


def test_what_is_pulled_is_taken_over_without_a_write(project: Project, harness: Harness) -> None:
    """Pull, then plan, apply and plan as the command says; the same files the second time."""
    project.write(CONTENT)
    project.apply()
    (project.path / "main.hcl").unlink()
    (project.path / "dmail.state.json").unlink()
    before = [harness.objects(type_) for type_ in ("user_group", "notification_rule")]
    writes = harness.writes()

    pulled = project.json("pull", name_of(harness), ".")
    files = {path.name: path.read_text("utf-8") for path in project.path.glob("*.hcl")}

    assert pulled.code == 0, pulled.out
    assert pulled.of_type("summary")[0]["next"] == "dmail plan --keep-secrets"
    plan = project.json("plan", "--keep-secrets").of_type("summary")[0]
    assert [plan[name] for name in ("add", "change", "destroy", "import")] == [0, 0, 0, 2]
    project.apply("--keep-secrets")
    assert project.run("plan", "--keep-secrets", "--detailed-exitcode").code == 0
    assert project.run("pull", name_of(harness), ".", "--force").code == 0
    assert {path.name: path.read_text("utf-8") for path in project.path.glob("*.hcl")} == files
    assert [harness.objects(type_) for type_ in ("user_group", "notification_rule")] == before
    assert harness.writes() == writes
