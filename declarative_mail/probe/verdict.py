"""What a connection test says: a verdict for each stage, with the server's words, the probable cause and the remedy.

Records only, read by planning, state and the renderers. ``data`` is the published JSON form; ``record`` is the whole
of it, kept in state and in saved plans, and `TestResult.from_record` reads it back.

    resolve ─ connect ─ greeting ─ ehlo ─ tls ─ auth ─ sender ─ recipient ─ message ─ quit
                  └── with encryption = "tls" the tls stage runs here; the order of the verdicts stays the same
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias, get_args

from msgspec import Struct, field

Stage: TypeAlias = Literal[
    "resolve", "connect", "greeting", "ehlo", "tls", "auth", "sender", "recipient", "message", "quit"
]
Verdict: TypeAlias = Literal["pass", "warn", "fail", "skipped", "unknown"]

STAGES: tuple[Stage, ...] = get_args(Stage)


class StageResult(Struct, frozen=True):
    r"""The verdict of one stage.

    Args:
        stage: which one.
        verdict: ``pass``; ``warn``: it works, but; ``fail``; ``skipped``: not reached, not asked for or not applicable;
            ``unknown``: the server does not decide at this command.
        code: a stable word: the reply's code with its enhanced code (``535 5.7.8``), or the name of what was seen
            (``refused``, ``cert_expired``); ``ok`` where a pass has no reply.
        reply: the server's own words, lines separated by ``\n``, control characters made harmless, credentials removed.
        cause: what probably lies behind a verdict that is no pass.
        remedy: what helps.
        ms: the time it took, in milliseconds.
        details: facts of the stage, JSON values only: addresses and their verdicts, the TLS version, cipher and
            certificates, capabilities, mechanism, recipients and their verdicts, queue id and Message-ID,
            ``temporary``, ``attempts``.
    """

    stage: Stage
    verdict: Verdict
    code: str
    reply: str | None = None
    cause: str | None = None
    remedy: str | None = None
    ms: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def temporary(self) -> bool:
        """Whether the same attempt may succeed later with nothing changed (a 4xx answer, a full server)."""
        return bool(self.details.get("temporary"))

    @property
    def data(self) -> dict[str, object]:
        """The published JSON form of one stage."""
        return {
            "stage": self.stage,
            "verdict": self.verdict,
            "code": self.code,
            "reply": self.reply,
            "cause": self.cause,
            "remedy": self.remedy,
            "ms": self.ms,
        }

    @property
    def record(self) -> dict[str, object]:
        """The published form and the details."""
        return self.data | {"details": dict(self.details)}


class TestResult(Struct, frozen=True):
    """The verdict on one server.

    Args:
        address: what the server is filed under, see `settings.ServerSettings.address`.
        ok: whether the test passed by its own `require`.
        stages: one result for each of `STAGES`, in that order, always all of them.
        started: when the test began (UTC).
        transcript: the conversation, a line each, ``C:`` client, ``S:`` server, ``*`` remarks; credentials removed.
        certificate_expires: the earliest end of validity in the chain that was shown.
        require: the stages that were required.
    """

    __test__ = False  # a record, not a test class: keeps pytest from collecting it

    address: str
    ok: bool
    stages: tuple[StageResult, ...]
    started: datetime
    transcript: tuple[str, ...] = ()
    certificate_expires: datetime | None = None
    require: frozenset[Stage] = frozenset()

    def __getitem__(self, stage: Stage) -> StageResult:
        return self.stages[STAGES.index(stage)]

    @property
    def deciding(self) -> StageResult:
        """The stage that decides: the first that fails the test, else the first warning, else the last one that ran."""
        blamed = [one for one in self.stages if blocks(one, self.require)]
        warned = [one for one in self.stages if one.verdict == "warn"]
        ran = [one for one in self.stages if one.verdict not in {"skipped", "unknown"} and one.stage != "quit"]
        return next(iter([*blamed, *warned]), ran[-1] if ran else self.stages[0])

    @property
    def temporary(self) -> bool:
        """Whether the test failed for a reason that may pass by itself."""
        return not self.ok and self.deciding.temporary

    @property
    def data(self) -> dict[str, object]:
        """The published JSON form: one line of ``dmail test --json``."""
        return {
            "type": "connection_test",
            "address": self.address,
            "ok": self.ok,
            "stages": [one.data for one in self.stages],
        }

    @property
    def record(self) -> dict[str, object]:
        """All of it except the transcript, as JSON values, for state and saved plans."""
        return {
            "address": self.address,
            "ok": self.ok,
            "started": self.started.isoformat(),
            "certificate_expires": self.certificate_expires.isoformat() if self.certificate_expires else None,
            "require": [stage for stage in STAGES if stage in self.require],
            "stages": [one.record for one in self.stages],
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> TestResult:
        """Read back what `record` gave.

        Raises:
            KeyError, TypeError, ValueError: it is not such a record.
        """
        expires = record["certificate_expires"]
        return cls(
            address=record["address"],
            ok=record["ok"],
            stages=tuple(StageResult(**stage) for stage in record["stages"]),
            started=datetime.fromisoformat(record["started"]),
            certificate_expires=datetime.fromisoformat(expires) if expires else None,
            require=frozenset(record["require"]),
        )


def in_order(found: Mapping[Stage, StageResult], *, why_not: str = "not_reached") -> tuple[StageResult, ...]:
    """All ten stages in their order; those without a result are skipped, with `why_not` as their code."""
    return tuple(found.get(stage) or StageResult(stage, "skipped", why_not) for stage in STAGES)


def blocks(result: StageResult, require: frozenset[Stage]) -> bool:
    """Whether this stage fails the test.

    A required stage must pass (a warning is a pass with a remark). Every other stage up to ``sender`` must not fail,
    and neither must a recipient or a message that was tried because of `to`, changed rules or ``--stage``; ``quit``
    never decides.
    """
    if result.stage in require:
        return result.verdict not in {"pass", "warn"}
    return result.verdict == "fail" and result.stage != "quit"


def passes(stages: Sequence[StageResult], require: frozenset[Stage]) -> bool:
    """Whether the test as a whole passes."""
    return not any(blocks(one, require) for one in stages)


def as_stage(name: str) -> Stage:
    """The stage of this name.

    Raises:
        ValueError: there is none; the message lists them.
    """
    if name not in STAGES:
        raise ValueError(f"no stage is named {name!r}; the stages are {', '.join(STAGES)}")
    return name
