"""The ways by which a rule tells people: one block each.

Groups are told by the preferences that they have for the same way.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from declarative_mail.resources.models.base import Block
from declarative_mail.resources.models.fields import EmailSet, GroupReference, SecretValue, Sequence, SetOf
from declarative_mail.resources.rules.channels import (
    examine_email,
    few_recipients,
    someone_by_msteams,
    someone_by_pagerduty,
    someone_by_slack,
)


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

    rules: ClassVar = (examine_email, few_recipients)


class SlackChannel(Block):
    """A message to Slack."""

    webhook_url: SecretValue | None = Field(default=None, description="The incoming webhook of a channel.")
    user_groups: SetOf[GroupReference] = Field(default=(), description="Groups that get it, by their own preferences.")

    rules: ClassVar = (someone_by_slack,)


class TeamsChannel(Block):
    """A message to Microsoft Teams."""

    webhook_urls: Sequence[SecretValue] = Field(default=(), description="The incoming webhooks of channels.")
    user_groups: SetOf[GroupReference] = Field(default=(), description="Groups that get it, by their own preferences.")

    other_names: ClassVar = {
        "webhook_url": "webhook_urls = […]",
        "keys": "webhook_urls",
    }

    rules: ClassVar = (someone_by_msteams,)


class PagerDutyChannel(Block):
    """An incident in PagerDuty."""

    integration_key: SecretValue | None = Field(default=None, description="The integration key of a service.")
    user_groups: SetOf[GroupReference] = Field(default=(), description="Groups that get it, by their own preferences.")

    rules: ClassVar = (someone_by_pagerduty,)


class WebhookChannel(Block):
    """An HTTP request to an address of one's own."""

    url: SecretValue = Field(description="Where the request goes.")
    headers: dict[str, SecretValue] = Field(default_factory=dict, description="Headers to send with it.")


class DatadogChannel(Block):
    """An event in Datadog."""

    url: SecretValue = Field(description="Where events are taken.")
    api_key: SecretValue = Field(description="The key to send with it.")
    headers: dict[str, SecretValue] = Field(default_factory=dict, description="Headers to send with it.")
