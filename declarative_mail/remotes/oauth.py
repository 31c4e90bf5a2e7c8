"""Access tokens from a token endpoint (RFC 6749): client credentials (section 4.4) and refresh tokens (section 6)."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from declarative_mail.remotes.answers import TransportError
from declarative_mail.remotes.transport import Transport, TransportSettings
from declarative_mail.secrets import Secret

TIMEOUT = 20.0


def request_token(
    token_url: str,
    *,
    grant: str,
    client_id: str,
    client_secret: Secret | None,
    refresh_token: Secret | None,
    scope: str | None,
) -> Secret:
    """Ask for an access token.

    Args:
        token_url: the token endpoint.
        grant: ``client_credentials`` or ``refresh_token``.
        client_id: the application.
        client_secret: its secret, where it has one.
        refresh_token: for the grant of that name.
        scope: what the token shall allow, with spaces between.

    Raises:
        TransportError: the endpoint cannot be reached, or refused; the text names its ``error``, never a credential.
    """
    form = {"grant_type": grant, "client_id": client_id}
    if client_secret is not None:
        form["client_secret"] = client_secret.reveal()
    if grant == "refresh_token" and refresh_token is not None:
        form["refresh_token"] = refresh_token.reveal()
    if scope:
        form["scope"] = scope
    parts = urlsplit(token_url)
    transport = Transport(TransportSettings(endpoint=f"{parts.scheme}://{parts.netloc}", timeout=TIMEOUT, attempts=3))
    try:
        answer = transport.request(
            "POST",
            parts.path + (f"?{parts.query}" if parts.query else ""),
            content=urlencode(form).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            repeatable=grant == "client_credentials",
            secrets=[secret for secret in (client_secret, refresh_token) if secret is not None],
        )
    finally:
        transport.close()
    document = answer.json_object()
    token = document.get("access_token")
    if not answer.ok or not isinstance(token, str) or not token:
        said = ": ".join(str(document[name]) for name in ("error", "error_description") if name in document)
        words = f", {answer.quoted(said)}" if said else ""
        raise TransportError(f"{answer.url} gave no token (status {answer.status}{words})")
    return Secret(token, f"oauth2:{client_id}")
