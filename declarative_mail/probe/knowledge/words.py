"""Words in somebody else's text: a phrase as whole words, without regard to case."""

from __future__ import annotations

import re
from functools import cache


@cache
def phrase(words: str) -> re.Pattern[str]:
    """A pattern that finds the words where they stand by themselves: ``spam`` is not found in ``spamhaus``.

    Args:
        words: in lower case; the text to be searched must be, too.
    """
    before = r"(?<!\w)" if words[:1].isalnum() else ""
    after = r"(?!\w)" if words[-1:].isalnum() else ""
    return re.compile(f"{before}{re.escape(words)}{after}")
