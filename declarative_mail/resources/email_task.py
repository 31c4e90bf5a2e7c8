"""``email_task``: a task that sends mail by itself, after a policy or on a schedule (Privilege Manager)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from pydantic import Field

from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.resources.base import Fault, Resource, Values
from declarative_mail.resources.fields import Description, EmailSet, MailboxText, Name, ServerReference, SetOf
from declarative_mail.resources.markers import DerivedMark
from declarative_mail.resources.rules import at_most_50, complete_name

# -- rules -----------------------------------------------------------------------------------------


def _examine_recipients(values: Values) -> Iterable[Fault]:
    if values.get("to") == []:
        yield Fault(codes.NOBODY_TO_TELL, ("to",), "to is empty, so nobody gets the mail. Name somebody.")


# -- the resource ----------------------------------------------------------------------------------


class EmailTask(Resource):
    """A task that sends mail: the result of a report, an alert of a policy."""

    type_name: ClassVar = "email_task"
    title: ClassVar = "A task that sends mail by itself"
    natural_key: ClassVar = ("name",)
    immutable: ClassVar = frozenset({"template"})
    completions: ClassVar = (complete_name,)
    rules: ClassVar = (_examine_recipients, at_most_50("to"))
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

    name: Annotated[Name, DerivedMark("the label, or label-key", fixed=True)] = Field(
        default="", description="What people see."
    )
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
