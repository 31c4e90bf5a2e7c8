"""The pieces that are known: how to make nodes from a sequence of token kinds that was met before."""

from __future__ import annotations

from declarative_mail.language.grammar import load_grammar
from declarative_mail.language.parse_build import Build, make_builder
from declarative_mail.language.parse_recipe import depth_of, make_recipe
from declarative_mail.language.stored import Blobs

MAX_DEPTH = 200
"""How deep values may be nested. Whoever walks a tree by recursion can count on it."""

MAX_PIECE = 20_000
"""How many tokens one piece may have, which bounds the time that the grammar takes: a quarter of a second."""


class Pieces:
    """Builders by rule and kinds (``AN=s``), learned from python-hcl2's grammar at their first use."""

    def __init__(self, blobs: Blobs | None = None) -> None:
        self._blobs = blobs
        self.known: dict[str, tuple[Build, int]] = {}

    def learn(self, rule: str, kinds: str) -> tuple[Build, int]:
        """The builder of a piece that is not known yet, and how deep its values are nested.

        Raises:
            Misfit: the piece does not follow the grammar.
        """
        recipe = make_recipe(load_grammar(self._blobs).parse(rule, kinds), kinds)
        depth = depth_of(recipe)
        if depth > MAX_DEPTH:
            return _too_deep, depth
        entry = make_builder(recipe), depth
        self.known[rule + kinds] = entry
        return entry


def _too_deep(*_: object) -> None:
    return None
