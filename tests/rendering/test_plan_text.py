"""Plans as text and as markdown: what a reviewer must see at once."""

from __future__ import annotations

from typing import Any

import pytest

from declarative_mail.rendering.plan_markdown import plan_markdown
from declarative_mail.rendering.plan_text import plan_text
from declarative_mail.rendering.terminal import Terminal
from declarative_mail.rendering.text import width_of
from tests.rendering.golden import assert_golden
from tests.rendering.samples import FAILED, PASSED, change, plan

NARROW = Terminal(width=80)

OLD_GROUP: dict[str, Any] = {
    "id": "old",
    "name": "old",
    "members": ["ann@example.com"],
    "tags": {},
    "description": None,
}
SERVER_BEFORE = {
    "id": "primary",
    "host": "smtp.example.com",
    "port": 587,
    "password": {"$secret": "#1"},
    "enabled": True,
    "description": "",
    "fallback": [],
    "ca_certificate": "-----BEGIN-----\nAAAA\nBBBB\nCCCC\n-----END-----\n",
    "connection_test": {"require": ["auth", "tls"], "timeout": "10s", "to": None},
}
SERVER_AFTER = SERVER_BEFORE | {
    "host": "email-smtp.eu-central-1.a-long-domain-of-a-provider.example.org",
    "port": 465,
    "password": {"$secret": "#2"},
    "fallback": [{"$ref": "smtp_server.backup"}],
    "ca_certificate": "-----BEGIN-----\nAAAA\nDDDD\nCCCC\n-----END-----\n",
    "connection_test": {"require": ["recipient", "tls"], "timeout": "10s", "to": "ops@example.com"},
}
RULE_BEFORE = {
    "event": [{"type": "PipelineFailed", "stages": []}, {"type": "StageFailed", "stages": ["build"]}],
    "email": {"recipients": ["bob@example.com", "cto@example.com"], "subject": "failed", "text": "a\nb\n"},
}
RULE_AFTER = {
    "event": [
        {"type": "PipelineFailed", "stages": []},
        {"type": "StageFailed", "stages": ["build", "rollout"]},
        {"type": "PipelineEnd"},
    ],
    "email": {"recipients": ["ann@example.com", "cto@example.com"], "subject": "failed", "text": "a\nc\n"},
}
NEW_GROUP = {
    "id": {"$unknown": 'user_group.oncall["core"].id'},
    "name": "core",
    "members": ["alice@example.com", "bob@example.com", "carol.of.the.night.shift@example.com"],
    "tags": {"cost centre": "4711", "team": "core"},
    "notification_preferences": {
        "email": {"addresses": ["core@example.com"], "send_to_all_members": True},
        "slack": {"webhook_url": {"$secret": "#3"}},
        "msteams": {"webhook_url": None},
        "webhook": None,
    },
}
CHANGES = (
    change("user_group.old", "delete", OLD_GROUP, reason="delete_because_no_resource_config"),
    change(
        'user_group.team["core"]',
        "replace",
        {"identifier": "core", "name": "core", "members": ["a@example.com"]},
        {"identifier": "core_team", "name": "core", "members": ["a@example.com"]},
        reason="replace_because_cannot_update",
        replace_paths=["identifier"],
        remote="harness.prod",
        sets=["members"],
    ),
    change("smtp_server.primary", "update", SERVER_BEFORE, SERVER_AFTER, sets=["connection_test.require"]),
    change("notification_rule.failed", "update", RULE_BEFORE, RULE_AFTER, sets=["event.stages", "email.recipients"]),
    change('user_group.oncall["core"]', "create", None, NEW_GROUP, sets=["members"]),
    change("smtp_server.taken", "import", {"port": 25}, {"port": 25}, importing="account"),
    change("user_group.new_name", "move", {}, {}, previous_address="user_group.old_name"),
    change("user_group.legacy", "forget", {}, None, reason="delete_because_removed_block"),
    change("user_group.same", "no-op", {"name": "same"}, {"name": "same"}),
)
OUTPUTS = {
    "groups": {"action": "update", "before": ["a"], "after": ["a", "b"], "sensitive": False},
    "token": {"action": "update", "before": {"$secret": "#0"}, "after": {"$secret": "#0"}, "sensitive": True},
    "url": {"action": "create", "before": None, "after": {"$unknown": "x.id"}, "sensitive": False},
    "gone": {"action": "delete", "before": "x", "after": None, "sensitive": False},
}
BRAKE = {
    "name": "mass-change",
    "flag": "--allow-mass-change",
    "message": "5 of 10 objects (50 %) would be deleted; more than 30 % needs a word.",
}
FULL = plan(*CHANGES, outputs=OUTPUTS, connection_tests=[PASSED, FAILED], brakes=[BRAKE])


def text_of(*changes: dict[str, Any], verbose: bool = False, **more: Any) -> str:
    """The text at 80 columns."""
    return plan_text(plan(*changes, **more), terminal=NARROW, verbose=verbose)


def details(*changes: dict[str, Any]) -> list[str]:
    """The lines between the address of a single change and the summary."""
    return text_of(*changes).split("\n\n")[1].splitlines()[1:]


def test_golden_plan() -> None:
    """Every kind of change, output, verdict and brake on 80 columns."""
    assert_golden("plan.txt", plan_text(FULL, terminal=NARROW))


def test_golden_plan_in_colour() -> None:
    """The same with ANSI styles."""
    assert_golden("plan.ansi", plan_text(FULL, terminal=Terminal(width=80, colour=True)))


def test_golden_markdown() -> None:
    """The same as a comment on a pull request."""
    assert_golden("plan.md", plan_markdown(FULL))


def test_only_texts_without_a_place_to_break_exceed_the_width() -> None:
    """At 80 columns the one long line is the host name that nobody can break."""
    long = [line for line in plan_text(FULL, terminal=NARROW).splitlines() if width_of(line) > 80]

    assert [line.strip().split(" ")[0] for line in long] == ["->"]


def test_unchanged_object_shows_only_when_asked_for() -> None:
    """``--verbose`` makes nothing unreachable."""
    same = change("user_group.same", "no-op", {"name": "same"}, {"name": "same"})
    other = change("user_group.gone", "delete", {"name": "x"})

    assert ("user_group.same" in text_of(same, other), "user_group.same" in text_of(same, other, verbose=True)) == (
        False,
        True,
    )


def test_nothing_to_do_says_so() -> None:
    """An unchanged plan is one sentence."""
    same = change("user_group.same", "no-op", {"name": "same"}, {"name": "same"})

    assert text_of(same) == "No changes. What exists matches the configuration.\n"


def test_changed_output_alone_is_a_change() -> None:
    """A plan that only changes outputs is not empty."""
    assert text_of(outputs={"url": OUTPUTS["gone"]}).splitlines() == [
        "Changes to outputs:",
        '  - url = "x"',
        "",
        "Plan: 0 to add, 0 to change, 0 to destroy.",
        "Digest: sha256:" + "3f" * 32,
    ]


@pytest.mark.parametrize(("count", "shown"), [(20, True), (21, False)])
def test_details_are_left_out_of_a_long_plan(count: int, shown: bool) -> None:  # noqa: FBT001
    """Up to twenty changes have details; beyond that there is a line each, unless they are asked for."""
    changes = [change(f"user_group.g{number}", "create", None, {"name": "x"}) for number in range(count)]

    assert ('name = "x"' in text_of(*changes), 'name = "x"' in text_of(*changes, verbose=True)) == (shown, True)
    assert ("--verbose shows them" in text_of(*changes)) is not shown


def test_ten_thousand_deletes_are_first_and_counted() -> None:
    """The order is that of the plan, numbers have separators, the summary ends the text."""
    changes = [change(f"user_group.g{number}", "delete", {"name": "x"}) for number in range(10_000)]
    lines = text_of(*changes).splitlines()

    assert (lines[2], lines[-2]) == (
        "  - user_group.g0",
        "Plan: 0 to add, 0 to change, 10,000 to destroy.",
    )


def test_equal_secrets_do_not_show_as_a_change() -> None:
    """Only a secret that changed is named, by its numbers."""
    before = {"a": {"$secret": "#1"}, "b": {"$secret": "#1"}}
    after = {"a": {"$secret": "#1"}, "b": {"$secret": "#2"}}

    assert details(change("smtp_server.x", "update", before, after)) == [
        "      ~ b = secret #1 -> secret #2",
        "        (1 unchanged attribute hidden)",
    ]


def test_long_new_text_is_cut_unless_asked_for() -> None:
    """Three lines tell which certificate it is; ``--verbose`` shows all; a single further line is shown."""
    long, short = ("".join(f"line {number}\n" for number in range(count)) for count in (6, 4))
    new = change("smtp_server.x", "create", None, {"a": long, "b": short})

    assert details(new) == [
        "      + a = <<-EOT",
        "            line 0",
        "            line 1",
        "            line 2",
        "            ... (3 more lines)",
        "        EOT",
        "      + b = <<-EOT",
        *(f"            line {number}" for number in range(4)),
        "        EOT",
    ]
    assert "line 5" in text_of(new, verbose=True)


def test_set_and_list_differ_in_what_a_swap_means() -> None:
    """A list that is turned round changes; of a set only members are compared."""
    before, after = {"to": ["a", "b", "c"]}, {"to": ["c", "b", "d"]}

    assert details(change("user_group.x", "update", before, after, sets=["to"])) == [
        "      ~ to = [",
        '          - "a"',
        '          + "d"',
        "            (2 unchanged elements hidden)",
        "        ]",
    ]
    assert details(change("user_group.x", "update", before, after)) == [
        "      ~ to = [",
        '          - "a"',
        '          + "c"',
        "            (1 unchanged element hidden)",
        '          - "c"',
        '          + "d"',
        "        ]",
    ]


def test_block_that_appears_in_the_middle_is_one_addition() -> None:
    """Blocks are matched by what they say, not by position."""
    before = {"event": [{"type": "A"}, {"type": "B"}]}
    after = {"event": [{"type": "A"}, {"type": "N"}, {"type": "B"}]}

    assert details(change("notification_rule.x", "update", before, after)) == [
        "        (1 unchanged event block hidden)",
        "      + event {",
        '          + type = "N"',
        "        }",
        "        (1 unchanged event block hidden)",
    ]


def test_block_that_only_holds_nulls_shows_when_it_appears() -> None:
    """``git {}`` is a change although it says nothing; an empty block of defaults on both sides is not."""
    before: dict[str, Any] = {"git": None, "oauth2": {}}
    after: dict[str, Any] = {"git": {"branch": None}, "oauth2": None}

    assert details(change("notification_rule.x", "update", before, after)) == ["      + git {}"]


@pytest.mark.parametrize("path", ["connection_test.timeout", "event[1].type", "port"])
def test_what_forces_a_replacement_is_marked(path: str) -> None:
    """The mark stands on the line of the attribute, also inside blocks."""
    before = {"port": 1, "connection_test": {"timeout": "1s"}, "event": [{"type": "A"}, {"type": "B"}]}
    after = {"port": 2, "connection_test": {"timeout": "2s"}, "event": [{"type": "A"}, {"type": "C"}]}
    lines = details(change("smtp_server.x", "replace", before, after, replace_paths=[path]))
    marked = [line.strip().split(" ")[1] for line in lines if line.endswith("# forces replacement")]

    assert marked == [path.rpartition(".")[2]]


def test_hostile_values_are_harmless() -> None:
    """Control characters in names and values are shown as escapes."""
    hostile = change(
        "user_group.x", "create", None, {"na\x1bme": "\x1b[2J", "text": "\u202ea\nb\x07\n"}, reason="a\x1b"
    )
    shown = text_of(
        hostile, outputs={"o\x1b": {"action": "create", "before": None, "after": "\x9b", "sensitive": False}}
    )

    assert not {one for one in shown if one != "\n" and (ord(one) < 32 or ord(one) in {0x9B, 0x202E})}


def test_colour_adds_nothing_but_colour() -> None:
    """Without its escapes the coloured text is the plain one."""
    coloured = plan_text(FULL, terminal=Terminal(width=80, colour=True))
    for code in ("0", "1", "2", "31", "32", "33", "34", "35", "36", "1;31", "1;33"):
        coloured = coloured.replace(f"\033[{code}m", "")

    assert coloured == plan_text(FULL, terminal=NARROW)


@pytest.mark.parametrize("count", [10, 1_000, 5_000])
def test_markdown_fits_a_comment(count: int) -> None:
    """However many changes: under the limit, the numbers first, what was left out counted."""
    name = "a_long_name_for_a_group_of_people_who_want_to_be_told"
    deletes = [change(f"user_group.{name}_{number}", "delete", {"name": "x"}) for number in range(count)]
    creates = [change(f"user_group.new_{number}", "create", None, {"name": "x"}) for number in range(count)]
    text = plan_markdown(plan(*deletes, *creates))
    listed = sum(
        line.startswith(("- user_group", "+ user_group")) for line in text.partition("<details>")[0].splitlines()
    )
    counted = [int(line.split()[2].replace(",", "")) for line in text.splitlines() if line.startswith("... and")]

    assert text.startswith(f"### Plan: {count:,} to add, 0 to change, {count:,} to destroy.\n")
    assert (len(text) <= 65_000, listed + sum(counted)) == (True, 2 * count)
    assert text.count("```") % 2 == 0


def test_markdown_without_changes() -> None:
    """An empty plan makes a comment of its own."""
    assert plan_markdown(plan()).splitlines()[-1] == "No changes. What exists matches the configuration."
