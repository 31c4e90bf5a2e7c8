from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from declarative_mail.language.types import BOOL, DYNAMIC, NUMBER, STRING, ListType, MapType, SetType
from declarative_mail.records import replace
from declarative_mail.resources.models.base import Body
from declarative_mail.resources.models.compile import data_models, resource_models
from declarative_mail.resources.registry import data_types, resource_types
from declarative_mail.resources.schema import AttributeSchema, Schema, data_schema, resource_schema, schema_of

EVERY_ATTRIBUTE = {
    "secret": "name identifier description tags value value_version reference secret_manager scope organization "
    "project usage_scope",
    "smtp_server": "name description host port uri preset region encryption verify_certificate ca_certificate "
    "from_address username password auth hello delegate_selectors enabled fallback rate_limit envelope_from reply_to "
    "oauth2 server_name tls_min_version client_certificate client_key rotate_after connection_test password_version",
    "user_group": "identifier name description tags organization project members enabled notification_preferences",
    "notification_rule": "name identifier description enabled organization project pipeline event match email slack "
    "msteams pagerduty webhook datadog smtp_server repeat_interval via git",
    "email_task": "name description template smtp_server command report from_address to schedules policies",
    "approval_process": "name description based_on start_activity smtp_server approval_type approval_role "
    "scope_to_collection message approvals self_approve timeout email",
}

EVERY_BLOCK = {
    ("smtp_server", "oauth2"): "token_url client_id client_secret refresh_token scope grant",
    ("smtp_server", "connection_test"): "require on_failure max_age via to subject body timeout min_certificate_days "
    "dkim_selectors egress receipt",
    ("user_group", "notification_preferences"): "email slack msteams pagerduty webhook",
    ("notification_rule", "event"): "type stages steps",
    ("notification_rule", "match"): "labels condition",
    ("notification_rule", "email"): "recipients user_groups subject text html",
    ("notification_rule", "git"): "branch commit_message",
}


def bodies(schema: Schema) -> Iterator[Schema]:
    """The schema and those of all blocks in it."""
    yield schema
    for block in schema.blocks.values():
        yield from bodies(block.schema)


def every_body() -> Iterator[Schema]:
    """The schemas of all resources, data sources and blocks."""
    for type_ in resource_types():
        yield from bodies(resource_schema(type_))
    for type_ in data_types():
        yield data_schema(type_)


def attribute(type_: str, name: str) -> AttributeSchema:
    """One attribute of a resource."""
    return resource_schema(type_).attributes[name]


@pytest.mark.parametrize("type_", resource_types())
def test_each_type_has_every_attribute(type_: str) -> None:
    """The attributes and blocks of a type are exactly those that the design names, and the computed id."""
    assert {*EVERY_ATTRIBUTE[type_].split(), "id"} == set(resource_schema(type_).names)


@pytest.mark.parametrize(("type_", "block"), EVERY_BLOCK)
def test_each_block_has_every_attribute(type_: str, block: str) -> None:
    """The same of the blocks with settings of their own."""
    expected = set(EVERY_BLOCK[type_, block].split())

    assert expected == set(resource_schema(type_).blocks[block].schema.names)


def test_types_of_the_language() -> None:
    """Each kind of attribute has the type of the language that its values are converted to."""
    found = {name: attribute("smtp_server", name).type for name in ("host", "port", "enabled", "delegate_selectors")}
    headers = resource_schema("notification_rule").blocks["webhook"].schema.attributes["headers"]

    assert {"host": STRING, "port": NUMBER, "enabled": BOOL, "delegate_selectors": SetType(STRING)} == found
    assert ListType(DYNAMIC) == attribute("smtp_server", "fallback").type
    assert MapType(STRING) == headers.type


def test_marks_reach_the_schema() -> None:
    """What a field says about itself is in the schema: secret, reference, set, derived, computed, local, choices."""
    password, fallback = attribute("smtp_server", "password"), attribute("smtp_server", "fallback")
    members, name = attribute("user_group", "members"), attribute("user_group", "name")

    assert password.sensitive
    assert password.reference == "secret"
    assert (fallback.leaf, fallback.shape, fallback.reference) == ("reference", "list", "smtp_server")
    assert (members.shape, members.fold) == ("set", True)
    assert name.derived is not None
    assert name.derived.fixed
    assert attribute("user_group", "id").computed
    assert attribute("smtp_server", "rotate_after").local
    assert not attribute("smtp_server", "host").local
    assert attribute("smtp_server", "encryption").choices == ("none", "starttls", "starttls_if_offered", "tls")


def test_blocks_say_how_often() -> None:
    """A block is repeated, required, filled in when it is left out, or simply absent."""
    rule, server = resource_schema("notification_rule"), resource_schema("smtp_server")

    assert rule.blocks["event"].repeated
    assert server.blocks["connection_test"].filled
    assert server.blocks["connection_test"].local
    assert not server.blocks["oauth2"].filled
    assert server.blocks["connection_test"].schema.blocks["receipt"].schema.blocks["imap"].required


def test_defaults_of_an_empty_body() -> None:
    """Left-out lists are empty, left-out blocks null, and a filled block has its own defaults."""
    defaults = resource_schema("smtp_server").defaults

    assert defaults["fallback"] == []
    assert defaults["oauth2"] is None
    assert defaults["connection_test"]["on_failure"] == "block"
    assert "id" not in defaults


def test_only_names_stay_fixed() -> None:
    """What is made from the label stays as it was at creation; nothing else does."""
    expected = {type_: {"name"} for type_ in resource_types()}
    for type_ in ("secret", "user_group", "notification_rule"):
        expected[type_].add("identifier")

    assert expected == {type_: set(resource_schema(type_).fixed) for type_ in resource_types()}


def test_data_source_reads_what_it_does_not_ask() -> None:
    """Arguments are settable; everything else that the resource has is computed."""
    schema = schema_of("user_group", "data")

    assert schema.names == resource_schema("user_group").names
    assert {one.name for one in schema.attributes.values() if not one.computed} == {
        "identifier",
        "name",
        "organization",
        "project",
    }
    assert schema.blocks["notification_preferences"].computed


@pytest.mark.parametrize("name", ["nothing", "smtp_servers", ""])
def test_unknown_type(name: str) -> None:
    """Asking for a type that does not exist is a fault of the program."""
    for ask in (resource_schema, data_schema):
        with pytest.raises(KeyError):
            ask(name)
    with pytest.raises(KeyError):
        data_schema("email_task")


def _descriptions(body: Schema) -> Iterator[tuple[str, str]]:
    yield from ((name, one.description) for name, one in body.attributes.items())
    yield from ((name, one.description) for name, one in body.blocks.items())


def test_everything_is_described() -> None:
    """Every attribute and block says in a sentence what it is for, and every body has a docstring."""
    without = [
        f"{body.name}.{name}"
        for body in every_body()
        for name, description in _descriptions(body)
        if not description.endswith(".")
    ]

    assert without == []
    assert all(body.description for body in every_body())


def test_other_names_lead_somewhere() -> None:
    """What is suggested for a wrong name exists, and the wrong name does not."""
    wrong = []
    for body in every_body():
        for name, instead in body.other_names.items():
            target = re.split(r"\W", instead)[0]
            if name in body.names or target not in body.names:
                wrong.append((body.name, name, instead))

    assert wrong == []


def test_keys_and_immutables_are_attributes() -> None:
    """The natural key and the immutable attributes of a type are attributes of it."""
    for type_ in resource_types():
        schema = resource_schema(type_)

        assert {*schema.natural_key, *schema.immutable} <= set(schema.names)


def test_class_and_type_name_agree() -> None:
    """The registry leads to the model that carries the type's name."""
    assert list(resource_types()) == [one.type_name for one in resource_models().values()]
    assert list(data_types()) == [one.type_name for one in data_models().values()]


def test_schema_version_counts_upgrades() -> None:
    """Each upgrade makes one more version, and today's attributes need none."""
    for type_ in resource_types():
        schema = resource_schema(type_)

        assert schema.schema_version == len(schema.upgrades) + 1
        assert schema.upgraded({"name": "x"}, schema.schema_version) == {"name": "x"}


def test_upgrades_run_from_the_version_of_the_state() -> None:
    """Attributes of version 2 skip the first step, and a version from the future is refused."""
    steps = (lambda old: {**old, "one": True}, lambda old: {**old, "two": True})
    schema = replace(resource_schema("email_task"), upgrades=steps, schema_version=3)

    assert schema.upgraded({}, 1) == {"one": True, "two": True}
    assert schema.upgraded({}, 2) == {"two": True}
    with pytest.raises(ValueError, match="1 to 3, not 4"):
        schema.upgraded({}, 4)


def test_models_are_frozen_and_closed() -> None:
    """A model refuses an attribute that it does not have, and nothing of it can be changed."""
    model = resource_models()["email_task"]
    task = model.model_validate({"name": "x", "to": ["a@example.com"]})

    assert issubclass(model, Body)
    with pytest.raises(ValueError, match="extra"):
        model.model_validate({"name": "x", "to": ["a@example.com"], "cc": []})
    with pytest.raises(ValueError, match="frozen"):
        task.name = "y"  # type: ignore[attr-defined]  # the model of the type has it
