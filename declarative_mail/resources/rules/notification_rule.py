"""What follows and what must hold in a ``notification_rule``."""

from __future__ import annotations

from collections.abc import Iterable

from declarative_mail.addresses import Address
from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.language.values import Unknown
from declarative_mail.resources.base import Fault, Values
from declarative_mail.resources.events import ALL_STAGES, STAGE_EVENTS, STEP_EVENTS
from declarative_mail.resources.leaves import Plain

CHANNELS = ("email", "slack", "msteams", "pagerduty", "webhook", "datadog")


def complete_event(values: Values, _address: Address) -> Iterable[Fault]:
    """`AllStages` is how Harness writes what is here the absence of stages."""
    stages = values.get("stages")
    if isinstance(stages, list) and ALL_STAGES in stages:
        values["stages"] = []
    return ()


def examine_event(values: Values) -> Iterable[Fault]:
    """Stages and steps stand beside events of stages and steps alone."""
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


def examine_channels(values: Values) -> Iterable[Fault]:
    """There is a way to tell somebody."""
    if all(values[channel] is None for channel in CHANNELS):
        detail = f"The rule has no way to tell anybody. Add one of the blocks {', '.join(CHANNELS)}."
        yield Fault(codes.NOBODY_TO_TELL, (), detail)


def examine_events(values: Values) -> Iterable[Fault]:
    """A rule of a pipeline has an event, and none twice."""
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
