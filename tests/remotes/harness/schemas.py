"""The published interface as JSON schemas: closed for requests and, with null where Java writes it, for answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # no stubs

DOCUMENT: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "harness-openapi.json").read_text("utf-8"))
METHODS = ("get", "post", "put", "delete")
JSON = "application/json"


@dataclass(frozen=True)
class Operation:
    """One operation of the document, ready for checks.

    Args:
        query: the parameters of the query, with resolved schemas, by name.
        bodies: by content type what a body must be.
        needs_body: a request without one is refused.
        answers: by status what a body of the answer must be.
    """

    query: Mapping[str, Mapping[str, Any]]
    bodies: Mapping[str, Draft202012Validator]
    needs_body: bool
    answers: Mapping[str, Draft202012Validator]


def referenced(value: Any) -> Any:
    """What a reference of the document stands for; anything else is itself."""
    while isinstance(value, Mapping) and "$ref" in value:
        _, _, kind, name = value["$ref"].split("/")
        value = DOCUMENT["components"][kind][name]
    return value


def resolved(value: Any, *, answer: bool) -> Any:
    """A schema without references, in which objects take no fields but those that they name.

    Args:
        value: the schema, or a part of one.
        answer: it is of an answer: every value may be null, as Java writes what is not there, and what can only be
            written is no field; of a request what can only be read is none.
    """
    value = referenced(value)
    if isinstance(value, list):
        return [resolved(one, answer=answer) for one in value]
    if not isinstance(value, Mapping):
        return value
    if "allOf" in value:
        return resolved(_merged(value["allOf"]), answer=answer)
    found = {name: resolved(one, answer=answer) for name, one in value.items() if name not in ("discriminator", "enum")}
    if "enum" in value:
        found["enum"] = [*value["enum"], None] if answer else value["enum"]
    if isinstance(value.get("properties"), Mapping):
        hidden = "writeOnly" if answer else "readOnly"
        found["properties"] = {
            name: found["properties"][name]
            for name, one in value["properties"].items()
            if not (isinstance(one, Mapping) and one.get(hidden))
        }
        found.setdefault("additionalProperties", False)
    if answer and isinstance(value.get("type"), str):
        found["type"] = [value["type"], "null"]
    return found


def _merged(parts: list[Any]) -> dict[str, Any]:
    """One object of several: a closed schema cannot be combined with another."""
    found: dict[str, Any] = {"type": "object", "properties": {}}
    for part in map(referenced, parts):
        found["properties"] |= part.get("properties", {})
    return found


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    """The paths, those without parameters first."""
    ordered = sorted(DOCUMENT["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", "([^/]+)", path) + "$"), path) for path in ordered]


def template_of(path: str, method: str) -> str | None:
    """The path of the document that a request's path is."""
    fitting = [template for pattern, template in _templates() if pattern.match(path)]
    return next((one for one in fitting if method.lower() in DOCUMENT["paths"][one]), next(iter(fitting), None))


@cache
def operation(template: str, method: str) -> Operation | None:
    """An operation; None where the path has none for the method."""
    found = DOCUMENT["paths"][template].get(method.lower())
    if found is None:
        return None
    parameters = [resolved(one, answer=False) for one in found.get("parameters", ())]
    body = found.get("requestBody", {})
    return Operation(
        {one["name"]: one for one in parameters if one["in"] == "query"},
        {kind: _validator(one["schema"], answer=False) for kind, one in body.get("content", {}).items()},
        body.get("required", False),
        {
            status: _validator(one["content"][JSON]["schema"], answer=True)
            for status, one in found["responses"].items()
            if "content" in one
        },
    )


def _validator(schema: Any, *, answer: bool) -> Draft202012Validator:
    return Draft202012Validator(resolved(schema, answer=answer))
