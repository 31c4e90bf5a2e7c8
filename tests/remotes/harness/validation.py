"""Holds requests against the published interface of Harness: paths, parameters, bodies."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # no stubs

DOCUMENT: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "harness-openapi.json").read_text("utf-8"))


def _resolved(value: Any, *, closed: bool) -> Any:
    """A schema without references; where it is closed, an object takes no fields but those that it names."""
    if isinstance(value, Mapping):
        if "$ref" in value:
            _, _, kind, name = value["$ref"].split("/")
            return _resolved(DOCUMENT["components"][kind][name], closed=closed)
        found = {name: _resolved(item, closed=closed) for name, item in value.items() if name != "discriminator"}
        if closed and "properties" in found and "additionalProperties" not in found:
            found["additionalProperties"] = False
        return found
    return [_resolved(item, closed=closed) for item in value] if isinstance(value, list) else value


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    """The paths, those without parameters first."""
    ordered = sorted(DOCUMENT["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", "([^/]+)", path) + "$"), path) for path in ordered]


def template_of(path: str) -> str | None:
    """The path of the document that a request's path is."""
    return next((template for pattern, template in _templates() if pattern.match(path)), None)


@cache
def _operation(template: str, method: str) -> tuple[dict[str, dict[str, Any]], dict[str, Draft202012Validator]] | None:
    found = DOCUMENT["paths"][template]
    operation = found.get(method.lower())
    if operation is None:
        return None
    parameters = [
        _resolved(one, closed=True) for one in [*found.get("parameters", ()), *operation.get("parameters", ())]
    ]
    content = operation.get("requestBody", {}).get("content", {})
    bodies = {kind: Draft202012Validator(_resolved(one["schema"], closed=True)) for kind, one in content.items()}
    return {one["name"]: one for one in parameters if one["in"] == "query"}, bodies


def violation(method: str, path: str, query: Mapping[str, str], kind: str, body: Any) -> str | None:
    """What the document has against a request; None where it is as it should be.

    Args:
        method: of HTTP.
        path: without prefix.
        query: its parameters.
        kind: its content type.
        body: as JSON, or as text where it is YAML; None where there is none.
    """
    template = template_of(path)
    operation = _operation(template, method) if template is not None else None
    if operation is None:
        return f"{method} {path} is no operation"
    parameters, bodies = operation
    unknown = sorted(query.keys() - parameters.keys())
    missing = sorted(name for name, one in parameters.items() if one.get("required") and not query.get(name))
    if unknown or missing:
        return f"{method} {path}: unknown parameters {unknown}, missing {missing}"
    wrong = [name for name, value in query.items() if not _fits(parameters[name]["schema"], value)]
    if wrong:
        return f"{method} {path}: wrong values of {wrong}"
    if not bodies:
        return f"{method} {path} takes no body" if body is not None else None
    if kind not in bodies:
        return f"{method} {path} takes {sorted(bodies)}, not {kind}"
    error = next(iter(bodies[kind].iter_errors(body)), None)
    return f"{method} {path}: {error.message} at {list(error.absolute_path)}" if error is not None else None


def _fits(schema: Mapping[str, Any], value: str) -> bool:
    kind = schema.get("type")
    if kind == "boolean":
        return value in ("true", "false")
    if kind == "integer":
        return value.isdigit() and (schema.get("maximum") is None or int(value) <= schema["maximum"])
    return "enum" not in schema or value in schema["enum"]
