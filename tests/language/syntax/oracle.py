"""What must hold for any bytes at all: the rules that fuzzing and its corpus are checked by."""

from __future__ import annotations

from declarative_mail.diagnostics import Diagnostic, Source
from declarative_mail.language.evaluate import evaluate_expression
from declarative_mail.language.format import format_text
from declarative_mail.language.parse import decode_source, parse_expression, parse_file, parse_template
from declarative_mail.language.scope import Scope
from declarative_mail.language.stored_tree import read_tree, write_tree
from declarative_mail.language.write import write_body
from tests.language.syntax.trees import bare, plain


def check(data: bytes) -> None:
    """Read, keep, format, write and evaluate; anything but a diagnostic that is raised is a defect.

    Raises:
        AssertionError: a rule is broken.
    """
    source, faults = decode_source("fuzz.hcl", data)
    if source is None:
        assert faults
        return
    _check_file(source)
    for parse in (parse_expression, parse_template):
        expression, faults = parse(source)
        assert (expression is None) == bool(faults)
        _check_places(source, faults)
        if expression is not None:
            evaluate_expression(expression, Scope.root({}))


def _check_file(source: Source) -> None:
    body, faults = parse_file(source)
    _check_places(source, faults)
    formatted, same_faults = format_text(source.text, name=source.name)
    assert [fault.detail for fault in faults] == [fault.detail for fault in same_faults]
    if faults:
        assert formatted == source.text
        return
    assert read_tree(write_tree(body), source) == body
    assert format_text(formatted) == (formatted, [])
    again, faults = parse_file(Source("formatted.hcl", formatted))
    assert not faults
    if "variable" not in source.text:  # types of variables are modernised
        assert plain(again) == plain(body)
    again, faults = parse_file(Source("written.hcl", write_body(body)))
    assert not faults
    assert bare(again) == bare(body)


def _check_places(source: Source, faults: list[Diagnostic]) -> None:
    for fault in faults:
        assert fault.primary is not None
        for label in (fault.primary, *fault.related):
            assert 0 <= label.span.start <= label.span.end <= len(source.text)
            assert label.span.data
