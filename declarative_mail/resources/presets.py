"""Presets: what is known of the well-known submission services, so that nobody has to look up a host name twice.

A preset gives host, port and encryption; whatever the configuration says itself goes before it. The table is
``data/presets.json`` beside this file, read at the first question.
"""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from declarative_mail.diagnostics.suggest import suggestion

# A service on this port speaks TLS from the first byte (RFC 8314, section 3.3).
_TLS_PORT = 465

_TABLE = Path(__file__).parent / "data" / "presets.json"


class PresetError(ValueError):
    """A preset cannot give what was asked of it.

    Args:
        attribute: the attribute at fault: ``preset``, ``region`` or ``encryption``.
        detail: what is wrong and what there is instead, in whole sentences.
        hint: did you mean, or None.
    """

    def __init__(self, attribute: str, detail: str, *, hint: str | None = None) -> None:
        super().__init__(detail)
        self.attribute = attribute
        self.detail = detail
        self.hint = hint


class Endpoint(Struct, frozen=True):
    """A port and how it is encrypted: ``tls`` from the first byte, ``starttls`` demanded, or ``none``."""

    port: int
    encryption: str


class Limits(Struct, frozen=True):
    """How much a service takes; None where nothing reliable is known. Days are any 24 hours.

    Args:
        messages_per_day: on a paid or ordinary account.
        recipients_per_day: each recipient of each message counts.
        messages_per_minute: a burst above is refused or delayed.
        recipients_per_message: a longer list must be split.
        messages_per_connection: then the server wants a new connection.
        message_megabytes: the size of one encoded message.
        trial_messages_per_day: on a free plan or in a sandbox.
    """

    messages_per_day: int | None = None
    recipients_per_day: int | None = None
    messages_per_minute: int | None = None
    recipients_per_message: int | None = None
    messages_per_connection: int | None = None
    message_megabytes: int | None = None
    trial_messages_per_day: int | None = None


class Note(Struct, frozen=True):
    """What goes wrong at a service, and to what it belongs.

    Args:
        topic: ``auth``, ``sender``, ``recipient``, ``tls``, ``network``, ``rate``, ``quota``, ``limit``, ``content`` or
            ``general``.
        text: whole sentences.
    """

    topic: str
    text: str


class Deadline(Struct, frozen=True):
    """A day after which something that works now is off unless somebody acts.

    Args:
        on: the first day on which it is off.
        what: what ends, and for whom.
        remedy: what to use instead.
        source: who said so, and when.
    """

    on: date
    what: str
    remedy: str
    source: str


class Preset(Struct, frozen=True):
    """What is known of one service.

    Args:
        name: as it stands in ``preset = "…"``.
        title: the service's own name.
        host: the name to connect to; that of `default_region` where there are regions.
        endpoints: port and encryption, the recommended pair first.
        regions: host by region; empty where there is one host for all.
        region_template: how the host of a region looks that is not in `regions`; None where no further ones open.
        default_region: the region of `host`.
        username: the literal user name where the service has one for everybody (``apikey``).
        username_hint: what to write as user name.
        password_hint: what to use as password.
        auth: the mechanisms it takes, as `smtp_server.auth` spells them.
        notes: what goes wrong there.
        limits: how much it takes.
        deadlines: what ends when.
        sources: where the facts are from, public pages.
        confidence: ``documented``, ``listed`` (host and port from a maintained list only) or ``partial``.
    """

    name: str
    title: str
    host: str
    endpoints: tuple[Endpoint, ...]
    regions: dict[str, str]
    region_template: str | None
    default_region: str | None
    username: str | None
    username_hint: str
    password_hint: str
    auth: tuple[str, ...]
    notes: tuple[Note, ...]
    limits: Limits
    deadlines: tuple[Deadline, ...]
    sources: tuple[str, ...]
    confidence: str


class Expansion(Struct, frozen=True):
    """Where a preset leads once the configuration's own words are heard.

    Args:
        preset: the preset it is from.
        host: the name to connect to.
        port: the port to connect to.
        encryption: ``tls``, ``starttls``, ``starttls_if_offered`` or ``none``.
        region: the region in use, None where there are none.
        region_assumed: the configuration named no region though there are several.
        offered: whether the service is known to offer this encryption on this port.
    """

    preset: Preset
    host: str
    port: int
    encryption: str
    region: str | None
    region_assumed: bool
    offered: bool


def preset_names() -> tuple[str, ...]:
    """Every name that ``preset = "…"`` takes, in alphabetical order."""
    return tuple(sorted(_rows()))


def find_preset(name: str) -> Preset | None:
    """The preset of that name, or None."""
    return _built(name) if name in _rows() else None


def preset(name: str) -> Preset:
    """The preset of that name.

    Raises:
        PresetError: there is none; the nearest name is in `hint`.
    """
    known = find_preset(name)
    if known is None:
        listed = ", ".join(preset_names())
        detail = f'There is no preset "{name}". Known are: {listed}. Without one, set host, port and encryption.'
        raise PresetError("preset", detail, hint=suggestion(name, preset_names()))
    return known


def expand(
    name: str, *, region: str | None = None, port: int | None = None, encryption: str | None = None
) -> Expansion:
    """The host, port and encryption of a preset, with what the configuration sets itself put first.

    Args:
        name: the preset.
        region: the service's region, for services that have one host for each.
        port: the port that the configuration sets; alone it chooses the encryption that the service has there.
        encryption: what the configuration sets; alone it chooses the first port on which the service offers it.

    Raises:
        PresetError: unknown preset or region, or an encryption that the service offers on no port and no port given.
    """
    known = preset(name)
    host, used = _host(known, region)
    endpoint = _endpoint(known, port, encryption)
    return Expansion(
        preset=known,
        host=host,
        port=endpoint.port,
        encryption=endpoint.encryption,
        region=used,
        region_assumed=region is None and used is not None,
        offered=Endpoint(endpoint.port, _demanded(endpoint.encryption)) in known.endpoints,
    )


def _host(known: Preset, region: str | None) -> tuple[str, str | None]:
    if region is None:
        return known.host, known.default_region
    if not known.regions:
        raise PresetError(
            "region", f'The preset "{known.name}" has one host for everybody, {known.host}. Remove the region.'
        )
    wanted = region.strip().casefold()
    if wanted in known.regions:
        return known.regions[wanted], wanted
    # New regions open faster than releases of this table; the shape of their names has been the same since 2006.
    if known.region_template and re.fullmatch(r"[a-z]{2,4}(-[a-z]+){1,2}-\d{1,2}", wanted):
        return known.region_template.format(region=wanted), wanted
    detail = f'The preset "{known.name}" has no region "{region}". It has: {", ".join(known.regions)}.'
    raise PresetError("region", detail, hint=suggestion(wanted, known.regions))


def _endpoint(known: Preset, port: int | None, encryption: str | None) -> Endpoint:
    if encryption is None:
        there = next((one for one in known.endpoints if port in (None, one.port)), None)
        return there or Endpoint(port or 0, "tls" if port == _TLS_PORT else "starttls")
    if port is not None:
        return Endpoint(port, encryption)
    offered = next((one.port for one in known.endpoints if one.encryption == _demanded(encryption)), None)
    if offered is None:
        pairs = ", ".join(f"{one.encryption} on {one.port}" for one in known.endpoints)
        detail = f'{known.title} offers {pairs}, not encryption "{encryption}". Use one of these, or name the port too.'
        raise PresetError("encryption", detail)
    return Endpoint(offered, encryption)


def _demanded(encryption: str) -> str:
    return "starttls" if encryption == "starttls_if_offered" else encryption


@cache
def _rows() -> dict[str, dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(_TABLE.read_text("utf-8"))["presets"]
    return {row["name"]: row for row in rows}


@cache
def _built(name: str) -> Preset:
    row = _rows()[name]
    return Preset(
        **row
        | {
            "endpoints": tuple(Endpoint(**one) for one in row["endpoints"]),
            "notes": tuple(Note(**one) for one in row["notes"]),
            "limits": Limits(**row["limits"]),
            "deadlines": tuple(Deadline(**one | {"on": date.fromisoformat(one["on"])}) for one in row["deadlines"]),
            **{field: tuple(row[field]) for field in ("auth", "sources")},
        }
    )
