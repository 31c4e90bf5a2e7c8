"""The canonical order of a set, so that two sets with the same elements are equal lists."""

from __future__ import annotations

from typing import Any

from declarative_mail.language.values import Unknown
from declarative_mail.resources.leaves import Plain
from declarative_mail.resources.stored import is_stored_leaf


def canonical_set(items: list[Plain], *, fold: bool = False) -> list[Plain]:
    """The elements without duplicates, in the order of their texts; those known only after apply stand last.

    Args:
        items: texts, references or unknowns.
        fold: texts that differ only by the case of letters are one element, the first of them in order.
    """
    found: list[Any] = sorted(set(items)) if set(map(type, items)) == {str} else _mixed(items)
    return _folded(found) if fold else found


def stored_set(items: list[Any], *, fold: bool = False) -> list[Any]:
    """The same for elements in stored form: texts, and leaves that stand for a reference."""
    known = {next(map(str, item.values())) if is_stored_leaf(item) else str(item): item for item in items}
    found = [known[text] for text in sorted(known)]
    return _folded(found) if fold else found


def _folded(found: list[Any]) -> list[Any]:
    by_folded: dict[Any, Plain] = {}
    for item in found:
        by_folded.setdefault(item.casefold() if isinstance(item, str) else item, item)
    return found if len(by_folded) == len(found) else list(by_folded.values())


def _mixed(items: list[Plain]) -> list[Plain]:
    known = {str(item): item for item in items if not isinstance(item, Unknown)}
    unknown = [item for item in items if isinstance(item, Unknown)]
    return [known[text] for text in sorted(known)] + sorted(unknown, key=lambda one: one.path)
