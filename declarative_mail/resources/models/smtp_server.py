"""``smtp_server``: a server that takes mail, how it is reached, and what must be proved of it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from declarative_mail.resources.models.base import Block, DataSource, Resource
from declarative_mail.resources.models.connection_test import ConnectionTest
from declarative_mail.resources.models.fields import (
    Certificate,
    Description,
    Encryption,
    EnvelopeAddress,
    Horizon,
    Host,
    LabelledName,
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
from declarative_mail.resources.models.markers import LocalMark
from declarative_mail.resources.rules.common import complete_name
from declarative_mail.resources.rules.endpoint import complete_endpoint, examine_endpoint
from declarative_mail.resources.rules.smtp_server import examine_client_certificate, examine_grant, examine_login
from declarative_mail.resources.schema import Derived


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

    rules: ClassVar = (examine_grant,)


class SmtpServer(Resource):
    """A server that mail is handed to."""

    type_name: ClassVar = "smtp_server"
    title: ClassVar = "A server that takes mail"
    natural_key: ClassVar = ("name",)
    completions: ClassVar = (complete_name, complete_endpoint)
    rules: ClassVar = (examine_endpoint, examine_login, examine_client_certificate)
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

    name: LabelledName = Field(default="", description="What people see.")
    description: Description = Field(default="", description="What it is for.")
    preset: str | None = Field(default=None, description="A well-known service: gives host, port and encryption.")
    region: str | None = Field(default=None, description="The region of a preset that has a host for each.")
    uri: Annotated[Uri, Derived("host, port and encryption")] = Field(
        default="", description="`smtp://host:port` or `smtps://host:port`, in place of host and port."
    )
    host: Annotated[Host, Derived("preset or uri; one of the three is required")] = Field(
        default="", description="Its name or IP address."
    )
    port: Annotated[Port, Derived("465 for tls, 587 for starttls, otherwise 25; of a uri without port 465 or 25")] = (
        Field(default=0, description="The TCP port.")
    )
    encryption: Annotated[Encryption, Derived("tls on port 465 and for smtps://, otherwise starttls")] = Field(
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
    username: Annotated[str | None, Derived("what the preset prescribes, where it does")] = Field(
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


class SmtpServerData(DataSource):
    """Which server to read: the one of that name, or the only one."""

    type_name: ClassVar = "smtp_server"
    title: ClassVar = "A server that is managed elsewhere, such as one built into a system"

    name: Name | None = Field(default=None, description="The name of the server; left out, the only one there is.")
