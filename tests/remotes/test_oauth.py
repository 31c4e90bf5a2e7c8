"""Access tokens from a token endpoint on the loopback: what is asked, what is refused, and that no secret shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest

from declarative_mail.remotes.answers import TransportError
from declarative_mail.remotes.oauth import request_token
from declarative_mail.secrets import Secret
from tests.remotes.fault_proxy import Reply
from tests.remotes.web import Asked, Web, json_reply, running_web
from tests.support.canary import secret_value, shows_canary

CLIENT_SECRET = Secret(secret_value("client-secret"), "env:CLIENT_SECRET")
REFRESH_TOKEN = Secret(secret_value("refresh-token"), "env:REFRESH_TOKEN")
TOKEN = json_reply(json.dumps({"access_token": secret_value("access"), "token_type": "Bearer", "expires_in": 3600}))


@pytest.fixture
def endpoint() -> Iterator[Web]:
    """A token endpoint."""
    with running_web() as running:
        running.say(TOKEN)
        yield running


def ask(endpoint: Web, grant: str = "client_credentials", *, path: str = "/token", scope: str | None = None) -> Secret:
    """Ask for a token with every credential there is."""
    return request_token(
        f"{endpoint.url}{path}",
        grant=grant,
        client_id="app",
        client_secret=CLIENT_SECRET,
        refresh_token=REFRESH_TOKEN,
        scope=scope,
    )


def test_client_credentials_are_sent_as_a_form(endpoint: Web) -> None:
    """RFC 6749 section 4.4.2; the refresh token is of the other grant and stays here."""
    token = ask(endpoint, scope="mail.send offline")

    (asked,) = endpoint.asked
    assert token == Secret(secret_value("access"))
    assert (asked.method, asked.headers["content-type"]) == ("POST", "application/x-www-form-urlencoded")
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["app"],
        "client_secret": [CLIENT_SECRET.reveal()],
        "scope": ["mail.send offline"],
    }


def test_refresh_token_is_sent_for_its_grant(endpoint: Web) -> None:
    """RFC 6749 section 6."""
    ask(endpoint, "refresh_token")

    form = parse_qs(endpoint.asked[0].body.decode())
    assert form["refresh_token"] == [REFRESH_TOKEN.reveal()]
    assert "scope" not in form


def test_path_and_query_of_the_endpoint_are_kept(endpoint: Web) -> None:
    """A tenant in the path, an API version in the query."""
    ask(endpoint, path="/tenant/oauth2/token?api=2")

    assert endpoint.asked[0].path == "/tenant/oauth2/token?api=2"


def test_token_does_not_show_itself(endpoint: Web) -> None:
    """It is a secret from the moment it is read."""
    token = ask(endpoint)

    assert (token.source, shows_canary(f"{token} {token!r}")) == ("oauth2:app", False)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (json_reply('{"error": "invalid_client"}', 401), r"status 401, invalid_client\)"),
        (
            json_reply('{"error": "invalid_grant", "error_description": "The token was revoked."}', 400),
            r"status 400, invalid_grant: The token was revoked\.\)",
        ),
        (json_reply("{}", 400), r"status 400\)"),
        (json_reply('{"token_type": "Bearer"}'), r"status 200\)"),
        (json_reply('{"access_token": ""}'), r"status 200\)"),
        (json_reply('{"access_token": 7}'), r"status 200\)"),
        (json_reply("[]"), "no object"),
        (Reply(200, {"Content-Type": "text/html"}, b"<html>Sign in</html>"), "which is not JSON"),
        (Reply(302, {"Location": "https://login.example.com/"}), "redirects to https://login.example.com/"),
    ],
)
def test_refusal_says_what_the_endpoint_says(endpoint: Web, reply: Reply, said: str) -> None:
    """Its error and description (RFC 6749 section 5.2), or what came in their place."""
    endpoint.say(reply)

    with pytest.raises(TransportError, match=said):
        ask(endpoint)


@pytest.mark.parametrize("grant", ["client_credentials", "refresh_token"])
def test_credentials_that_the_endpoint_quotes_are_not_shown(endpoint: Web, grant: str) -> None:
    """Some repeat the whole form in their description."""

    def quoting(asked: Asked) -> Reply:
        form = {name: value for name, (value,) in parse_qs(asked.body.decode()).items()}
        return json_reply(json.dumps({"error": "invalid_request", "error_description": f"bad form {form}"}), 400)

    endpoint.say(quoting)

    with pytest.raises(TransportError, match=r"bad form .*\(env:CLIENT_SECRET\)") as caught:
        ask(endpoint, grant)
    assert not shows_canary(str(caught.value))


@pytest.mark.parametrize(("grant", "times"), [("client_credentials", 2), ("refresh_token", 1)])
def test_refresh_token_is_used_once(endpoint: Web, grant: str, times: int) -> None:
    """An endpoint that exchanges refresh tokens would take the second use for a theft (RFC 9700 section 4.14.2)."""
    endpoint.say(Reply(None), TOKEN)

    if times == 1:
        with pytest.raises(TransportError, match="broke off"):
            ask(endpoint, grant)
    else:
        ask(endpoint, grant)

    assert len(endpoint.asked) == times


def test_credentials_do_not_leave_in_clear() -> None:
    """A token endpoint on another machine without TLS."""
    with pytest.raises(TransportError, match="would send credentials in clear"):
        request_token(
            "http://login.example.com/token",
            grant="client_credentials",
            client_id="app",
            client_secret=CLIENT_SECRET,
            refresh_token=None,
            scope=None,
        )
