"""From Lark's tree of a piece to its recipe: what to make of any piece of the same kinds.

A recipe is nested tuples (lists after a round trip through JSON): an operation, the first and the last token that it
spans, and its operands. It depends on nothing but the kinds, so that one tree serves every ``name = "text"``::

    N=s      ("attribute", 0, 2, 0, ("string", 2, 2))
    N=N.N    ("attribute", 0, 4, 0, ("attr", 2, 4, ("name", 2, 2), 4))

The rules of HCL that depend on kinds alone and that python-hcl2's grammar does not have stand here too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from declarative_mail.language import lexical
from declarative_mail.language.parse_misfit import NESTED_SPLAT, MisfitError
from declarative_mail.language.stored import Recipe

if TYPE_CHECKING:
    from lark import Tree


def make_recipe(tree: Tree[Any], kinds: str) -> Recipe:
    """The recipe of a piece from Lark's tree. Works upwards from the leaves, without recursion.

    Raises:
        MisfitError: a rule beyond the grammar is broken.
    """
    done: dict[int, Any] = {}
    for node in tree.iter_subtrees():
        children = [done.get(id(child), child) for child in node.children]
        done[id(node)] = _MAKERS[node.data](children, kinds)
    recipe: Recipe = _whole(done[id(tree)])
    return recipe


def _index(token: Any) -> int:
    """Which kind of the piece a token of Lark's stands for."""
    return int(token.start_pos)


def _leaf(operation: str) -> Callable[[list[Any], str], Recipe]:
    return lambda children, kinds: (operation, _index(children[0]), _index(children[0]))


def _literal(children: list[Any], kinds: str) -> Recipe:
    index = _index(children[0])
    return ("constant", index, index, kinds[index])


def _text(children: list[Any], kinds: str) -> Recipe:
    index = _index(children[0])
    return ("string" if kinds[index] == lexical.STRING else "escaped", index, index)


def _value(children: list[Any], kinds: str) -> Recipe:
    """A finished value: the how manyeth of the piece it is."""
    index = _index(children[0])
    return ("value", index, index, kinds.count(lexical.VALUE, 0, index) + kinds.count(lexical.BODY, 0, index))


def _only(children: list[Any], kinds: str) -> Any:
    return children[0]


def _unary(children: list[Any], kinds: str) -> Recipe:
    recipe: Recipe = _whole(children[1])
    start = _index(children[0])
    for index in range(recipe[1] - 1, start - 1, -1):
        recipe = ("unary", index, recipe[2], lexical.SYMBOLS[kinds[index]], recipe)
    return recipe


def _binary(children: list[Any], kinds: str) -> Recipe:
    left, (operator, right) = _whole(children[0]), children[1]
    return ("binary", left[1], right[2], lexical.SYMBOLS[kinds[operator]], left, right)


def _binary_term(children: list[Any], kinds: str) -> tuple[int, Recipe]:
    return children[0], _whole(children[-1])


def _conditional(children: list[Any], kinds: str) -> Recipe:
    condition, then, otherwise = map(_whole, children[::2])
    return ("conditional", condition[1], otherwise[2], condition, then, otherwise)


def _call(children: list[Any], kinds: str) -> Recipe:
    name, arguments = children[0], children[2:-1]
    given, expand = arguments[0] if arguments else ([], False)
    return ("call", name[1], _index(children[-1]), name[1], given, expand)


def _arguments(children: list[Any], kinds: str) -> tuple[list[Recipe], bool]:
    given = [_whole(child) for child in children if isinstance(child, tuple)]
    last = children[-1]
    return given, not isinstance(last, tuple) and last.type == "ELLIPSIS"


def _chain(children: list[Any], kinds: str) -> Recipe:
    """A term and one step more.

    ``.name``, ``.0``, ``[key]``, or a splat with the steps that the grammar gives to it.
    """
    term, step = children[0], children[1]
    base, steps = (term[3], term[4]) if term[0] == "chain" else (term, [])
    steps.extend(step if isinstance(step, list) else [step])
    return ("chain", base[1], steps[-1][2], base, steps)


def _step(operation: str) -> Callable[[list[Any], str], Recipe]:
    return lambda children, kinds: (
        operation,
        _index(children[0]),
        children[1][1] if isinstance(children[1], tuple) else _index(children[1]),
    )


def _index_step(children: list[Any], kinds: str) -> Recipe:
    return ("index", _index(children[0]), _index(children[2]), _whole(children[1]))


def _splat(operation: str) -> Callable[[list[Any], str], list[Recipe]]:
    def make(children: list[Any], kinds: str) -> list[Recipe]:
        marker = _index(children[0])
        return [(operation, marker, marker), *children[1:]]

    return make


def _whole(recipe: Any) -> Any:
    """A chain of steps as HCL reads it.

    A full splat takes all steps after it, a star splat those to the next bracket.
    """
    if not isinstance(recipe, tuple) or recipe[0] != "chain":
        return recipe
    base, steps = recipe[3], recipe[4]
    cuts = [at for at, step in enumerate(steps) if step[0] == "full"]
    result: Recipe | None = None
    for start, end in zip([-1, *cuts][::-1], [*cuts, len(steps)][::-1], strict=True):
        head = base if start < 0 else ("item", *steps[start][1:3])
        target = _walked(head, steps[start + 1 : end])
        result = target if result is None else ("splat", target[1], result[2], target, result)
    return result


def _walked(target: Recipe, steps: list[Recipe]) -> Recipe:
    """A target with attribute, index and star steps applied to it."""
    at = 0
    while at < len(steps):
        operation, first, last, *key = steps[at]
        at += 1
        if operation == "star":
            end = at
            while end < len(steps) and steps[end][0] in ("attr", "legacy"):
                end += 1
            if end < len(steps) and steps[end][0] == "star":
                raise MisfitError(steps[end][1], reason=NESTED_SPLAT)
            each = _walked(("item", first, last), steps[at:end])
            target, at = ("splat", target[1], each[2], target, each), end
        else:
            target = (operation, target[1], last, target, *key)
    return target


def _for_tuple(children: list[Any], kinds: str) -> Recipe:
    opening, (key, value, collection), result, *rest = children
    condition = rest[0] if len(rest) > 1 else None
    return ("for", _index(opening), _index(rest[-1]), key, value, collection, None, _whole(result), condition, False)


def _for_object(children: list[Any], kinds: str) -> Recipe:
    opening, (key, value, collection), name, _, result, *rest = children
    condition = next((child for child in rest if isinstance(child, tuple)), None)
    grouping = kinds[_index(rest[0])] == lexical.ELLIPSIS if not isinstance(rest[0], tuple) else False
    last = _index(rest[-1])
    return ("for", _index(opening), last, key, value, collection, _whole(name), _whole(result), condition, grouping)


def _for_intro(children: list[Any], kinds: str) -> tuple[int | None, int, Recipe]:
    names = [child[1] for child in children if isinstance(child, tuple)]
    collection = _whole(children[-2])
    return (names[0] if len(names) == 3 else None), names[-2], collection


def _for_condition(children: list[Any], kinds: str) -> Recipe:
    recipe: Recipe = _whole(children[-1])
    return recipe


def _element(children: list[Any], kinds: str) -> Recipe:
    key, _, value = children
    value = _whole(value)
    return ("element", key[1], value[2], key, value)


def _element_key(children: list[Any], kinds: str) -> Recipe:
    key = children[0]
    if key[0] in ("name", "constant"):
        return ("key", key[1], key[2])
    recipe: Recipe = _whole(key)
    return recipe


def _attribute(children: list[Any], kinds: str) -> Recipe:
    expression = _whole(children[2])
    return ("attribute", children[0][1], expression[2], children[0][1], expression)


def _block(children: list[Any], kinds: str) -> Recipe:
    type_, *labels = [child for child in children if isinstance(child, tuple)]
    body = len(kinds) - 1
    names = [(label[1], kinds[label[1]]) for label in labels]
    return ("block", type_[1], body, type_[1], names)


def _sequence(children: list[Any], kinds: str) -> Recipe:
    return ("interpolation", 0, len(kinds) - 1, _whole(children[1]))


def _if_directive(children: list[Any], kinds: str) -> Recipe:
    return ("if", 0, len(kinds) - 1, _whole(children[2]))


def _for_directive(children: list[Any], kinds: str) -> Recipe:
    names = [child[1] for child in children if isinstance(child, tuple)]
    collection = _whole(children[-2])
    key = names[0] if len(names) == 3 else None
    return ("for_directive", 0, len(kinds) - 1, key, names[-2], collection)


def _plain_directive(operation: str) -> Callable[[list[Any], str], Recipe]:
    return lambda children, kinds: (operation, 0, len(kinds) - 1)


def _operator(children: list[Any], kinds: str) -> int:
    return _index(children[0])


def _keyword(children: list[Any], kinds: str) -> Recipe:
    """python-hcl2 lets `for` be the first key of an object; HCL begins a for expression there."""
    raise MisfitError(_index(children[0]) + 1, {"NAME"})


def _nothing(children: Iterable[Any], kinds: str) -> None:
    return None


_MAKERS: dict[str, Callable[[list[Any], str], Any]] = {
    "identifier": _leaf("name"),
    "int_lit": _leaf("number"),
    "literal_value": _literal,
    "string": _text,
    "template_string": _value,
    "expr_term": _only,
    "unary_op": _unary,
    "binary_op": _binary,
    "binary_term": _binary_term,
    "binary_operator": _operator,
    "conditional": _conditional,
    "function_call": _call,
    "arguments": _arguments,
    "index_expr_term": _chain,
    "get_attr_expr_term": _chain,
    "attr_splat_expr_term": _chain,
    "full_splat_expr_term": _chain,
    "get_attr": _step("attr"),
    "short_index": _step("legacy"),
    "braces_index": _index_step,
    "attr_splat": _splat("star"),
    "full_splat": _splat("full"),
    "for_tuple_expr": _for_tuple,
    "for_object_expr": _for_object,
    "for_intro": _for_intro,
    "for_cond": _for_condition,
    "keyword": _keyword,
    "object_elem": _element,
    "object_elem_key": _element_key,
    "attribute": _attribute,
    "block": _block,
    "body": _nothing,
    "string_part": _only,
    "interpolation": _sequence,
    "template_if_start": _if_directive,
    "template_for_start": _for_directive,
    "template_else": _plain_directive("else"),
    "template_endif": _plain_directive("endif"),
    "template_endfor": _plain_directive("endfor"),
}
