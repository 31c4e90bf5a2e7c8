"""What must hold of an ``smtp_server`` beside where it is (see `endpoint`)."""

from __future__ import annotations

from collections.abc import Iterable

from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.resources.base import Fault, Values
from declarative_mail.resources.rules.common import excludes, is_set, needs


def examine_grant(values: Values) -> Iterable[Fault]:
    """A grant has what it is made with."""
    if values["grant"] == "refresh_token" and values.get("refresh_token") is None:
        detail = 'The grant refresh_token needs refresh_token. Set it, or set grant = "client_credentials".'
        yield Fault(codes.INCOMPLETE_ATTRIBUTES, (), detail)
    if values["grant"] == "client_credentials" and values.get("client_secret") is None:
        detail = 'The grant client_credentials needs client_secret. Set it, or use the grant "refresh_token".'
        yield Fault(codes.INCOMPLETE_ATTRIBUTES, ("grant",), detail)


def examine_login(values: Values) -> Iterable[Fault]:
    """Who logs in can: with a password, or with a token."""
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


def examine_client_certificate(values: Values) -> Iterable[Fault]:
    """A certificate and its key come together."""
    yield from needs(values, "client_certificate", "client_key", "A certificate is of no use without its key.")
    yield from needs(values, "client_key", "client_certificate", "A key is of no use without its certificate.")
