"""Changes of a state by hand."""

from __future__ import annotations

from typing import Any

import pytest

from declarative_mail.addresses import parse_address, parse_target
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.resources.stored import reference_leaf
from declarative_mail.state.digest import attribute_digests
from declarative_mail.state.edit import Target, move, remove, replace_remote
from declarative_mail.state.snapshot import CheckResult, Intent, Snapshot
from tests.state.builders import fails_with, make_record, make_snapshot


def at(text: str) -> Target:
    """What the user names."""
    module, address = parse_target(text)
    return module if address is None else address


def rule(name: str, *groups: str, **fields: Any) -> Any:
    """A rule that refers to groups."""
    attributes = {"name": name, "user_groups": [reference_leaf(group) for group in groups]}
    return make_record(
        f"notification_rule.{name}",
        attributes=attributes,
        dependencies=groups,
        references=(*groups, "smtp_server.primary"),
        **fields,
    )


def names(snapshot: Snapshot) -> list[str]:
    """The addresses in the state."""
    return [str(record.address) for record in snapshot.resources]


class TestMove:
    @pytest.mark.parametrize(
        ("before", "source", "target", "after"),
        [
            (["user_group.a"], "user_group.a", "user_group.b", ["user_group.b"]),
            (["user_group.a"], "user_group.a", 'user_group.t["a"]', ['user_group.t["a"]']),
            (['user_group.t["a"]'], 'user_group.t["a"]', "user_group.a", ["user_group.a"]),
            (
                ["user_group.t[0]", "user_group.t[1]"],
                "user_group.t",
                "user_group.u",
                ["user_group.u[0]", "user_group.u[1]"],
            ),
            (["user_group.a"], "user_group.a", "module.m.user_group.a", ["module.m.user_group.a"]),
            (
                ["module.a.user_group.x", "module.a.module.c.user_group.y", "module.ab.user_group.z"],
                "module.a",
                'module.b["eu"]',
                ["module.ab.user_group.z", 'module.b["eu"].user_group.x', 'module.b["eu"].module.c.user_group.y'],
            ),
            (["data.user_group.o"], "data.user_group.o", "data.user_group.p", ["data.user_group.p"]),
        ],
    )
    def test_addresses(self, before: list[str], source: str, target: str, after: list[str]) -> None:
        """One instance, a whole resource, a module with what is below it."""
        snapshot = make_snapshot(*before)
        edit = move(snapshot, at(source), at(target))

        assert sorted(names(edit.snapshot)) == sorted(after)
        assert names(snapshot) == sorted(before, key=lambda text: parse_address(text).order)
        assert {record.id for record in edit.snapshot.resources} == {record.id for record in snapshot.resources}

    def test_everything_that_refers_to_it_follows(self) -> None:
        """References in attributes, both lists, results of tests; digests too, so that no drift appears."""
        result = CheckResult(address="user_group.a", ok=True, at="2026-01-01T00:00:00Z")
        snapshot = make_snapshot("user_group.a", rule("r", "user_group.a", "user_group.x"), check_results=(result,))
        edit = move(snapshot, at("user_group.a"), at('user_group.b["k"]'))
        moved = edit.snapshot.by_address[parse_address("notification_rule.r")]

        assert moved.attributes["user_groups"] == [reference_leaf('user_group.b["k"]'), reference_leaf("user_group.x")]
        assert moved.dependencies == ('user_group.b["k"]', "user_group.x")
        assert moved.references == ('user_group.b["k"]', "user_group.x", "smtp_server.primary")
        assert moved.applied == attribute_digests(moved.attributes)
        assert edit.snapshot.check_results[0].address == 'user_group.b["k"]'

    def test_what_had_drifted_stays_drifted(self) -> None:
        """A digest that did not fit before does not fit after."""
        drifted = rule("r", "user_group.a", applied={"name": "other", "user_groups": "other"})
        edit = move(make_snapshot("user_group.a", drifted), at("user_group.a"), at("user_group.b"))

        assert edit.snapshot.by_address[drifted.address].applied == {"name": "other", "user_groups": "other"}

    def test_a_reference_to_the_whole_resource_follows_all_its_instances(self) -> None:
        """And not a part of them."""
        snapshot = make_snapshot("user_group.t[0]", "user_group.t[1]", rule("r", "user_group.t"))
        where = parse_address("notification_rule.r")
        whole = move(snapshot, at("user_group.t"), at("user_group.u")).snapshot.by_address[where]
        part = move(snapshot, at("user_group.t[1]"), at("user_group.u[1]")).snapshot.by_address[where]

        assert whole.dependencies == ("user_group.u",)
        assert part.dependencies == ("user_group.t",)

    def test_deposed_objects_go_along(self) -> None:
        """They still have to be deleted, under the new address."""
        snapshot = make_snapshot("user_group.a", make_record("user_group.a", deposed="d1", id="old"))
        edit = move(snapshot, at("user_group.a"), at("user_group.b"))

        assert [str(one.address) for one in edit.snapshot.deposed] == ["user_group.b"]

    def test_two_places_are_swapped_in_three_moves(self) -> None:
        """The edits build on each other."""
        snapshot = make_snapshot(make_record("user_group.a", id="1"), make_record("user_group.b", id="2"))
        for source, target in (("a", "tmp"), ("b", "a"), ("tmp", "b")):
            snapshot = move(snapshot, at(f"user_group.{source}"), at(f"user_group.{target}")).snapshot

        assert [(record.name, record.id) for record in snapshot.resources] == [("a", "2"), ("b", "1")]

    def test_what_became_of_which_address(self) -> None:
        """For the command to say."""
        edit = move(make_snapshot("user_group.a", "user_group.c"), at("user_group.a"), at("user_group.b"))

        assert edit.addresses == {parse_address("user_group.a"): parse_address("user_group.b")}

    @pytest.mark.parametrize(
        ("source", "target", "code"),
        [
            ("user_group.nothing", "user_group.b", codes.NO_SUCH_OBJECT),
            ("user_group.t[7]", "user_group.b", codes.NO_SUCH_OBJECT),
            ("module.nothing", "module.b", codes.NO_SUCH_OBJECT),
            ("user_group.a", "user_group.c", codes.ADDRESS_TAKEN),
            ("user_group.t[0]", "user_group.t[1]", codes.ADDRESS_TAKEN),
            ("module.m", "module.n", codes.ADDRESS_TAKEN),
            ("user_group.a", "smtp_server.a", codes.OTHER_KIND),
            ("user_group.a", "data.user_group.a", codes.OTHER_KIND),
            ("user_group.a", "module.x", codes.OTHER_KIND),
            ("module.m", "user_group.x", codes.OTHER_KIND),
            ("user_group.t", "user_group.x[0]", codes.OTHER_KIND),
        ],
    )
    def test_what_is_refused(self, source: str, target: str, code: Any) -> None:
        """Each with a remedy; nothing is half done."""
        there = ["user_group.a", "user_group.c", "user_group.t[0]", "user_group.t[1]"]
        snapshot = make_snapshot(*there, "module.m.user_group.x", "module.n.user_group.x")

        with fails_with(code):
            move(snapshot, at(source), at(target))

    def test_a_wrong_name_is_corrected(self) -> None:
        """The nearest address in the state is offered."""
        with fails_with(codes.NO_SUCH_OBJECT) as caught:
            move(make_snapshot("user_group.oncall"), at("user_group.oncal"), at("user_group.b"))

        assert caught.value.diagnostics[0].help == 'did you mean "user_group.oncall"?'


class TestRemove:
    def test_objects_are_forgotten(self) -> None:
        """With their results; nothing waits for them any more, and values that refer to them stay."""
        result = CheckResult(address="user_group.a", ok=True, at="2026-01-01T00:00:00Z")
        snapshot = make_snapshot("user_group.a", rule("r", "user_group.a", "user_group.x"), check_results=(result,))
        edit = remove(snapshot, at("user_group.a"))
        left = edit.snapshot.resources[0]

        assert names(edit.snapshot) == ["notification_rule.r"]
        assert edit.addresses == {parse_address("user_group.a"): None}
        assert left.dependencies == ("user_group.x",)
        assert left.attributes == snapshot.by_address[left.address].attributes
        assert edit.snapshot.check_results == ()

    @pytest.mark.parametrize(
        ("target", "left"),
        [("user_group.t[0]", 3), ("user_group.t", 2), ("module.m", 3), ("user_group.a", 3)],
    )
    def test_one_or_all(self, target: str, left: int) -> None:
        """An instance, a resource, a module."""
        snapshot = make_snapshot("user_group.t[0]", "user_group.t[1]", "user_group.a", "module.m.user_group.t")

        assert len(remove(snapshot, at(target)).snapshot.resources) == left

    def test_nothing_is_there(self) -> None:
        """A mistyped address forgets nothing silently."""
        with fails_with(codes.NO_SUCH_OBJECT):
            remove(make_snapshot("user_group.a"), at("user_group.b"))


class TestReplaceRemote:
    def test_objects_are_relabelled(self) -> None:
        """Those of this remote, and nothing else of them."""
        snapshot = make_snapshot(make_record("user_group.a", remote="rest.old"), "user_group.b")
        edit = replace_remote(snapshot, "rest.old", "rest.new")

        assert [record.remote for record in edit.snapshot.resources] == ["rest.new", "local"]
        assert replace_remote(edit.snapshot, "rest.new", "rest.old").snapshot == snapshot
        assert list(map(str, edit.addresses)) == ["user_group.a"]

    def test_a_remote_that_has_nothing(self) -> None:
        """The nearest name in the state is offered."""
        with fails_with(codes.NO_SUCH_OBJECT) as caught:
            replace_remote(make_snapshot(make_record("user_group.a", remote="rest.main")), "rest.mian", "rest.x")

        assert caught.value.diagnostics[0].help == 'did you mean "rest.main"?'


@pytest.mark.parametrize(
    "edit",
    [
        lambda snapshot: move(snapshot, at("user_group.a"), at("user_group.b")),
        lambda snapshot: remove(snapshot, at("user_group.a")),
        lambda snapshot: replace_remote(snapshot, "local", "rest.x"),
    ],
    ids=["move", "remove", "replace_remote"],
)
def test_a_run_that_has_not_ended(edit: Any) -> None:
    """Its open calls name addresses and remotes: they are settled first."""
    intent = Intent(id="1", address="user_group.a", verb="create", remote="local", at="2026-01-01T00:00:00Z")

    with fails_with(codes.RUN_NOT_ENDED):
        edit(make_snapshot("user_group.a", pending=(intent,)))
