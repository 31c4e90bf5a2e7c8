"""Rules inside the YAML of a pipeline: what is not ours stays byte for byte, and what is unsafe is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from declarative_mail.remotes.harness.pipeline_yaml import PipelineYamlError, RuleEdit, edit_rules, read_rules

PIPELINE = """\
# a pipeline
pipeline:
    name: Deploy   # the name
    stages:
        - stage:
              script: |
                  echo notificationRules:
                  # not a comment
    notificationRules:
        # ours
        - name: Failed
          identifier: failed
          pipelineEvents:
              - type: PipelineFailed
          enabled: true
        # theirs
        - name: Other
          enabled: false   # off
          template:
              templateRef: x
    tags: {}
"""
FAILED = """\
        # ours
        - name: Failed
          identifier: failed
          pipelineEvents:
              - type: PipelineFailed
          enabled: true
"""
OTHER = """\
        # theirs
        - name: Other
          enabled: false   # off
          template:
              templateRef: x
"""
ADDED = """\
        - name: New
          identifier: new
          pipelineEvents:
              - type: StageFailed
                forStages:
                    - AllStages
"""
NEW = {"name": "New", "identifier": "new", "pipelineEvents": [{"type": "StageFailed", "forStages": ["AllStages"]}]}


def test_rules_are_read_in_order_and_by_identifier_else_name() -> None:
    """A rule that the console made has no identifier."""
    first, second = read_rules(PIPELINE)

    assert (first.key, first.data["enabled"]) == ("failed", True)
    assert (second.key, second.identifier, second.data["template"]) == ("Other", None, {"templateRef": "x"})


def test_no_difference_is_the_very_text() -> None:
    """Also where the keys come in another order."""
    edit = RuleEdit("failed", {"enabled": True, "pipelineEvents": [{"type": "PipelineFailed"}], "name": "Failed"})

    assert edit_rules(PIPELINE, [edit]) == PIPELINE


@pytest.mark.parametrize(
    ("edits", "old", "new"),
    [
        ([RuleEdit("failed", {"enabled": False})], "enabled: true\n", "enabled: false\n"),
        ([RuleEdit("Other", {"enabled": True})], "enabled: false   # off", "enabled: true   # off"),
        ([RuleEdit("failed", None)], FAILED, ""),
        ([RuleEdit("Other", None)], OTHER, ""),
        ([RuleEdit("failed", None), RuleEdit("Other", None)], f"Rules:\n{FAILED}{OTHER}", "Rules: []\n"),
        (
            [RuleEdit("new", NEW)],
            "    tags: {}\n",
            ADDED + "    tags: {}\n",
        ),
        ([RuleEdit("failed", {"name": "yes"})], "name: Failed\n", "name: 'yes'\n"),
        ([RuleEdit("failed", {"name": "a: b #c"})], "name: Failed\n", "name: 'a: b #c'\n"),
        ([RuleEdit("failed", {"enabled": None})], "          enabled: true\n", ""),
    ],
    ids=["ours", "theirs-keeps-its-comment", "first", "last", "all", "added", "a-word-of-yaml", "signs", "key-gone"],
)
def test_change_touches_its_own_bytes_only(edits: list[RuleEdit], old: str, new: str) -> None:
    """All that is around stays, in the style of the document."""
    assert PIPELINE.count(old) == 1

    assert edit_rules(PIPELINE, edits) == PIPELINE.replace(old, new)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pipeline:\n  name: x\n", "pipeline:\n  name: x\n  notificationRules:\n    - name: Nn\n"),
        ("pipeline:\n  name: x\n# tail", "pipeline:\n  name: x\n  notificationRules:\n    - name: Nn\n# tail"),
        (
            "pipeline:\n  notificationRules: [] # none\n  name: x\n",
            "pipeline:\n  notificationRules:  # none\n    - name: Nn\n  name: x\n",
        ),
        ("pipeline: {name: x}", "pipeline: {name: x, notificationRules: [{name: Nn}]}"),
        (
            "pipeline:\r\n  notificationRules:\r\n  - {name: a}\r\n",
            "pipeline:\r\n  notificationRules:\r\n  - {name: a}\r\n  - name: Nn\r\n",
        ),
        ("pipeline:\n  notificationRules: [{name: a}]\n", "pipeline:\n  notificationRules: [{name: a}, {name: Nn}]\n"),
    ],
    ids=["no-list", "comment-at-the-end", "empty-list", "one-line", "crlf-and-flush-dashes", "list-on-one-line"],
)
def test_rule_is_added_in_the_style_of_the_document(text: str, expected: str) -> None:
    """Indentation, line ends and brackets are those that are there."""
    assert edit_rules(text, [RuleEdit("Nn", {"name": "Nn"})]) == expected


@pytest.mark.parametrize(
    ("text", "edit", "words"),
    [
        ("a: [", RuleEdit("x", {"name": "x"}), "YAML"),
        ("stages: []", RuleEdit("x", {"name": "x"}), "pipeline"),
        (
            "pipeline:\n  notificationRules:\n    - name: a\n    - name: a\n",
            RuleEdit("a", {"enabled": True}),
            'two rules are called "a"',
        ),
        (
            "pipeline:\n  notificationRules:\n    - &one\n      name: a\n  other: *one\n",
            RuleEdit("a", None),
            "anchor",
        ),
    ],
    ids=["no-yaml", "no-pipeline", "two-of-one-name", "shared"],
)
def test_what_cannot_be_edited_safely_is_refused(text: str, edit: RuleEdit, words: str) -> None:
    """In words that say why."""
    with pytest.raises(PipelineYamlError, match=words):
        edit_rules(text, [edit])


_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12) | st.sampled_from(
    [
        "yes",
        "~",
        "null",
        "- a",
        "a: b",
        "#",
        "1e3",
        "0x1F",
        "2020-01-01",
        "'",
        '"',
        "<+pipeline.name>",
        "a\nb",
        "\t",
        " a ",
    ]
)
_DATA: st.SearchStrategy[Any] = st.recursive(
    _TEXTS | st.booleans() | st.integers(-9, 999),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=6,
)
_BODIES = st.dictionaries(st.sampled_from(["enabled", "pipelineEvents", "notificationMethod", "extra"]), _DATA)
_KEYS = ("failed", "Other", "n1", "n2")


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(_KEYS), st.none() | _BODIES))
def test_any_change_arrives_and_leaves_the_rest(changes: dict[str, dict[str, Any] | None]) -> None:
    """An independent reader sees the wanted rules; the text before them and behind them is what it was."""
    was = {one.key: dict(one.data) for one in read_rules(PIPELINE)}
    names = {key: {"identifier": key} for key in ("n1", "n2")}
    edits = [RuleEdit(key, None if body is None else {**names.get(key, {}), **body}) for key, body in changes.items()]

    text = edit_rules(PIPELINE, edits)

    wanted = dict(was)
    for edit in edits:
        if edit.data is None:
            wanted.pop(edit.key, None)
        else:
            wanted[edit.key] = {**wanted.get(edit.key, {}), **edit.data}
    assert {one.key: dict(one.data) for one in read_rules(text)} == wanted
    assert (YAML(typ="safe", pure=True).load(text)["pipeline"]["notificationRules"] or []) == list(wanted.values())
    assert text.startswith(PIPELINE[: PIPELINE.index("    notificationRules:\n")])
    assert text.endswith("    tags: {}\n")
