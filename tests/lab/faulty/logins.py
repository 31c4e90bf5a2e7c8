"""Faults of AUTH."""

from __future__ import annotations

import base64
from typing import ClassVar

from declarative_mail.secrets import Secret
from tests.lab.faulty.encryption import Submission
from tests.lab.registry import serves
from tests.lab.scenario import PASSWORD
from tests.support.canary import secret_value

_LONG_TOKEN = secret_value("token") * 40


@serves("auth-oauth-only", encryption="starttls", login=True, stage="auth", code="no_common_mechanism")
class OAuthOnly(Submission):
    """Takes tokens only, so that no password can work."""

    mechanisms: ClassVar[str | None] = "XOAUTH2 OAUTHBEARER"


@serves("auth-missing", encryption="starttls", login=True, stage="auth", code="auth_not_offered")
class NoAuth(Submission):
    """Offers no login, where credentials are configured."""

    mechanisms: ClassVar[str | None] = None


@serves("auth-454", encryption="starttls", login=True, stage="auth", code="454 4.7.0")
class BackendDown(Submission):
    """The directory behind the login is down."""

    def check(self, user: str, password: str) -> None:
        """Not now."""
        self.wire.reply(454, "4.7.0 Temporary authentication failure: Connection lost to authentication server")


@serves("auth-534", encryption="starttls", login=True, stage="auth", code="534 5.7.9")
class AppPasswordWanted(Submission):
    """Wants an app password, in two lines with an address."""

    def check(self, user: str, password: str) -> None:
        """Not that one."""
        self.wire.reply(
            534,
            "5.7.9 Application-specific password required. For more information, go to",
            "5.7.9  https://support.lab.test/mail/?p=InvalidSecondFactor",
        )


@serves("auth-close", encryption="starttls", login=True, stage="auth", code="dropped")
class CloseAtAuth(Submission):
    """Closes in place of an answer."""

    def check(self, user: str, password: str) -> None:
        """FIN."""
        self.wire.close()


@serves("auth-silence", encryption="starttls", login=True, stage="auth", code="timeout", silent="auth")
class SilentAuth(Submission):
    """Never answers."""

    def check(self, user: str, password: str) -> None:
        """Nothing."""
        self.wire.hold()


@serves("auth-echo", encryption="starttls", login=True, stage="auth", code="535 5.7.8")
class EchoingAuth(Submission):
    """Quotes user name, password and what was sent in its refusal."""

    def on_auth(self, text: str) -> None:
        """Indiscreet."""
        user, password = self.plain(*text.split(" ")[2:])
        self.wire.reply(535, f"5.7.8 unknown: {text}", f"5.7.8 {user} with {password} and {text[:24]}")


@serves("auth-other-mechanism", encryption="starttls", login=True)
class BrokenPlain(Submission):
    """Offers PLAIN and does not know it; LOGIN works."""

    def on_auth(self, text: str) -> None:
        """Forgetful."""
        if "PLAIN" in text:
            self.wire.reply(504, "5.5.4 Unrecognized authentication type")
        else:
            super().on_auth(text)


class OAuth(Submission):
    """Takes tokens, and gives its reason in a question before it refuses one (RFC 7628 section 3.2.2)."""

    mechanisms: ClassVar[str | None] = "XOAUTH2 OAUTHBEARER"
    token: ClassVar[str] = PASSWORD

    def on_auth(self, text: str) -> None:
        """One token."""
        _, mechanism, *initial = text.split(" ")
        given = base64.b64decode(initial[0] if initial else self.ask("")).decode()
        if f"auth=Bearer {self.token}\x01\x01" in given:
            self.wire.reply(235, "2.7.0 Accepted")
            return
        acknowledged = self.ask('{"status":"401","schemes":"bearer","scope":"https://mail.lab.test/"}')
        assert acknowledged == ("" if mechanism == "XOAUTH2" else "AQ==")
        self.wire.reply(535, "5.7.8 Username and Password not accepted")


@serves("oauth-xoauth2", encryption="starttls", login=True, server={"auth": "xoauth2"})
class XOAuth2(OAuth):
    """A token by XOAUTH2."""


@serves("oauth-oauthbearer", encryption="starttls", login=True, server={"auth": "oauthbearer"})
class OAuthBearer(OAuth):
    """A token by OAUTHBEARER."""


@serves(
    "oauth-fetched",
    encryption="starttls",
    server={"username": "probe", "fetch_token": lambda: Secret(_LONG_TOKEN)},
)
class LongToken(OAuth):
    """A fetched token that is too long for the line of the command, so that it waits to be asked for."""

    token: ClassVar[str] = _LONG_TOKEN


@serves(
    "oauth-xoauth2-refused",
    encryption="starttls",
    login=True,
    stage="auth",
    code="535 5.7.8",
    server={"auth": "xoauth2"},
)
class XOAuth2Refused(OAuth):
    """A token that has run out, by XOAUTH2."""

    token: ClassVar[str] = "another"


@serves(
    "oauth-oauthbearer-refused",
    encryption="starttls",
    login=True,
    stage="auth",
    code="535 5.7.8",
    server={"auth": "oauthbearer"},
)
class OAuthBearerRefused(OAuth):
    """A token that has run out, by OAUTHBEARER."""

    token: ClassVar[str] = "another"
