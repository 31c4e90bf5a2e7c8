"""``smtp_server``: a server that takes mail, how it is reached, and what must be proved of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.resources.base import Block, DataSource, Fault, Resource, Values
from declarative_mail.resources.connection_test import ConnectionTest
from declarative_mail.resources.endpoint import complete_endpoint, examine_endpoint
from declarative_mail.resources.fields import (
    Certificate,
    Description,
    Encryption,
    EnvelopeAddress,
    Horizon,
    Host,
    MailboxText,
    Name,
    Port,
    RateLimit,
    SecretValue,
    Sequence,
    ServerReference,
    SetOf,
    Uri,
    Url,
)
from declarative_mail.resources.markers import DerivedMark, LocalMark
from declarative_mail.resources.rules import complete_name, excludes, is_set, needs

# -- blocks ----------------------------------------------------------------------------------------


def _examine_grant(values: Values) -> Iterable[Fault]:
    if values["grant"] == "refresh_token" and values.get("refresh_token") is None:
        detail = 'The grant refresh_token needs refresh_token. Set it, or set grant = "client_credentials".'
        yield Fault(codes.INCOMPLETE_ATTRIBUTES, (), detail)
    if values["grant"] == "client_credentials" and values.get("client_secret") is None:
        detail = 'The grant client_credentials needs client_secret. Set it, or use the grant "refresh_token".'
        yield Fault(codes.INCOMPLETE_ATTRIBUTES, ("grant",), detail)


class OAuth2(Block):
    """How an access token is fetched for ``xoauth2`` and ``oauthbearer``."""

    token_url: Url = Field(description="The token endpoint.")
    client_id: str = Field(min_length=1, description="The application's identifier.")
    client_secret: SecretValue | None = Field(default=None, description="The application's secret.")
    refresh_token: SecretValue | None = Field(default=None, description="For the grant refresh_token.")
    scope: str | None = Field(default=None, description="The scopes to ask for, with spaces between them.")
    grant: Literal["refresh_token", "client_credentials"] = Field(
        default="refresh_token", description="How the token is obtained."
    )

    rules: ClassVar = (_examine_grant,)


# -- rules -----------------------------------------------------------------------------------------


def _examine_login(values: Values) -> Iterable[Fault]:
    yield from excludes(
        values, "password", "oauth2", "Either a password is sent or a token is fetched: keep one of them."
    )
    yield from needs(
        values, "password", "username", "Nobody logs in without a name: set username, or remove the password."
    )
    yield from needs(values, "oauth2", "username", "The token is for an account: set username.")
    auth, with_token = values["auth"], values.get("oauth2") is not None
    if auth == "none":
        yield from _unused(values, 'auth is "none", so nobody logs in.')
    elif is_set(values, "username") and values.get("password") is None and not with_token:
        detail = (
            "username is set, but neither password nor oauth2 { … }, so nobody can log in. Set one, or remove username."
        )
        yield Fault(codes.INCOMPLETE_ATTRIBUTES, ("username",), detail)
    if with_token and auth in ("plain", "login", "cram_md5"):
        detail = f'auth is "{auth}", which sends a password; a token goes with "xoauth2" or "oauthbearer".'
        yield Fault(
            codes.CONFLICTING_ATTRIBUTES, ("auth",), detail, related=((("oauth2",), "the token is fetched here"),)
        )


def _unused(values: Values, why: str) -> Iterable[Fault]:
    for name in ("username", "password", "oauth2"):
        if is_set(values, name):
            yield Fault(
                codes.CONFLICTING_ATTRIBUTES, (name,), f"{why} Remove {name}, or auth.", related=((("auth",), "here"),)
            )


def _examine_client_certificate(values: Values) -> Iterable[Fault]:
    yield from needs(values, "client_certificate", "client_key", "A certificate is of no use without its key.")
    yield from needs(values, "client_key", "client_certificate", "A key is of no use without its certificate.")


# -- the resource ----------------------------------------------------------------------------------


class SmtpServer(Resource):
    """A server that mail is handed to."""

    type_name: ClassVar = "smtp_server"
    title: ClassVar = "A server that takes mail"
    natural_key: ClassVar = ("name",)
    completions: ClassVar = (complete_name, complete_endpoint)
    rules: ClassVar = (examine_endpoint, _examine_login, _examine_client_certificate)
    other_names: ClassVar = {
        "user": "username",
        "login": "username",
        "pass": "password",
        "secret": "password",
        "from": "from_address",
        "sender": "from_address",
        "ssl": 'encryption = "tls"',
        "use_ssl": 'encryption = "tls"',
        "enable_ssl": 'encryption = "tls"',
        "tls": 'encryption = "tls"',
        "starttls": 'encryption = "starttls"',
        "start_tls": 'encryption = "starttls"',
        "use_tls": 'encryption = "starttls"',
        "require_tls": 'encryption = "starttls"',
        "secure": 'encryption = "tls"',
        "tls_skip_verify": "verify_certificate = false",
        "insecure_skip_verify": "verify_certificate = false",
        "skip_verify": "verify_certificate = false",
        "insecure": "verify_certificate = false",
        "server": "host",
        "smtp_host": "host",
        "hostname": "host",
        "smarthost": "host and port",
        "url": "uri",
        "smtp_port": "port",
        "helo": "hello",
        "ehlo": "hello",
        "provider": "preset",
        "platform": "preset",
        "ca_cert": "ca_certificate",
        "delegates": "delegate_selectors",
        "test": "connection_test { … }",
    }

    name: Annotated[Name, DerivedMark("the label, or label-key", fixed=True)] = Field(
        default="", description="What people see."
    )
    description: Description = Field(default="", description="What it is for.")
    preset: str | None = Field(default=None, description="A well-known service: gives host, port and encryption.")
    region: str | None = Field(default=None, description="The region of a preset that has a host for each.")
    uri: Annotated[Uri, DerivedMark("host, port and encryption")] = Field(
        default="", description="`smtp://host:port` or `smtps://host:port`, in place of host and port."
    )
    host: Annotated[Host, DerivedMark("preset or uri; one of the three is required")] = Field(
        default="", description="Its name or IP address."
    )
    port: Annotated[
        Port, DerivedMark("465 for tls, 587 for starttls, otherwise 25; of a uri without port 465 or 25")
    ] = Field(default=0, description="The TCP port.")
    encryption: Annotated[Encryption, DerivedMark("tls on port 465 and for smtps://, otherwise starttls")] = Field(
        default="starttls",
        description="`tls` from the first byte; `starttls` demanded; `starttls_if_offered`; `none`.",
    )
    verify_certificate: bool = Field(default=True, description="Whether the server must prove its name.")
    ca_certificate: Certificate | None = Field(
        default=None, description="PEM text of the authorities to trust in place of the system's."
    )
    server_name: Host | None = Field(default=None, description="The name to expect in the certificate, if not host.")
    tls_min_version: Literal["1.0", "1.1", "1.2", "1.3"] = Field(default="1.2", description="The oldest TLS to accept.")
    client_certificate: Certificate | None = Field(default=None, description="PEM text of our own certificate.")
    client_key: SecretValue | None = Field(default=None, description="PEM text of its private key.")
    from_address: MailboxText = Field(
        description="Whom the mail is from: `deploys@example.com` or with a name before it."
    )
    envelope_from: EnvelopeAddress | None = Field(
        default=None, description="Where bounces go, if not to from_address; an empty text for nowhere."
    )
    reply_to: MailboxText | None = Field(default=None, description="Where answers go, if not to from_address.")
    auth: Literal["auto", "none", "plain", "login", "cram_md5", "xoauth2", "oauthbearer"] = Field(
        default="auto", description="How to log in; `auto` takes the best that both know."
    )
    username: Annotated[str | None, DerivedMark("what the preset prescribes, where it does")] = Field(
        default=None, description="Who logs in. Without it nobody does."
    )
    password: SecretValue | None = Field(default=None, description="A sensitive text, or a `secret` resource.")
    password_version: int | None = Field(
        default=None, ge=0, description="Any other number than before makes apply write the password again."
    )
    oauth2: OAuth2 | None = Field(default=None, description="Fetch an access token in place of a password.")
    rotate_after: Annotated[Horizon | None, LocalMark()] = Field(
        default=None,
        description="A day (2027-03-31), or a time since the password last changed (90d): then plans warn.",
    )
    hello: Host | None = Field(default=None, description="The name to give in EHLO, if not this machine's.")
    delegate_selectors: SetOf[str] = Field(default=(), description="Which delegates may reach it (Harness).")
    enabled: bool = Field(default=True, description="Whether it is used.")
    fallback: Sequence[ServerReference] = Field(default=(), description="Servers to try, in this order, when it fails.")
    rate_limit: RateLimit | None = Field(default=None, description="How many messages it is given: `100/h`.")
    connection_test: Annotated[ConnectionTest, LocalMark()] = Field(
        default_factory=ConnectionTest, description="What must be proved of it before it is relied upon."
    )


# -- the data source -------------------------------------------------------------------------------


class SmtpServerData(DataSource):
    """Which server to read: the one of that name, or the only one."""

    type_name: ClassVar = "smtp_server"
    title: ClassVar = "A server that is managed elsewhere, such as one built into a system"

    name: Name | None = Field(default=None, description="The name of the server; left out, the only one there is.")
