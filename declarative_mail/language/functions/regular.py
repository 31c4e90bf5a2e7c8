"""regex regexall replace: regular expressions in RE2's syntax, which is Terraform's, matched in linear time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from declarative_mail.language.functions.arguments import null_of
from declarative_mail.language.functions.model import MAX_TEXT, Function, FunctionError, Parameter, too_large
from declarative_mail.language.types import DYNAMIC, STRING, ListType, TupleType, Type, object_type
from declarative_mail.language.values import ListValue, Unknown, Value

if TYPE_CHECKING:
    import re2

MAX_MATCHES = 2**17
"""Matches that one call looks at: each takes some microseconds."""

_FAULTS = (
    ("missing ): ", "missing closing )"),
    ("missing ]: ", "missing closing ]"),
    ("no argument for repetition operator: ", "missing argument to repetition operator"),
    ("bad repetition operator: ", "invalid nested repetition operator"),
    ("invalid repetition size: ", "invalid repeat count"),
    ("invalid perl operator: ", "invalid or unsupported Perl syntax"),
    ("invalid named capture group: ", "invalid named capture"),
    ("trailing \\", "trailing backslash at end of expression"),
)
"""How RE2's messages begin, and what Terraform calls the same fault."""

_TOKENS = re.compile(
    r"""
      \\Q .*? (?: \\E | \Z )                              # quoted text
    | (?P<escape> \\ . )
    | \[ \^? \]? (?: \\. | \[:\^?\w+:\] | [^\]\\] )* \]   # a class of characters
    | \(\?P?< (?P<name> [^>]* ) >
    | (?P<group> \( (?!\?) )
    """,
    re.DOTALL | re.VERBOSE,
)
_INSIDE = frozenset(bytes([byte]) for byte in range(0x80, 0xC0))
"""The bytes of a character in UTF-8 but its first."""
_REFERENCE = re.compile(r"\$(?:\$|(?P<plain>\w+)|\{(?P<braced>\w+)\})?")
_GROUP_NUMBER = re.compile(r"0|[1-9][0-9]{0,7}", re.ASCII)


class Pattern(Struct, frozen=True):
    """A compiled expression and the names of its groups, an empty one for each group without."""

    compiled: re2._Regexp[bytes]
    names: tuple[str, ...]

    @property
    def result(self) -> Type:
        """What a match gives: the text, a tuple of the groups, or an object of the named ones."""
        if not self.names:
            return STRING
        if not any(self.names):
            return TupleType((STRING,) * len(self.names))
        return object_type(dict.fromkeys(self.names, STRING))

    def value(self, match: re2._Match[bytes]) -> Value:
        """What one match gives."""
        if not self.names:
            return str(match.group().decode())
        groups = tuple([null_of(STRING) if group is None else group.decode() for group in match.groups()])
        if not any(self.names):
            return groups
        return dict(sorted(zip(self.names, groups, strict=True)))

    def matches(self, text: bytes) -> Iterator[re2._Match[bytes]]:
        """All matches in a text in UTF-8 that do not overlap.

        An empty one is none right behind another match, and inside a character.

        Raises:
            FunctionError: there are too many.
        """
        behind = -1
        for count, match in enumerate(self.compiled.finditer(text)):
            if count > MAX_MATCHES:
                raise too_large(count, MAX_MATCHES, "matches")
            start, end = match.span()
            if start == end and (end == behind or text[end : end + 1] in _INSIDE):
                continue
            behind = end
            yield match


class PatternError(Exception):
    """A regular expression is wrong: what, and where."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(what, where)
        self.what, self.where = what, where


def compile_pattern(text: str) -> Pattern:
    """Compile a regular expression.

    Raises:
        PatternError: it is none.
    """
    import re2

    options = re2.Options()
    options.log_errors = False
    names = tuple(_group_names(text))
    try:
        return Pattern(re2.compile(text, options), names)
    except re2.error as error:
        raise _pattern_error(error.args[0]) from None


def _group_names(text: str) -> Iterator[str]:
    for token in _TOKENS.finditer(text):
        if token["escape"] == r"\C":
            raise PatternError("invalid escape sequence", r"\C")
        if token["name"] is not None:
            if not token["name"].isascii():
                raise PatternError("invalid named capture", token[0])
            yield token["name"]
        elif token["group"]:
            yield ""


def _pattern_error(message: str | bytes) -> PatternError:
    text = message if isinstance(message, str) else message.decode(errors="replace")
    for beginning, what in _FAULTS:
        if text.startswith(beginning):
            return PatternError(what, text.removeprefix(beginning))
    what, _, where = text.partition(": ")
    return PatternError(what, where)


def _checked(text: str) -> Pattern:
    try:
        pattern = compile_pattern(text)
    except PatternError as error:
        raise FunctionError(0, f"invalid regexp pattern: {error.what} in {error.where}") from None
    if any(pattern.names) and not all(pattern.names):
        raise FunctionError(0, "invalid regexp pattern: cannot mix both named and unnamed capture groups")
    return pattern


def _match_type(pattern: str | Unknown, _string: Value) -> Type:
    return DYNAMIC if isinstance(pattern, Unknown) else _checked(pattern).result


def _matches_type(pattern: str | Unknown, string: Value) -> Type:
    return ListType(_match_type(pattern, string))


def first_match(pattern: str, string: str) -> Value:
    """What the first match gives."""
    checked = _checked(pattern)
    match = next(checked.matches(string.encode()), None)
    if match is None:
        raise FunctionError(None, "pattern did not match any part of the given string", safe=True)
    return checked.value(match)


def all_matches(pattern: str, string: str) -> Value:
    """What each match gives, in order."""
    checked = _checked(pattern)
    return ListValue(tuple([checked.value(match) for match in checked.matches(string.encode())]), checked.result)


def replace(text: str, substr: str, replace: str) -> Value:
    """The string with each occurrence replaced; between slashes the substring is a regular expression."""
    if len(substr) > 1 and substr[0] == substr[-1] == "/":
        return _replace_matches(text, substr[1:-1], replace)
    count = text.count(substr) if substr else len(text) + 1
    size = len(text) + count * (len(replace) - len(substr))
    if size > MAX_TEXT:
        raise too_large(size, MAX_TEXT, "characters")
    return text.replace(substr, replace)


def _replace_matches(text: str, expression: str, template: str) -> str:
    try:
        pattern = compile_pattern(expression)
    except PatternError as error:
        raise FunctionError(None, f"error parsing regexp: {error.what}: `{error.where}`") from None
    data = text.encode()
    pieces = _pieces(template, pattern.names)
    parts: list[bytes] = []
    size, end = len(data), 0
    for match in pattern.matches(data):
        new = b"".join([one if isinstance(one, bytes) else _group(match, one) for one in pieces])
        parts += [data[end : match.start()], new]
        end = match.end()
        size += len(new)
        if size > MAX_TEXT:
            raise too_large(size, MAX_TEXT, "characters")
    return b"".join([*parts, data[end:]]).decode()


def _pieces(template: str, names: tuple[str, ...]) -> list[bytes | tuple[int, ...]]:
    """The template as text and, for ``$1``, ``$name`` and ``${name}``, the numbers of the groups that are meant.

    A name takes all letters, digits and underscores behind the dollar sign.
    """
    pieces: list[bytes | tuple[int, ...]] = []
    end = 0
    for reference in _REFERENCE.finditer(template):
        pieces.append(template[end : reference.start()].encode())
        end = reference.end()
        name = reference["plain"] or reference["braced"]
        if name is None:
            pieces.append(b"$")
        elif _GROUP_NUMBER.fullmatch(name):
            pieces.append((int(name),) if int(name) <= len(names) else ())
        else:
            pieces.append(tuple([number for number, one in enumerate(names, 1) if one == name]))
    return [*pieces, template[end:].encode()]


def _group(match: re2._Match[bytes], numbers: tuple[int, ...]) -> bytes:
    """The text of the first of these groups that took part in the match."""
    return next((found for number in numbers if (found := match.group(number)) is not None), b"")


_ARGUMENTS = (Parameter("pattern", STRING), Parameter("string", STRING))

FUNCTIONS = (
    Function(
        name="regex",
        parameters=_ARGUMENTS,
        returns=_match_type,
        category="string",
        help="The first match of a regular expression: a string, or its groups as a tuple or an object.",
        example='regex("[a-z]+", "53453453.345345aaabbbccc23454")',
        impl=first_match,
    ),
    Function(
        name="regexall",
        parameters=_ARGUMENTS,
        returns=_matches_type,
        category="string",
        help="All matches of a regular expression.",
        example='regexall("[a-z]+", "1234abcd5678efgh9")',
        impl=all_matches,
    ),
    Function(
        name="replace",
        parameters=(Parameter("str", STRING), Parameter("substr", STRING), Parameter("replace", STRING)),
        returns=STRING,
        category="string",
        help="A string with each occurrence of a substring, or of a /regular expression/, replaced.",
        example='replace("1 + 2 + 3", "+", "-")',
        impl=replace,
    ),
)
