"""With what a run makes the fingerprints of secrets: as slow as what it keeps has to be, and no slower."""

from __future__ import annotations

import json
from hashlib import scrypt
from typing import Any

import pytest

from tests.support.canary import secret_value
from tests.support.project import Project

GROUP = """
user_group "ops" {
  notification_preferences {
    slack { webhook_url = env("HOOK") }
  }
}
"""


@pytest.fixture
def secretive(project: Project) -> Project:
    """A group with a secret, which exists nowhere yet."""
    project.environment["HOOK"] = secret_value("hook")
    project.write(GROUP)
    return project


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The salts with which scrypt was asked."""
    asked: list[bytes] = []

    def noted(text: bytes, *, salt: bytes, **cost: Any) -> bytes:
        asked.append(salt)
        return scrypt(text, salt=salt, **cost)

    monkeypatch.setattr("declarative_mail.state.fingerprint.scrypt", noted)
    return asked


def test_plan_that_is_not_kept_makes_no_slow_fingerprint(secretive: Project, slow: list[bytes]) -> None:
    """Nobody could try passwords on it. The digest of the plan is the same each time."""
    first, second = (secretive.json("plan").of_type("summary")[0]["digest"] for _ in range(2))

    assert first == second
    assert slow == []


def test_plan_that_is_saved_is_bound_to_slow_fingerprints(secretive: Project, slow: list[bytes]) -> None:
    """They lie in a file, where passwords could be tried on them."""
    assert secretive.run("plan", "--out", "saved").code == 0
    assert slow

    saved = json.loads((secretive.path / "saved").read_text())

    assert [one.partition(":")[0] for one in saved["fingerprints"].values()] == ["scrypt"]
    assert secretive.run("apply", "saved").code == 0


def test_plan_compares_with_what_the_state_holds(secretive: Project, slow: list[bytes]) -> None:
    """The secret that was applied is recognised, by the fingerprint that the state has of it."""
    secretive.apply()
    slow.clear()

    assert secretive.run("plan", "--detailed-exitcode").code == 0
    assert slow
    secretive.environment["HOOK"] = secret_value("other")
    assert secretive.run("plan", "--detailed-exitcode").code == 2
