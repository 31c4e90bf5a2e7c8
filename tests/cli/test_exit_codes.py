"""Each exit code of the table in docs/exit-codes.md, one by one."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import signal
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from declarative_mail.cli.exits import Exit, worst
from tests.support.project import Project, interrupt
from tests.support.samples import GROUPS, RULE, SERVER, many_groups


def test_done_and_nothing_to_do_exit_0(project: Project) -> None:
    """An apply that succeeds, and a plan without changes."""
    project.write(GROUPS)
    project.apply()

    assert project.run("plan").code == 0


def test_pending_changes_exit_2_only_when_asked(project: Project) -> None:
    """`--detailed-exitcode` tells changes from none."""
    project.write(GROUPS)

    assert (project.run("plan").code, project.run("plan", "--detailed-exitcode").code) == (0, 2)


def test_error_exits_1(project: Project) -> None:
    """A configuration with a fault."""
    project.write('user_group "x" { membres = [] }')

    assert (project.run("validate").code, project.run("plan").code, project.run("apply").code) == (1, 1, 1)


def test_failed_connection_test_exits_4_and_changes_nothing(project: Project) -> None:
    """Nobody listens on the port: the test fails before anything is written."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    project.write(SERVER.replace("2525", str(port)))

    result = project.run("apply", "--auto-approve")

    assert result.code == 4
    assert "connect" in result.out
    assert not (project.path / "dmail.state.json").exists()


def test_failed_precondition_exits_4(project: Project) -> None:
    """A condition that does not hold is told apart from an error."""
    project.write(
        'locals {\n  one = 1\n}\nuser_group "x" {\n  lifecycle {\n    precondition {\n      condition = local.one > 2\n'
        '      error_message = "No."\n    }\n  }\n}'
    )

    assert project.run("plan").code == 4


def test_brake_exits_5_and_names_its_flag(project: Project) -> None:
    """More than 30 % deletes of at least ten objects."""
    project.write(many_groups(12))
    project.apply()
    project.write(many_groups(6))

    held = project.run("apply", "--auto-approve")

    assert (held.code, "--allow-mass-change" in held.err) == (5, True)
    assert len(project.state["resources"]) == 12
    assert project.run("apply", "--auto-approve", "--allow-mass-change").code == 0


def test_empty_configuration_is_held_back(project: Project) -> None:
    """Files that declare nothing while the state has objects."""
    project.write(GROUPS)
    project.apply()
    project.write("locals {}\n")

    assert project.run("apply", "--auto-approve").code == 5
    assert project.run("apply", "--auto-approve", "--allow-empty").code == 0


def test_event_that_loses_its_last_recipient_is_held_back(project: Project) -> None:
    """Removing the only rule for an event needs a word."""
    project.write(GROUPS + RULE)
    project.apply()
    project.write(GROUPS)

    held = project.run("apply", "--auto-approve")

    assert (held.code, "--allow-lost-audience" in held.err) == (5, True)
    assert 'PipelineFailed of pipeline "deploy"' in held.err


def test_locked_state_exits_6(project: Project) -> None:
    """A lock held by a living process."""
    project.write(GROUPS)
    lock = project.path / "dmail.state.json.lock"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)

        assert project.run("apply", "--auto-approve").code == 6


def test_lock_of_a_dead_process_is_a_warning(project: Project) -> None:
    """What a killed run left behind does not stop the next one."""
    project.write(GROUPS)
    owner = {"ID": "00000000-0000-4000-8000-000000000000", "Operation": "apply", "Who": "ci@gone", "Pid": 4194300}
    (project.path / "dmail.state.json.lock").write_text(json.dumps({**owner, "Host": os.uname().nodename}))

    result = project.run("apply", "--auto-approve")

    assert (result.code, "DM7302" in result.err) == (0, True)


@pytest.mark.parametrize(
    "arguments", [("plann",), ("plan", "--nope"), ("output", "--raw"), ("test", "--server", "x:0")]
)
def test_usage_error_exits_64(project: Project, arguments: tuple[str, ...]) -> None:
    """Never 2, which means changes."""
    project.write(GROUPS)

    assert project.run(*arguments).code == 64


def test_unknown_command_has_a_suggestion(project: Project) -> None:
    """A typing error is answered with the nearest command."""
    assert 'id you mean "plan"?' in project.run("plann").err


def test_apply_without_a_terminal_asks_for_a_flag(project: Project) -> None:
    """Nobody can be asked, so nothing is done."""
    project.write(GROUPS)

    result = project.run("apply")

    assert (result.code, "--auto-approve" in result.err) == (1, True)
    assert not (project.path / "dmail.state.json").exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_ends_with_its_own_code(project: Project, tmp_path: Path, number: signal.Signals, code: int) -> None:
    """Interrupt 130, SIGTERM 143; a test that waits for a silent server is ended at once."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        project.write(SERVER.replace("2525", str(silent.getsockname()[1])))
        process = project.process("test")
        connection, _ = silent.accept()
        interrupt(process, number)
        _, err = process.communicate(timeout=20)
        connection.close()

    assert code == process.returncode
    assert "Traceback" not in err


def test_question_that_is_interrupted_changes_nothing(project: Project) -> None:
    """Ctrl-C in place of an answer: said as what it is, with the code of an interrupt."""
    project.write(GROUPS)
    here, there = pty.openpty()
    process = project.process("apply", stdin=there, stdout=there, stderr=there)
    os.close(there)
    said = b""
    while b'Only "yes" will be accepted' not in said:
        said += os.read(here, 4096)

    code = interrupt(process)
    os.set_blocking(here, False)
    with suppress(OSError):
        said += os.read(here, 4096)
    os.close(here)

    assert (code, b"Nothing was changed" in said) == (130, True), said
    assert not (project.path / "dmail.state.json").exists()


def test_apply_to_the_local_remote_writes_the_state_once(project: Project) -> None:
    """However many objects: nothing exists of them before."""
    project.write(many_groups(40))
    project.apply()

    assert (project.state["serial"], len(project.state["resources"])) == (1, 40)
    assert not (project.path / "dmail.state.json.journal").exists()


def test_when_several_apply_the_worst_counts() -> None:
    """1, 6, 5, 4, 3, 2 in that order."""
    assert worst([Exit.DRIFT, Exit.ERROR, Exit.LOCKED]) == Exit.ERROR
    assert worst([Exit.BRAKE, Exit.LOCKED]) == Exit.LOCKED
    assert worst([Exit.TEST_FAILED, Exit.BRAKE]) == Exit.BRAKE
    assert worst([Exit.DRIFT, Exit.TEST_FAILED]) == Exit.TEST_FAILED
    assert worst([Exit.CHANGES, Exit.DRIFT]) == Exit.DRIFT
    assert worst([]) == Exit.OK
