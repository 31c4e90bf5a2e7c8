"""What the parser keeps between runs, and the seam through which it does. Nothing here touches a disk.

Two things are kept: recipes of pieces (what to make of a sequence of token kinds; no text of any file is in them), as
JSON, and trees of whole files by the hash of their text, sealed with that text. There are no pickles, for a cache that
a CI job restores must not bring code.
"""

from __future__ import annotations

import json
from typing import Any, Protocol, TypeAlias

import msgspec

Recipe: TypeAlias = tuple[Any, ...] | list[Any]
"""An operation, the first and the last token that it spans, and its operands; see `parse_recipe`."""

FORMAT = 2
"""Raise it when the form of recipes or of trees changes, so that what older versions kept is not read."""

RECIPES = f"recipes-{FORMAT}.json"
MAX_RECIPES = 3000
"""How many recipes are kept. A large configuration has some two hundred."""
MAX_KINDS = 300
"""How many tokens a piece may have whose recipe is kept."""


class Blobs(Protocol):
    """A store of named byte strings that may forget any of them at any time.

    Names are lower-case letters, digits, dots and dashes. Both methods swallow faults of the store: what cannot be
    read is None, what cannot be written is not kept. Two processes may put the same name at once; either content is
    right.
    """

    def get(self, name: str, /) -> bytes | None:
        """What was put under a name, if it is still there."""

    def put(self, name: str, content: bytes, /) -> None:
        """Keep it, replacing what was there."""


def read_recipes(content: bytes | None) -> dict[str, Recipe]:
    """Recipes by rule and kinds; none where the bytes are missing or damaged."""
    try:
        recipes = msgspec.json.decode(content or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return recipes if isinstance(recipes, dict) else {}


def write_recipes(recipes: dict[str, Recipe]) -> bytes:
    """The bytes for the newest `MAX_RECIPES` of them; the order is that in which they were learned."""
    fit = [(key, recipe) for key, recipe in recipes.items() if len(key) <= MAX_KINDS]
    lines = ",\n".join(
        f"{json.dumps(key)}:{json.dumps(recipe, separators=(',', ':'))}" for key, recipe in fit[-MAX_RECIPES:]
    )
    return f"{{\n{lines}\n}}\n".encode()
