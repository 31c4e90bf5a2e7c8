"""What the alignment checks say: one record for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from msgspec import Struct, field

from declarative_mail.probe.verdict import Verdict

Check: TypeAlias = Literal["spf", "dkim", "dmarc", "mx"]


class AlignmentResult(Struct, frozen=True):
    """The verdict on one record, or on one that should be there.

    Args:
        check: which mechanism.
        subject: what was looked at: the envelope domain, the name of the selector's key, the From domain.
        verdict: ``pass``; ``warn``: mail arrives, but; ``fail``: receivers refuse or quarantine mail for this;
            ``unknown``: it cannot be told from here, or DNS did not answer; ``skipped``: it does not apply.
        code: a stable word, see ``docs/alignment.md``.
        cause: what was seen and what it means.
        remedy: what to do, empty where nothing is amiss.
        record: what DNS has, None where it has nothing.
        expected: what the record should be, None where nothing should change or nobody can tell from here.
        details: facts, JSON values only: ``address``, ``lookups``, ``policy``, ``bits``, …
    """

    check: Check
    subject: str
    verdict: Verdict
    code: str
    cause: str = ""
    remedy: str = ""
    record: str | None = None
    expected: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> dict[str, object]:
        """The JSON form."""
        return {
            "check": self.check,
            "subject": self.subject,
            "verdict": self.verdict,
            "code": self.code,
            "cause": self.cause,
            "remedy": self.remedy,
            "record": self.record,
            "expected": self.expected,
            "details": dict(self.details),
        }


def unanswered(check: Check, subject: str, reason: str) -> AlignmentResult:
    """The verdict where DNS did not answer: nothing is said of the record."""
    return AlignmentResult(
        check,
        subject,
        "unknown",
        f"{check}_dns_unavailable",
        cause=f"DNS did not answer, seen from this machine: {reason}.",
        remedy="Try again; if it stays so, see whether this machine's resolver and the domain's name servers answer.",
    )
