"""``user_group``: people who are told together, and by which ways."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from declarative_mail.resources.models.base import Block, DataSource, Resource
from declarative_mail.resources.models.fields import (
    DerivedIdentifier,
    Description,
    EmailSet,
    Identifier,
    LabelledName,
    Name,
    SecretValue,
)
from declarative_mail.resources.rules.common import check_scope, check_selector, complete_identity
from declarative_mail.resources.rules.user_group import examine_email, few_addresses


class EmailPreference(Block):
    """Mail to addresses of the group, to its members, or both."""

    addresses: EmailSet = Field(
        default=(), description="Addresses that the group has as a whole, e.g. a list or an alias."
    )
    send_to_all_members: bool = Field(default=False, description="Also write to each member.")

    other_names: ClassVar = {
        "to": "addresses",
        "address": "addresses",
        "recipients": "addresses",
        "emails": "addresses",
        "group_email": "addresses",
        "send_email_to_all_users": "send_to_all_members",
    }
    rules: ClassVar = (examine_email, few_addresses)


class ChatPreference(Block):
    """A message to a channel of Slack or of Microsoft Teams."""

    webhook_url: SecretValue = Field(description="The incoming webhook of the channel.")


class PagerDutyPreference(Block):
    """An incident in PagerDuty."""

    integration_key: SecretValue = Field(description="The integration key of the service.")


class WebhookPreference(Block):
    """An HTTP request to an address of one's own."""

    url: SecretValue = Field(description="Where the request goes.")


class NotificationPreferences(Block):
    """How the group is told. At most one block of each kind; a kind that is left out is not used."""

    email: EmailPreference | None = Field(default=None, description="By mail.")
    slack: ChatPreference | None = Field(default=None, description="By Slack.")
    msteams: ChatPreference | None = Field(default=None, description="By Microsoft Teams.")
    pagerduty: PagerDutyPreference | None = Field(default=None, description="By PagerDuty.")
    webhook: WebhookPreference | None = Field(default=None, description="By a webhook.")


class UserGroup(Resource):
    """A group of people, at account, organisation or project scope."""

    type_name: ClassVar = "user_group"
    title: ClassVar = "People who are told together"
    natural_key: ClassVar = ("organization", "project", "identifier")
    immutable: ClassVar = frozenset({"identifier", "organization", "project"})
    completions: ClassVar = (complete_identity,)
    rules: ClassVar = (check_scope,)
    other_names: ClassVar = {
        "users": "members",
        "user_emails": "members",
        "emails": "members",
        "addresses": "notification_preferences { email { addresses,} }",
        "notification_configs": "notification_preferences { … }",
        "org": "organization",
    }

    name: LabelledName = Field(default="", description="What people see.")
    identifier: DerivedIdentifier = Field(default="", description="What the system and other objects call it.")
    description: Description = Field(default="", description="What it is for.")
    tags: dict[str, str] = Field(default_factory=dict, description="Words to find it by.")
    organization: Identifier | None = Field(default=None, description="The organisation that it belongs to.")
    project: Identifier | None = Field(default=None, description="The project that it belongs to; needs organization.")
    members: EmailSet | None = Field(
        default=None,
        description="The members by e-mail address. Left out, membership is managed elsewhere (SSO, SCIM).",
    )
    enabled: bool = Field(default=True, description="Whether it is told anything.")
    notification_preferences: NotificationPreferences = Field(
        default_factory=NotificationPreferences, description="How the group is told."
    )


class UserGroupData(DataSource):
    """Which group to read: by identifier or by name."""

    type_name: ClassVar = "user_group"
    title: ClassVar = "A user group that is managed elsewhere"

    identifier: Identifier | None = Field(default=None, description="The identifier of the group.")
    name: Name | None = Field(default=None, description="The name of the group, where the identifier is not known.")
    organization: Identifier | None = Field(default=None, description="The organisation that it belongs to.")
    project: Identifier | None = Field(default=None, description="The project that it belongs to; needs organization.")

    rules: ClassVar = (check_selector, check_scope)
