"""``python -m benchmarks``: measure, print ratios, exit 1 if a limit is exceeded."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import rest
from benchmarks.configurations import Workload, blocks, for_each, three
from benchmarks.measure import ProgramError
from benchmarks.programs import APPLY, Program, dmail_program, peers
from benchmarks.report import Report

WORKLOADS = (three(), blocks(1_000), for_each(1_000), blocks(10_000))
QUICK = (three(), blocks(1_000))
ONCE_FROM = 15.0
"""Seconds of a first run above which it is not repeated: Terraform applies 1,000 objects in more than a minute."""
APPLY_UP_TO = 1_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was chosen."""
    options = _options(arguments)
    chosen = [one for one in (QUICK if options.quick else WORKLOADS) if not options.only or options.only in one.name]
    report = Report()
    failed = False
    with TemporaryDirectory(prefix="dmail-benchmark-") as scratch:
        programs: list[Program] = [] if options.peers_only else [dmail_program(Path(scratch))]
        programs += [] if options.no_peers else peers()
        for workload in chosen:
            for program in programs:
                if program.name in workload.write:
                    failed |= not _repeat(program, workload, report, folder=Path(scratch), repeats=options.repeats)
        if not (options.quick or options.peers_only) and (options.only or "") in rest.NAME:
            failed |= not _far(report, folder=Path(scratch), repeats=options.repeats)
    sys.stdout.write(json.dumps(report.data, indent=2) + "\n" if options.json else report.text())
    return int(failed or any(row.verdict == "MISSED" for row in report.rows()))


def _repeat(program: Program, workload: Workload, report: Report, *, folder: Path, repeats: int) -> bool:
    """Do all steps several times, once where it takes long; whether the program did its work."""
    for _ in range(repeats):
        try:
            longest = _once(program, workload, report, folder)
        except ProgramError as error:
            print(error, file=sys.stderr)
            return False
        if longest > ONCE_FROM:
            break
    return True


def _far(report: Report, *, folder: Path, repeats: int) -> bool:
    """Measure a remote that is far away; whether it worked."""
    report.add(rest.NAME, APPLY, "latency", rest.BOUND)
    for _ in range(repeats):
        with TemporaryDirectory(dir=folder) as scratch:
            try:
                measurement = rest.creates(Path(scratch))
            except ProgramError as error:
                print(error, file=sys.stderr)
                return False
        report.add(rest.NAME, APPLY, "dmail", measurement)
        print(f"dmail: {rest.NAME}: {APPLY}: {measurement.seconds:.2f} s", file=sys.stderr, flush=True)
    return True


def _once(program: Program, workload: Workload, report: Report, folder: Path) -> float:
    """Do all steps; the seconds of the longest."""
    longest = 0.0
    with_apply = workload.size <= APPLY_UP_TO or program.name == "dmail"
    with TemporaryDirectory(dir=folder) as scratch:
        for step, measurement in program.run(workload, Path(scratch), with_apply=with_apply):
            report.add(workload.name, step, program.name, measurement)
            longest = max(longest, measurement.seconds)
            note = f"{program.name}: {workload.name}: {step}: {measurement.seconds:.2f} s"
            print(note, file=sys.stderr, flush=True)
    return longest


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", metavar="TEXT", help="only configurations whose name contains this, e.g. for_each")
    parser.add_argument("--quick", action="store_true", help="leave out for_each, 10,000 blocks and rest")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="runs of each program (3)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--no-peers", action="store_true", help="measure dmail alone")
    group.add_argument("--peers-only", action="store_true", help="measure the others alone")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
