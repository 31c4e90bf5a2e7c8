"""An object is made for expressions only where one may ask for it: whoever asks finds it."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from declarative_mail.resources.objects import resource_value
from tests.support.project import Project

LONELY = """
user_group "one" {
  name = "one"
}
user_group "keyed" {
  for_each = toset(["a", "b"])
  name     = each.key
}
user_group "numbered" {
  count = 2
  name  = "n${count.index}"
}
"""


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of the objects that were made for expressions, in order."""
    addresses: list[str] = []

    def noting(attributes: Any, address: Any, **rest: Any) -> Any:
        addresses.append(str(address))
        return resource_value(attributes, address, **rest)

    monkeypatch.setattr("declarative_mail.operations.host.resource_value", noting)
    return addresses


def _outputs(project: Project) -> dict[str, Any]:
    return {name: one["value"] for name, one in project.run("output", "--json").document.items()}


def test_no_object_is_made_where_nothing_asks_for_one(project: Project, made: list[str]) -> None:
    """Neither by a plan nor by an apply: of most objects nobody wants to know what they are."""
    project.write(LONELY)
    project.run("plan")
    project.apply()

    assert made == []


def test_one_is_made_where_something_asks(project: Project, made: list[str]) -> None:
    """Of a block all its instances, since the key may be computed."""
    project.write(LONELY + 'output "a" { value = user_group.keyed["a"].name }\n')
    project.run("plan")

    assert made == ['user_group.keyed["a"]', 'user_group.keyed["b"]']


def test_a_whole_type_is_asked_for(project: Project) -> None:
    """Where its name stands alone, all objects of it are in there."""
    project.write(LONELY + 'output "all" { value = { for label, one in user_group : label => one } }\n')
    project.apply()

    (output,) = _outputs(project).values()
    assert [output["one"]["name"], output["keyed"]["b"]["name"]] == ["one", "b"]
    assert [one["name"] for one in output["numbered"]] == ["n0", "n1"]


def test_a_type_asks_for_all_of_it(project: Project) -> None:
    """A type alone is a map of its blocks by their labels."""
    project.write(LONELY + 'user_group "two" {}\noutput "all" { value = keys(user_group) }\n')
    project.apply()

    assert {"keyed", "numbered", "one", "two"} <= set(_outputs(project)["all"])


def test_an_object_is_asked_for_by_its_own_condition(project: Project) -> None:
    """As ``self``, before it is written and after."""
    condition = 'postcondition {\n condition = self.id != self.name\n error_message = "${self.name} has no id"\n }'
    project.write(f'user_group "one" {{\n  lifecycle {{\n {condition}\n }}\n}}\n')

    assert project.run("plan").code == 0
    project.apply()
    project.write(f'user_group "one" {{\n  lifecycle {{\n {condition.replace("!=", "==")}\n }}\n}}\n')
    assert "one has no id" in project.run("plan").err


def test_the_key_of_an_import_asks_for_an_object(project: Project) -> None:
    """Its address may have computed keys."""
    project.write(LONELY + 'user_group "a" {}\nimport {\n  to = user_group.keyed[user_group.a.name]\n  id = "x"\n}\n')

    assert 'with user_group.keyed["a"]' in project.run("plan").err


def test_the_console_may_ask_for_every_object(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """In whatever way its block is repeated, before apply and after."""
    names = (
        'user_group.one.name\nuser_group.keyed["b"].name\nuser_group.numbered[1].name\nlength(user_group.numbered)\n'
    )
    project.write(LONELY)
    for _ in range(2):
        monkeypatch.setattr(sys, "stdin", io.StringIO(names))
        assert [one["value"] for one in project.run("console", "--json").lines] == ["one", "b", "n1", 2]
        project.apply()


def test_a_faulty_object_is_unknown_to_the_console(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is to expressions that refer to it."""
    project.write('user_group "one" {\n  nam = "one"\n}\n')
    monkeypatch.setattr(sys, "stdin", io.StringIO("user_group.one.name\n"))

    assert project.run("console", "--json").lines[-1] == {"unknown": True}
