"""The benchmarks measure what they say, as far as that can be told without timing anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.budgets import GROWTH, TERRAFORM
from benchmarks.configurations import SECRET_NAME, Workload, blocks, for_each, three
from benchmarks.measure import Measurement, ProgramError, measure
from benchmarks.programs import COLD, STEPS
from benchmarks.report import Report

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("workload", "adds"), [(three(), 3), (blocks(7), 7), (for_each(5), 6)], ids=["three", "blocks", "for_each"]
)
def test_configuration_has_as_many_objects_as_it_says(tmp_path: Path, workload: Workload, adds: int) -> None:
    """Our form of each workload plans to add what the others are given."""
    workload.write["dmail"](tmp_path)
    plan = [sys.executable, "-m", "declarative_mail", "plan"]
    measure(plan, tmp_path, environment={SECRET_NAME: "not-a-real-one"})

    assert f"Plan: {adds} to add, 0 to change, 0 to destroy." in (tmp_path / ".said").read_text("utf-8")


def test_all_programs_are_given_the_same_attributes(tmp_path: Path) -> None:
    """The values of a block are the same in HCL for dmail and for Terraform."""
    workload = blocks(3)
    for name in ("dmail", "terraform"):
        workload.write[name](tmp_path)
    ours, theirs = ((tmp_path / name).read_text("utf-8") for name in ("main.hcl", "main.tf"))

    assert [line.strip() for line in ours.splitlines() if '"' in line and "=" in line] == [
        line.strip() for line in theirs.splitlines() if '"' in line and "=" in line
    ]


def test_size_of_a_block_is_that_of_a_real_one(tmp_path: Path) -> None:
    """A thousand blocks are about 360 kB."""
    blocks(100).write["dmail"](tmp_path)

    assert 330 < (tmp_path / "main.hcl").stat().st_size / 100 < 480


def test_failing_program_is_no_measurement(tmp_path: Path) -> None:
    """What fails fast must not look fast."""
    with pytest.raises(ProgramError, match="exited with 3:\nno such luck"):
        measure([sys.executable, "-c", "print('no such luck'); exit(3)"], tmp_path, environment={})


_MEASURED = """
import sys
from pathlib import Path
from benchmarks.measure import measure
for size in (1, 500_000_000):
    print(measure([sys.executable, "-c", f"x = bytearray({size})"], Path(sys.argv[1]), environment={}).megabytes)
"""


def test_memory_is_that_of_the_child(tmp_path: Path) -> None:
    """A child that holds 500 MB is seen to.

    Linux lets a child start with the peak of its parent: what measures is a small process, which this one is not.
    """
    command = [sys.executable, "-c", _MEASURED, str(tmp_path)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    small, large = map(float, ran.stdout.split())

    assert small < 100
    assert 480 < large < 560


def report(**seconds: float) -> Report:
    """A report in which each program needed so long for 1,000 and 10,000 blocks."""
    made = Report()
    for program, took in seconds.items():
        for size, factor in (("1,000", 1), ("10,000", 12)):
            for extra in (0.0, 100.0, 0.0):
                made.add(f"{size} blocks", COLD, program, Measurement(took * factor + extra, 50))
    return made


def test_ratios_are_of_medians_and_judged_by_budget() -> None:
    """One slow repeat does not matter; goal, limit and miss are told apart; growth has its own row."""
    verdicts = {row.what: (round(row.ratio, 3), row.verdict) for row in report(dmail=0.3, terraform=1.0).rows()}

    assert verdicts == {
        "1,000 blocks: plan, terraform": (0.3, "ok"),
        "10,000 blocks: plan, terraform": (0.3, "MISSED"),
        "10,000 blocks: plan (memory), terraform": (1.0, "MISSED"),
        "10,000 blocks against 1,000": (12.0, "MISSED"),
    }
    assert {row.verdict for row in report(dmail=0.1, terraform=1.0).rows()} == {"goal", "ok", "MISSED"}


def test_octodns_is_compared_in_each_row_that_it_has() -> None:
    """Being ahead of it is a goal without a limit."""
    rows = [row for row in report(dmail=2.0, octodns=1.0).rows() if "octodns" in row.what]

    assert [(row.what, row.ratio, row.verdict) for row in rows] == [
        ("1,000 blocks: plan, octodns", 2.0, "ok"),
        ("10,000 blocks: plan, octodns", 2.0, "ok"),
    ]


def test_report_reads_well_and_says_the_same_as_its_data() -> None:
    """The table has a row for each comparison; JSON holds the same ratios."""
    made = report(dmail=0.3, terraform=1.0)
    lines = made.text().splitlines()

    assert [line.split()[-1] for line in lines if line.startswith("1,000 blocks: plan, terraform")] == ["3", "ok"]
    assert [row["ratio"] for row in made.data["comparisons"]] == [row.ratio for row in made.rows()]


def test_every_budget_is_of_a_step_that_is_measured() -> None:
    """No budget is written for work that nobody does, and a goal is never laxer than its limit."""
    assert {one.step for one in TERRAFORM} <= set(STEPS)
    assert all(one.goal <= one.limit for one in TERRAFORM)
    assert GROWTH >= 10
