"""A large text is read in two parts: whatever is in it, the tree is that of the whole, or there is none."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings

from declarative_mail.diagnostics import Diagnostic, Source
from declarative_mail.diagnostics.codes.syntax import TOO_DEEP
from declarative_mail.language.beside import Result, Work
from declarative_mail.language.parse import decode_source, parse_file
from declarative_mail.language.parse_halves import WIDE, Halves
from declarative_mail.language.parse_pieces import MAX_DEPTH, Pieces
from declarative_mail.language.stored_tree import tree_name, unseal_tree
from declarative_mail.language.syntax import Body
from tests.language.record_tables import ROOT, Kept
from tests.language.syntax.strategies import FILES, FRAGMENTS
from tests.language.syntax.test_corpus import INPUTS

PIECES = Pieces()
BLOCK = 'group "g{0}" {{\n  name = "team {0}"\n  tags = {{ a = [{0}, var.b] }}\n}}\n'
LARGE = "".join(BLOCK.format(number) for number in range(4000))


class Here:
    """Does the work at once, in this process.

    Args:
        change: what becomes of what is given on its way.
    """

    def __init__(self, change: Callable[[bytes], bytes | None] = lambda content: content) -> None:
        self.started = 0
        self._change = change

    def start(self, work: Work, /) -> Result:
        """Do it, to the end."""
        self.started += 1
        given: list[bytes] = []
        work(given.append)
        return lambda: self._change(given[0])


class Nowhere:
    """Where no work is done."""

    def start(self, _: Work, /) -> None:
        """No."""


def whole(text: str) -> tuple[Body, list[Diagnostic], Source]:
    """A text read as one."""
    source = Source("main.hcl", text)
    return *parse_file(source), source


def check_all_cuts(text: str) -> int:
    """Cut a text at the start of each of its lines. How many of the cuts gave a tree."""
    expected, faults, source = whole(text)
    found = 0
    for cut in source.line_starts:
        kept: list[Body] = []
        body = Halves(source, PIECES, None, kept.append).read_cut(cut, Here())
        assert body is None or not faults
        assert body is None or body == expected
        assert kept == ([] if body is None else [expected])
        if body is not None:
            assert list(body.attributes) == list(expected.attributes)
            found += 1
    return found


def texts() -> list[str]:
    """The inputs that fuzzing found, those of the formatter, and all configurations of the examples."""
    sources = [decode_source("main.hcl", path.read_bytes())[0] for path in INPUTS]
    formatted = [
        case["input"]
        for path in sorted((ROOT / "tests/language/data/format").glob("*.json"))
        for case in json.loads(path.read_text(encoding="utf-8")).values()
    ]
    examples = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").rglob("*.hcl"))]
    return [source.text for source in sources if source is not None] + formatted + examples


def test_every_text_at_every_line() -> None:
    """With faults in it or without. Most cuts of the good ones are between blocks or arguments of the file."""
    assert sum(map(check_all_cuts, texts())) > 500


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FILES, FILES)
@example("a = 1\n", "a = 2\n")
def test_any_two_files_one_after_the_other(first: str, second: str) -> None:
    """Also where both set one name."""
    check_all_cuts(first + second)


@settings(max_examples=100, deadline=None)
@given(FRAGMENTS)
def test_any_text(text: str) -> None:
    """Nearly all of these have faults."""
    check_all_cuts(text.replace(" ", "\n"))


@pytest.mark.parametrize(
    ("text", "cuts"),
    [
        ("a = 1\nb {\n}\nc = 2\n", 4),  # before everything, after a, after b, after c
        ("a = 1\r\nb {\r\n}\r\nc = 2\r\n", 4),
        ("\ufeffa = 1\nb = 2\n", 3),
        ("a = 1\n\n\n# one\n  // two\n\nb = 2\n", 8),
        ("a = 1\n/* one\nb {\n*/\nc = 2\n", 4),  # not inside of the comment
        ("a = <<EOT\nb {\nEOT\nc = 2\n", 3),
        ("a = <<EOT\nb {\n}\nEOT\n", 2),
        ("a = [\n  1,\n  2,\n]\nb = f(\n  1\n)\n", 3),
        ("a = 1 /* one\n*/ + 2\nb = 3\n", 3),
        ("a = 1 # no line end", 1),
        ("a {\n  b {\n  }\n}\n", 2),
        ('a = "x${\n  b\n}y"\nc = 1\n', 3),
    ],
)
def test_cuts_that_are_right(text: str, cuts: int) -> None:
    """Where nothing is open, also at both ends."""
    assert check_all_cuts(text) == cuts


def test_argument_of_both_parts_is_no_result() -> None:
    """The fault is that of the whole."""
    text = f"a = 1\n{LARGE}a = 2\n"
    beside = Here()
    _, faults = parse_file(Source("main.hcl", text), beside=beside)

    assert beside.started == 1
    assert [fault.code.id for fault in faults] == [fault.code.id for fault in whole(text)[1]] != []


@pytest.mark.parametrize("depth", [60, 150])
def test_depth_is_measured_over_both_parts(depth: int) -> None:
    """Of two values that are deep, but not too deep, each alone; only a pair that is deep is not joined."""
    deep = "{0} = " + "[" * depth + "1" + "]" * depth + "\n"
    text = deep.format("a") + deep.format("b")
    source = Source("main.hcl", text)
    found = Halves(source, PIECES, None, lambda _: None).read_cut(text.index("b ="), Here())

    assert (found is None) == (2 * depth > MAX_DEPTH)
    assert whole(text)[1] == []


def test_depth_of_one_part_counts_in_the_other() -> None:
    """A value of the second part is measured with the deepest of the first, and said to be too deep."""
    text = "a = " + "[" * 190 + "1" + "]" * 190 + "\nb = " + "f(" * 15 + "[1]" + ")" * 15 + "\n"

    assert [fault.code.id for fault in whole(text)[1]] == [TOO_DEEP.id]
    assert check_all_cuts(text) == 0


@pytest.mark.parametrize("place", [0, 1, 2])
def test_fault_in_either_part_is_told_as_ever(place: int) -> None:
    """In the first, in the second, in both."""
    fault = "a = = 1\n"
    text = {0: fault + LARGE, 1: LARGE + fault, 2: fault + LARGE + fault}[place]
    found, faults = parse_file(Source("main.hcl", text), beside=Here())
    expected, told, _ = whole(text)

    assert [
        (one.code, one.detail, one.primary and (one.primary.span.start, one.primary.span.end)) for one in faults
    ] == [(one.code, one.detail, one.primary and (one.primary.span.start, one.primary.span.end)) for one in told]
    assert len(found.blocks) == len(expected.blocks)


@pytest.mark.parametrize(
    "change",
    [lambda _: None, lambda _: b"", lambda _: b"\0", lambda content: content[:-1], lambda _: b"\0\1{}"],
    ids=["none", "nothing", "short", "cut", "another"],
)
def test_what_the_other_process_loses_is_read_here(change: Callable[[bytes], bytes | None]) -> None:
    """Whatever became of it."""
    source = Source("main.hcl", LARGE)
    found, faults = parse_file(source, beside=Here(change))

    assert (faults, len(found.blocks)) == ([], 4000)
    assert found == parse_file(source)[0]


def test_large_text_is_read_in_two_parts_and_kept_there() -> None:
    """Its tree is kept by the one who read the second part, and is the tree of the whole."""
    kept, beside, source = Kept(), Here(), Source("main.hcl", LARGE)
    found, faults = parse_file(source, blobs=kept, beside=beside)

    assert len(LARGE) > WIDE
    assert (beside.started, faults) == (1, [])
    assert found == parse_file(source)[0] == unseal_tree(kept[tree_name(source)], source)
    assert parse_file(source, blobs=kept, beside=beside)[0] == found
    assert beside.started == 1  # the second time it is there


def test_tree_is_kept_where_no_other_process_is() -> None:
    """As ever."""
    kept, source = Kept(), Source("main.hcl", LARGE)
    found, _ = parse_file(source, blobs=kept, beside=Nowhere())

    assert found == unseal_tree(kept[tree_name(source)], source)


def test_secret_is_not_kept_by_the_other_process() -> None:
    """In whichever part it stands."""
    for text in ('a {\n  password = "hunter2"\n}\n' + LARGE, LARGE + 'a {\n  password = "hunter2"\n}\n'):
        kept, beside = Kept(), Here()
        _, faults = parse_file(Source("main.hcl", text), blobs=kept, beside=beside)

        assert (beside.started, faults) == (1, [])
        assert [name for name in kept if name.startswith("tree")] == []


@pytest.mark.parametrize("text", [BLOCK.format(1), "a = [\n" + "  1,\n" * WIDE + "]\n"], ids=["small", "one argument"])
def test_other_texts_are_read_as_one(text: str) -> None:
    """Small ones, and those without a block in their second half."""
    beside = Here()
    found, faults = parse_file(Source("main.hcl", text), beside=beside)

    assert (beside.started, faults) == (0, [])
    assert found == parse_file(found.span.source)[0]


def test_what_the_other_process_learns_is_kept_beside_what_we_learn() -> None:
    """Neither has to learn it again in the next run."""
    ours, theirs = "ours = -[1][0].b.c[2 - 3 * 4]\n", "theirs = -[1][0].b.c[2 * 3 - 4 % 5]\n"
    kept = Kept()
    source = Source("main.hcl", ours + LARGE + theirs)
    Halves(source, Pieces(), kept, lambda _: None).read_cut(source.text.index("group"), Here())

    (content,) = [content for name, content in kept.items() if name.startswith("recipes")]
    assert b"[0*0-0%0]" in content
