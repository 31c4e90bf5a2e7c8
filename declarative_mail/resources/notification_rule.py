"""``notification_rule``: which events tell whom, by which ways."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from declarative_mail.addresses import Address
from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.language.values import Unknown
from declarative_mail.resources.base import Block, Fault, Resource, Values
from declarative_mail.resources.channels import (
    DatadogChannel,
    EmailChannel,
    PagerDutyChannel,
    SlackChannel,
    TeamsChannel,
    WebhookChannel,
)
from declarative_mail.resources.events import ALL_STAGES, STAGE_EVENTS, STEP_EVENTS, EventType
from declarative_mail.resources.fields import Description, Duration, Identifier, Name, Sequence, ServerReference, SetOf
from declarative_mail.resources.leaves import Plain
from declarative_mail.resources.markers import ChoiceMark, DerivedMark
from declarative_mail.resources.match import Match
from declarative_mail.resources.rules import check_scope, complete_identity

CHANNELS = ("email", "slack", "msteams", "pagerduty", "webhook", "datadog")

# -- blocks ----------------------------------------------------------------------------------------


def _complete_event(values: Values, _address: Address) -> Iterable[Fault]:
    """`AllStages` is how Harness writes what is here the absence of stages."""
    stages = values.get("stages")
    if isinstance(stages, list) and ALL_STAGES in stages:
        values["stages"] = []
    return ()


def _examine_event(values: Values) -> Iterable[Fault]:
    kind = values["type"]
    if not isinstance(kind, str):
        return
    if _named(values["stages"]) and kind not in STAGE_EVENTS | STEP_EVENTS:
        detail = (
            f'stages is set, but "{kind}" is an event of the whole pipeline. Remove stages, or use an event of stages.'
        )
        yield Fault(
            codes.STAGES_ON_PIPELINE_EVENT, ("stages",), detail, _stage_event(kind), ((("type",), "this event"),)
        )
    if _named(values["steps"]) and kind not in STEP_EVENTS:
        detail = f'steps is set, but "{kind}" is no event of steps. Remove steps, or use StepFailed.'
        yield Fault(codes.STAGES_ON_PIPELINE_EVENT, ("steps",), detail, related=((("type",), "this event"),))


def _named(names: Plain) -> bool:
    return isinstance(names, list) and bool(names)


def _stage_event(kind: str) -> str | None:
    name = kind.replace("Pipeline", "Stage")
    return f'did you mean type = "{name}"?' if name in STAGE_EVENTS else None


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
    completions: ClassVar = (_complete_event,)
    rules: ClassVar = (_examine_event,)


class Git(Block):
    """Where a change of a pipeline goes that is stored in git."""

    branch: str = Field(min_length=1, description="The branch to commit to.")
    commit_message: str | None = Field(default=None, min_length=1, description="In place of the usual message.")


# -- rules -----------------------------------------------------------------------------------------


def _examine_channels(values: Values) -> Iterable[Fault]:
    if all(values[channel] is None for channel in CHANNELS):
        detail = f"The rule has no way to tell anybody. Add one of the blocks {', '.join(CHANNELS)}."
        yield Fault(codes.NOBODY_TO_TELL, (), detail)


def _examine_events(values: Values) -> Iterable[Fault]:
    events = values["event"]
    if values["pipeline"] is not None and not events:
        detail = (
            'The rule names a pipeline but no event of it, so it never fires. Add event { type = "PipelineFailed" }.'
        )
        yield Fault(codes.NEVER_FIRES, (), detail)
    seen: dict[tuple[object, ...], int] = {}
    for index, event in enumerate(events if isinstance(events, list) else ()):
        if any(isinstance(one, Unknown) for one in (event["type"], event["stages"], event["steps"])):
            continue
        key = (event["type"], *map(str, event["stages"]), None, *map(str, event["steps"]))
        first = seen.setdefault(key, index)
        if first != index:
            detail = f'"{event["type"]}" with the same stages and steps is given more than once; once is enough.'
            yield Fault(
                codes.REPEATED_EVENT, ("event", index), detail, related=((("event", first), "first given here"),)
            )


# -- the resource ----------------------------------------------------------------------------------


class NotificationRule(Resource):
    """Events of a pipeline, or alerts, and who is told of them."""

    type_name: ClassVar = "notification_rule"
    title: ClassVar = "Which events tell whom"
    natural_key: ClassVar = ("organization", "project", "pipeline", "identifier")
    immutable: ClassVar = frozenset({"identifier", "organization", "project", "pipeline"})
    completions: ClassVar = (complete_identity,)
    rules: ClassVar = (check_scope, _examine_channels, _examine_events)
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

    name: Annotated[Name, DerivedMark("the label, or label-key", fixed=True)] = Field(
        default="", description="What people see."
    )
    identifier: Annotated[Identifier, DerivedMark("the name, with _ for each character not allowed", fixed=True)] = (
        Field(default="", description="What the system calls it.")
    )
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
