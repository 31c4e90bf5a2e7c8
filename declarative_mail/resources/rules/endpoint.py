"""Where a server is: preset, uri, host, port and encryption, each worked out from the others, and what they contradict.

Explicit attributes go before the preset. Without a word about it the encryption is ``starttls``; port 465 alone means
``tls`` (RFC 8314 section 3.3); the port follows the encryption: 465, 587 (RFC 6409), else 25.
"""

from __future__ import annotations

from collections.abc import Iterable

from declarative_mail.addresses import Address
from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.language.types import NUMBER, STRING, Type
from declarative_mail.language.values import Unknown
from declarative_mail.resources.base import Fault, Values
from declarative_mail.resources.presets import PresetError, expand
from declarative_mail.resources.rules.common import excludes, needs
from declarative_mail.resources.text_forms import FormError, SmtpUri, is_host, parse_smtp_uri

TLS_PORT = 465
DEFAULT_PORTS = {"tls": TLS_PORT, "starttls": 587, "starttls_if_offered": 25, "none": 25}

_CLEAR_PORTS = (25, 587)
_NO_IMPLICIT_TLS = ("none", "starttls", "starttls_if_offered")
_TYPES: dict[str, Type] = {"host": STRING, "port": NUMBER, "encryption": STRING, "uri": STRING}
_PRESET_CODES = {"preset": codes.UNKNOWN_PRESET, "region": codes.NOT_ALLOWED, "encryption": codes.PRESET_MISMATCH}
_INTERNAL_LABELS = frozenset((
    "corp", "example", "home", "intern", "internal", "intranet", "invalid", "lan", "local", "localdomain",
    "localhost", "private", "test",
))  # fmt: skip


def complete_endpoint(values: Values, address: Address) -> Iterable[Fault]:
    """Fill in host, port, encryption and uri; what cannot be known yet is unknown under the server's own address."""
    faults = list(_conflicts(values))
    if "uri" in values:
        _from_uri(values, address)
    elif "preset" in values:
        faults.extend(_from_preset(values, address))
    elif "host" not in values:
        detail = "It is not said where the server is. Set host, or uri, or the preset of a well-known service."
        faults.append(Fault(codes.MISSING_ATTRIBUTE, (), detail))
        _not_yet(values, address, "host")
    _from_defaults(values, address)
    return faults


def _conflicts(values: Values) -> Iterable[Fault]:
    if "uri" in values:
        yield from excludes(values, "uri", "preset", "Each alone says where the server is: keep one of them.")
        yield from excludes(values, "uri", "host", "The host stands in the uri: keep one of them.")
        yield from excludes(values, "uri", "port", "The port belongs into the uri: keep one of them.")
    uri = _parsed(values.get("uri"))
    encryption = values.get("encryption", "tls")
    # On port 465 the rule on port and encryption says the same.
    if uri is not None and uri.scheme == "smtps" and uri.port != TLS_PORT and encryption in _NO_IMPLICIT_TLS:
        detail = f'uri says TLS from the first byte, but encryption is "{encryption}". Remove it, or write smtp://.'
        yield Fault(codes.PORT_AND_ENCRYPTION, ("encryption",), detail, related=((("uri",), "the uri"),))
    yield from needs(
        values, "region", "preset", "A region says which host of a preset is meant: set preset, or remove it."
    )


def _not_yet(values: Values, address: Address, *names: str) -> None:
    for name in names:
        values.setdefault(name, Unknown(_TYPES[name], f"{address}.{name}"))


def _from_preset(values: Values, address: Address) -> Iterable[Fault]:
    given = [values.get(name) for name in ("preset", "region", "port", "encryption")]
    if any(isinstance(one, Unknown) for one in given):
        _not_yet(values, address, "host", "port", "encryption")
        return
    name, region, port, encryption = given
    try:
        found = expand(str(name), region=region, port=port, encryption=encryption)
    except PresetError as error:
        _not_yet(values, address, "host", "port", "encryption")
        yield Fault(_PRESET_CODES[error.attribute], (error.attribute,), error.detail, error.hint)
        return
    values.setdefault("host", found.host)
    values.setdefault("port", found.port)
    values.setdefault("encryption", found.encryption)
    if found.preset.username and "password" in values:
        values.setdefault("username", found.preset.username)


def _from_uri(values: Values, address: Address) -> None:
    uri = _parsed(values["uri"])
    if uri is None:
        _not_yet(values, address, "host", "port", "encryption")
        return
    values.setdefault("host", uri.host)
    values.setdefault("port", uri.port)
    if uri.scheme == "smtps":
        values.setdefault("encryption", "tls")


def _parsed(uri: object) -> SmtpUri | None:
    if not isinstance(uri, str):
        return None
    try:
        return parse_smtp_uri(uri)
    except FormError:
        return None


def _from_defaults(values: Values, address: Address) -> None:
    if isinstance(values.get("port"), Unknown):
        _not_yet(values, address, "encryption")
    encryption = values.setdefault("encryption", "tls" if values.get("port") == TLS_PORT else "starttls")
    if isinstance(encryption, Unknown):
        _not_yet(values, address, "port")
    port = values.setdefault("port", DEFAULT_PORTS.get(encryption, 25))
    _write_uri(values, address, encryption, port)


def _write_uri(values: Values, address: Address, encryption: object, port: object) -> None:
    """The uri in its one canonical form, so that it does not matter which of the ways was used to say it."""
    host = values["host"]
    if "uri" in values and _parsed(values["uri"]) is None:
        return
    if isinstance(host, str) and isinstance(port, int) and is_host(host) and isinstance(encryption, str):
        values["uri"] = str(SmtpUri("smtps" if encryption == "tls" else "smtp", host, min(max(port, 1), 65535)))
    else:
        _not_yet(values, address, "uri")


def examine_endpoint(values: Values) -> Iterable[Fault]:
    """What port and encryption contradict, and what is not safe."""
    encryption, port = values["encryption"], values["port"]
    port_here = ((("port",), "the port"),)
    if port == TLS_PORT and encryption in _NO_IMPLICIT_TLS:
        detail = (
            f'encryption is "{encryption}" on port 465, where TLS begins with the first byte: a server there says '
            "nothing in "
            'clear. Use encryption = "tls", or port 587 for STARTTLS.'
        )
        yield Fault(codes.PORT_AND_ENCRYPTION, ("encryption",), detail, 'did you mean encryption = "tls"?', port_here)
    elif encryption == "tls" and port in _CLEAR_PORTS:
        detail = (
            f'encryption is "tls" on port {port}, where servers greet in clear and TLS begins with STARTTLS. '
            'Use encryption = "starttls", or port 465 for TLS from the first byte.'
        )
        yield Fault(
            codes.PORT_AND_ENCRYPTION, ("encryption",), detail, 'did you mean encryption = "starttls"?', port_here
        )
    yield from _examine_trust(values, encryption)


def _examine_trust(values: Values, encryption: object) -> Iterable[Fault]:
    host, preset = values["host"], values.get("preset")
    if values["verify_certificate"] is False:
        if values.get("ca_certificate") is not None:
            detail = (
                "ca_certificate says whom to trust, but verify_certificate is false, so nobody is checked. Keep one "
                "of them."
            )
            related = ((("ca_certificate",), "the authorities"),)
            yield Fault(codes.CONFLICTING_ATTRIBUTES, ("verify_certificate",), detail, related=related)
        elif preset is not None or (isinstance(host, str) and is_public(host)):
            yield _unverified(str(preset or host))
    if _is_clear(values, encryption) and not _is_loopback(host):
        when = "" if encryption == "none" else " whenever the server, or somebody in between, offers no TLS"
        detail = (
            f'encryption is "{encryption}", so anybody on the way can read the password{when}. '
            'Use encryption = "starttls" or "tls"; to send it in clear all the same, name the mechanism in auth.'
        )
        yield Fault(codes.CLEAR_CREDENTIALS, ("encryption",), detail)


def _is_clear(values: Values, encryption: object) -> bool:
    """Whether a password may go in clear without having been asked for by name."""
    return (
        values.get("password") is not None
        and encryption in ("none", "starttls_if_offered")
        and values["auth"] == "auto"
    )


def _unverified(who: str) -> Fault:
    detail = (
        f"verify_certificate is false for {who}, a public service with a valid certificate: anybody in between can "
        "read the "
        "password. Remove the line; it is for internal servers, and ca_certificate is better there too."
    )
    return Fault(codes.UNVERIFIED_CERTIFICATE, ("verify_certificate",), detail)


def is_public(host: str) -> bool:
    """Whether a host looks like one of the public Internet: neither a bare or internal name nor a private address."""
    labels = host.lower().rstrip(".").split(".")
    if ":" in host or labels[-1].isdecimal():
        from ipaddress import ip_address

        try:
            return ip_address(host.strip("[]")).is_global
        except ValueError:
            return False
    return len(labels) > 1 and _INTERNAL_LABELS.isdisjoint(labels)


def _is_loopback(host: object) -> bool:
    return not isinstance(host, str) or host in ("localhost", "::1", "[::1]") or host.startswith("127.")
