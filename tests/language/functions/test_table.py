"""The table of functions: complete, as Terraform describes them, cheap to import."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from declarative_mail.diagnostics import Source
from declarative_mail.language.evaluate import Scope, evaluate
from declarative_mail.language.functions.model import Function, Parameter
from declarative_mail.language.functions.table import CONSOLE_FUNCTIONS, FUNCTIONS
from declarative_mail.language.parse import parse_expression
from declarative_mail.language.types import ListType, MapType, SetType, Type
from tests.language.functions.world import make_context

SIGNATURES = json.loads(Path(__file__).with_name("signatures.json").read_text(encoding="utf-8"))
RECORDS = Path(__file__).parents[1] / "data" / "expressions"
OURS = {"env", "secret_command", "secret_file"}
HIDDEN = {"list", "map"}
"""Terraform knows these two, to say that they are gone, and does not list them."""


def form(type_: Type) -> Any:
    """A type as Terraform's JSON writes it."""
    match type_:
        case ListType(element=element):
            return ["list", form(element)]
        case SetType(element=element):
            return ["set", form(element)]
        case MapType(element=element):
            return ["map", form(element)]
    return type_.name  # type: ignore[union-attr]  # no structural type is a parameter's


def described(parameter: Parameter) -> dict[str, Any]:
    """A parameter as Terraform's JSON describes it."""
    nullable = {"is_nullable": True} if parameter.allow_null else {}
    return {"name": parameter.name, **nullable, "type": form(parameter.type)}


def test_every_function_of_terraform_is_there() -> None:
    """The names are Terraform's, its two retired functions, and the three sources of secrets."""
    assert set(SIGNATURES) | HIDDEN | OURS == set(FUNCTIONS)


@pytest.mark.parametrize("name", sorted(SIGNATURES))
def test_parameters_are_those_of_terraform(name: str) -> None:
    """Names, types, order, what may be null and what may follow are the same."""
    function = FUNCTIONS[name]
    ours = {
        "parameters": [described(one) for one in function.parameters],
        "variadic_parameter": described(function.variadic) if function.variadic else None,
    }
    recorded = SIGNATURES[name]

    assert {
        "parameters": recorded.get("parameters", []),
        "variadic_parameter": recorded.get("variadic_parameter"),
    } == ours


@pytest.mark.parametrize("name", sorted(SIGNATURES))
def test_fixed_return_types_are_those_of_terraform(name: str) -> None:
    """Where our return type is fixed, it is what Terraform says, or nothing is said."""
    returns = FUNCTIONS[name].returns
    recorded = SIGNATURES[name]["return_type"]
    ours = "dynamic" if callable(returns) else form(returns)

    assert "dynamic" in (recorded, ours) or recorded == ours or callable(returns)


def test_a_function_also_answers_to_its_core_name() -> None:
    """``core::upper`` is ``upper``; no other namespace exists."""
    assert FUNCTIONS["upper"] is FUNCTIONS["core::upper"]
    assert None is FUNCTIONS.get("provider::upper")
    assert None is FUNCTIONS.get("core::nope")


def test_only_the_console_has_type() -> None:
    """Its result is for a person to look at."""
    assert {"type"} == set(CONSOLE_FUNCTIONS) - set(FUNCTIONS)
    assert None is FUNCTIONS.get("type")


def test_each_name_leads_to_the_function_of_that_name() -> None:
    """The static table agrees with what the modules hold: no name is misplaced and none is left out."""
    from declarative_mail.language.functions import table

    modules = {name.split(".")[-1] for name in _loaded_modules()}

    assert all(CONSOLE_FUNCTIONS[name].name == name for name in CONSOLE_FUNCTIONS)
    assert set(table._MODULES) | set(table._CONSOLE) <= modules
    assert len(CONSOLE_FUNCTIONS) == sum(len(sys.modules[name].FUNCTIONS) for name in _loaded_modules())


def _loaded_modules() -> list[str]:
    list(CONSOLE_FUNCTIONS.values())
    prefix = "declarative_mail.language.functions."
    return [
        name
        for name, module in sys.modules.items()
        if name.startswith(prefix) and isinstance(getattr(module, "FUNCTIONS", None), tuple)
    ]


def every_function() -> list[Function]:
    """All functions, also the console's."""
    return list(CONSOLE_FUNCTIONS.values())


@pytest.mark.parametrize("function", every_function(), ids=lambda one: one.name)
def test_help_is_one_sentence_and_the_example_a_call(function: Function) -> None:
    """The help ends in a full stop; the example parses and calls the function."""
    tree, faults = parse_expression(Source("example", function.example))

    assert faults == []
    assert tree is not None
    assert function.help.endswith(".")
    assert "\n" not in function.help
    assert f"{function.name}(" in function.example or function.name in HIDDEN


NEEDS_MORE = {"can", "try", "file", "filebase64", "templatefile", "templatestring", "rsadecrypt", "secret_command"}
"""Their examples use files, variables or programs that are not here."""


def examples_that_stand_alone() -> list[Function]:
    """The functions whose examples need nothing around them."""
    return [
        one
        for one in every_function()
        if one.name not in NEEDS_MORE and not (one.reads_files and one.name.startswith("file"))
    ]


@pytest.mark.parametrize("function", examples_that_stand_alone(), ids=lambda one: one.name)
def test_examples_can_be_evaluated(function: Function, tmp_path: Path) -> None:
    """What the help shows works as it stands."""
    (tmp_path / "password").write_text("x", encoding="utf-8")
    context = make_context(
        tmp_path,
        variables={"SMTP_PASSWORD": "x", "HOME": "/home/me"},
        read_file=lambda _: (tmp_path / "password").read_bytes(),
    )
    tree, _ = parse_expression(Source("example", function.example))

    assert tree is not None
    assert evaluate(tree, Scope.root({}, context=context, functions=CONSOLE_FUNCTIONS)) is not None


def test_every_function_is_recorded_on_ordinary_and_failing_inputs() -> None:
    """At least three results and two faults of Terraform's are on record for each function that its console has."""
    ordinary: Counter[str] = Counter()
    failing: Counter[str] = Counter()
    for path in RECORDS.glob("functions_*.json"):
        for expression, record in json.loads(path.read_text(encoding="utf-8")).items():
            counter = ordinary if "value" in record else failing
            counter.update({name for name in CONSOLE_FUNCTIONS if f"{name}(" in expression})
    retired = {name: failing[name] for name in HIDDEN}
    short = {
        name: (ordinary[name], failing[name])
        for name in set(SIGNATURES) - {"plantimestamp"}
        if ordinary[name] < 3 or failing[name] < 2
    }

    assert short == {}
    assert all(count >= 2 for count in retired.values())
    assert sum(ordinary.values()) + sum(failing.values()) >= 600


PROBE = """
import sys, time
from declarative_mail.language.functions.table import FUNCTIONS
before = set(sys.modules)
{use}
loaded = set(sys.modules)
heavy = {{"cryptography", "re2", "ruamel", "bcrypt", "zlib", "click", "lark", "httpx"}}
print(sorted(heavy & loaded))
print(sorted(name.rpartition(".")[2] for name in loaded if name.startswith("declarative_mail.language.functions.")))
"""


def test_looking_up_env_imports_nothing_else() -> None:
    """A plan that calls ``env`` alone pays for the model, the paths and nothing of files, digests or YAML."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(use='FUNCTIONS["env"]; len(FUNCTIONS); list(FUNCTIONS)')],
        capture_output=True,
        check=True,
        text=True,
    )
    heavy, loaded = done.stdout.splitlines()

    assert (heavy, loaded) == ("[]", "['arguments', 'model', 'paths', 'secret_sources', 'table']")


def test_all_functions_together_import_no_heavy_library() -> None:
    """re2, ruamel, cryptography and bcrypt are imported by the call that needs them."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(use="[FUNCTIONS[name] for name in FUNCTIONS]")],
        capture_output=True,
        check=True,
        text=True,
    )

    assert not {"cryptography", "re2", "ruamel", "bcrypt", "lark", "httpx"} & set(
        json.loads(done.stdout.splitlines()[0].replace("'", '"'))
    )
