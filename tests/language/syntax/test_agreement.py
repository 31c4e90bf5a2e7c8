"""Our tree is that of python-hcl2: the same files, whole, through its own lexer and grammar, give the same structure.

That shows two things that nothing else does: cutting a file into pieces changes no meaning, and our tokens are its
tokens. Where HCL differs from python-hcl2 is left out here: see `test_traps` and `test_expressions`.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, Token, Tree

from tests.language.syntax.trees import Bare, bare, body

NAMES = st.sampled_from(["a", "b_2", "c-d", "each", "var"])
OPERATORS = st.sampled_from(["+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||"])
ATOMS = st.one_of(st.sampled_from(["null", "true", "false", "0", "17", '"x"', '"y z"', '""']), NAMES)


def _chain(names: list[str]) -> st.SearchStrategy[str]:
    """``a + b * c``: precedence without parentheses."""
    operators = st.lists(OPERATORS, min_size=len(names) - 1, max_size=len(names) - 1)
    return operators.map(
        lambda found: " ".join([names[0], *[f"{o} {n}" for o, n in zip(found, names[1:], strict=True)]])
    )


def _extended(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    some = st.lists(inner, max_size=3)
    return st.one_of(
        st.tuples(NAMES, NAMES, inner).map(lambda three: "{}.{}[{}]".format(*three)),
        st.tuples(inner, OPERATORS, inner, OPERATORS, inner).map(lambda five: "({}) {} ({}) {} ({})".format(*five)),
        st.lists(NAMES, min_size=2, max_size=5).flatmap(_chain),
        st.tuples(inner, inner, inner).map(lambda three: "({}) ? {} : {}".format(*three)),
        st.tuples(st.sampled_from("!-"), NAMES).map("".join),
        some.map(lambda items: f"[{', '.join(items)}]"),
        some.map(lambda items: "[\n" + "".join(f"{item}, # note\n" for item in items) + "]"),
        st.lists(st.tuples(NAMES, inner), max_size=3).map(lambda found: "{" + ", ".join(map(" = ".join, found)) + "}"),
        st.lists(st.tuples(NAMES, inner), max_size=3).map(
            lambda found: "{\n" + "".join(f"{k} = {v}\n" for k, v in found) + "}"
        ),
        st.tuples(NAMES, some).map(lambda call: f"{call[0]}({', '.join(call[1])})"),
        st.tuples(NAMES, inner, inner, inner).map(lambda four: "[for {} in {} : {} if {}]".format(*four)),
        st.tuples(NAMES, inner, inner, inner).map(lambda four: "{{for {}, x in {} : {} => {}}}".format(*four)),
        inner.map(lambda one: f'"x ${{{one}}} y"'),
        NAMES.map(lambda name: f"{name}[*].b[0].c"),
    )


EXPRESSIONS = st.recursive(ATOMS, _extended, max_leaves=8)


def _bodies(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    arguments = st.dictionaries(NAMES, EXPRESSIONS, max_size=4).map(
        lambda found: "".join(f"{k} = {v}\n" for k, v in found.items())
    )
    blocks = st.lists(st.tuples(NAMES, st.sampled_from(["", ' "l"', ' "l" m']), inner), max_size=2)
    made = blocks.map(lambda found: "".join(f"{type_}{labels} {{\n{text}}}\n" for type_, labels, text in found))
    return st.tuples(arguments, st.sampled_from(["", "\n", "# note\n"]), made).map("".join)


FILES = st.recursive(_bodies(st.just("")), _bodies, max_leaves=4)


@cache
def whole_file_parser() -> Lark:
    """python-hcl2's parser with its own lexer."""
    from hcl2.postlexer import PostLexer

    specification = find_spec("hcl2")
    assert specification is not None
    assert specification.origin is not None
    text = Path(specification.origin).with_name("hcl2.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", postlex=PostLexer())


@settings(max_examples=60, deadline=None)
@given(FILES)
def test_trees_agree(text: str) -> None:
    """Arguments, blocks, labels and every expression."""
    whole: Any = whole_file_parser().parse(text).children[0]
    theirs = _body(whole)

    assert theirs == bare(body(text))


def _nodes(tree: Tree[Any]) -> list[Any]:
    """The children without tokens and line breaks."""
    return [one for one in tree.children if isinstance(one, Tree) and one.data != "new_line_or_comment"]


def _has(tree: Tree[Any], kind: str) -> bool:
    return any(isinstance(one, Token) and one.type == kind for one in tree.children)


def _body(tree: Tree[Any]) -> Bare:
    attributes, blocks = {}, []
    for item in _nodes(tree):
        head, *rest = _nodes(item)
        if item.data == "attribute":
            attributes[_word(head)] = ("Attribute", _word(head), _expression(rest[0]))
        else:
            labels = tuple(("Label", _word(one)) for one in rest[:-1])
            blocks.append(("Block", _word(head), labels, _body(rest[-1])))
    return ("Body", attributes, tuple(blocks))


def _word(tree: Tree[Any]) -> str:
    """A name, or the text of a plain string."""
    tokens = [str(token) for token in tree.scan_values(lambda one: isinstance(one, Token) and one.type != "DBLQUOTE")]
    return "".join(tokens)


def _expression(tree: Tree[Any]) -> Bare:
    if tree.data == "expr_term":
        inner = _expression(_nodes(tree)[0])
        return ("Parentheses", inner) if _has(tree, "LPAR") else inner
    return _READERS[tree.data](tree)


def _literal(tree: Tree[Any]) -> Bare:
    value = {"null": None, "true": True, "false": False}[_word(tree)]
    return ("Literal", (type(value).__name__, value))


def _string(tree: Tree[Any]) -> Bare:
    parts = [one.children[0] for one in _nodes(tree)]
    if not any(isinstance(part, Tree) for part in parts):
        return ("Literal", "".join(map(str, parts)))
    return (
        "Template",
        tuple(_expression(_nodes(part)[0]) if isinstance(part, Tree) else ("Literal", str(part)) for part in parts),
    )


def _binary(tree: Tree[Any]) -> Bare:
    left, term = _nodes(tree)
    operator, right = _nodes(term)
    return ("Binary", _word(operator).strip(), _expression(left), _expression(right))


def _splat(tree: Tree[Any]) -> Bare:
    target, splat = _nodes(tree)
    each: Bare = ("SplatItem",)
    for step in _nodes(splat):
        each = _step(each, step)
    return ("Splat", _expression(target), each)


def _step(target: Bare, step: Tree[Any]) -> Bare:
    inner = _nodes(step)[0]
    return ("GetAttr", target, _word(inner)) if step.data == "get_attr" else ("Index", target, _expression(inner))


def _object(tree: Tree[Any]) -> Bare:
    items = []
    for element in _nodes(tree):
        key, value = _nodes(element)
        items.append((("Literal", _word(key)), _expression(value)))
    return ("Object", tuple(items))


def _call(tree: Tree[Any]) -> Bare:
    name, *arguments = _nodes(tree)
    given_ = tuple(_expression(one) for one in (_nodes(arguments[0]) if arguments else []))
    return ("Call", _word(name), given_, ("bool", False))


def _for(tree: Tree[Any]) -> Bare:
    intro, *results = _nodes(tree)
    *names, collection = _nodes(intro)
    nothing = ("NoneType", None)
    conditions = [_expression(_nodes(one)[0]) for one in results if one.data == "for_cond"]
    values = [_expression(one) for one in results if one.data != "for_cond"]
    key, value = [nothing, *map(_word, names)][-2:]
    result_key = values[0] if len(values) == 2 else nothing
    return (
        "For",
        key,
        value,
        _expression(collection),
        result_key,
        values[-1],
        (conditions or [nothing])[0],
        ("bool", False),
    )


_READERS = {
    "identifier": lambda tree: ("Variable", _word(tree)),
    "literal_value": _literal,
    "int_lit": lambda tree: ("Literal", ("int", int(_word(tree)))),
    "string": _string,
    "binary_op": _binary,
    "unary_op": lambda tree: ("Unary", str(tree.children[0]), _expression(_nodes(tree)[0])),
    "conditional": lambda tree: ("Conditional", *map(_expression, _nodes(tree))),
    "tuple": lambda tree: ("Tuple", tuple(map(_expression, _nodes(tree)))),
    "object": _object,
    "function_call": _call,
    "index_expr_term": lambda tree: _step(_expression(_nodes(tree)[0]), _nodes(tree)[1]),
    "get_attr_expr_term": lambda tree: _step(_expression(_nodes(tree)[0]), _nodes(tree)[1]),
    "full_splat_expr_term": _splat,
    "for_tuple_expr": _for,
    "for_object_expr": _for,
}
