from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

from declarative_mail.addresses import parse_address
from declarative_mail.language.types import DYNAMIC, STRING
from declarative_mail.language.values import ListValue, MapValue, Marked, SetValue, Unknown
from declarative_mail.resources.desired import Desired, to_stored, unknown_paths
from declarative_mail.resources.leaves import Path, Plain, Reference, format_path, value_at
from declarative_mail.resources.objects import resource_value
from declarative_mail.secrets import Secret
from tests.resources.hcl import EVENT, MAIL, SERVER, decoded

SERVER_WITH_SECRET = SERVER + 'username = "u"\npassword = password\nfallback = [server, "other"]\n'


def desired_of(address: str, body: str) -> Desired:
    """What a body wants; it has no fault."""
    found = decoded(address, body).desired
    assert found is not None
    return found


def stored(attributes: Plain) -> Plain:
    """The stored form with leaves that are easy to read."""
    return to_stored(
        attributes, secret_leaf=lambda secret: {"$secret": secret.source}, reference_leaf=lambda at: {"$ref": at}
    )


class TestPlaces:
    BODY = EVENT + 'event {\n  type = "StageFailed"\n  stages = ["a", "b"]\n}\n' + MAIL

    @pytest.mark.parametrize(
        ("path", "text"),
        [
            (("event", 1, "stages", 1), '"b"'),
            (("event", 1, "stages"), '["a", "b"]'),
            (("event", 0, "stages"), "event"),
            (("event", 1), "event"),
            (("email", "recipients", 0), '"ops@example.com"'),
            (("email",), "email"),
            (("description",), 'notification_rule "r"'),
            ((), 'notification_rule "r"'),
            (("event", 7, "type"), 'notification_rule "r"'),
        ],
    )
    def test_span_of_a_path(self, path: Path, text: str) -> None:
        """A value is shown where it was written, and what was not written at the nearest block around it."""
        assert desired_of("notification_rule.r", self.BODY).span(path).text == text

    def test_explicit_paths(self) -> None:
        """What was written is known by its paths; what was filled in is not among them."""
        found = desired_of("notification_rule.r", self.BODY).explicit

        assert found == {
            ("event", 0),
            ("event", 0, "type"),
            ("event", 1),
            ("event", 1, "type"),
            ("event", 1, "stages"),
            ("email",),
            ("email", "recipients"),
        }

    def test_paths_as_text(self) -> None:
        """A path is shown as it would be written."""
        assert [format_path(path) for path in (("event", 0, "stages"), ("name",), ())] == [
            "event[0].stages",
            "name",
            "",
        ]

    def test_value_at_a_path(self) -> None:
        """A value is found by its path, and nothing where a step is missing."""
        attributes = desired_of("notification_rule.r", self.BODY).attributes

        assert value_at(attributes, ("event", 1, "stages", 0)) == "a"
        assert value_at(attributes, ("event", 9, "stages")) is None
        assert value_at(attributes, ("name", "x")) is None


class TestStored:
    def test_leaves(self) -> None:
        """Secrets and references get the form that the state gives them; an identifier is a plain text."""
        found = stored(desired_of("smtp_server.x", SERVER_WITH_SECRET).attributes)

        assert found["password"] == {"$secret": "env:SMTP_PASSWORD"}
        assert found["fallback"] == [{"$ref": "smtp_server.backup"}, "other"]
        assert found["connection_test"]["timeout"] == "10s"

    def test_unknown_is_not_stored(self) -> None:
        """A state has no unknowns; a plan gives them a form of its own."""
        attributes = desired_of("smtp_server.x", SERVER + "description = later").attributes

        with pytest.raises(TypeError, match=r"user_group\.other\.id is known only after apply"):
            stored(attributes)
        planned = to_stored(
            attributes,
            secret_leaf=lambda _: None,
            reference_leaf=lambda _: None,
            unknown_leaf=lambda one: {"$unknown": one.path},
        )
        assert planned["description"] == {"$unknown": "user_group.other.id"}

    def test_what_is_stored_as_it_is_comes_back_as_it_is(self) -> None:
        """Without secret, reference or unknown nothing is copied, and nothing is changed either."""
        attributes = desired_of("user_group.g", 'members = ["a@b.example"]\ntags = { a = "1" }').attributes
        before = copy.deepcopy(attributes)

        assert stored(attributes) is attributes
        assert attributes == before

    @pytest.mark.parametrize(
        "leaf", [Secret("s", "env:S"), Reference(parse_address("user_group.x")), Reference(identifier="x")]
    )
    @pytest.mark.parametrize(
        "around", [lambda it: it, lambda it: [1, it], lambda it: {"a": [], "b": it}, lambda it: [{"a": {"b": [it]}}]]
    )
    def test_a_leaf_is_found_wherever_it_is(self, leaf: Plain, around: Callable[[Plain], Plain]) -> None:
        """Lists and blocks around it are copied: what is declared stays as it is."""
        attributes, before = ({"first": "1", "last": around(leaf)} for _ in range(2))
        meant = {"$secret": "env:S"} if isinstance(leaf, Secret) else {"$ref": "user_group.x"} if leaf.address else "x"

        assert stored(attributes) == {"first": "1", "last": around(meant)}
        assert attributes == before

    def test_unknown_paths(self) -> None:
        """All values known only after apply are found, in lists and blocks too."""
        found = desired_of("user_group.g", 'members = ["a@b.example", later]\ndescription = later').attributes

        assert {("members", 1), ("description",)} == set(unknown_paths(found))


class TestObjects:
    def test_object_of_a_server(self) -> None:
        """Expressions see every attribute, with the types of the language and the address as mark."""
        desired = desired_of("smtp_server.x", SERVER_WITH_SECRET)
        value = resource_value(desired.attributes, desired.address, body=desired.body)

        assert value.address == desired.address
        assert isinstance(value.value, dict)
        assert list(value.value) == sorted(value.value)
        assert value.value["port"] == 587
        assert value.value["delegate_selectors"] == SetValue((), STRING)
        assert value.value["password"] == Marked("made-up", sensitive=True, source="env:SMTP_PASSWORD")
        assert value.value["fallback"] == (
            Marked("smtp_server.backup", address=parse_address("smtp_server.backup")),
            "other",
        )
        assert value.value["oauth2"] is None

    def test_computed_attributes(self) -> None:
        """What the system makes is unknown under its own path until it is given."""
        desired = desired_of("smtp_server.x", SERVER)
        before = resource_value(desired.attributes, desired.address)
        after = resource_value(desired.attributes, desired.address, computed={"id": "7"})

        assert isinstance(before.value, dict)
        assert isinstance(after.value, dict)
        assert isinstance(before.value["id"], Unknown)
        assert before.value["id"].path == "smtp_server.x.id"
        assert after.value["id"] == "7"

    def test_blocks(self) -> None:
        """A single block is an object, repeated ones are a tuple of objects."""
        body = (
            EVENT
            + 'event {\n type = "StageFailed"\n stages = ["a"]\n}\nmatch {\n labels = { b = "2", a = "1" }\n}\n'
            + MAIL
        )
        desired = desired_of("notification_rule.r", body)
        value = resource_value(desired.attributes, desired.address).value

        assert isinstance(value, dict)
        assert value["event"] == (
            {"stages": SetValue((), STRING), "steps": SetValue((), STRING), "type": "PipelineFailed"},
            {"stages": SetValue(("a",), STRING), "steps": SetValue((), STRING), "type": "StageFailed"},
        )
        assert value["match"] == {"condition": (), "labels": MapValue({"a": "1", "b": "2"}, STRING)}

    def test_secrets_at_any_depth(self) -> None:
        """A secret in a list, a map or a literal is sensitive; the list itself is not."""
        body = EVENT + 'msteams {\n webhook_urls = [password, "open"]\n}\n'
        body += "webhook {\n url = later_secret\n headers = { a = composed }\n}\n"
        desired = desired_of("notification_rule.r", body)
        value = resource_value(desired.attributes, desired.address, body=desired.body).value

        assert isinstance(value, dict)
        assert value["msteams"]["webhook_urls"] == (  # type: ignore[index, call-overload]  # it is an object
            Marked("made-up", sensitive=True, source="env:SMTP_PASSWORD"),
            Marked("open", sensitive=True, source="literal"),
        )
        assert value["webhook"] == {
            "headers": {"a": Marked("made-up too", sensitive=True, source="expression")},
            "url": Marked(Unknown(STRING, "secret.s.value"), sensitive=True),
        }

    def test_state_attributes(self) -> None:
        """From a state, references are found again and secrets are unknown, yet sensitive."""
        desired = desired_of("smtp_server.x", SERVER_WITH_SECRET)
        value = resource_value(stored(desired.attributes), desired.address, computed={"id": "7"}).value

        assert isinstance(value, dict)
        assert value["fallback"] == (Marked("smtp_server.backup", address=parse_address("smtp_server.backup")), "other")
        assert value["password"] == Marked(Unknown(STRING, "smtp_server.x.password"), sensitive=True)

    def test_unknown_values_keep_their_path(self) -> None:
        """A value known only after apply goes on under the name that it had, or under the attribute's."""
        desired = desired_of("smtp_server.x", SERVER + "description = later\nreply_to = anything")
        value = resource_value(desired.attributes, desired.address).value

        assert isinstance(value, dict)
        assert value["description"].path == "user_group.other.id"  # type: ignore[union-attr]  # it is unknown
        assert value["reply_to"] == Unknown(DYNAMIC)
        assert value["reply_to"].path == "smtp_server.x.reply_to"  # type: ignore[union-attr]  # the same

    def test_data_source(self) -> None:
        """A data source has what it asked for, and the rest once it is read."""
        desired = desired_of("data.user_group.g", 'identifier = "ops"')
        asked = resource_value(desired.attributes, desired.address).value
        read = resource_value({**desired.attributes, "members": ["a@b.example"], "id": "1"}, desired.address).value

        assert isinstance(asked, dict)
        assert isinstance(read, dict)
        assert asked["identifier"] == "ops"
        assert isinstance(asked["members"], Unknown)
        assert read["members"] == SetValue(("a@b.example",), STRING)

    def test_reference_to_a_secret(self) -> None:
        """A password that is a secret resource stays a reference."""
        desired = desired_of("smtp_server.x", SERVER + 'username = "u"\npassword = vault')
        value = resource_value(desired.attributes, desired.address, body=desired.body).value

        assert isinstance(value, dict)
        assert value["password"] == Marked("secret.smtp", address=parse_address("secret.smtp"))


def test_desired_hides_its_secrets() -> None:
    """No text of a desired object shows a secret."""
    desired = desired_of("smtp_server.x", SERVER_WITH_SECRET)

    assert desired.attributes["password"] == Secret("made-up")
    assert "made-up" not in repr(desired)
    assert desired.type == "smtp_server"


def test_list_of_numbers_and_fractions_survive() -> None:
    """A stored fraction is a number of the language again, exactly."""
    value = resource_value({"port": 25.5}, parse_address("smtp_server.x")).value

    assert isinstance(value, dict)
    assert str(value["port"]) == "25.5"
    assert not isinstance(value["fallback"], ListValue)
