"""Runs the reference server: reads the token, opens the database, listens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.secrets import Secret


def serve_database(
    listen: tuple[str, int], database: Path, token_file: Path | None, *, on_ready: Callable[[str], None]
) -> None:
    """Serve a database until a signal ends it.

    Args:
        listen: host and port.
        database: the SQLite file.
        token_file: its first line is the token; None needs none.
        on_ready: told the URL once the server answers.

    Raises:
        DiagnosticError: the address, the file or the token cannot be used.
    """
    from declarative_mail.remotes.rest.server.serving import Serving, serve

    token = _token(token_file) if token_file is not None else None
    serve(Serving(*listen, database, token), on_ready)


def _token(path: Path) -> Secret:
    text = path.read_text(encoding="utf-8").partition("\n")[0].strip()
    if not text or not text.isascii() or not text.isprintable():
        detail = f"The first line of {path} is no token: it has one or more printable ASCII characters."
        raise DiagnosticError(Diagnostic(codes.SERVE_SETTING, detail))
    return Secret(text, f"file:{path}")
