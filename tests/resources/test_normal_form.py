"""What a remote answers, in the form in which it is compared."""

from __future__ import annotations

from typing import Any

import pytest

from declarative_mail.addresses import parse_address
from declarative_mail.resources.normal_form import normal_form, same_form
from declarative_mail.resources.schema import resource_schema

OPS = parse_address("user_group.ops")
RULE = parse_address("notification_rule.failed")
SERVER = parse_address("smtp_server.primary")


def test_missing_and_null_are_defaults() -> None:
    """A system that leaves out what is not set says the same as one that spells it out."""
    bare = normal_form(OPS, {"identifier": "ops", "name": "ops"})

    assert bare == normal_form(OPS, {**resource_schema("user_group").defaults, "identifier": "ops", "name": "ops"})
    assert bare == normal_form(OPS, {"identifier": "ops", "name": "ops", "description": None, "enabled": None})
    assert (bare["enabled"], bare["description"], bare["members"]) == (True, "", None)
    assert bare["notification_preferences"]["slack"] is None


def test_what_follows_from_others_need_not_be_told() -> None:
    """Names from the label, endpoints from a part of them."""
    assert normal_form(OPS, {})["identifier"] == "ops"
    found = normal_form(SERVER, {"uri": "smtps://mail.example.com", "from_address": "a@example.com"})
    assert (found["host"], found["port"], found["encryption"]) == ("mail.example.com", 465, "tls")
    assert found["uri"] == "smtps://mail.example.com:465"


def test_what_cannot_follow_is_nothing() -> None:
    """A server of which no host is known has none; no value is made up."""
    found = normal_form(SERVER, {"from_address": "a@example.com"})

    assert (found["host"], found["uri"]) == (None, None)


def test_sets_are_sorted_by_what_they_show() -> None:
    """Texts and references by their texts, duplicates once; of two spellings of an address the first stays."""
    groups = [{"$ref": "user_group.b"}, "z", {"$ref": "user_group.a"}, {"$ref": "user_group.b"}]
    email = {"recipients": ["bob@x.example", "ann@x.example", "Ann@x.example"], "user_groups": groups}

    found = normal_form(RULE, {"email": email})["email"]

    assert found["user_groups"] == [{"$ref": "user_group.a"}, {"$ref": "user_group.b"}, "z"]
    assert found["recipients"] == ["Ann@x.example", "bob@x.example"]


def test_lists_keep_their_order() -> None:
    """The order of fallbacks is what they are tried in."""
    fallback = [{"$ref": "smtp_server.b"}, {"$ref": "smtp_server.a"}]

    assert normal_form(SERVER, {"host": "h", "fallback": fallback})["fallback"] == fallback


def test_texts_are_composed_as_a_configuration_would_have_them() -> None:
    """A configuration cannot say e and an accent as two characters; what stands for something else is left alone."""
    secret = {"$secret": {"source": "e\u0301", "version": 1, "fingerprint": None}}
    found = normal_form(
        OPS,
        {
            "description": "e\u0301",
            "tags": {"e\u0301": "e\u0301"},
            "notification_preferences": {"slack": {"webhook_url": secret}},
        },
    )

    assert (found["description"], found["tags"]) == ("\u00e9", {"\u00e9": "\u00e9"})
    assert found["notification_preferences"]["slack"]["webhook_url"] == secret


def test_other_words_for_the_same_are_read() -> None:
    """Harness's word for every stage is the absence of stages."""
    found = normal_form(RULE, {"event": [{"type": "StageFailed", "stages": ["AllStages"]}]})

    assert found["event"] == [{"type": "StageFailed", "stages": [], "steps": []}]


@pytest.mark.parametrize(
    "attributes",
    [
        {"email": "text"},
        {"event": "text"},
        {"event": ["text"]},
        {"unheard_of": {"a": [1]}},
        {"tags": []},
        {"event": {}},
    ],
)
def test_what_does_not_fit_stays_as_it_is(attributes: dict[str, Any]) -> None:
    """Nothing is lost, and nothing breaks."""
    found = normal_form(RULE, attributes)

    assert {name: found[name] for name in attributes} == attributes or attributes == {"event": {}}


def test_form_is_the_same_the_second_time() -> None:
    """What is compared may have been brought into form before."""
    once = normal_form(RULE, {"email": {"recipients": ["b@x.example", "a@x.example"]}, "pipeline": "p"})

    assert normal_form(RULE, once) == once


def test_answers_are_compared_by_what_they_say() -> None:
    """Order and what is left out do not count; a value does."""
    assert same_form(
        OPS, {"members": ["b@x.example", "a@x.example"]}, {"members": ["a@x.example", "b@x.example"], "enabled": True}
    )
    assert not same_form(OPS, {"members": ["b@x.example"]}, {"members": []})
    assert not same_form(OPS, {"members": []}, None)
