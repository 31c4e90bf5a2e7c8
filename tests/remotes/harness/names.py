"""What identifiers and names may look like."""

from __future__ import annotations

import re

from tests.remotes.harness.refusals import failure

_IDENTIFIER = re.compile(r"[a-zA-Z_][0-9a-zA-Z_$]{0,127}")
_NAME = re.compile(r"[A-Za-z0-9\-_. /]{1,128}")
_WORDS = """or and eq ne lt gt le ge div mod not null true false new var return step parallel stepGroup org account
class shellScriptProvisioner"""
RESERVED = frozenset(re.findall(r"\w+", _WORDS))


def check_names(identifier: str, name: str, *, prefix: str = "") -> None:
    """Nothing, where an object may be called that.

    Args:
        identifier: which references use.
        name: which people read.
        prefix: of the fields in messages.

    Raises:
        Refusal: in the envelope of the validation.
    """
    if not _IDENTIFIER.fullmatch(identifier) or identifier in RESERVED:
        raise failure(
            "can be 128 characters long, of letters, digits, _ and $, and is none of the reserved words.",
            f"{prefix}identifier",
        )
    if not _NAME.fullmatch(name):
        raise failure("can be 128 characters long, of letters, digits, - _ . / and spaces.", f"{prefix}name")
