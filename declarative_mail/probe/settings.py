"""What a connection test is given: where the server is and how to speak to it, and how far the test goes.

Records only. A configuration's own faults (an unknown stage, a timeout of 0) are diagnostics of `resources`; what
reaches these records is checked again here, because a test that silently does less than asked is worse than one that
stops.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct, field

from declarative_mail.probe.verdict import STAGES, Stage
from declarative_mail.resources.mailbox import parse_mailbox
from declarative_mail.secrets import Secret

Encryption: TypeAlias = Literal["none", "starttls", "starttls_if_offered", "tls"]
Auth: TypeAlias = Literal["auto", "none", "plain", "login", "cram_md5", "xoauth2", "oauthbearer"]
TlsVersion: TypeAlias = Literal["1.0", "1.1", "1.2", "1.3"]
FetchToken: TypeAlias = Callable[[], Secret]

MAX_RECIPIENTS = 50
"""How many direct recipients of changed rules one test offers to the server."""

DEFAULT_TIMEOUT = 30.0
DEFAULT_STAGE_TIMEOUT = 10.0


class TokenUnavailable(Exception):  # noqa: N818 - it names the state, like the other faults of this package
    """Raised by a `FetchToken` that got no token; its text is shown to the user and must hold no credential."""


class ServerSettings(Struct, frozen=True, kw_only=True):
    """One SMTP server and how to speak to it.

    Args:
        address: what the verdict is filed under: a resource address, or ``host:port`` for a server outside any
            configuration.
        host: a name (also an internationalised one) or an IPv4 or IPv6 address without brackets.
        port: 1 to 65535.
        encryption: ``tls`` from the first byte; ``starttls`` must be offered; ``starttls_if_offered`` goes on in clear
            without it.
        verify_certificate: whether the chain, the dates and the name are checked; if not, the certificate is only
            shown.
        ca_certificate: PEM of the authorities to trust instead of the system's; a self-signed server certificate may
            stand here.
        server_name: the name for SNI and in the certificate where it is not `host`.
        tls_min_version: the oldest version of TLS to accept.
        client_certificate: PEM of our own certificate and its chain.
        client_key: PEM of its private key, without a passphrase.
        auth: the mechanism; naming one together with ``encryption = "none"`` is how clear-text login is asked for.
        username: who to log in as; None or empty for a server that wants no login.
        password: the password, or an OAuth token that somebody else fetched.
        fetch_token: gets an OAuth token when it is needed; takes the place of `password` for the two OAuth mechanisms.
        hello: the name for EHLO; by default this machine's name where it is a full one, else its address in brackets.
        from_address: the From mailbox, with or without a display name.
        envelope_from: the envelope sender where it differs from `from_address`; ``""`` is the null sender.
        preset: the name of the preset that the settings came from, which says whose peculiarities apply.
    """

    address: str
    host: str
    port: int
    from_address: str
    encryption: Encryption = "starttls"
    verify_certificate: bool = True
    ca_certificate: str | None = None
    server_name: str | None = None
    tls_min_version: TlsVersion = "1.2"
    client_certificate: str | None = None
    client_key: Secret | None = None
    auth: Auth = "auto"
    username: str | None = None
    password: Secret | None = None
    fetch_token: FetchToken | None = None
    hello: str | None = None
    envelope_from: str | None = None
    preset: str | None = None

    @property
    def sender(self) -> str:
        """The envelope sender, bare; ``""`` is the null sender.

        Raises:
            MailboxError: `from_address` is no mailbox.
        """
        return parse_mailbox(self.from_address).address if self.envelope_from is None else self.envelope_from

    @property
    def logs_in(self) -> bool:
        """Whether the conversation has a login in it."""
        return self.auth != "none" and bool(self.username or self.password or self.fetch_token)

    @property
    def allows_cleartext_login(self) -> bool:
        """Whether the user asked by name for credentials in clear: no encryption and a named mechanism, both."""
        return self.encryption == "none" and self.auth not in {"auto", "none"}


class TestSettings(Struct, frozen=True, kw_only=True):
    """How far a connection test goes, how long it may take, and what counts as failure.

    Args:
        require: stages that must pass; ``unknown`` and ``skipped`` are then failures. Beside them every stage up to
            ``sender`` must not fail, whether named or not.
        on_failure: what apply does about a failed test.
        max_age: seconds for which a recorded verdict is good enough for apply; None for always test anew.
        via: who tests: this machine, or the remote system itself.
        to: a mailbox to offer as recipient, and to send the message to.
        recipients: direct recipients of changed rules, at most `MAX_RECIPIENTS`.
        subject: of the test message.
        body: of the test message.
        send_message: send it even if ``message`` is not required.
        until: the last stage to try (``--stage``), after which required stages count no more; None for as far as the
            other settings ask. Naming ``message`` sends it.
        timeout: seconds for the whole test of one server.
        stage_timeout: seconds for a stage that `stage_timeouts` does not name.
        stage_timeouts: seconds for single stages.
        min_certificate_days: warn below this many days of validity; where ``tls`` is required, fail. None warns below
            14 days.
        dkim_selectors: selectors whose DKIM record is looked up, see `probe.alignment`.
        egress: the addresses that mail really leaves from, for SPF, see `probe.alignment`.

    Raises:
        ValueError: an unknown stage, a time that is not positive, too many recipients.
    """

    __test__ = False  # a record, not a test class: keeps pytest from collecting it

    require: frozenset[Stage] = frozenset()
    on_failure: Literal["block", "warn"] = "block"
    max_age: float | None = None
    via: Literal["local", "remote"] = "local"
    to: str | None = None
    recipients: tuple[str, ...] = ()
    subject: str | None = None
    body: str | None = None
    send_message: bool = False
    until: Stage | None = None
    timeout: float = DEFAULT_TIMEOUT
    stage_timeout: float = DEFAULT_STAGE_TIMEOUT
    stage_timeouts: Mapping[Stage, float] = field(default_factory=dict)
    min_certificate_days: int | None = None
    dkim_selectors: tuple[str, ...] = ()
    egress: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        named = {*self.require, *self.stage_timeouts, *([self.until] if self.until else [])}
        if unknown := sorted(named - set(STAGES)):
            raise ValueError(f"no stage is named {', '.join(unknown)}; the stages are {', '.join(STAGES)}")
        if min(self.timeout, self.stage_timeout, *self.stage_timeouts.values()) <= 0:
            raise ValueError("a timeout must be more than 0 seconds")
        if len(self.recipients) > MAX_RECIPIENTS:
            raise ValueError(f"{len(self.recipients)} recipients; one test offers at most {MAX_RECIPIENTS}")

    @property
    def sends_message(self) -> bool:
        """Whether a real message goes out."""
        return self.send_message or "message" in self.require

    @property
    def required(self) -> frozenset[Stage]:
        """The required stages that the test is allowed to reach."""
        last = STAGES.index(self.until) if self.until else len(STAGES)
        return frozenset(stage for stage in self.require if STAGES.index(stage) <= last)

    @property
    def last_stage(self) -> Stage:
        """The last stage before RSET and QUIT.

        By default ``sender``: a session that stops after RCPT uses up a token of Postfix's ``in_flow_delay``, and from
            about the
        hundredth on slows real mail by a second.
        """
        if self.until and self.until != "quit":
            return self.until
        if self.sends_message:
            return "message"
        return "recipient" if self.to or self.recipients or "recipient" in self.require else "sender"

    def seconds_for(self, stage: Stage) -> float:
        """The time that one stage may take."""
        return self.stage_timeouts.get(stage, self.stage_timeout)
