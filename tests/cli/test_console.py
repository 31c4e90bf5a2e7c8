"""``dmail console``: from standard input, as JSON lines, and at a terminal."""

from __future__ import annotations

import io
import json
import os
import select
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

import pytest

from tests.support.project import ROOT, Project, Result

CONFIGURATION = """
variable "region" {
  default = "eu"
}

variable "missing" {
  type = string
}

variable "password" {
  default   = "hunter2"
  sensitive = true
}

locals {
  servers = { a = { host = "a.example.com" } }
}

smtp_server "relay" {
  host         = "smtp.example.com"
  from_address = "deploys@example.com"
}
"""


def console(project: Project, text: str, *arguments: str) -> Result:
    """The command with a text as its standard input."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.StringIO(text))
        return project.run("console", *arguments)


def test_it_answers_each_expression_of_standard_input(project: Project) -> None:
    """Blank lines and comments between them mean nothing; an open bracket or heredoc goes on in the next line."""
    result = console(project, '1 + 1\n\n# a comment\n{\n  a = 1\n}\n<<EOT\nhi\nEOT\nupper("x")\n')

    assert (result.code, result.out, result.err) == (0, '2\n{\n  "a" = 1\n}\n<<EOT\nhi\n\nEOT\n"X"\n', "")


def test_a_fault_does_not_end_it_and_is_remembered(project: Project) -> None:
    """The rest is answered; the exit code says that there was one."""
    result = console(project, "1 +\nnope\n2\n")

    assert (result.code, result.out) == (1, "2\n")
    assert "Invalid expression" in result.err
    assert 'nothing named "nope"' in result.err
    assert "^" in result.err


def test_exit_ends_it(project: Project) -> None:
    """As does quit; help shows what can be done."""
    assert console(project, "1\nexit\n2\n").out == "1\n"
    assert console(project, "1\nquit\n2\n").out == "1\n"
    assert "Ctrl-D" in console(project, "help\n").out


def test_an_unfinished_expression_at_the_end_is_a_fault(project: Project) -> None:
    """And a blank line gives up on one."""
    assert "Unclosed bracket" in console(project, "[1,\n").err
    result = console(project, "[1,\n\n2\n")

    assert (result.code, result.out) == (1, "2\n")


def test_json_gives_a_line_for_every_line(project: Project) -> None:
    """Whatever is in it, and never stops."""
    text = '1 + 1\n\n"é"\n{\n1/3\nnope.x\n[1, {a = null}]\nexit\nsensitive(1)\n'
    result = console(project, text, "--json")

    assert result.code == 0
    kinds = [",".join(sorted(line)) for line in result.lines]
    fault = "detail,error"
    assert kinds == ["value", fault, "value", fault, "value", fault, "value", fault, "sensitive,value"]
    assert result.lines[6] == {"value": [1, {"a": None}]}


NAMES = """var.region
var.missing
var.password
local.servers.a.host
smtp_server.relay.host
smtp_server.relay.id
"""


def test_it_has_the_variables_locals_and_resources_of_the_configuration(project: Project) -> None:
    """A variable without a value and what only apply can tell are unknown; a secret is not shown."""
    project.write(CONFIGURATION)
    result = console(project, NAMES, "--json", "--var", "region=us")

    assert result.lines == [
        {"value": "us"},
        {"unknown": True},
        {"value": "(sensitive value)", "sensitive": True},
        {"value": "a.example.com"},
        {"value": "smtp.example.com"},
        {"unknown": True},
    ]
    assert "hunter2" not in result.out + result.err


def test_it_has_what_the_state_knows(project: Project) -> None:
    """After apply the identifier of an object is known."""
    project.write(CONFIGURATION.replace("  type = string\n", '  default = "m"\n'))
    project.apply()
    (line,) = console(project, "smtp_server.relay.id\n", "--json").lines

    assert isinstance(line["value"], str)


def test_faults_of_the_configuration_are_told_and_do_not_end_it(project: Project) -> None:
    """What they concern is unknown; in JSON too they go to standard error, so that lines still match lines."""
    project.write('locals {\n  good = 1\n  bad = 1 + "x"\n}\n')
    result = console(project, "local.good\nlocal.bad\n", "--json")

    assert result.lines == [{"value": 1}, {"unknown": True}]
    assert "Invalid operand" in result.err


def test_a_configuration_that_does_not_parse_ends_it(project: Project) -> None:
    """There is nothing to stand on."""
    project.write("locals {\n")
    result = console(project, "1\n")

    assert (result.code, result.out) == (1, "")
    assert "Unclosed bracket" in result.err


def test_each_line_is_answered_before_the_next_is_read(project: Project) -> None:
    """So that another program can hold a conversation with it."""
    process = project.process("console", "--json", stdin=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        for number in range(3):
            process.stdin.write(f"{number} + 1\n")
            process.stdin.flush()
            assert {"value": number + 1} == json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()  # type: ignore[union-attr]  # it is a pipe


SPAWN = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"


class Terminal:
    """A console at a pseudo-terminal, which a process in between holds."""

    def __init__(self, directory: Path, history: Path) -> None:
        settings = {
            "PYTHONPATH": str(ROOT),
            "DMAIL_CONSOLE_HISTORY": str(history),
            "TERM": "dumb",
            "INPUTRC": os.devnull,
        }
        command = [sys.executable, "-c", SPAWN, sys.executable, "-m", "declarative_mail", "console"]
        self.process = subprocess.Popen(
            command, cwd=directory, env=os.environ | settings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self.seen = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()

    def type(self, text: str) -> None:
        """Press keys."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(text.encode())

    def wait_for(self, text: str, *, seconds: float = 60) -> None:
        """Read until a text shows up; what was read before it does not count again."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + seconds
        while text not in self.seen:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError(f"{text!r} did not show up in {self.seen!r}")
            self.seen += self.process.stdout.read(4096).decode()
        self.seen = self.seen.partition(text)[2]

    def interrupt(self) -> None:
        """Press Ctrl-C until there is a new prompt.

        It throws away what was typed and not read yet. If a read had been promised just that, it waits for the next
        key, deaf to Ctrl-C: so one is pressed.
        """
        for _ in range(20):
            self.type("\x03")
            with suppress(TimeoutError):
                return self.wait_for("\n> ", seconds=2)
            self.type("x")
            with suppress(TimeoutError):
                self.wait_for("x", seconds=2)  # only what was read shows up: the next Ctrl-C takes nothing away
        raise AssertionError("nobody heard Ctrl-C")

    def end(self) -> int:
        """End it with Ctrl-D, as often as it takes, and give the exit code."""
        for _ in range(100):
            self.type("\x04")
            with suppress(subprocess.TimeoutExpired):
                return self.process.wait(timeout=0.5)
        raise AssertionError("it went on after the end of its input")


def test_at_a_terminal_it_prompts_completes_and_keeps_a_history(project: Project, tmp_path: Path) -> None:
    """An interrupt throws a line away; the next session knows the lines of this one; the file is the user's alone."""
    project.write('variable "region" {\n  default = "eu"\n}\n')
    history = tmp_path / "kept" / "history"
    with Terminal(project.path, history) as terminal:
        terminal.wait_for("> ")
        for keys, answer in (("1 + 41\n", "42"), ("var.reg\t\n", '"eu"'), ("[1,\n", ". "), ("2]\n", "  2,\r\n]")):
            terminal.type(keys)
            terminal.wait_for(answer)
            if answer != ". ":
                terminal.wait_for("\n> ")
        terminal.type("unfinished")
        terminal.interrupt()

        assert terminal.end() == 0
    assert history.stat().st_mode & 0o777 == 0o600
    assert "1 + 41" in history.read_text()

    with Terminal(project.path, history) as again:
        again.wait_for("> ")
        again.type("\x1b[A\x1b[A\x1b[A\x1b[A\n")
        again.wait_for("42")

        assert again.end() == 0
