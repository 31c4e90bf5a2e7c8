"""Blocks for what exists: only what a person would write, and it decodes to the same."""

from __future__ import annotations

from typing import Any

import pytest

from declarative_mail.addresses import parse_address
from declarative_mail.language.syntax import Literal
from declarative_mail.language.write import NOWHERE, traversal, write_body
from declarative_mail.resources.encode import Leaves, encode
from declarative_mail.resources.leaves import format_path
from declarative_mail.resources.normal_form import normal_form

SECRET = {"$secret": {"source": "remote", "version": 1, "fingerprint": None}}


def written(address: str, **attributes: Any) -> str:
    """The text of the body of an object with these attributes and defaults for the rest."""
    where = parse_address(address)
    leaves = Leaves(
        secret=lambda path: Literal(f"secret at {format_path(path)}", NOWHERE),
        reference=lambda text, _: traversal(*text.split(".")),
    )
    return write_body(encode(where, normal_form(where, attributes), leaves))


@pytest.mark.parametrize(
    ("endpoint", "text"),
    [
        ({"host": "h", "port": 587, "encryption": "starttls"}, 'host = "h"\n'),
        ({"host": "h", "port": 465, "encryption": "tls"}, 'host = "h"\nencryption = "tls"\n'),
        ({"host": "h", "port": 25, "encryption": "none"}, 'host = "h"\nencryption = "none"\n'),
        ({"host": "h", "port": 2525, "encryption": "tls"}, 'host = "h"\nport = 2525\nencryption = "tls"\n'),
        ({"host": "h", "port": 2525, "encryption": "starttls"}, 'host = "h"\nport = 2525\n'),
        ({"uri": "smtps://h"}, 'host = "h"\nencryption = "tls"\n'),
        ({"preset": "sendgrid"}, 'preset = "sendgrid"\n'),
        ({"preset": "sendgrid", "port": 2525}, 'preset = "sendgrid"\nport = 2525\n'),
    ],
)
def test_what_follows_from_the_rest_is_left_out(endpoint: dict[str, Any], text: str) -> None:
    """The port from the encryption, both and the host from the preset, the uri from all of them."""
    found = written("smtp_server.x", name="x", from_address="a@example.com", **endpoint)

    assert [" ".join(line.split()) for line in found.splitlines()] == [
        *text.splitlines(),
        'from_address = "a@example.com"',
    ]


def test_names_are_left_out_where_the_label_says_them() -> None:
    """Name from the label, identifier from the name."""
    assert written("user_group.ops", name="ops", identifier="ops") == ""
    assert written("user_group.on_call", name="On call", identifier="On_call") == 'name = "On call"\n'
    assert written("user_group.on_call", name="On call", identifier="oncall").split() == [
        "name",
        "=",
        '"On',
        'call"',
        "identifier",
        "=",
        '"oncall"',
    ]
    assert written("user_group.on_call", name="on_call", identifier="x") == 'identifier = "x"\n'


def test_what_is_dmails_own_is_not_written() -> None:
    """Neither how a server is tested nor what a system makes."""
    own = {"connection_test": {"to": "a@example.com"}, "rotate_after": "90d"}

    assert written("smtp_server.x", name="x", host="h", from_address="a@example.com", **own).count("\n") == 2


def test_value_that_is_required_is_written_though_it_is_nothing() -> None:
    """Nobody to write to is a fault, but one that a person sees."""
    assert written("email_task.t", name="t", to=[]) == "to = []\n"


def test_empty_blocks_stand_where_they_mean_something() -> None:
    """A block whose absence says the same is left out."""
    rule = written("notification_rule.r", name="r", identifier="r", match={}, slack={"user_groups": ["a"]})

    assert rule == 'match {}\n\nslack {\n  user_groups = ["a"]\n}\n'
    assert written("user_group.g", name="g", identifier="g", notification_preferences={}) == ""


def test_set_that_is_empty_differs_from_none() -> None:
    """A group without members is not one whose members are ruled elsewhere."""
    assert written("user_group.g", name="g", identifier="g", members=[]) == "members = []\n"


def test_secrets_and_references_are_asked_for_at_their_paths() -> None:
    """In lists and maps too; a text in the place of a secret is no exception."""
    found = written(
        "notification_rule.r",
        name="r",
        identifier="r",
        msteams={"webhook_urls": [SECRET, "told in clear"]},
        webhook={"url": SECRET, "headers": {"X-Key": SECRET}},
        smtp_server={"$ref": "smtp_server.primary"},
    )

    assert "told in clear" not in found
    assert 'webhook_urls = ["secret at msteams.webhook_urls[0]", "secret at msteams.webhook_urls[1]"]' in found
    assert 'X-Key = "secret at webhook.headers.X-Key"' in found
    assert "smtp_server = smtp_server.primary\n" in found


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\nb\n", ["description = <<EOT", "a", "b", "EOT"]),
        ("a\nb", ["description = chomp(<<EOT", "a", "b", "EOT", ")"]),
        ("a\r\nb\r", [r'description = "a\r\nb\r"']),
        ("a\nEOT\nb", [r'description = "a\nEOT\nb"']),
        ("a ${b} %{c}", ['description = "a $${b} %%{c}"']),
    ],
)
def test_texts_of_several_lines_can_be_read(text: str, lines: list[str]) -> None:
    """As a heredoc, whose last line end is taken away where the text has none."""
    found = written("user_group.g", name="g", identifier="g", description=text)

    assert [line.strip() for line in found.splitlines()] == lines
