"""Diagnostics as people read them on a terminal or in a CI log.

error[DM2103]: Unknown SMTP server reference
  --> rules.hcl:14:14, with notification_rule.prod_failed
   |
14 |   server   = smtp_server.primry
   |              ^^^^^^^^^^^^^^^^^^ no smtp_server is named "primry"
   |
   = help: did you mean smtp_server.primary, declared at servers.hcl:3:1?
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from declarative_mail.diagnostics import Diagnostic, Label, Source, Span
from declarative_mail.rendering.excerpt import Mark, draw, last_line
from declarative_mail.rendering.terminal import Terminal
from declarative_mail.rendering.text import counted, hang, neutralise

LIMIT = 20
"""More than this many are not read by anybody: the rest is counted."""


class _Group(Struct, frozen=True):
    """A diagnostic and the warnings of the same code that say the same of other places."""

    first: Diagnostic
    others: tuple[Diagnostic, ...] = ()


def render_diagnostics(
    diagnostics: Iterable[Diagnostic], *, terminal: Terminal, explain: str | None = None, limit: int = LIMIT
) -> str:
    """All diagnostics of one run as text: warnings first, so that the errors stand next to the prompt.

    Args:
        diagnostics: in any order; shown by severity, file and place. Warnings of one code become one.
        terminal: width and colour.
        explain: the command that explains a code (``dmail explain-error``); named under each error where given.
        limit: how many are shown at the most, errors before warnings.
    """
    ordered = sorted(_distinct(diagnostics), key=_order)
    errors = [_Group(one) for one in ordered if one.is_error]
    warnings = _grouped(one for one in ordered if not one.is_error)
    shown_errors = errors[:limit]
    shown_warnings = warnings[: limit - len(shown_errors)]
    secrets = [label.span for one in ordered for label in _labels(one) if label.secret]
    parts = [
        "\n".join(_lines(group, secrets, terminal=terminal, explain=explain))
        for group in (*shown_warnings, *shown_errors)
    ]
    hidden = len(errors) - len(shown_errors), len(warnings) - len(shown_warnings)
    closing = _closing(ordered, hidden, terminal=terminal)
    return "\n\n".join([*parts, *closing]) + "\n" if parts else ""


def render_compactly(warnings: Iterable[Diagnostic], *, terminal: Terminal) -> str:
    """Warnings as a line for each kind: what it is, and where. What to do about them is left out."""
    groups = _grouped(sorted(_distinct(warnings), key=_order))
    lines = [line for group in groups for line in _compact(group, terminal)]
    return "\n".join([*lines, "--compact-warnings was given; without it they are shown in full."]) + "\n"


def _compact(group: _Group, terminal: Terminal) -> Iterator[str]:
    yield from _title(group.first, terminal)
    places = _places((group.first, *group.others))
    yield from hang("  --> ", neutralise(places), terminal.width) if places else ()


def _distinct(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The same fault found on two ways is one fault."""
    return list({(*_order(one), str(one.address)): one for one in diagnostics}.values())


def _order(one: Diagnostic) -> tuple[object, ...]:
    place = one.primary.span if one.primary else None
    return (place.source.name if place else "", place.start if place else -1, one.code.id, one.detail)


def _grouped(warnings: Iterable[Diagnostic]) -> list[_Group]:
    by_code = groupby(sorted(warnings, key=lambda one: (one.code.id, _order(one))), key=lambda one: one.code)
    groups = [_Group(first, tuple(others)) for _, (first, *others) in by_code]
    return sorted(groups, key=lambda group: _order(group.first))


def _labels(one: Diagnostic) -> tuple[Label, ...]:
    return (*((one.primary,) if one.primary else ()), *one.related)


def _closing(ordered: Sequence[Diagnostic], hidden: tuple[int, int], *, terminal: Terminal) -> list[str]:
    """The last paragraph: what was left out, and how many there are where it is more than one."""
    names = ("error", "warning")
    more = [counted(number, f"more {name}") for number, name in zip(hidden, names, strict=True) if number]
    lines = [f"... and {' and '.join(more)} not shown"] if more else []
    numbers = [sum(one.severity == name for one in ordered) for name in names]
    if sum(numbers) > 1:
        totals = [counted(number, name) for number, name in zip(numbers, names, strict=True) if number]
        lines.append(terminal.paint(", ".join(totals), "bold"))
    return ["\n".join(lines)] if lines else []


def _lines(group: _Group, secrets: Sequence[Span], *, terminal: Terminal, explain: str | None) -> Iterator[str]:
    """The block of one diagnostic."""
    one = group.first
    labels = _labels(one)
    gutter = len(str(max((last_line(label.span) for label in labels), default=0)))
    yield from _title(one, terminal)
    if labels:
        yield from _picture(one, secrets, gutter=gutter, terminal=terminal)
        yield terminal.paint(f"{'':>{gutter}} |", "blue")
    elif one.address:
        yield f"{'':>{gutter}} with {neutralise(str(one.address))}"
    for name, text in _notes(group, explain):
        yield from hang(f"{'':>{gutter}} = {name}: ", neutralise(text), terminal.width)


def _title(one: Diagnostic, terminal: Terminal) -> Iterator[str]:
    kind = f"{one.severity}[{one.code.id}]"
    first, *rest = hang(f"{kind}: ", neutralise(one.code.summary), terminal.width)
    yield terminal.paint(kind, one.severity) + terminal.paint(first.removeprefix(kind), "bold")
    yield from (terminal.paint(line, "bold") for line in rest)


def _picture(one: Diagnostic, secrets: Sequence[Span], *, gutter: int, terminal: Terminal) -> Iterator[str]:
    """A picture for each file: that of the primary label first."""
    labels = _labels(one)
    sources = list(dict.fromkeys(label.span.source for label in labels))
    for source in sources:
        here = [label for label in labels if label.span.source is source]
        if source is not sources[0]:
            yield terminal.paint(f"{'':>{gutter}} |", "blue")
        arrow = "-->" if source is sources[0] else ":::"
        tail = f", with {one.address}" if one.address and source is sources[0] else ""
        yield from hang(f"{'':>{gutter}}{arrow} ", neutralise(f"{here[0].span}{tail}"), terminal.width)
        yield terminal.paint(f"{'':>{gutter}} |", "blue")
        marks = [_mark(label, one) for label in here]
        yield from draw(source, marks, secrets=_within(secrets, source), gutter=gutter, terminal=terminal)


def _mark(label: Label, one: Diagnostic) -> Mark:
    is_primary = label is one.primary
    text = neutralise(label.text)
    return Mark(label.span, text, "^" if is_primary else "-", one.severity if is_primary else "blue")


def _within(spans: Sequence[Span], source: Source) -> list[Span]:
    return [span for span in spans if span.source is source]


def _notes(group: _Group, explain: str | None) -> Iterator[tuple[str, str]]:
    """What stands below the picture. A detail that the primary label already says is not said again."""
    one = group.first
    if one.detail and not (one.primary and one.primary.text == one.detail):
        yield "note", one.detail
    for name, value in one.values.items():
        yield "with", f"{name} is {value}"
    if one.cause:
        yield "cause", one.cause
    if one.help:
        yield "help", one.help
    if group.others:
        yield "also", _elsewhere(group.others)
    if explain and one.is_error:
        yield "more", f"{explain} {one.code.id}"


def _elsewhere(others: Sequence[Diagnostic]) -> str:
    places, counting = _places(others), counted(len(others), "similar warning")
    return f"{counting}: {places}" if places else counting


def _places(found: Sequence[Diagnostic]) -> str:
    """Where they are: the first five places, or addresses where nothing was written."""
    places = [str(one.primary.span) if one.primary else str(one.address or "") for one in found]
    named = [place for place in dict.fromkeys(places) if place][:5]
    return f"{', '.join(named)}{', ...' if len(named) < len(found) else ''}" if named else ""
