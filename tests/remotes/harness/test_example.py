"""The example for Harness, as somebody would run it: from an account that has people and pipelines to "no changes"."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.remotes.conformance.harness_ng import PIPELINE, new_account
from tests.remotes.harness.account import StoredPipeline
from tests.remotes.harness.server import harness_server
from tests.support.canary import secret_value
from tests.support.project import ROOT, Project, project

__all__ = ["project"]

_SECRETS = ("HARNESS_TOKEN", "HARNESS_SMTP_PASSWORD", "PLATFORM_SLACK_WEBHOOK", "PLATFORM_TEAMS_WEBHOOK")


def test_example_is_applied_on_harness_and_plans_as_no_change(project: Project) -> None:
    """Ten objects on three levels, four rules in one pipeline with one write, and then nothing is left to do."""
    shutil.copytree(ROOT / "examples" / "harness-nextgen", project.path / "example")
    project.environment.update({name: secret_value(name) for name in _SECRETS})
    account = new_account(secret_value("HARNESS_TOKEN"))
    account.pipelines["default", "storefront", "deploy_storefront"] = StoredPipeline(
        PIPELINE.format("deploy_storefront")
    )
    for name in ("ann", "bob", "cleo", "dora", "emil"):
        account.user(f"{name}@example.com")
    with harness_server(account) as url:
        at = Project(Path(project.path / "example" / "on-harness"), project.capsys, project.environment)
        settings = (f"--var=account={account.id}", f"--var=endpoint={url}")

        at.apply(*settings)
        again = at.json("plan", "--detailed-exitcode", *settings)

    assert again.code == 0, again.out
    assert account.violations == []
    assert (account.count("PUT", "/pipelines/"), len(account.groups), account.smtp_password) == (
        1,
        4,
        secret_value("HARNESS_SMTP_PASSWORD"),
    )
