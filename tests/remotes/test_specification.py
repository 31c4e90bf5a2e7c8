"""The reference server against its own specification."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from ruamel.yaml import YAML
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from declarative_mail.remotes.rest.server.app import create_app
from declarative_mail.remotes.rest.server.objects import Objects
from declarative_mail.resources.registry import resource_types
from declarative_mail.secrets import Secret
from tests.support.canary import secret_value

SPECIFICATION = Path(__file__).parents[2] / "schemas" / "remote-api.openapi.yaml"
DOCUMENT = YAML(typ="safe").load(SPECIFICATION)
TOKEN = secret_value("token")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
    ignored_auth,
]
_FOLDER = TemporaryDirectory()
_OBJECTS = Objects(Path(_FOLDER.name) / "server.db")

schema = schemathesis.openapi.from_dict(DOCUMENT)
schema.app = create_app(_OBJECTS, Secret(TOKEN))


@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_answer_is_as_specified(case: schemathesis.Case[Any]) -> None:
    """Status, headers and body of each answer, to requests that the specification allows and that it does not."""
    case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"}, checks=CHECKS)


def test_specification_names_every_type() -> None:
    """A new type of resource is a new type of the API."""
    assert DOCUMENT["components"]["parameters"]["Type"]["schema"]["enum"] == list(resource_types())


def test_specification_holds_no_secret_in_an_answer() -> None:
    """``value`` is spoken of in the introduction only: no schema of an answer has it."""
    assert not re.search(r"^\s+value:", SPECIFICATION.read_text(encoding="utf-8"), re.MULTILINE)
