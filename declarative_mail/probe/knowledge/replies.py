"""Replies: what a server's answer means. Vendor and text before the enhanced code, the enhanced code before the code.

How a reply finds its row; the first tier that has a candidate decides, inside it the best agreement:

    4 words      a phrase of the row stands in the text, and the enhanced code agrees; where one side has none, the code
    3 enhanced   code and enhanced code agree, where a row says that this is proof enough and the stage fits
    2 phrase     a phrase of several words stands in the text, and class and subject (5.7.x) agree
    1 code       the code alone agrees, under the same conditions
      meaning    the registered meaning of the enhanced code (RFC 3463, RFC 5248 and the IANA registry)
      basic      the meaning of the basic code (RFC 5321), by stage where it differs
      class      the first digit

One code means several things (454 4.7.0 is a fault of TLS or of the directory behind AUTH, 550 5.7.1 a refused relay or
a refused content), so a row is never taken for its number alone unless its number has no second meaning.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from msgspec import Struct

from declarative_mail.probe.knowledge.explanation import Explanation
from declarative_mail.probe.knowledge.presets import hints_for
from declarative_mail.probe.knowledge.vendors import vendor_of
from declarative_mail.probe.knowledge.words import phrase

_TABLE = Path(__file__).parent / "data" / "replies.json"

_PREFIX = re.compile(r"^(?:\d{3}[- ])?\s*(?:[245]\.\d{1,3}\.\d{1,3}(?:\s|$))?")
_ENHANCED = re.compile(r"^(?:\d{3}[- ])?\s*([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")

# Details up to 30 are in the IANA registry; higher ones (5.7.139, 5.7.708) are one vendor's own and prove that vendor.
_REGISTERED_DETAILS = 30

_FIRST_REFUSAL = 400

# A reply of a server in its right mind is far shorter; what is longer is not searched to its end.
_LONGEST_TEXT = 4_000


def explain_reply(
    code: int, enhanced: str | None, text: str, *, phase: str, host: str, preset: str | None = None
) -> Explanation:
    """Explain a server's reply.

    Args:
        code: the three-digit reply code.
        enhanced: the enhanced status code (RFC 3463), e.g. ``5.7.8``; None: it is looked for at the start of the text.
        text: the reply's words, lines separated by line ends; repeated codes at the start of lines do no harm.
        phase: the stage that the reply answers: ``greeting``, ``ehlo``, ``tls``, ``auth``, ``sender``, ``recipient``,
            ``message`` or ``quit``.
        host: the server's name, from which the vendor is guessed.
        preset: the preset in use, which names the vendor and adds its hints.
    """
    text = text[:_LONGEST_TEXT]
    vendor = vendor_of(host, preset=preset, text=text)
    reply = _Reply(code, enhanced or _enhanced_in(text), _plain(text), phase, vendor)
    found = _best_row(reply) or _registered_meaning(reply) or _by_code(reply) or _by_class(reply)
    return Explanation(
        id=found.id,
        cause=found.cause,
        remedy=found.remedy,
        category=found.category,
        temporary=_FIRST_REFUSAL <= code < _FIRST_REFUSAL + 100,
        vendor=found.vendor,
        source=found.source,
        hints=hints_for(preset, found.category) if code >= _FIRST_REFUSAL else (),
    )


class _Reply(Struct, frozen=True):
    code: int
    enhanced: str | None
    text: str
    phase: str
    vendor: str | None


class _Row(Struct, frozen=True):
    """A row of ``replies.json``; `needs` is the least evidence on which it is taken: text, enhanced or code."""

    id: str
    category: str
    cause: str
    remedy: str
    codes: tuple[int, ...] = ()
    enhanced: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    vendor: str | None = None
    needs: str = "text"
    source: str = ""
    evidence: str = "named"

    def longest_phrase_in(self, text: str) -> str:
        return max((words for words in self.words if phrase(words).search(text)), key=len, default="")

    def expected_at(self, phase: str) -> bool:
        return not self.phases or phase in self.phases


# Compared as a whole, so that the highest tier decides and agreement only decides inside it.
_Rank: TypeAlias = tuple[int, int, int, int, int]
_NO_MATCH: _Rank = (0, 0, 0, 0, 0)


def _best_row(reply: _Reply) -> _Row | None:
    best = max(_rows(), key=lambda row: _rank(row, reply))
    return best if _rank(best, reply) > _NO_MATCH else None


def _rank(row: _Row, reply: _Reply) -> _Rank:
    if reply.code // 100 not in {code // 100 for code in row.codes}:
        return _NO_MATCH
    if row.vendor and reply.vendor and row.vendor != reply.vendor:
        return _NO_MATCH
    found = row.longest_phrase_in(reply.text)
    tier = _tier(row, reply, found)
    if not tier:
        return _NO_MATCH
    agreement = (reply.code in row.codes) + 2 * (reply.enhanced in row.enhanced)
    place = 2 if reply.phase in row.phases else int(not row.phases)
    return (tier, _vendor_rank(row, reply), agreement, place, len(found))


def _tier(row: _Row, reply: _Reply, found: str) -> int:
    same_code, same_enhanced = reply.code in row.codes, reply.enhanced in row.enhanced
    comparable = reply.enhanced is not None and bool(row.enhanced)
    if found and (same_enhanced or (same_code and not comparable)):
        return 4
    sufficient = row.needs in ("enhanced", "code") and same_code and row.expected_at(reply.phase)
    if sufficient and same_enhanced and _vendor_is_proved(row, reply):
        return 3
    if " " in found and (not comparable or _subject(reply.enhanced) in {_subject(one) for one in row.enhanced}):
        return 2
    return int(sufficient and row.needs == "code" and not comparable and _vendor_rank(row, reply) > 0)


def _vendor_rank(row: _Row, reply: _Reply) -> int:
    if row.vendor is None:
        return 1
    return 2 if row.vendor == reply.vendor else 0


def _vendor_is_proved(row: _Row, reply: _Reply) -> bool:
    private = reply.enhanced is not None and int(reply.enhanced.rsplit(".", 1)[1]) > _REGISTERED_DETAILS
    return private or _vendor_rank(row, reply) > 0


def _subject(enhanced: str | None) -> str:
    return (enhanced or "").rsplit(".", 1)[0]


def _registered_meaning(reply: _Reply) -> _Row | None:
    detail = (reply.enhanced or "").partition(".")[2]
    meaning = _table()["meanings"].get(detail) if reply.code >= _FIRST_REFUSAL else None
    return _Row(id=f"x.{detail}", source="RFC 3463, RFC 5248", **meaning) if meaning else None


def _by_code(reply: _Reply) -> _Row | None:
    rows = [row for row in _table()["codes"] if row["code"] == reply.code and row["phase"] in (reply.phase, None)]
    # The row of the stage before the row of every stage.
    row = max(rows, key=lambda one: one["phase"] is not None, default=None)
    if row is None:
        return None
    words = {field: row[field] for field in ("category", "cause", "remedy")}
    return _Row(id=f"{reply.code}-{row['phase'] or 'any'}", source="RFC 5321, section 4.2.2", **words)


def _by_class(reply: _Reply) -> _Row:
    digit = str(reply.code // 100)
    classes = _table()["classes"]
    return _Row(id=f"class-{digit}", source="RFC 5321, section 4.2.1", **classes.get(digit, classes["other"]))


def _plain(text: str) -> str:
    lines = (_PREFIX.sub("", line.strip(), count=1) for line in text.splitlines())
    return " ".join(" ".join(lines).casefold().split())


def _enhanced_in(text: str) -> str | None:
    match = _ENHANCED.match(text)
    return match.group(1) if match else None


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(_TABLE.read_text("utf-8"))
    return table


@cache
def _rows() -> tuple[_Row, ...]:
    lists = ("codes", "enhanced", "words", "phases")
    return tuple(_Row(**row | {name: tuple(row[name]) for name in lists}) for row in _table()["replies"])
