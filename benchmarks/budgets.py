"""What is aimed at: dmail's time (or memory) divided by that of a peer on the same work in the same run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from benchmarks import rest
from benchmarks.programs import APPLY, COLD, UNCHANGED, WARM


@dataclass(frozen=True, slots=True)
class Budget:
    """A ratio that must not be exceeded.

    Args:
        workload: the name of the work.
        step: of `programs.STEPS`.
        limit: above it the run fails.
        goal: what the engine is built towards, where that is stricter.
        of: what is compared.
    """

    workload: str
    step: str
    limit: float
    goal: float
    of: Literal["seconds", "megabytes"] = "seconds"


TERRAFORM = (
    # The goal is out of reach: Python with click and pydantic needs longer to start than Terraform needs for the plan.
    Budget("3 blocks", COLD, limit=4.5, goal=1.0),
    Budget("3 blocks", WARM, limit=4.5, goal=1.0),
    Budget("1,000 blocks", COLD, limit=0.3, goal=0.2),
    Budget("1,000 blocks", WARM, limit=0.25, goal=0.1),
    Budget("1,000 blocks", APPLY, limit=0.03, goal=0.02),
    Budget("1,000 blocks", UNCHANGED, limit=0.2, goal=0.1),
    Budget("1,000 by for_each", COLD, limit=0.12, goal=0.05),
    Budget("1,000 by for_each", APPLY, limit=0.03, goal=0.02),
    Budget("10,000 blocks", COLD, limit=0.15, goal=0.1),
    Budget("10,000 blocks", COLD, limit=0.4, goal=0.4, of="megabytes"),
)

LATENCY = (Budget(rest.NAME, APPLY, limit=1.5, goal=1.25),)
"""Against the latency alone."""

GROWTH = 11.0
"""10,000 blocks may cost at most this many times 1,000: linear, with a little for luck."""
