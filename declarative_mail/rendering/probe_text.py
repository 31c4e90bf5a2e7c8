"""Connection tests as text: a line for each server, and for one that did not pass the stages that say why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from declarative_mail.rendering.terminal import Terminal
from declarative_mail.rendering.text import counted, hang, neutralise

Data = Mapping[str, Any]

WORDS = {"pass": "pass", "warn": "warn", "fail": "FAIL", "skipped": "skip", "unknown": "????"}
_STYLES = {"pass": "green", "warn": "yellow", "fail": "error", "skipped": "dim", "unknown": "yellow"}
_SPEAKING = ("warn", "fail", "unknown")


def verdict_of(test: Data) -> str:
    """The verdict on a whole server: ``pass``, ``warn`` or ``fail``."""
    if not test["ok"]:
        return "fail"
    return "warn" if any(stage["verdict"] == "warn" for stage in test["stages"]) else "pass"


def blames(test: Data, stage: Data) -> bool:
    """Whether a stage is to blame for a test that did not pass: it failed, or nobody knows although it had to pass."""
    return stage["verdict"] == "fail" or (not test["ok"] and stage["verdict"] == "unknown")


def one_line(test: Data, terminal: Terminal) -> str:
    """``pass  smtp_server.primary  up to sender (84 ms)``"""
    verdict = verdict_of(test)
    address = neutralise(test["address"])
    ran = [stage for stage in test["stages"] if stage["verdict"] != "skipped"]
    spent = f"{sum(stage['ms'] or 0 for stage in ran):,.0f} ms"
    if verdict == "fail":
        blamed = [f"{one['stage']} {_code(one)}".strip() for one in ran if blames(test, one)]
        said = f"{', '.join(blamed) or 'did not pass'} ({spent})"
    else:
        reached = [one["stage"] for one in ran if one["stage"] != "quit" and one["verdict"] != "unknown"]
        said = f"up to {reached[-1]} ({spent})" if reached else f"({spent})"
    return f"{terminal.paint(WORDS[verdict], _STYLES[verdict])}  {address}  {said}"


def probe_text(tests: Sequence[Data], *, terminal: Terminal, verbose: bool = False) -> str:
    """The results of all servers, those that failed last, and the count.

    Args:
        tests: the JSON form of connection tests (``dmail test --json``).
        terminal: width and colour.
        verbose: every stage of every server.
    """
    ordered = sorted(tests, key=lambda test: not test["ok"])
    lines = [line for test in ordered for line in server_lines(test, terminal=terminal, verbose=verbose)]
    return "\n".join([*lines, *_count(tests)]) + "\n" if tests else "Nothing to test: no smtp_server is declared.\n"


def server_lines(test: Data, *, terminal: Terminal, verbose: bool = False) -> Iterator[str]:
    """One server: its line and below it the stages that have something to say."""
    yield one_line(test, terminal)
    for stage in test["stages"]:
        if verbose or stage["verdict"] in _SPEAKING:
            yield from _stage(stage, terminal)


def _stage(stage: Data, terminal: Terminal) -> Iterator[str]:
    verdict = stage["verdict"]
    head = f"      {terminal.paint(WORDS[verdict], _STYLES[verdict])} {stage['stage']:<9}"
    spent = f"{stage['ms']:,.0f} ms" if stage["ms"] else ""
    yield f"{head} {_code(stage):<18} {spent}".rstrip()
    for name in ("reply", "cause", "remedy"):
        if stage.get(name) and (verdict in _SPEAKING):
            yield from hang(f"           {name + ':':<7} ", neutralise(stage[name]), terminal.width)


def _code(stage: Data) -> str:
    return neutralise(str(stage["code"] or ""))


def _count(tests: Sequence[Data]) -> list[str]:
    numbers = {name: sum(verdict_of(test) == name for test in tests) for name in ("pass", "warn", "fail")}
    words = {"pass": "passed", "warn": "passed with warnings", "fail": "failed"}
    named = [f"{number} {words[name]}" for name, number in numbers.items() if number]
    return [f"{counted(len(tests), 'server')}: {', '.join(named)}."]
