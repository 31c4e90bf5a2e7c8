"""Tag lists, ``a=b; c=d``: the form of DKIM keys and DMARC records (RFC 6376, section 3.2; RFC 9989, section 4.8)."""

from __future__ import annotations

import re

_TAG = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)\s*=\s*(.*?)\s*", re.DOTALL)


def parse_tags(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """The tags in their order, names in lower case, and what is wrong with the list: no tags, or tags that stand twice.

    Of a tag that stands twice the first counts.
    """
    tags: dict[str, str] = {}
    faults: list[str] = []
    for part in text.split(";"):
        match = _TAG.fullmatch(part)
        if match is None:
            faults += [f'"{part.strip()}" is not a tag'] if part.strip() else []
        elif match[1].lower() in tags:
            faults.append(f'"{match[1]}" stands twice')
        else:
            tags[match[1].lower()] = match[2]
    return tags, tuple(faults)
