"""From the flat parts of a template to its node: strip markers and heredoc indentation worked off, directives nested.

The parts are what stands between the quotes, in order: literal text, interpolations and directives. A heredoc's text is
one part a line, which is what both a strip marker and the indentation go by.
"""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import Any

from msgspec import Struct

from declarative_mail.diagnostics import Code, Source, Span
from declarative_mail.diagnostics.codes import syntax as codes
from declarative_mail.language.lexical import SPACES, nfc
from declarative_mail.language.parse_build import Reading
from declarative_mail.language.syntax import Expression, Literal, Template, TemplateFor, TemplateIf

LITERAL = "literal"
MAX_DIRECTIVES = 50


class Part(Struct):
    """One part of a template.

    Args:
        kind: ``literal``, ``interpolation``, ``if``, ``for``, ``else``, ``endif`` or ``endfor``.
        value: the text; the expression; the condition; names and collection.
        strips: whether it has a strip marker at its start and at its end.
    """

    kind: str
    value: Any
    start: int
    end: int
    strips: tuple[bool, bool] = (False, False)


def make_template(reading: Reading, parts: list[Part], span: Span, *, flush: bool) -> Expression:
    """The node of a template; a `Literal` where all of it is literal text. `flush`: a heredoc of the ``<<-`` kind."""
    _strip(parts)
    if flush:
        _unindent(parts)
    melded = _meld(parts)
    if _nesting(melded) > MAX_DIRECTIVES:
        reading.report(
            codes.TOO_DEEP, f"Template directives may be nested {MAX_DIRECTIVES} deep.", span.start, span.end
        )
        return Literal(None, span)
    if all(part.kind == LITERAL for part in melded):
        return Literal(nfc(melded[0].value) if melded else "", span)
    return Template(_Nesting(reading, melded).all_parts(), span)


def _strip(parts: list[Part]) -> None:
    """Strip markers: white space goes from the one literal next to the marker."""
    for before, after in pairwise(parts):
        if before.kind == LITERAL and after.strips[0]:
            before.value = before.value.rstrip(SPACES)
        elif after.kind == LITERAL and before.strips[1]:
            after.value = after.value.lstrip(SPACES)


def _unindent(parts: list[Part]) -> None:
    """Take from each line as many spaces as the least indented one has; lines of white space alone do not count."""
    least: int | None = None
    starts: list[Part] = []
    new_line = True
    for part in parts:
        if new_line:
            spaces = _indentation(part)
            if spaces is not None:
                least = spaces if least is None else min(least, spaces)
                starts += [part] if part.kind == LITERAL else []
        new_line = part.kind == LITERAL and part.value.endswith("\n")
    for part in starts:
        part.value = part.value[least:]
        part.start += least or 0


def _indentation(part: Part) -> int | None:
    if part.kind != LITERAL:
        return 0
    text = part.value.lstrip(SPACES)
    return None if not text and part.value.endswith("\n") else len(part.value) - len(text)


def _meld(parts: list[Part]) -> list[Part]:
    """Neighbouring literals made one."""
    melded: list[Part] = []
    for is_literal, run in groupby(parts, key=lambda part: part.kind == LITERAL):
        if is_literal:
            texts = list(run)
            melded.append(Part(LITERAL, "".join([part.value for part in texts]), texts[0].start, texts[-1].end))
        else:
            melded += run
    return melded


def _nesting(parts: list[Part]) -> int:
    """How many directives stand one inside the other at most."""
    deepest = depth = 0
    for part in parts:
        depth += (part.kind in ("if", "for")) - (part.kind in ("endif", "endfor"))
        deepest = max(deepest, depth)
    return deepest


class _Nesting:
    """Reads flat parts into nested ones; directives that do not pair are reported and left out."""

    def __init__(self, reading: Reading, parts: list[Part]) -> None:
        self._reading = reading
        self._source: Source = reading.source
        self._parts = parts
        self._at = 0

    def all_parts(self) -> tuple[Expression, ...]:
        found: list[Expression] = []
        while self._at < len(self._parts):
            found += self._until()
            if self._at < len(self._parts):
                self._report_stray(self._parts[self._at], None)
                self._at += 1
        return tuple(found)

    def _until(self) -> list[Expression]:
        """Parts up to the next ``else``, ``endif`` or ``endfor``, or the end."""
        found: list[Expression] = []
        while self._at < len(self._parts):
            part = self._parts[self._at]
            if part.kind in ("else", "endif", "endfor"):
                break
            self._at += 1
            found.append(self._one(part))
        return found

    def _one(self, part: Part) -> Expression:
        span = Span(self._source, part.start, part.end)
        if part.kind == LITERAL:
            return Literal(nfc(part.value), span)
        if part.kind == "if":
            return self._if(part)
        if part.kind == "for":
            return self._for(part)
        expression: Expression = part.value
        return expression

    def _if(self, opening: Part) -> Expression:
        then, middle = self._branch(opening.end), self._peek()
        if middle is not None and middle.kind == "else":
            self._at += 1
            otherwise = self._branch(middle.end)
        else:
            at = middle.start if middle else opening.end
            otherwise = Literal("", Span(self._source, at, at))
        end = self._close(opening, "endif")
        return TemplateIf(opening.value, then, otherwise, Span(self._source, opening.start, end))

    def _for(self, opening: Part) -> Expression:
        body = self._branch(opening.end)
        end = self._close(opening, "endfor")
        key, value, collection = opening.value
        return TemplateFor(key, value, collection, body, Span(self._source, opening.start, end))

    def _branch(self, start: int) -> Expression:
        """What stands between two directives, always a string.

        A `Literal`, or a `Template` even of one interpolation.
        """
        found = self._until()
        if not found:
            return Literal("", Span(self._source, start, start))
        if len(found) == 1 and isinstance(found[0], Literal):
            return found[0]
        return Template(tuple(found), found[0].span.to(found[-1].span))

    def _peek(self) -> Part | None:
        return self._parts[self._at] if self._at < len(self._parts) else None

    def _close(self, opening: Part, kind: str) -> int:
        """Take the directive that ends another; what stands in its place is reported with the opening one."""
        part = self._peek()
        if part is not None and part.kind == kind:
            self._at += 1
            return part.end
        if part is not None:
            self._report_stray(part, opening)
            self._at += 1
            return part.end
        detail = f"The `{opening.kind}` directive has no end in this template. Add `%{{ {kind} }}` where it should end."
        self._report(codes.INVALID_DIRECTIVE, detail, opening)
        return opening.end

    def _report_stray(self, part: Part, opening: Part | None) -> None:
        if opening is None:
            wants = {"else": "if", "endif": "if", "endfor": "for"}[part.kind]
            detail = f"`{part.kind}` has no `{wants}` directive before it that it could belong to."
        else:
            detail = (
                f"`{part.kind}` does not fit the `{opening.kind}` directive here, which ends with `end{opening.kind}`."
            )
        self._report(codes.INVALID_DIRECTIVE, detail, part)

    def _report(self, code: Code, detail: str, part: Part) -> None:
        self._reading.report(code, detail, part.start, part.end)
