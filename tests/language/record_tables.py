"""Writes what comes with the package so that parsing starts at once: the grammar's tables, recipes of common pieces.

    python -m tests.language.record_tables

Run it when python-hcl2 or Lark moves, or when the form of recipes changes.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

from declarative_mail.diagnostics import Source
from declarative_mail.language.grammar import build_tables, encode_tables, table_name
from declarative_mail.language.parse_pieces import PACKAGED, Pieces
from declarative_mail.language.parse_read import Reader
from declarative_mail.language.stored import RECIPES, Recipe, read_recipes, write_recipes

ROOT = Path(__file__).parents[2]
SHORT = 18


class Kept(dict[str, bytes]):
    """Blobs in memory."""

    def get(self, name: str, /) -> bytes | None:  # type: ignore[override]
        """What was put."""
        return super().get(name)

    def put(self, name: str, content: bytes, /) -> None:
        """Keep it."""
        self[name] = content


def common_texts() -> list[str]:
    """Texts with the pieces that configurations are made of: the examples, inputs of tests, short expressions."""
    examples = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").rglob("*.hcl"))]
    inputs = [
        case["input"]
        for path in sorted((ROOT / "tests/language/data/format").glob("*.json"))
        for case in json.loads(path.read_text(encoding="utf-8")).values()
    ]
    expressions = [
        f'a = {line}\nb = [{line}]\nc = {{ d = {line} }}\ne = "x${{{line}}}"\n'
        for path in sorted((ROOT / "tests/language/data/expressions").glob("*.hcl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if len(line) <= SHORT
    ]
    return [*examples, *inputs, *expressions, *loops()]


def loops() -> list[str]:
    """The ways in which maps and lists are mostly made from others: pieces too long to be met by chance."""
    names, sources = ("k", "k, v"), ("x", "local.x", "local.x.y", "f(3)", "f(local.x)")
    keys, values, filters = ("k", "v.a", '"x-${k}"'), ("k", "v.a", '"x-${k}"', "f(k)"), ("", " if v.a", " if k != 0")
    heads = [f"for {name} in {source} :" for name, source in product(names, sources)]
    lists = [f"[{head} {value}{filter_}]" for head, value, filter_ in product(heads, values, filters)]
    maps = [
        f"{{ {head} {key} => {value}{filter_} }}" for head, key, value, filter_ in product(heads, keys, values, filters)
    ]
    return [f"a = {one}\n" for one in (*lists, *maps)]


def learned(texts: list[str]) -> dict[str, Recipe]:
    """The recipes that the grammar gives for the pieces of texts, by rule and kinds in lexical order."""
    kept = Kept()
    pieces = Pieces(packaged=None)
    for text in texts:
        Reader(Source("-", text), pieces, kept).read_file()
    pieces.keep(kept)
    return dict(sorted(read_recipes(kept[RECIPES]).items()))


def main() -> None:
    """Write both."""
    (PACKAGED.parent / table_name()).write_bytes(encode_tables(build_tables()))
    PACKAGED.write_bytes(write_recipes(learned(common_texts())))


if __name__ == "__main__":
    main()
