"""Vendors: whose server it is, from the preset, the host's name or a signature in the reply."""

from __future__ import annotations

from declarative_mail.resources.presets import find_preset

_BY_DOMAIN = {
    "gmail.com": "google",
    "google.com": "google",
    "googlemail.com": "google",
    "office365.com": "microsoft",
    "outlook.com": "microsoft",
    "office.com": "microsoft",
    "azurecomm.net": "azure",
    "amazonaws.com": "aws",
    "sendgrid.net": "sendgrid",
}
_BY_SIGNATURE = {" - gsmtp": "google", ".prod.outlook.com": "microsoft", "smtpclientauthentication": "microsoft"}


def vendor_of(host: str, *, preset: str | None = None, text: str = "") -> str | None:
    """The vendor whose peculiarities apply, or None where nothing tells.

    Args:
        host: the name that was connected to.
        preset: a preset's name; its host tells where `host` is an alias of the user's own.
        text: a reply, for servers that sign what they say (Google ends its lines in ``gsmtp``).
    """
    return _by_domain(host) or _by_domain(_preset_host(preset)) or _by_signature(text)


def _preset_host(preset: str | None) -> str:
    known = find_preset(preset) if preset else None
    return known.host if known else ""


def _by_domain(host: str) -> str | None:
    labels = host.casefold().rstrip(".").split(".")
    return _BY_DOMAIN.get(".".join(labels[-2:]))


def _by_signature(text: str) -> str | None:
    folded = text.casefold()
    return next((vendor for mark, vendor in _BY_SIGNATURE.items() if mark in folded), None)
