"""The types that fields of the models have: each with its check and the marks that `schema` reads.

A check raises `PydanticCustomError` whose type is the identifier of a diagnostic code; `decode` makes the diagnostic
of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, Field, Strict
from pydantic_core import PydanticCustomError

from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.diagnostics.model import Code
from declarative_mail.resources.leaves import Reference
from declarative_mail.resources.mailbox import MailboxError, address_fault, parse_mailbox
from declarative_mail.resources.markers import ReferenceMark, SecretMark, SetMark
from declarative_mail.resources.text_forms import FormError, is_host, parse_duration, parse_rate, parse_smtp_uri
from declarative_mail.secrets import Secret

T = TypeVar("T")

RESERVED_IDENTIFIERS = frozenset((
    "account", "and", "class", "div", "eq", "false", "ge", "gt", "le", "lt", "mod", "ne", "new", "not",
    "null", "or", "org", "parallel", "return", "shellScriptProvisioner", "step", "stepGroup", "true", "var",
))  # fmt: skip
"""Words that Harness refuses as identifiers because its expressions use them."""


def fault(code: Code, detail: str, help: str | None = None) -> PydanticCustomError:  # noqa: A002 - named as in Diagnostic
    """A fault of one value, to be raised by a check."""
    return PydanticCustomError(code.id, "{detail}", {"detail": detail, "help": help})


def _formed(code: Code, noun: str, read: Callable[[str], object]) -> Callable[[str], str]:
    def check(text: str) -> str:
        try:
            read(text)
        except (FormError, MailboxError) as error:
            raise fault(code, f'"{text}" is no {noun}. {error}') from None
        return text

    return check


def _check_address(text: str) -> str:
    why = address_fault(text)
    if why is None:
        return text
    try:
        bare = parse_mailbox(text).address
    except MailboxError:
        raise fault(codes.INVALID_ADDRESS, f'"{text}" is no e-mail address. {why}') from None
    detail = f'"{text}" is a mailbox with a display name; here stands the address alone.'
    raise fault(codes.INVALID_ADDRESS, detail, f'did you mean "{bare}"?')


def _check_envelope(text: str) -> str:
    # The null reverse-path of RFC 5321 section 4.5.5: nobody is told of what cannot be delivered.
    return text and _check_address(text)


def _check_host(text: str) -> str:
    if is_host(text):
        return text
    if "://" in text:
        detail = f'"{text}" is a URL; host takes a name or an IP address alone. A URL stands in uri.'
        raise fault(codes.URL_IN_HOST, detail, _uri_instead(text))
    name, colon, port = text.replace(";", ":").rpartition(":")
    if colon and port.isdecimal() and is_host(name):
        detail = f'"{text}" holds a port; host takes a name or an IP address alone.'
        raise fault(
            codes.URL_IN_HOST,
            detail,
            f'did you mean host = "{name}" and port = {port}, or uri = "smtp://{name}:{port}"?',
        )
    if "@" in text:
        detail = f'"{text}" is an e-mail address; host is the name of the server that takes the mail.'
        raise fault(codes.INVALID_HOST, detail, "the address belongs into from_address or username")
    detail = f'"{text}" is no host name: it is made of letters, digits, hyphens and dots, without spaces.'
    raise fault(codes.INVALID_HOST, detail)


def _uri_instead(text: str) -> str | None:
    scheme, _, rest = text.partition("://")
    host = rest.split("/")[0]
    if scheme.lower() in ("smtp", "smtps"):
        return f'did you mean uri = "{scheme.lower()}://{host}"?'
    name = host.partition(":")[0]
    return f'did you mean host = "{name}"?' if is_host(name) else None


def _check_identifier(text: str) -> str:
    if text in RESERVED_IDENTIFIERS:
        raise fault(
            codes.INVALID_IDENTIFIER, f'"{text}" is a reserved word and cannot be an identifier.', f'try "{text}_"'
        )
    if _is_identifier(text):
        return text
    detail = (
        f'"{text}" is no identifier: it starts with a letter or _, goes on with letters, digits, _ and $, '
        "and has at most 128 characters."
    )
    raise fault(codes.INVALID_IDENTIFIER, detail, f'did you mean "{identifier_of(text)}"?')


def _is_identifier(text: str) -> bool:
    head = text[:1]
    return (
        (head.isalpha() or head == "_")
        and len(text) <= 128
        and text.isascii()
        and text.replace("$", "_").isidentifier()
    )


def identifier_of(name: str) -> str:
    """The identifier that a name has when it is given none: each character that is not allowed becomes ``_``.

    The form is Harness's, ``[a-zA-Z_][0-9a-zA-Z_$]{0,127}``; a reserved word gets ``_`` at its end.
    """
    text = "".join(c if c.isascii() and (c.isalnum() or c in "_$") else "_" for c in name[:128]) or "_"
    if not (text[0].isalpha() or text[0] == "_"):
        text = f"_{text}"[:128]
    return f"{text}_" if text in RESERVED_IDENTIFIERS else text


def _check_pem(text: str) -> str:
    if "-----BEGIN CERTIFICATE-----" in text and "-----END CERTIFICATE-----" in text:
        return text
    hint = 'did you mean file("…")? The attribute holds the text, not the path.' if "\n" not in text.strip() else None
    detail = "It is no certificate in PEM form: a text with -----BEGIN CERTIFICATE----- and -----END CERTIFICATE-----."
    raise fault(codes.INVALID_PEM, detail, hint)


def _check_url(text: str) -> str:
    scheme, separator, rest = text.partition("://")
    if separator and scheme.lower() in ("http", "https") and rest and not rest.startswith("/") and " " not in text:
        return text
    raise fault(codes.INVALID_URL, f'"{text}" is no web address: it starts with https:// or http:// and a host.')


def _check_network(text: str) -> str:
    from ipaddress import ip_network

    try:
        ip_network(text, strict=False)
    except ValueError:
        raise fault(codes.INVALID_NETWORK, f'"{text}" is no IP address and no network such as 192.0.2.0/24.') from None
    return text


def _check_positive(text: str) -> str:
    if parse_duration(text) <= 0:
        raise fault(codes.INVALID_DURATION, f'"{text}" is no time at all: the duration must be above zero.')
    return text


def _check_horizon(text: str) -> str:
    from datetime import date

    if len(text) == 10 and text[4] == "-":
        try:
            date.fromisoformat(text)
        except ValueError:
            raise fault(codes.INVALID_DURATION, f'"{text}" is no day of the calendar.') from None
        return text
    return _check_positive(_check_duration(text))


_check_duration = _formed(codes.INVALID_DURATION, "duration", parse_duration)

Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=128)]
Description: TypeAlias = Annotated[str, Field(max_length=1024)]
Identifier: TypeAlias = Annotated[str, AfterValidator(_check_identifier)]
Port: TypeAlias = Annotated[int, Field(ge=1, le=65535)]
Host: TypeAlias = Annotated[str, AfterValidator(_check_host)]
Uri: TypeAlias = Annotated[str, AfterValidator(_formed(codes.INVALID_URI, "SMTP URI", parse_smtp_uri))]
Url: TypeAlias = Annotated[str, AfterValidator(_check_url)]
Network: TypeAlias = Annotated[str, AfterValidator(_check_network)]
EmailAddress: TypeAlias = Annotated[str, AfterValidator(_check_address)]
EnvelopeAddress: TypeAlias = Annotated[str, AfterValidator(_check_envelope)]
MailboxText: TypeAlias = Annotated[str, AfterValidator(_formed(codes.INVALID_MAILBOX, "mailbox", parse_mailbox))]
Certificate: TypeAlias = Annotated[str, AfterValidator(_check_pem)]
Duration: TypeAlias = Annotated[str, AfterValidator(_check_duration), AfterValidator(_check_positive)]
DurationOrZero: TypeAlias = Annotated[str, AfterValidator(_check_duration)]
Horizon: TypeAlias = Annotated[str, AfterValidator(_check_horizon)]
RateLimit: TypeAlias = Annotated[str, AfterValidator(_formed(codes.INVALID_RATE, "rate", parse_rate))]

Sequence: TypeAlias = Annotated[tuple[T, ...], Strict(False)]
SetOf: TypeAlias = Annotated[tuple[T, ...], Strict(False), SetMark()]
EmailSet: TypeAlias = Annotated[tuple[EmailAddress, ...], Strict(False), SetMark(fold=True)]

SecretValue: TypeAlias = Annotated[Secret | Reference, SecretMark()]
ServerReference: TypeAlias = Annotated[Reference, ReferenceMark("smtp_server")]
GroupReference: TypeAlias = Annotated[Reference, ReferenceMark("user_group")]

Encryption: TypeAlias = Literal["none", "starttls", "starttls_if_offered", "tls"]
