"""Where a command works.

A directory, an environment, values for variables, and the few facts of the world it may use.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct, field

from declarative_mail.language.beside import Beside

VariableOption: TypeAlias = tuple[Literal["var", "var-file"], str]


def _now() -> datetime:
    return datetime.now(UTC)


class Workspace(Struct, frozen=True, kw_only=True):
    """What every operation is given.

    Args:
        directory: the absolute directory of the configuration.
        environment: environment variables; nothing below reads the process's own.
        variables: ``--var`` and ``--var-file`` in the order of the command line.
        backend: ``--backend-config`` settings, ``key=value``.
        cache: a directory for parsed files and grammar tables; None where there is none.
        beside: where a part of the work may be done at the same time; None where all is done here.
        parallelism: calls at once on each remote at the most; None: what each remote takes.
        now: the time of this run.
    """

    directory: Path
    environment: Mapping[str, str]
    variables: tuple[VariableOption, ...] = ()
    backend: tuple[str, ...] = ()
    cache: Path | None = None
    beside: Beside | None = None
    parallelism: int | None = None
    now: datetime = field(default_factory=_now)

    @property
    def stamp(self) -> str:
        """The time of this run as RFC 3339 in UTC, whole seconds."""
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def owner(self) -> str:
        """Who runs it, for locks and records: ``user@host``."""
        user = self.environment.get("USER") or self.environment.get("LOGNAME") or str(os.getuid())
        return f"{user}@{os.uname().nodename}"
