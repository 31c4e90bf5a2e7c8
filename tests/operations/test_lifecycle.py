"""``lifecycle``, conditions, checks, data sources and ``dynamic`` through the command line."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.project import Project

OPS = 'user_group "ops" {{\n  name    = "ops"\n  members = ["{0}@example.com"]\n{1}\n}}\n'


def _lifecycle(text: str) -> str:
    return f"  lifecycle {{\n    {text}\n  }}"


def _changes(project: Project, *arguments: str) -> dict[str, dict[str, Any]]:
    return {one["address"]: one for one in project.json("plan", *arguments).of_type("change")}


def _outputs(project: Project) -> dict[str, object]:
    return {name: one["value"] for name, one in project.run("output", "--json").document.items()}


@pytest.mark.parametrize("ignored", ["[members]", "all", "[members, description]"])
def test_ignored_attribute_keeps_what_exists(project: Project, ignored: str) -> None:
    """A change in the configuration alone is no change; another attribute still is."""
    lifecycle = _lifecycle(f"ignore_changes = {ignored}")
    project.write(OPS.format("ann", lifecycle))
    project.apply()
    project.write(OPS.format("bob", lifecycle))

    assert _changes(project) == {}
    project.write(OPS.format("bob", lifecycle + "\n  enabled = false"))
    assert [one["changed"] for one in _changes(project).values()] == ([] if ignored == "all" else [["enabled"]])


def test_ignored_nested_attribute(project: Project) -> None:
    """A dotted path leads into a block."""
    block = '  notification_preferences {{\n    email {{\n      addresses = ["{0}@example.com"]\n    }}\n  }}\n'
    lifecycle = _lifecycle("ignore_changes = [notification_preferences.email.addresses]")
    project.write(OPS.format("ann", block.format("x") + lifecycle))
    project.apply()
    project.write(OPS.format("ann", block.format("y") + lifecycle))

    assert _changes(project) == {}


def test_ignored_attribute_stays_when_another_is_known_only_after_apply(project: Project) -> None:
    """What is computed again during apply ignores the same attributes as the plan."""
    lifecycle = _lifecycle("ignore_changes = [members]")
    project.write(OPS.format("ann", lifecycle))
    project.apply()
    project.write(OPS.format("bob", lifecycle + "\n  description = user_group.new.id") + 'user_group "new" {}\n')

    assert _changes(project)["user_group.ops"]["changed"] == ["description"]
    project.apply()
    (ops,) = (one for one in project.state["resources"] if one["name"] == "ops")
    assert ops["attributes"]["members"] == ["ann@example.com"]
    assert project.run("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize("path", ["membres", "notification_preferences.emial", "name.first"])
def test_ignored_path_that_leads_nowhere(project: Project, path: str) -> None:
    """A slip would ignore nothing, silently."""
    project.write(OPS.format("ann", _lifecycle(f"ignore_changes = [{path}]")))

    assert (project.json("validate").codes == ["DM2308"]) == (path != "name.first")


@pytest.mark.parametrize("path", ["user_group.ops", "user_group.ops.members"])
def test_replacement_follows_its_trigger(project: Project, path: str) -> None:
    """Of the object, or of one attribute of it."""
    second = 'user_group "second" {\n  members = ["x@example.com"]\n' + _lifecycle(f"replace_triggered_by = [{path}]")
    project.write(OPS.format("ann", "") + second + "\n}\n")
    project.apply()
    old = project.state["resources"]
    project.write(OPS.format("bob", "") + second + "\n}\n")
    change = _changes(project)["user_group.second"]

    assert (change["action"], change["reason"]) == ("replace", "replace_because_triggered")
    project.apply()
    ids = {one["name"]: one["id"] for one in old}
    assert {one["name"]: one["id"] == ids[one["name"]] for one in project.state["resources"]} == {
        "ops": True,
        "second": False,
    }


def test_trigger_of_another_attribute_does_not_fire(project: Project) -> None:
    """Only what is named counts."""
    second = 'user_group "second" {\n  members = ["x@example.com"]\n' + _lifecycle(
        "replace_triggered_by = [user_group.ops.description]"
    )
    project.write(OPS.format("ann", "") + second + "\n}\n")
    project.apply()
    project.write(OPS.format("bob", "") + second + "\n}\n")

    assert _changes(project).keys() == {"user_group.ops"}


def test_trigger_inside_a_module_and_by_key(project: Project) -> None:
    """The path is relative to the module, and each.key is this instance's own."""
    project.write(
        """
variable "members" {}
user_group "team" {
  for_each = var.members
  members  = [each.value]
}
user_group "shadow" {
  for_each = var.members
  members  = ["shadow@example.com"]
  lifecycle {
    replace_triggered_by = [user_group.team[each.key]]
  }
}
""",
        "m/main.hcl",
    )
    call = 'module "m" {\n  source  = "./m"\n  members = { a = "a@example.com", b = "%s@example.com" }\n}\n'
    project.write(call % "b")
    project.apply()
    project.write(call % "c")

    assert {address: one["action"] for address, one in _changes(project).items()} == {
        'module.m.user_group.team["b"]': "update",
        'module.m.user_group.shadow["b"]': "replace",
    }


@pytest.mark.parametrize("trigger", ["local.x", "var.x", '"user_group.ops"'])
def test_trigger_must_be_a_resource(project: Project, trigger: str) -> None:
    """Anything else would never fire."""
    project.write(
        'locals {\n  x = 1\n}\nvariable "x" {\n  default = 1\n}\n'
        + OPS.format("ann", _lifecycle(f"replace_triggered_by = [{trigger}]"))
    )

    assert project.json("validate").codes == ["DM2308"]


@pytest.mark.parametrize("expression", ["true", "var.keep", "var.keep && true", '"true"'])
def test_protection_outlives_its_block(project: Project, expression: str) -> None:
    """The state remembers an expression's value; the ways out are a flag and a removed block."""
    variable = 'variable "keep" {\n  default = true\n}\n'
    project.write(variable + OPS.format("ann", _lifecycle(f"prevent_destroy = {expression}")))
    project.apply()
    project.write(variable)

    assert project.json("plan").codes == ["DM4001"]
    assert project.run("plan", "--allow-destroy", "user_group.ops").code == 0
    project.write(variable + "removed {\n  from = user_group.ops\n  lifecycle {\n    destroy = false\n  }\n}\n")
    assert _changes(project)["user_group.ops"]["action"] == "forget"


def test_destroy_heeds_protection_that_was_never_applied(project: Project) -> None:
    """The configuration counts as soon as it is written, in both directions."""
    project.write(OPS.format("ann", ""))
    project.apply()
    project.write(OPS.format("ann", _lifecycle("prevent_destroy = true")))

    assert project.json("destroy", "--auto-approve").codes == ["DM4001"]
    project.apply()
    project.write(OPS.format("ann", _lifecycle("prevent_destroy = false")))
    assert project.run("destroy", "--auto-approve").code == 0


def test_protection_must_be_a_bool(project: Project) -> None:
    """A number protects nothing."""
    project.write(OPS.format("ann", _lifecycle("prevent_destroy = 5")))

    assert project.json("validate").codes == ["DM2352"]


CONDITION = '{0} {{\n      condition     = {1}\n      error_message = "It is ${{{2}}}."\n    }}'


@pytest.mark.parametrize("kind", ["precondition", "postcondition"])
def test_failed_condition_shows_its_message_and_values(project: Project, kind: str) -> None:
    """Exit code 4, nothing applied."""
    value = "local.n" if kind == "precondition" else "self.name"
    condition = f'{value} == "else"'
    project.write(
        'locals {\n  n = "ops"\n}\n' + OPS.format("ann", _lifecycle(CONDITION.format(kind, condition, value)))
    )
    result = project.json("apply", "--auto-approve")

    (fault,) = result.of_type("diagnostic")
    assert (result.code, fault["code"], fault["detail"]) == (4, "DM2350", "It is ops.")
    assert not (project.path / "dmail.state.json").exists()


def test_postcondition_on_a_value_known_after_apply(project: Project) -> None:
    """It is checked once the object exists; the object stays in the state."""
    project.write(OPS.format("ann", _lifecycle(CONDITION.format("postcondition", 'self.id == "x"', "self.name"))))
    result = project.json("apply", "--auto-approve")

    assert (result.code, result.codes) == (4, ["DM2350"])
    assert [one["name"] for one in project.state["resources"]] == ["ops"]


def test_condition_of_an_output(project: Project) -> None:
    """An output may say when it makes sense."""
    condition = CONDITION.format("precondition", "local.n > 1", "local.n")
    project.write(f'locals {{\n  n = 1\n}}\noutput "n" {{\n  value = local.n\n  {condition}\n}}')

    assert project.json("plan").codes == ["DM2350"]


@pytest.mark.parametrize(
    ("block", "rule", "condition"),
    [('variable "v"', "validation", "local.n == 1"), ('check "c"', "assert", "1 == 1")],
)
def test_condition_that_checks_nothing(project: Project, block: str, rule: str, condition: str) -> None:
    """A validation looks at its variable, every condition at something (as in Terraform)."""
    default = "  default = 1\n" if rule == "validation" else ""
    inner = f'{rule} {{\n    condition = {condition}\n    error_message = "No."\n  }}'
    project.write(f"locals {{\n  n = 1\n}}\n{block} {{\n{default}  {inner}\n}}\n")

    assert project.json("validate").codes == ["DM2352"]


def test_validation_across_variables(project: Project) -> None:
    """A validation may look at other variables, locals and data."""
    project.write("""
variable "regions" {
  default = ["eu"]
}
locals {
  allowed = toset(concat(var.regions, ["us"]))
}
variable "home" {
  default = "eu"
  validation {
    condition     = contains(local.allowed, var.home)
    error_message = "${var.home} is none of ${join(", ", local.allowed)}."
  }
}
""")

    assert project.run("plan", "--var", "home=us").code == 0
    (fault,) = project.json("plan", "--var", "home=mars").of_type("diagnostic")
    assert (fault["code"], fault["detail"]) == ("DM2335", "mars is none of eu, us.")


def test_message_of_a_sensitive_condition_is_hidden(project: Project) -> None:
    """The value is in no output, the fault is there all the same."""
    project.write("""
variable "token" {
  sensitive = true
  validation {
    condition     = length(var.token) > 100
    error_message = "${var.token} is short."
  }
}
""")
    result = project.run("plan", "--var", "token=canary-5678")

    assert (result.code, "canary-5678" in result.out + result.err, "DM2335" in result.err) == (1, False, True)


def test_failed_check_warns_and_goes_on(project: Project) -> None:
    """A check with a data source of its own; a data source that finds nothing is a warning there too."""
    check = """
check "ops" {
  data "user_group" "ops" {
    name = "%s"
  }
  assert {
    condition     = contains(data.user_group.ops.members, "bob@example.com")
    error_message = "bob is not in ops."
  }
}
"""
    project.write(OPS.format("ann", ""))
    project.apply()
    project.write(OPS.format("ann", "") + check % "ops")
    failed = project.json("plan")
    project.write(OPS.format("ann", "") + check % "nobody")
    missing = project.json("plan")

    assert [(one["severity"], one["detail"]) for one in failed.of_type("diagnostic")] == [
        ("warning", "bob is not in ops.")
    ]
    assert (failed.code, missing.code) == (0, 0)
    assert [one["severity"] for one in missing.of_type("diagnostic")] == ["warning"]


def test_data_source_reads_the_state(project: Project) -> None:
    """An object is found by its name; none and several are faults."""
    project.write(OPS.format("ann", ""))
    project.apply()
    read = 'data "user_group" "x" {\n  name = "%s"\n}\noutput "m" {\n  value = data.user_group.x.members\n}\n'
    project.write(OPS.format("ann", "") + read % "ops")
    project.apply()

    assert _outputs(project) == {"m": ["ann@example.com"]}
    project.write(OPS.format("ann", "") + read % "opps")
    (fault,) = project.json("plan").of_type("diagnostic")
    assert (fault["code"], fault["help"]) == ("DM6001", 'did you mean "ops"?')


@pytest.mark.parametrize("how", ["depends_on", "argument"])
def test_data_source_waits_for_what_it_depends_on(project: Project, how: str) -> None:
    """Deferred to apply while something changes or an argument is unknown; read at plan otherwise."""
    if how == "depends_on":
        read = 'name       = "ops"\n  depends_on = [user_group.ops]'
    else:
        read = 'name = user_group.ops.id == "" ? "" : "ops"'
    text = f'data "user_group" "x" {{\n  {read}\n}}\nuser_group "copy" {{\n  members = data.user_group.x.members\n}}\n'
    project.write(OPS.format("ann", "") + text)
    project.apply()
    members = {one["name"]: one["attributes"]["members"] for one in project.state["resources"]}

    assert members == {"ops": ["ann@example.com"], "copy": ["ann@example.com"]}
    assert _changes(project) == {}
    project.write(OPS.format("bob", "") + text)
    project.apply()
    if how == "depends_on":
        assert {tuple(one["attributes"]["members"]) for one in project.state["resources"]} == {("bob@example.com",)}


def test_dynamic_blocks(project: Project) -> None:
    """Over a list, a map and with an iterator of its own; nested ones see the outer element."""
    project.write("""
notification_rule "r" {
  pipeline = "p"
  dynamic "event" {
    for_each = { StageFailed = ["a", "b"], PipelineFailed = [] }
    iterator = kind
    content {
      type   = kind.key
      stages = length(kind.value) > 0 ? kind.value : null
    }
  }
  dynamic "email" {
    for_each = ["ann@example.com"]
    content {
      recipients = [email.value]
    }
  }
}
""")
    after = _changes(project)["notification_rule.r"]["after"]

    assert sorted((one["type"], tuple(one["stages"] or ())) for one in after["event"]) == [
        ("PipelineFailed", ()),
        ("StageFailed", ("a", "b")),
    ]
    assert after["email"]["recipients"] == ["ann@example.com"]


@pytest.mark.parametrize("text", ['["user_group.ops"]', "[upper(local.x)]", "local.x"])
def test_depends_on_takes_references_only(project: Project, text: str) -> None:
    """Quoted or computed, it would silently do nothing."""
    project.write(
        'locals {\n  x = "y"\n}\n' + OPS.format("ann", "") + f'user_group "b" {{\n  depends_on = {text}\n}}\n'
    )

    assert project.json("validate").codes in (["DM2308"], ["DM2307"])
