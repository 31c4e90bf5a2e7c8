"""Reads the settings of a ``remote`` block into a record, with every fault at the place where it was written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import FieldInfo, fields, replace

from declarative_mail.diagnostics import Diagnostic, Label, Span, suggestion
from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.language.evaluated import EvaluatedBody
from declarative_mail.language.values import Marked, Unknown, Value, is_null
from declarative_mail.secrets import Secret

SHARED = ("default",)
"""Settings that a remote of any type has; whoever opens all remotes reads them."""

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_Settings = TypeVar("_Settings", bound=Struct)


class Block(Struct, frozen=True):
    """One ``remote`` block.

    Args:
        name: ``TYPE.LABEL``.
        body: its evaluated body.
        header: ``remote "type" "label"``.
        parallelism: calls at once at the most, whatever the block says; None: what it says.
    """

    name: str
    body: EvaluatedBody
    header: Span
    parallelism: int | None = None


def read_settings(block: Block, form: type[_Settings]) -> tuple[_Settings | None, list[Diagnostic]]:
    """The settings of a block as a record; None where some are wrong, and then every fault.

    Args:
        block: what was written.
        form: a record whose fields are of type str, bool, int, `Secret` or, for a length of time, float.
    """
    faults: list[Diagnostic] = []
    known = {one.name: one for one in fields(form)}
    given: dict[str, Any] = {}
    for name, attribute in block.body.attributes.items():
        if name in SHARED or is_null(attribute.value):
            continue
        if name not in known:
            detail = f"remote.{block.name} has no setting named {name}."
            help_ = suggestion(name, [*known, *SHARED])
            faults.append(Diagnostic(codes.REMOTE_SETTING, detail, Label(attribute.name_span), help=help_))
            continue
        try:
            given[name] = _converted(attribute.value, form.__annotations__[name])
        except ValueError as error:
            detail = f"{name} of remote.{block.name} {error}."
            faults.append(Diagnostic(codes.REMOTE_SETTING, detail, Label(attribute.span, secret=True)))
    faults += _missing(block, known)
    for nested in block.body.blocks:
        detail = f"A remote block of this type holds settings only, no {nested.type} block."
        faults.append(Diagnostic(codes.REMOTE_SETTING, detail, Label(nested.header)))
    return (None if faults else _capped(form(**given), block)), faults


def _capped(settings: _Settings, block: Block) -> _Settings:
    """The settings with no more calls at once than the command line allows."""
    own: int | None = getattr(settings, "parallelism", None)
    if own is None or block.parallelism is None:
        return settings
    return replace(settings, parallelism=min(own, block.parallelism))


def _missing(block: Block, known: Mapping[str, FieldInfo]) -> list[Diagnostic]:
    faults = []
    for name, one in known.items():
        attribute = block.body.attributes.get(name)
        absent = attribute is None or is_null(attribute.value)
        if absent and one.required:
            detail = f"remote.{block.name} needs the setting {name}."
            faults.append(Diagnostic(codes.REMOTE_SETTING, detail, Label(block.header)))
    return faults


def is_default(block: Block) -> tuple[bool, list[Diagnostic]]:
    """Whether ``default = true`` stands in the block."""
    attribute = block.body.attributes.get("default")
    if attribute is None or is_null(attribute.value):
        return False, []
    try:
        return bool(_converted(attribute.value, "bool")), []
    except ValueError as error:
        detail = f"default of remote.{block.name} {error}."
        return False, [Diagnostic(codes.REMOTE_SETTING, detail, Label(attribute.span, secret=True))]


def _converted(value: Value, kind: str) -> Any:
    """The value as the kind that a field is annotated with.

    Raises:
        ValueError: it is something else; the message follows the name of the setting.
    """
    source = value.source if isinstance(value, Marked) else "literal"
    plain = value.value if isinstance(value, Marked) else value
    if isinstance(plain, Unknown):
        # validate asks for no value from outside: the setting is there, what it is does not matter yet.
        return Secret("", source) if "Secret" in kind else {"str": "", "bool": False}.get(kind.partition(" ")[0], 1)
    if "Secret" in kind:
        if not isinstance(plain, str):
            raise ValueError('must be a text, e.g. env("API_TOKEN")')
        return Secret(plain, source)
    if isinstance(value, Marked) and value.sensitive:
        raise ValueError("must not be sensitive: it is shown")
    return _plain(plain, kind.split(" ", maxsplit=1)[0])


def _plain(plain: Value, kind: str) -> Any:
    match kind:
        case "str" if isinstance(plain, str):
            return plain
        case "bool" if isinstance(plain, bool):
            return plain
        case "int" if isinstance(plain, int) and not isinstance(plain, bool) and plain >= 1:
            return plain
        case "float":
            match = _DURATION.fullmatch(plain) if isinstance(plain, str) else None
            if match is not None and float(match[1]) > 0:
                return float(match[1]) * _SECONDS[match[2]]
    words = {
        "str": "a text",
        "bool": "true or false",
        "int": "a whole number from 1",
        "float": 'a length of time, e.g. "30s"',
    }
    raise ValueError(f"must be {words[kind]}")
