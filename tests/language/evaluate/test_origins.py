"""The chain of references behind a wrong value."""

from __future__ import annotations

from declarative_mail.diagnostics import Code, Diagnostic, Label, Source, Span
from declarative_mail.language.configuration import Configuration
from declarative_mail.language.evaluate import Scope, evaluate_expression
from declarative_mail.language.marks import sensitive
from declarative_mail.language.origins import with_origins
from declarative_mail.language.parse import parse_file
from declarative_mail.language.read_module import read_module
from declarative_mail.language.values import Value
from declarative_mail.language.variables import Given, given_as_text

WRONG = Code("DM3020", "Value out of range")

ROOT = """
variable "base" {
  default = 69999
}

variable "password" {
  default   = "hunter2"
  sensitive = true
}

locals {
  port     = var.base + 1
  same     = local.port
  loop_one = [local.same, local.port]
  api_key  = "hunter2"
  joined   = "${var.password}${local.api_key}"
}

module "inner" {
  source = "./inner"
  name   = local.same
}

output "port" {
  value = local.same
}

output "list" {
  value = [local.loop_one, var.base]
}

output "inner" {
  value = module.inner.name
}

output "secrets" {
  value = local.joined
}

output "literal" {
  value = 70000
}
"""
INNER = """
variable "name" {
  default = "unused"
}

output "name" {
  value = "<${var.name}>"
}
"""


def configuration(text: str, name: str = ".", **children: Configuration) -> Configuration:
    """A module and those that it calls, read from texts."""
    body, faults = parse_file(Source(f"{name}/main.hcl", text))
    assert not faults
    module, faults = read_module([body], name, resource_types=(), data_types=())
    assert not faults
    return Configuration(module, children)


WHOLE = configuration(ROOT, inner=configuration(INNER, "inner"))
NAMES: dict[str, Value] = {
    "var": {"base": 69999, "password": sensitive("hunter2")},
    "local": {
        "port": 70000,
        "same": 70000,
        "joined": sensitive("hunter2hunter2"),
        "api_key": "hunter2",
        "loop_one": (),
    },
    "module": {"inner": {"name": "<70000>"}},
}
SCOPE = Scope.root(NAMES, functions={})


def explained(output: str, *, scope: Scope | None = SCOPE, given: dict[str, Given] | None = None) -> Diagnostic:
    """A fault at the value of an output of the root module, after its origins are added."""
    value = WHOLE.module.outputs[output].value
    (one,) = with_origins([Diagnostic(WRONG, "Wrong.", Label(value.span))], WHOLE, given or {}, scope)
    return one


def told(one: Diagnostic) -> list[tuple[str, str]]:
    """Each related label: what stands there and what is said of it."""
    return [(label.span.text, label.text) for label in one.related]


def test_each_link_of_the_chain_is_told_with_its_value() -> None:
    """From the expression at fault to the default of the variable."""
    assert told(explained("port")) == [
        ("local.port", "local.same is 70000"),
        ("var.base + 1", "local.port is 70000"),
        ("69999", "var.base is 69999"),
    ]


def test_a_place_is_told_once() -> None:
    """Also where several references lead to it."""
    places = [text for text, _ in told(explained("list"))]

    assert places == ["[local.same, local.port]", "local.port", "var.base + 1", "69999"]


def test_a_value_that_was_given_is_the_origin_and_not_the_default() -> None:
    """``--var base=80000``, a variables file or the environment."""
    given = {"base": given_as_text("base", "80000", "option")}

    assert told(explained("port", given=given))[-1] == ("80000", "var.base is 69999")


def test_the_chain_goes_through_modules() -> None:
    """To the output of the called module, from its variable to the call, and on from there."""
    assert told(explained("inner", scope=None)) == [
        ('"<${var.name}>"', "module.inner.name is this output"),
        ("local.same", "var.name is set by the call"),
        ("local.port", "local.same is set here"),
        ("var.base + 1", "local.port is set here"),
        ("69999", "var.base has this default"),
    ]


def test_no_secret_is_shown_on_the_way() -> None:
    """Neither as a value nor as the text of the place: a sensitive variable, and what is named like a secret."""
    one = explained("secrets")

    assert "hunter2" not in repr([label.text for label in one.related])
    assert [label.span.text for label in one.related if label.secret] == ['"hunter2"', '"hunter2"']


def test_values_in_play_are_told_once() -> None:
    """A reference with a label needs no line of its own; one without a place has a line."""
    assert dict(explained("port").values) == {}
    names: dict[str, Value] = {**NAMES, "each": {"key": "a"}}
    body, _ = parse_file(Source("main.hcl", 'output "x" {\n  value = each.key\n}\n'))
    module, _ = read_module([body], ".", resource_types=(), data_types=())
    fault = Diagnostic(WRONG, "Wrong.", Label(module.outputs["x"].value.span))
    (one,) = with_origins([fault], Configuration(module), {}, Scope.root(names, functions={}))

    assert dict(one.values) == {"each.key": '"a"'}
    assert not one.related


def test_only_what_stands_in_the_marked_part_counts() -> None:
    """A fault of one operand is not explained by the other."""
    body, _ = parse_file(Source("main.hcl", 'locals {\n  a = 1\n  b = "x"\n  sum = local.a + local.b\n}\n'))
    module, _ = read_module([body], ".", resource_types=(), data_types=())
    scope = Scope.root({"local": {"a": 1, "b": "x"}}, functions={})
    _, faults = evaluate_expression(module.locals["sum"].expression, scope)
    (one,) = with_origins(faults, Configuration(module), {}, scope)

    assert told(one) == [('"x"', 'local.b is "x"')]


def test_a_fault_with_nothing_behind_it_stays_as_it_is() -> None:
    """A literal, a place outside every expression, no place at all."""
    text = Source("other.hcl", "x = 1\n")
    alone = [Diagnostic(WRONG, "Wrong."), Diagnostic(WRONG, "Wrong.", Label(Span(text, 0, 1)))]

    assert explained("literal").related == ()
    assert with_origins(alone, WHOLE, {}, SCOPE) == alone
    assert with_origins([], WHOLE, {}, SCOPE) == []


def test_a_long_chain_is_cut() -> None:
    """The picture stays one that can be taken in."""
    lines = "\n".join(f"  a{number} = local.a{number + 1}" for number in range(50))
    body, _ = parse_file(Source("main.hcl", f"locals {{\n{lines}\n  a50 = 1\n}}\n"))
    module, _ = read_module([body], ".", resource_types=(), data_types=())
    fault = Diagnostic(WRONG, "Wrong.", Label(module.locals["a0"].expression.span))
    (one,) = with_origins([fault], Configuration(module), {}, None)

    assert len(one.related) == 6
