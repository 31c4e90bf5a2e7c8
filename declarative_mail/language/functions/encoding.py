"""base64decode base64encode base64gzip jsondecode jsonencode textdecodebase64 textencodebase64 urlencode"""

from __future__ import annotations

import base64
import re

from declarative_mail.language.functions.arguments import shown
from declarative_mail.language.functions.json_text import decode_json, encode_json
from declarative_mail.language.functions.model import MAX_TEXT, Function, FunctionError, Parameter, too_large
from declarative_mail.language.functions.text_encodings import TextCodec, find_codec
from declarative_mail.language.marks import unmark, with_marks
from declarative_mail.language.sets import quoted
from declarative_mail.language.types import (
    DYNAMIC,
    STRING,
)
from declarative_mail.language.values import Unknown, Value, is_wholly_known

_LINE_BREAKS = str.maketrans("", "", "\r\n")
_LETTERS = re.compile(r"[A-Za-z0-9+/]*")
_PADDING = {0: "", 2: "==", 3: "="}

MAX_EXACT = 256 * 1024
"""Bytes that are packed as Terraform packs them; longer texts go to zlib, whose bytes differ but mean the same."""

_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST_BLOCK = b"\x01\x00\x00\xff\xff"


def decode_base64(text: str) -> bytes:
    """The bytes of a Base64 text (RFC 4648 section 4); line breaks do not count, padding does.

    Raises:
        ValueError: it is none; the argument is the index of the first character at fault.
    """
    plain = text.translate(_LINE_BREAKS)
    letters = _LETTERS.match(plain)
    count = letters.end() if letters else 0
    if plain[count:] != _PADDING.get(count % 4, "?"):
        raise ValueError(count if count < len(plain) and plain[count] != "=" else count - count % 4)
    return base64.b64decode(plain)


def base64_encode(text: str) -> Value:
    """The UTF-8 bytes of the string in Base64."""
    return encoded_base64(text.encode())


def encoded_base64(data: bytes) -> str:
    """Bytes in Base64, with padding and on one line."""
    return base64.b64encode(data).decode("ascii")


def base64_decode(text: Value) -> Value:
    """The string whose UTF-8 bytes are given in Base64."""
    bare, marks = unmark(text)
    if not isinstance(bare, str):
        return with_marks(Unknown(STRING, not_null=True), marks)
    try:
        data = decode_base64(bare)
    except ValueError:
        raise FunctionError(None, f"failed to decode base64 data {shown(text)}") from None
    try:
        return with_marks(data.decode(), marks)
    except UnicodeDecodeError:
        raise FunctionError(None, "the result of decoding the provided string is not valid UTF-8") from None


def base64_gzip(text: str) -> Value:
    """The string packed by gzip, in Base64: without a time, flushed, and closed by an empty block."""
    import zlib

    from declarative_mail.language.functions.deflate import deflate

    data = text.encode()
    if len(data) <= MAX_EXACT:
        packed = deflate(data)
    else:
        packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)
    trailer = zlib.crc32(data).to_bytes(4, "little") + (len(data) % 2**32).to_bytes(4, "little")
    return encoded_base64(_GZIP_HEADER + packed + _LAST_BLOCK + trailer)


def _codec(name: str) -> TextCodec:
    codec = find_codec(name)
    if codec is None:
        raise FunctionError(1, f"{quoted(name)} is not a supported IANA encoding name or alias")
    return codec


def text_encode_base64(text: str, encoding: str) -> Value:
    """The bytes of the string in an encoding, in Base64."""
    codec = _codec(encoding)
    data = codec.encode(text)
    if data is None:
        raise FunctionError(0, f"the given string contains characters that cannot be represented in {codec.name}")
    return encoded_base64(data)


def text_decode_base64(source: str, encoding: str) -> Value:
    """The string whose bytes in an encoding are given in Base64."""
    codec = _codec(encoding)
    try:
        data = decode_base64(source)
    except ValueError as error:
        raise FunctionError(0, f"the given value has an invalid base64 symbol at offset {error}") from None
    text = codec.decode(data)
    if text is None:
        raise FunctionError(0, f"the given string contains symbols that are not defined for {codec.name}")
    return text


def url_encode(text: str) -> Value:
    """The string as part of a query in a URL: a blank becomes ``+``."""
    from urllib.parse import quote_plus

    if len(text) * 3 > MAX_TEXT:
        raise too_large(len(text) * 3, MAX_TEXT, "characters")
    return quote_plus(text, safe="")


def json_encode(val: Value) -> Value:
    """The value as JSON."""
    return encode_json(val) if is_wholly_known(val) else Unknown(STRING)


def json_decode(text: str) -> Value:
    """What the JSON text describes."""
    return decode_json(text)


_STR = Parameter("str", STRING)
_ENCODING = Parameter("encoding", STRING)

FUNCTIONS = (
    Function(
        name="base64decode",
        parameters=(Parameter("str", STRING, allow_unknown=True, allow_marked=True),),
        returns=STRING,
        category="encoding",
        help="The string that a Base64 text stands for.",
        example='base64decode("SGVsbG8gV29ybGQ=")',
        impl=base64_decode,
    ),
    Function(
        name="base64encode",
        parameters=(_STR,),
        returns=STRING,
        category="encoding",
        help="The string in Base64.",
        example='base64encode("Hello World")',
        impl=base64_encode,
    ),
    Function(
        name="base64gzip",
        parameters=(_STR,),
        returns=STRING,
        category="encoding",
        help="The string packed by gzip and in Base64.",
        example='base64gzip("Hello World")',
        impl=base64_gzip,
    ),
    Function(
        name="jsondecode",
        parameters=(_STR,),
        returns=DYNAMIC,
        category="encoding",
        help="The value that a JSON text describes.",
        example='jsondecode("{\\"hello\\": \\"world\\"}")',
        impl=json_decode,
        may_be_null=True,
    ),
    Function(
        name="jsonencode",
        parameters=(Parameter("val", DYNAMIC, allow_null=True, allow_unknown=True, allow_dynamic=True),),
        returns=STRING,
        category="encoding",
        help="The value as a JSON text.",
        example='jsonencode({ hello = "world" })',
        impl=json_encode,
    ),
    Function(
        name="textdecodebase64",
        parameters=(Parameter("source", STRING), _ENCODING),
        returns=STRING,
        category="encoding",
        help="The string whose bytes in an encoding are given in Base64.",
        example='textdecodebase64("SABlAGwAbABvAA==", "UTF-16LE")',
        impl=text_decode_base64,
    ),
    Function(
        name="textencodebase64",
        parameters=(Parameter("string", STRING), _ENCODING),
        returns=STRING,
        category="encoding",
        help="The bytes of a string in an encoding, in Base64.",
        example='textencodebase64("Hello World", "UTF-16LE")',
        impl=text_encode_base64,
    ),
    Function(
        name="urlencode",
        parameters=(_STR,),
        returns=STRING,
        category="encoding",
        help="The string with all that is special in a URL escaped.",
        example='urlencode("Hello World!")',
        impl=url_encode,
    ),
)
