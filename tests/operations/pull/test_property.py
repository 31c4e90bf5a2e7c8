"""Whatever a system holds: what is pulled plans as no change, and taking it over writes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.operations.pull.content import contents, with_ids
from tests.operations.pull.system import System, Taken, running_system
from tests.support.project import Project

Content = list[tuple[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One server for all examples, emptied before each."""
    with running_system(tmp_path_factory.mktemp("system")) as running:
        yield running


def fill(system: System, content: Content) -> None:
    """Put the objects; one whose natural key is taken is refused, and what refers to it refers to nothing."""
    system.clear()
    ids: dict[str, str] = {}
    for index, (type_, attributes) in enumerate(content):
        with suppress(Taken):
            ids[f"#{index}"] = system.put(type_, **with_ids(attributes, ids))


def examples(count: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """As many random contents, the same in every run; a failing one is shown as it is."""
    chosen = settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    return lambda test: chosen(given(contents())(test))


def take_over(project: Project, system: System, content: Content) -> None:
    """Formatted, valid, planned as imports only; applied without a write; and then there is nothing to do."""
    fill(system, content)
    shutil.rmtree(project.path)
    project.path.mkdir()
    project.environment["REST_TOKEN"] = system.token
    project.write(system.block())
    before, count = system.everything(), system.writes

    pulled = project.json("pull", "remote.rest.x", ".")
    summary = pulled.of_type("summary")[0]
    assert summary["objects"] + summary["left_out"] == sum(map(len, before.values()))
    assert project.run("fmt", "--check").code == 0
    valid = project.json("validate")
    assert valid.code == 0, valid.out
    plan = project.json("plan", "--keep-secrets")
    wanted = {"add": 0, "change": 0, "destroy": 0, "import": summary["objects"]}
    assert plan.of_type("summary")[0].items() >= wanted.items(), plan.out

    project.apply("--keep-secrets")
    assert project.run("plan", "--keep-secrets", "--detailed-exitcode").code == 0
    assert (system.everything(), system.writes) == (before, count)


@examples(12)
def test_everything_is_taken_over_without_a_change(project: Project, system: System, content: Content) -> None:
    """A dozen systems with objects of each type."""
    take_over(project, system, content)


@pytest.mark.soak
@examples(300)
def test_much_is_taken_over_without_a_change(project: Project, system: System, content: Content) -> None:
    """The same for hundreds of systems."""
    take_over(project, system, content)
