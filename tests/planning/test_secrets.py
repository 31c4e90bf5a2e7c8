"""Secrets in plans: compared by fingerprint, numbered, never shown."""

from __future__ import annotations

import json
from typing import Any

from declarative_mail.planning.build import Options
from declarative_mail.planning.change import Action, Reason, SecretNumbers
from declarative_mail.planning.digest import plan_digest
from declarative_mail.planning.normalise import align_secrets
from tests.planning.records import changes_and_faults, plan, record, wanted

A = "smtp_server.a"


def secret(fingerprint: str | None, version: int = 1, source: str = "env:PASSWORD") -> dict[str, Any]:
    """A stored secret."""
    return {"$secret": {"source": source, "version": version, "fingerprint": fingerprint}}


def _change(before: dict[str, Any], after: dict[str, Any], options: Options | None = None) -> Any:
    return plan([wanted(A, {"password": after}, has_secrets=True)], [record(A, {"password": before})], options)[A]


def test_same_fingerprint_is_no_change() -> None:
    """And the version stays."""
    change = _change(secret("f1", version=3), secret("f1"))

    assert change.action == Action.NO_OP


def test_other_fingerprint_is_the_next_version() -> None:
    """The number in the plan changes with it."""
    change = _change(secret("f1", version=3), secret("f2"))

    assert (change.action, change.changed) == (Action.UPDATE, ("password",))
    assert change.after["password"]["$secret"]["version"] == 4


def test_imported_secret_is_assumed_equal_unless_forced() -> None:
    """Nobody can read it back (semantics 34)."""
    assert _change(secret(None), secret("f2")).action == Action.NO_OP
    change = _change(secret(None), secret("f2"), Options(write_secrets=True))
    assert (change.action, change.reason) == (Action.UPDATE, Reason.SECRET_FORCED)


def test_password_version_forces_a_write() -> None:
    """Any other number than before."""
    before, after = {"password": secret("f1"), "password_version": 1}, {"password": secret("f1"), "password_version": 2}
    change = plan([wanted(A, after, has_secrets=True)], [record(A, before)])[A]

    assert change.changed == ("password", "password_version")


def test_version_of_one_secret_writes_no_other() -> None:
    """A server has a password and the key of its certificate; `value_version` does the same for a `secret`."""
    before = {"password": secret("f1"), "client_key": secret("f2"), "password_version": 1}
    after = {**before, "password_version": 2}
    change = plan([wanted(A, after, has_secrets=True)], [record(A, before)])[A]

    assert change.changed == ("password", "password_version")
    assert change.reason == Reason.SECRET_VERSION


def test_ignored_secret_is_not_written_for_its_version() -> None:
    """`ignore_changes` keeps what exists, and then there is no reason either."""
    before = {"password": secret("f1"), "password_version": 1}
    after = {"password": secret("f1"), "password_version": 2}
    one = wanted(A, after, has_secrets=True, ignore_changes=("password",))
    change = plan([one], [record(A, before)])[A]

    assert (change.changed, change.reason) == (("password_version",), None)


def test_secret_that_is_known_is_not_forced() -> None:
    """``--write-secrets`` is for those of which no fingerprint is known."""
    assert _change(secret("f1"), secret("f1"), Options(write_secrets=True)).action == Action.NO_OP


def test_fingerprint_of_another_key_can_be_the_same_secret() -> None:
    """A key was introduced: the old fingerprint stands for the same value."""
    aligned = align_secrets(secret("old"), secret("new"), same=lambda new, old: (new, old) == ("new", "old"))

    assert secret("old") == aligned


def test_equal_secrets_share_a_number() -> None:
    """So that a change shows without the value."""
    numbers = SecretNumbers()

    shown = numbers.shown({"a": secret("f1"), "b": [secret("f2"), secret("f1")]})

    assert shown == {"a": {"$secret": "#1"}, "b": [{"$secret": "#2"}, {"$secret": "#1"}]}


def test_digest_does_not_depend_on_the_fingerprint() -> None:
    """Fingerprints differ from state to state; the source and the change of a secret do not."""
    one, _ = changes_and_faults([wanted(A, {"password": secret("f1")}, has_secrets=True)], [])
    two, _ = changes_and_faults([wanted(A, {"password": secret("f2")}, has_secrets=True)], [])
    other, _ = changes_and_faults([wanted(A, {"password": secret("f1", source="env:OTHER")}, has_secrets=True)], [])

    assert plan_digest(one, {}) == plan_digest(two, {})
    assert plan_digest(one, {}) != plan_digest(other, {})


def test_fingerprint_is_not_in_the_plan() -> None:
    """What a reviewer sees holds a number only."""
    change = _change(secret("f1"), secret("f2"))

    assert "f2" not in json.dumps(change.data(SecretNumbers()))
