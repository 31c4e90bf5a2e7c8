from __future__ import annotations

import pytest

from declarative_mail.addresses import parse_address
from declarative_mail.resources.leaves import Reference
from tests.resources.hcl import EVENT, MAIL, SERVER, decoded


def rule(groups: str) -> str:
    """The body of a rule that tells these groups."""
    return EVENT + f"email {{\n  user_groups = {groups}\n}}\n"


def test_resource_becomes_its_address() -> None:
    """A resource is read by its address mark, whatever its attributes are."""
    found = decoded("notification_rule.r", rule("[group]") + "smtp_server = server")

    assert found.desired is not None
    assert found.attributes["smtp_server"] == Reference(parse_address("smtp_server.backup"))
    assert found.attributes["email"]["user_groups"] == [Reference(parse_address('user_group.ops["a"]'))]
    assert {str(one) for one in found.desired.references} == {"smtp_server.backup", 'user_group.ops["a"]'}


def test_text_is_an_unmanaged_identifier() -> None:
    """A plain text means something that is not managed here, and nothing depends on it."""
    found = decoded("notification_rule.r", rule('["account.ops"]'))

    assert found.desired is not None
    assert found.attributes["email"]["user_groups"] == [Reference(identifier="account.ops")]
    assert found.desired.references == ()


def test_all_instances() -> None:
    """The instances of a resource are a list like any other."""
    found = decoded("notification_rule.r", rule("[for g in groups : g]"))

    assert [str(one) for one in found.attributes["email"]["user_groups"]] == [
        'user_group.ops["a"]',
        'user_group.ops["b"]',
    ]


def test_same_resource_twice_is_one() -> None:
    """Groups are a set."""
    assert len(decoded("notification_rule.r", rule("[group, group]")).attributes["email"]["user_groups"]) == 1


@pytest.mark.parametrize(
    ("groups", "code", "help_"),
    [
        ("[server]", "DM3090", None),
        ("group", "DM3008", "in brackets: [group]"),
        ("groups", "DM3008", "the instances alone: values(user_group.ops)"),
        ("[groups]", "DM3090", "name one of them: user_group.ops[…]"),
        ('[{ name = "ops" }]', "DM3091", None),
        ('["user_group.ops"]', "DM3092", "did you mean user_group.ops?"),
        ('["user_group.ops[\\"a\\"]"]', "DM3092", 'did you mean user_group.ops["a"]?'),
        ('["data.user_group.ops"]', "DM3092", "did you mean data.user_group.ops?"),
        ('[""]', "DM3026", None),
        ("[1]", "DM3008", None),
    ],
)
def test_refused(groups: str, code: str, help_: str | None) -> None:
    """Another type, a lost mark, quotes, or no list: each is named, with what to write instead."""
    fault = decoded("notification_rule.r", rule(groups)).only

    assert (code, help_) == (fault.code.id, fault.help)


def test_identifier_with_dots_is_no_address() -> None:
    """Only the type that is wanted makes a text look like an address."""
    assert decoded("notification_rule.r", EVENT + MAIL + 'smtp_server = "user_group.ops"').faults == []


def test_reference_not_known_yet() -> None:
    """An identifier may be known only after apply."""
    assert decoded("smtp_server.x", SERVER + "fallback = [later]").faults == []
