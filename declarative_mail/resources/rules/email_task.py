"""What must hold of an ``email_task``."""

from __future__ import annotations

from collections.abc import Iterable

from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.resources.base import Fault, Values
from declarative_mail.resources.rules.common import at_most_50


def examine_recipients(values: Values) -> Iterable[Fault]:
    """Somebody gets the mail."""
    if values.get("to") == []:
        yield Fault(codes.NOBODY_TO_TELL, ("to",), "to is empty, so nobody gets the mail. Name somebody.")


few_recipients = at_most_50("to")
