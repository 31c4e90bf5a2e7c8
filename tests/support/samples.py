"""Small configurations that many tests share."""

from __future__ import annotations

GROUPS = """
user_group "team" {
  for_each = { core = ["a@example.com"], ops = ["b@example.com", "c@example.com"] }
  members  = each.value
}
"""

SERVER = """
smtp_server "primary" {
  host         = "127.0.0.1"
  port         = 2525
  encryption   = "none"
  from_address = "Deploys <deploys@example.com>"
}
"""

RULE = """
notification_rule "failed" {
  pipeline = "deploy"
  event { type = "PipelineFailed" }
  email {
    recipients  = ["cto@example.com"]
    user_groups = [user_group.team["core"]]
  }
}
"""


def many_groups(count: int) -> str:
    """A configuration with this many groups, each a block of its own."""
    return "".join(f'user_group "g{number}" {{\n  members = ["m{number}@example.com"]\n}}\n' for number in range(count))
