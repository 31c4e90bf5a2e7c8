"""Exit codes: one table for all commands, documented in ``docs/exit-codes.md``."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from declarative_mail.diagnostics import Diagnostic
from declarative_mail.diagnostics.codes import configuration, planning, state


class Exit(IntEnum):
    """How a command ended."""

    OK = 0
    ERROR = 1
    CHANGES = 2
    DRIFT = 3
    TEST_FAILED = 4
    BRAKE = 5
    LOCKED = 6
    USAGE = 64
    INTERRUPTED = 130
    TERMINATED = 143


class StoppedAtOnce(KeyboardInterrupt):
    """Somebody asked a second time: the changes end in the middle, and the next run takes up the journal."""

    def __init__(self, code: Exit) -> None:
        super().__init__()
        self.code = code


PRECEDENCE = (Exit.ERROR, Exit.LOCKED, Exit.BRAKE, Exit.TEST_FAILED, Exit.DRIFT, Exit.CHANGES)
"""Which one counts when several apply (semantics 19)."""

_LOCKED_CODES = frozenset({state.LOCKED.id})
_CONDITIONS = frozenset({configuration.CONDITION_FAILED.id})


def worst(exits: Iterable[Exit]) -> Exit:
    """The one that counts."""
    found = set(exits)
    return next((one for one in PRECEDENCE if one in found), Exit.OK)


def exit_for(diagnostics: Iterable[Diagnostic]) -> Exit:
    """The exit code that a collection of faults asks for."""
    return worst(_one(diagnostic) for diagnostic in diagnostics if diagnostic.is_error)


def _one(diagnostic: Diagnostic) -> Exit:
    if diagnostic.code.id in _CONDITIONS:
        return Exit.TEST_FAILED
    if diagnostic.code == planning.BRAKE:
        return Exit.BRAKE
    return Exit.LOCKED if diagnostic.code.id in _LOCKED_CODES else Exit.ERROR
