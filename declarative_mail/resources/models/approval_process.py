"""``approval_process``: how a request for approval reaches those who decide."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from declarative_mail.resources.models.base import Resource
from declarative_mail.resources.models.channels import EmailChannel
from declarative_mail.resources.models.fields import Description, Duration, LabelledName, ServerReference
from declarative_mail.resources.rules.common import complete_name


class ApprovalProcess(Resource):
    """A process that asks for approval by mail (Privilege Manager), or an approval with its notifiers (the agent)."""

    type_name: ClassVar = "approval_process"
    title: ClassVar = "How a request for approval reaches those who decide"
    natural_key: ClassVar = ("name",)
    immutable: ClassVar = frozenset({"based_on"})
    completions: ClassVar = (complete_name,)
    other_names: ClassVar = {
        "server": "smtp_server",
        "smtp": "smtp_server",
        "activity": "start_activity",
        "type": "approval_type",
        "role": "approval_role",
        "scope": "scope_to_collection",
        "notifiers": "email { …,}",
        "to": "email { recipients = […] }",
        "recipients": "email { recipients = […] }",
        "selfApprove": "self_approve",
    }

    name: LabelledName = Field(default="", description="What people see.")
    description: Description = Field(default="", description="What it is for.")
    based_on: str = Field(
        default="Manual Approval Process with E-mail Alerts",
        min_length=1,
        description="The process that it is made from; added to the system where it is missing.",
    )
    start_activity: str = Field(
        default="Send E-mail for New Approval Task", min_length=1, description="What happens when a request arrives."
    )
    smtp_server: ServerReference | None = Field(
        default=None, description="The server that sends it. Cloud editions have one of their own and take none."
    )
    approval_type: str | None = Field(
        default=None, min_length=1, description="The type of request that uses it; without one it has no effect."
    )
    approval_role: str | None = Field(default=None, min_length=1, description="Who may approve.")
    scope_to_collection: str | None = Field(default=None, min_length=1, description="The computers that it is for.")
    message: str | None = Field(default=None, min_length=1, description="What those who decide are told.")
    approvals: int = Field(default=1, ge=1, le=1000, description="How many must approve.")
    self_approve: bool = Field(default=False, description="Whether those who ask may approve for themselves.")
    timeout: Duration | None = Field(default=None, description="After this the request is denied.")
    email: EmailChannel | None = Field(default=None, description="Who is asked, by mail.")
