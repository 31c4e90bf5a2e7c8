"""What becomes known during apply: values, conditions and data sources that wait for it."""

from __future__ import annotations

from typing import Any

import pytest

from declarative_mail.resources.decode import decode
from tests.support.project import Project

GROUPS = 'user_group "g" {\n  for_each = toset(["a", "b", "c"])\n}\n'


def _attributes(project: Project) -> dict[str, dict[str, Any]]:
    resources = project.state["resources"]
    return {f"{one['name']}.{one['key']}" if one.get("key") is not None else one["name"]: one for one in resources}


def _summary(project: Project, *arguments: str) -> dict[str, Any]:
    (summary,) = project.json("apply", "--auto-approve", *arguments).of_type("apply_summary")
    return {name: summary[name] for name in ("done", "failed", "not_reached")}


@pytest.mark.parametrize(
    ("instances", "key", "keys"),
    [('for_each = toset(["a", "b", "c"])', "each.key", "abc"), ("count = 3", "count.index", range(3))],
)
def test_each_instance_learns_of_its_own_partner(project: Project, instances: str, key: str, keys: Any) -> None:
    """Whatever else became known meanwhile."""
    project.write(
        f'user_group "g" {{\n  {instances}\n}}\n'
        f'user_group "r" {{\n  {instances}\n  description = user_group.g[{key}].id\n}}\n'
    )
    project.apply()

    found = _attributes(project)
    assert {one: found[f"r.{one}"]["attributes"]["description"] for one in keys} == {
        one: found[f"g.{one}"]["id"] for one in keys
    }


def test_value_that_goes_through_locals_modules_and_outputs(project: Project) -> None:
    """Everything on the way is computed again."""
    project.write(
        'variable "id" {}\nlocals {\n  said = "for ${var.id}"\n}\noutput "said" { value = local.said }\n', "m/main.hcl"
    )
    project.write("""
user_group "a" {}
locals {
  id = user_group.a.id
}
module "m" {
  source   = "./m"
  for_each = toset(["x", "y"])
  id       = "${each.key} ${local.id}"
}
user_group "b" { description = module.m["y"].said }
output "all" { value = { for key, one in module.m : key => one.said } }
""")
    project.apply()

    id_ = _attributes(project)["a"]["id"]
    assert _attributes(project)["b"]["attributes"]["description"] == f"for y {id_}"
    assert project.run("output", "--json").document["all"]["value"] == {"x": f"for x {id_}", "y": f"for y {id_}"}


def test_only_what_is_asked_for_is_computed_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each instance once, not its whole block for each of them."""
    decoded: list[str] = []

    def count(address: Any, body: Any) -> Any:
        decoded.append(str(address))
        return decode(address, body)

    monkeypatch.setattr("declarative_mail.operations.host.decode", count)
    project.write(GROUPS + 'user_group "r" {\n  for_each = user_group.g\n  description = each.value.id\n}\n')
    project.apply()

    again = [one for one in decoded if decoded.count(one) > 1]
    assert sorted(again) == sorted(2 * [f'user_group.r["{key}"]' for key in "abc"])


def test_fault_that_shows_only_now_fails_all_that_need_it(project: Project) -> None:
    """The second as the first, and nothing else."""
    project.write("""
user_group "a" {}
locals {
  number = tonumber("x${user_group.a.id}")
}
user_group "b" { description = local.number }
user_group "c" { description = "${local.number} again" }
user_group "d" {}
""")

    assert _summary(project) == {
        "done": ["user_group.a", "user_group.d"],
        "failed": ["user_group.b", "user_group.c"],
        "not_reached": [],
    }


# -- conditions ------------------------------------------------------------------------------------------

_CONDITION = '  lifecycle {{\n    {} {{\n      condition     = {}\n      error_message = "No."\n    }}\n  }}\n'


def test_precondition_on_a_value_known_after_apply_holds_the_object_back(project: Project) -> None:
    """It is checked before the object is made, as Terraform does."""
    condition = _CONDITION.format("precondition", 'user_group.a.id == "x"')
    project.write(
        f'user_group "a" {{}}\nuser_group "b" {{\n{condition}}}\nuser_group "c" {{ description = user_group.b.id }}\n'
    )
    result = project.json("apply", "--auto-approve")

    assert (result.code, result.codes) == (4, ["DM2350"])
    assert list(_attributes(project)) == ["a"]


def test_postcondition_holds_back_what_depends_on_the_object(project: Project) -> None:
    """The object stays, and its failure is told once."""
    condition = _CONDITION.format("postcondition", 'self.id == "x"')
    project.write(
        f'user_group "a" {{\n{condition}}}\nuser_group "b" {{ description = user_group.a.id }}\nuser_group "c" {{}}\n'
    )
    result = project.json("apply", "--auto-approve")

    (summary,) = result.of_type("apply_summary")
    assert (result.code, result.codes) == (4, ["DM2350"])
    assert (summary["failed"], summary["not_reached"]) == (["user_group.a"], ["user_group.b"])
    assert list(_attributes(project)) == ["a", "c"]


def test_validation_of_a_module_on_a_value_known_after_apply(project: Project) -> None:
    """It is checked once the value is known."""
    project.write(
        'variable "id" {\n  validation {\n    condition     = var.id == "x"\n    error_message = "No."\n  }\n}\n',
        "m/main.hcl",
    )
    project.write('user_group "a" {}\nmodule "m" {\n  source = "./m"\n  id     = user_group.a.id\n}\n')

    assert project.json("apply", "--auto-approve").codes == ["DM2335"]


# -- data sources ----------------------------------------------------------------------------------------

_DEFERRED = """
user_group "a" { description = "of a" }
user_group "b" {}
data "user_group" "asked" { name = user_group.b.id }
data "user_group" "after" {
  name       = "a"
  depends_on = [user_group.a]
}
user_group "c" { description = data.user_group.after.description }
"""


def test_plan_shows_what_is_read_during_apply(project: Project) -> None:
    """With its arguments and the reason; it is no change of its own."""
    project.write(_DEFERRED)
    result = project.json("plan")

    reads = {one["address"]: one for one in result.of_type("change") if one["action"] == "read"}
    assert {address: one["reason"] for address, one in reads.items()} == {
        "data.user_group.after": "read_because_dependency_pending",
        "data.user_group.asked": "read_because_config_unknown",
    }
    assert reads["data.user_group.after"]["after"] == {"name": "a"}
    assert reads["data.user_group.asked"]["after"] == {"name": {"$unknown": "user_group.b.id"}}
    (summary,) = result.of_type("summary")
    assert (summary["add"], summary["change"], summary["destroy"]) == (3, 0, 0)


def test_text_of_a_plan_shows_it_too(project: Project) -> None:
    """Below the changes."""
    project.write(_DEFERRED)
    out = project.run("plan").out

    assert (
        " <= data.user_group.asked (it depends on a value known after apply)\n      + name = (known after apply)\n"
        in out
    )
    assert ' <= data.user_group.after (something in its depends_on changes)\n      + name = "a"\n' in out


def test_what_was_read_is_used_and_no_read_is_left(project: Project) -> None:
    """The apply reads it, and the next plan does so at once."""
    project.write(_DEFERRED.replace('data "user_group" "asked" { name = user_group.b.id }\n', ""))
    project.apply()

    assert _attributes(project)["c"]["attributes"]["description"] == "of a"
    assert project.json("plan", "--verbose").of_type("change") == [
        one for one in project.json("plan", "--verbose").of_type("change") if one["action"] == "no-op"
    ]
    assert "No changes" in project.run("plan").out


# -- outputs ---------------------------------------------------------------------------------------------

_OUTPUTS = """
user_group "a" {}
user_group "b" {
  lifecycle {
    precondition {
      condition     = user_group.a.id == "x"
      error_message = "No."
    }
  }
}
output "known" { value = user_group.a.id }
output "waits" { value = user_group.b.id }
"""


@pytest.mark.parametrize("arguments", [(), ("--target=user_group.a",)])
def test_output_of_what_was_not_made_is_not_in_the_state(project: Project, arguments: tuple[str, ...]) -> None:
    """After a failure, and after a plan for a part: a state has no value that is known only after apply."""
    project.write(_OUTPUTS)
    project.run("apply", "--auto-approve", *arguments)

    assert list(project.state["outputs"]) == ["known"]
    assert list(_attributes(project)) == ["a"]


def test_output_of_what_could_not_be_made_anew_keeps_its_value(project: Project) -> None:
    """It is that of the object that is still there."""
    project.write('user_group "a" {}\noutput "id" { value = user_group.a.id }\n')
    project.apply()
    before = project.state["outputs"]
    project.write(
        'user_group "a" {}\nuser_group "b" {\n  description = user_group.a.id\n  lifecycle {\n    postcondition {\n'
        '      condition     = self.id == "x"\n      error_message = "No."\n    }\n  }\n}\n'
        'output "id" { value = user_group.b.description }\n'
    )
    project.run("apply", "--auto-approve", "--replace=user_group.a")

    assert "$unknown" not in str(project.state["outputs"])
    assert project.state["outputs"]["id"] != before["id"]
