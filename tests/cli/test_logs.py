"""``DMAIL_LOG``: what real processes write to standard error about what they do."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.remotes.fault_proxy import Reply
from tests.remotes.web import Asked, Web, json_reply, running_web
from tests.support.canary import secret_value
from tests.support.project import Project

LINE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z DEBUG (.*)$", re.MULTILINE)


@pytest.fixture
def web() -> Iterator[Web]:
    """A remote that knows its version and holds nothing, after it lost an answer."""

    def answer(asked: Asked) -> Reply:
        document = '{"api_version": "1"}' if asked.path == "/v1" else '{"items": [], "next": null}'
        return json_reply(document, X_Request_Id="r-17")

    with running_web() as running:
        running.say(Reply(None), answer)
        yield running


@pytest.fixture
def remote(project: Project, web: Web) -> Project:
    """A project with this remote and a token."""
    project.environment["TOKEN"] = secret_value("token")
    project.write(
        f'remote "rest" "x" {{\n  endpoint = "{web.url}"\n  token = env("TOKEN")\n  default = true\n}}\n'
        'user_group "g" {}\n'
    )
    return project


def _plan(project: Project, level: str | None) -> tuple[int, str]:
    if level is not None:
        project.environment["DMAIL_LOG"] = level
    process = project.process("plan")
    _, err = process.communicate(timeout=60)
    return process.returncode, err


def test_debug_tells_of_each_request_and_of_no_secret(remote: Project, web: Web) -> None:
    """One line a request and one a repetition, with the time in UTC; the token is in none: the session looks for it."""
    code, err = _plan(remote, "debug")

    lines = LINE.findall(err)
    assert code == 0
    assert re.fullmatch(rf"{re.escape(web.url)}/v1 broke off its answer: .*; again in 0\.\d s", lines[0])
    assert lines[1:] == [f"GET {web.url}/v1 -> 200 r-17"]


@pytest.mark.parametrize("level", [None, "", "error", "WARNING"])
def test_nothing_is_told_unasked(remote: Project, level: str | None) -> None:
    """Not even of a repetition."""
    assert _plan(remote, level) == (0, "")


def test_level_that_is_none_is_said(remote: Project) -> None:
    """And the command does what it was asked for."""
    code, err = _plan(remote, "loud")

    assert (code, err.splitlines()) == (
        0,
        ["DMAIL_LOG=loud is no level, so nothing is logged. It takes: debug, info, warning, error."],
    )
