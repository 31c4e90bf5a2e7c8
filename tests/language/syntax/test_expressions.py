"""Every form of an expression becomes the node that the HCL specification says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.language.syntax.trees import Bare, expression

A, B, C, D = (("Variable", name) for name in "abcd")


def literal(value: Any) -> Bare:
    """A literal."""
    return ("Literal", value if isinstance(value, str) else (type(value).__name__, value))


ONE, TWO = literal(1), literal(2)
ITEM = ("SplatItem",)


def attribute(target: Bare, name: str) -> Bare:
    """``target.name``"""
    return ("GetAttr", target, name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("null", literal(None)),
        ("true", literal(True)),
        ("false", literal(False)),
        ("17", literal(17)),
        ("017", literal(17)),
        ("1.50", literal(Decimal("1.5"))),
        ("1e3", literal(1000)),
        ("1.e2", literal(100)),
        ("25E-2", literal(Decimal("0.25"))),
        ("1.0", literal(1)),
        ("12345678901234567890123456789", literal(12345678901234567890123456789)),
        ('"x"', literal("x")),
        ("a", A),
        ("größe", ("Variable", "größe")),
        ("a-b", ("Variable", "a-b")),
        ("for", ("Variable", "for")),
        ("in", ("Variable", "in")),
        ("if", ("Variable", "if")),
        ("(a)", ("Parentheses", A)),
        ("(\n a\n)", ("Parentheses", A)),
    ],
)
def test_atoms(text: str, expected: Bare) -> None:
    """Literals and names."""
    assert expected == expression(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-1", ("Unary", "-", ONE)),
        ("!a", ("Unary", "!", A)),
        ("!!a", ("Unary", "!", ("Unary", "!", A))),
        ("--1", ("Unary", "-", ("Unary", "-", ONE))),
        ("!-!a", ("Unary", "!", ("Unary", "-", ("Unary", "!", A)))),
        ("-a.b", ("Unary", "-", attribute(A, "b"))),
        ("-a[1]", ("Unary", "-", ("Index", A, ONE))),
        ("a - 1", ("Binary", "-", A, ONE)),
        ("a -1", ("Binary", "-", A, ONE)),
        ("a - -1", ("Binary", "-", A, ("Unary", "-", ONE))),
        ("a - --1", ("Binary", "-", A, ("Unary", "-", ("Unary", "-", ONE)))),
        ("a + b * c", ("Binary", "+", A, ("Binary", "*", B, C))),
        ("a * b + c", ("Binary", "+", ("Binary", "*", A, B), C)),
        ("a - b - c", ("Binary", "-", ("Binary", "-", A, B), C)),
        ("a / b % c", ("Binary", "%", ("Binary", "/", A, B), C)),
        ("a < b == c > d", ("Binary", "==", ("Binary", "<", A, B), ("Binary", ">", C, D))),
        ("a <= b != c >= d", ("Binary", "!=", ("Binary", "<=", A, B), ("Binary", ">=", C, D))),
        ("a || b && c", ("Binary", "||", A, ("Binary", "&&", B, C))),
        ("a && b || c", ("Binary", "||", ("Binary", "&&", A, B), C)),
        ("!a && b", ("Binary", "&&", ("Unary", "!", A), B)),
        ("a ? b : c", ("Conditional", A, B, C)),
        ("a ? b : c ? 1 : 2", ("Conditional", A, B, ("Conditional", C, ONE, TWO))),
        ("a ? b ? 1 : 2 : c", ("Conditional", A, ("Conditional", B, ONE, TWO), C)),
        ("a == b ? 1 : 2", ("Conditional", ("Binary", "==", A, B), ONE, TWO)),
        ("a +\n b", ("Binary", "+", A, B)),
        ("a\n ? b\n : c", ("Conditional", A, B, C)),
    ],
)
def test_operators(text: str, expected: Bare) -> None:
    """Signs, precedence and associativity; python-hcl2 has no run of signs."""
    assert expected == expression(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b.c", attribute(attribute(A, "b"), "c")),
        ("a.true", attribute(A, "true")),
        ("a.for.in", attribute(attribute(A, "for"), "in")),
        ("a[1]", ("Index", A, ONE)),
        ("a[\n1\n]", ("Index", A, ONE)),
        ('a["x"].b', attribute(("Index", A, literal("x")), "b")),
        ("a.0", ("Index", A, literal(0))),
        ("a.0.b", attribute(("Index", A, literal(0)), "b")),
        ("a[b.c]", ("Index", A, attribute(B, "c"))),
        ("a[*]", ("Splat", A, ITEM)),
        ("a[*].b", ("Splat", A, attribute(ITEM, "b"))),
        ("a[ * ].b", ("Splat", A, attribute(ITEM, "b"))),
        ("a[*].b[1].c", ("Splat", A, attribute(("Index", attribute(ITEM, "b"), ONE), "c"))),
        ("a[*].b[*].c", ("Splat", A, ("Splat", attribute(ITEM, "b"), attribute(ITEM, "c")))),
        ("a[*][*]", ("Splat", A, ("Splat", ITEM, ITEM))),
        ("a.*", ("Splat", A, ITEM)),
        ("a.*.b.c", ("Splat", A, attribute(attribute(ITEM, "b"), "c"))),
        ("a.*.b.0", ("Splat", A, ("Index", attribute(ITEM, "b"), literal(0)))),
        ("a.*.b[1]", ("Index", ("Splat", A, attribute(ITEM, "b")), ONE)),
        ("a.*.b[1].c", attribute(("Index", ("Splat", A, attribute(ITEM, "b")), ONE), "c")),
        ("a.*.b[*].c", ("Splat", ("Splat", A, attribute(ITEM, "b")), attribute(ITEM, "c"))),
        ('"x".b', attribute(literal("x"), "b")),
        ("[a][1]", ("Index", ("Tuple", (A,)), ONE)),
        ("{}.b", attribute(("Object", ()), "b")),
        ("(a).b", attribute(("Parentheses", A), "b")),
        ("f(a).b", attribute(("Call", "f", (A,), ("bool", False)), "b")),
    ],
)
def test_traversals(text: str, expected: Bare) -> None:
    """Attributes, indexes and splats: a full one takes every step after it, a star those up to the next bracket."""
    assert expected == expression(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[]", ("Tuple", ())),
        ("[a, 1,]", ("Tuple", (A, ONE))),
        ("[\n  a, # first\n  b\n]", ("Tuple", (A, B))),
        ("{}", ("Object", ())),
        ("{ a = 1, b = 2 }", ("Object", ((literal("a"), ONE), (literal("b"), TWO)))),
        ("{ a : 1 }", ("Object", ((literal("a"), ONE),))),
        ("{\n  a = 1\n  b = 2,\n}", ("Object", ((literal("a"), ONE), (literal("b"), TWO)))),
        ("{ (a) = 1 }", ("Object", ((("Parentheses", A), ONE),))),
        ('{ "a b" = 1 }', ("Object", ((literal("a b"), ONE),))),
        ('{ "${a}" = 1 }', ("Object", ((("Template", (A,)), ONE),))),
        ("{ true = 1, null = 2 }", ("Object", ((literal("true"), ONE), (literal("null"), TWO)))),
        ("{ in = 1, if = 2 }", ("Object", ((literal("in"), ONE), (literal("if"), TWO)))),
        ("{\n  in = 1\n  if = 2\n}", ("Object", ((literal("in"), ONE), (literal("if"), TWO)))),
        ("{ 1 = 2 }", ("Object", ((ONE, TWO),))),
        ("{ a.b = 1 }", ("Object", ((attribute(A, "b"), ONE),))),
        ("{ a = -1 }", ("Object", ((literal("a"), ("Unary", "-", ONE)),))),
    ],
)
def test_collections(text: str, expected: Bare) -> None:
    """Tuples and objects, their separators and keys."""
    assert expected == expression(text)


NO = ("bool", False)
YES = ("bool", True)
NOTHING = ("NoneType", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[for a in b : c]", ("For", NOTHING, "a", B, NOTHING, C, NOTHING, NO)),
        ("[for a, b in c : d]", ("For", "a", "b", C, NOTHING, D, NOTHING, NO)),
        ("[for a in b : c if d]", ("For", NOTHING, "a", B, NOTHING, C, D, NO)),
        ("{for a in b : c => d}", ("For", NOTHING, "a", B, C, D, NOTHING, NO)),
        ("{for a in b : c => d... if a}", ("For", NOTHING, "a", B, C, D, A, YES)),
        ("{for a in b : c => d...}", ("For", NOTHING, "a", B, C, D, NOTHING, YES)),
        ("{\n for a in b :\n c => d\n if a\n}", ("For", NOTHING, "a", B, C, D, A, NO)),
        ("[for in in in : in]", ("For", NOTHING, "in", ("Variable", "in"), NOTHING, ("Variable", "in"), NOTHING, NO)),
        ("[for true in a : b]", ("For", NOTHING, "true", A, NOTHING, B, NOTHING, NO)),
        ("[for a in [b] : c]", ("For", NOTHING, "a", ("Tuple", (B,)), NOTHING, C, NOTHING, NO)),
        ("[for a in (b) : c]", ("For", NOTHING, "a", ("Parentheses", B), NOTHING, C, NOTHING, NO)),
        ("[/* x */ for a in b : c]", ("For", NOTHING, "a", B, NOTHING, C, NOTHING, NO)),
        ("[for a in b : a ? 1 : 2 if c]", ("For", NOTHING, "a", B, NOTHING, ("Conditional", A, ONE, TWO), C, NO)),
    ],
)
def test_for(text: str, expected: Bare) -> None:
    """For expressions with both results, grouping and a condition; their words are names elsewhere."""
    assert expected == expression(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f()", ("Call", "f", (), NO)),
        ("f(a, b)", ("Call", "f", (A, B), NO)),
        ("f(a, b,)", ("Call", "f", (A, B), NO)),
        ("f(\n a,\n b\n)", ("Call", "f", (A, B), NO)),
        ("f(a...)", ("Call", "f", (A,), YES)),
        ("f (a)", ("Call", "f", (A,), NO)),
        ("true(a)", ("Call", "true", (A,), NO)),
        ("in(a)", ("Call", "in", (A,), NO)),
        ("provider::x::f(a)", ("Call", "provider::x::f", (A,), NO)),
        ("provider :: x::f(a)", ("Call", "provider::x::f", (A,), NO)),
        ("x::f /* y */ (a)", ("Call", "x::f", (A,), NO)),
        ("f([a], {b = 1})", ("Call", "f", (("Tuple", (A,)), ("Object", ((literal("b"), ONE),))), NO)),
    ],
)
def test_calls(text: str, expected: Bare) -> None:
    """Calls of plain and of namespaced functions, with an expanded last argument."""
    assert expected == expression(text)


@pytest.mark.parametrize("text", ["", "  \n", "a b", "a,", "a = 1", "[", ")", "1 +", "{ a }", "f(a..., b)", "a.*.b.*"])
def test_text_that_is_no_expression_has_a_fault_and_no_tree(text: str) -> None:
    """A fault and nothing else."""
    from declarative_mail.diagnostics import Source
    from declarative_mail.language.parse import parse_expression

    node, faults = parse_expression(Source("test", text))

    assert node is None
    assert [fault.code.severity for fault in faults] == ["error"] * len(faults)
    assert len(faults) >= 1
