"""format formatlist: text from a format string with verbs, and all that a verb can say of width, precision and sign."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from msgspec import Struct

from declarative_mail.diagnostics.codes.functions import RESULT_TOO_LARGE
from declarative_mail.language.convert import ConversionError, convert
from declarative_mail.language.functions.arguments import big_whole_number, elements, is_sequence
from declarative_mail.language.functions.graphemes import cluster_count, clusters
from declarative_mail.language.functions.json_text import encode_json, json_string
from declarative_mail.language.functions.model import MAX_TEXT, Function, FunctionError, Parameter, too_large
from declarative_mail.language.functions.number_format import DEFAULT_PRECISION, fixed, general, scientific
from declarative_mail.language.numeric import INFINITY, Number, number_text
from declarative_mail.language.sets import quoted
from declarative_mail.language.types import BOOL, DYNAMIC, NUMBER, STRING, ListType, Type
from declarative_mail.language.values import ListValue, SetValue, Unknown, Value, is_known, is_null, is_wholly_known

MAX_WIDTH = 1_000_000
"""The largest width and precision, as for Go's numbers."""

_VERB = re.compile(
    r"%(?:(?P<percent>%)|(?P<flags>[ #+\-0]*)(?P<width>[1-9][0-9]*)?(?P<point>\.(?P<precision>[0-9]*))?"
    r"(?:\[(?P<index>[1-9][0-9]*)\])?(?P<mode>[A-Za-z]))"
)
_BEGINNING = re.compile(r"%[ #+\-0]*(?:[1-9][0-9]*)?(?:\.[0-9]*)?(?:\[(?:[1-9][0-9]*\]?)?)?")
_BASES = {"b": ("b", "0b"), "d": ("d", ""), "o": ("o", "0"), "x": ("x", "0x"), "X": ("X", "0X")}


class Verb(Struct, frozen=True):
    """One formatting sequence.

    Args:
        text: as it is written, for messages.
        offset: where it stands, in bytes.
        mode: the letter.
        flags: those of ``space # + - 0`` that are set.
        width: the least number of characters, None for any.
        precision: None where none is given.
    """

    text: str
    offset: int
    mode: str
    flags: frozenset[str]
    width: int | None
    precision: int | None

    def fault(self, what: str) -> FunctionError:
        """The fault of a value that this verb cannot show."""
        return FunctionError(None, f"unsupported value for {quoted(self.text)} at {self.offset}: {what}")


def format_text(template: str, arguments: Sequence[Value]) -> str:
    """The template with its verbs filled in.

    Raises:
        FunctionError: the template is wrong, or does not fit the arguments.
    """
    parts: list[str] = []
    end = size = 0
    following = highest = 1
    while (match := _next_verb(template, end)) is not None:
        parts.append(template[end : match.start()])
        end = match.end()
        if match["percent"]:
            parts.append("%")
            continue
        verb = _verb(template, match)
        number = int(match["index"]) if match["index"] else following
        following, highest = number + 1, max(highest, number + 1)
        parts.append(_formatted(verb, number, arguments))
        size += len(parts[-1])
        if size > MAX_TEXT:
            raise too_large(size, MAX_TEXT, "characters")
    _check_used(arguments, highest - 1)
    return "".join([*parts, template[end:]])


def _next_verb(template: str, start: int) -> re.Match[str] | None:
    position = template.find("%", start)
    if position < 0:
        return None
    match = _VERB.match(template, position)
    if match is None:
        raise _syntax_error(template, position)
    return match


def _syntax_error(template: str, position: int) -> FunctionError:
    beginning = _BEGINNING.match(template, position)
    end = beginning.end() if beginning else position
    offset = _offset(template, end)
    if end == len(template):
        return FunctionError(None, f"invalid format string starting at offset {offset}")
    return FunctionError(None, f"unrecognized format character '{template[end]}' at offset {offset}")


def _offset(template: str, position: int) -> int:
    return len(template[:position].encode())


def _verb(template: str, match: re.Match[str]) -> Verb:
    width, precision = match["width"], match["precision"]
    if (
        max(len(width or ""), len(precision or "")) > len(str(MAX_WIDTH))
        or max(int(width or 0), int(precision or 0)) > MAX_WIDTH
    ):
        raise FunctionError(None, f"the width or precision of {quoted(match[0])} is more than {MAX_WIDTH}")
    return Verb(
        text=match[0],
        offset=_offset(template, match.start()),
        mode=match["mode"],
        flags=frozenset(match["flags"]),
        width=int(width) if width else None,
        precision=int(precision or 0) if match["point"] else None,
    )


def _check_used(arguments: Sequence[Value], used: int) -> None:
    if used >= len(arguments):
        return
    only = f"only {used} used by format string" if used else "no verbs in format string"
    raise FunctionError(used + 1, f"too many arguments; {only}")


def _formatted(verb: Verb, number: int, arguments: Sequence[Value]) -> str:
    if number > len(arguments):
        message = f"need index {number} but have {len(arguments)} total"
        raise FunctionError(None, f"not enough arguments for {quoted(verb.text)} at {verb.offset}: {message}")
    value = arguments[number - 1]
    if verb.mode != "v" and is_null(value):
        raise verb.fault("null value cannot be formatted")
    show = _MODES.get(verb.mode)
    if show is None:
        where = f"{quoted(verb.text)} at offset {verb.offset}"
        raise FunctionError(None, f"unsupported format verb '{verb.mode}' in {where}")
    return show(verb, value)


def _as_is(verb: Verb, value: Value) -> str:
    if "#" not in verb.flags:
        if isinstance(value, str):
            return _padded(verb, value)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return _padded(verb, number_text(value) if abs(value) == INFINITY else general(value))
    return _padded(verb, encode_json(value))


def _bool(verb: Verb, value: Value) -> str:
    return "true" if _converted(verb, value, BOOL) else "false"


def _text(verb: Verb, value: Value) -> str:
    text = str(_converted(verb, value, STRING))
    if verb.precision:
        text = "".join(clusters(text)[: verb.precision])
    return _padded(verb, json_string(text) if verb.mode == "q" else text)


def _number(verb: Verb, value: Value) -> Number:
    number = _converted(verb, value, NUMBER)
    if not isinstance(number, int | Decimal):
        raise verb.fault("a number is required")
    return number


def _converted(verb: Verb, value: Value, type_: Type) -> Value:
    try:
        return convert(value, type_)
    except ConversionError as error:
        raise verb.fault(str(error)) from None


def _padded(verb: Verb, text: str) -> str:
    if verb.width is None:
        return text
    padding = ("0" if "0" in verb.flags else " ") * (verb.width - cluster_count(text))
    return text + padding if "-" in verb.flags else padding + text


def _integer(verb: Verb, value: Value) -> str:
    whole = big_whole_number(_number(verb, value))
    if whole is None:
        raise verb.fault("an integer is required")
    letter, prefix = _BASES[verb.mode]
    digits = number_text(abs(whole)) if letter == "d" else format(abs(whole), letter)
    if verb.precision is not None:
        digits = "" if verb.precision == 0 and not whole else digits.rjust(verb.precision, "0")
    head = _sign(verb, negative=whole < 0) + (prefix if "#" in verb.flags else "")
    if "0" in verb.flags and "-" not in verb.flags and verb.precision is None:
        return head + digits.rjust((verb.width or 0) - len(head), "0")
    return _aligned(verb, head + digits)


def _float(verb: Verb, value: Value) -> str:
    number = _number(verb, value)
    if abs(number) == INFINITY:
        return _aligned(verb, number_text(number))
    text = _FLOATS[verb.mode.lower()](number, verb.precision)
    digits = text.upper() if verb.mode.isupper() else text
    head = _sign(verb, negative=digits.startswith("-"))
    digits = digits.removeprefix("-")
    if "0" in verb.flags:
        return head + digits.rjust((verb.width or 0) - len(head), "0")
    return _aligned(verb, head + digits)


def _sign(verb: Verb, *, negative: bool) -> str:
    if negative:
        return "-"
    return "+" if "+" in verb.flags else " " if " " in verb.flags else ""


def _aligned(verb: Verb, text: str) -> str:
    width = verb.width or 0
    return text.ljust(width) if "-" in verb.flags else text.rjust(width)


def _precise(write: Callable[[Number, int], str]) -> Callable[[Number, int | None], str]:
    return lambda value, precision: write(value, DEFAULT_PRECISION if precision is None else precision)


_FLOATS: dict[str, Callable[[Number, int | None], str]] = {
    "e": _precise(scientific),
    "f": _precise(fixed),
    "g": general,
}
_MODES: dict[str, Callable[[Verb, Value], str]] = {
    "v": _as_is,
    "t": _bool,
    **dict.fromkeys("bdoxX", _integer),
    **dict.fromkeys("eEfgG", _float),
    **dict.fromkeys("sq", _text),
}


def format_one(template: str, *args: Value) -> Value:
    """The format string with its verbs filled in."""
    if not all(map(is_wholly_known, args)):
        return Unknown(STRING)
    return format_text(template, args)


def format_list(template: str, *args: Value) -> Value:
    """One string for each element of the lists among the arguments, which have the same length."""
    length = _common_length(args)
    if not all(is_known(one) for one in args):
        return Unknown(ListType(STRING))
    sequences = [elements(one) if is_sequence(one) else None for one in args]
    results: list[Value] = []
    size = 0
    for index in range(1 if length is None else length):
        row = [one if items is None else items[index] for one, items in zip(args, sequences, strict=True)]
        results.append(_row(template, row, index))
        size += len(results[-1]) if isinstance(results[-1], str) else 0
        if size > MAX_TEXT:
            raise too_large(size, MAX_TEXT, "characters")
    return ListValue(tuple(results), STRING)


def _common_length(args: Sequence[Value]) -> int | None:
    chooser = length = None
    for index, one in enumerate(args):
        if not is_sequence(one) or (isinstance(one, SetValue) and not is_wholly_known(one)):
            continue
        here = len(elements(one))
        if length is not None and here != length:
            other = f"argument {chooser} of length {length}"
            raise FunctionError(
                index + 1, f"argument {index + 1} has length {here}, which is inconsistent with {other}"
            )
        if length is None:
            chooser, length = index + 1, here
    return length


def _row(template: str, row: Sequence[Value], index: int) -> Value:
    if not all(map(is_wholly_known, row)):
        return Unknown(STRING, not_null=True)
    try:
        return format_text(template, row)
    except FunctionError as error:
        code = RESULT_TOO_LARGE if error.code == RESULT_TOO_LARGE else None
        raise FunctionError(None, f"error on format iteration {index}: {error.message}", code=code) from None


_PARAMETERS = (Parameter("format", STRING),)
_ARGS = Parameter("args", DYNAMIC, allow_null=True, allow_unknown=True)

FUNCTIONS = (
    Function(
        name="format",
        parameters=_PARAMETERS,
        variadic=_ARGS,
        returns=STRING,
        category="string",
        help="A format string with its verbs (%s, %d, %q, …) replaced by values.",
        example='format("Hello, %s! You have %d messages.", "Ada", 3)',
        impl=format_one,
    ),
    Function(
        name="formatlist",
        parameters=_PARAMETERS,
        variadic=_ARGS,
        returns=ListType(STRING),
        category="string",
        help="A list of strings: the format string for each element of the given lists.",
        example='formatlist("%s <%s>", ["Ada", "Grace"], ["ada@example.com", "grace@example.com"])',
        impl=format_list,
    ),
)
