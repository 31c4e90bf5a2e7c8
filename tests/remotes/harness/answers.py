"""What endpoints answer with: data alone, or data with something beside it; and pages of lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.remotes.harness.refusals import error, internal_error

_One = TypeVar("_One")


@dataclass(frozen=True)
class Tagged:
    """Data with the version that its header ``ETag`` tells."""

    data: Any
    version: int


@dataclass(frozen=True)
class Bare:
    """A whole body, in no envelope of NextGen."""

    body: Any


def page(items: Sequence[Any], query: Mapping[str, str]) -> dict[str, Any]:
    """One page of a list, in the form of NextGen: 50 items unless ``pageSize`` says otherwise, at most 100."""
    index, size = int(query.get("pageIndex", 0)), int(query.get("pageSize", 50))
    content = list(items[index * size : (index + 1) * size])
    return {
        "totalPages": -(-len(items) // size) if size else 0,
        "totalItems": len(items),
        "pageItemCount": len(content),
        "pageSize": size,
        "content": content,
        "pageIndex": index,
        "empty": not content,
        "pageToken": None,
    }


def ordered(items: Iterable[_One], wanted: Iterable[str], keys: Mapping[str, Callable[[_One], Any]]) -> list[_One]:
    """Items by orders of the form ``name,ASC``, the first of which counts most.

    Args:
        items: what is listed.
        wanted: the orders.
        keys: what can be ordered by.

    Raises:
        Refusal: nothing can be ordered by that.
    """
    found = list(items)
    for one in reversed(list(wanted)):
        name, _, direction = one.partition(",")
        if name not in keys:
            raise error("INVALID_REQUEST", f"Cannot sort by {name}")
        found.sort(key=keys[name], reverse=direction == "DESC")
    return found


def matches(term: str, texts: Iterable[str]) -> bool:
    """Whether a pattern is found in one of some texts, in whatever case.

    Raises:
        Refusal: it is no pattern; nobody checks that before the database does.
    """
    try:
        return any(re.search(term, one, re.IGNORECASE) for one in texts)
    except re.error:
        raise internal_error() from None


def values_of(queries: Iterable[tuple[str, str]], name: str) -> list[str]:
    """All values of a parameter that may come several times."""
    return [value for label, value in queries if label == name]
