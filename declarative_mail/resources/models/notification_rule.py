"""``notification_rule``: which events tell whom, by which ways."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.resources.events import EventType
from declarative_mail.resources.models.base import Block, Resource
from declarative_mail.resources.models.channels import (
    DatadogChannel,
    EmailChannel,
    PagerDutyChannel,
    SlackChannel,
    TeamsChannel,
    WebhookChannel,
)
from declarative_mail.resources.models.fields import (
    DerivedIdentifier,
    Description,
    Duration,
    Identifier,
    LabelledName,
    Sequence,
    ServerReference,
    SetOf,
)
from declarative_mail.resources.models.markers import ChoiceMark
from declarative_mail.resources.models.match import Match
from declarative_mail.resources.rules.common import check_scope, complete_identity
from declarative_mail.resources.rules.notification_rule import (
    complete_event,
    examine_channels,
    examine_event,
    examine_events,
)


class Event(Block):
    """One event that tells. Without stages, an event of stages means all of them."""

    type: Annotated[EventType, ChoiceMark(codes.UNKNOWN_EVENT)] = Field(description="Which event.")
    stages: SetOf[str] = Field(default=(), description="Identifiers of stages, for Stage… events; none means all.")
    steps: SetOf[str] = Field(default=(), description="Identifiers of steps, for StepFailed; none means all.")

    other_names: ClassVar = {
        "name": "type",
        "stage": "stages = […]",
        "step": "steps = […]",
        "for_stages": "stages",
        "for_steps": "steps",
    }
    completions: ClassVar = (complete_event,)
    rules: ClassVar = (examine_event,)


class Git(Block):
    """Where a change of a pipeline goes that is stored in git."""

    branch: str = Field(min_length=1, description="The branch to commit to.")
    commit_message: str | None = Field(default=None, min_length=1, description="In place of the usual message.")


class NotificationRule(Resource):
    """Events of a pipeline, or alerts, and who is told of them."""

    type_name: ClassVar = "notification_rule"
    title: ClassVar = "Which events tell whom"
    natural_key: ClassVar = ("organization", "project", "pipeline", "identifier")
    immutable: ClassVar = frozenset({"identifier", "organization", "project", "pipeline"})
    completions: ClassVar = (complete_identity,)
    rules: ClassVar = (check_scope, examine_channels, examine_events)
    other_names: ClassVar = {
        "server": "smtp_server",
        "smtp": "smtp_server",
        "to": "email { recipients = […] }",
        "recipients": "email { recipients = […] }",
        "user_groups": "email { user_groups = […] }",
        "groups": "email { user_groups = […] }",
        "events": "event { … }, once for each",
        "pipeline_events": "event { … }, once for each",
        "stages": "event { stages = […] }",
        "pipelines": "pipeline",
        "notification_method": "email { … }",
        "teams": "msteams",
        "pager_duty": "pagerduty",
        "disabled": "enabled = false",
        "org": "organization",
    }

    name: LabelledName = Field(default="", description="What people see.")
    identifier: DerivedIdentifier = Field(default="", description="What the system calls it.")
    description: Description = Field(default="", description="What it is for.")
    enabled: bool = Field(default=True, description="Whether it tells anybody.")
    organization: Identifier | None = Field(default=None, description="The organisation of the pipeline.")
    project: Identifier | None = Field(default=None, description="The project of the pipeline; needs organization.")
    pipeline: str | None = Field(
        default=None, min_length=1, description="The identifier of the pipeline; left out, every pipeline."
    )
    event: Sequence[Event] = Field(default=(), description="An event that tells; once for each.")
    match: Match | None = Field(default=None, description="Which alerts tell, where a system has alerts.")
    email: EmailChannel | None = Field(default=None, description="Tell by mail.")
    slack: SlackChannel | None = Field(default=None, description="Tell by Slack.")
    msteams: TeamsChannel | None = Field(default=None, description="Tell by Microsoft Teams.")
    pagerduty: PagerDutyChannel | None = Field(default=None, description="Tell by PagerDuty.")
    webhook: WebhookChannel | None = Field(default=None, description="Tell by a webhook.")
    datadog: DatadogChannel | None = Field(default=None, description="Tell by Datadog.")
    smtp_server: ServerReference | None = Field(
        default=None, description="The server that sends its mail; left out, the only one there is."
    )
    repeat_interval: Duration | None = Field(
        default=None, description="How long the same alert is not told again (KubeSphere: 12h)."
    )
    via: Literal["pipeline", "central"] = Field(
        default="pipeline", description="Where Harness keeps the rule: in the pipeline, or centrally."
    )
    git: Git | None = Field(default=None, description="For a pipeline that is stored in git.")
