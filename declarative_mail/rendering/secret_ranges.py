"""What must be blanked in an excerpt even when nobody marked it: a literal behind a name that says secret.

A fault on the same line, such as a string that is not closed, is found before anything knows what the attribute means.
Here the text alone decides, and it is better to blank too much.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from declarative_mail.diagnostics import Source, Span

_NAMED = re.compile(
    r"""(?i)\b\w*(?:password|passphrase|passwd|secret|token|api_?key|private_?key|integration_?key|webhook_?url)"?"""
    r"""\s*[=:]\s*"((?:[^"\\$]|\\.|\$(?!\{))+)"""
)
_VALUE = re.compile(r'^\s*(?:value|default)\s*=\s*"((?:[^"\\$]|\\.|\$(?!\{))+)')
_BLOCK = re.compile(r"^[ \t]*(\w+)[^\n={}]*\{", re.MULTILINE)
_SENSITIVE = re.compile(r"^\s*sensitive\s*=\s*true\b", re.MULTILINE)
_URL_PASSWORD = re.compile(r"://[^/\s:@\"]*:([^/\s@\"]+)@")


def secret_ranges(source: Source, lines: Iterable[int]) -> Iterator[Span]:
    """The ranges on these lines (from 1) that look like literal secrets."""
    for number in lines:
        offset, text = source.line_starts[number - 1], source.line(number)
        patterns = (_NAMED, _URL_PASSWORD, _VALUE) if _in_secret_block(source, offset) else (_NAMED, _URL_PASSWORD)
        for pattern in patterns:
            for match in pattern.finditer(text):
                yield Span(source, offset + match.start(1), offset + match.end(1))


def _in_secret_block(source: Source, offset: int) -> bool:
    """Whether the nearest block header above is that of a secret, or of a variable that is declared sensitive."""
    headers = list(_BLOCK.finditer(source.text, 0, offset))
    if not headers:
        return False
    kind, start = headers[-1][1], headers[-1].end()
    following = source.text.find("\n}", start)
    body = source.text[start : following if following >= 0 else len(source.text)]
    return kind == "secret" or (kind == "variable" and _SENSITIVE.search(body) is not None)
