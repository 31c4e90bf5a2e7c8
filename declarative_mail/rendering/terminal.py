"""What the other side of the output can show, and the few styles that are used on it."""

from __future__ import annotations

from msgspec import Struct

_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
    "error": "1;31",
    "warning": "1;33",
}


class Terminal(Struct, frozen=True):
    """The properties of an output that rendering depends on; found out by `cli`, which may read the environment.

    Args:
        width: columns; text is wrapped to it.
        colour: ANSI styles may be used. No meaning rests on them: whoever turns them off loses nothing.
    """

    width: int = 100
    colour: bool = False

    def paint(self, text: str, style: str) -> str:
        """The text in a style (``bold``, ``dim``, a colour, ``error``, ``warning``), or as it is."""
        return f"\033[{_CODES[style]}m{text}\033[0m" if self.colour and text else text


PIPED = Terminal()
"""A file, a pipe or a CI log."""
