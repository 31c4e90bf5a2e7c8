"""What must hold of the ways by which a rule tells people."""

from __future__ import annotations

from collections.abc import Iterable

from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.resources.base import Fault, Rule, Values
from declarative_mail.resources.rules.common import at_most_50


def _someone(block: str, name: str) -> Rule:
    """A rule that somebody is told by the block."""

    def rule(values: Values) -> Iterable[Fault]:
        if values["user_groups"] == [] and values[name] in (None, []):
            detail = (
                f"The {block} block has neither {name} nor user_groups, so nobody is told. Set one of them, or remove "
                "the block."
            )
            yield Fault(codes.NOBODY_TO_TELL, (), detail)

    return rule


def examine_email(values: Values) -> Iterable[Fault]:
    """Somebody gets the mail, and its subject is one line."""
    if values["recipients"] == [] and values["user_groups"] == []:
        detail = (
            "The email block has neither recipients nor user_groups, so nobody gets the mail. Name somebody, or "
            "remove it."
        )
        yield Fault(codes.NOBODY_TO_TELL, (), detail)
    if isinstance(values["subject"], str) and any(ord(char) < ord(" ") for char in values["subject"]):
        detail = (
            "subject holds a line break or another control character. A subject is one line (RFC 5322 section 2.2)."
        )
        yield Fault(codes.NOT_ALLOWED, ("subject",), detail)


few_recipients = at_most_50("recipients")
someone_by_slack = _someone("slack", "webhook_url")
someone_by_msteams = _someone("msteams", "webhook_urls")
someone_by_pagerduty = _someone("pagerduty", "integration_key")
