"""Random configurations, as text."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = st.sampled_from(["a", "b", "each", "var", "größe", "x-y", "_z", "for_each", "if", "in", "true_"])
SPACE = st.sampled_from(["", " ", "  ", "\t"])
TEXTS = st.text(st.sampled_from('ab {}[]()$%#/~é"\\\n\t\u00a0😀e\u0301'), max_size=8)
BREAKS = st.sampled_from(["\n", "\n\n", " # comment\n", "\n  // comment\n", "\n/* comment */\n", "\r\n"])
OPERATORS = st.sampled_from(["+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||"])


def quoted(text: str) -> str:
    """A text as the inside of a quoted string."""
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
    return "".join(escapes.get(one, one) for one in text).replace("${", "$${").replace("%{", "%%{").rstrip("$%")


def lines(text: str) -> str:
    """A text as lines of a heredoc."""
    return text.replace("${", "$${").replace("%{", "%%{").rstrip("$%")


ATOMS = st.one_of(
    st.sampled_from(["null", "true", "false", "0", "1", "42", "1.5", "2e3", "017"]),
    NAMES,
    TEXTS.map(lambda text: f'"{quoted(text)}"'),
)


def _extended(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions made of expressions."""
    steps = st.one_of(
        NAMES.map(lambda name: f".{name}"),
        inner.map(lambda key: f"[{key}]"),
        st.sampled_from(["[*]", ".0", ".*.b", "[*].a"]),
    )
    keys = st.one_of(
        NAMES.filter(lambda name: name != "for"),
        inner.map(lambda key: f"({key})"),
        TEXTS.map(lambda text: f'"{quoted(text)}"'),
    )
    elements = st.lists(
        st.tuples(keys, st.sampled_from(["=", " = ", ": "]), inner, st.sampled_from([",", "\n", ",\n"])), max_size=3
    )
    parts = st.lists(_parts(inner), max_size=4).map("".join)
    return st.one_of(
        st.tuples(NAMES, steps).map("".join),
        st.tuples(inner, SPACE, OPERATORS, SPACE, inner).map(
            lambda five: f"({five[0]}){five[1]}{five[2]}{five[3]}({five[4]})"
        ),
        st.tuples(NAMES, OPERATORS, NAMES, OPERATORS, NAMES).map(" ".join),
        st.tuples(inner, inner, inner).map(lambda three: "({}) ? {} : {}".format(*three)),
        st.tuples(st.sampled_from(["-", "!", "!!", "- -"]), inner).map(lambda two: f"{two[0]}({two[1]})"),
        inner.map(lambda one: f"({one})"),
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda items: "[\n" + "".join(f"  {item},\n" for item in items) + "]"
        ),
        elements.map(lambda found: "{" + "".join("".join(one) for one in found) + "}"),
        st.tuples(NAMES, st.lists(inner, max_size=3)).map(lambda call: f"{call[0]}({', '.join(call[1])})"),
        st.tuples(NAMES, inner).map(lambda call: f"{call[0]}({call[1]}...)"),
        st.tuples(NAMES, inner, inner).map(lambda three: "[for {} in {} : {}]".format(*three)),
        st.tuples(NAMES, NAMES, inner, inner, inner).map(
            lambda five: "{{for {}, {} in {} : {} => {}...}}".format(*five)
        ),
        st.tuples(NAMES, inner, inner, inner).map(lambda four: "[for {} in {} :\n  {}\n  if {}]".format(*four)),
        parts.map(lambda text: f'"{text}"'),
    )


def _parts(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Parts of a quoted template."""
    literal = TEXTS.map(quoted)
    return st.one_of(
        literal,
        st.tuples(st.sampled_from(["${", "${~ "]), inner, st.sampled_from(["}", " ~}"])).map("".join),
        st.tuples(
            st.sampled_from(["%{ if ", "%{~ if "]),
            inner,
            st.sampled_from([" }", " ~}"]),
            literal,
            st.sampled_from(["", "%{ else }", "%{~ else ~}y"]),
            st.sampled_from(["%{ endif }", "%{~ endif ~}"]),
        ).map("".join),
        st.tuples(NAMES, inner, literal).map(lambda three: "%{{ for {} in {} }}{}%{{ endfor }}".format(*three)),
    )


EXPRESSIONS = st.recursive(ATOMS, _extended, max_leaves=8)

HEREDOCS = st.tuples(
    st.sampled_from(["<<", "<<-"]),
    st.lists(
        st.one_of(
            TEXTS.map(lines), EXPRESSIONS.map(lambda one: f"  x ${{{one}}}"), st.sampled_from(["", "   ", "  y"])
        ),
        max_size=4,
    ),
    st.sampled_from(["", "  "]),
).map(lambda three: f"{three[0]}EOT\n" + "".join(f"{line}\n" for line in three[1]) + f"{three[2]}EOT")


def _bodies(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    arguments = st.lists(
        st.tuples(
            st.sampled_from([f"n{number}" for number in range(6)]), SPACE, SPACE, st.one_of(EXPRESSIONS, HEREDOCS)
        ),
        max_size=4,
        unique_by=lambda four: four[0],
    )
    labels = st.lists(st.one_of(NAMES, st.sampled_from(['"c"', '"d e"', '"\\u00e9"'])), max_size=2).map(" ".join)
    blocks = st.lists(st.tuples(NAMES, labels, inner), max_size=2)
    made_arguments = arguments.map(
        lambda found: "".join(f"{n}{before}={after}{value}\n" for n, before, after, value in found)
    )
    made_blocks = blocks.map(lambda found: "".join(f"{type_} {labels} {{\n{body}}}\n" for type_, labels, body in found))
    return st.tuples(made_arguments, BREAKS, made_blocks).map(lambda three: "".join(three).lstrip(" "))


FILES = st.recursive(_bodies(st.just("")), _bodies, max_leaves=3)
"""Files without faults."""

_TOUCHING_WORDS = """x y 0 1.5 0e0 1e5 .1 e5 . * [*] [0] .*. - + ? : ( ) [ ] { } , = => ... " ${ $${ null /*c*/"""
_TOUCHING = [*_TOUCHING_WORDS.split(), *[" ", " .5", "for x in y :", "%{ if x }", "\n", "#c\n", "<<EOT\n", "\nEOT\n"]]
VALUES = st.tuples(
    st.sampled_from(["a=", "a = x", "a=[", 'a = "', 'a="${', "b {\na = "]),
    st.lists(st.sampled_from(_TOUCHING), max_size=5).map("".join),
    st.sampled_from(["", "\n", "]\n", '"\n', '}"\n', "\n}\n"]),
).map("".join)
"""Short files with one value, of pieces that mean something else where they touch; some without faults."""

_PIECE_WORDS = """a = { } [ ] ( ) " ${ %{ ~} , . * 1 1.5 ? : => ... :: ! - # // /* */ \\ $${ é \x00 ' &&"""
_PIECES = [
    *_PIECE_WORDS.split(),
    *["b ", "\n", " ", "<<EOT\n", "EOT\n", "for ", "in ", "if ", "\r", "%{ if a }", "%{ endif }"],
]
FRAGMENTS = st.lists(st.sampled_from(_PIECES), max_size=30).map("".join)
"""Texts that are nearly never without faults."""
