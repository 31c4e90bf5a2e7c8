"""From the attributes of a server to the settings of its connection test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from declarative_mail.addresses import Address
from declarative_mail.language.values import Unknown
from declarative_mail.operations.tokens import token_source
from declarative_mail.probe.settings import ServerSettings, TestSettings
from declarative_mail.resources.desired import Desired, secret_value
from declarative_mail.resources.text_forms import parse_duration

_LEAST_DAYS = ("connection_test", "min_certificate_days")
"""Only where it is written can too few days fail a test; by default they are a remark."""


def is_testable(server: Desired) -> bool:
    """Whether everything that a conversation needs is known now."""
    needed = ("host", "port", "username", "password", "from_address", "encryption")
    return not any(isinstance(server.attributes.get(name), Unknown) for name in needed)


def server_settings(server: Desired, desired: Mapping[Address, Desired]) -> ServerSettings:
    """How to speak to a server.

    Args:
        server: a desired ``smtp_server``.
        desired: all desired objects, for secrets that are resources of their own.
    """
    have = server.attributes
    return ServerSettings(
        address=str(server.address),
        host=have["host"],
        port=have["port"],
        from_address=have["from_address"],
        encryption=have["encryption"],
        verify_certificate=have["verify_certificate"],
        ca_certificate=have["ca_certificate"],
        server_name=have["server_name"],
        tls_min_version=have["tls_min_version"],
        client_certificate=have["client_certificate"],
        client_key=secret_value(have["client_key"], desired),
        auth=have["auth"],
        username=have["username"],
        password=secret_value(have["password"], desired),
        fetch_token=token_source(have["oauth2"], desired) if have["oauth2"] else None,
        hello=have["hello"],
        envelope_from=have["envelope_from"],
        preset=have["preset"],
    )


def probe_test(server: Desired, recipients: Sequence[str] = ()) -> TestSettings:
    """How far the test of a server goes, from its ``connection_test`` block.

    Args:
        server: a desired ``smtp_server``.
        recipients: direct recipients of changed rules, offered to the server too.
    """
    have = server.attributes["connection_test"]
    stage = parse_duration(have["timeout"])
    return TestSettings(
        require=frozenset(have["require"]),
        on_failure=have["on_failure"],
        max_age=parse_duration(have["max_age"]),
        via=have["via"],
        to=have["to"],
        recipients=tuple(recipients),
        subject=have["subject"],
        body=have["body"],
        send_message=have["receipt"] is not None,
        timeout=3 * stage,
        stage_timeout=stage,
        min_certificate_days=have["min_certificate_days"] if _LEAST_DAYS in server.explicit else None,
        dkim_selectors=tuple(have["dkim_selectors"]),
        egress=tuple(have["egress"]),
    )
