"""Connection tests as text: a line for each server, and below one that did not pass what says why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from declarative_mail.rendering.terminal import Terminal
from declarative_mail.rendering.text import counted, hang, neutralise

Data = Mapping[str, Any]

WORDS = {"pass": "pass", "warn": "warn", "fail": "FAIL", "skipped": "skip", "unknown": "????"}
_STYLES = {"pass": "green", "warn": "yellow", "fail": "error", "skipped": "dim", "unknown": "yellow"}
_SAID = ("reply", "cause", "remedy", "record", "expected")


def checks_of(test: Data) -> Iterator[Data]:
    """What was looked at beside the conversation, in the form of a stage: DNS records of the sender, and arrival."""
    for one in test.get("alignment") or ():
        yield {**one, "stage": one["check"], "code": f"{one['code']} {one['subject']}", "ms": 0}
    receipt = test.get("receipt")
    if receipt:
        yield {**receipt, "stage": "receipt", "ms": receipt["waited"] * 1000}


def verdict_of(test: Data) -> str:
    """The verdict on a whole server: ``pass``, ``warn`` or ``fail``; a fallback that stands in makes it ``warn``."""
    arrived = (test.get("receipt") or {}).get("verdict") != "fail"
    if not (test["ok"] and arrived):
        return "warn" if test.get("proved_by") and arrived else "fail"
    verdicts = [stage["verdict"] for stage in test["stages"]] + [one["verdict"] for one in checks_of(test)]
    return "warn" if {"warn", "fail"} & set(verdicts) else "pass"


def blames(test: Data, stage: Data) -> bool:
    """Whether a stage is to blame for a test that did not pass: it failed, or nobody knows although it had to pass."""
    return stage["verdict"] == "fail" or (not test["ok"] and stage["verdict"] == "unknown")


def one_line(test: Data, terminal: Terminal) -> str:
    """``pass  smtp_server.primary  up to sender (84 ms)``"""
    verdict = verdict_of(test)
    ran = [stage for stage in test["stages"] if stage["verdict"] != "skipped"]
    spent = f"{sum(stage['ms'] or 0 for stage in ran):,.0f} ms"
    if test["ok"] and verdict != "fail":
        reached = [one["stage"] for one in ran if one["stage"] != "quit" and one["verdict"] != "unknown"]
        said = f"up to {reached[-1]} ({spent})" if reached else f"({spent})"
    else:
        lost = [one for one in checks_of(test) if one["stage"] == "receipt" and one["verdict"] == "fail"]
        blamed = [f"{one['stage']} {_code(one)}".strip() for one in [*ran, *lost] if blames(test, one)]
        said = f"{', '.join(blamed) or 'did not pass'} ({spent})"
    return f"{terminal.paint(WORDS[verdict], _STYLES[verdict])}  {neutralise(test['address'])}  {said}"


def probe_text(tests: Sequence[Data], *, terminal: Terminal, verbose: bool = False) -> str:
    """The results of all servers, those that failed last, and the count.

    Args:
        tests: the JSON form of connection tests (``dmail test --json``).
        terminal: width and colour.
        verbose: every stage of every server.
    """
    ordered = sorted(tests, key=lambda test: verdict_of(test) == "fail")
    lines = [line for test in ordered for line in server_lines(test, terminal=terminal, verbose=verbose)]
    return "\n".join([*lines, *_count(tests)]) + "\n" if tests else "Nothing to test: no smtp_server is declared.\n"


def server_lines(test: Data, *, terminal: Terminal, verbose: bool = False) -> Iterator[str]:
    """One server: its line, and below it the stages and checks that have something to say."""
    yield one_line(test, terminal)
    for stage in test["stages"]:
        if verbose or stage["verdict"] in {"warn", "fail", "unknown"}:
            yield from _row(stage, terminal)
    for check in checks_of(test):
        # what cannot be told from here (SPF without known egress) is no news, unless somebody asks
        if verbose or check["verdict"] in {"warn", "fail"} or check["stage"] == "receipt":
            yield from _row(check, terminal)
    if test.get("proved_by"):
        yield f"      its fallback {neutralise(test['proved_by'])} takes its mail"
    if verbose and test.get("transcript"):
        yield "      what was said, credentials removed:"
        yield from (f"        {neutralise(line)}" for line in test["transcript"])


def _row(stage: Data, terminal: Terminal) -> Iterator[str]:
    verdict = stage["verdict"]
    spent = f"{stage['ms']:,.0f} ms" if stage["ms"] else ""
    head = f"      {terminal.paint(WORDS[verdict], _STYLES[verdict])} {stage['stage']:<9}"
    yield f"{head} {_code(stage):<18} {spent}".rstrip()
    if verdict in {"warn", "fail", "unknown"}:
        width = max((len(name) for name in _SAID if stage.get(name)), default=0) + 1
        for name in _SAID:
            if stage.get(name):
                yield from hang(f"           {name + ':':<{width}} ", neutralise(stage[name]), terminal.width)


def _code(stage: Data) -> str:
    return neutralise(str(stage["code"] or ""))


def _count(tests: Sequence[Data]) -> list[str]:
    numbers = {name: sum(verdict_of(test) == name for test in tests) for name in ("pass", "warn", "fail")}
    words = {"pass": "passed", "warn": "passed with warnings", "fail": "failed"}
    named = [f"{number} {words[name]}" for name, number in numbers.items() if number]
    return [f"{counted(len(tests), 'server')}: {', '.join(named)}."]
