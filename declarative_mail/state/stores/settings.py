"""From the arguments of a ``backend`` block to a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import fields

from declarative_mail.diagnostics import Diagnostic, DiagnosticError, Label, suggestion
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.secrets import Secret
from declarative_mail.state.stores.base import DEFAULT_STATE, Store
from declarative_mail.state.stores.http_wire import HttpClient, HttpSettings
from declarative_mail.state.stores.local import LocalStore
from declarative_mail.state.stores.postgres_session import PostgresSettings
from declarative_mail.state.stores.s3_bucket import S3Settings


class LocalSettings(Struct, frozen=True):
    """The attributes of ``backend "local"``.

    Args:
        path: of the state file, from the working directory.
        key: tells several environments apart: ``prod`` makes ``dmail.state.prod.json`` of the default path.
    """

    path: str = DEFAULT_STATE
    key: str = ""

    def file(self) -> Path:
        """The path with the key in it."""
        path = Path(self.path)
        return path.with_name(f"{path.stem}.{self.key}{path.suffix}") if self.key else path


_SENSITIVE = "it would be shown, and the value is sensitive; wrap it in nonsensitive() if it is no secret"

Settings: TypeAlias = LocalSettings | HttpSettings | S3Settings | PostgresSettings

KINDS: Mapping[str, type[Settings]] = {
    "local": LocalSettings,
    "http": HttpSettings,
    "s3": S3Settings,
    "postgres": PostgresSettings,
}


class Places(Struct, frozen=True):
    """Where the arguments stand, for the faults about them.

    Args:
        block: the head of the block.
        arguments: each argument, by its name.
        way: how an argument is given, up to its name.
    """

    block: Label | None = None
    arguments: Mapping[str, Label] | None = None
    way: str = "in the block, or with --backend-config"

    def of(self, name: str) -> Label | None:
        """The argument, or the block where it was given elsewhere."""
        return (self.arguments or {}).get(name, self.block)


def read_settings(kind: str, arguments: Mapping[str, object], *, places: Places | None = None) -> Settings:
    """Check the arguments of a ``backend`` block, those of ``--backend-config`` included.

    Args:
        kind: the label of the block.
        arguments: plain values; a sensitive text as `Secret`. One that is None counts as not given.
        places: where they stand.

    Raises:
        DiagnosticError: every unknown kind or argument, missing argument and wrong value.
    """
    places = places or Places()
    values, faults = convert_settings(kind, arguments, places=places)
    if kind in KINDS:
        required = [one.name for one in fields(KINDS[kind]) if one.required]
        faults += [_missing(kind, name, places) for name in required if arguments.get(name) is None]
    if faults:
        raise DiagnosticError(faults)
    settings = KINDS[kind](**values)
    _check(settings, places)
    return settings


def convert_settings(
    kind: str, arguments: Mapping[str, object], *, places: Places
) -> tuple[dict[str, Any], list[Diagnostic]]:
    """Those of the arguments that are right, and what is wrong with the others; some may be given elsewhere."""
    if kind not in KINDS:
        detail = f'No backend is named "{kind}". There are {", ".join(KINDS)}.'
        return {}, [Diagnostic(codes.STORE_SETTING, detail, primary=places.block, help=suggestion(kind, KINDS))]
    known = KINDS[kind].__annotations__
    values: dict[str, Any] = {}
    faults: list[Diagnostic] = []
    for name, value in arguments.items():
        if name not in known:
            faults.append(_unknown(kind, name, known, places))
            continue
        try:
            if value is not None:
                values[name] = _converted(value, known[name])
        except ValueError as error:
            faults.append(_wrong(kind, name, str(error), places))
    return values, faults


def open_store(settings: Settings, *, directory: Path, http: Callable[[HttpSettings], HttpClient]) -> Store:
    """The store that the settings describe. Nothing is opened or sent yet; the library of the store is imported.

    Args:
        settings: from `read_settings`.
        directory: the working directory, where relative paths start.
        http: makes the client for HTTP, with the TLS settings that it finds.

    Raises:
        DiagnosticError: the library is not installed, or does not take the settings.
    """
    if isinstance(settings, LocalSettings):
        return LocalStore(directory / settings.file(), name=str(settings.file()))
    if isinstance(settings, HttpSettings):
        from declarative_mail.state.stores.http import HttpStore

        return HttpStore(settings, http(settings))
    if isinstance(settings, S3Settings):
        from declarative_mail.state.stores.s3 import S3Store

        return S3Store(settings)
    from declarative_mail.state.stores.postgres import PostgresStore

    return PostgresStore(settings)


def _converted(value: object, kind: str) -> object:
    """A value as the setting wants it; texts are read as Terraform reads them, for ``--backend-config``."""
    if "Secret" in kind:
        if not isinstance(value, Secret | str):
            raise ValueError("a text is needed")
        return value if isinstance(value, Secret) or kind.endswith("str") else Secret(value)
    if isinstance(value, Secret):
        raise ValueError(_SENSITIVE)  # noqa: TRY004  # a fault of the user's, collected
    if kind == "bool":
        return _boolean(value)
    if kind in {"int", "float"}:
        return _number(value, whole=kind == "int")
    if not isinstance(value, str):
        raise ValueError("a text is needed")  # noqa: TRY004  # a fault of the user's, collected
    return value


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in {"true", "false"}:
        return value == "true"
    raise ValueError("true or false is needed")


def _number(value: object, *, whole: bool) -> float:
    try:
        number = None if isinstance(value, bool) else Decimal(str(value))
    except ArithmeticError:
        number = None
    if number is None or not number.is_finite() or number < 0 or (whole and number != int(number)):
        raise ValueError("a whole number from 0 is needed" if whole else "a number from 0 is needed")
    return int(number) if whole else float(number)


def _check(settings: Settings, places: Places) -> None:
    """What no type says."""
    if isinstance(settings, LocalSettings) and not _is_file_name(settings.key):
        raise DiagnosticError(_wrong("local", "key", "it becomes part of a file name, so it has no slash", places))
    if isinstance(settings, HttpSettings):
        for name in ("address", "lock_address", "unlock_address"):
            fault = _url_fault(getattr(settings, name), allow_plain=settings.allow_plain_http)
            if fault:
                raise DiagnosticError(_wrong("http", name, fault, places))


def _is_file_name(key: str) -> bool:
    return "/" not in key and "\0" not in key


def _url_fault(url: str | None, *, allow_plain: bool) -> str | None:
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return "a URL is needed: https://…"
    if parts.scheme == "http" and not allow_plain and not _is_loopback(parts.hostname):
        return "http:// sends state and password in clear; use https://, or allow_plain_http = true"
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unknown(kind: str, name: str, known: Mapping[str, object], places: Places) -> Diagnostic:
    detail = f'backend "{kind}" has no argument {name}. It takes {", ".join(known)}.'
    return Diagnostic(codes.STORE_SETTING, detail, primary=places.of(name), help=suggestion(name, known))


def _missing(kind: str, name: str, places: Places) -> Diagnostic:
    detail = f'backend "{kind}" needs {name}. Give it {places.way}={name}=….'
    return Diagnostic(codes.STORE_SETTING, detail, primary=places.block)


def _wrong(kind: str, name: str, why: str, places: Places) -> Diagnostic:
    return Diagnostic(codes.STORE_SETTING, f'{name} of backend "{kind}": {why}.', primary=places.of(name))
