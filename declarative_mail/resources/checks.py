"""The checks of single values that the models name, each a function that gives the value back or raises.

A check raises `PydanticCustomError` whose type is the identifier of a diagnostic code; `check` makes the diagnostic
of it.
"""

from __future__ import annotations

from collections.abc import Callable

from pydantic_core import PydanticCustomError

from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.diagnostics.model import Code
from declarative_mail.resources.mailbox import MailboxError, address_fault, parse_mailbox
from declarative_mail.resources.text_forms import FormError, is_host, parse_duration, parse_rate, parse_smtp_uri

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


def check_address(text: str) -> str:
    """An e-mail address alone, without a display name."""
    why = address_fault(text)
    if why is None:
        return text
    try:
        bare = parse_mailbox(text).address
    except MailboxError:
        raise fault(codes.INVALID_ADDRESS, f'"{text}" is no e-mail address. {why}') from None
    detail = f'"{text}" is a mailbox with a display name; here stands the address alone.'
    raise fault(codes.INVALID_ADDRESS, detail, f'did you mean "{bare}"?')


def check_envelope(text: str) -> str:
    """An e-mail address, or an empty text."""
    # The null reverse-path of RFC 5321 section 4.5.5: nobody is told of what cannot be delivered.
    return text and check_address(text)


def check_host(text: str) -> str:
    """A host name or an IP address, without a port and without a scheme."""
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


def check_identifier(text: str) -> str:
    """What Harness takes for an identifier."""
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


def check_pem(text: str) -> str:
    """The text of a certificate, not the path of its file."""
    if "-----BEGIN CERTIFICATE-----" in text and "-----END CERTIFICATE-----" in text:
        return text
    hint = 'did you mean file("…")? The attribute holds the text, not the path.' if "\n" not in text.strip() else None
    detail = "It is no certificate in PEM form: a text with -----BEGIN CERTIFICATE----- and -----END CERTIFICATE-----."
    raise fault(codes.INVALID_PEM, detail, hint)


def check_url(text: str) -> str:
    """A web address."""
    scheme, separator, rest = text.partition("://")
    if separator and scheme.lower() in ("http", "https") and rest and not rest.startswith("/") and " " not in text:
        return text
    raise fault(codes.INVALID_URL, f'"{text}" is no web address: it starts with https:// or http:// and a host.')


def check_network(text: str) -> str:
    """An IP address, or a network in CIDR form."""
    from ipaddress import ip_network

    try:
        ip_network(text, strict=False)
    except ValueError:
        raise fault(codes.INVALID_NETWORK, f'"{text}" is no IP address and no network such as 192.0.2.0/24.') from None
    return text


def check_positive(text: str) -> str:
    """A duration above zero."""
    if parse_duration(text) <= 0:
        raise fault(codes.INVALID_DURATION, f'"{text}" is no time at all: the duration must be above zero.')
    return text


def check_horizon(text: str) -> str:
    """A day, or a duration above zero."""
    from datetime import date

    if len(text) == 10 and text[4] == "-":
        try:
            date.fromisoformat(text)
        except ValueError:
            raise fault(codes.INVALID_DURATION, f'"{text}" is no day of the calendar.') from None
        return text
    return check_positive(check_duration(text))


check_duration = _formed(codes.INVALID_DURATION, "duration", parse_duration)
check_uri = _formed(codes.INVALID_URI, "SMTP URI", parse_smtp_uri)
check_mailbox = _formed(codes.INVALID_MAILBOX, "mailbox", parse_mailbox)
check_rate = _formed(codes.INVALID_RATE, "rate", parse_rate)
