"""What Harness can do with each type and attribute. The table on the page of this remote is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from declarative_mail.remotes.capabilities import Capabilities, Handling, local_names
from declarative_mail.resources.schema import resource_schema

_ABSENT: Mapping[str, Mapping[str, str]] = {
    "smtp_server": {
        "description": "Harness keeps no description of its SMTP configuration: remove it.",
        "verify_certificate": "Harness decides itself whether it checks the certificate: remove it.",
        "ca_certificate": "The delegates' and managers' own trust stores count: add the authority there.",
        "server_name": "Harness expects the name in host: set host to the name in the certificate.",
        "tls_min_version": "Harness chooses the version of TLS itself: remove it.",
        "client_certificate": "Harness has no client certificates for SMTP: use username and password.",
        "client_key": "Harness has no client certificates for SMTP: use username and password.",
        "envelope_from": "Bounces go to from_address: set that.",
        "reply_to": "Answers go to from_address: set that.",
        "auth": 'Harness chooses how it logs in: leave out auth, or set it to "auto".',
        "oauth2": "Harness logs in with username and password only.",
        "hello": "Harness names itself: remove it.",
        "enabled": "To switch it off, remove the block: Harness then uses its built-in server, where it has one.",
        "fallback": "Harness has one server for an account. A chain of servers needs the remote local.",
        "rate_limit": "Harness sends as it comes. Rates are kept by the remote local only.",
    },
    "secret": {"usage_scope": "Access to a secret is a matter of roles and resource groups in NextGen."},
    "user_group": {"enabled": "To silence a group, remove its notification_preferences."},
    "notification_rule": {
        "description": "A rule in a pipeline has a name only: put it there.",
        "match": "Harness knows events of pipelines and no alerts: use event { … }.",
        "repeat_interval": "Harness tells each event once: remove it.",
        "email.subject": "Harness writes the subject itself; notification templates are kept where a rule has one.",
        "email.text": "Harness writes the message itself; notification templates are kept where a rule has one.",
        "email.html": "Harness writes the message itself; notification templates are kept where a rule has one.",
    },
}

_KEPT: Mapping[str, tuple[str, ...]] = {
    "smtp_server": ("preset", "region", "uri", "password_version"),
    "secret": ("value_version",),
    "user_group": (),
    "notification_rule": ("smtp_server", "git", "via"),
}

_FIXED: Mapping[str, frozenset[str]] = {"secret": frozenset({"secret_manager"})}
"""What Harness refuses to change of an object, beside what no system changes."""

_UNREADABLE: Mapping[str, tuple[str, ...]] = {"smtp_server": ("password",), "secret": ("value",)}


def kept_names(type_: str) -> frozenset[str]:
    """The attributes of a type that only dmail knows."""
    return frozenset(_KEPT[type_]) | local_names(type_)


@cache
def capabilities_of(type_: str) -> Capabilities | None:
    """What can be done with a type; None where Harness holds nothing of the kind."""
    if type_ not in _ABSENT:
        return None
    handling: dict[str, Handling] = dict.fromkeys(_ABSENT[type_], "absent")
    handling |= dict.fromkeys(_UNREADABLE.get(type_, ()), "unreadable")
    handling |= dict.fromkeys(sorted(kept_names(type_)), "kept")
    return Capabilities(
        attributes=handling,
        instead=_ABSENT[type_],
        immutable=resource_schema(type_).immutable | _FIXED.get(type_, frozenset()),
        left_alone=frozenset({"members"} if type_ == "user_group" else ()),
    )


TYPES = tuple(_ABSENT)
"""The types that Harness NextGen holds."""
