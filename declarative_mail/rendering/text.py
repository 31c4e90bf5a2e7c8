"""Text as columns on a terminal: control characters made visible, wide ones counted as two, long lines wrapped."""

from __future__ import annotations

from unicodedata import category, combining, east_asian_width

TAB = 4
"""A tab in an excerpt, in columns. Fixed, since carets below it have to meet it."""

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def visible(character: str) -> str:
    r"""The character, or its escape (``\x1b``, ``\u202e``) where it could move the cursor, hide or reverse text."""
    if category(character) not in _HIDDEN:
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def neutralise(text: str) -> str:
    """The text without control characters; newlines stay, tabs become spaces."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(one if one == "\n" else " " * TAB if one == "\t" else visible(one) for one in text)


def width_of(text: str) -> int:
    """How many columns a neutralised text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if combining(character) or category(character) in {"Mn", "Me"}:
        return 0
    return 2 if east_asian_width(character) in {"W", "F"} else 1


def wrap(text: str, width: int) -> list[str]:
    """The lines of a text, each of at most `width` columns where its words allow.

    A line that begins with a space is never wrapped: it is a command or a quotation to be copied.
    """
    return [part for line in text.split("\n") for part in ([line] if line.startswith(" ") else _fill(line, width))]


def _fill(line: str, width: int) -> list[str]:
    lines = [""]
    for word in line.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if width_of(joined) <= width or not lines[-1]:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def hang(prefix: str, text: str, width: int) -> list[str]:
    """A wrapped text behind a prefix; the further lines are indented to where the first began."""
    indent = " " * width_of(prefix)
    lines = wrap(text, max(width - len(indent), 20))
    return [f"{indent if number else prefix}{line}".rstrip() for number, line in enumerate(lines)]


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """``1 error``, ``2 errors``"""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
