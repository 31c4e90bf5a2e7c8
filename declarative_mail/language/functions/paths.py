"""Paths in arguments: what they are relative to, the home directory, and reading the files that they name."""

from __future__ import annotations

import posixpath

from declarative_mail.language.functions.arguments import without_mark
from declarative_mail.language.functions.model import CallContext, FunctionError
from declarative_mail.language.marks import is_sensitive
from declarative_mail.language.sets import quoted
from declarative_mail.language.values import Value
from declarative_mail.secrets import PLACEHOLDER


def clean_path(path: str) -> str:
    """The shortest path that means the same, as far as can be told without looking."""
    cleaned = posixpath.normpath(path)
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def expand_home(path: str, context: CallContext) -> str:
    """The path with a leading ``~`` replaced.

    Raises:
        FunctionError: it is another user's home, or there is none.
    """
    if not path.startswith("~"):
        return path
    if path[1:2] not in ("", "/"):
        raise FunctionError(None, "cannot expand user-specific home dir")
    home = context.environment("HOME")
    if not home:
        raise FunctionError(None, "the environment variable HOME does not say where the home directory is")
    return posixpath.join(home, path[2:]) if path[2:] else home


def absolute_path(path: str, context: CallContext) -> str:
    """The path from the root; a relative one starts in the working directory."""
    return clean_path(posixpath.join(context.base_dir, path))


def file_path(path: str, context: CallContext) -> str:
    """The absolute path of a file to read.

    Raises:
        FunctionError: its ``~`` cannot be expanded.
    """
    try:
        return absolute_path(expand_home(path, context), context)
    except FunctionError as error:
        raise FunctionError(0, f"failed to expand ~: {error.message}") from None


def read_bytes(path: Value, context: CallContext) -> bytes:
    """The content of a file; `path` is the argument, with its marks for the message.

    Raises:
        FunctionError: it cannot be read.
    """
    name = without_mark(path)
    shown = PLACEHOLDER if is_sensitive(path) else quoted(str(name))
    try:
        return context.read_file(file_path(str(name), context))
    except FileNotFoundError:
        message = (
            f"no file exists at {shown}; this function works only with files that are distributed as part of the "
            "configuration, so if this file comes into being later, use an attribute of what makes it"
        )
        raise FunctionError(0, message) from None
    except OSError as error:
        raise FunctionError(0, f"failed to read file {shown}: {reason(error)}") from None


def reason(error: OSError) -> str:
    """What the operating system has against it, in small letters: ``is a directory``."""
    text = error.strerror or type(error).__name__
    return text[:1].lower() + text[1:]
