"""Points in time as RFC 3339 writes them, in any year, and durations. Dates are counted in days from 1970."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Never

from msgspec import Struct

from declarative_mail.records import replace

SECOND = 10**9
"""Nanoseconds."""
LONGEST = 2**63
"""Durations are shorter than this many nanoseconds: 292 years."""

_UNITS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": SECOND,
    "m": 60 * SECOND,
    "h": 3600 * SECOND,
}
_TERM = re.compile(r"([0-9]*)(?:(\.)([0-9]*))?([^0-9.]*)", re.ASCII)
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class TimestampError(ValueError):
    """A text is no point in time or no duration; the argument says why."""


class Timestamp(Struct, frozen=True):
    """A point in time and the offset in which it is shown.

    Args:
        seconds: since 1970 in UTC.
        nanoseconds: beyond the seconds.
        offset: seconds east of UTC.
    """

    seconds: int
    nanoseconds: int
    offset: int

    @property
    def date(self) -> tuple[int, int, int]:
        """Year, month and day where it is shown."""
        return _civil((self.seconds + self.offset) // 86400)

    @property
    def clock(self) -> tuple[int, int, int]:
        """Hour, minute and second where it is shown."""
        rest = (self.seconds + self.offset) % 86400
        return rest // 3600, rest // 60 % 60, rest % 60

    @property
    def weekday(self) -> int:
        """0 for Sunday to 6 for Saturday."""
        return ((self.seconds + self.offset) // 86400 + 4) % 7

    def zone(self, *, colon: str = "") -> str:
        """The offset: ``+0530``."""
        sign = "-" if self.offset < 0 else "+"
        minutes = abs(self.offset) // 60
        return f"{sign}{minutes // 60:02d}{colon}{minutes % 60:02d}"

    def plus(self, nanoseconds: int) -> Timestamp:
        """So much later, or earlier."""
        total = self.seconds * SECOND + self.nanoseconds + nanoseconds
        return replace(self, seconds=total // SECOND, nanoseconds=total % SECOND)

    def __str__(self) -> str:
        year, month, day = self.date
        hour, minute, second = self.clock
        zone = self.zone(colon=":") if self.offset else "Z"
        years = f"-{-year:04d}" if year < 0 else f"{year:04d}"
        return f"{years}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{zone}"


def from_datetime(moment: datetime) -> Timestamp:
    """The whole second of a time with a zone, shown in UTC."""
    return Timestamp(int(moment.timestamp()), 0, 0)


def _civil(days: int) -> tuple[int, int, int]:
    """The date so many days after 1970-01-01, in eras of 400 years that begin in March, so that leap days come last."""
    era, day = divmod(days + 719468, 146097)
    year = (day - day // 1460 + day // 36524 - day // 146096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    day = day - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return year + era * 400 + (month <= 2), month, day


def _days(year: int, month: int, day: int) -> int:
    """The inverse of `_civil`."""
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719468


def _days_in(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else _DAYS[month - 1]


class _Scanner(Struct):
    """Takes a timestamp apart from left to right, and says what it met instead of what it wanted."""

    rest: str

    def number(self, what: str, digits: int, bounds: tuple[int, int], *, loose: bool = False) -> int:
        match = re.match(rf"[0-9]{{{1 if loose else digits},{digits}}}", self.rest, re.ASCII)
        if match is None:
            self.fail(what)
        low, high = bounds
        value = int(match[0])
        if not low <= value <= high:
            raise TimestampError(f"{what} must be between {low} and {high} inclusive, not {match[0]}")
        self.rest = self.rest[match.end() :]
        return value

    def literal(self, character: str) -> None:
        if not self.rest.startswith(character):
            if character == "T":
                raise TimestampError("missing required time introducer 'T'")
            if not self.rest:
                raise TimestampError(f'end of string where "{character}" is expected')
            raise TimestampError(f'found "{self.rest}" where "{character}" is expected')
        self.rest = self.rest[1:]

    def fraction(self, marks: str) -> int:
        match = re.match(rf"[{marks}]([0-9]+)", self.rest, re.ASCII)
        if match is None:
            return 0
        self.rest = self.rest[match.end() :]
        return int(match[1][:9].ljust(9, "0"))

    def offset(self) -> int:
        if self.rest.startswith("Z"):
            self.rest = self.rest[1:]
            return 0
        match = re.match(r"([+-])([0-9]{2}):([0-9]{2})", self.rest, re.ASCII)
        if match is None or int(match[2]) > 23 or int(match[3]) > 59:
            self.fail("UTC offset")
        self.rest = self.rest[match.end() :]
        seconds = (int(match[2]) * 60 + int(match[3])) * 60
        return -seconds if match[1] == "-" else seconds

    def fail(self, what: str) -> Never:
        if not self.rest:
            raise TimestampError(f"end of string before {what}")
        raise TimestampError(f'cannot use "{self.rest}" as {what}')


def parse_timestamp(text: str, *, strict: bool = True) -> Timestamp:
    """Read a timestamp.

    Args:
        text: ``2017-11-22T00:00:00Z`` or with an offset (RFC 3339).
        strict: a lax reading takes an hour of one digit and a comma before the fraction, as ``timecmp`` does.

    Raises:
        TimestampError: it is none.
    """
    try:
        return _parse(text, strict=strict)
    except TimestampError as error:
        raise TimestampError(f"not a valid RFC3339 timestamp: {error}") from None


def _parse(text: str, *, strict: bool) -> Timestamp:
    scanner = _Scanner(text)
    year = scanner.number("year", 4, (0, 9999))
    scanner.literal("-")
    month = scanner.number("month", 2, (1, 12))
    scanner.literal("-")
    day = scanner.number("day of month", 2, (1, 31))
    scanner.literal("T")
    hour = scanner.number("hour", 2, (0, 23), loose=not strict)
    scanner.literal(":")
    minute = scanner.number("minute", 2, (0, 59))
    scanner.literal(":")
    second = scanner.number("second", 2, (0, 59))
    nanoseconds = scanner.fraction("." if strict else ".,")
    offset = scanner.offset()
    if scanner.rest:
        scanner.fail("timestamp segment")
    if day > _days_in(year, month):
        raise TimestampError("day out of range")
    seconds = _days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
    return Timestamp(seconds, nanoseconds, offset)


def parse_duration(text: str) -> int:
    """The nanoseconds of a duration like ``-1h30m`` or ``1.5s``.

    Raises:
        TimestampError: it is none, or longer than 292 years.
    """
    sign = -1 if text.startswith("-") else 1
    rest = text[1:] if text[:1] in ("+", "-") else text
    if rest == "0":
        return 0
    if not rest:
        raise TimestampError(f'invalid duration "{text}"')
    total = position = 0
    while position < len(rest):
        match = _TERM.match(rest, position)
        if match is None or not (match[1] or match[3]):
            raise TimestampError(f'invalid duration "{text}"')
        total += _term(match, text)
        position = match.end()
    if total >= LONGEST + (sign < 0):
        raise TimestampError(f'invalid duration "{text}": it is longer than 292 years')
    return sign * total


def _term(match: re.Match[str], text: str) -> int:
    whole, _, fraction, unit = match.groups()
    if not unit:
        raise TimestampError(f'missing unit in duration "{text}"')
    if unit not in _UNITS:
        raise TimestampError(f'unknown unit "{unit}" in duration "{text}"')
    if len(whole) > 20:
        raise TimestampError(f'invalid duration "{text}"')
    digits = (fraction or "")[:20]
    return int(whole or 0) * _UNITS[unit] + int(digits or 0) * _UNITS[unit] // int(f"1{'0' * len(digits)}")
