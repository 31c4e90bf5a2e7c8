"""The scope in which recorded expressions are evaluated.

What ``data/expressions/scope/main.tf`` declares, read by our own parser.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Never

from hypothesis import HealthCheck, settings

from declarative_mail.diagnostics import Source
from declarative_mail.language.convert import convert
from declarative_mail.language.evaluate import Scope, evaluate
from declarative_mail.language.functions.model import CallContext, FileKind
from declarative_mail.language.functions.table import CONSOLE_FUNCTIONS
from declarative_mail.language.marks import sensitive
from declarative_mail.language.parse import parse_file
from declarative_mail.language.render import render_template
from declarative_mail.language.syntax import Block
from declarative_mail.language.type_syntax import read_type
from declarative_mail.language.types import DYNAMIC, Type
from declarative_mail.language.values import Null, Unknown, Value

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine makes no property wrong."""

DATA = Path(__file__).parents[1] / "data" / "expressions"
DIRECTORY = DATA / "scope"


def _no_commands(*_arguments: object) -> Never:
    raise AssertionError("a recorded expression runs no command")


def _no_environment(_name: str) -> None:
    return None


def _file_kind(path: str) -> FileKind:
    return "file" if Path(path).is_file() else "directory" if Path(path).is_dir() else "absent"


def call_context() -> CallContext:
    """The world of the recorded expressions: the files of the scope, a fixed time, no environment."""
    context: CallContext

    def render(text: str, name: str, variables: Mapping[str, Value], inside: str) -> Value:
        return render_template(text, name, variables, inside=inside, context=context)

    context = CallContext(
        base_dir=str(DIRECTORY),
        read_file=lambda path: Path(path).read_bytes(),
        file_kind=_file_kind,
        list_directory=os.listdir,
        environment=_no_environment,
        run_command=_no_commands,
        random_bytes=os.urandom,
        now=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        render_template=render,
    )
    return context


@cache
def recorded_scope() -> Scope:
    """Variables at their defaults, locals in the order in which they stand, resources as unknowns."""
    body, faults = parse_file(Source("main.tf", (DIRECTORY / "main.tf").read_text(encoding="utf-8")))
    assert not faults
    names: dict[str, Value] = {
        "var": {},
        "local": {},
        "terraform_data": {},
        "path": {"module": ".", "root": ".", "cwd": "."},
    }
    scope = Scope.root(names, context=call_context(), functions=CONSOLE_FUNCTIONS)
    tables: dict[str, dict[str, Value]] = names  # type: ignore[assignment]  # each of them is a table of values
    for block in body.blocks:
        if block.type == "variable":
            tables["var"][block.labels[0].text] = _variable(block, scope)
        elif block.type == "resource":
            name = block.labels[1].text
            tables["terraform_data"][name] = Unknown(DYNAMIC, f"terraform_data.{name}")
    for block in body.blocks_of("locals"):
        for attribute in block.body.attributes.values():
            tables["local"][attribute.name] = evaluate(attribute.expression, scope)
    return scope


def _variable(block: Block, scope: Scope) -> Value:
    attributes = block.body.attributes
    type_: Type = DYNAMIC
    if "type" in attributes:
        type_, faults = read_type(attributes["type"].expression)
        assert not faults
    value = evaluate(attributes["default"].expression, scope)
    value = Null(type_) if value is None and type_ is not DYNAMIC else convert(value, type_)
    marked = "sensitive" in attributes and attributes["sensitive"].expression.value is True  # type: ignore[union-attr]
    return sensitive(value, f"var.{block.labels[0].text}") if marked else value
