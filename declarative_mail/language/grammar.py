"""python-hcl2's grammar, run on token kinds: the only module that knows python-hcl2 and Lark.

The grammar file and the parser are theirs. Ours is the front: kinds (`lexical`) instead of python-hcl2's lexer, whose
terminals reject ``${~``, non-ASCII names and more, and several start rules instead of one, so that pieces of a file can
be parsed alone.

Building the tables takes more than a second, reading them some milliseconds. They come with the package for the
versions that it was made with, otherwise from the blobs, and are built where neither has them. They are kept as JSON,
and each row of the table is decoded when the parser first comes to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from declarative_mail.language.parse_misfit import MisfitError
from declarative_mail.language.stored import Blobs

if TYPE_CHECKING:
    from lark import Tree
    from lark.grammar import Rule

FORMAT = 1
"""Raise it when the JSON form changes."""

PACKAGED = Path(__file__).parent / "tables"

RULES = {"A": "attribute", "K": "block", "V": "expression", "E": "object_elem", "S": "string_part"}
"""The grammar rules that a piece may be parsed by, each with the letter that stands for it."""

TERMINALS = {
    "N": ("NAME",),
    "0": ("INT_LITERAL",),
    "s": ("DBLQUOTE", "DBLQUOTE"),
    "e": ("DBLQUOTE", "DBLQUOTE"),
    "G": ("TEMPLATE_STRING",),
    "B": ("LBRACE", "RBRACE"),
    "t": ("TRUE",),
    "u": ("FALSE",),
    "n": ("NULL",),
    "f": ("FOR",),
    "i": ("IN",),
    "c": ("IF",),
    "x": ("ELSE",),
    "y": ("ENDIF",),
    "z": ("ENDFOR",),
    "$": ("INTERP_START",),
    "T": ("DIRECTIVE_START",),
    "{": ("LBRACE",),
    "}": ("RBRACE",),
    "[": ("LSQB",),
    "]": ("RSQB",),
    "(": ("LPAR",),
    ")": ("RPAR",),
    "=": ("EQ",),
    ",": ("COMMA",),
    ".": ("DOT",),
    ":": ("COLON",),
    "?": ("QMARK",),
    "X": ("ELLIPSIS",),
    "W": ("COLONS",),
    "A": ("FOR_OBJECT_ARROW",),
    "P": ("ATTR_SPLAT",),
    "Q": ("FULL_SPLAT_START",),
    "m": ("MINUS",),
    "!": ("NOT",),
    "+": ("PLUS",),
    "-": ("MINUS",),
    "*": ("ASTERISK",),
    "/": ("SLASH",),
    "%": ("PERCENT",),
    "<": ("LT",),
    ">": ("GT",),
    "E": ("DOUBLE_EQ",),
    "D": ("NEQ",),
    "L": ("LEQ",),
    "M": ("GEQ",),
    "&": ("DOUBLE_AMP",),
    "|": ("DOUBLE_PIPE",),
}
"""How each kind is fed to the parser.

A finished value takes the place of python-hcl2's TEMPLATE_STRING, a terminal for escaped quotes in directives that is
of no use here. A string is fed empty, for what is in it does not change the tree.
"""

_UNARY = "m!"


class Grammar:
    """The parser over a set of tables (the JSON form)."""

    def __init__(self, tables: dict[str, Any]) -> None:
        from lark.parsers.lalr_analysis import IntParseTable

        rows = _Rows(tables, [_rule(fields) for fields in tables["rules"]])
        self._table = IntParseTable(rows, tables["start"], tables["end"])  # type: ignore[no-untyped-call]
        self._callbacks = _Callbacks()

    def parse(self, rule: str, kinds: str) -> Tree[Any]:
        """Lark's tree of one piece. Tokens carry no text: `start_pos` is the index of the kind that each stands for.

        A run of unary operators is fed as its first only, since the grammar has no ``!!x``; the caller reads on in
        `kinds`.

        Raises:
            MisfitError: the piece does not follow the grammar.
        """
        from lark import Token, UnexpectedToken
        from lark.parsers.lalr_parser_state import ParseConf, ParserState

        state = ParserState(ParseConf(self._table, self._callbacks, RULES[rule]), None)  # type: ignore[arg-type]
        try:
            for index, kind in enumerate(kinds):
                if kind not in _UNARY or not index or kinds[index - 1] not in _UNARY:
                    for terminal in TERMINALS[kind]:
                        state.feed_token(Token(terminal, "", index))
            tree: Tree[Any] = state.feed_token(Token("$END", "", len(kinds)), True)
        except UnexpectedToken as fault:
            raise MisfitError(fault.token.start_pos or 0, fault.expected) from None
        return tree


class _Rows(dict[int, dict[str, tuple[Any, Any]]]):
    """The parse table's rows, each decoded at first use: ``symbol target`` shifts, ``symbol -1-rule`` reduces."""

    def __init__(self, tables: dict[str, Any], rules: list[Rule]) -> None:
        super().__init__()
        self._encoded: list[str] = tables["rows"]
        self._symbols: list[str] = tables["symbols"]
        self._rules = rules

    def __missing__(self, state: int) -> dict[str, tuple[Any, Any]]:
        from lark.parsers.lalr_analysis import Reduce, Shift

        numbers = list(map(int, self._encoded[state].split()))
        row: dict[str, tuple[Any, Any]] = {
            self._symbols[symbol]: (Shift, target) if target >= 0 else (Reduce, self._rules[-1 - target])
            for symbol, target in zip(numbers[::2], numbers[1::2], strict=True)
        }
        self[state] = row
        return row


class _Callbacks(dict[Any, Any]):
    """Lark's tree builder for each grammar rule, made at first use."""

    def __bool__(self) -> bool:
        return True  # Lark builds no tree where it is given no callbacks

    def __missing__(self, rule: Rule) -> Any:
        from lark import Tree
        from lark.parse_tree_builder import ParseTreeBuilder

        builder = ParseTreeBuilder([rule], Tree)  # type: ignore[no-untyped-call]
        self.update(builder.create_callback(None))  # type: ignore[no-untyped-call]
        return self[rule]


def _rule(fields: list[Any]) -> Rule:
    from lark.grammar import NonTerminal, RuleOptions, Terminal
    from lark.grammar import Rule as LarkRule

    origin, expansion, alias, order, keep_all, expand = fields
    symbols = [NonTerminal(name) if kind < 0 else Terminal(name, bool(kind)) for name, kind in expansion]
    return LarkRule(NonTerminal(origin), symbols, order, alias, RuleOptions(bool(keep_all), bool(expand)))


_loaded: dict[str, Grammar] = {}


def load_grammar(blobs: Blobs | None) -> Grammar:
    """The grammar of the installed python-hcl2.

    From memory, the package, the blobs, or built (and then kept in the blobs).
    """
    name = table_name()
    if name not in _loaded:
        _loaded[name] = Grammar(_packaged(name) or _kept(name, blobs) or _built(name, blobs))
    return _loaded[name]


def table_name() -> str:
    """What the tables of the installed versions are called."""
    return f"grammar-{FORMAT}-{version('python-hcl2')}-{version('lark')}.json"


def _packaged(name: str) -> dict[str, Any] | None:
    path = PACKAGED / name
    return _decode(path.read_bytes()) if path.is_file() else None


def _kept(name: str, blobs: Blobs | None) -> dict[str, Any] | None:
    return None if blobs is None else _decode(blobs.get(name))


def _built(name: str, blobs: Blobs | None) -> dict[str, Any]:
    tables = build_tables()
    if blobs is not None:
        blobs.put(name, encode_tables(tables))
    return tables


def _decode(content: bytes | None) -> dict[str, Any] | None:
    """The tables, or None where the bytes are damaged."""
    try:
        tables = json.loads(content or b"")
    except ValueError:
        return None
    fit = isinstance(tables, dict) and tables.keys() == {"symbols", "rules", "rows", "start", "end"}
    return tables if fit else None


def encode_tables(tables: dict[str, Any]) -> bytes:
    """The JSON form, one row a line."""
    return json.dumps(tables, separators=(",", ":"), indent=0).encode()


def build_tables() -> dict[str, Any]:
    """Work the tables out from python-hcl2's grammar file. Takes more than a second."""
    from lark import Lark
    from lark.parsers.lalr_analysis import Shift

    specification = find_spec("hcl2")
    if specification is None or specification.origin is None:
        raise ImportError("python-hcl2 is not installed")
    path = Path(specification.origin).with_name("hcl2.lark")
    lark = Lark(path.read_text(), parser="lalr", lexer="basic", start=list(RULES.values()), maybe_placeholders=False)
    table = lark.parser.parser._parse_table  # noqa: SLF001 - the only way to the tables that is not through a pickle
    rules = sorted(set(lark.rules), key=lambda rule: json.dumps(_fields(rule)))
    numbers = {rule: -1 - number for number, rule in enumerate(rules)}
    symbols = sorted({name for row in table.states.values() for name in row})
    order = _reached(table, lambda action: action is Shift)
    position = {state: number for number, state in enumerate(order)}
    rows = [
        " ".join(
            f"{symbols.index(name)} {position[argument] if action is Shift else numbers[argument]}"
            for name, (action, argument) in sorted(table.states[state].items(), key=itemgetter(0))
        )
        for state in order
    ]
    return {
        "symbols": symbols,
        "rules": [_fields(rule) for rule in rules],
        "rows": rows,
        "start": {name: position[state] for name, state in sorted(table.start_states.items())},
        "end": {name: position[state] for name, state in sorted(table.end_states.items())},
    }


def _reached(table: Any, is_shift: Callable[[Any], bool]) -> list[int]:
    """The states in the order in which they are reached from the starts.

    Lark numbers them as its sets happen to be ordered.
    """
    order = dict.fromkeys(state for _, state in sorted(table.start_states.items()))
    waiting = list(order)
    for state in waiting:
        for _, (action, target) in sorted(table.states[state].items(), key=itemgetter(0)):
            if is_shift(action) and target not in order:
                order[target] = None
                waiting.append(target)
    return waiting


def _fields(rule: Rule) -> list[Any]:
    expansion = [[part.name, int(getattr(part, "filter_out", -1))] for part in rule.expansion]
    options = rule.options
    return [rule.origin.name, expansion, rule.alias, rule.order, int(options.keep_all_tokens), int(options.expand1)]
