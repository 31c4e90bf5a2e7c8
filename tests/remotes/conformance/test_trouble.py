"""Lost answers, storms, throttling, slow and truncated answers, login pages: nothing twice, nothing silent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.remotes.conformance.harness import Harness
from tests.remotes.fault_proxy import Fault, lost, status, truncated
from tests.support.project import Project, Result

GROUP = 'user_group "ops" {\n  description = "%s"\n}\n'


def _fault(harness: Harness, verb: str, reply: object, **how: Any) -> Fault:
    """A fault of the calls that create, update or delete a group."""
    method, path = harness.calls[verb]
    return Fault(method, reply, path=path, **how)  # type: ignore[arg-type]  # a maker of replies


def _apply(project: Project) -> Result:
    return project.run("apply", "--auto-approve", "--json", "--skip-connection-test=no server in this test")


@pytest.mark.parametrize("reply", [lost, truncated], ids=["lost", "truncated"])
@pytest.mark.parametrize("verb", ["create", "update", "delete"])
def test_lost_answer_does_nothing_twice(project: Project, harness: Harness, verb: str, reply: object) -> None:
    """The system did it, the answer broke off: the call is settled, and the object exists exactly once."""
    project.write(GROUP % "one")
    if verb != "create":
        project.apply()
        project.write(GROUP % "two" if verb == "update" else "")
    harness.proxy.spoil(_fault(harness, verb, reply, forwarded=True))

    result = project.run(
        "apply", "--auto-approve", "--allow-empty", "--allow-mass-change", "--skip-connection-test=no server"
    )

    assert result.code == 0, result.err
    described = [one["description"] for one in harness.objects("user_group").values()]
    assert described == {"create": ["one"], "update": ["two"], "delete": []}[verb]
    assert project.run("plan", "--detailed-exitcode").code == 0


def test_answers_lost_for_good_are_settled_by_the_next_run(project: Project, harness: Harness) -> None:
    """Every answer to the create is lost and no lookup answers: in doubt, and taken over by the next run."""
    project.write(GROUP % "one")
    _, path = harness.calls["create"]
    harness.proxy.spoil(
        _fault(harness, "create", lost, forwarded=True, times=50), Fault("GET", lost, times=50, after=f"POST {path}")
    )

    result = _apply(project)
    harness.proxy.faults.clear()
    plan = project.json("plan", "--detailed-exitcode")
    project.apply()

    assert result.code == 1
    assert plan.code == 0, plan.out
    assert len(harness.objects("user_group")) == 1
    assert len(project.state["resources"]) == 1
    assert "pending" not in project.state


@pytest.mark.parametrize("number", [429, 502, 503, 504])
def test_passing_trouble_is_waited_out(project: Project, harness: Harness, number: int) -> None:
    """Two answers of a gateway, then the system's own."""
    project.write(GROUP % "one")
    harness.proxy.spoil(_fault(harness, "create", status(number, Retry_After="0"), times=2))

    result = _apply(project)

    assert result.code == 0, result.out
    assert len(harness.objects("user_group")) == 1


def test_storm_of_500_is_a_failure_that_says_so(project: Project, harness: Harness) -> None:
    """The change is in the list of failed ones, with what was answered; the next run does it."""
    project.write(GROUP % "one")
    harness.proxy.spoil(_fault(harness, "create", status(500), times=100))

    result = _apply(project)
    harness.proxy.faults.clear()

    assert result.code == 1
    assert result.of_type("apply_summary")[0]["failed"] == ["user_group.ops"]
    project.apply()
    assert len(harness.objects("user_group")) == 1


@pytest.mark.parametrize(
    "reply", [status(302, Location="https://login.example.com/?token=x"), status(200)], ids=["redirect", "html"]
)
def test_login_page_is_no_api(project: Project, harness: Harness, reply: object) -> None:
    """Neither a redirect nor a page with status 200 is taken for an answer."""
    project.write(GROUP % "one")
    project.apply()
    harness.proxy.faults.append(Fault("GET", reply, times=100))  # type: ignore[arg-type]  # a maker of replies

    result = project.json("plan")

    assert (result.code, result.codes) == (1, ["DM6011"])
    assert "token=x" not in result.out


def test_somebody_who_was_faster_wins(project: Project, harness: Harness) -> None:
    """The object changes between plan and write: that object is refused, and left as it is."""
    project.write(GROUP % "one")
    project.apply()
    (id_,) = harness.objects("user_group")
    project.write(GROUP % "two" + 'user_group "other" {}')

    def overtake() -> None:
        harness.change("user_group", id_, description="theirs")

    harness.proxy.spoil(harness.overtaken(overtake))
    result = _apply(project)

    summary = result.of_type("apply_summary")[0]
    assert (result.code, summary["done"], summary["failed"]) == (1, ["user_group.other"], ["user_group.ops"])
    assert "since the plan was made" in result.out
    assert harness.objects("user_group")[id_]["description"] == "theirs"


def test_name_that_is_taken_offers_the_import(project: Project, harness: Harness) -> None:
    """An unmanaged object with the same natural key is no fault of ours to overwrite."""
    project.write(GROUP % "one")
    project.apply()
    (id_,) = harness.objects("user_group")
    (project.path / "dmail.state.json").unlink()

    result = _apply(project)

    assert result.code == 1
    assert f"dmail import 'user_group.ops' {id_}" in result.out
    assert len(harness.objects("user_group")) == 1
