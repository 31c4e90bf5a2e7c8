"""Everything that a system has becomes a configuration that takes it over without a write: on every remote."""

from __future__ import annotations

import pytest

from tests.remotes.conformance.harness import HARNESSES, Harness
from tests.remotes.conformance.samples import configuration, written
from tests.support.project import Project

CONTENT = """
user_group "ops" {
  description = "one ${"$"}{two}"
  members     = ["b@example.com", "a@example.com"]
  tags        = { "a b" = "1" }
  notification_preferences {
    email { addresses = ["ops@example.com"] }
    slack { webhook_url = env("HOOK") }
  }
}

notification_rule "failed" {
  pipeline = "deploy"
  event { type = "PipelineFailed" }
  event {
    type   = "StageFailed"
    stages = ["smoke", "rollout"]
  }
  email {
    recipients  = ["cto@example.com"]
    user_groups = [user_group.ops]
  }
}
"""
SCOPED = ("organization", "project", "scope")
"""Attributes whose samples lie outside of what a remote block may be about."""
CASES = [
    pytest.param(remote, type_, id=f"{remote}-{type_}")
    for remote, (_, capabilities) in HARNESSES.items()
    for type_ in ("user_group", "notification_rule")
    if capabilities(type_) is not None
]


def forget(project: Project) -> bytes:
    """Remove the configuration and the state, as if somebody else had made what exists; gives the state."""
    state = project.path / "dmail.state.json"
    kept = state.read_bytes() if state.exists() else b""
    state.unlink(missing_ok=True)
    for path in project.path.glob("*.hcl"):
        if path.name != "remote.hcl":
            path.unlink()
    return kept


def pull(project: Project, harness: Harness, *options: str) -> dict[str, str]:
    """Pull into the working directory; gives the files."""
    _, type_, _, label, *_ = harness.block.split('"')
    result = project.json("pull", f"{type_}.{label}", ".", *options)
    assert result.code == 0, result.out
    return {path.name: path.read_text("utf-8") for path in project.path.glob("*.hcl")}


def planned(project: Project) -> list[int]:
    """How much the plan adds, changes, destroys and imports."""
    plan = project.json("plan", "--keep-secrets")
    assert plan.code == 0, plan.out
    return [plan.of_type("summary")[0][name] for name in ("add", "change", "destroy", "import")]


def test_what_is_pulled_is_taken_over_without_a_write(project: Project, harness: Harness) -> None:
    """Pull, plan, apply, plan; the same files the second time; the system sees reads only."""
    project.write(CONTENT)
    project.apply()
    forget(project)
    types = ("user_group", "notification_rule")
    before, writes = [harness.objects(type_) for type_ in types], harness.writes()

    files = pull(project, harness)
    first = planned(project)
    project.apply("--keep-secrets")

    assert first == [0, 0, 0, 2]
    assert project.run("plan", "--keep-secrets", "--detailed-exitcode").code == 0
    assert pull(project, harness, "--force") == files
    assert ([harness.objects(type_) for type_ in types], harness.writes()) == (before, writes)


@pytest.mark.soak
@pytest.mark.parametrize(("harness", "type_"), CASES, indirect=["harness"])
def test_each_attribute_is_taken_over(project: Project, harness: Harness, type_: str) -> None:
    """An object with it, made by somebody else: one to import, and nothing to change."""
    _, capabilities = HARNESSES[harness.remote]
    found = {}
    for name, sample in written(type_, capabilities(type_)):
        if name in SCOPED:
            continue
        project.write(configuration(type_, sample, sample.after))
        project.apply("--allow-mass-change", "--allow-lost-audience")
        kept = forget(project)
        pull(project, harness)
        found[name] = planned(project)
        forget(project)
        (project.path / "dmail.state.json").write_bytes(kept)

    assert found == {name: [0, 0, 0, 1] for name in found}
