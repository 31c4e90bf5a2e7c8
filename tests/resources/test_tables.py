"""The tables that a run reads check values as the models do that they are compiled from."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from declarative_mail.resources.check import refusals
from declarative_mail.resources.leaves import Reference
from declarative_mail.resources.models.base import Body
from declarative_mail.resources.models.compile import data_models, name_of, resource_models
from declarative_mail.resources.registry import data_types, resource_types
from declarative_mail.resources.rules.common import at_most_50, check_scope
from declarative_mail.resources.rules.user_group import few_addresses
from declarative_mail.resources.schema import Schema, data_schema, function_named, resource_schema
from declarative_mail.secrets import Secret

TYPES = [*((type_, "managed") for type_ in resource_types()), *((type_, "data") for type_ in data_types())]

_TEXTS = st.sampled_from((
    "", "a", "ops", "a@example.com", "Ops <a@example.com>", "mail.example.com", "mail:25", "smtp://mail:25", "10s",
    "0s", "1h30m", "2027-03-31", "2027-02-31", "100/h", "10.0.0.0/8", "or", "9lives", "starttls", "https://x",
    "x" * 129, "x" * 1025, "StepFailed", "1.2",
))  # fmt: skip
_LEAVES = st.one_of(
    _TEXTS,
    st.integers(-1, 70_000),
    st.booleans(),
    st.floats(allow_nan=False),
    st.just(Secret("x", "env:X")),
    st.just(Reference(identifier="x")),
    st.none(),
)


@st.composite
def values_of(draw: st.DrawFn, schema: Schema) -> dict[str, Any]:
    """Some attributes and blocks of a body, most of them of the shape that they should have."""
    values: dict[str, Any] = {}
    for name, one in schema.attributes.items():
        if one.computed or draw(st.integers(0, 2)) == 0:
            continue
        shapes = {"one": _LEAVES, "map": st.dictionaries(_TEXTS, _LEAVES, max_size=2)}
        values[name] = draw(shapes.get(one.shape, st.lists(_LEAVES, max_size=3)) | _LEAVES)
    for name, block in schema.blocks.items():
        inner = values_of(block.schema)
        if not block.computed and draw(st.booleans()):
            values[name] = draw(st.lists(inner, max_size=2)) if block.repeated else draw(inner | st.none())
    return values


def _model_refuses(model: type[Body], values: dict[str, Any]) -> list[tuple[Any, ...]]:
    try:
        model.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False)
        return [_told(one) for one in found if one["type"] != "missing"]
    return []


def _told(fault: Any) -> tuple[Any, ...]:
    """What a fault says. A table makes no instances, so what is no body is no dictionary there."""
    if fault["type"] == "model_type":
        return (fault["loc"], "dict_type", None)
    return (fault["loc"], fault["type"], fault.get("ctx"))


@pytest.mark.parametrize(("type_", "mode"), TYPES)
@given(data=st.data())
def test_tables_refuse_what_the_models_refuse(type_: str, mode: str, data: st.DataObject) -> None:
    """The same faults at the same places, whatever stands in a body."""
    schema = data_schema(type_) if mode == "data" else resource_schema(type_)
    model = data_models()[type_] if mode == "data" else resource_models()[type_]
    values = data.draw(values_of(schema))

    assert [_told(one) for one in refusals(schema, values)] == _model_refuses(model, values)


def test_functions_are_found_by_their_names() -> None:
    """A function is named by the module where it stands or is kept, and one that is kept nowhere has no name."""
    assert name_of(check_scope) == "rules.common.check_scope"
    assert name_of(few_addresses) == "rules.user_group.few_addresses"
    assert function_named("rules.user_group.few_addresses") is few_addresses
    with pytest.raises(TypeError, match="no name"):
        name_of(at_most_50("other"))


def test_a_run_makes_no_models() -> None:
    """Checking a configuration reads the tables alone."""
    code = (
        "import sys; from declarative_mail.resources.check import refusals; "
        "from declarative_mail.resources.schema import resource_schema; "
        "print(len(list(refusals(resource_schema('smtp_server'), {'host': 1}))), 'pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "1 False\n"
