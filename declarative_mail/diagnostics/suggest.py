"""Did you mean: the nearest known name."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(wrong: str, known: Iterable[str]) -> str | None:
    """The known name that is nearest to a wrong one, or None where nothing is near enough."""
    from difflib import get_close_matches

    names = sorted(set(known))
    folded = {name.lower().replace("-", "_"): name for name in names}
    match = get_close_matches(wrong.lower().replace("-", "_"), folded, n=1, cutoff=0.6)
    return folded[match[0]] if match else None


def suggestion(wrong: str, known: Iterable[str]) -> str | None:
    """The same as a help text: ``did you mean "x"?``"""
    name = did_you_mean(wrong, known)
    return f'did you mean "{name}"?' if name else None
