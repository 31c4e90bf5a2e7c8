"""base64sha256 base64sha512 md5 sha1 sha256 sha512, and the same of a file's content"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from declarative_mail.language.functions.encoding import encoded_base64
from declarative_mail.language.functions.model import CallContext, Function, FunctionError, Parameter
from declarative_mail.language.functions.paths import file_path, reason
from declarative_mail.language.sets import quoted
from declarative_mail.language.types import STRING
from declarative_mail.language.values import Value


def _digest(algorithm: str, data: bytes) -> bytes:
    return hashlib.new(algorithm, data, usedforsecurity=False).digest()


def _of_text(name: str, algorithm: str, encode: Callable[[bytes], str], form: str) -> Function:
    def impl(text: str) -> Value:
        return encode(_digest(algorithm, text.encode()))

    return Function(
        name=name,
        parameters=(Parameter("str", STRING),),
        returns=STRING,
        category="crypto",
        help=f"The {_NAMES[algorithm]} digest of a string, {form}.",
        example=f'{name}("hello world")',
        impl=impl,
    )


def _of_file(name: str, algorithm: str, encode: Callable[[bytes], str], form: str) -> Function:
    def impl(path: str, *, context: CallContext) -> Value:
        try:
            data = context.read_file(file_path(path, context))
        except OSError as error:
            raise FunctionError(None, f"cannot read {quoted(path)}: {reason(error)}") from None
        return encode(_digest(algorithm, data))

    return Function(
        name=name,
        parameters=(Parameter("path", STRING),),
        returns=STRING,
        category="crypto",
        help=f"The {_NAMES[algorithm]} digest of a file's content, {form}.",
        example=f'{name}("body.txt")',
        impl=impl,
        uses=("context",),
        reads_files=True,
    )


_NAMES = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "sha512": "SHA-512"}
_HEX = "in hexadecimal"
_BASE64 = "in Base64"

FUNCTIONS = (
    *[_of_text(name, name, bytes.hex, _HEX) for name in _NAMES],
    *[_of_file(f"file{name}", name, bytes.hex, _HEX) for name in _NAMES],
    *[_of_text(f"base64{name}", name, encoded_base64, _BASE64) for name in ("sha256", "sha512")],
    *[_of_file(f"filebase64{name}", name, encoded_base64, _BASE64) for name in ("sha256", "sha512")],
)
