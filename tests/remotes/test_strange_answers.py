"""Answers to remote "rest" that its API does not give: nothing is believed, nothing forgotten, nothing done twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from declarative_mail.remotes.base import Operation, Written
from declarative_mail.remotes.rest.client import RestRemote
from tests.remotes.conformance.rest import RestHarness, project_on_rest
from tests.remotes.fault_proxy import Fault, Reply, status
from tests.support.project import Project, Result, project

__all__ = ["project"]

GROUP = 'user_group "ops" {\n  description = "%s"\n}\n'
PAGE = status(200)


@pytest.fixture
def system(project: Project) -> Iterator[RestHarness]:
    """A running server, and a project whose default remote it is."""
    with project_on_rest(project) as running:
        yield running


def apply(project: Project) -> Result:
    """Apply, whatever comes of it."""
    return project.json(
        "apply", "--auto-approve", "--allow-empty", "--allow-mass-change", "--skip-connection-test=no server"
    )


def without(*names: str) -> Callable[[Reply], Reply]:
    """The answer, but for some members."""

    def reply(given: Reply) -> Reply:
        document = {name: value for name, value in json.loads(given.body).items() if name not in names}
        return Reply(given.status, given.headers, json.dumps(document).encode())

    return reply


def check_settled(project: Project, system: RestHarness, descriptions: list[str]) -> None:
    """These objects on the system and in the state, nothing open, nothing to do."""
    objects = system.objects("user_group")
    assert [one["description"] for one in objects.values()] == descriptions
    assert sorted(one["id"] for one in project.state.get("resources", ())) == sorted(objects)
    assert "pending" not in project.state
    assert project.run("plan", "--detailed-exitcode").code == 0


def _after(project: Project, method: str) -> list[str]:
    """Make what a call of a method changes, and declare the change; gives what shall be there."""
    if method != "POST":
        project.write(GROUP % "one")
        project.apply()
    text = {"POST": GROUP % "one", "PUT": GROUP % "two", "DELETE": "locals {}\n"}[method]
    project.write(text)
    return {"POST": ["one"], "PUT": ["two"], "DELETE": []}[method]


@pytest.mark.parametrize("forwarded", [True, False], ids=["done", "not done"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_page_of_a_gateway_says_nothing_of_a_write(
    project: Project, system: RestHarness, method: str, *, forwarded: bool
) -> None:
    """Status 200 and HTML, whether the system did it or not: the next run knows."""
    wanted = _after(project, method)
    system.proxy.spoil(Fault(method, PAGE, forwarded=forwarded))

    result = apply(project)
    system.proxy.faults.clear()

    # A create is looked up at once by what the system keeps unique (semantics 31).
    assert result.code == (0 if method == "POST" and forwarded else 1)
    assert result.code == 0 or "an answer that its API does not give" in result.out
    assert apply(project).code == 0
    check_settled(project, system, wanted)


def test_page_with_404_does_not_say_that_an_object_is_gone(project: Project, system: RestHarness) -> None:
    """A gateway that lost its way: the object is not forgotten."""
    wanted = _after(project, "DELETE")
    system.proxy.spoil(Fault("DELETE", status(404)))

    assert apply(project).code == 1
    assert len(system.objects("user_group")) == 1
    assert apply(project).code == 0
    check_settled(project, system, wanted)


@pytest.mark.parametrize("missing", ["id", "etag", "attributes"])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_object_that_lacks_a_member_is_looked_up(
    project: Project, system: RestHarness, method: str, missing: str
) -> None:
    """Another API's JSON, or a broken server."""
    wanted = _after(project, method)
    system.proxy.spoil(Fault(method, without(missing), forwarded=True))

    apply(project)

    assert apply(project).code == 0
    check_settled(project, system, wanted)


@pytest.mark.parametrize("reply", [without("items"), without("next")], ids=["no items", "no next"])
def test_list_that_lacks_a_member_is_no_list(project: Project, system: RestHarness, reply: Any) -> None:
    """Taken for an empty one, everything would be made anew."""
    project.write(GROUP % "one")
    project.apply()
    system.proxy.spoil(Fault("GET", reply, forwarded=True, path="user_group"))

    plan = project.json("plan")

    assert (plan.code, plan.codes) == (1, ["DM6011"])


def test_list_of_other_things_is_no_list(project: Project, system: RestHarness) -> None:
    """Items without what every object has."""
    project.write(GROUP % "one")
    project.apply()
    other = Reply(200, {"Content-Type": "application/json"}, b'{"items": [{"id": "x"}], "next": null}')
    system.proxy.spoil(Fault("GET", lambda _: other, path="user_group"))

    assert project.json("plan").codes == ["DM6011"]


def test_object_that_is_not_as_it_was_written_is_remembered(project: Project, system: RestHarness) -> None:
    """The change has failed and names the attribute; the object stands, and is ours."""

    def otherwise(given: Reply) -> Reply:
        document = json.loads(given.body)
        document["attributes"]["description"] = "something else"
        return Reply(given.status, given.headers, json.dumps(document).encode())

    project.write(GROUP % "one")
    system.proxy.spoil(Fault("POST", otherwise, forwarded=True))

    result = apply(project)

    assert (result.code, "description of user_group.ops is not what was written" in result.out) == (1, True)
    assert [one["id"] for one in project.state["resources"]] == list(system.objects("user_group"))
    assert apply(project).code == 0
    check_settled(project, system, ["one"])


def test_what_a_server_quotes_is_not_shown(project: Project, system: RestHarness) -> None:
    """Some repeat the whole request, with the secret in it: the session looks for it in all that is written."""
    project.write('user_group "ops" {\n  notification_preferences {\n    slack { webhook_url = env("HOOK") }\n  }\n}\n')
    said = {"title": "Refused", "detail": f"got {project.environment['HOOK']}, {project.environment['REST_TOKEN']}"}
    reply = Reply(400, {"Content-Type": "application/problem+json"}, json.dumps(said).encode())
    system.proxy.spoil(Fault("POST", lambda _: reply))

    result = apply(project)

    assert result.code == 1
    assert "got (env:HOOK), (env:REST_TOKEN)" in result.out


def test_mistake_of_ours_in_the_middle_loses_nothing(
    project: Project, system: RestHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that raises what nobody foresaw: a bug, said as one; the next run asks what became of the calls."""
    real = RestRemote._made

    def broken(self: RestRemote, operation: Operation, found: Any) -> Written:
        if operation.address.name == "b":
            raise RuntimeError("a mistake")
        return real(self, operation, found)

    project.write("".join(f'user_group "{name}" {{\n  description = "one"\n}}\n' for name in "abc"))
    with monkeypatch.context() as patch:
        patch.setattr(RestRemote, "_made", broken)
        result = apply(project)

    assert (result.code, result.codes) == (1, ["DM9001"])
    assert len(system.objects("user_group")) == 3
    writes = system.writes()
    assert apply(project).code == 0
    assert system.writes() == writes
    check_settled(project, system, ["one", "one", "one"])
