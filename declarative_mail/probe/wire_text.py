"""Bytes of a stranger as text that is safe to show, store and compare."""

from __future__ import annotations

from unicodedata import category

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def harmless(raw: bytes) -> str:
    r"""The text of one line: UTF-8, or Latin-1 where it is not, with everything that is not ordinary text as an escape.

    Escapes look like ``\x1b`` and ``\u202e``: what could move a cursor, hide or reverse words, or end a line is shown,
    not done. A tab becomes a space.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def wire_bytes(text: str) -> bytes:
    """Text for the wire: UTF-8, and bytes that the environment gave us undecoded as they were.

    Raises:
        UnicodeEncodeError: a lone surrogate that stands for no byte.
    """
    return text.encode("utf-8", "surrogateescape")


def wire_host(host: str) -> str:
    """A host name as DNS and TLS know it: internationalised labels as A-labels (IDNA 2008).

    Raises:
        UnicodeError: the name cannot be written so.
    """
    if host.isascii():
        return host
    import idna

    return idna.encode(host, uts46=True).decode("ascii")


def _shown(character: str) -> str:
    if character == "\t":
        return " "
    if category(character) not in _HIDDEN:
        return character
    return character.encode("unicode_escape").decode("ascii")
