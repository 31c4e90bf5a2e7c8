"""Where the notification rules of a pipeline stand in its text, and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from declarative_mail.remotes.harness.yaml_splice import Change, Node, line_start, without_remarks
from declarative_mail.remotes.harness.yaml_text import Style

MOST_NODES = 200_000
"""A pipeline has a few thousand: more come from aliases of aliases."""


class PipelineYamlError(Exception):
    """The text of a pipeline cannot be read or edited safely.

    Args:
        what: why, and what to do, as the end of a sentence.
        line: where, from 1.
    """

    def __init__(self, what: str, line: int | None) -> None:
        super().__init__(what)
        self.what = what
        self.line = line


class Rule(Struct, frozen=True, eq=False):
    """One rule in the text.

    Args:
        node: as it was composed.
        data: what it says.
        start: where it begins, with the comments right above it.
        dash: where its dash is; in a list on one line, where it begins.
        end: behind its last line.
        line: of its dash, from 1.
    """

    node: Node
    data: Mapping[str, Any]
    start: int
    dash: int
    end: int
    line: int


class Document(Struct, frozen=True, eq=False, kw_only=True):
    """A pipeline as far as its rules are concerned; positions are offsets into its text.

    Args:
        text: the whole.
        rules: in their order.
        rest: everything but the rules, as data.
        style: how it is written.
        mapping: of ``pipeline``.
        mapping_is_flow: it stands on one line.
        is_flow: so does the list of rules.
        colon: behind the colon of ``notificationRules``; -1 where there is no such key.
        list_start: where its value begins, and `list_end` behind it; -1 likewise.
        key_column: of the keys of ``pipeline``.
        dash_column: where the dashes of rules stand, or would stand.
        end: behind the last line of what new rules follow.
        shared: nodes that stand in more than one place.
    """

    text: str
    rules: tuple[Rule, ...]
    rest: Any
    style: Style
    mapping: Node
    mapping_is_flow: bool
    is_flow: bool
    colon: int
    list_start: int
    list_end: int
    key_column: int
    dash_column: int
    end: int
    shared: frozenset[int] = frozenset()

    def insertion(self, lines: Sequence[str]) -> Change:
        """Lines behind the last rule, or where the first one belongs."""
        body = self.style.end.join(lines)
        if self.end and not self.text[: self.end].endswith(("\n", "\r")):
            return Change(self.end, self.end, self.style.end + body)
        return Change(self.end, self.end, body + self.style.end)

    def refuse_shared(self, rule: Rule) -> None:
        """Refuse to touch what an anchor ties to another place.

        Raises:
            PipelineYamlError: something in the rule has an anchor, or stands elsewhere.
        """
        for node in walk(rule.node):
            if id(node) in self.shared or node.anchor is not None:
                what = (
                    "a rule that is to be changed holds an anchor or an alias, so that a change of it would change "
                    "something else too. Write out what it stands for."
                )
                raise PipelineYamlError(what, rule.line)


def walk(node: Node, seen: set[int] | None = None) -> Iterator[Node]:
    """A node and all below it, each once."""
    seen = set() if seen is None else seen
    if id(node) in seen:
        return
    seen.add(id(node))
    yield node
    for child in _children(node):
        yield from walk(child, seen)


def _children(node: Node) -> Iterator[Node]:
    if isinstance(node.value, list):
        for one in node.value:
            yield from one if isinstance(one, tuple) else (one,)


def read_document(text: str) -> Document:
    """Find the rules in the text of a pipeline.

    Raises:
        PipelineYamlError: it is no YAML, or no pipeline whose rules can be found.
    """
    root = _compose(text)
    shared, reader = _shared(root), _Reader()
    pipeline = _value(root, "pipeline")
    if pipeline is None or not _is_mapping(pipeline):
        what = "it has no pipeline: a document of the older format (version 0) begins with that key"
        raise PipelineYamlError(what, None)
    value = _value(pipeline, "notificationRules")
    rest = reader.plain(root, without=(pipeline, "notificationRules"))
    return _locate(text, root, pipeline, value, rest=rest, shared=shared, reader=reader)


def _compose(text: str) -> Node:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        # A byte order mark counts for ruamel's positions only if it reads past it itself: a space does not.
        root = YAML(typ="safe", pure=True).compose(text.replace("\ufeff", " ", 1) if text[:1] == "\ufeff" else text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise PipelineYamlError(f"it is no sound YAML ({error.problem or error.context})", _line(mark)) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise PipelineYamlError(f"it is no sound YAML ({type(error).__name__})", None) from None
    if root is None or not _is_mapping(root):
        raise PipelineYamlError("it is no YAML mapping", None)
    found: Node = root
    return found


def _line(mark: Any) -> int | None:
    return mark.line + 1 if mark is not None else None


def _is_mapping(node: Node) -> bool:
    return str(node.tag) == "tag:yaml.org,2002:map"


def _value(mapping: Node, name: str) -> Node | None:
    found = [value for key, value in mapping.value if key.value == name]
    if len(found) > 1:
        raise PipelineYamlError(f"the key {name} stands there twice: remove one", _line(found[1].start_mark))
    return found[0] if found else None


def _shared(root: Node) -> frozenset[int]:
    """The nodes that stand in more than one place: an alias gives the very node of its anchor."""
    counts: dict[int, int] = {}
    for node in walk(root):
        for child in _children(node):
            counts[id(child)] = counts.get(id(child), 0) + 1
    return frozenset(name for name, count in counts.items() if count > 1)


class _Reader:
    """Reads nodes as plain data, within bounds."""

    def __init__(self) -> None:
        self.left = MOST_NODES

    def plain(self, node: Node, *, without: tuple[Node, str] | None = None) -> Any:
        """The data of a node; of the mapping `without[0]` all but one key."""
        self.left -= 1
        if self.left < 0:
            raise PipelineYamlError("it is larger than any pipeline: aliases of aliases, it seems", None)
        if not isinstance(node.value, list):
            return _scalar(node)
        if not _is_mapping(node):
            return [self.plain(one, without=without) for one in node.value]
        left_out = without[1] if without is not None and without[0] is node else None
        return {
            str(key.value): self.plain(value, without=without)
            for key, value in node.value
            if left_out is None or key.value != left_out
        }


def _scalar(node: Node) -> Any:
    kind, text = str(node.tag).rpartition(":")[2], node.value
    if kind == "null":
        return None
    if kind == "bool":
        return str(text).lower() in ("true", "yes", "on")
    if kind == "int" and re.fullmatch(r"[-+]?(0|[1-9][0-9]{0,17})", text):
        return int(text)
    return str(text)


def _locate(  # noqa: PLR0913 - what is known of one document
    text: str, root: Node, pipeline: Node, value: Node | None, *, rest: Any, shared: frozenset[int], reader: _Reader
) -> Document:
    style = _style(text, root, pipeline)
    column = pipeline.start_mark.column
    flow_mapping = bool(pipeline.flow_style)
    if value is None:
        end = _last_line(text, pipeline.end_mark.index, column - 1)
        place = {"colon": -1, "list_start": -1, "list_end": -1}
        rules: tuple[Rule, ...] = ()
        dash, is_flow = column + style.dash, False
    else:
        rules, dash, is_flow, end = _rules(text, value, column=column, style=style, shared=shared, reader=reader)
        key = next(one for one, other in pipeline.value if other is value)
        place = {"colon": text.index(":", key.end_mark.index) + 1}
        place |= {"list_start": value.start_mark.index, "list_end": value.end_mark.index}
    return Document(
        text=text,
        rules=rules,
        rest=rest,
        style=style,
        mapping=pipeline,
        mapping_is_flow=flow_mapping,
        is_flow=is_flow,
        key_column=column,
        dash_column=dash,
        end=end,
        shared=shared,
        **place,
    )


def _rules(
    text: str, value: Node, *, column: int, style: Style, shared: frozenset[int], reader: _Reader
) -> tuple[tuple[Rule, ...], int, bool, int]:
    """The rules of a list, the column of their dashes, whether it stands on one line, and where it ends."""
    line = _line(value.start_mark)
    if id(value) in shared or value.anchor is not None:
        raise PipelineYamlError("notificationRules has an anchor or is an alias: write it out", line)
    kind = str(value.tag).rpartition(":")[2]
    if kind == "null" or (kind == "seq" and not value.value):
        newline = text.find("\n", value.end_mark.index)
        return (), column + style.dash, False, len(text) if newline < 0 else newline + 1
    if kind != "seq":
        raise PipelineYamlError(f'notificationRules is no list, but "{str(value.value)[:40]}"', line)
    if value.flow_style:
        found = [_flow_rule(one, reader) for one in value.value]
        return _sound(found), column + style.dash, True, value.end_mark.index
    dash = value.start_mark.column
    found = list(_block_rules(text, value, dash, reader))
    return _sound(found), dash, False, found[-1].end


def _flow_rule(node: Node, reader: _Reader) -> Rule:
    start, end = node.start_mark.index, node.end_mark.index
    return Rule(node, reader.plain(node), start, start, end, node.start_mark.line + 1)


def _sound(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    for one in rules:
        if not isinstance(one.data, Mapping):
            raise PipelineYamlError("an entry of notificationRules is no mapping", one.line)
    return tuple(rules)


def _block_rules(text: str, value: Node, dash: int, reader: _Reader) -> Iterator[Rule]:
    """The items of a list in blocks. At the column of its dashes there is nothing else than its dashes."""
    begin, end = line_start(text, value.start_mark.index), value.end_mark.index
    pattern = re.compile(rf"^ {{{dash}}}-(?=[ \t\r\n]|$)", re.MULTILINE)
    dashes = [match.end() - 1 for match in pattern.finditer(text, begin, max(end, begin))]
    if len(dashes) != len(value.value):
        raise PipelineYamlError("the list notificationRules is written in a way that is not understood", None)
    for index, node in enumerate(value.value):
        following = line_start(text, dashes[index + 1]) if index + 1 < len(dashes) else end
        stop = without_remarks(text, dashes[index], following, column=dash, at_least=leaf_end(node))
        start = _with_comments(text, line_start(text, dashes[index]), dash)
        yield Rule(node, reader.plain(node), start, dashes[index], stop, text.count("\n", 0, dashes[index]) + 1)


def leaf_end(node: Node) -> int:
    """Behind the last character that surely belongs to a node; 0 where an alias hides it."""
    last = node
    while isinstance(last.value, list) and last.value and not last.flow_style:
        one = last.value[-1]
        last = one[1] if isinstance(one, tuple) else one
    return int(last.end_mark.index) if last.start_mark.index >= node.start_mark.index else 0


def _with_comments(text: str, start: int, column: int) -> int:
    """Where the comments begin that stand right above a line, at the same column."""
    while start > 0:
        above = line_start(text, start - 1)
        line = text[above:start]
        if not line.lstrip(" ").startswith("#") or len(line) - len(line.lstrip(" ")) != column:
            break
        start = above
    return start


def _last_line(text: str, end: int, column: int) -> int:
    """Behind the last line of a block that ends at an offset; remarks below it are not its own."""
    return without_remarks(text, 0, end, column=column, at_least=0)


def _style(text: str, root: Node, pipeline: Node) -> Style:
    """How a document is written, by its first block mapping and its first list in blocks."""
    step = max(pipeline.start_mark.column, 1) if not pipeline.flow_style else 2
    end = "\r\n" if "\r\n" in text else "\n"
    for key, value in _lists(root):
        dash = value.start_mark.column - key.start_mark.column
        first = value.value[0]
        gap = first.start_mark.column - value.start_mark.column if first.start_mark.line == value.start_mark.line else 2
        if dash >= 0 and gap >= 2:
            return Style(step, dash, gap, end)
    return Style(step, step, 2, end)


def _lists(root: Node) -> Iterator[tuple[Node, Node]]:
    for node in walk(root):
        if _is_mapping(node):
            for key, value in node.value:
                if str(value.tag).endswith(":seq") and value.value and not value.flow_style:
                    yield key, value
