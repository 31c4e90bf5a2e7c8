"""``email_task``: a task that sends mail by itself, after a policy or on a schedule (Privilege Manager)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from declarative_mail.resources.models.base import Resource
from declarative_mail.resources.models.fields import (
    Description,
    EmailSet,
    LabelledName,
    MailboxText,
    ServerReference,
    SetOf,
)
from declarative_mail.resources.rules.common import complete_name
from declarative_mail.resources.rules.email_task import examine_recipients, few_recipients


class EmailTask(Resource):
    """A task that sends mail: the result of a report, an alert of a policy."""

    type_name: ClassVar = "email_task"
    title: ClassVar = "A task that sends mail by itself"
    natural_key: ClassVar = ("name",)
    immutable: ClassVar = frozenset({"template"})
    completions: ClassVar = (complete_name,)
    rules: ClassVar = (examine_recipients, few_recipients)
    other_names: ClassVar = {
        "server": "smtp_server",
        "smtp": "smtp_server",
        "from": "from_address",
        "sender": "from_address",
        "recipients": "to",
        "to_address": "to",
        "report_to_run": "report",
        "schedule": "schedules = […]",
        "policy": "policies = […]",
    }

    name: LabelledName = Field(default="", description="What people see.")
    description: Description = Field(default="", description="What it is for.")
    template: str = Field(
        default="Send E-mail Task", min_length=1, description="The template that the task is created from."
    )
    smtp_server: ServerReference | None = Field(
        default=None, description="The server that sends it. Cloud editions have one of their own and take none."
    )
    command: str | None = Field(
        default=None, min_length=1, description="What the task runs, e.g. Email Report Results."
    )
    report: str | None = Field(default=None, min_length=1, description="The report whose result is sent.")
    from_address: MailboxText | None = Field(default=None, description="Whom the mail is from, if not the server's.")
    to: EmailSet = Field(description="Who gets it.")
    schedules: SetOf[str] = Field(default=(), description="Names of the schedules that run it.")
    policies: SetOf[str] = Field(default=(), description="Names of the policies that it is assigned to.")
