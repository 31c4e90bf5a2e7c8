"""References: what an expression refers to, as far as that is written out."""

from __future__ import annotations

import pytest

from declarative_mail.addresses import AddressError
from declarative_mail.language.evaluate import Scope, references
from declarative_mail.language.marks import sensitive
from declarative_mail.language.traversal import KeyStep, Traversal, address_in_scope
from declarative_mail.language.types import STRING
from declarative_mail.language.undeclared import undeclared_references
from declarative_mail.language.values import Unknown
from tests.language.evaluate.test_conversions import expression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", []),
        ("null", []),
        ("var.a", ["var.a"]),
        ("var.a.b.c", ["var.a.b.c"]),
        ("var.a[0].b", ["var.a[0].b"]),
        ('var.a["k"].b', ['var.a["k"].b']),
        ("var.a.0.b", ["var.a[0].b"]),
        ("var.a[local.i].b", ["var.a", "local.i"]),
        ("var.a[*].b", ["var.a"]),
        ("var.a.*.b", ["var.a"]),
        ("var.a[*].b[local.i]", ["var.a", "local.i"]),
        ("a.b + c.d * e", ["a.b", "c.d", "e"]),
        ("!a.b ? -c.d : (e.f)", ["a.b", "c.d", "e.f"]),
        ("(a.b).c", ["a.b"]),
        ("f(a.b, c.d...)", ["a.b", "c.d"]),
        ("f(a.b).c", ["a.b"]),
        ("[a.b, [c.d]]", ["a.b", "c.d"]),
        ("{a = b.c, (d.e) = 1, f.g = 2}", ["b.c", "d.e", "f.g"]),
        ('"x ${a.b} ${"${c.d}"}"', ["a.b", "c.d"]),
        ('"%{if a.b}${c.d}%{else}${e.f}%{endif}"', ["a.b", "c.d", "e.f"]),
        ("[for x in a.b : x.c]", ["a.b"]),
        ("[for x in a.b : x.c + y.d if z.e]", ["a.b", "y.d", "z.e"]),
        ("{for k, v in a.b : k => v.c...}", ["a.b"]),
        ("[for x in x.a : x]", ["x.a"]),
        ("[for x in a.b : [for y in x : y + x + z]]", ["a.b", "z"]),
        ('"%{for x in a.b}${x}${y.c}%{endfor}"', ["a.b", "y.c"]),
        ("[for x in [1] : x] == x.y", ["x.y"]),
        ("a.b[c.d[e.f]]", ["a.b", "c.d", "e.f"]),
    ],
)
def test_references_in_source_order(text: str, expected: list[str]) -> None:
    """Each place once, without what the expression binds itself; a computed key ends a reference and is searched."""
    assert expected == [one.text for one in references(expression(text))]


def test_a_reference_knows_its_place() -> None:
    """The span is the part that is written out."""
    found = references(expression("1 + var.a[local.i].b"))

    assert [one.span.text for one in found] == ["var.a", "local.i"]


def test_the_steps_of_a_reference() -> None:
    """Names without the keys between them, and whether there is a key among the first."""
    (found,) = references(expression('module.eu["a"].id'))

    assert Traversal("module", ("eu", KeyStep("a"), "id"), found.span) == found
    assert found.names == ("eu", "id")
    assert [found.plain(1), found.plain(2), found.plain(4)] == [True, False, False]


def test_references_of_a_deep_expression() -> None:
    """The walk does not recurse: a long chain costs no stack."""
    chain = expression(" + ".join(["var.a"] * 150))

    assert len(references(chain)) == 150


SCOPE = Scope.root(
    {
        "each": {"key": "core", "value": 1},
        "var": {"n": 2, "secret": sensitive("x"), "later": Unknown(STRING), "list": ()},
    },
    functions={},
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("user_group.ops", "user_group.ops"),
        ("module.eu.user_group.ops", "module.eu.user_group.ops"),
        ("user_group.team[each.key]", 'user_group.team["core"]'),
        ("user_group.team[var.n + 1]", "user_group.team[3]"),
        ('module.m["a"].user_group.t[0]', 'module.m["a"].user_group.t[0]'),
    ],
)
def test_an_address_with_the_keys_of_this_place(text: str, expected: str) -> None:
    """What ``import`` blocks name."""
    assert expected == address_in_scope(expression(text), SCOPE)


@pytest.mark.parametrize(
    "text", ["1", '"user_group.ops"', "a.b[var.secret]", "a.b[var.later]", "a.b[var.list]", "a.b[true]", "f(1).a"]
)
def test_what_is_no_address(text: str) -> None:
    """Another expression, or a key that is not known, sensitive, or neither text nor number."""
    with pytest.raises(AddressError) as caught:
        address_in_scope(expression(text), SCOPE)

    assert "is not" in str(caught.value)


def test_references_to_nothing_are_found_without_evaluating() -> None:
    """Also in a branch that is not taken, and all of them."""
    tree = expression("true ? 1 : [var.nn, local.x, eech.key, n, var, var[0]]")
    found = list(undeclared_references(tree, SCOPE))

    assert [one.code.id for one in found] == ["DM2007", "DM2001", "DM2001", "DM2001", "DM2007", "DM2007"]
    helps = ['did you mean "n"?', None, 'did you mean "each"?', "did you mean var.n?", None, None]
    assert helps == [one.help for one in found]
