"""Terraform's spellings: what its users type works, and where it cannot the message says what to type instead."""

from __future__ import annotations

import os
import pty
import re

import click
import pytest

from declarative_mail.cli.arguments import ELSEWHERE, normalise, translate
from declarative_mail.cli.main import COMMANDS, cli
from tests.support.generated import walk
from tests.support.project import Project
from tests.support.samples import GROUPS

SKIP = "-skip-connection-test=no server in this test"


def _commands() -> dict[str, click.Context]:
    """Every command that is none of commands, by what stands on the command line."""
    found = walk(click.Context(cli, info_name="dmail"))
    return {one.command_path: one for one in found if not isinstance(one.command, click.Group)}


def _translated(context: click.Context, *arguments: str) -> list[str]:
    return translate(context, normalise(list(arguments)))


@pytest.mark.parametrize("path", sorted(_commands()))
def test_every_long_option_takes_one_dash(path: str) -> None:
    """With its value behind an equals sign or as the next word, whatever that looks like."""
    context = _commands()[path]
    for option in (one for one in context.command.params if isinstance(one, click.Option)):
        for name in (one for one in (*option.opts, *option.secondary_opts) if one.startswith("--")):
            if option.is_flag:
                assert _translated(context, name[1:], "x") == [name, "x"]
            else:
                assert _translated(context, f"{name[1:]}=-x=y") == [f"{name}=-x=y"]
                assert _translated(context, name[1:], "x=-y") == [name, "x=-y"]


@pytest.mark.parametrize("path", sorted(_commands()))
def test_every_switch_takes_a_bool(path: str) -> None:
    """As Go reads it; false is the switch left out, or its opposite where it has one."""
    context = _commands()[path]
    for option in (one for one in context.command.params if isinstance(one, click.Option) and one.is_flag):
        for name in option.opts:
            if name.startswith("--"):
                assert _translated(context, f"{name[1:]}=true") == _translated(context, f"{name}=1") == [name]
                assert _translated(context, f"{name[1:]}=false") == option.secondary_opts[:1]


def test_what_stands_behind_two_dashes_is_left_alone() -> None:
    """And a single dash, short options and their values are what they are."""
    context = _commands()["dmail fmt"]

    assert _translated(context, "-list=false", "--", "-diff=false") == ["--no-list", "--", "-diff=false"]
    assert normalise(["-", "-C", "dir", "-h", "-Cdir"]) == ["-", "-C", "dir", "-h", "-Cdir"]


@pytest.fixture
def applied(project: Project) -> Project:
    """Two groups."""
    project.write(GROUPS)
    project.apply()
    return project


PLAN = ["-input=false", "-lock=false", "-lock-timeout=30s", "-no-color", "-compact-warnings", "-parallelism=5"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("plan", *PLAN, "-refresh=false", "-detailed-exitcode", "-out=p"), 0),
        (("plan", "-lock-timeout", "30s", "-refresh", "-refresh=true", "-target", 'user_group.team["ops"]'), 0),
        (("plan", "-replace=user_group.team", "-detailed-exitcode"), 2),
        (("plan", "-destroy", "-detailed-exitcode", "-json"), 2),
        (("plan", "-refresh-only", "-json=false", "-detailed-exitcode=false"), 0),
        (("apply", "-auto-approve", "-input=false", "-lock=true", "-lock-timeout=30s", SKIP, "-parallelism=5"), 0),
        (("apply", "-refresh-only", "-auto-approve", "-compact-warnings", "-no-color"), 0),
        (("destroy", "-auto-approve", "-lock-timeout=1m", "-refresh=false", "-target=user_group.team"), 0),
        (("import", "-input=false", "-lock-timeout=1s", "-parallelism=2", "user_group.other", "7"), 1),
        (("state", "list", "-id=nothing"), 0),
        (("state", "mv", "-dry-run", "-lock=true", "-lock-timeout=1s", "user_group.team", "user_group.crew"), 0),
        (("state", "rm", "-dry-run", "user_group.team"), 0),
        (("output", "-json", "-no-color"), 0),
        (("validate", "-json"), 0),
        (("-chdir=.", "version"), 0),
        (("-help",), 0),
        (("plan", "-help"), 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_command_lines_of_terraform(applied: Project, arguments: tuple[str, ...], code: int) -> None:
    """They do what they do there."""
    result = applied.run(*arguments)

    assert (result.code, "No such option" in result.err) == (code, False), result.err


def test_refresh_false_asks_no_remote(project: Project) -> None:
    """Whoever asks finds nobody there; the state is believed."""
    block = 'remote "rest" "x" {\n  endpoint = "http://127.0.0.1:1"\n  default = true\n  timeout = "1s"\n}\n'
    project.write(block + GROUPS)

    assert (project.run("plan", "-refresh=false").code, project.run("plan").code) == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("apply", "-lock=false"), "--lock-timeout 5m"),
        (("state", "rm", "-lock=false", "x"), "--lock-timeout 5m"),
        (("plan", "-state=prod.json"), "--backend-config path=prod.json"),
        (("state", "list", "-state", "prod.json"), "--backend-config path=FILE"),
        (("apply", "-state-out=x"), "--backend-config path=x"),
        (("apply", "-backup=-"), "dmail state pull"),
        (("import", "-config=infra", "a", "b"), "dmail -C DIRECTORY import"),
        (("plan", "-detailed-exitcode=perhaps"), 'takes true or false, not "perhaps"'),
        (("plan", "-refresh=perhaps"), 'takes true or false, not "perhaps"'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_done_says_what_can(applied: Project, arguments: tuple[str, ...], words: str) -> None:
    """A usage error, before anything is read."""
    result = applied.run(*arguments)

    assert (result.code, words in result.err) == (64, True), result.err


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("plan", "-detailed-exit-code"), "--detailed-exitcode"),
        (("apply", "-auto-aprove"), "--auto-approve"),
        (("destroy", "--parallellism=3"), "--parallelism"),
        (("state", "mv", "-dryrun", "a", "b"), "--dry-run"),
        (("state", "lst"), "list"),
        (("plna",), "plan"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_unknown_word_gets_a_suggestion(project: Project, arguments: tuple[str, ...], meant: str) -> None:
    """Exit 64, and what was probably meant."""
    result = project.run(*arguments)

    assert (result.code, "Did you mean" in result.err, meant in result.err) == (64, True, True), result.err


@pytest.mark.parametrize("command", sorted(ELSEWHERE))
def test_command_of_terraform_that_is_not_needed(project: Project, command: str) -> None:
    """What to do instead; every command of dmail that is named exists."""
    result = project.run(command)

    assert (result.code, ELSEWHERE[command] in result.err) == (64, True)
    assert command not in COMMANDS
    assert set(re.findall(r"dmail ([a-z-]+)", ELSEWHERE[command])) <= set(COMMANDS)


def test_no_input_does_not_ask_even_on_a_terminal(project: Project) -> None:
    """`-input=false`: what nobody approved is not applied."""
    project.write(GROUPS)
    master, slave = pty.openpty()
    process = project.process("apply", "-input=false", "-no-color", stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    shown = b""
    while b"explain-error" not in shown:
        shown += os.read(master, 4096)
    code = process.wait(timeout=20)
    os.close(master)

    assert (code, b"--no-input was given" in shown, b"Make these changes?" in shown) == (1, True, False)
    assert not (project.path / "dmail.state.json").exists()


def test_compact_warnings_are_one_line_each_unless_there_is_an_error(applied: Project) -> None:
    """What to do about them is left out; beside an error everything is shown."""
    compact = applied.run("plan", "-target=user_group.team", "-compact-warnings")
    whole = applied.run("plan", "-target=user_group.team")
    failed = applied.run("plan", "-target=user_group.team", "-target=user_group.nosuch", "-compact-warnings")

    assert compact.err.splitlines() == [
        "warning[DM4030]: Plan covers a part of the configuration",
        "--compact-warnings was given; without it they are shown in full.",
    ]
    assert "Run plan without them afterwards" in whole.err
    assert "Run plan without them afterwards" in failed.err


def test_list_by_id(applied: Project) -> None:
    """The address of what a remote calls so."""
    (first, second) = applied.state["resources"]

    result = applied.run("state", "list", "-id", second["id"])

    assert result.out.split() == [f'user_group.team["{second["key"]}"]']
    assert first["id"] != second["id"]
