"""The mailbox behind a receipt: an IMAP session (RFC 9051) of the few commands that a receipt needs.

The only user of imaplib. Every fault of it arrives as `MailboxFault`, whose words hold no credential.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from typing import Any

from msgspec import Struct

from declarative_mail.probe.receipt_records import ReceiptSettings
from declarative_mail.probe.wire_text import harmless

_HEADERS = "AUTHENTICATION-RESULTS RECEIVED DATE MESSAGE-ID"

# More is no header that a server in its right mind would keep.
_MOST_OCTETS = 262_144

_JUNK = re.compile(rb'\((?P<flags>[^)]*)\) (?:"(?:[^"\\]|\\.)*"|NIL) (?P<name>.+)', re.DOTALL)
_INTERNAL_DATE = re.compile(rb'INTERNALDATE "([^"]+)"')


class MailboxFault(Exception):  # noqa: N818 - a fault of the mailbox, or of the way to it
    """The mailbox cannot be looked at.

    Args:
        code: ``receipt_unreachable``, ``receipt_tls``, ``receipt_no_starttls``, ``receipt_login_refused``,
            ``receipt_no_mailbox`` or ``receipt_protocol``.
        detail: the server's words or the system's.
        is_lost: the session ended, and another may do better.
    """

    def __init__(self, code: str, detail: str, *, is_lost: bool = False) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.is_lost = is_lost


class Found(Struct, frozen=True):
    """A message that is there.

    Args:
        mailbox: where, quoted as the server wants it.
        uid: under which number.
        headers: those that tell of its journey.
        filed_at: when the server filed it.
        copies: how many of that id there are.
        is_junk: whether the mailbox is the one for junk.
    """

    mailbox: str
    uid: str
    headers: Message
    filed_at: datetime | None
    copies: int
    is_junk: bool


class Mailbox:
    """An open session, logged in.

    Args:
        settings: where and how.
        seconds_left: for the next command; 0 or less ends the session.
    """

    def __init__(self, settings: ReceiptSettings, seconds_left: Callable[[], float]) -> None:
        self._settings = settings
        self._seconds_left = seconds_left
        self._imap = self._opened()
        try:
            self._log_in()
            self._junk = self._junk_mailbox()
        except BaseException:
            self.close()
            raise

    def find(self, message_id: str) -> Found | None:
        """The newest message of that id, in the mailbox or, failing that, among the junk."""
        for name in dict.fromkeys([_quoted(self._settings.mailbox), *self._junk]):
            self._select(name, readonly=True)
            uids = self._ask("uid", "SEARCH", "HEADER", "Message-ID", _quoted(message_id))[-1].split()
            if uids:
                return self._fetched(name, uids[-1].decode("ascii"), len(uids))
        return None

    def delete(self, found: Found) -> bool:
        """Remove that message and no other; False where the server refuses, or can only remove all that is marked."""
        try:
            self._select(found.mailbox, readonly=False)
            if "UIDPLUS" not in self._capabilities():  # RFC 4315
                return False
            self._ask("uid", "STORE", found.uid, "+FLAGS.SILENT", r"(\Deleted)")
            self._ask("uid", "EXPUNGE", found.uid)
        except MailboxFault:
            return False
        return True

    def close(self) -> None:
        """Say good-bye if the server still listens, and close the connection in any case."""
        with suppress(imaplib.IMAP4.error, OSError, ValueError):
            self._limit()
            self._imap.logout()
        _shut(self._imap)

    def _opened(self) -> imaplib.IMAP4:
        settings, seconds = self._settings, max(self._seconds_left(), 0.001)
        try:
            if settings.encryption == "tls":
                context = self._context()
                return imaplib.IMAP4_SSL(settings.host, settings.effective_port, ssl_context=context, timeout=seconds)
            imap = imaplib.IMAP4(settings.host, settings.effective_port, timeout=seconds)
        except ssl.SSLError as error:
            raise _tls_fault(error) from error
        except OSError as error:
            raise MailboxFault("receipt_unreachable", error.strerror or str(error) or "no answer in time") from error
        except imaplib.IMAP4.error as error:
            raise MailboxFault("receipt_protocol", _words(error)) from error
        return self._upgraded(imap)

    def _upgraded(self, imap: imaplib.IMAP4) -> imaplib.IMAP4:
        offered = "STARTTLS" in imap.capabilities
        if self._settings.encryption == "none" or (self._settings.encryption == "starttls_if_offered" and not offered):
            return imap
        try:
            if offered:
                imap.starttls(self._context())
                return imap
        except ssl.SSLError as error:
            _shut(imap)
            raise _tls_fault(error) from error
        except (imaplib.IMAP4.error, OSError) as error:
            _shut(imap)
            raise MailboxFault("receipt_tls", _words(error)) from error
        _shut(imap)
        raise MailboxFault("receipt_no_starttls", "it does not list STARTTLS")

    def _context(self) -> ssl.SSLContext:
        from declarative_mail.probe.network import TlsFault, TlsOptions
        from declarative_mail.probe.tls_context import client_context

        settings = self._settings
        try:
            return client_context(
                TlsOptions(
                    server_name=settings.host,
                    verify=settings.verify_certificate,
                    ca_certificate=settings.ca_certificate,
                )
            )
        except TlsFault as fault:
            raise MailboxFault("receipt_tls", fault.detail) from fault

    def _log_in(self) -> None:
        settings = self._settings
        try:
            if "AUTH=PLAIN" in self._imap.capabilities:
                # Unlike LOGIN it carries UTF-8 as it is (RFC 4616).
                plain = f"\0{settings.username}\0{settings.password.reveal()}".encode()
                self._limit()
                self._imap.authenticate("PLAIN", lambda _challenge: plain)
            else:
                self._limit()
                self._imap.login(settings.username, settings.password.reveal())
        except imaplib.IMAP4.abort as error:
            raise MailboxFault("receipt_protocol", self._without_password(_words(error))) from error
        except imaplib.IMAP4.error as error:
            raise MailboxFault("receipt_login_refused", self._without_password(_words(error))) from error
        except UnicodeEncodeError as error:
            detail = "the server takes no login with letters beyond ASCII"
            raise MailboxFault("receipt_login_refused", detail) from error
        except OSError as error:
            raise MailboxFault("receipt_unreachable", error.strerror or "no answer in time") from error

    def _junk_mailbox(self) -> list[str]:
        """The mailbox that the server marks as junk (RFC 6154), quoted as the server gives it."""
        lines = self._ask("list")
        matches = (_JUNK.fullmatch(line) for line in lines if isinstance(line, bytes))
        return [match["name"].decode("ascii", "replace") for match in matches if match and rb"\Junk" in match["flags"]]

    def _select(self, name: str, *, readonly: bool) -> None:
        try:
            self._ask("select", name, readonly)
        except MailboxFault as fault:
            if fault.code != "receipt_protocol" or fault.is_lost:
                raise
            raise MailboxFault("receipt_no_mailbox", fault.detail) from fault

    def _fetched(self, name: str, uid: str, copies: int) -> Found:
        wanted = f"(INTERNALDATE BODY.PEEK[HEADER.FIELDS ({_HEADERS})]<0.{_MOST_OCTETS}>)"
        parts = self._ask("uid", "FETCH", uid, wanted)
        headers = next((part[1] for part in parts if isinstance(part, tuple)), b"")
        around = b" ".join(part[0] if isinstance(part, tuple) else part for part in parts if part)
        filed = _INTERNAL_DATE.search(around)
        filed_at = parsedate_to_datetime(filed[1].decode("ascii").strip().replace("-", " ", 2)) if filed else None
        message = BytesHeaderParser().parsebytes(headers)
        return Found(name, uid, message, filed_at, copies, name in self._junk)

    def _capabilities(self) -> set[str]:
        return set(harmless(self._ask("capability")[-1]).upper().split())

    def _ask(self, command: str, *arguments: Any) -> list[Any]:
        """The data of an OK answer, never empty."""
        try:
            self._limit()
            status, data = getattr(self._imap, command)(*arguments)
        except imaplib.IMAP4.abort as error:
            raise MailboxFault("receipt_protocol", _words(error), is_lost=True) from error
        except imaplib.IMAP4.error as error:
            raise MailboxFault("receipt_protocol", _words(error)) from error
        except OSError as error:
            words = error.strerror or "no answer in time"
            raise MailboxFault("receipt_unreachable", words, is_lost=not isinstance(error, TimeoutError)) from error
        if status != "OK":
            raise MailboxFault("receipt_protocol", harmless(data[-1] or b""))
        return data or [b""]

    def _limit(self) -> None:
        self._imap.sock.settimeout(max(self._seconds_left(), 0.001))

    def _without_password(self, text: str) -> str:
        """A server may quote what it was sent."""
        secret = self._settings.password.reveal()
        encoded = b64encode(f"\0{self._settings.username}\0{secret}".encode()).decode()
        return text.replace(encoded, "…").replace(secret, "…") if secret else text


def _shut(imap: imaplib.IMAP4) -> None:
    with suppress(OSError):
        imap.shutdown()


def _tls_fault(error: ssl.SSLError) -> MailboxFault:
    from declarative_mail.probe.tls_faults import fault_of

    fault = fault_of(error, heard=b"")
    return MailboxFault("receipt_tls", f"{fault.symptom}: {fault.detail}" if fault.detail else fault.symptom)


def _words(error: Exception) -> str:
    """The words of an error of imaplib, which hands on bytes, sometimes as their repr."""
    first = error.args[0] if error.args else ""
    if isinstance(first, bytes):
        return harmless(first)
    text = str(first)
    return text[2:-1] if re.fullmatch(r"b'.*'|b\".*\"", text) else text


def _quoted(text: str) -> str:
    """A quoted string, mailbox names in modified UTF-7 (RFC 9051, appendix A.1)."""
    encoded = re.sub(r"&|[^\x20-\x7e]+", _utf7, text)
    return '"' + encoded.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _utf7(match: re.Match[str]) -> str:
    if match[0] == "&":
        return "&-"
    return "&" + b64encode(match[0].encode("utf-16-be")).decode("ascii").rstrip("=").replace("/", ",") + "-"
