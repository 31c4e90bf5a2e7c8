"""Faults of AUTH."""

from __future__ import annotations

from typing import ClassVar

from tests.lab.faulty.encryption import Submission
from tests.lab.registry import serves


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
