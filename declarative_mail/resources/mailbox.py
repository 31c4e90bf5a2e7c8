"""E-mail addresses and mailboxes: are they well-formed, and what are their parts. No DNS is asked."""

from __future__ import annotations

import re

from msgspec import Struct

# RFC 5321 section 4.1.2 (dot-string, domain) with the lengths of section 4.5.3.1. Nearly every address is of this
# form, and a match costs a microsecond, where email-validator costs fifty and its import ten thousand.
_ORDINARY = re.compile(
    r"(?=.{3,254}\Z)(?=[^@]{1,64}@)"
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
# RFC 5322 section 3.4: a phrase of quoted strings and atoms (dots as in obs-phrase, letters as in RFC 6532), then
# <addr-spec>.
_QUOTED = r'"(?:[^"\\\x00-\x1f]|\\[^\x00-\x1f])*"'
# Possessive (++): words need no space between them, so a text without < would be split in 2^n ways.
_WORD = r"[^\s\x00-\x1f()<>\[\]:;@\\,\"]++"
_NAMED = re.compile(rf"(?P<phrase>(?:{_QUOTED}|{_WORD})(?:\s*(?:{_QUOTED}|{_WORD}))*)?\s*<(?P<address>[^<>]*)>")
_ESCAPED = re.compile(r"\\(.)")


class MailboxError(ValueError):
    """A text is no mailbox; the message is a whole sentence that says why."""


class Mailbox(Struct, frozen=True):
    """One mailbox: ``Deploys <deploys@example.com>``.

    Args:
        name: the display name, empty where there is none.
        address: the address alone, as written.
    """

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The part after the last ``@``, in lower case."""
        return self.address.rpartition("@")[2].lower()


def address_fault(text: str) -> str | None:
    """Why this is no e-mail address (local-part@domain, nothing else), as a whole sentence; None where it is one."""
    if _ORDINARY.fullmatch(text):
        return None
    if "@" not in text:
        return "It has no @; the form is name@domain."
    return _thorough_fault(text)


def _thorough_fault(text: str) -> str | None:
    """The verdict of email-validator, which knows internationalised addresses and quoted local parts."""
    from email_validator import EmailNotValidError, validate_email

    try:
        # Names such as .test or a bare host are a site's own business: it is its server that must know them.
        validate_email(
            text,
            check_deliverability=False,
            allow_quoted_local=True,
            globally_deliverable=False,
            test_environment=True,
            strict=True,
        )
    except EmailNotValidError as error:
        return str(error)
    return None


def parse_mailbox(text: str) -> Mailbox:
    """Read one mailbox: an address, alone or as ``Name <address>`` (RFC 5322 section 3.4).

    Raises:
        MailboxError: it is something else.
    """
    text = text.strip()
    match = _NAMED.fullmatch(text)
    if match is None and ("<" in text or ">" in text):
        raise MailboxError(_why_not_named(text))
    address = match["address"].strip() if match else text
    fault = address_fault(address)
    if fault:
        raise MailboxError(fault if match is None else f'In "{address}": {fault}')
    return Mailbox(_unquote(match["phrase"] or "") if match else "", address)


def _why_not_named(text: str) -> str:
    if text.count("<") > 1 or text.count("@") > 1:
        return "It holds more than one address; a mailbox is one."
    if re.search(r"[,;:()@\[\]\\]", text.partition("<")[0]):
        return 'A name with any of , ; : ( ) @ [ ] \\ in it stands in quotes: "Deploys, Inc." <deploys@example.com>.'
    return "The form is Name <address>, with one pair of angle brackets at the end."


def _unquote(phrase: str) -> str:
    words = re.findall(rf"{_QUOTED}|{_WORD}", phrase)
    return " ".join(_ESCAPED.sub(r"\1", word[1:-1]) if word.startswith('"') else word for word in words)
