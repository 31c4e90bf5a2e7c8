"""A table that grows while servers are tested, on a terminal only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

from declarative_mail.cli.streams import Output
from declarative_mail.probe.verdict import StageResult

Progress: TypeAlias = Callable[[str, StageResult], None]

_STYLES = {"pass": "green", "warn": "yellow", "fail": "bold red", "skipped": "dim", "unknown": "yellow"}


@contextmanager
def live_table(output: Output, addresses: Sequence[str]) -> Iterator[Progress | None]:
    """Show how far each test is until the block ends, then take the table away: the report follows.

    Gives the function to tell of progress; None where standard error is no terminal.
    """
    import sys

    if output.as_json or not addresses or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.live import Live
    from rich.table import Table

    stages: dict[str, list[str]] = {address: [] for address in addresses}

    def table() -> Table:
        made = Table.grid(padding=(0, 2))
        for address, done in stages.items():
            made.add_row(address, " ".join(done) or "[dim]waiting[/dim]")
        return made

    with Live(table(), console=Console(stderr=True), transient=True, refresh_per_second=8) as live:

        def tell(address: str, result: StageResult) -> None:
            if result.verdict != "skipped":
                stages[address].append(f"[{_STYLES[result.verdict]}]{result.stage}[/]")
                live.update(table())

        yield tell
