"""Events that lose their last recipient."""

from __future__ import annotations

import pytest

from tests.support.project import Project, project

__all__ = ["project"]

GROUP = 'user_group "ops" {\n  members = %s\n}\n'
RULE = """
notification_rule "failed" {
  pipeline = "deploy"
  enabled  = %s
  event { type = "%s" }
  email { %s }
}
"""
TOLD = 'recipients = ["cto@example.com"]'


@pytest.mark.parametrize(
    ("after", "lost"),
    [
        (RULE % ("true", "PipelineFailed", TOLD), False),
        (RULE % ("true", "PipelineFailed", 'recipients = ["other@example.com"]'), False),
        (RULE % ("true", "PipelineSuccess", TOLD), True),
        (RULE % ("false", "PipelineFailed", TOLD), True),
        ("", True),
    ],
)
def test_event_that_nobody_is_told_of_any_more(project: Project, after: str, lost: bool) -> None:  # noqa: FBT001
    """A brake holds apply back, with the flag and the event named; another recipient is enough to release it."""
    project.write(GROUP % '["ann@example.com"]' + RULE % ("true", "PipelineFailed", TOLD))
    project.apply()
    project.write(GROUP % '["ann@example.com"]' + after)
    result = project.run("apply", "--auto-approve", "--skip-connection-test=no server in this test")

    assert result.code == (5 if lost else 0), result.err
    assert ("--allow-lost-audience" in result.err) == lost
    assert ('PipelineFailed of pipeline "deploy"' in result.err) == lost
