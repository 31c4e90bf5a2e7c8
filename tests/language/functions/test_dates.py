"""Timestamps and durations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarative_mail.language.functions.timestamps import SECOND, TimestampError, parse_duration, parse_timestamp
from declarative_mail.language.types import STRING
from declarative_mail.language.values import Unknown
from tests.language.functions.world import call, make_context, said_or_done

MOMENTS = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30))  # noqa: DTZ001 - the zone follows
ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(MOMENTS, ZONES)
def test_dates_agree_with_the_calendar(moment: datetime, zone: timezone) -> None:
    """Every field, the weekday and the text that comes back, for any date and offset."""
    moment = moment.replace(microsecond=0, tzinfo=zone)
    text = moment.isoformat()
    parsed = parse_timestamp(text)

    assert parsed.date == (moment.year, moment.month, moment.day)
    assert parsed.clock == (moment.hour, moment.minute, moment.second)
    assert parsed.weekday == moment.isoweekday() % 7
    assert str(parsed) == text.replace("+00:00", "Z")


@given(MOMENTS, st.integers(-(10**9), 10**9))
def test_adding_agrees_with_the_calendar(moment: datetime, seconds: int) -> None:
    """Over leap years and centuries."""
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    try:
        expected = moment + timedelta(seconds=seconds)
    except OverflowError:
        return
    text = moment.isoformat().replace("+00:00", "Z")

    assert call("timeadd", text, f"{seconds}s") == expected.isoformat().replace("+00:00", "Z")


@given(st.integers(0, 10**6), st.integers(0, 59), st.integers(0, 59), st.integers(0, 999))
def test_durations_add_up(hours: int, minutes: int, seconds: int, milliseconds: int) -> None:
    """Terms in any number, each with its unit."""
    expected = ((hours * 60 + minutes) * 60 + seconds) * SECOND + milliseconds * 10**6

    assert parse_duration(f"{hours}h{minutes}m{seconds}s{milliseconds}ms") == expected
    assert parse_duration(f"-{hours}h{minutes}m{seconds}.{milliseconds:03d}s") == -expected


@given(st.text())
def test_anything_else_is_a_fault(text: str) -> None:
    """Whatever stands there, it is a time, or a fault that says so."""
    assert said_or_done(parse_timestamp, text, fault=TimestampError)
    assert said_or_done(parse_duration, text, fault=TimestampError)


def test_the_clock_is_that_of_the_run() -> None:
    """In whole seconds and UTC, the same for the whole run."""
    zone = timezone(timedelta(hours=2))
    context = make_context(now=datetime(2026, 1, 2, 3, 4, 5, 999999, tzinfo=zone))

    assert call("timestamp", context=context) == "2026-01-02T01:04:05Z"
    assert call("plantimestamp", context=context) == "2026-01-02T01:04:05Z"


def test_only_the_time_of_the_plan_is_known_at_plan() -> None:
    """What apply will see is not known before."""
    context = make_context(unknown_at_plan=True)
    later = call("timestamp", context=context)

    assert later == Unknown(STRING)
    assert isinstance(later, Unknown)
    assert later.not_null
    assert call("plantimestamp", context=context) == "2026-01-02T03:04:05Z"


@pytest.mark.parametrize("name", ["uuid", "timestamp"])
def test_random_and_current_values_are_unknown_at_plan(name: str) -> None:
    """A plan that showed them would not be what apply does."""
    assert call(name, context=make_context(unknown_at_plan=True)) == Unknown(STRING)
    assert call("bcrypt", "x", context=make_context(unknown_at_plan=True)) == Unknown(STRING)


def test_a_uuid_is_made_of_the_random_bytes_of_the_context() -> None:
    """Nothing else is asked."""
    context = make_context(random_bytes=lambda count: bytes(range(count)))

    assert call("uuid", context=context) == "00010203-0405-0607-0809-0a0b0c0d0e0f"


def test_bcrypt_verifies() -> None:
    """With the salt of the context, in the form that others read."""
    import bcrypt

    digest = str(call("bcrypt", "Grüße", 4))

    assert bcrypt.checkpw("Grüße".encode(), digest.encode())
    assert not bcrypt.checkpw(b"x", digest.encode())
