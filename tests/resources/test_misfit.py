"""Answers in another form than a type has."""

from __future__ import annotations

from typing import Any

import pytest

from declarative_mail.resources.misfit import misfits
from declarative_mail.resources.schema import resource_schema

SECRET = {"$secret": {"source": "remote", "version": 1, "fingerprint": None}}


@pytest.mark.parametrize(
    ("type_", "attributes"),
    [
        ("user_group", {"name": "ops", "members": None, "tags": {"a": "b"}, "enabled": False}),
        ("smtp_server", {"port": 25, "password": SECRET, "fallback": [{"$ref": "smtp_server/1"}, "other"]}),
        ("smtp_server", {"password": {"$ref": "secret/1"}}),
        (
            "notification_rule",
            {"event": [{"type": "PipelineFailed"}], "email": None, "webhook": {"headers": {"a": SECRET}}},
        ),
    ],
)
def test_what_fits_gives_no_sentence(type_: str, attributes: dict[str, Any]) -> None:
    """Missing, null, leaves and every shape."""
    assert list(misfits(resource_schema(type_), attributes)) == []


@pytest.mark.parametrize(
    ("type_", "attributes", "sentence"),
    [
        ("user_group", {"colour": "red"}, "This version of dmail knows no attribute colour"),
        ("user_group", {"enabled": "yes"}, "enabled takes true or false"),
        ("user_group", {"members": "ann@example.com"}, "members takes a set of strings"),
        ("user_group", {"tags": ["a"]}, "tags takes a map of strings"),
        ("user_group", {"tags": SECRET}, "tags takes a map of strings"),
        ("user_group", {"name": {"$ref": "user_group/1"}}, "name takes a string"),
        ("user_group", {"notification_preferences": []}, "notification_preferences takes attributes by name"),
        ("smtp_server", {"port": True}, "port takes a number"),
        ("smtp_server", {"port": "25"}, "port takes a number"),
        ("smtp_server", {"fallback": [SECRET]}, "fallback takes a list of smtp_servers"),
        ("notification_rule", {"event": {}}, "event takes attributes by name"),
        (
            "notification_rule",
            {"event": [{"type": "A", "when": 1}]},
            "This version of dmail knows no attribute event[0].when",
        ),
    ],
)
def test_what_does_not_fit_is_named(type_: str, attributes: dict[str, Any], sentence: str) -> None:
    """At its place."""
    (found,) = misfits(resource_schema(type_), attributes)

    assert found.removesuffix(".").removesuffix("; the remote has something else there") == sentence
