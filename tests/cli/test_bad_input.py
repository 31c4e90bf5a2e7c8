"""Bad input gives a diagnostic and changes nothing."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time

import pytest

from tests.support.needs import leave_out, need_program, need_root
from tests.support.project import ROOT, Project, interrupt
from tests.support.samples import GROUPS, SERVER


def _nothing_changed(project: Project) -> bool:
    return not (project.path / "dmail.state.json").exists()


@pytest.mark.parametrize("command", ["validate", "plan", "apply", "drift", "destroy"])
def test_empty_directory(project: Project, command: str) -> None:
    """Without any *.hcl file nothing is planned: a wrong directory must not look like an empty configuration."""
    result = project.json(command)

    assert (result.code, result.codes) == (1, ["DM2390"])
    assert _nothing_changed(project)


def test_file_that_is_not_utf8(project: Project) -> None:
    """The byte is named."""
    (project.path / "main.hcl").write_bytes(b'locals { a = "caf\xe9" }\n')

    result = project.json("plan")

    assert (result.code, result.codes[0]) == (1, "DM1001")


@pytest.mark.parametrize(
    "text", ["locals {\n", 'locals { a = "x\n }\n', "locals { a = [1, 2 }\n", "locals { a = <<E\nx\n"]
)
def test_unclosed_braces_and_strings(project: Project, text: str) -> None:
    """What is not closed is said at the place where it was opened."""
    project.write(text)

    result = project.json("validate")

    assert result.code == 1
    assert all(code.startswith("DM10") for code in result.codes)
    assert result.codes


def test_cycle_is_named_in_full_and_the_rest_is_still_checked(project: Project) -> None:
    """A cycle does not hide another fault."""
    project.write('locals {\n  a = local.b\n  b = local.c\n  c = local.a\n}\nuser_group "x" { membrs = [] }\n')

    result = project.json("validate")

    assert result.codes == ["DM2320", "DM3001"]
    assert "local.a -> local.b -> local.c -> local.a" in result.of_type("diagnostic")[0]["detail"]


def test_duplicate_address_names_both_places(project: Project) -> None:
    """The second block is the fault, the first is related."""
    project.write('user_group "x" {}\nuser_group "x" {}\n')

    (fault,) = project.json("validate").of_type("diagnostic")

    assert (
        fault["code"],
        fault["range"]["start"]["line"],
        fault["related"][0]["range"]["start"]["line"],
    ) == ("DM2305", 2, 1)


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("2525", "0", 18),
        ("2525", "70000", 18),
        ('"Deploys <deploys@example.com>"', '"nobody"', 18),
        ('"127.0.0.1"', '"smtp://127.0.0.1:25"', 18),
    ],
)
def test_value_out_of_place_is_marked_where_it_stands(project: Project, old: str, new: str, column: int) -> None:
    """Port 0 and 70000, an address without @, a URL in host: the value itself is marked."""
    project.write(SERVER.replace(old, new))

    (fault,) = project.json("validate").of_type("diagnostic")

    assert ("error", column) == (fault["severity"], fault["range"]["start"]["column"])
    assert fault["address"] == "smtp_server.primary"


def test_several_faults_come_in_one_run(project: Project) -> None:
    """Nobody has to run it five times."""
    project.write(
        SERVER.replace("2525", "0").replace("encryption", "encrypton") + 'user_group "x" { members = [var.no] }'
    )

    assert len(project.json("plan").codes) == 3


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('{"version": 1, "serial": 3, "lin', "DM7001"),
        ("not json", "DM7002"),
        ('{"version": 99, "serial": 1, "lineage": "x", "tool_version": "9"}', "DM7003"),
        ('{"some": "json"}', "DM7004"),
    ],
)
def test_unreadable_state_is_refused_and_kept(project: Project, content: str, code: str) -> None:
    """A truncated state, one of a newer version, and something else altogether are left as they are."""
    project.write(GROUPS)
    state = project.path / "dmail.state.json"
    state.write_text(content)

    results = [project.json(command) for command in ("plan", "apply", "drift")]

    assert [(1, [code])] * 3 == [(result.code, result.codes) for result in results]
    assert content == state.read_text()


def test_saved_plan_of_another_lineage_is_refused(project: Project) -> None:
    """A plan made from one state is not applied to another."""
    project.write(GROUPS)
    project.apply()
    project.write(GROUPS + SERVER)
    project.run("plan", "--out", "saved")
    project.edit_state(lambda state: state.update(lineage="00000000-0000-4000-8000-000000000000"))

    result = project.run("apply", "saved")

    assert (result.code, "lineage" in result.err) == (1, True)
    assert len(project.state["resources"]) == 2


def test_directory_that_cannot_be_written(project: Project) -> None:
    """For a user whom file modes bind: a diagnostic, no traceback, the old state whole."""
    need_root()
    setpriv = need_program("setpriv", package="util-linux")
    project.write(GROUPS)
    project.apply()
    before = (project.path / "dmail.state.json").read_bytes()
    project.write(GROUPS + SERVER)
    for path in (project.path, *project.path.rglob("*")):
        os.chown(path, 65534, 65534)
    project.path.chmod(0o555)
    (project.path / "dmail.state.json").chmod(0o444)
    # Root without the right to overrule file modes: the interpreter may live where nobody else can reach it.
    unprivileged = [setpriv, "--bounding-set=-dac_override,-dac_read_search,-fowner"]
    command = [*unprivileged, sys.executable, "-m", "declarative_mail", "apply", "--auto-approve"]
    result = subprocess.run(
        [*command, "--skip-connection-test=no server"],
        cwd=project.path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    project.path.chmod(0o755)

    assert (result.returncode, "DM7202" in result.stderr, "Traceback" in result.stderr) == (1, True, False)
    assert before == (project.path / "dmail.state.json").read_bytes()


def test_full_disk_leaves_the_old_state_whole(project: Project) -> None:
    """The state is replaced as a whole or not at all."""
    need_root()
    mount = project.path / "disk"
    mount.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(mount)], capture_output=True, check=False
    )
    if made.returncode:
        leave_out("no file systems can be mounted here")
    try:
        small = Project(mount, project.capsys)
        small.write(GROUPS)
        small.apply()
        before = (mount / "dmail.state.json").read_bytes()
        small.write("\n".join(f'user_group "g{n}" {{ description = "{"x" * 200}" }}' for n in range(60)))

        result = small.json("apply", "--auto-approve", "--allow-mass-change")

        assert (result.code, "DM7203" in result.codes) == (1, True)
        assert before == (mount / "dmail.state.json").read_bytes()
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def test_interrupt_while_the_plan_is_shown_changes_nothing(project: Project) -> None:
    """Ctrl-C at the question: exit 130, nothing written."""
    project.write(GROUPS)
    master, slave = pty.openpty()
    process = project.process("apply", stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
    os.close(slave)
    shown = _read_until(master, b"yes")
    code = interrupt(process)
    os.close(master)

    assert b"Make these changes?" in shown
    assert code == 130
    assert _nothing_changed(project)


def test_answer_other_than_yes_changes_nothing(project: Project) -> None:
    """Only "yes" is yes, as in Terraform."""
    project.write(GROUPS)
    master, slave = pty.openpty()
    process = project.process("apply", stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    _read_until(master, b"yes")
    os.write(master, b"y\n")
    code = process.wait(timeout=20)
    os.close(master)

    assert code == 1
    assert _nothing_changed(project)


def _read_until(descriptor: int, word: bytes) -> bytes:
    """Read a terminal until a word shows, for 20 seconds at the most."""
    os.set_blocking(descriptor, False)
    found, ends = b"", time.monotonic() + 20
    while word not in found and time.monotonic() < ends:
        try:
            found += os.read(descriptor, 4096)
        except BlockingIOError:
            time.sleep(0.02)
        except OSError:
            break
    return found
