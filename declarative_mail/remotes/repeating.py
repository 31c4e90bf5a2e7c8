"""When a request is sent again, and after how long. Nothing is sent here and nobody waits: `transport` does both.

==================  ===========================================================================================
no connection       again: nothing was sent
no whole answer     again where doing it twice does no harm
502, 503, 504       the same
429                 again: the other side says that it did not do it
``Retry-After``     after that time, unless the whole request has no such time any more: then this is the answer
==================  ===========================================================================================
"""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from random import uniform

from msgspec import Struct

from declarative_mail.remotes.answers import Answer, Unreachable

IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
"""RFC 9110 section 9.2.2."""
RETRIED = frozenset({429, 502, 503, 504})
"""Answers after which the same request may succeed."""
LONGEST_WAIT = 30.0
JITTER = 0.3
"""Seconds at the most that are added to each pause, so that many who were turned away do not come back as one."""


class Refused(Exception):  # noqa: N818 - it carries an answer through the retries, nobody else sees it
    """An answer after which the request may be sent again."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"status {answer.status}")
        self.answer = answer


class Repetition(Struct, frozen=True):
    """The rules for one request.

    Args:
        safe: doing it twice does no harm.
        ends: when its time is up, on the clock of `time.monotonic`.
    """

    safe: bool
    ends: float

    def __call__(self, error: Exception) -> bool | float:
        """Whether to send it again, or after how many seconds."""
        if time.monotonic() >= self.ends:
            return False
        if isinstance(error, Unreachable):
            return self.safe or not error.sent
        if not isinstance(error, Refused) or not (self.safe or error.answer.status == 429):
            return False
        asked = retry_after(error.answer.headers.get("retry-after"))
        if not asked:
            return True
        pause = asked + uniform(0, JITTER)  # noqa: S311 - no secret
        return pause if time.monotonic() + pause < self.ends else False


def retry_after(text: str | None) -> float | None:
    """The seconds of a Retry-After header (RFC 9110 section 10.2.3), bounded; None where it says nothing."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return min(float(text), LONGEST_WAIT)
    try:
        seconds = parsedate_to_datetime(text).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)
