"""Modules from local paths: inputs, outputs, instances, nesting, dependencies."""

from __future__ import annotations

import pytest

from tests.support.project import Project

TEAM = """
variable "prefix" {
  type = string
}
variable "members" {
  type    = list(string)
  default = ["nobody@example.com"]
}
user_group "team" {
  name    = "${var.prefix}-team"
  members = var.members
}
module "deputy" {
  source = "./deputy"
  name   = "${var.prefix}-deputy"
}
output "name" { value = user_group.team.name }
output "group" { value = user_group.team }
output "deputy" { value = module.deputy.group }
"""
DEPUTY = """
variable "name" {}
user_group "one" {
  name    = var.name
  members = ["deputy@example.com"]
}
output "group" { value = user_group.one }
"""


@pytest.fixture
def nested(project: Project) -> Project:
    """A module ``./team`` that calls ``./deputy`` below it."""
    project.write(TEAM, "team/main.hcl")
    project.write(DEPUTY, "team/deputy/main.hcl")
    return project


def _addresses(project: Project) -> list[str]:
    return [line["address"] for line in project.json("plan").of_type("change")]


def _outputs(project: Project) -> dict[str, object]:
    return {name: one["value"] for name, one in project.run("output", "--json").document.items()}


def test_call_gives_inputs_and_gets_outputs(nested: Project) -> None:
    """A value goes down through two calls, and the object made of it comes up again."""
    nested.write('module "eu" {\n  source = "./team"\n  prefix = "eu"\n}\noutput "n" { value = module.eu.deputy.name }')

    assert _addresses(nested) == ["module.eu.user_group.team", "module.eu.module.deputy.user_group.one"]
    nested.apply()
    assert _outputs(nested) == {"n": "eu-deputy"}
    assert nested.run("plan", "--detailed-exitcode").code == 0


def test_for_each_and_count_of_a_call(nested: Project) -> None:
    """Instances are named by key or number, in addresses and in expressions."""
    nested.write("""
module "by_name" {
  source   = "./team"
  for_each = toset(["eu", "us"])
  prefix   = each.key
}
module "numbered" {
  source = "./team"
  count  = 2
  prefix = "n${count.index}"
}
output "names" { value = { for key, one in module.by_name : key => one.name } }
output "numbers" { value = module.numbered[*].name }
output "one" { value = module.numbered[1].deputy.name }
""")

    assert 'module.by_name["eu"].module.deputy.user_group.one' in _addresses(nested)
    assert "module.numbered[1].user_group.team" in _addresses(nested)
    nested.apply()
    assert _outputs(nested) == {
        "names": {"eu": "eu-team", "us": "us-team"},
        "numbers": ["n0-team", "n1-team"],
        "one": "n1-deputy",
    }


def test_call_without_instances_is_an_empty_collection(nested: Project) -> None:
    """As in Terraform: a list for count, a map for for_each."""
    nested.write("""
module "none" {
  source = "./team"
  count  = 0
  prefix = "x"
}
module "nobody" {
  source   = "./team"
  for_each = {}
  prefix   = "x"
}
output "lengths" { value = [length(module.none), length(module.nobody)] }
""")
    nested.apply()

    assert _outputs(nested) == {"lengths": [0, 0]}


def test_rule_of_the_root_names_a_group_of_a_module(nested: Project) -> None:
    """The reference keeps the address of the object, through an output."""
    nested.write("""
module "eu" {
  source = "./team"
  prefix = "eu"
}
notification_rule "failed" {
  pipeline = "deploy"
  event { type = "PipelineFailed" }
  email { user_groups = [module.eu.group] }
}
""")
    change = next(one for one in nested.json("plan").of_type("change") if one["address"] == "notification_rule.failed")

    assert change["after"]["email"]["user_groups"] == [{"$ref": "module.eu.user_group.team"}]


def test_value_known_after_apply_goes_down_and_up_again(project: Project) -> None:
    """What a module is given during apply reaches its outputs in the same run."""
    project.write('variable "id" {}\noutput "id" { value = "<${var.id}>" }', "echo/main.hcl")
    project.write("""
user_group "ops" {
  members = ["ann@example.com"]
}
module "echo" {
  source = "./echo"
  id     = user_group.ops.id
}
output "id" { value = module.echo.id }
""")
    project.apply()

    assert _outputs(project) == {"id": f"<{project.state['resources'][0]['id']}>"}


@pytest.mark.parametrize("where", ["call", "resource"])
def test_depends_on_covers_everything_in_a_module(nested: Project, where: str) -> None:
    """Of a call: all inside waits, nested modules too. On a module: all inside comes first."""
    inside = "depends_on = [user_group.root]" if where == "call" else ""
    outside = "" if where == "call" else "depends_on = [module.eu]"
    nested.write(f"""
module "eu" {{
  source = "./team"
  prefix = "eu"
  {inside}
}}
user_group "root" {{
  members = ["root@example.com"]
  {outside}
}}
""")
    nested.apply()
    needs = {
        f"{'/'.join(one['name'] for one in record.get('module', []))}:{record['name']}": record.get("dependencies", [])
        for record in nested.state["resources"]
    }

    if where == "call":
        assert needs["eu:team"] == ["user_group.root"]
        assert needs["eu/deputy:one"] == ["user_group.root"]
    else:
        assert needs[":root"] == ["module.eu.user_group.team", "module.eu.module.deputy.user_group.one"]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ('source = "./team"', "DM2303"),
        ('source = "./team"\n  prefix = ["a"]', "DM2333"),
        ('source = "./team"\n  prefix = "x"\n  prefx = "y"', "DM2302"),
        ('source = "./teem"\n  prefix = "x"', "DM2371"),
        ('source = "hashicorp/consul/aws"', "DM2370"),
        ('source = "./team"\n  prefix = "x"\n  version = "1.0"', "DM2302"),
        ('source = "./team"\n  prefix = "x"\n  count = 2\n  for_each = {}', "DM2309"),
        ('source = "./team"\n  prefix = "x"\n  count = -1', "DM2340"),
        ('source = "./team"\n  prefix = each.key', "DM2312"),
    ],
)
def test_faulty_calls(nested: Project, call: str, code: str) -> None:
    """Each fault of a call has its code."""
    nested.write(f'module "eu" {{\n  {call}\n}}\n')

    assert nested.json("validate").codes == [code]


def test_unknown_output_of_a_module_has_a_suggestion(nested: Project) -> None:
    """Outputs are checked where they are used."""
    nested.write('module "eu" {\n  source = "./team"\n  prefix = "x"\n}\noutput "n" { value = module.eu.nam }')

    (fault,) = nested.json("validate").of_type("diagnostic")
    assert (fault["code"], fault["help"]) == ("DM2310", 'did you mean "name"?')


def test_module_that_calls_itself_ends(project: Project) -> None:
    """Directly, or through another one."""
    project.write('module "a" { source = "./b" }')
    project.write('module "c" { source = "../" }', "b/main.hcl")

    assert project.json("validate").codes == ["DM2372"]


def test_blocks_for_the_whole_configuration_stand_in_the_root(project: Project) -> None:
    """A backend, a remote or an import in a module would silently do nothing; a required version counts everywhere."""
    project.write('module "a" { source = "./a" }')
    project.write(
        'declarative_mail {\n  required_version = ">= 99"\n  backend "local" {}\n}\n'
        'import {\n  to = user_group.x\n  id = "1"\n}\nuser_group "x" {}\nremote "rest" "r" {}\n',
        "a/main.hcl",
    )
    codes = project.json("validate").codes

    assert codes.count("DM2301") == 3
    assert codes.count("DM2380") == 1


def test_path_values(project: Project) -> None:
    """``path.module`` is the directory of the module, ``path.root`` that of the root."""
    project.write('output "p" { value = [path.module, path.root] }', "a/main.hcl")
    project.write('module "a" { source = "./a" }\noutput "p" { value = [module.a.p, path.module] }')
    project.apply()

    assert _outputs(project) == {"p": [["a", "."], "."]}
