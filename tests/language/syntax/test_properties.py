"""What holds for every text: both ways of reading agree, what is written is read the same, no text raises."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from declarative_mail.diagnostics import Source
from declarative_mail.language.parse import decode_source, parse_expression, parse_file, parse_template
from declarative_mail.language.parse_pieces import Pieces
from declarative_mail.language.parse_read import Reader
from declarative_mail.language.stored_tree import read_tree, write_tree
from declarative_mail.language.write import write_body, write_expression
from tests.language.syntax.oracle import check
from tests.language.syntax.strategies import EXPRESSIONS, FILES, FRAGMENTS, VALUES
from tests.language.syntax.trees import bare

MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(FILES)
def test_known_pieces_are_read_as_the_grammar_reads_them(text: str) -> None:
    """The tree from known recipes equals the tree when the grammar makes all of them afresh, places included."""
    source = Source("main.hcl", text)
    known, faults = parse_file(source)
    fresh = Reader(source, Pieces(packaged=None)).read_file()

    assert faults == []
    assert known == fresh


@MANY
@given(FILES)
def test_what_is_written_is_read_the_same(text: str) -> None:
    """parse, write, parse: one tree."""
    body, _ = parse_file(Source("main.hcl", text))
    again, faults = parse_file(Source("written.hcl", write_body(body)))

    assert faults == []
    assert bare(body) == bare(again)


@MANY
@given(EXPRESSIONS)
def test_expression_that_is_written_is_read_the_same(text: str) -> None:
    """The same for an expression; here nothing is unwrapped inside of it."""
    source = Source("test", f"[{text}]")
    node, _ = parse_expression(source)
    assert node is not None
    again, faults = parse_expression(Source("written", write_expression(node)))

    assert faults == []
    assert bare(node) == bare(again)


@MANY
@given(FILES)
def test_kept_tree_is_the_tree(text: str) -> None:
    """Through JSON and back, places included."""
    source = Source("main.hcl", text)
    body, _ = parse_file(source)

    assert body == read_tree(write_tree(body), source)


@settings(max_examples=200, deadline=None)
@given(FRAGMENTS)
@example("a = [}\n")
@example('"${"${"')
@example("a {\n<<EOT\n")
@example("a = ${~}\n")
def test_no_text_raises(text: str) -> None:
    """Whatever stands in a text, there is a tree or a fault, with places inside the text."""
    source = Source("main.hcl", text)
    for parse in (parse_file, parse_expression, parse_template):
        tree, faults = parse(source)

        assert tree is not None or faults
        for fault in faults:
            for label in (fault.primary, *fault.related):
                assert label is not None
                assert 0 <= label.span.start <= label.span.end <= len(text)


@settings(max_examples=1000, deadline=None)
@given(VALUES)
@example("a=x.1 .5")
@example("a=1 .e5")
@example('a="${#c\nx}"\n')
def test_rules_hold_however_the_pieces_touch(text: str) -> None:
    """What fuzzing holds bytes to, over texts that are more often without faults."""
    check(text.encode())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=40))
@example(b"\xff")
@example(b'a = "\xc3\x28"\n')
@example("\ufeffa = 1\n".encode("utf-16"))
def test_no_bytes_raise(data: bytes) -> None:
    """Bytes are a text or a fault."""
    source, faults = decode_source("main.hcl", data)

    assert (source is None) == bool(faults)
