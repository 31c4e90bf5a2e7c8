"""What follows and what must hold in ``connection_test``."""

from __future__ import annotations

from collections.abc import Iterable

from declarative_mail.addresses import Address
from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.language.types import NUMBER
from declarative_mail.language.values import Unknown
from declarative_mail.resources.base import Fault, Values


def complete_port(values: Values, _address: Address) -> Iterable[Fault]:
    """The ports of RFC 8314 section 7.2 and RFC 9051 section 2."""
    encryption = values.get("encryption", "tls")
    if not isinstance(encryption, Unknown):
        values.setdefault("port", 993 if encryption == "tls" else 143)
    else:
        values.setdefault("port", Unknown(NUMBER))
    return ()


def needs_recipient(values: Values) -> Iterable[Fault]:
    """A recipient, a message and a receipt need somebody to write to."""
    required, to = values.get("require"), values.get("to")
    wanted = [stage for stage in ("recipient", "message") if isinstance(required, list) and stage in required]
    if wanted and to is None:
        detail = f'require names "{wanted[0]}", but there is no recipient to try. Set to = "…".'
        yield Fault(codes.INCOMPLETE_ATTRIBUTES, ("require",), detail)
    if values.get("receipt") is not None and to is None:
        detail = 'receipt looks for a message, but to is not set, so none is sent. Set to = "…" as well.'
        yield Fault(codes.INCOMPLETE_ATTRIBUTES, ("receipt",), detail)


def examine_remote(values: Values) -> Iterable[Fault]:
    """A remote that tests tells one thing: whether its message was taken."""
    if values.get("via") != "remote":
        return
    if values.get("to") is None:
        detail = 'via = "remote" lets the remote send a message, but it is not said to whom. Set to = "…".'
        yield Fault(codes.INCOMPLETE_ATTRIBUTES, ("via",), detail)
    required = values.get("require")
    others = [stage for stage in required if stage != "message"] if isinstance(required, list) else []
    if others:
        detail = (
            f'A remote tells only whether its message was taken, so nothing can prove "{others[0]}". '
            'Set require = ["message"], or via = "local".'
        )
        related = ((("via",), "tested by the remote"),)
        yield Fault(codes.CONFLICTING_ATTRIBUTES, ("require",), detail, related=related)
    if values.get("receipt") is not None:
        detail = (
            "The message that a remote sends has a Message-ID that nobody here knows, so it cannot be looked for. "
            'Remove receipt, or set via = "local".'
        )
        yield Fault(codes.CONFLICTING_ATTRIBUTES, ("receipt",), detail, related=((("via",), "sent by the remote"),))
