"""The tree of a text as bytes, and back: a fifth of the time of reading the text again.

msgspec writes the nodes as arrays and makes them again, without a step of Python for each; of a span only its two
offsets are written. What is kept between runs is sealed besides: only who has the text can read its tree, so that the
cache, which a CI job may pass on, tells nothing of what stands in a file. It keeps no secret in any case
(`clear_secrets`); a cipher of the library that encrypts states would take longer to import than a tree to read.
"""

from __future__ import annotations

import zlib
from hashlib import blake2b, sha256, shake_256
from typing import Any

from msgspec import DecodeError
from msgspec.json import Decoder, Encoder

from declarative_mail.diagnostics import Source
from declarative_mail.language.numeric import NumberRangeError, parse_number
from declarative_mail.language.stored import FORMAT
from declarative_mail.language.syntax import Body

_PERSON = f"tree-{FORMAT}".encode()
_PER_CHARACTER = 100
"""More bytes than this for each character of its text no tree has."""


def tree_name(source: Source) -> str:
    """What the tree of a text is kept under."""
    return f"tree-{FORMAT}-{sha256(_encoded(source.text)).hexdigest()}"


def seal_tree(body: Body) -> bytes:
    """A tree as it is kept.

    Raises:
        RecursionError, UnicodeEncodeError: it is too deep, or holds half a character; then it cannot be.
    """
    return _crypt(body.span.source.text, zlib.compress(write_tree(body), 1))


def unseal_tree(content: bytes | None, source: Source) -> Body | None:
    """The tree of a text as it was kept, None where the bytes are missing, damaged or another text's."""
    if content is None:
        return None
    unpack = zlib.decompressobj()
    try:
        tree = unpack.decompress(_crypt(source.text, content), _PER_CHARACTER * len(source.text))
    except zlib.error:
        return None
    return read_tree(tree, source) if unpack.eof else None


def write_tree(body: Body) -> bytes:
    """The bytes of a tree, everything that stands in it in clear.

    Raises:
        RecursionError, UnicodeEncodeError: it is too deep, or holds half a character.
    """
    # The methods of two dicts serve as hooks: they are called for every span, and a function of Python's would take
    # as long as all else.
    return Encoder(enc_hook={body.span.source: 0}.get, decimal_format="number").encode(body)


def read_tree(content: bytes, source: Source) -> Body | None:
    """The tree over a text, None where the bytes are damaged."""
    of_type: dict[type, Any] = {Source: source}
    try:
        return Decoder(Body, dec_hook=of_type.get, float_hook=parse_number).decode(content)
    except (DecodeError, NumberRangeError, ValueError, RecursionError):
        return None


def _crypt(text: str, content: bytes) -> bytes:
    """The content under a stream that only the text gives; the same again takes it off."""
    key = blake2b(_encoded(text), person=_PERSON).digest()
    stream = shake_256(key).digest(len(content))
    mixed = int.from_bytes(content, "little") ^ int.from_bytes(stream, "little")
    return mixed.to_bytes(len(content), "little")


def _encoded(text: str) -> bytes:
    return text.encode(errors="surrogatepass")
