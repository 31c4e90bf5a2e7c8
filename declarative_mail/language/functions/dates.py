"""formatdate plantimestamp timeadd timecmp timestamp"""

from __future__ import annotations

import re
from collections.abc import Callable

from declarative_mail.language.functions.model import CallContext, Function, FunctionError, Parameter
from declarative_mail.language.functions.timestamps import (
    Timestamp,
    TimestampError,
    from_datetime,
    parse_duration,
    parse_timestamp,
)
from declarative_mail.language.types import NUMBER, STRING
from declarative_mail.language.values import Unknown, Value

MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split()  # noqa: SIM905

_TOKEN = re.compile(r"'(?:'|(?:[^']|'')*'?)|([A-Za-z])\1*|[^'A-Za-z]+", re.DOTALL)


def _clock_verb(part: int, *, twelve: bool = False) -> dict[int, Callable[[Timestamp], str]]:
    def value(moment: Timestamp) -> int:
        number = moment.clock[part]
        return (number - 1) % 12 + 1 if twelve else number

    return {1: lambda moment: str(value(moment)), 2: lambda moment: f"{value(moment):02d}"}


def _half_day(words: tuple[str, str]) -> dict[int, Callable[[Timestamp], str]]:
    return {2: lambda moment: words[moment.clock[0] // 12]}


_VERBS: dict[str, tuple[str, dict[int, Callable[[Timestamp], str]]]] = {
    "Y": (
        'year must either be "YY" or "YYYY"',
        {2: lambda moment: f"{moment.date[0] % 100:02d}", 4: lambda moment: f"{moment.date[0]:04d}"},
    ),
    "M": (
        'month must be "M", "MM", "MMM", or "MMMM"',
        {
            1: lambda moment: str(moment.date[1]),
            2: lambda moment: f"{moment.date[1]:02d}",
            3: lambda moment: MONTHS[moment.date[1] - 1][:3],
            4: lambda moment: MONTHS[moment.date[1] - 1],
        },
    ),
    "D": (
        'day of month must either be "D" or "DD"',
        {1: lambda moment: str(moment.date[2]), 2: lambda moment: f"{moment.date[2]:02d}"},
    ),
    "E": (
        'day of week must either be "EEE" or "EEEE"',
        {3: lambda moment: WEEKDAYS[moment.weekday][:3], 4: lambda moment: WEEKDAYS[moment.weekday]},
    ),
    "h": ('24-hour must either be "h" or "hh"', _clock_verb(0)),
    "H": ('12-hour must either be "H" or "HH"', _clock_verb(0, twelve=True)),
    "A": ('must be "AA"', _half_day(("AM", "PM"))),
    "a": ('must be "aa"', _half_day(("am", "pm"))),
    "m": ('minute must either be "m" or "mm"', _clock_verb(1)),
    "s": ('second must either be "s" or "ss"', _clock_verb(2)),
    "Z": (
        "timezone must be Z, ZZZ, ZZZZ, or ZZZZZ",
        {
            1: lambda moment: moment.zone(colon=":") if moment.offset else "Z",
            3: lambda moment: moment.zone() if moment.offset else "UTC",
            4: lambda moment: moment.zone(),
            5: lambda moment: moment.zone(colon=":"),
        },
    ),
}
"""What the letters of a date format stand for, by how often they are repeated, and what else to say of them."""


def format_date(template: str, time: str) -> Value:
    """The time in the form of the template; text between single quotes stands for itself."""
    try:
        moment = parse_timestamp(time)
    except TimestampError as error:
        raise FunctionError(1, str(error)) from None
    return "".join(_formatted(match[0], moment) for match in _TOKEN.finditer(template))


def _formatted(piece: str, moment: Timestamp) -> str:
    if piece.startswith("'"):
        if len(piece) == 1 or not piece.endswith("'"):
            raise FunctionError(0, "unterminated literal '")
        return "'" if piece == "''" else piece[1:-1].replace("''", "'")
    if not (piece[0].isascii() and piece[0].isalpha()):
        return piece
    rule, forms = _VERBS.get(piece[0], ("", {}))
    form = forms.get(len(piece))
    if form is None:
        raise FunctionError(0, f'invalid date format verb "{piece}"{rule and f": {rule}"}')
    return form(moment)


def time_add(timestamp: str, duration: str) -> Value:
    """The time so much later; fractions of a second are dropped."""
    try:
        return str(parse_timestamp(timestamp).plus(parse_duration(duration)))
    except TimestampError as error:
        raise FunctionError(None, str(error)) from None


def time_compare(timestamp_a: str, timestamp_b: str) -> Value:
    """-1, 0 or 1: whether the first time is before, at or after the second."""
    moments = []
    for position, text in enumerate((timestamp_a, timestamp_b)):
        try:
            moment = parse_timestamp(text, strict=False)
        except TimestampError as error:
            raise FunctionError(position, str(error)) from None
        moments.append((moment.seconds, moment.nanoseconds))
    return (moments[0] > moments[1]) - (moments[0] < moments[1])


def timestamp(*, context: CallContext) -> Value:
    """The time of the run, known only after apply."""
    return Unknown(STRING) if context.unknown_at_plan else str(from_datetime(context.now))


def plan_timestamp(*, context: CallContext) -> Value:
    """The time of the run, also while it plans."""
    return str(from_datetime(context.now))


FUNCTIONS = (
    Function(
        name="formatdate",
        parameters=(Parameter("format", STRING), Parameter("time", STRING)),
        returns=STRING,
        category="datetime",
        help="A timestamp in another form.",
        example='formatdate("DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z")',
        impl=format_date,
    ),
    Function(
        name="plantimestamp",
        returns=STRING,
        category="datetime",
        help="The time at which the plan is made.",
        example="plantimestamp()",
        impl=plan_timestamp,
        uses=("context",),
        may_be_null=True,
    ),
    Function(
        name="timeadd",
        parameters=(Parameter("timestamp", STRING), Parameter("duration", STRING)),
        returns=STRING,
        category="datetime",
        help="A timestamp moved by a duration.",
        example='timeadd("2017-11-22T00:00:00Z", "10m")',
        impl=time_add,
        may_be_null=True,
    ),
    Function(
        name="timecmp",
        parameters=(Parameter("timestamp_a", STRING), Parameter("timestamp_b", STRING)),
        returns=NUMBER,
        category="datetime",
        help="-1, 0 or 1: whether a timestamp is before, at or after another.",
        example='timecmp("2017-11-22T00:00:00Z", "2017-11-22T01:00:00Z")',
        impl=time_compare,
    ),
    Function(
        name="timestamp",
        returns=STRING,
        category="datetime",
        help="The current time; known only after apply.",
        example="timestamp()",
        impl=timestamp,
        uses=("context",),
    ),
)
