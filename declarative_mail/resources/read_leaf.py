"""Reads one value: a text, number or flag is converted, a secret wrapped, a resource becomes a reference."""

from __future__ import annotations

import re
from decimal import Decimal

from declarative_mail.addresses import Address
from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.language.convert import ConversionError, convert, convertible
from declarative_mail.language.types import BOOL, NUMBER, STRING, Type
from declarative_mail.language.values import Marked, Null, Unknown, Value
from declarative_mail.resources.draft import FAULTY, Draft, is_literal
from declarative_mail.resources.leaves import Path, Plain, Reference, format_path
from declarative_mail.resources.places import place_of
from declarative_mail.resources.schema import AttributeSchema
from declarative_mail.resources.type_faults import article, refuse_leaf, wanted_leaf
from declarative_mail.secrets import Secret

_TARGETS: dict[str, Type] = {"text": STRING, "secret": STRING, "number": NUMBER, "flag": BOOL}
_PRIMITIVES = frozenset((str, bool, int, Decimal))
# An expression that the remote resolves itself is no secret: Harness's <+secrets.getValue("x")>, the agent's ${ .VAR }.
_REMOTE_EXPRESSION = re.compile(r"<\+.+>|\$\{\s*\.?\w+.*\}", re.DOTALL)
_ADDRESS_TEXT = re.compile(r"(?:data\.)?([a-z_]+)\.[A-Za-z_][\w-]*(?:\[.*\])?")


def read_leaf(draft: Draft, one: AttributeSchema, value: Value, path: Path) -> Plain:
    """The plain form of one value: None where it is null, `FAULTY` where it was refused."""
    if isinstance(value, Marked):
        if value.address is not None:
            return _resource(draft, one, value.address, path)
        if value.sensitive:
            return _sensitive(draft, one, value, path)
        value = value.value
    if value is None or isinstance(value, Null):
        return None
    if isinstance(value, Unknown):
        return _unknown(draft, one, value, path)
    if one.leaf == "reference":
        return _identifier(draft, one, value, path)
    plain = _converted(draft, one, value, path)
    return _clear_secret(draft, plain, path) if one.leaf == "secret" and plain is not FAULTY else plain


def _unknown(draft: Draft, one: AttributeSchema, value: Unknown, path: Path) -> Unknown:
    """A value that is known only after apply is kept, with its path, if its type can be right."""
    if one.leaf != "reference" and not convertible(value.type, _TARGETS[one.leaf]):
        return refuse_leaf(draft, one, value, path)
    draft.unknown = True
    return value


def _converted(draft: Draft, one: AttributeSchema, value: Value, path: Path) -> Plain:
    target = _TARGETS[one.leaf]
    if type(value) not in _PRIMITIVES:
        return refuse_leaf(draft, one, value, path)
    try:
        converted = convert(value, target)
    except ConversionError:
        return refuse_leaf(draft, one, value, path)
    if isinstance(converted, Decimal):
        return int(converted) if converted == converted.to_integral_value() else float(converted)
    return converted


# -- secrets ---------------------------------------------------------------------------------------


def _sensitive(draft: Draft, one: AttributeSchema, value: Marked, path: Path) -> Plain:
    if not one.sensitive:
        return refuse_sensitive(draft, one, path)
    inner = value.value
    if inner is None or isinstance(inner, Null):
        return None
    if isinstance(inner, Unknown):
        draft.sensitive.append(path)
        return _unknown(draft, one, inner, path)
    text = _converted(draft, one, inner, path)
    return text if text is FAULTY else _secret(draft, Secret(text, value.source or "expression"), path)


def _clear_secret(draft: Draft, text: str, path: Path) -> Plain:
    if text and not _REMOTE_EXPRESSION.fullmatch(text):
        _warn_of_clear_text(draft, path)
    return _secret(draft, Secret(text), path)


def _secret(draft: Draft, secret: Secret, path: Path) -> Plain:
    if not secret:
        detail = (
            f"{format_path(path)} is an empty text, which is no secret. Leave the attribute out where none is needed."
        )
        return draft.report(codes.EMPTY_SECRET, path, detail)
    draft.sensitive.append(path)
    return secret


def _warn_of_clear_text(draft: Draft, path: Path) -> None:
    span = place_of(draft.body, path)
    name = format_path(path)
    if is_literal(span.text):
        detail = (
            f"{name} is written out, so whoever reads this file or its history has the secret. "
            'Take it from the environment with env("NAME"), or from a variable that is sensitive, and change it.'
        )
        draft.warn_of_secret(codes.LITERAL_SECRET, span, detail)
    else:
        detail = (
            f"{name} gets a value that is not marked sensitive, so other places may show it. Declare the variable with "
            'sensitive = true, take it from env("NAME"), or wrap it in sensitive(…).'
        )
        draft.warn_of_secret(codes.UNMARKED_SECRET, span, detail)


def refuse_sensitive(draft: Draft, one: AttributeSchema, path: Path) -> Unknown:
    """A sensitive value where none may be kept."""
    detail = (
        f"{format_path(path)} gets a sensitive value, but it is stored in the state and shown in plans. "
        "If it is no secret, say so with nonsensitive(…); a plain value from the environment comes by a variable, "
        "DMAIL_VAR_name."
    )
    return draft.report(codes.SENSITIVE_ATTRIBUTE, path, detail, help=f"{one.name} = nonsensitive(…)")


# -- references ------------------------------------------------------------------------------------


def _resource(draft: Draft, one: AttributeSchema, address: Address, path: Path) -> Plain:
    name = format_path(path)
    if one.reference is None:
        detail = f"{name} takes {wanted_leaf(one)}; {address} is a whole resource."
        return draft.report(codes.WRONG_TYPE, path, detail, help=f"name one of its attributes, e.g. {address}.name")
    if address.type != one.reference:
        detail = f"{name} takes {article(one.reference)}; {address} is {article(address.type)}."
        return draft.report(codes.WRONG_REFERENCE, path, detail)
    draft.references[address] = None
    return Reference(address)


def _identifier(draft: Draft, one: AttributeSchema, value: Value, path: Path) -> Plain:
    if not isinstance(value, str):
        return refuse_leaf(draft, one, value, path)
    match = _ADDRESS_TEXT.fullmatch(value)
    if match and match[1] == one.reference:
        detail = (
            f'{format_path(path)} is the text "{value}". A text means something that is not managed here, by its '
            "identifier; "
            "a resource of this configuration is referred to without quotes."
        )
        return draft.report(codes.QUOTED_REFERENCE, path, detail, help=f"did you mean {value}?")
    if not value:
        detail = f"{format_path(path)} is an empty text. It takes {article(str(one.reference))} or an identifier."
        return draft.report(codes.INVALID_IDENTIFIER, path, detail)
    return Reference(identifier=value)
