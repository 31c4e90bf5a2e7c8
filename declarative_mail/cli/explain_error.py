"""``dmail explain-error``"""

from __future__ import annotations

import click

from declarative_mail.cli.options import json_option, output_of
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, suggestion
from declarative_mail.diagnostics.codes.internal import UNKNOWN_CODE
from declarative_mail.diagnostics.pages import page_codes, page_text


@click.command(name="explain-error")
@click.argument("code", required=False)
@json_option
def command(as_json: bool, no_color: bool, code: str | None) -> None:
    """Explain an error code: what it means, an example that fails and the same one mended.

    Without CODE, list all of them.
    """
    output = output_of(as_json, no_color)
    known = page_codes()
    if code is None:
        for one in known:
            title = page_text(one).splitlines()[0].removeprefix("# ")
            output.text(title)
            output.line({"code": one, "summary": title.partition(": ")[2]})
        return
    if code.upper() not in known:
        detail = f'There is no error code "{code}". All of them are listed by:\n    dmail explain-error'
        raise DiagnosticError(Diagnostic(UNKNOWN_CODE, detail, help=suggestion(code.upper(), known)))
    text = page_text(code.upper())
    output.text(text)
    output.line({"code": code.upper(), "text": text})
