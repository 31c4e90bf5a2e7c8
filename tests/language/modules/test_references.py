"""The graph of declarations: order, cycles, and references to nothing."""

from __future__ import annotations

import pytest

from declarative_mail.operations.version import satisfies
from tests.support.project import Project


def test_order_of_the_text_means_nothing(project: Project) -> None:
    """A local may use what stands below it and in another file."""
    project.write('locals {\n  a = local.b + 1\n  b = local.c * 2\n}\noutput "a" {\n  value = local.a\n}\n')
    project.write("locals {\n  c = 20\n}\n", "a.hcl")

    assert project.json("plan").of_type("output_change")[0]["after"] == 41


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("locals {\n  a = local.a\n}\n", ["local.a"]),
        ("locals {\n  a = local.b\n  b = local.c\n  c = local.a\n}\n", ["local.a", "local.b", "local.c"]),
        (
            'user_group "a" {\n  name = user_group.b.name\n}\nuser_group "b" {\n  name = user_group.a.name\n}\n',
            ["user_group.a", "user_group.b"],
        ),
        ('user_group "a" {\n  depends_on = [user_group.a]\n}\n', ["user_group.a"]),
    ],
)
def test_cycle_names_everything_in_it(project: Project, text: str, names: list[str]) -> None:
    """Once, and what does not lie on it is evaluated all the same."""
    project.write(text + 'output "fine" {\n  value = nosuch.thing\n}\n')
    faults = project.json("validate").of_type("diagnostic")

    assert sorted(one["code"] for one in faults) == ["DM2311", "DM2320"]
    (cycle,) = [one for one in faults if one["code"] == "DM2320"]
    assert all(name in cycle["detail"] for name in names)


@pytest.mark.parametrize(
    ("reference", "code", "help_"),
    [
        ("var.regoin", "DM2310", "did you mean var.region?"),
        ("local.domian", "DM2310", "did you mean local.domain?"),
        ("user_group.opps", "DM2310", "did you mean user_group.ops?"),
        ("data.user_group.opps", "DM2310", "did you mean data.user_group.oops?"),
        ("module.eu.name", "DM2310", None),
        ("region", "DM2311", "did you mean var.region?"),
        ("hello", "DM2311", 'did you mean the text "hello"?'),
        ("usergroup.ops", "DM2311", 'did you mean "user_group"?'),
        ("each.key", "DM2312", None),
        ("count.index", "DM2312", None),
        ("self.name", "DM2312", None),
        ("var", "DM2311", None),
        ('user_group["ops"]', "DM2311", "did you mean user_group.ops?"),
        ('user_group["ops"].name', "DM2311", "did you mean user_group.ops?"),
        ('user_group["name"].ops', "DM2311", None),
        ("user_group[0]", "DM2311", None),
        ('data.user_group["oops"].name', "DM2311", "did you mean data.user_group.oops?"),
        ('data["user_group"].oops', "DM2311", "did you mean data.user_group.oops?"),
    ],
)
def test_reference_to_nothing(project: Project, reference: str, code: str, help_: str | None) -> None:
    """Each has its code, and where a name is near, its suggestion."""
    project.write(f"""
variable "region" {{
  default = "eu"
}}
locals {{
  domain = "example.com"
}}
user_group "ops" {{
  members = ["ann@example.com"]
}}
data "user_group" "oops" {{
  name = "ops"
}}
output "x" {{
  value = {reference}
}}
""")
    (fault,) = project.json("validate").of_type("diagnostic")

    assert (fault["code"], fault["help"]) == (code, help_)


def test_every_fault_is_found_in_one_run(project: Project) -> None:
    """Faults are collected, not raised one at a time, in the order of the text."""
    project.write('output "a" {\n  value = var.a\n}\noutput "b" {\n  value = local.b\n}\noutput "c" {}\nnonsense {}\n')

    assert project.json("validate").codes == ["DM2310", "DM2310", "DM2303", "DM2301"]


@pytest.mark.parametrize(
    ("constraint", "fits"),
    [
        (">= 1.2", True),
        ("> 1.2.3", False),
        ("= 1.2.3", True),
        ("1.2.3", True),
        ("!= 1.2.3", False),
        ("<= 1.2", False),
        ("< 2", True),
        ("~> 1.2.0", True),
        ("~> 1.1.0", False),
        ("~> 1.1", True),
        ("~> 1", True),
        ("~> 0", True),
        ("~> 1.3", False),
    ],
)
def test_version_constraints(constraint: str, fits: bool) -> None:  # noqa: FBT001
    """As Terraform reads them; this is version 1.2.3."""
    operator, _, wanted = constraint.rpartition(" ")

    assert satisfies("1.2.3", operator or "=", wanted) == fits


@pytest.mark.parametrize("text", ["latest", ">= 1.x", "", ">= 0.1, < 0.1", "=> 1"])
def test_required_version_that_is_none_or_not_met(project: Project, text: str) -> None:
    """Both are one code; an empty text asks for nothing."""
    project.write(f'declarative_mail {{\n  required_version = "{text}"\n}}\n')

    assert project.json("validate").codes == (["DM2380"] if text else [])


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        ("count = null", "DM2340"),
        ("count = -1", "DM2340"),
        ('count = "two"', "DM2340"),
        ("count = 100001", "DM2340"),
        ("count = length(user_group.other.id)", "DM2340"),
        ('count = length(env("HOME"))', "DM2340"),
        ("for_each = null", "DM2341"),
        ('for_each = ["a"]', "DM2341"),
        ("for_each = toset([1, null])", "DM2341"),
        ("for_each = toset([user_group.other.id])", "DM2341"),
        ('for_each = { (env("HOME")) = 1 }', "DM2341"),
        ("for_each = 5", "DM2341"),
    ],
)
def test_instances_that_cannot_be_told(project: Project, argument: str, code: str) -> None:
    """Null, unknown, sensitive or of the wrong type: Terraform's refusals."""
    project.write(
        f'user_group "x" {{\n  {argument}\n  members = ["x@example.com"]\n}}\n'
        'user_group "other" {\n  members = ["y@example.com"]\n}\n'
    )

    assert project.json("plan").codes == [code]


@pytest.mark.parametrize(
    ("argument", "keys"),
    [
        ("count = 2", ["[0]", "[1]"]),
        ('count = "1"', ["[0]"]),
        ("count = 0", []),
        ('for_each = toset(["b", "a"])', ['["a"]', '["b"]']),
        ("for_each = { x = null }", ['["x"]']),
        ("for_each = tomap({})", []),
        ('for_each = { "a b" = 1 }', ['["a b"]']),
    ],
)
def test_instances(project: Project, argument: str, keys: list[str]) -> None:
    """One for each number or key, in order."""
    project.write(f'user_group "x" {{\n  {argument}\n  members = ["x@example.com"]\n}}\n')

    assert [one["address"] for one in project.json("plan").of_type("change")] == [f"user_group.x{key}" for key in keys]
