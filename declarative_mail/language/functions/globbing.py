"""The patterns of ``fileset``: ``*``, ``?``, ``[a-z]``, ``{a,b}`` in a name, ``**`` for directories at any depth."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from declarative_mail.language.functions.model import CallContext, too_large

if TYPE_CHECKING:
    import re2

MAX_ENTRIES = 50_000
"""Directory entries that one search looks at: a link to a directory above could go on for ever."""

_SPECIAL = re.compile(r"[*?\[{\\]")
_CLASS = re.compile(r"\[(\^?)((?:\\.|[^\]\\])+)\]", re.DOTALL)
_RANGE = re.compile(r"(\\.|[^\\-])(?:-(\\.|[^\\-]))?", re.DOTALL)


class PatternSyntaxError(ValueError):
    """A pattern is none."""


def escape_pattern(path: str) -> str:
    """A pattern that matches this path alone."""
    return _SPECIAL.sub(lambda match: "\\" + match[0], path)


def find_files(pattern: str, context: CallContext) -> Iterator[str]:
    """The absolute paths of the regular files that an absolute pattern matches, in no order, some more than once.

    Raises:
        PatternSyntaxError: the pattern is none.
        FunctionError: the search has no end.
    """
    parts = [part for part in pattern.split("/") if part]
    matchers = [None if part == "**" else _compile(part) for part in parts]
    return _Search(context, parts, matchers).below("/", 0)


class _Search:
    def __init__(self, context: CallContext, parts: list[str], matchers: list[re2._Regexp[str] | None]) -> None:
        self._context = context
        self._parts = parts
        self._matchers = matchers
        self._seen = 0

    def below(self, directory: str, index: int) -> Iterator[str]:
        """What the parts from `index` on match in a directory."""
        if index == len(self._parts):
            if self._context.file_kind(directory) == "file":
                yield directory
            return
        part, matcher = self._parts[index], self._matchers[index]
        if matcher is None:
            yield from self._any_depth(directory, index)
        elif not _SPECIAL.search(part):
            path = posixpath.join(directory, part)
            if self._context.file_kind(path) != "absent":
                yield from self.below(path, index + 1)
        else:
            for name in self._names(directory):
                if matcher.fullmatch(name):
                    yield from self.below(posixpath.join(directory, name), index + 1)

    def _any_depth(self, directory: str, index: int) -> Iterator[str]:
        last = index + 1 == len(self._parts)
        if not last:
            yield from self.below(directory, index + 1)
        for name in self._names(directory):
            path = posixpath.join(directory, name)
            kind = self._context.file_kind(path)
            if kind == "directory":
                yield from self._any_depth(path, index)
            elif last and kind == "file":
                yield path

    def _names(self, directory: str) -> list[str]:
        try:
            names = list(self._context.list_directory(directory))
        except OSError:
            return []
        self._seen += len(names)
        if self._seen > MAX_ENTRIES:
            raise too_large(self._seen, MAX_ENTRIES, "directory entries to look at")
        return names


def _compile(part: str) -> re2._Regexp[str]:
    import re2

    options = re2.Options()
    options.log_errors = False
    options.dot_nl = True
    try:
        return re2.compile(_translate(part), options)
    except re2.error as error:
        raise PatternSyntaxError(part) from error


def _translate(part: str) -> str:
    translated = ""
    position = 0
    while position < len(part):
        character = part[position]
        if character == "\\":
            if position + 1 == len(part):
                raise PatternSyntaxError(part)
            translated += re.escape(part[position + 1])
            position += 2
        elif character == "[":
            text, position = _translate_class(part, position)
            translated += text
        elif character == "{":
            text, position = _translate_alternatives(part, position)
            translated += text
        else:
            translated += {"*": ".*", "?": "."}.get(character, re.escape(character))
            position += 1
    return translated


def _translate_class(part: str, position: int) -> tuple[str, int]:
    match = _CLASS.match(part, position)
    if match is None:
        raise PatternSyntaxError(part)
    ranges = list(_RANGE.finditer(match[2]))
    if sum(len(one[0]) for one in ranges) != len(match[2]):
        raise PatternSyntaxError(part)
    inside = "".join("-".join(_class_member(bound) for bound in one.groups() if bound) for one in ranges)
    return f"[{match[1]}{inside}]", match.end()


def _class_member(member: str) -> str:
    return rf"\x{{{ord(member[-1]):x}}}"


def _translate_alternatives(part: str, position: int) -> tuple[str, int]:
    match = re.compile(r"\{((?:\\.|[^}\\])*)\}", re.DOTALL).match(part, position)
    if match is None:
        raise PatternSyntaxError(part)
    options = re.findall(r"(?:\\.|[^,\\])+|(?<=,)(?=,|$)|^(?=,|$)", match[1])
    return f"(?:{'|'.join(map(_translate, options))})", match.end()
