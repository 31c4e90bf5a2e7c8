"""The pieces that are known: how to make nodes from a sequence of token kinds that was met before."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from declarative_mail.language import parse_build_items
from declarative_mail.language.parse_build import Build, depths_of, make_builder
from declarative_mail.language.stored import MAX_KINDS, RECIPES, Blobs, Recipe, read_recipes, write_recipes

MAX_DEPTH = 200
"""How deep values may be nested. Whoever walks a tree by recursion can count on it."""
MAX_PIECE = 20_000
"""How many tokens one piece may have, which bounds the time that the grammar takes: a quarter of a second."""
MAX_KNOWN = 10_000
"""How many builders are held in memory."""

BUILDERS_OF = (parse_build_items,)
"""Imported for the builders that it registers."""

PACKAGED = Path(__file__).parent / "tables" / RECIPES


Known: TypeAlias = tuple[Build, int, int]
"""The builder of a piece, how deep its nodes are nested, and how many of them stand around a finished value in it."""


class Pieces:
    """Builders by rule and kinds (``AN=s``).

    A recipe comes from the package, which has those of common pieces, from the blobs, or from python-hcl2's grammar.
    Neither that nor Lark is loaded for pieces whose recipes are known.

    Args:
        packaged: the file with recipes of common pieces; None for none.
    """

    def __init__(self, packaged: Path | None = PACKAGED) -> None:
        self._packaged = packaged
        self.known: dict[str, Known] = {}
        self._recipes: dict[str, Recipe] | None = None
        self._learned: dict[str, Recipe] = {}
        self._blobs: Blobs | None = None

    def learn(self, rule: str, kinds: str, blobs: Blobs | None) -> Known:
        """The builder of a piece that is not known yet.

        Raises:
            MisfitError: the piece does not follow the grammar.
        """
        key = rule + kinds
        entry = self._from_kept(key, blobs) or self._from_grammar(rule, kinds, blobs)
        if len(kinds) <= MAX_KINDS and entry[1] <= MAX_DEPTH:
            if len(self.known) >= MAX_KNOWN:
                self.known.clear()
            self.known[key] = entry
        return entry

    def _from_kept(self, key: str, blobs: Blobs | None) -> Known | None:
        recipe = self._kept(key, blobs)
        try:
            return None if recipe is None else (make_builder(recipe), *depths_of(recipe))
        except (KeyError, TypeError, ValueError):
            return None

    def _from_grammar(self, rule: str, kinds: str, blobs: Blobs | None) -> Known:
        from declarative_mail.language.grammar import load_grammar
        from declarative_mail.language.parse_recipe import make_recipe

        recipe = make_recipe(load_grammar(blobs).parse(rule, kinds), kinds)
        depths = depths_of(recipe)
        if depths[0] > MAX_DEPTH:
            return _too_deep, *depths
        if blobs is not None and len(kinds) <= MAX_KINDS:
            self._learned[rule + kinds] = recipe
        return make_builder(recipe), *depths

    def _kept(self, key: str, blobs: Blobs | None) -> Recipe | None:
        if self._recipes is None:
            self._recipes = read_recipes(self._packaged.read_bytes() if self._packaged else None)
        if key not in self._recipes and blobs is not None and blobs is not self._blobs:
            self._recipes |= read_recipes(blobs.get(RECIPES))
            self._blobs = blobs
        return self._recipes.get(key)

    def keep(self, blobs: Blobs) -> None:
        """Put what was learned since the last time beside what is kept already."""
        if self._learned:
            blobs.put(RECIPES, write_recipes(read_recipes(blobs.get(RECIPES)) | self._learned))
            self._learned.clear()


def _too_deep(*_: object) -> None:
    return None
