"""What must hold of a ``user_group``."""

from __future__ import annotations

from collections.abc import Iterable

from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.resources.base import Fault, Values
from declarative_mail.resources.rules.common import at_most_50


def examine_email(values: Values) -> Iterable[Fault]:
    """Somebody of the group gets the mail."""
    if values["addresses"] == [] and values["send_to_all_members"] is False:
        detail = (
            "The email block has no addresses and send_to_all_members is false, so nobody gets the mail. "
            "Name an address, set send_to_all_members = true, or remove the block."
        )
        yield Fault(codes.NOBODY_TO_TELL, (), detail)


few_addresses = at_most_50("addresses")
