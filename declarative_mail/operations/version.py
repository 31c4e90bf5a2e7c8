"""``required_version``: whether this program may work on a configuration."""

from __future__ import annotations

import re

from declarative_mail import __version__
from declarative_mail.diagnostics import Diagnostic, Label
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.configuration import Settings

_PART = re.compile(r"\s*(=|!=|>=|<=|>|<|~>)?\s*(\d+(?:\.\d+)*)\s*\Z")


def check_version(settings: Settings, diagnostics: list[Diagnostic]) -> None:
    """Report a constraint that this version does not meet, or that is none."""
    text, place = settings.required_version, settings.required_version_span
    if text is None or place is None:
        return
    matched = [_PART.match(part) for part in text.split(",")]
    if not all(matched):
        detail = f'"{text}" is not a version constraint. Write one like ">= 0.1" or "~> 0.1.0"; a comma joins several.'
    elif all(match is not None and satisfies(__version__, match[1] or "=", match[2]) for match in matched):
        return
    else:
        detail = (
            f"This configuration asks for dmail {text}, and this is dmail {__version__}. Install a version that fits."
        )
    diagnostics.append(Diagnostic(codes.REQUIRED_VERSION, detail, Label(place)))


def satisfies(version: str, operator: str, wanted: str) -> bool:
    """Whether a version meets one part of a constraint.

    ``~>`` lets the last given number grow, so that ``~> 1`` is ``>= 1`` (Terraform's rule).
    """
    have, want = _numbers(version), _numbers(wanted)
    match operator:
        case "=":
            return have == want
        case "!=":
            return have != want
        case ">=":
            return have >= want
        case "<=":
            return have <= want
        case ">":
            return have > want
        case "<":
            return have < want
    fixed = len(wanted.split(".")) - 1
    return have >= want and have[:fixed] == want[:fixed]


def _numbers(text: str) -> tuple[int, ...]:
    numbers = [int(part) for part in text.split(".")]
    return tuple(numbers + [0] * (4 - len(numbers)))
