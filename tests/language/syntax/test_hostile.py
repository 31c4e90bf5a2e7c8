"""Texts made to hurt: bounded time and memory, a diagnostic, no exception."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

import pytest

from declarative_mail.diagnostics import Diagnostic, Source
from declarative_mail.language.parse import MAX_SIZE, decode_source, parse_expression, parse_file, parse_template
from declarative_mail.language.parse_pieces import MAX_DEPTH

N = 100_000
M = 20_000
SECONDS = 20
"""Of processor time: far more than any of them takes (two at most), far less than quadratic time would be."""

DEEP = {
    "lists": "a = " + "[" * N,
    "lists, closed": "a = " + "[" * N + "]" * N + "\n",
    "objects": "a = " + "{b=" * N,
    "parentheses": "a = " + "(" * N,
    "calls": "a = " + "f(" * N + ")" * N + "\n",
    "indexes": "a = " + "b[" * N + "]" * N + "\n",
    "blocks": "a {\n" * N,
    "blocks, closed": "a {\n" * N + "}\n" * N,
    "templates": "a = " + '"${' * N,
    "templates, closed": "a = " + '"${' * N + '}"' * N + "\n",
    "for": "a = " + "[for b in c:" * N + "]" * N + "\n",
    "directives": 'a = "' + "%{if b}" * 10_000 + "%{endif}" * 10_000 + '"\n',
    "signs": "a = " + "!" * 1000 + "b\n",
    "sum": "a = " + "1+" * 1000 + "1\n",
    "attributes": "a = b" + ".c" * 1000 + "\n",
    "splats": "a = b" + "[*]" * 1000 + "\n",
    "conditionals": "a = " + "b?c:" * 1000 + "d\n",
}
LONG = {
    "sum": "a = " + "1+" * N + "1\n",
    "signs": "a = " + "!" * N + "b\n",
    "attributes": "a = b" + ".c" * N + "\n",
    "splats": "a = b" + "[*]" * N + "\n",
    "arguments": "a = f(" + "1," * N + "1)\n",
    "labels": "a " * N + "{}\n",
}
UNCLOSED = {
    "comments": "/*" * N,
    "heredocs": "a = <<A\n" * N,
    "strings": 'a = "\n' * N,
    "dollars in a string": 'a = "' + "$" * N + "\n",
    "escapes in a string": 'a = "' + "\\\\" * N + "\n",
    "closing brackets": ")" * N,
    "brackets and comments": "[/*" * N,
}
RUBBISH = {
    "zeros": "\x00" * N,
    "returns": "\r" * N,
    "quotes": "'" * N,
    "marks": "\ufeff" * N,
    "slashes": "/" * N,
    "names": "é " * N,
}
FINE = {
    "line breaks": "\n" * 1_000_000,
    "comments": "/**/" * N,
    "spaces": " " * 1_000_000,
    "long list": "a = [" + "1," * M + "]\n",
    "long object": "a = {" + "b=1," * M + "}\n",
    "many arguments": "".join(f"a{number}=1\n" for number in range(M)),
    "long heredoc": "a = <<A\n" + "x\n" * M + "A\n",
    "dollars": 'a = "' + "$ " * N + '"\n',
    "escaped interpolations": 'a = "' + "$${" * N + '"\n',
    "long string": 'a = "' + "x" * 5_000_000 + '"\n',
    "line breaks in brackets": "a = [" + "\n" * 1_000_000 + "1]\n",
    "many kinds of lines": "".join(f"a{number} = {'-'.join(['1'] * (number % 60 + 1))}\n" for number in range(600)),
}


def timed(text: str, parse: Callable[[Source], tuple[object, list[Diagnostic]]] = parse_file) -> list[Diagnostic]:
    """The faults of a text, which must be found in time."""
    start = time.process_time()
    faults = parse(Source("main.hcl", text))[1]
    assert time.process_time() - start < SECONDS
    return faults


@pytest.mark.parametrize("name", DEEP)
def test_deep_nesting_is_a_fault(name: str) -> None:
    """A hundred thousand brackets, and chains that nest as deep: one diagnostic."""
    assert [fault.code.id for fault in timed(DEEP[name])] == ["DM1003"]


@pytest.mark.parametrize("name", LONG)
def test_expression_without_end_is_a_fault(name: str) -> None:
    """What has more tokens than the grammar would work off in a moment is not given to it."""
    assert [fault.code.id for fault in timed(LONG[name])] == ["DM1021"]


@pytest.mark.parametrize("name", UNCLOSED)
def test_what_is_never_closed_is_a_fault(name: str) -> None:
    """At the text's end, or at once."""
    assert 1 <= len(timed(UNCLOSED[name])) <= 20


@pytest.mark.parametrize("name", RUBBISH)
def test_rubbish_is_a_fault(name: str) -> None:
    """Characters that have no place in HCL."""
    expected = 0 if name == "slashes" else 1

    assert expected == min(len(timed(RUBBISH[name])), 1)


@pytest.mark.parametrize("name", FINE)
def test_much_of_what_is_allowed_is_fine(name: str) -> None:
    """Long is not wrong."""
    assert timed(FINE[name]) == []


@pytest.mark.parametrize("parse", [parse_expression, parse_template])
@pytest.mark.parametrize("text", ['"${[' * N, "%{ if a }" * 1000, "${" + LONG["sum"], "x" * (MAX_SIZE + 1)])
def test_expressions_and_templates_are_bounded_too(
    parse: Callable[[Source], tuple[object, list[Diagnostic]]], text: str
) -> None:
    """The same reader."""
    tree, faults = parse(Source("test", text))

    assert tree is None
    assert faults


def test_nesting_up_to_the_limit_is_fine() -> None:
    """A value may be nested so deep that nobody writes it by hand."""
    depth = MAX_DEPTH - 10

    assert timed("a = " + "[" * depth + "]" * depth + "\n") == []


def test_file_of_fifty_megabytes_is_refused_before_it_is_read() -> None:
    """By its size alone, as bytes and as text, without a copy."""
    data = b"x" * 50_000_000
    tracemalloc.start()
    source, faults = decode_source("main.hcl", data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert source is None
    assert [fault.code.id for fault in faults] == ["DM1002"]
    assert peak < 100_000
    assert [fault.code.id for fault in timed("x" * 50_000_000)] == ["DM1002"]


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b"\xff", 1, 1),
        (b'a = 1\nb = "\xc3\x28"\n', 2, 6),
        ("a = 1\n".encode("utf-16"), 1, 1),
        (b"\xc3\xa9\xff", 1, 2),
        (b"a\xed\xa0\x80", 1, 2),
    ],
)
def test_bytes_that_are_not_utf8_are_a_fault_at_their_place(data: bytes, line: int, column: int) -> None:
    """Line and column count characters up to the byte."""
    source, faults = decode_source("main.hcl", data)

    assert source is None
    assert faults[0].primary is not None
    assert ("DM1001", f"main.hcl:{line}:{column}") == (faults[0].code.id, str(faults[0].primary.span))
