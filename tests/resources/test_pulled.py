"""Everything of a remote, arranged as declarations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from declarative_mail.addresses import parse_address
from declarative_mail.language.scope import Scope
from declarative_mail.language.write import write_body
from declarative_mail.resources.labels import mark_of
from declarative_mail.resources.pulled import Arrangement, Found, Known, arrange

SECRET = {"$secret": {"source": "remote", "version": 1, "fingerprint": None}}
HOOK = {"slack": {"webhook_url": SECRET}}


def group(id_: str, **attributes: Any) -> Found:
    """A group."""
    return Found("user_group", id_, attributes)


def rule(id_: str, *groups: str, **attributes: Any) -> Found:
    """A rule that tells these groups."""
    references = [{"$ref": key} for key in groups]
    return Found(
        "notification_rule", id_, {"identifier": id_, "name": id_, "email": {"user_groups": references}, **attributes}
    )


def arranged(*found: Found, known: Known | None = None) -> Arrangement:
    """What becomes of them; the order in which they come makes no difference."""
    made = _arranged(found, known or Known())
    assert made == _arranged(found[::-1], known or Known())
    return made


def _arranged(found: Sequence[Found], known: Known) -> Arrangement:
    return arrange(found, known, Scope.root({}))


def addresses(made: Arrangement) -> dict[str, str]:
    """By id."""
    return {one.id: str(one.address) for one in made.objects}


def bodies(made: Arrangement) -> dict[str, str]:
    """The text of each body by address."""
    return {str(one.address): write_body(one.body) for one in made.objects}


def test_groups_of_one_name_are_told_apart_by_their_scope() -> None:
    """The one of the account keeps the name."""
    made = arranged(
        group("1", name="Ops", identifier="ops"),
        group("2", name="Ops", identifier="ops", organization="EU"),
        group("3", name="ops", identifier="ops", organization="EU", project="pay"),
    )

    assert addresses(made) == {"1": "user_group.ops", "2": "user_group.ops_eu", "3": "user_group.ops_eu_pay"}


def test_identifier_tells_apart_where_the_scope_does_not() -> None:
    """And where there is nothing else, a mark of the id: it is the same in every run."""
    made = arranged(group("1", name="Ops", identifier="one"), group("2", name="Ops", identifier="two"))
    servers = arranged(
        *(
            Found("smtp_server", id_, {"name": name, "host": "h", "from_address": "a@b.example"})
            for id_, name in (("1", "Mail A"), ("2", "Mail a"))
        )
    )

    assert addresses(made) == {"1": "user_group.ops_one", "2": "user_group.ops_two"}
    assert addresses(servers) == {id_: f"smtp_server.mail_a_{mark_of(f'smtp_server/{id_}')}" for id_ in "12"}


def test_labels_of_other_types_are_no_obstacle() -> None:
    """An address has its type."""
    made = arranged(group("1", name="ops", identifier="ops"), rule("ops", "user_group/1"))

    assert addresses(made) == {"1": "user_group.ops", "ops": "notification_rule.ops"}


def test_variables_of_one_name_are_told_apart_by_their_type() -> None:
    """Two objects with one label and a secret in the same place."""
    made = arranged(
        group("1", name="on-call", identifier="x", notification_preferences=HOOK),
        rule("r", name="on-call", slack={"webhook_url": SECRET}, email=None),
    )

    assert [(one.name, str(one.address)) for one in made.variables] == [
        ("notification_rule_on_call_slack_webhook_url", "notification_rule.on-call"),
        ("user_group_on_call_slack_webhook_url", "user_group.on-call"),
    ]


def test_variables_in_lists_and_maps_are_counted_and_named() -> None:
    """From 1, as people count; a header by its name, or by a mark where that has no letters."""
    channels = {
        "msteams": {"webhook_urls": [SECRET, SECRET]},
        "webhook": {"url": SECRET, "headers": {"X-Key": SECRET, "日": SECRET}},
    }
    made = arranged(rule("r", email=None, **channels))

    assert [one.name for one in made.variables] == [
        "r_msteams_webhook_urls_1",
        "r_msteams_webhook_urls_2",
        f"r_webhook_headers_{mark_of('日')}",
        "r_webhook_headers_x_key",
        "r_webhook_url",
    ]


def test_references_are_addresses_in_the_order_of_the_addresses() -> None:
    """Not in that of the ids, which mean nothing to a reader; what is unknown is a text."""
    made = arranged(
        group("9", name="a", identifier="a"),
        group("1", name="b", identifier="b"),
        rule("r", "user_group/1", "user_group/9", "user_group/7"),
    )

    assert 'user_groups = [user_group.a, user_group.b, "user_group/7"]' in bodies(made)["notification_rule.r"]


def test_what_refers_to_something_left_out_names_it_as_unmanaged() -> None:
    """The reason is that of the first fault."""
    made = arranged(group("1", name="x" * 129, identifier="x"), rule("r", "user_group/1"))

    assert [(one.id, reason) for one, reason in made.left_out] == [
        ("1", "name has 129 characters; it must have at most 128.")
    ]
    assert 'user_groups = ["user_group/1"]' in bodies(made)["notification_rule.r"]


def test_secret_that_is_left_out_takes_along_what_needs_it() -> None:
    """There is no other way to say which secret is the password."""
    made = arranged(
        Found("secret", "1", {"identifier": "s", "name": "s"}),
        Found(
            "smtp_server",
            "2",
            {
                "name": "m",
                "host": "h",
                "from_address": "a@b.example",
                "username": "u",
                "password": {"$ref": "secret/1"},
            },
        ),
    )

    assert [(one.id, reason.split(" ")[0]) for one, reason in made.left_out] == [("1", "The"), ("2", "password")]
    assert made.objects == ()


def test_name_of_something_left_out_is_free() -> None:
    """The one that stays needs no suffix."""
    made = arranged(
        group("1", name="ops", identifier="ops", organization="o"), group("2", name="ops", identifier="x", project="p")
    )

    assert addresses(made) == {"1": "user_group.ops"}


def test_circle_loses_as_few_as_it_must() -> None:
    """Of three servers that follow each other, one."""
    server = {"host": "h", "from_address": "a@b.example"}
    ring = [
        Found("smtp_server", str(n), {"name": f"s{n}", **server, "fallback": [{"$ref": f"smtp_server/{(n + 1) % 3}"}]})
        for n in range(3)
    ]

    made = arranged(*ring)

    assert addresses(made) == {"0": "smtp_server.s0", "1": "smtp_server.s1"}
    assert (
        made.left_out[0][1]
        == "smtp_server.s0 and smtp_server.s1 and smtp_server.s2 refer to each other, and a configuration cannot."
    )


def test_what_is_declared_elsewhere_is_referred_to() -> None:
    """By its address and key; what a module declares cannot be named from outside."""
    known = Known(
        addresses={
            "user_group/1": parse_address('user_group.team["core"]'),
            "user_group/2": parse_address("user_group.list[0]"),
            "user_group/3": parse_address("module.eu.user_group.ops"),
        }
    )
    made = arranged(rule("a", "user_group/1", "user_group/2"), rule("b", "user_group/3"), known=known)

    assert 'user_groups = [user_group.list[0], user_group.team["core"]]' in bodies(made)["notification_rule.a"]
    assert [(one.id, reason) for one, reason in made.left_out] == [
        ("b", "email.user_groups[0] refers to module.eu.user_group.ops, which the root module cannot name.")
    ]


def test_labels_that_are_kept_go_before_new_ones() -> None:
    """Whoever comes later must step aside."""
    made = arranged(
        group("1", name="Ops", identifier="a"),
        group("2", name="Ops", identifier="b"),
        known=Known(labels={"user_group/1": "ops"}),
    )

    assert addresses(made) == {"1": "user_group.ops", "2": "user_group.ops_b"}


def test_object_of_another_form_is_left_out() -> None:
    """Before anything is made of it."""
    made = arranged(group("1", name="ops", members="ann@example.com"), group("2", name=["a"], identifier="x"))

    assert [reason for _, reason in made.left_out] == [
        "members takes a set of strings; the remote has something else there.",
        "name takes a string; the remote has something else there.",
    ]
    assert [one.title for one, _ in made.left_out] == ['user_group "ops"', 'user_group "x"']
