"""Lints: what is allowed, works perhaps, and is still not what a postmaster would write.

Pure functions of the settings of one server; the day and the size of the audience come in as arguments. Each returns
its findings; `lint_server` runs them all but `lint_region`, which looks at a preset's expansion.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from ipaddress import ip_address

from msgspec import Struct

from declarative_mail.probe.settings import ServerSettings
from declarative_mail.resources.mailbox import MailboxError, parse_mailbox
from declarative_mail.resources.presets import Deadline, Endpoint, Expansion, Preset, find_preset

SOON = timedelta(days=180)
"""How long before a deadline it is spoken of."""

# Names that no public DNS leads to: RFC 6762, RFC 8375, RFC 9476, ICANN's resolution on .internal, RFC 2606 and habit.
_PRIVATE_ENDINGS = frozenset(
    {
        "alt", "arpa", "corp", "example", "home", "internal", "intranet", "invalid", "lan", "local",
        "localhost", "private", "test",
    }
)  # fmt: skip

# Mailboxes for everybody: their domains publish DMARC policies that no other service's mail passes.
_FREE_MAIL = frozenset(
    {
        "aol.com", "gmail.com", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com",
        "icloud.com", "live.com", "mail.ru", "me.com", "outlook.com", "proton.me", "protonmail.com",
        "yahoo.com", "yandex.ru", "ymail.com",
    }
)  # fmt: skip

# Services that send for the mailbox that logs in, and for nobody else.
_MAILBOX_PRESETS = frozenset(
    {
        "aol", "fastmail", "gandi", "gmail", "gmx", "google-workspace", "icloud", "infomaniak", "mailru",
        "office365", "outlook", "proton", "yahoo", "yandex", "zoho", "zoho-pro",
    }
)  # fmt: skip


class Lint(Struct, frozen=True):
    """One finding.

    Args:
        code: a stable word.
        attribute: the attribute of ``smtp_server`` that it is about.
        text: what is odd and why, in whole sentences.
        remedy: what to write instead.
    """

    code: str
    attribute: str
    text: str
    remedy: str


def lint_server(server: ServerSettings, *, today: date, audience: int = 0) -> tuple[Lint, ...]:
    """Everything that is odd about a server.

    Args:
        server: its settings, as the connection test gets them.
        today: the day to compare deadlines with.
        audience: how many recipients the largest event has that this server sends for.
    """
    known = find_preset(server.preset) if server.preset else None
    return (
        *lint_trust(server, known),
        *lint_login(server, known),
        *lint_sender(server, known),
        *(lint_endpoint(server, known) if known else ()),
        *(lint_deadlines(server, known, today) if known else ()),
        *(lint_limits(known, audience) if known else ()),
    )


def lint_trust(server: ServerSettings, known: Preset | None) -> Iterator[Lint]:
    """An unchecked certificate where a checked one is to be had, and a login in clear."""
    if not server.verify_certificate and server.encryption != "none" and (known or is_public(server.host)):
        place = known.title if known else server.host
        text = f"The certificate of {place} is not checked, so anybody on the way can read the password and the mail."
        yield Lint("certificate_not_checked", "verify_certificate", text, "Remove verify_certificate = false.")
    if server.logs_in and server.encryption == "none" and not _is_loopback(server.host):
        text = f"The login at {server.host} crosses the network in clear."
        yield Lint("login_in_clear", "encryption", text, 'Set encryption = "starttls" or "tls".')
    if server.logs_in and server.encryption == "starttls_if_offered" and not _is_loopback(server.host):
        text = "Whoever removes STARTTLS from the server's answer gets a conversation in clear."
        yield Lint("encryption_optional", "encryption", text, 'Set encryption = "starttls".')


def lint_login(server: ServerSettings, known: Preset | None) -> Iterator[Lint]:
    """A user name that the service does not know, a mechanism that it does not take, or no login where it wants one."""
    if known is None:
        return
    if known.username and server.username and server.username.partition(":")[0] != known.username:
        text = (
            f'{known.title} has one user name for everybody, "{known.username}"; "{server.username}" will be refused.'
        )
        yield Lint("username_is_fixed", "username", text, f'Set username = "{known.username}".')
    if server.auth not in {"auto", "none"} and server.auth not in known.auth:
        listed = ", ".join(known.auth)
        text = f'{known.title} is not known to take auth = "{server.auth}"; it takes {listed}.'
        yield Lint("auth_not_taken", "auth", text, 'Set auth = "auto", or one of these.')
    if not server.logs_in and known.auth != ("none",) and "none" not in known.password_hint:
        text = f"{known.title} takes mail only after a login, and none is configured."
        yield Lint("login_missing", "username", text, f"Set username ({known.username_hint}) and password.")


def _address_of(mailbox: str) -> str:
    """The address of a mailbox, empty where it is none: that was said where it was read."""
    try:
        return parse_mailbox(mailbox).address
    except MailboxError:
        return ""


def lint_sender(server: ServerSettings, known: Preset | None) -> Iterator[Lint]:
    """A From that the service replaces or refuses, or that receivers will not believe from it."""
    sender = _address_of(server.from_address).casefold()
    domain = sender.rpartition("@")[2]
    username = (server.username or "").casefold()
    if known and known.name in _MAILBOX_PRESETS and "@" in username and username != sender:
        text = f"{known.title} sends for {server.username}; any From but its aliases is replaced or refused."
        yield Lint(
            "sender_is_not_the_login", "from_address", text, f"Use {server.username}, or make sure of the alias."
        )
    if known and known.name not in _MAILBOX_PRESETS and known.name != "mailhog-local" and domain in _FREE_MAIL:
        text = f"Only the servers of {domain} may send for it, so receivers refuse or quarantine this From elsewhere."
        yield Lint(
            "free_mail_sender", "from_address", text, "Use a From in a domain of your own, verified at the service."
        )


def lint_endpoint(server: ServerSettings, known: Preset) -> Iterator[Lint]:
    """A port and encryption that the service does not offer."""
    demanded = "starttls" if server.encryption == "starttls_if_offered" else server.encryption
    if server.host == known.host and Endpoint(server.port, demanded) not in known.endpoints:
        listed = ", ".join(f"{one.encryption} on {one.port}" for one in known.endpoints)
        text = f"{known.title} is not known to offer {server.encryption} on port {server.port}; it offers {listed}."
        yield Lint("endpoint_not_offered", "port", text, "Leave out port and encryption, or use one of these.")


def lint_deadlines(server: ServerSettings, known: Preset, today: date) -> Iterator[Lint]:
    """A password where passwords end, or have ended."""
    if not server.logs_in or server.auth in {"xoauth2", "oauthbearer"} or server.fetch_token is not None:
        return
    for deadline in known.deadlines:
        if today >= deadline.on:
            yield Lint("password_ended", "auth", f"{_since(deadline)} {deadline.what}", deadline.remedy)
        elif today + SOON >= deadline.on:
            days = (deadline.on - today).days
            yield Lint("password_ends_soon", "auth", f"In {days} days: {deadline.what}", deadline.remedy)


def lint_limits(known: Preset, audience: int) -> Iterator[Lint]:
    """An audience that is larger than what the service takes."""
    limits = known.limits
    day = min(_numbers(limits.recipients_per_day, limits.messages_per_day), default=None)
    checks = (
        ("in one message", limits.recipients_per_message, "audience_over_message_limit"),
        ("in a day", day, "audience_over_day_limit"),
        ("in a day on a trial account", limits.trial_messages_per_day, "audience_over_trial_limit"),
    )
    remedy = "Send to a mailing list, split the audience over several servers, or use another service."
    for span, limit, code in checks:
        if limit is not None and audience > limit:
            text = f"One event reaches {audience} recipients; {known.title} takes {limit} {span}."
            yield Lint(code, "preset", text, remedy)


def lint_region(found: Expansion) -> Iterator[Lint]:
    """A region that was assumed, where accounts of other regions are refused as if the password were wrong."""
    if found.region_assumed:
        known = found.preset
        text = f'{known.title} has a host for each region, and none is named: {found.host} ("{found.region}") is taken.'
        yield Lint("region_assumed", "region", text, f"Set region to one of {', '.join(known.regions)}.")


def is_public(host: str) -> bool:
    """Whether a host is reached over the public network, where certificates can be had and are checked."""
    try:
        return ip_address(host).is_global
    except ValueError:
        labels = host.casefold().rstrip(".").split(".")
        return len(labels) > 1 and labels[-1] not in _PRIVATE_ENDINGS


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.casefold().rstrip(".").rpartition(".")[2] == "localhost"


def _numbers(*limits: int | None) -> list[int]:
    return [limit for limit in limits if limit is not None]


def _since(deadline: Deadline) -> str:
    return f"Since {deadline.on:%d %B %Y}:"
