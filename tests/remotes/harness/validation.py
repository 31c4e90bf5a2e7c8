"""Holds requests against the published interface of Harness, and the answers of the stand-in too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jsonschema.exceptions import best_match  # type: ignore[import-untyped]  # no stubs

from tests.remotes.harness.account import Request
from tests.remotes.harness.schemas import JSON, Operation, operation, template_of


def violation(request: Request, content: bytes) -> str | None:
    """What the document has against a request; None where it is as it should be.

    Args:
        request: with its body as JSON, or as text where it is anything else.
        content: the body as it came.
    """
    template = template_of(request.path, request.method)
    found = operation(template, request.method) if template is not None else None
    if found is None:
        return f"{request.method} {request.path} is no operation"
    wrong = [*_in_query(found, request.queries), *_in_body(found, request, content)]
    return f"{request.method} {request.path}: {'; '.join(wrong)}" if wrong else None


def _in_query(found: Operation, queries: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name, times in Counter(name for name, _ in queries).items():
        if name not in found.query:
            yield f"unknown parameter {name}"
        elif times > 1 and found.query[name]["schema"].get("type") != "array":
            yield f"parameter {name} comes {times} times"
    for name, one in found.query.items():
        values = [value for label, value in queries if label == name]
        if one.get("required") and not any(values):
            yield f"parameter {name} is missing"
        for value in values:
            if not _fits(one["schema"], value):
                yield f"parameter {name} cannot be {value!r}"


def _fits(schema: Mapping[str, Any], value: str) -> bool:
    """Whether a value of a query is one of a schema. An order of lists is written as ``name,ASC``."""
    kind = schema.get("type")
    if kind == "array":
        return _fits(schema["items"], value)
    if kind == "object":
        return re.fullmatch(r"\w+,(ASC|DESC)", value) is not None
    if kind == "boolean":
        return value in {"true", "false"}
    if kind == "integer":
        return re.fullmatch(r"\d{1,9}", value) is not None and int(value) <= schema.get("maximum", 10**9)
    return "enum" not in schema or value in schema["enum"]


def _in_body(found: Operation, request: Request, content: bytes) -> Iterator[str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if not content:
        if found.needs_body:
            yield "the body is missing"
        return
    if not found.bodies:
        yield "takes no body"
    elif kind not in found.bodies:
        yield f"takes {sorted(found.bodies)}, not {kind or 'a body of no type'}"
    elif kind == JSON and isinstance(request.body, str) and not content.startswith(b'"'):
        yield "the body is no JSON"
    else:
        yield from map(_told, found.bodies[kind].iter_errors(request.body))


def _told(error: Any) -> str:
    """What a schema says of a value, without the value: it may be a secret."""
    best = best_match([error])
    place = ".".join(map(str, best.absolute_path)) or "body"
    if best.validator in {"additionalProperties", "required"}:
        return f"{place}: {best.message}"
    return f"{place}: breaks {best.validator} {str(best.validator_value)[:60]}"


def wrong_answer(method: str, path: str, status: int, body: Any) -> str | None:
    """What the document has against an answer; None where it is as it should be, or is no JSON."""
    template = template_of(path, method)
    found = operation(template, method) if template is not None else None
    if found is None or isinstance(body, str):
        return None
    validator = found.answers.get(str(status)) or (found.answers.get("400") if status != 200 else None)
    if validator is None:
        return f"{method} {path} has no answer {status}"
    error = next(iter(validator.iter_errors(body)), None)
    return None if error is None else f"{method} {path} {status}: {_told(error)}"
