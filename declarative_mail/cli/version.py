"""``dmail version``"""

from __future__ import annotations

import platform

import click

from declarative_mail import __version__
from declarative_mail.cli.options import json_option, output_of


@click.command(name="version")
@json_option
def command(as_json: bool, no_color: bool) -> None:
    """Show the version of dmail and of Python."""
    output = output_of(as_json, no_color)
    output.text(f"dmail {__version__}\nPython {platform.python_version()} on {platform.system().lower()}")
    output.line(
        {
            "dmail_version": __version__,
            "python_version": platform.python_version(),
            "platform": platform.system().lower(),
        }
    )
