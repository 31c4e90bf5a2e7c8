"""``dmail serve``"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from declarative_mail.cli.exits import Exit
from declarative_mail.cli.options import json_option, output_of


class Listen(click.ParamType[tuple[str, int]]):
    """``127.0.0.1:8620`` or ``[::1]:8620``"""

    name = "address"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """Host and port, or a usage error."""
        host, colon, port = str(value).rpartition(":")
        if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
            self.fail(f'"{value}" is not HOST:PORT, e.g. 127.0.0.1:8620.', param, ctx)
        return host.strip("[]"), int(port)


@click.command(name="serve")
@click.option("--listen", type=Listen(), default="127.0.0.1:8620", metavar="HOST:PORT", help="Port 0 takes a free one.")
@click.option("--database", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The SQLite file.")
@click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The first line is the bearer token that every request needs.",
)
@json_option
def command(as_json: bool, no_color: bool, listen: tuple[str, int], database: Path, token_file: Path | None) -> int:
    """Run the reference server of the API behind remote "rest" until it is interrupted."""
    from declarative_mail.operations.serving import serve_database

    output = output_of(as_json, no_color)

    def ready(url: str) -> None:
        output.line({"type": "listening", "url": url})
        output.text(f"listening on {url}")
        sys.stdout.flush()

    try:
        serve_database(listen, database, token_file, on_ready=ready)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    return Exit.OK
