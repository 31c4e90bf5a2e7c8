"""``dmail functions``"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import click

from declarative_mail.cli.options import json_option, output_of
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, suggestion
from declarative_mail.diagnostics.codes.functions import UNKNOWN_FUNCTION

if TYPE_CHECKING:
    from declarative_mail.language.functions.model import Function, Parameter


@click.command(name="functions")
@click.argument("name", required=False)
@json_option
def command(as_json: bool, no_color: bool, name: str | None) -> None:
    """List the functions that expressions can call, or show the signature, help and an example of NAME."""
    from declarative_mail.language.functions.table import CONSOLE_FUNCTIONS

    output = output_of(as_json, no_color)
    if name is None:
        functions = sorted(CONSOLE_FUNCTIONS.values(), key=attrgetter("category", "name"))
        for function in functions:
            output.line(function_data(function))
        output.text(_listing(functions))
        return
    found = CONSOLE_FUNCTIONS.get(name)
    if found is None:
        detail = f'There is no function named "{name}". All of them are listed by:\n    dmail functions'
        raise DiagnosticError(Diagnostic(UNKNOWN_FUNCTION, detail, help=suggestion(name, CONSOLE_FUNCTIONS)))
    output.line(function_data(found))
    output.text(_page(found))


def function_data(function: Function) -> dict[str, Any]:
    """What ``--json`` says of a function; `returns` is null where the type depends on the arguments."""
    from declarative_mail.language.types import type_expression

    variadic = function.variadic
    return {
        "name": function.name,
        "category": function.category,
        "signature": signature(function),
        "parameters": [_parameter_data(one) for one in function.parameters],
        "variadic_parameter": _parameter_data(variadic) if variadic else None,
        "returns": None if callable(function.returns) else type_expression(function.returns),
        "help": function.help,
        "example": function.example,
    }


def _parameter_data(parameter: Parameter) -> dict[str, Any]:
    from declarative_mail.language.types import type_expression

    return {"name": parameter.name, "type": type_expression(parameter.type), "nullable": parameter.allow_null}


def signature(function: Function) -> str:
    """The form of a call: ``join(separator: string, lists: list(string)...) -> string``."""
    from declarative_mail.language.types import type_expression

    parts = [f"{one.name}: {type_expression(one.type)}" for one in function.parameters]
    if function.variadic:
        parts.append(f"{function.variadic.name}: {type_expression(function.variadic.type)}...")
    returns = "any" if callable(function.returns) else type_expression(function.returns)
    return f"{function.name}({', '.join(parts)}) -> {returns}"


def _listing(functions: list[Function]) -> str:
    width = max(len(function.name) for function in functions)
    lines = []
    for category, members in groupby(functions, key=attrgetter("category")):
        lines += ["", f"{category}:", *[f"  {one.name:{width}}  {one.help}" for one in members]]
    return "\n".join(lines[1:])


def _page(function: Function) -> str:
    return f"{signature(function)}\n\n{function.help}\n\nExample:\n    {function.example}"
