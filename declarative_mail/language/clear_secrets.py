"""Whether a file may hold a secret in clear text, in which case nothing of it is kept between runs.

A guess on the safe side, from names alone, since the parser knows no resource types: a text that is set to something
named like a secret. Better one file too many that is read again than a password in a cache that is copied about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeAlias

from declarative_mail.diagnostics import Span
from declarative_mail.language.syntax import Body, Call, Index, Literal, Object, Tuple

NamePredicate: TypeAlias = Callable[[str], bool]

_SECRET_WORDS = re.compile(
    r"passw|passphrase|secret|token|credential|webhook|apikey|(?:^|[_-])(?:pass|pwd|key|keys|pin|salt|dsn)(?:$|[_-])",
    re.IGNORECASE,
)
_CREDENTIALS_IN_ADDRESS = re.compile(r"://[^/\s@:]*:[^/\s@]+@")
_SOURCES = frozenset(("env", "secret_file", "secret_command", "file"))
"""Functions whose arguments say where a secret comes from, not what it is."""
_OF_SECRET_BLOCKS = frozenset(("value", "default"))
"""Arguments that hold the secret where the block is named like one: `value` of a secret, `default` of a variable."""


@cache
def named_like_secret(name: str) -> bool:
    """Whether something of this name is likely to be a secret: ``client_secret``, ``pass``, ``integration_key``."""
    return _SECRET_WORDS.search(name) is not None


def holds_secret(body: Body, is_secret: NamePredicate = named_like_secret) -> bool:
    """Whether a text stands in a body where a secret would stand, or an address with a password in it stands anywhere.

    Args:
        body: a file.
        is_secret: whether an argument, an element or a block of this name is taken to hold a secret.
    """
    return _in_body(body, is_secret, in_secret=False)


def _in_body(body: Body, is_secret: NamePredicate, *, in_secret: bool) -> bool:
    for name, attribute in body.attributes.items():
        secret = is_secret(name) or (in_secret and name in _OF_SECRET_BLOCKS)
        if _in_expression(attribute.expression, is_secret, secret=secret):
            return True
    return any(
        _in_body(
            block.body, is_secret, in_secret=any(map(is_secret, [block.type, *[one.text for one in block.labels]]))
        )
        for block in body.blocks
    )


def _in_expression(node: Any, is_secret: NamePredicate, *, secret: bool) -> bool:
    kind = type(node)
    if kind is Literal:
        text = node.value
        return isinstance(text, str) and (
            (secret and bool(text)) or ("://" in text and _CREDENTIALS_IN_ADDRESS.search(text) is not None)
        )
    if kind is Tuple:
        return any(_in_expression(item, is_secret, secret=secret) for item in node.items)
    match node:
        case Call(name=name) if name in _SOURCES:
            return False
        case Index(target=target):
            return _in_expression(target, is_secret, secret=secret)
        case Object(items=items):
            return any(
                _in_expression(value, is_secret, secret=secret or _is_secret_key(key, is_secret))
                for key, value in items
            )
    return any(_in_expression(child, is_secret, secret=secret) for child in _children(node))


def _is_secret_key(key: Any, is_secret: NamePredicate) -> bool:
    return isinstance(key, Literal) and isinstance(key.value, str) and is_secret(key.value)


def _children(node: Any) -> Iterator[Any]:
    """The nodes directly inside another."""
    for field in node.__struct_fields__:
        value = getattr(node, field)
        if isinstance(value, tuple):
            yield from value
        elif hasattr(value, "span") and not isinstance(value, Span):
            yield value
