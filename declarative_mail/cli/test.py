"""``dmail test``"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from declarative_mail.cli.exits import Exit
from declarative_mail.cli.options import (
    ConfigurationCommand,
    Duration,
    configuration_options,
    json_option,
    output_of,
    workspace_of,
)
from declarative_mail.cli.streams import Output
from declarative_mail.probe.settings import ServerSettings, TestSettings
from declarative_mail.probe.verdict import STAGES
from declarative_mail.records import replace
from declarative_mail.secrets import Secret

if TYPE_CHECKING:
    from declarative_mail.operations.connection_tests import Tested

PASSWORD_VARIABLE = "DMAIL_TEST_PASSWORD"  # noqa: S105 - the name of a variable


@click.command(name="test", cls=ConfigurationCommand)
@click.argument("address", nargs=-1)
@configuration_options
@click.option("--server", metavar="HOST:PORT", help="Test this server without any configuration.")
@click.option(
    "--tls",
    "encryption",
    type=click.Choice(["none", "starttls", "starttls_if_offered", "tls"]),
    help="With --server: how to encrypt. By default tls on port 465, otherwise starttls.",
)
@click.option(
    "--username", metavar="NAME", help=f"With --server: log in; the password is asked, or {PASSWORD_VARIABLE}."
)
@click.option("--from", "sender", metavar="MAILBOX", help="With --server: the sender to try.")
@click.option("--to", metavar="MAILBOX", help="Try this recipient.")
@click.option("--stage", type=click.Choice(STAGES), help="Stop after this stage; message sends a real message.")
@click.option("--timeout", type=Duration(), metavar="TIME", help="For each stage.")
@click.option("--parallelism", type=click.IntRange(1, 256), default=64, show_default=True, help="Servers at once.")
@click.option("--junit", metavar="FILE", help="Write a JUnit report too.")
@click.option("--verbose", is_flag=True, help="Show every stage.")
@json_option
@click.pass_context
def command(ctx: click.Context, /, as_json: bool, no_color: bool, address: tuple[str, ...], **options: Any) -> int:
    """Test whether servers take mail: all of the configuration, those at ADDRESS, or one given by --server."""
    output = output_of(as_json, no_color)
    adjust = _adjustment(options)
    if options["server"]:
        if address:
            raise click.UsageError("--server tests one server without a configuration; give no ADDRESS with it.")
        tested = _lone(options, adjust)
    else:
        tested = _configured(ctx, output, address, options=options, adjust=adjust)
    return _report(tested, output, options)


def _adjustment(options: dict[str, Any]) -> Callable[[TestSettings], TestSettings]:
    """The declared settings with what the command line says instead."""

    def adjust(settings: TestSettings) -> TestSettings:
        changes: dict[str, Any] = {}
        if options["to"]:
            changes["to"] = options["to"]
        if options["stage"]:
            changes["until"] = options["stage"]
            changes["send_message"] = options["stage"] in ("message", "quit") and bool(options["to"] or settings.to)
        if options["timeout"]:
            changes["stage_timeout"] = options["timeout"]
            changes["timeout"] = 3 * options["timeout"]
        return replace(settings, **changes)

    return adjust


def _lone(options: dict[str, Any], adjust: Callable[[TestSettings], TestSettings]) -> Tested:
    from declarative_mail.operations.connection_tests import Tested
    from declarative_mail.operations.sender_checks import check_senders, resolver_of
    from declarative_mail.probe.many import probe_servers

    host, port = _endpoint(options["server"])
    if options["stage"] == "message" and not options["to"]:
        raise click.UsageError("--stage message sends a message, so it needs --to.")
    username = options["username"]
    settings = ServerSettings(
        address=f"{host}:{port}",
        host=host,
        port=port,
        encryption=options["encryption"] or ("tls" if port == 465 else "starttls"),  # RFC 8314
        from_address=options["sender"] or options["to"] or "",
        username=username,
        password=_password(username) if username else None,
    )
    pair = (settings, adjust(TestSettings()))
    senders = check_senders([pair], resolver_of(os.environ)) if options["sender"] else {}
    return Tested(tuple(probe_servers([pair], parallelism=1)), {settings.address: pair[1]}, alignment=senders)


def _endpoint(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host:
        host, port = text, "587"
    if not port.isdigit() or not 1 <= int(port) <= 65535:
        raise click.UsageError(f'"{text}" is not HOST:PORT, e.g. smtp.example.com:587.')
    return host.removeprefix("[").removesuffix("]"), int(port)


def _password(username: str) -> Secret:
    found = os.environ.get(PASSWORD_VARIABLE)
    if found is not None:
        return Secret(found, f"env:{PASSWORD_VARIABLE}")
    if not sys.stdin.isatty():
        raise click.UsageError(f"There is no terminal to ask for the password on; set {PASSWORD_VARIABLE}.")
    return Secret(click.prompt(f"Password of {username}", hide_input=True, err=True), "prompt")


def _configured(
    ctx: click.Context,
    output: Output,
    addresses: tuple[str, ...],
    *,
    options: dict[str, Any],
    adjust: Callable[[TestSettings], TestSettings],
) -> Tested:
    from declarative_mail.cli.live import live_table
    from declarative_mail.operations.connection_tests import TestOptions, run_tests
    from declarative_mail.operations.sender_checks import resolver_of
    from declarative_mail.operations.test_command import servers_to_test

    workspace = workspace_of(ctx, options["backend_config"])
    evaluated, servers = servers_to_test(workspace, addresses)
    output.diagnostics([one for one in evaluated.diagnostics if not one.is_error])
    with live_table(output, [str(one) for one in servers]) as progress:
        tested = run_tests(
            evaluated,
            servers,
            TestOptions(
                on_progress=progress,
                parallelism=options["parallelism"],
                adjust=adjust,
                resolver=resolver_of(workspace.environment),
            ),
        )
    for name in tested.untested:
        output.note(f"{name}: its settings are known only after apply, so it was not tested.")
    for name in tested.after_write:
        output.note(f"{name}: its remote tests what it has saved, and it is not there yet.")
    return tested


def _report(tested: Tested, output: Output, options: dict[str, Any]) -> int:
    records = list(tested.data)
    for one in records:
        output.line(one)
    if options["junit"]:
        from declarative_mail.rendering.junit import junit

        Path(options["junit"]).write_text(junit(records), encoding="utf-8")
    if not output.as_json:
        from declarative_mail.rendering.probe_text import probe_text

        output.text(probe_text(records, terminal=output.out, verbose=options["verbose"]))
    return Exit.OK if tested.ok else Exit.TEST_FAILED
