"""A secret that never shows itself.

`Secret` wraps a value that must not reach a terminal, a log, a state file or an exception text. Every way Python has of
turning an object into text (``str``, ``repr``, ``format``, ``json``, ``msgspec``, ``pickle``) shows a placeholder or
refuses. The value is opened with `Secret.reveal` in two places only: the SMTP conversation and a remote's wire form.
"""

from __future__ import annotations

from hmac import compare_digest
from typing import Never

PLACEHOLDER = "(sensitive value)"


class Secret:
    """A sensitive string and where it came from. It never changes.

    Neither a struct nor a dataclass: msgspec writes both as objects, with the value in clear.

    Args:
        value: the secret itself.
        source: how it is found again, e.g. ``env:SENDGRID_API_KEY``; ``literal`` where it stood in the configuration.
    """

    __slots__ = ("_value", "source")

    _value: str
    source: str

    def __init__(self, value: str, source: str = "literal") -> None:
        object.__setattr__(self, "_value", value)
        object.__setattr__(self, "source", source)

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError(f"a Secret does not change: {name}")

    def reveal(self) -> str:
        """The value. Only the SMTP conversation and the wire form of a remote may call this."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __repr__(self) -> str:
        return PLACEHOLDER

    def __format__(self, spec: str) -> str:
        return PLACEHOLDER

    def __reduce__(self) -> Never:
        raise TypeError("a Secret cannot be serialised")
