"""Medians, ratios and a table that says which budgets are met."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.budgets import GROWTH, LATENCY, TERRAFORM, Budget
from benchmarks.measure import Measurement
from benchmarks.programs import COLD

Key = tuple[str, str, str]
"""Workload, step, program."""


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison."""

    what: str
    ours: str
    theirs: str
    ratio: float
    limit: float
    goal: float

    @property
    def verdict(self) -> str:
        """``goal``: as good as is aimed at; ``ok``: within the limit; ``MISSED``."""
        return "goal" if self.ratio <= self.goal else "ok" if self.ratio <= self.limit else "MISSED"


@dataclass
class Report:
    """All measurements of a run."""

    measurements: dict[Key, list[Measurement]] = field(default_factory=lambda: defaultdict(list))

    def add(self, workload: str, step: str, program: str, measurement: Measurement) -> None:
        """Take in one more repeat."""
        self.measurements[workload, step, program].append(measurement)

    def middle(self, workload: str, step: str, program: str, of: str = "seconds") -> float | None:
        """The median, if anything was measured."""
        values = [getattr(one, of) for one in self.measurements.get((workload, step, program), ())]
        return median(values) if values else None

    def rows(self) -> Iterator[Row]:
        """Every comparison that this run allows: budgets against Terraform, octoDNS in each row, latency, growth."""
        for budget in TERRAFORM:
            yield from self._against("terraform", budget)
        for workload, step, program in list(self.measurements):
            if program == "octodns":
                yield from self._against("octodns", Budget(workload, step, limit=float("inf"), goal=1.0))
        for budget in LATENCY:
            yield from self._against("latency", budget)
        yield from self._growth()

    def _against(self, peer: str, budget: Budget) -> Iterator[Row]:
        ours = self.middle(budget.workload, budget.step, "dmail", budget.of)
        theirs = self.middle(budget.workload, budget.step, peer, budget.of)
        if ours and theirs:
            shown = _seconds if budget.of == "seconds" else _megabytes
            what = f"{budget.workload}: {budget.step}{' (memory)' if budget.of == 'megabytes' else ''}, {peer}"
            yield Row(what, shown(ours), shown(theirs), ours / theirs, budget.limit, budget.goal)

    def _growth(self) -> Iterator[Row]:
        small, large = (self.middle(f"{size} blocks", COLD, "dmail") for size in ("1,000", "10,000"))
        if small and large:
            yield Row("10,000 blocks against 1,000", _seconds(large), _seconds(small), large / small, GROWTH, GROWTH)

    @property
    def data(self) -> dict[str, Any]:
        """For other programs."""
        medians = [
            {
                "workload": workload,
                "step": step,
                "program": program,
                "repeats": len(found),
                "seconds": median(one.seconds for one in found),
                "cpu": median(one.cpu for one in found),
                "megabytes": median(one.megabytes for one in found),
            }
            for (workload, step, program), found in self.measurements.items()
        ]
        rows = [
            {"what": row.what, "ratio": row.ratio, "limit": row.limit, "goal": row.goal, "verdict": row.verdict}
            for row in self.rows()
        ]
        return {"measurements": medians, "comparisons": rows}

    def text(self) -> str:
        """Two tables: what was measured, and the ratios."""
        measured = [("", "median", "cpu", "memory", "runs")] + [
            (
                f"{workload}: {step}, {program}",
                _seconds(median(one.seconds for one in found)),
                _seconds(median(one.cpu for one in found)),
                _megabytes(median(one.megabytes for one in found)),
                str(len(found)),
            )
            for (workload, step, program), found in self.measurements.items()
        ]
        compared = [("", "dmail", "other", "ratio", "limit", "goal", "")] + [
            (row.what, row.ours, row.theirs, f"{row.ratio:.3f}", _limit(row.limit), f"{row.goal:g}", row.verdict)
            for row in self.rows()
        ]
        return f"{_table(measured)}\n\n{_table(compared)}\n"


def _seconds(value: float) -> str:
    return f"{value:.2f} s"


def _megabytes(value: float) -> str:
    return f"{value:,.0f} MB"


def _limit(value: float) -> str:
    return "-" if value == float("inf") else f"{value:g}"


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            f"{cell:<{width}}" if not column else f"{cell:>{width}}" for column, (cell, width) in enumerate(pairs)
        )
        for pairs in (list(zip(row, widths, strict=True)) for row in rows)
    ]
    return "\n".join(line.rstrip() for line in lines)
