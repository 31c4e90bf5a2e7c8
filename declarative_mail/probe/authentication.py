"""Logging in: which mechanism, and what each says.

PLAIN (RFC 4616), LOGIN (draft-murchison-sasl-login), CRAM-MD5 (RFC 2195), XOAUTH2 (Google's and Microsoft's form),
OAUTHBEARER (RFC 7628). Here, in the SMTP conversation, a `Secret` is opened.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from declarative_mail.probe.settings import ServerSettings
from declarative_mail.probe.wire_text import harmless, wire_bytes
from declarative_mail.secrets import Secret

Answer: TypeAlias = Callable[[str], str]

# XOAUTH2 first: services that take OAUTHBEARER take it too, Microsoft's takes nothing else.
OAUTH = ("XOAUTH2", "OAUTHBEARER")

# In TLS the password is safe with PLAIN; CRAM-MD5 needs a server that stores passwords readably, and many offer it in
# vain.
_WITH_PASSWORD = ("PLAIN", "LOGIN", "CRAM-MD5")
_NAMES = {
    "plain": "PLAIN",
    "login": "LOGIN",
    "cram_md5": "CRAM-MD5",
    "xoauth2": "XOAUTH2",
    "oauthbearer": "OAUTHBEARER",
}


class Unsendable(Exception):  # noqa: N818 - it names the state
    """A credential cannot be carried by the mechanism; the text says why without quoting it."""


def usable_mechanisms(settings: ServerSettings) -> tuple[str, ...]:
    """The mechanisms that these credentials fit, the best first."""
    if settings.auth in _NAMES:
        return (_NAMES[settings.auth],)
    return OAUTH if settings.fetch_token else _WITH_PASSWORD


def hide_password(settings: ServerSettings, hide: Callable[[str], None]) -> None:
    """Have the password removed from all that is written down from now on, whoever says it first."""
    if settings.password:
        hide(settings.password.reveal())


class Exchange:
    """The client's side of one login, as the lines that it sends.

    Args:
        mechanism: one of `usable_mechanisms`.
        settings: whose user name, host and port are meant.
        credential: the password or token.
        hide: is told every form of the credential before it is sent.

    Raises:
        Unsendable: here or in any answer.
    """

    def __init__(
        self, mechanism: str, settings: ServerSettings, credential: Secret, *, hide: Callable[[str], None]
    ) -> None:
        self.mechanism = mechanism
        self._settings = settings
        self._user = settings.username or ""
        self._secret = credential.reveal()
        self._hide = hide
        hide(self._secret)
        if mechanism == "PLAIN" and "\0" in self._user + self._secret:
            raise Unsendable("PLAIN cannot carry a user name or password with a NUL character in it.")

    def initial(self) -> str | None:
        """What may go with the AUTH command; None where the mechanism waits to be asked."""
        text = {"PLAIN": self._plain, "XOAUTH2": self._xoauth2, "OAUTHBEARER": self._oauthbearer}.get(self.mechanism)
        return self._secretly(text()) if text else None

    def answers(self) -> Iterator[Answer]:
        """For each question of the server's a function from its words to the line that answers it."""
        if self.mechanism == "LOGIN":
            yield lambda _: _encoded(self._user)
            yield lambda _: self._secretly(self._secret)
        elif self.mechanism == "CRAM-MD5":
            yield self._cram_md5
        elif self.mechanism in OAUTH:
            # The question is the reason for a refusal; it has to be acknowledged before the 535 comes.
            yield lambda _: "" if self.mechanism == "XOAUTH2" else _encoded("\x01")

    def _plain(self) -> str:
        return f"\0{self._user}\0{self._secret}"

    def _xoauth2(self) -> str:
        return f"user={self._user}\x01auth=Bearer {self._secret}\x01\x01"

    def _oauthbearer(self) -> str:
        user = self._user.replace("=", "=3D").replace(",", "=2C")
        where = f"host={self._settings.host}\x01port={self._settings.port}"
        return f"n,a={user},\x01{where}\x01auth=Bearer {self._secret}\x01\x01"

    def _cram_md5(self, challenge: str) -> str:
        try:
            asked = base64.b64decode(challenge, validate=True)
        except ValueError:
            raise Unsendable("The server's CRAM-MD5 challenge is not in base64.") from None
        import hmac  # with hashlib, only for the few servers that want this

        digest = hmac.new(wire_bytes(self._secret), asked, "md5").hexdigest()
        self._hide(digest)
        return self._secretly(f"{self._user} {digest}")

    def _secretly(self, text: str) -> str:
        self._hide(text)
        return _encoded(text)


def _encoded(text: str) -> str:
    try:
        return base64.b64encode(wire_bytes(text)).decode("ascii")
    except UnicodeEncodeError:
        raise Unsendable("The user name or password holds half a character (a lone surrogate).") from None


def oauth_refusal(challenge: str) -> dict[str, Any]:
    """The reason that an OAuth server gives in its question (RFC 7628 section 3.2.2): status, schemes and scope.

    Empty where it is none; only these three are taken over, and made harmless.
    """
    try:
        reason = json.loads(base64.b64decode(challenge, validate=True))
    except ValueError:  # also binascii.Error and what json raises
        return {}
    if not isinstance(reason, dict):
        return {}
    return {
        key: harmless(str(reason[key]).encode("utf-8"))[:200] for key in ("status", "schemes", "scope") if key in reason
    }
