"""env secret_command secret_file: what they give is always sensitive, and says how it is found again."""

from __future__ import annotations

from typing import Never

from declarative_mail.diagnostics.codes.functions import SECRET_UNAVAILABLE
from declarative_mail.language.functions.arguments import elements
from declarative_mail.language.functions.model import CallContext, Function, FunctionError, Parameter
from declarative_mail.language.functions.paths import file_path, reason
from declarative_mail.language.sets import quoted
from declarative_mail.language.types import STRING, ListType
from declarative_mail.language.values import ListValue, Marked, Unknown, Value, is_null, is_wholly_known

COMMAND_SECONDS = 30.0
"""How long `secret_command` may take."""
MAX_SECRET = 64 * 1024
"""Bytes of a secret: more than any key or token has."""


def _unavailable(message: str) -> Never:
    raise FunctionError(None, message, code=SECRET_UNAVAILABLE)


def _secret(value: Value, source: str) -> Value:
    return Marked(value, sensitive=True, source=source)


def _not_read(source: str) -> Value:
    return _secret(Unknown(STRING, path=source, not_null=True), source)


def environment_variable(name: str, *default: Value, context: CallContext) -> Value:
    """The value of an environment variable, else the default."""
    if len(default) > 1:
        raise FunctionError(None, f"env() takes one or two arguments, got {1 + len(default)}")
    source = f"env:{name}"
    if context.without_secrets:
        return _not_read(source)
    value = context.environment(name)
    if value is not None:
        return _secret(value, source)
    if not default:
        _unavailable(f"the environment variable {quoted(name)} is not set, and no default is given")
    return _secret(default[0], source)


def secret_file(path: str, *, context: CallContext) -> Value:
    """The text of a file without the line end after it."""
    source = f"file:{path}"
    if context.without_secrets:
        return _not_read(source)
    try:
        data = context.read_file(file_path(path, context))
    except OSError as error:
        _unavailable(f"the file {quoted(path)} cannot be read: {reason(error)}")
    return _secret(_text(data, f"the file {quoted(path)}"), source)


def secret_command(command: ListValue, *, context: CallContext) -> Value:
    """What a program writes to standard output, without the line end after it."""
    if not is_wholly_known(command):
        return Unknown(STRING)
    arguments = [word for word in elements(command) if isinstance(word, str)]
    if any(map(is_null, elements(command))):
        raise FunctionError(0, "an argument of the command is null")
    if not arguments or not arguments[0]:
        raise FunctionError(0, "the name of a program is required as the first element")
    source = f"command:{arguments[0]}"
    if context.without_secrets:
        return _not_read(source)
    return _secret(_text(_run(arguments, context), f"the output of {quoted(arguments[0])}"), source)


def _run(arguments: list[str], context: CallContext) -> bytes:
    """The output of the command. What it writes to standard error may hold secrets and is not shown."""
    program = quoted(arguments[0])
    try:
        done = context.run_command(arguments, COMMAND_SECONDS)
    except TimeoutError:
        _unavailable(f"the command {program} took longer than {COMMAND_SECONDS:g} seconds and was ended")
    except OSError as error:
        _unavailable(f"the command {program} cannot be started: {reason(error)}")
    except ValueError:
        raise FunctionError(0, "an argument of the command holds a null character") from None
    if done.status:
        _unavailable(f"the command {program} failed with status {done.status}; run it by hand to see why")
    return done.output


def _text(data: bytes, what: str) -> str:
    if len(data) > MAX_SECRET:
        _unavailable(f"{what} has {len(data)} bytes, more than the {MAX_SECRET} that a secret may have")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        _unavailable(f"{what} is not valid UTF-8")
    return text.removesuffix("\n").removesuffix("\r")


FUNCTIONS = (
    Function(
        name="env",
        parameters=(Parameter("name", STRING),),
        variadic=Parameter("default", STRING, allow_null=True),
        returns=STRING,
        category="secret",
        help="The value of an environment variable; always sensitive.",
        example='env("SMTP_PASSWORD")',
        impl=environment_variable,
        uses=("context",),
        may_be_null=True,
        reads_files=True,
    ),
    Function(
        name="secret_command",
        parameters=(Parameter("command", ListType(STRING)),),
        returns=STRING,
        category="secret",
        help="What a program prints, run without a shell; always sensitive.",
        example='secret_command(["pass", "show", "smtp/prod"])',
        impl=secret_command,
        uses=("context",),
        reads_files=True,
    ),
    Function(
        name="secret_file",
        parameters=(Parameter("path", STRING),),
        returns=STRING,
        category="secret",
        help="The text of a file without its last line end; always sensitive.",
        example='secret_file("/run/secrets/smtp_password")',
        impl=secret_file,
        uses=("context",),
        reads_files=True,
    ),
)
