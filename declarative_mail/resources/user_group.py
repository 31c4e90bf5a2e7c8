"""``user_group``: people who are told together, and by which ways."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from pydantic import Field

from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.resources.base import Block, DataSource, Fault, Resource, Values
from declarative_mail.resources.fields import Description, EmailSet, Identifier, Name, SecretValue
from declarative_mail.resources.markers import DerivedMark
from declarative_mail.resources.rules import at_most_50, check_scope, check_selector, complete_identity

# -- blocks ----------------------------------------------------------------------------------------


def _examine_email(values: Values) -> Iterable[Fault]:
    if values["addresses"] == [] and values["send_to_all_members"] is False:
        detail = (
            "The email block has no addresses and send_to_all_members is false, so nobody gets the mail. "
            "Name an address, set send_to_all_members = true, or remove the block."
        )
        yield Fault(codes.NOBODY_TO_TELL, (), detail)


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
    rules: ClassVar = (_examine_email, at_most_50("addresses"))


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


# -- the resource ----------------------------------------------------------------------------------


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

    name: Annotated[Name, DerivedMark("the label, or label-key", fixed=True)] = Field(
        default="", description="What people see."
    )
    identifier: Annotated[Identifier, DerivedMark("the name, with _ for each character not allowed", fixed=True)] = (
        Field(default="", description="What the system and other objects call it.")
    )
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


# -- the data source -------------------------------------------------------------------------------


class UserGroupData(DataSource):
    """Which group to read: by identifier or by name."""

    type_name: ClassVar = "user_group"
    title: ClassVar = "A user group that is managed elsewhere"

    identifier: Identifier | None = Field(default=None, description="The identifier of the group.")
    name: Name | None = Field(default=None, description="The name of the group, where the identifier is not known.")
    organization: Identifier | None = Field(default=None, description="The organisation that it belongs to.")
    project: Identifier | None = Field(default=None, description="The project that it belongs to; needs organization.")

    rules: ClassVar = (check_selector, check_scope)
