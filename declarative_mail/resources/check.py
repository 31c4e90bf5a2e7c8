"""Has pydantic-core check the values of a draft, and turns each of its faults into a diagnostic at the exact place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic_core import ErrorDetails, SchemaValidator, ValidationError

from declarative_mail.diagnostics import Code, suggestion
from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.language.values import Unknown
from declarative_mail.resources.base import Values
from declarative_mail.resources.draft import FAULTY, Draft
from declarative_mail.resources.leaves import Path, Plain, Reference, format_path
from declarative_mail.resources.schema import AttributeSchema, Schema, function_named
from declarative_mail.secrets import Secret

_CODES = {code.id: code for code in vars(codes).values() if isinstance(code, Code)}


def check_values(draft: Draft, schema: Schema, values: Values) -> None:
    """Report every value that the table of the type refuses, and put `FAULTY` in its place."""
    known, indexes = (values, {}) if not draft.unknown else _known_part(values)
    for fault in refusals(schema, known):
        path = _written_path(fault["loc"], indexes)
        _report(draft, schema, path, fault)
        _replace(values, path)


def refusals(schema: Schema, values: Values) -> list[ErrorDetails]:
    """What pydantic-core says against the values of a resource or data source.

    What is missing, and what should not be there, is not said here.
    """
    try:
        _validator(schema).validate_python(values)
    except ValidationError as error:
        return error.errors(include_url=False)
    return []


@cache
def _validator(schema: Schema) -> SchemaValidator:
    """What checks the values of a resource or data source."""
    return SchemaValidator(_with_functions(schema.core))


_CLASSES = {one.__name__: one for one in (Secret, Reference)}


def _with_functions(node: Any) -> Any:
    """A core schema with the functions and classes that it names."""
    match node:
        case {"type": "no-info", "function": name}:
            return {"type": "no-info", "function": function_named(name)}
        case {"type": "is-instance", "cls": names}:
            return {"type": "is-instance", "cls": tuple(_CLASSES[name] for name in names)}
        case dict():
            return {name: _with_functions(one) for name, one in node.items()}
        case list():
            return [_with_functions(one) for one in node]
    return node


def _known_part(values: Values) -> tuple[Values, Mapping[Path, list[int]]]:
    """The values without those known only after apply; for each list that lost some, the old index of what is left."""
    indexes: dict[Path, list[int]] = {}
    known: Values = _prune(values, (), indexes)
    return known, indexes


def _prune(value: Plain, path: Path, indexes: dict[Path, list[int]]) -> Plain:
    if isinstance(value, dict):
        items = ((name, one) for name, one in value.items() if not isinstance(one, Unknown))
        return {name: _prune(one, (*path, name), indexes) for name, one in items}
    if not isinstance(value, list):
        return value
    kept = [index for index, one in enumerate(value) if not isinstance(one, Unknown)]
    if len(kept) < len(value):
        indexes[path] = kept
    return [_prune(value[index], (*path, index), indexes) for index in kept]


def _written_path(location: tuple[int | str, ...], indexes: Mapping[Path, list[int]]) -> Path:
    path: Path = ()
    for step in location:
        kept = indexes.get(path)
        path = (*path, kept[step] if kept is not None and isinstance(step, int) else step)
    return path


def _replace(values: Plain, path: Path) -> None:
    for step in path[:-1]:
        values = values[step]
    values[path[-1]] = FAULTY


def _report(draft: Draft, schema: Schema, path: Path, fault: Mapping[str, Any]) -> None:
    code, detail, help_ = _explain(schema, path, fault)
    draft.report(code, path, detail, help=help_)


def _explain(schema: Schema, path: Path, fault: Mapping[str, Any]) -> tuple[Code, str, str | None]:
    context: Mapping[str, Any] = fault.get("ctx", {})
    kind, name, value = fault["type"], format_path(path), fault["input"]
    if kind in _CODES:
        return _CODES[kind], f"{name}: {context['detail']}", context["help"]
    if kind == "literal_error":
        return _explain_choice(schema, path, value)
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = f"at least {context['ge']}" if "ge" in context else f"at most {context['le']}"
        return codes.OUT_OF_RANGE, f"{name} is {value}; it must be {bound}.", None
    if kind in ("string_too_short", "string_too_long"):
        limit = f"at least {context['min_length']}" if "min_length" in context else f"at most {context['max_length']}"
        return codes.INVALID_LENGTH, f"{name} has {len(value)} characters; it must have {limit}.", None
    if kind in ("int_type", "int_from_float"):
        return codes.WRONG_TYPE, f"{name} is {value}; it must be a whole number.", None
    return codes.WRONG_TYPE, f"{name}: {fault['msg']}.", None


def _explain_choice(schema: Schema, path: Path, value: Plain) -> tuple[Code, str, str | None]:
    one = attribute_at(schema, path)
    allowed = ", ".join(f'"{choice}"' for choice in one.choices)
    detail = f'{format_path(path)} is "{value}"; it must be one of {allowed}.'
    return (
        _CODES[one.choice_code] if one.choice_code else codes.NOT_ALLOWED,
        detail,
        suggestion(str(value), one.choices),
    )


def attribute_at(schema: Schema, path: Path) -> AttributeSchema:
    """The attribute that a path leads to or into.

    Raises:
        KeyError: there is none.
    """
    for step in path:
        if isinstance(step, str):
            if step in schema.attributes:
                return schema.attributes[step]
            schema = schema.blocks[step].schema
    raise KeyError(path)
