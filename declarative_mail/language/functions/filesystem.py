"""abspath basename dirname file filebase64 fileexists fileset pathexpand"""

from __future__ import annotations

import posixpath

from declarative_mail.language.functions.arguments import shown
from declarative_mail.language.functions.encoding import encoded_base64
from declarative_mail.language.functions.globbing import PatternSyntaxError, escape_pattern, find_files
from declarative_mail.language.functions.model import CallContext, Function, FunctionError, Parameter
from declarative_mail.language.functions.paths import (
    absolute_path,
    clean_path,
    expand_home,
    file_path,
    read_bytes,
    reason,
)
from declarative_mail.language.marks import unmark, with_marks
from declarative_mail.language.sets import make_set
from declarative_mail.language.types import BOOL, STRING, SetType
from declarative_mail.language.values import Unknown, Value

_FILE_KINDS = {"directory": "a directory, not a file", "other": "not a regular file"}


def read_text(path: Value, context: CallContext) -> str:
    """The content of a text file.

    Args:
        path: a known string, marked or not.
        context: gives the file.

    Raises:
        FunctionError: it cannot be read, or is no UTF-8.
    """
    try:
        return read_bytes(path, context).decode()
    except UnicodeDecodeError:
        message = (
            f"contents of {shown(path)} are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded "
            "contents or the other file functions (e.g. filemd5, filesha256) to obtain file hashing results instead"
        )
        raise FunctionError(None, message) from None


def file(path: Value, *, context: CallContext) -> Value:
    """The content of a text file."""
    bare, marks = unmark(path)
    return with_marks(read_text(path, context) if isinstance(bare, str) else Unknown(STRING, not_null=True), marks)


def file_base64(path: Value, *, context: CallContext) -> Value:
    """The content of any file, in Base64."""
    bare, marks = unmark(path)
    if not isinstance(bare, str):
        return with_marks(Unknown(STRING, not_null=True), marks)
    return with_marks(encoded_base64(read_bytes(path, context)), marks)


def file_exists(path: Value, *, context: CallContext) -> Value:
    """Whether there is a regular file at a path; anything else there is a fault."""
    bare, marks = unmark(path)
    if not isinstance(bare, str):
        return with_marks(Unknown(BOOL, not_null=True), marks)
    try:
        kind = context.file_kind(file_path(bare, context))
    except OSError as error:
        raise FunctionError(None, f"failed to stat {shown(path)}: {reason(error)}") from None
    if kind in _FILE_KINDS:
        raise FunctionError(None, f"{shown(path)} is {_FILE_KINDS[kind]}")
    return with_marks(kind == "file", marks)


def file_set(path: Value, pattern: Value, *, context: CallContext) -> Value:
    """The files below a directory that match a pattern, relative to it."""
    (directory, path_marks), (wanted, pattern_marks) = unmark(path), unmark(pattern)
    marks = path_marks + pattern_marks
    if not isinstance(directory, str) or not isinstance(wanted, str):
        return with_marks(Unknown(SetType(STRING), not_null=True), marks)
    root = absolute_path(directory, context)
    full = clean_path(posixpath.join(escape_pattern(root), wanted.lstrip("/")))
    try:
        found = [posixpath.relpath(one, root) for one in find_files(full, context)]
    except PatternSyntaxError:
        raise FunctionError(None, f"failed to glob pattern {shown(pattern)}: syntax error in pattern") from None
    return with_marks(make_set(found, STRING), marks)


def absolute(path: str, *, context: CallContext) -> Value:
    """The path from the root."""
    return absolute_path(path, context)


def base_name(path: str) -> Value:
    """The last part of a path."""
    if not path:
        return "."
    return posixpath.basename(path.rstrip("/")) or "/"


def directory_name(path: str) -> Value:
    """A path without its last part."""
    return clean_path(posixpath.split(path)[0] or ".")


def path_expand(path: str, *, context: CallContext) -> Value:
    """The path with a leading ``~`` replaced by the home directory."""
    return expand_home(path, context)


_PATH = (Parameter("path", STRING),)
_FILE = (Parameter("path", STRING, allow_unknown=True, allow_marked=True),)

FUNCTIONS = (
    Function(
        name="abspath",
        parameters=_PATH,
        returns=STRING,
        category="filesystem",
        help="A path from the root; a relative one is taken from the working directory.",
        example='abspath("teams.csv")',
        impl=absolute,
        uses=("context",),
    ),
    Function(
        name="basename",
        parameters=_PATH,
        returns=STRING,
        category="filesystem",
        help="The last part of a path.",
        example='basename("foo/bar/baz.txt")',
        impl=base_name,
    ),
    Function(
        name="dirname",
        parameters=_PATH,
        returns=STRING,
        category="filesystem",
        help="A path without its last part.",
        example='dirname("foo/bar/baz.txt")',
        impl=directory_name,
    ),
    Function(
        name="file",
        parameters=_FILE,
        returns=STRING,
        category="filesystem",
        help="The content of a text file.",
        example='file("body.txt")',
        impl=file,
        uses=("context",),
        reads_files=True,
    ),
    Function(
        name="filebase64",
        parameters=_FILE,
        returns=STRING,
        category="filesystem",
        help="The content of any file, in Base64.",
        example='filebase64("logo.png")',
        impl=file_base64,
        uses=("context",),
        reads_files=True,
    ),
    Function(
        name="fileexists",
        parameters=_FILE,
        returns=BOOL,
        category="filesystem",
        help="Whether there is a file at a path.",
        example='fileexists("body.txt")',
        impl=file_exists,
        uses=("context",),
        reads_files=True,
    ),
    Function(
        name="fileset",
        parameters=(*_FILE, Parameter("pattern", STRING, allow_unknown=True, allow_marked=True)),
        returns=SetType(STRING),
        category="filesystem",
        help="The files below a directory that match a pattern.",
        example='fileset("templates", "**/*.html")',
        impl=file_set,
        uses=("context",),
        reads_files=True,
    ),
    Function(
        name="pathexpand",
        parameters=_PATH,
        returns=STRING,
        category="filesystem",
        help="A path with a leading ~ replaced by the home directory.",
        example='pathexpand("~/.netrc")',
        impl=path_expand,
        uses=("context",),
    ),
)
