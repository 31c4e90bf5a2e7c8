"""Drift, state, connection tests and applies as text, and connection tests as JUnit XML."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from declarative_mail.rendering.apply_text import apply_text
from declarative_mail.rendering.drift_text import drift_text
from declarative_mail.rendering.junit import junit
from declarative_mail.rendering.probe_text import one_line, probe_text
from declarative_mail.rendering.pull_text import pull_text
from declarative_mail.rendering.state_text import object_text, outputs_text, state_text
from declarative_mail.rendering.terminal import Terminal
from tests.rendering.golden import assert_golden
from tests.rendering.samples import (
    FAILED,
    LOST,
    PASSED,
    REPLACED,
    SENDER,
    UNDECIDED,
    WARNED,
    connection_test,
    plan,
    stage,
)

NARROW = Terminal(width=80)
TESTS = [FAILED, LOST, PASSED, REPLACED, SENDER, UNDECIDED, WARNED]

GROUP = {
    "address": 'user_group.oncall["core"]',
    "mode": "managed",
    "type": "user_group",
    "name": "oncall",
    "key": "core",
    "remote": "harness.prod",
    "id": "org/core",
    "status": "awaiting_confirmation",
    "attributes": {
        "name": "core",
        "members": ["ann@example.com"],
        "tags": {},
        "description": None,
        "budget": {"$number": "123456789012345678901234567890"},
        "notification_preferences": {"email": {"addresses": ["core@example.com"]}, "slack": None},
        "event": [{"type": "A"}, {"type": "B"}],
    },
}
SERVER = {
    "address": "smtp_server.primary",
    "type": "smtp_server",
    "name": "primary",
    "remote": "local",
    "id": "primary",
    "attributes": {
        "id": "primary",
        "password": {"$secret": {"source": "env:SMTP_PASSWORD", "version": 2, "fingerprint": "x"}},
        "fallback": [{"$ref": "smtp_server.backup"}],
        "ca_certificate": "-----BEGIN-----\nAAAA\n-----END-----\n",
        "footer": "two\nlines",
    },
}
OUTPUTS = {
    "token": {"value": None, "sensitive": True},
    "groups": {"value": ["core"], "sensitive": False},
    "map": {"value": {"a b": 1.5, "c": None, "d": True}, "sensitive": False},
}


def field(path: str, class_: str, desired: Any, live: Any, until: str | None = None) -> dict[str, Any]:
    """One attribute of a drift report."""
    return {"path": path, "class": class_, "desired": desired, "live": live, "accepted_until": until}


def drift(*objects: dict[str, Any], **numbers: int) -> dict[str, Any]:
    """A drift report."""
    return {
        "objects": list(objects),
        "summary": {"type": "summary", "checked": 12, "drifted": 0, "accepted": 0, "pending": 0} | numbers,
    }


DRIFTED = drift(
    {"type": "drift", "address": "user_group.gone", "gone": True, "drift": True, "sets": [], "fields": []},
    {
        "type": "drift",
        "address": "smtp_server.primary",
        "gone": False,
        "drift": True,
        "sets": [],
        "fields": [
            field("connection_test.to", "theirs", "ops@example.com", None),
            field("password", "theirs", {"$secret": "#1"}, {"$secret": "#2"}),
            field("port", "both", 465, 2525, "2026-12-31"),
            field("host", "ours", "new.example.com", "old.example.com"),
        ],
    },
    {
        "type": "drift",
        "address": "user_group.pending",
        "gone": False,
        "drift": False,
        "sets": ["members"],
        "fields": [field("members", "ours", ["a@example.com", "c@example.com"], ["a@example.com", "b@example.com"])],
    },
    drifted=2,
    accepted=1,
    pending=2,
)


def test_golden_drift() -> None:
    """What somebody else did; what waits to be applied is counted."""
    assert_golden("drift.txt", drift_text(DRIFTED, terminal=NARROW))


def test_golden_drift_with_pending_changes() -> None:
    """``--verbose`` shows our own changes too."""
    assert_golden("drift_verbose.txt", drift_text(DRIFTED, terminal=NARROW, verbose=True))


def test_no_drift_is_one_line() -> None:
    """Pending changes are no drift."""
    pending = drift(DRIFTED["objects"][2], pending=1)

    assert drift_text(pending, terminal=NARROW) == (
        "No drift: 12 objects checked, 1 with changes that wait to be applied.\n"
    )


def test_golden_state() -> None:
    """Objects as blocks, outputs, last verdicts; secrets by their source, empty attributes left out."""
    checks = [
        PASSED
        | {"kind": "connection_test", "at": "2026-11-21T08:00:00Z", "certificate_expires": "2027-01-31T00:00:00Z"},
        {"kind": "check", "address": "check.x", "ok": True, "at": "2026-11-21T08:00:00Z"},
    ]
    state = {"resources": [SERVER, GROUP], "outputs": OUTPUTS, "check_results": checks}

    assert_golden("state.txt", state_text(state, terminal=NARROW))


def test_empty_state_says_so() -> None:
    """Nothing at all is said in words."""
    assert state_text({"resources": [], "outputs": {}}, terminal=NARROW) == "The state is empty.\n"


def test_data_source_is_called_data() -> None:
    """What was only read is shown as a data block."""
    record = SERVER | {"mode": "data", "address": "data.smtp_server.primary", "attributes": {"id": "x"}, "id": "x"}

    assert object_text(record, terminal=NARROW).splitlines() == [
        "# data.smtp_server.primary",
        'data smtp_server "primary" {',
        '    id = "x"',
        "}",
    ]


def test_sensitive_output_is_hidden() -> None:
    """Even where a value is at hand."""
    assert outputs_text({"x": {"value": "shown nowhere", "sensitive": True}}) == "x = (sensitive value)\n"


def test_golden_connection_tests() -> None:
    """A line for each server, those that failed last with reply, cause and remedy."""
    assert_golden("connection_tests.txt", probe_text(TESTS, terminal=NARROW))


def test_golden_connection_tests_verbose() -> None:
    """Every stage with its time."""
    assert_golden("connection_tests_verbose.txt", probe_text(TESTS, terminal=NARROW, verbose=True))


def test_nothing_to_test_says_so() -> None:
    """No server is not the same as all passed."""
    assert probe_text([], terminal=NARROW) == "Nothing to test: no smtp_server is declared.\n"


def test_reply_of_a_hostile_server_is_harmless() -> None:
    """What a server says cannot move the cursor."""
    hostile = connection_test("smtp_server.x", stage("greeting", "fail", code="5\x1b", reply="\x1b[2J\x9b"), ok=False)

    assert not {one for one in probe_text([hostile], terminal=NARROW) if one != "\n" and not one.isprintable()}


def test_failure_without_stages_is_named() -> None:
    """A result that blames no stage still reads as a failure."""
    assert one_line(connection_test("smtp_server.x", ok=False), NARROW) == "FAIL  smtp_server.x  did not pass (0 ms)"


def test_junit_counts_what_is_to_blame() -> None:
    """A required stage that stays unknown and a message that did not arrive are failures; a DNS record is none."""
    root = ET.fromstring(junit(TESTS))  # noqa: S314  # our own text
    suites = {suite.get("name"): suite for suite in root}
    failures = {
        name: [case.get("name") for case in suite if case.find("failure") is not None] for name, suite in suites.items()
    }

    assert {name: cases for name, cases in failures.items() if cases} == {
        'smtp_server.backup["eu"]': ["auth"],
        "smtp_server.late": ["recipient"],
        "smtp_server.lost": ["receipt"],
    }
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("52", "3", "7")
    assert "app password" in (suites['smtp_server.backup["eu"]'].findtext("testcase/failure") or "")
    assert suites["smtp_server.relay"].findtext("testcase/system-out") == "The certificate ends in 3 days.\nRenew it."
    assert suites["smtp_server.sender"].find("testcase[@name='dmarc']/system-out") is not None
    assert suites["smtp_server.late"].get("time") == "0.012"


def test_apply_that_is_complete_has_terraforms_numbers() -> None:
    """What is rarer stands behind, where it occurs."""
    summary = plan()["summary"] | {"add": 3, "change": 1, "import": 2}
    result = {"done": ["a.b"], "failed": [], "not_reached": [], "stopped": False}

    assert apply_text(result, summary, terminal=NARROW) == (
        "Apply complete: 3 added, 1 changed, 0 destroyed, 2 imported.\n"
    )


@pytest.mark.parametrize(("stopped", "word"), [(True, "stopped"), (False, "failed")])
def test_apply_that_is_not_complete_has_three_lists(stopped: bool, word: str) -> None:  # noqa: FBT001
    """Done, failed and not reached, long lists cut with a count."""
    result = {
        "done": [f"user_group.g{number}" for number in range(52)],
        "failed": ["smtp_server.a"],
        "not_reached": ["notification_rule.\x1bb"],
        "stopped": stopped,
    }
    lines = apply_text(result, plan()["summary"], terminal=NARROW).splitlines()

    assert (
        lines[-9:]
        == [
            "  user_group.g49",
            "  ... and 2 more",
            "",
            "Failed:",
            "  smtp_server.a",
            "",
            "Not reached:",
            "  notification_rule.\\x1bb",
            "",
            f"Apply {word}: 52 done, 1 failed, 1 not reached.",
        ][-9:]
    )


PULLED = {
    "remote": "rest.prod",
    "identity": "https://mail.example.com",
    "objects": 1203,
    "managed": 2,
    "left_out": 1,
    "files": [{"file": "new/user_groups.hcl", "blocks": 1203}, {"file": "new/variables.hcl", "blocks": 1}],
    "removed": ["new/secrets.hcl"],
    "secrets": ["a", "b"],
    "settings": ["prod_token"],
    "next": "dmail -C new plan --keep-secrets",
}


def test_pull_says_what_was_written_and_what_comes_next() -> None:
    """Numbers first, then files, then what must be known, and the command as the last line."""
    assert pull_text(PULLED, terminal=Terminal(width=100)) == (
        "remote.rest.prod at https://mail.example.com: 1,203 objects written, 2 managed already, 1 left out.\n\n"
        "    new/user_groups.hcl  1,203 blocks\n"
        "    new/variables.hcl    1 block\n"
        "    new/secrets.hcl      removed\n\n"
        "2 secrets cannot be read, so their variables have no value. --keep-secrets leaves them on the remote\n"
        "as they are.\n"
        "The remote block needs a value for var.prod_token:\n"
        "    export DMAIL_VAR_prod_token=…\n\n"
        "Nothing was changed on the remote. This plan takes the objects over:\n"
        "    dmail -C new plan --keep-secrets\n"
    )


def test_pull_of_nothing_new_proposes_nothing() -> None:
    """There is no plan to make."""
    nothing = {**PULLED, "objects": 0, "left_out": 0, "files": [], "removed": [], "secrets": [], "settings": []}

    assert pull_text(nothing, terminal=Terminal(width=100)) == (
        "remote.rest.prod at https://mail.example.com: 0 objects written, 2 managed already.\n"
    )
