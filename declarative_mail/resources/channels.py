"""The ways by which a rule tells people: one block each.

Groups are told by the preferences that they have for the same way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field

from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.resources.base import Block, Fault, Rule, Values
from declarative_mail.resources.fields import EmailSet, GroupReference, SecretValue, Sequence, SetOf
from declarative_mail.resources.rules import at_most_50


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


def _examine_email(values: Values) -> Iterable[Fault]:
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


class EmailChannel(Block):
    """Mail to addresses and to groups."""

    recipients: EmailSet = Field(default=(), description="Addresses that get it.")
    user_groups: SetOf[GroupReference] = Field(default=(), description="Groups that get it, by their own preferences.")
    subject: str | None = Field(default=None, min_length=1, description="The subject, in place of the usual one.")
    text: str | None = Field(default=None, description="The text part, in place of the usual one.")
    html: str | None = Field(default=None, description="The HTML part, in place of the usual one.")

    other_names: ClassVar = {
        "to": "recipients",
        "addresses": "recipients",
        "emails": "recipients",
        "groups": "user_groups",
        "body": "text or html",
        "message": "text",
    }

    rules: ClassVar = (_examine_email, at_most_50("recipients"))


class SlackChannel(Block):
    """A message to Slack."""

    webhook_url: SecretValue | None = Field(default=None, description="The incoming webhook of a channel.")
    user_groups: SetOf[GroupReference] = Field(default=(), description="Groups that get it, by their own preferences.")

    rules: ClassVar = (_someone("slack", "webhook_url"),)


class TeamsChannel(Block):
    """A message to Microsoft Teams."""

    webhook_urls: Sequence[SecretValue] = Field(default=(), description="The incoming webhooks of channels.")
    user_groups: SetOf[GroupReference] = Field(default=(), description="Groups that get it, by their own preferences.")

    other_names: ClassVar = {
        "webhook_url": "webhook_urls = […]",
        "keys": "webhook_urls",
    }

    rules: ClassVar = (_someone("msteams", "webhook_urls"),)


class PagerDutyChannel(Block):
    """An incident in PagerDuty."""

    integration_key: SecretValue | None = Field(default=None, description="The integration key of a service.")
    user_groups: SetOf[GroupReference] = Field(default=(), description="Groups that get it, by their own preferences.")

    rules: ClassVar = (_someone("pagerduty", "integration_key"),)


class WebhookChannel(Block):
    """An HTTP request to an address of one's own."""

    url: SecretValue = Field(description="Where the request goes.")
    headers: dict[str, SecretValue] = Field(default_factory=dict, description="Headers to send with it.")


class DatadogChannel(Block):
    """An event in Datadog."""

    url: SecretValue = Field(description="Where events are taken.")
    api_key: SecretValue = Field(description="The key to send with it.")
    headers: dict[str, SecretValue] = Field(default_factory=dict, description="Headers to send with it.")
