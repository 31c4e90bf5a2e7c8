"""What was found out about large values, so that it is not found out again for each of ten thousand instances.

``lookup(local.teams, each.key)`` asks of all teams whether they are known and whether one is sensitive. Values never
change, so the answers for the last few large ones are kept, together with the value itself, so that no other one can
take over its identity.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

LARGE = 256
"""From this many elements on an answer is worth keeping."""
_KEPT = 64

_answers: OrderedDict[tuple[str, int], tuple[object, Any]] = OrderedDict()


def remembered(question: str, items: object, find: Callable[[], T]) -> T:
    """The answer to a question about a large collection, found once while the collection is in use.

    Args:
        question: its name.
        items: the elements, a tuple or dict.
        find: works out the answer.
    """
    key = (question, id(items))
    kept = _answers.get(key)
    if kept is not None:
        answer: T = kept[1]
        return answer
    answer = find()
    _answers[key] = (items, answer)
    while len(_answers) > _KEPT:
        _answers.popitem(last=False)
    return answer
