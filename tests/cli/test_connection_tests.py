"""Connection tests as a user meets them: ``dmail test``, and before an apply, in a plan, from a drift job."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.canary import secret_value
from tests.support.project import Project


class Mailbox(Message):
    """A server that takes everything but one recipient, and counts who was offered."""

    def __init__(self) -> None:
        super().__init__()
        self.senders: list[str] = []
        self.recipients: list[str] = []
        self.messages: list[str] = []

    async def handle_MAIL(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, mail_options: list[str]
    ) -> str:
        """Note the sender."""
        self.senders.append(address)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - likewise
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Refuse nobody@example.com, as a server that knows its users."""
        self.recipients.append(address)
        if address.startswith("nobody@"):
            return "550 5.1.1 User unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def handle_message(self, message: object) -> None:
        """Keep what arrived."""
        self.messages.append(str(message))


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """A real server on a port of its own."""
    handler = Mailbox()
    # aiosmtpd greets itself on the port that it was given, so 0 cannot be given.
    port = _closed_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


def _closed_port() -> int:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port: int = closed.getsockname()[1]
    return port


def _server(name: str, port: int, more: str = "") -> str:
    return (
        f'smtp_server "{name}" {{\n  host = "127.0.0.1"\n  port = {port}\n  encryption = "none"\n'
        f'  from_address = "deploys@example.com"\n{more}\n}}\n'
    )


def test_apply_keeps_the_verdict_in_the_state(project: Project, mailbox: tuple[Mailbox, int]) -> None:
    """What was proved, and when, is shown later."""
    project.write(_server("a", mailbox[1]))

    result = project.json("apply", "--auto-approve")

    (test,) = result.of_type("connection_test")
    assert (result.code, test["ok"], test["address"]) == (0, True, "smtp_server.a")
    assert project.state["check_results"][0]["ok"] is True
    assert mailbox[0].recipients == []


def test_only_servers_of_the_plan_are_tested(project: Project, mailbox: tuple[Mailbox, int]) -> None:
    """A dead server that nothing changed about does not stop an unrelated change."""
    project.write(_server("dead", _closed_port()), "dead.hcl")
    project.apply()
    project.write('user_group "x" { members = ["a@example.com"] }')

    assert project.run("apply", "--auto-approve").code == 0
    assert mailbox[0].senders == []


def test_recipients_of_changed_rules_are_offered(project: Project, mailbox: tuple[Mailbox, int]) -> None:
    """A direct recipient that the server refuses stops the apply: the night would have been silent."""
    rule = (
        'notification_rule "r" {\n  pipeline = "p"\n  event { type = "PipelineFailed" }\n'
        '  email { recipients = ["%s"] }\n}\n'
    )
    project.write(_server("a", mailbox[1]) + rule % "nobody@example.com")

    refused = project.run("apply", "--auto-approve")
    project.write(_server("a", mailbox[1]) + rule % "somebody@example.com")
    taken = project.run("apply", "--auto-approve")

    assert (refused.code, taken.code) == (4, 0)
    assert "User unknown" in refused.out
    assert mailbox[0].recipients == ["nobody@example.com", "somebody@example.com"]


def test_failure_that_only_warns_lets_the_apply_pass(project: Project) -> None:
    """`on_failure = "warn"` is the server's own policy."""
    project.write(_server("a", _closed_port(), '  connection_test { on_failure = "warn" }'))

    result = project.run("apply", "--auto-approve")

    assert result.code == 0
    assert "refused" in result.out
    assert project.state["check_results"][0]["ok"] is False


def test_skipped_test_is_recorded_with_its_reason(project: Project) -> None:
    """Somebody will ask why."""
    project.write(_server("a", _closed_port()))

    project.run("apply", "--auto-approve", "--skip-connection-test=maintenance until noon")

    assert project.state["skips"][0]["reason"] == "maintenance until noon"


def test_fallback_that_takes_the_mail_proves_the_chain(project: Project, mailbox: tuple[Mailbox, int]) -> None:
    """With the sender of the server that failed."""
    text = _server("dead", _closed_port(), "  fallback = [smtp_server.live]").replace("deploys@", "other@")
    project.write(text + _server("live", mailbox[1]))

    result = project.json("apply", "--auto-approve")

    (dead,) = [one for one in result.of_type("connection_test") if one["address"] == "smtp_server.dead"]
    assert (result.code, dead["ok"], dead["proved_by"]) == (0, False, "smtp_server.live")
    assert sorted(mailbox[0].senders) == ["deploys@example.com", "other@example.com"]


def test_required_message_is_really_sent(project: Project, mailbox: tuple[Mailbox, int]) -> None:
    """With the subject and body of the settings, and a Message-ID in the verdict."""
    test = (
        '  connection_test {\n    require = ["message"]\n    to = "ops@example.com"\n'
        '    subject = "Hello"\n    body = "There"\n  }'
    )
    project.write(_server("a", mailbox[1], test))

    assert project.run("apply", "--auto-approve").code == 0
    assert len(mailbox[0].messages) == 1
    assert "Subject: Hello" in mailbox[0].messages[0]


def test_saved_plan_carries_young_verdicts(project: Project, mailbox: tuple[Mailbox, int]) -> None:
    """`max_age` decides whether apply repeats them."""
    for age, tests in (("1h", 1), ("0s", 2)):
        mailbox[0].senders.clear()
        (project.path / "dmail.state.json").unlink(missing_ok=True)
        project.write(_server("a", mailbox[1], f'  connection_test {{ max_age = "{age}" }}'))
        project.run("plan", "--test", "--out", "saved")

        assert project.run("apply", "saved").code == 0
        assert len(mailbox[0].senders) == tests


def test_drift_job_notices_a_server_that_died(project: Project, mailbox: tuple[Mailbox, int]) -> None:
    """`drift --test` is the nightly job; what drifted counts more than nothing, a failed test more than drift."""
    project.write(_server("a", mailbox[1]))
    project.run("apply", "--auto-approve")
    alive = project.run("drift", "--test")
    project.edit_state(lambda state: state["resources"][0]["attributes"].update(port=_closed_port()))
    project.write(_server("a", project.state["resources"][0]["attributes"]["port"]))

    assert (alive.code, project.run("drift", "--test").code) == (0, 4)


def test_plan_with_tests_tells_failure_from_changes(project: Project) -> None:
    """Exit 4 and not 2."""
    project.write(_server("a", _closed_port()))

    assert project.run("plan", "--test", "--detailed-exitcode").code == 4
    assert project.run("plan", "--detailed-exitcode").code == 2


def test_lone_server_needs_no_configuration(project: Project, mailbox: tuple[Mailbox, int]) -> None:
    """`--server` with `--stage` and `--to`."""
    server = ["--server", f"127.0.0.1:{mailbox[1]}", "--tls", "none", "--from", "a@example.com"]

    passed = project.json("test", *server)
    refused = project.json("test", *server, "--to", "nobody@example.com")

    stages = {stage["stage"]: stage["verdict"] for stage in passed.lines[0]["stages"]}
    assert (passed.code, stages["sender"], stages["recipient"]) == (0, "pass", "skipped")
    assert refused.code == 4


def test_password_of_a_lone_server_is_never_sent_in_clear(project: Project, mailbox: tuple[Mailbox, int]) -> None:
    """Nobody asked for it by name, so the login fails before the password leaves."""
    project.environment["DMAIL_TEST_PASSWORD"] = secret_value()
    server = ["--server", f"127.0.0.1:{mailbox[1]}", "--tls", "none", "--username", "u", "--from", "a@example.com"]

    result = project.json("test", *server)

    stages = {stage["stage"]: stage["verdict"] for stage in result.lines[0]["stages"]}
    assert (result.code, stages["auth"]) == (4, "fail")


def test_report_for_junit(project: Project, mailbox: tuple[Mailbox, int]) -> None:
    """A suite for each server, a case for each stage."""
    project.write(_server("a", mailbox[1]) + _server("b", _closed_port()))

    result = project.run("test", "--junit", "report.xml")

    suites = ET.parse(project.path / "report.xml").getroot().findall("testsuite")  # noqa: S314 - our own file
    assert result.code == 4
    assert [suite.get("name") for suite in suites] == ["smtp_server.a", "smtp_server.b"]
    assert all(len(suite.findall("testcase")) == 10 for suite in suites)


def test_some_servers_by_address(project: Project, mailbox: tuple[Mailbox, int]) -> None:
    """An address that names no server has a suggestion."""
    project.write(_server("alive", mailbox[1]) + _server("dead", _closed_port()))

    assert project.run("test", "smtp_server.alive").code == 0
    assert "did you mean" in project.run("test", "smtp_server.alife").err


def test_secret_to_be_exchanged_and_certificate_near_its_end_are_warned_of(project: Project) -> None:
    """In plan and drift, from what the state remembers."""
    project.environment["PASSWORD"] = secret_value()
    login = '  username = "u"\n  password = env("PASSWORD")\n  rotate_after = "90d"'
    project.write(_server("a", _closed_port(), login).replace('"none"', '"starttls"'))
    project.apply()
    long_ago = (datetime.now(UTC) - timedelta(days=91)).strftime("%Y-%m-%dT%H:%M:%SZ")
    soon = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    check = {"address": "smtp_server.a", "ok": True, "at": long_ago, "certificate_expires": soon}
    before = project.json("drift").codes

    def age(state: dict[str, Any]) -> None:
        state["resources"][0]["secrets_changed"] = {"password": long_ago}
        state["check_results"] = [check]

    project.edit_state(age)

    assert before.count("DM5014") == 0
    assert project.json("drift").codes.count("DM5014") == 2
    assert project.json("plan").codes.count("DM5014") == 2


@pytest.mark.parametrize("setting", ['to = "nodomain"', 'require = ["tsl"]', 'timeout = "0s"'])
def test_bad_settings_are_marked_at_their_line(project: Project, setting: str) -> None:
    """A recipient without domain, an unknown stage, no time at all."""
    project.write(_server("a", 25, f"  connection_test {{\n    {setting}\n  }}"))

    (fault,) = project.json("validate").of_type("diagnostic")

    assert (fault["severity"], fault["range"]["start"]["line"]) == ("error", 7)
    assert fault["code"].startswith("DM3")
