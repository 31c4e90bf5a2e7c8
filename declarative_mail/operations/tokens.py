"""OAuth tokens for servers that take no password.

Fetched when the conversation needs one (RFC 6749 sections 4.4 and 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from declarative_mail.addresses import Address
from declarative_mail.probe.settings import FetchToken, TokenUnavailable
from declarative_mail.resources.desired import Desired, secret_value
from declarative_mail.secrets import Secret


def token_source(oauth2: Mapping[str, Any], desired: Mapping[Address, Desired]) -> FetchToken:
    """A function that gets an access token from the token endpoint of an ``oauth2`` block."""

    def fetch() -> Secret:
        from declarative_mail.remotes.answers import TransportError
        from declarative_mail.remotes.oauth import request_token

        try:
            return request_token(
                oauth2["token_url"],
                grant=oauth2["grant"],
                client_id=oauth2["client_id"],
                client_secret=secret_value(oauth2["client_secret"], desired),
                refresh_token=secret_value(oauth2["refresh_token"], desired),
                scope=oauth2["scope"],
            )
        except TransportError as error:
            raise TokenUnavailable(str(error)) from error

    return fetch
