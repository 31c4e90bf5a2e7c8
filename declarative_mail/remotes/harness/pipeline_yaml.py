"""Notification rules inside the YAML of a pipeline: read as data, changed as text.

YAML is located and spliced: a round trip through a library rewrites most lines of a document that is not in its own
style. What is not one of the rules that are edited stays as it is, byte for byte::

    text ── compose ──▶ nodes with positions ──▶ (start, end, new text) for each change ──▶ spliced text
                                                                                             │
    refused where the rules are not what was wanted, or anything else is not what it was ◀── compose again

A removed rule takes along the comments that stand right above its dash, at the same column. Where the last rule goes,
``notificationRules: []`` is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from declarative_mail.remotes.harness.yaml_nodes import Document, PipelineYamlError, Rule, read_document
from declarative_mail.remotes.harness.yaml_splice import Change, change_item, change_pairs, spliced
from declarative_mail.remotes.harness.yaml_text import flow, item

__all__ = ["PipelineYamlError", "RuleEdit", "WireRule", "edit_rules", "read_rules"]

KEY = "notificationRules"


class WireRule(Struct, frozen=True):
    """One entry of ``notificationRules`` as it stands."""

    identifier: str | None
    name: str | None
    data: Mapping[str, Any]

    @property
    def key(self) -> str:
        """What it is known by: its identifier or, without one, its name."""
        return self.identifier or self.name or ""


class RuleEdit(Struct, frozen=True):
    """One change.

    Args:
        key: of the rule that exists, or of the new one.
        data: its keys as they shall be; those that it has beside them stay, and one that is None goes. None removes
            the rule.
    """

    key: str
    data: Mapping[str, Any] | None


def read_rules(text: str) -> tuple[WireRule, ...]:
    """The rules of a pipeline, in their order.

    Raises:
        PipelineYamlError: the text is no pipeline whose rules can be read.
    """
    return tuple(_wire(one.data) for one in read_document(text).rules)


def _wire(data: Mapping[str, Any]) -> WireRule:
    identifier, name = data.get("identifier"), data.get("name")
    return WireRule(None if identifier is None else str(identifier), None if name is None else str(name), data)


def edit_rules(text: str, edits: Sequence[RuleEdit]) -> str:
    """The text with some rules changed, added or removed; the very text where nothing differs.

    Raises:
        PipelineYamlError: it cannot be edited safely.
    """
    document = read_document(text)
    keyed = [(_wire(one.data).key, one) for one in document.rules]
    changes: list[Change] = []
    added: list[Mapping[str, Any]] = []
    removed: list[Rule] = []
    for edit in edits:
        found = [one for key, one in keyed if key == edit.key]
        if len(found) > 1:
            what = f'two rules are called "{edit.key}". Give one of them another identifier in Harness first.'
            raise PipelineYamlError(what, found[1].line)
        if found and edit.data is None:
            removed.append(found[0])
        elif found and edit.data is not None:
            changes += change_item(document, found[0], edit.data)
        elif edit.data is not None:
            added.append({name: value for name, value in edit.data.items() if value is not None})
    changes += _removals(document, removed, all_gone=not added and len(removed) == len(document.rules))
    changes += _additions(document, added)
    result = spliced(text, changes)
    if result != text:
        _verify(document, result, edits, added)
    return result


def _removals(document: Document, removed: Sequence[Rule], *, all_gone: bool) -> Iterator[Change]:
    if not removed:
        return
    for rule in removed:
        document.refuse_shared(rule)
    if document.is_flow:
        kept = [one.data for one in document.rules if one not in removed]
        yield Change(document.list_start, document.list_end, flow(kept))
        return
    for rule in removed:
        yield Change(rule.start, rule.end, "")
    if all_gone:
        yield Change(document.colon, document.colon, " []")


def _additions(document: Document, added: Sequence[Mapping[str, Any]]) -> Iterator[Change]:
    if not added:
        return
    if document.mapping_is_flow:
        yield from change_pairs(document, {KEY: [*(one.data for one in document.rules), *added]})
        return
    if document.is_flow and document.rules:
        end = document.list_end - 1
        yield Change(end, end, "".join(f", {flow(one)}" for one in added))
        return
    lines = [line for one in added for line in item(one, document.dash_column, document.style)]
    if document.list_start < 0:
        lines.insert(0, f"{' ' * document.key_column}{KEY}:")
    elif not document.rules:
        # The null or the empty list that stands there goes; a comment behind it stays.
        yield Change(document.list_start, document.list_end, "")
    yield document.insertion(lines)


def _verify(document: Document, text: str, edits: Sequence[RuleEdit], added: Sequence[Mapping[str, Any]]) -> None:
    """Read the result again: a damaged pipeline is never written.

    Raises:
        PipelineYamlError: it is not what was wanted.
    """
    wanted: list[Any] = []
    by_key = {edit.key: edit.data for edit in edits}
    for rule in document.rules:
        change = by_key.get(_wire(rule.data).key, {})
        if change is not None:
            merged = {**rule.data, **change}
            wanted.append({name: value for name, value in merged.items() if value is not None or name not in change})
    wanted += [_plain(one) for one in added]
    after = read_document(text)
    if [one.data for one in after.rules] != [_plain(one) for one in wanted] or after.rest != document.rest:
        what = "its text cannot be changed without touching something else. This is a bug of dmail: please report it."
        raise PipelineYamlError(what, None)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
