"""What a notification rule inside a pipeline can be, seen from the declarations alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.remotes.base import Declared, Objection
from declarative_mail.remotes.harness.rules_wire import METHODS

_NEEDED = ("organization", "project", "pipeline")


def examine_rules(rules: Sequence[Declared], remote: str) -> Iterator[Objection]:
    """Every fault of every rule."""
    branches: dict[tuple[Any, ...], Declared] = {}
    for one in rules:
        yield from _examine_place(one, remote)
        yield from _examine_ways(one)
        yield from _examine_branch(one, branches)


def _examine_place(one: Declared, remote: str) -> Iterator[Objection]:
    if one.attributes.get("via") == "central":
        detail = (
            'via = "central" (Harness\'s centralised notifications) cannot be managed yet. Use via = "pipeline", the '
            "default, which keeps the rule in its pipeline."
        )
        yield Objection(one.address, codes.NOT_EXPRESSIBLE, detail, ("via",))
        return
    missing = [name for name in _NEEDED if one.attributes.get(name) is None]
    if missing:
        detail = (
            f"A rule on Harness lives in a pipeline, and {', '.join(missing)} of it is not said. Set it; organization "
            f"and project may also stand in remote.{remote}."
        )
        yield Objection(one.address, codes.REMOTE_RULE, detail)


def _examine_ways(one: Declared) -> Iterator[Objection]:
    used = [block for block in METHODS if one.attributes.get(block) is not None]
    if len(used) > 1:
        first, *others = used
        detail = (
            f"A rule on Harness tells by one way only, and this one has {', '.join(used)}. Keep {first} here, and "
            f"write a second rule with the same events for {' and another for '.join(others)}."
        )
        yield Objection(
            one.address, codes.REMOTE_RULE, detail, (others[0],), related=((one.address, (first,), "and here"),)
        )


def _examine_branch(one: Declared, branches: dict[tuple[Any, ...], Declared]) -> Iterator[Objection]:
    """All rules of one pipeline are one commit."""
    branch = (one.attributes.get("git") or {}).get("branch")
    if branch is None:
        return
    pipeline = tuple(one.attributes.get(name) for name in _NEEDED)
    first = branches.setdefault(pipeline, one)
    known = (first.attributes.get("git") or {}).get("branch")
    if known != branch:
        detail = (
            f'The rules of one pipeline are written in one commit, and they name the branches "{known}" and '
            f'"{branch}". Name one.'
        )
        yield Objection(
            one.address,
            codes.REMOTE_RULE,
            detail,
            ("git", "branch"),
            related=((first.address, ("git", "branch"), "and here"),),
        )
