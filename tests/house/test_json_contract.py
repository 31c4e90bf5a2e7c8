"""``docs/json.md`` shows the fields that the program really writes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.canary import secret_value
from tests.support.sources import ROOT

CONFIGURATION = """
smtp_server "primary" {
  host         = "127.0.0.1"
  port         = 1
  encryption   = "none"
  from_address = "a@example.com"
  auth         = "none"
  connection_test {
    timeout    = "1s"
    on_failure = "warn"
  }
}
user_group "oncall" {
  members = ["ann@example.com"]
}
output "name" {
  value = user_group.oncall.name
}
"""
BROKEN = 'user_group "x" {\n  nmae = "x"\n}\n'


def documented() -> dict[str, set[str]]:
    """The fields of every kind of object in the examples of the page; a diagnostic's are spread over some lines."""
    text = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    decoder = json.JSONDecoder()
    for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL):
        rest = block.strip()
        while rest:
            value, end = decoder.raw_decode(rest)
            found[_kind(value)] = set(value)
            rest = rest[end:].strip()
    return found


def _kind(value: dict[str, Any]) -> str:
    """The type of an object; the kinds of summary are told apart by what they count."""
    if value["type"] != "summary":
        return str(value["type"])
    counted = {"checked": "drift", "valid": "validate", "left_out": "pull"}
    return f"{next((kind for name, kind in counted.items() if name in value), 'plan')}_summary"


def dmail(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    """The objects that a command writes."""
    command = [sys.executable, "-m", "declarative_mail", *arguments, "--json"]
    environment = os.environ | {"SMTP_PASSWORD": secret_value()}
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The fields of every kind of object that a plan, an apply, a drift and a fault write."""
    folder = tmp_path_factory.mktemp("contract")
    (folder / "main.hcl").write_text(CONFIGURATION, encoding="utf-8")
    objects = dmail(folder, "plan") + dmail(folder, "apply", "--auto-approve")
    state = folder / "dmail.state.json"
    state.write_text(state.read_text("utf-8").replace("ann@example.com", "bob@example.com"), encoding="utf-8")
    objects += dmail(folder, "drift")
    (folder / "main.hcl").write_text(BROKEN, encoding="utf-8")
    return {_kind(one): set(one) for one in [*objects, *dmail(folder, "validate")]}


KINDS = [
    "change",
    "output_change",
    "plan_summary",
    "validate_summary",
    "connection_test",
    "apply_done",
    "apply_summary",
    "drift",
    "drift_summary",
    "diagnostic",
]


@pytest.mark.parametrize("kind", KINDS)
def test_documented_fields_are_the_written_ones(written: dict[str, set[str]], kind: str) -> None:
    """Neither more nor less, for each kind of object."""
    assert documented()[kind] == written[kind]
