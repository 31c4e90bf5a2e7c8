"""The sources of secrets: the environment, files, commands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from declarative_mail.diagnostics.codes.functions import SECRET_UNAVAILABLE
from declarative_mail.language.functions import secret_sources
from declarative_mail.language.functions.model import FunctionError
from declarative_mail.language.types import STRING
from declarative_mail.language.values import Marked, Null, Unknown, Value
from tests.language.functions.world import call, make_context
from tests.support.canary import secret_value, write_secret


def failure(name: str, *arguments: Value, **settings: Any) -> FunctionError:
    """The fault of a call that cannot be done."""
    with pytest.raises(FunctionError) as caught:
        call(name, *arguments, context=make_context(**settings))
    return caught.value


def test_env_gives_a_sensitive_value_and_its_source() -> None:
    """So that a saved plan can find it again."""
    context = make_context(variables={"TOKEN": secret_value()})

    assert Marked(secret_value(), sensitive=True, source="env:TOKEN") == call("env", "TOKEN", context=context)


def test_an_empty_variable_is_set() -> None:
    """Set to nothing is not the same as not set: the default is not taken."""
    context = make_context(variables={"TOKEN": ""})

    assert Marked("", sensitive=True, source="env:TOKEN") == call("env", "TOKEN", "default", context=context)


def test_the_default_is_taken_where_the_variable_is_not_set() -> None:
    """It is sensitive like any value of env, and may be null."""
    assert Marked("d", sensitive=True, source="env:TOKEN") == call("env", "TOKEN", "d")
    assert Marked(Null(STRING), sensitive=True, source="env:TOKEN") == call("env", "TOKEN", Null(STRING))


def test_a_variable_that_is_not_set_is_named() -> None:
    """With the code that says how to provide it."""
    error = failure("env", "TOKEN")

    assert error.code == SECRET_UNAVAILABLE
    assert error.message == 'the environment variable "TOKEN" is not set, and no default is given'


def test_env_takes_one_default() -> None:
    """Two are a slip."""
    assert failure("env", "A", "b", "c").message == "env() takes one or two arguments, got 3"


@pytest.mark.parametrize(
    ("name", "argument", "source"),
    [
        ("env", "TOKEN", "env:TOKEN"),
        ("secret_file", "/run/x", "file:/run/x"),
        ("secret_command", ("pass", "show"), "command:pass"),
    ],
)
def test_without_secrets_nothing_is_read(name: str, argument: Value, source: str) -> None:
    """validate, and plan for a fork's pull request: the value is unknown and names where it would come from."""

    def unexpected(*_: object) -> Any:
        raise AssertionError("read")

    context = make_context(without_secrets=True, environment=unexpected, read_file=unexpected, run_command=unexpected)
    result = call(name, argument, context=context)

    assert Marked(Unknown(STRING), sensitive=True, source=source) == result
    assert isinstance(result, Marked)
    assert isinstance(result.value, Unknown)
    assert source == result.value.path


@pytest.mark.parametrize("content", ["{}", "{}\n", "{}\r\n"])
def test_a_secret_file_loses_the_line_end_after_it(content: str, tmp_path: Path) -> None:
    """Editors and ``echo`` add one; the source is the path as it was written."""
    write_secret(tmp_path / "password", content.format(secret_value()))

    assert Marked(secret_value(), sensitive=True, source="file:password") == call(
        "secret_file", "password", context=make_context(tmp_path)
    )


def test_a_secret_file_keeps_blank_lines_inside(tmp_path: Path) -> None:
    """Only one line end goes: a key of several lines stays whole."""
    write_secret(tmp_path / "key", f"{secret_value()}\n\n")
    result = call("secret_file", "key", context=make_context(tmp_path))

    assert isinstance(result, Marked)
    assert f"{secret_value()}\n" == result.value


def test_a_missing_secret_file_is_named(tmp_path: Path) -> None:
    """With the reason of the operating system."""
    error = failure("secret_file", "nope", directory=tmp_path)

    assert (
        error.code,
        error.message,
    ) == (SECRET_UNAVAILABLE, 'the file "nope" cannot be read: no such file or directory')


def test_a_secret_file_is_text(tmp_path: Path) -> None:
    """What is no UTF-8 is refused, without its content."""
    (tmp_path / "x").write_bytes(b"\xff\xfe")

    assert failure("secret_file", "x", directory=tmp_path).message == 'the file "x" is not valid UTF-8'


def test_a_secret_file_of_absurd_size_is_refused(tmp_path: Path) -> None:
    """It is not the file that was meant."""
    (tmp_path / "x").write_bytes(b"x" * (secret_sources.MAX_SECRET + 1))

    assert "65537 bytes, more than the 65536" in failure("secret_file", "x", directory=tmp_path).message


def test_a_command_gives_its_output() -> None:
    """Without the line end; the source is the program's name alone, since arguments may say too much."""
    result = call("secret_command", (sys.executable, "-c", f"print({secret_value()!r})"))

    assert Marked(secret_value(), sensitive=True, source=f"command:{sys.executable}") == result


def test_a_command_is_run_without_a_shell() -> None:
    """Nothing in an argument is special."""
    result = call("secret_command", (sys.executable, "-c", "import sys; print(sys.argv[1])", "$(echo x); `y` *"))

    assert isinstance(result, Marked)
    assert result.value == "$(echo x); `y` *"


def test_a_command_that_fails_shows_nothing_of_what_it_said() -> None:
    """Neither output nor error stream may be in a message: they may hold the secret."""
    script = f"import sys; print({secret_value()!r}); sys.stderr.write({secret_value()!r}); sys.exit(3)"
    error = failure("secret_command", (sys.executable, "-c", script))

    assert error.code == SECRET_UNAVAILABLE
    assert f'the command "{sys.executable}" failed with status 3; run it by hand to see why' == error.message


def test_a_command_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is part of the message."""
    monkeypatch.setattr(secret_sources, "COMMAND_SECONDS", 0.2)
    error = failure("secret_command", (sys.executable, "-c", "import time; time.sleep(60)"))

    assert (error.code, "took longer than 0.2 seconds and was ended" in error.message) == (SECRET_UNAVAILABLE, True)


def test_a_program_that_does_not_exist_is_named() -> None:
    """With the reason of the operating system."""
    error = failure("secret_command", ("no-such-program-here",))

    assert error.message == 'the command "no-such-program-here" cannot be started: no such file or directory'


@pytest.mark.parametrize("command", [(), ("",)])
def test_a_command_needs_a_program(command: tuple[str, ...]) -> None:
    """An empty list is a slip."""
    assert failure("secret_command", command).message == "the name of a program is required as the first element"


def test_a_command_has_no_null_argument() -> None:
    """Leaving it out silently would run another command."""
    assert failure("secret_command", ("echo", None)).message == "an argument of the command is null"


def test_a_null_character_in_a_command_is_a_fault() -> None:
    """The operating system cannot pass it on."""
    assert "null character" in failure("secret_command", ("echo", "a\0b")).message


def test_a_command_of_unknown_parts_is_not_run() -> None:
    """Its output is unknown, too."""
    assert Unknown(STRING) == call("secret_command", ("echo", Unknown(STRING)))
