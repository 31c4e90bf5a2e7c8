"""The events of pipelines that a rule can tell people about."""

from __future__ import annotations

from typing import Literal, get_args

EventType = Literal[
    "AllEvents",
    "PipelineStart",
    "PipelineSuccess",
    "PipelineFailed",
    "PipelineEnd",
    "PipelinePaused",
    "PipelineResumed",
    "StageStart",
    "StageSuccess",
    "StageFailed",
    "StepFailed",
    "TriggerFailed",
    "WaitingForUserAction",
]

EVENT_TYPES: tuple[str, ...] = get_args(EventType)
STAGE_EVENTS = frozenset({"StageStart", "StageSuccess", "StageFailed"})
STEP_EVENTS = frozenset({"StepFailed"})
ALL_STAGES = "AllStages"
"""What Harness writes where no stage is named."""
