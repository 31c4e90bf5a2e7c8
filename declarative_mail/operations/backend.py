"""Finds the store of a configuration and how it is sealed.

Its ``backend`` and ``encryption`` blocks, ``--backend-config``, or the file in the working directory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, cast

from declarative_mail.diagnostics import Diagnostic, DiagnosticError, Label, Source, Span, suggestion
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.language.block_reader import labels_of
from declarative_mail.language.syntax import Block
from declarative_mail.language.values import Marked, Value, is_null
from declarative_mail.operations.early import early_values
from declarative_mail.operations.load import Loaded
from declarative_mail.operations.workspace import Workspace
from declarative_mail.secrets import Secret
from declarative_mail.state.encryption import Envelope
from declarative_mail.state.stores.base import DEFAULT_STATE, Store
from declarative_mail.state.stores.local import LocalStore

KEY_VARIABLE = "DMAIL_STATE_KEY"
"""One backend, a key for each environment (semantics 8)."""
BACKENDS = ("local", "http", "s3", "postgres")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a backend or of the encryption, and where it was given."""

    value: Value
    span: Span


@dataclass(frozen=True)
class Backend:
    """Where the state is kept and how it is sealed.

    Args:
        store: keeps its bytes.
        envelope: seals them, where a passphrase is given.
        diagnostics: warnings about the settings.
    """

    store: Store
    envelope: Envelope
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def unseal(self, data: bytes, *, name: str | None = None) -> tuple[bytes, list[Diagnostic]]:
        """The plain bytes of a state or plan, and warnings.

        Raises:
            DiagnosticError: it was changed by somebody, or no passphrase opens it.
        """
        opened = self.envelope.open(data, name=name or self.store.name)
        return opened.data, list(opened.warnings)


def backend_of(workspace: Workspace, loaded: Loaded) -> Backend:
    """The store that a configuration and the command line name.

    Raises:
        DiagnosticError: a setting is wrong.
    """
    settings = loaded.configuration.module.settings
    kind, given = _given(workspace, settings.backend)
    key = workspace.environment.get(KEY_VARIABLE)
    if key:
        span = Span(Source(KEY_VARIABLE, key), 0, len(key))
        given["path" if kind == "local" else "key"] = Setting(key, span)
    return Backend(_store(workspace, kind, given), _envelope(workspace, settings.encryption))


def _given(workspace: Workspace, block: Block | None) -> tuple[str, dict[str, Setting]]:
    """The type of the backend and its settings: those of the block, and over them those of the command line."""
    kind, given = "local", {}
    if block is not None:
        diagnostics: list[Diagnostic] = []
        labels = labels_of(block, ("type",), diagnostics)
        if diagnostics:
            raise DiagnosticError(diagnostics)
        kind = cast("tuple[str]", labels)[0]
        if kind not in BACKENDS:
            detail = f'There is no backend of type "{kind}". It is one of {", ".join(BACKENDS)}.'
            help_ = suggestion(kind, BACKENDS)
            raise DiagnosticError(Diagnostic(codes.STORE_SETTING, detail, Label(block.labels[0].span), help=help_))
        given = {name: Setting(value, span) for name, (value, span) in early_values(workspace, block).items()}
    for text in workspace.backend:
        name, equals, value = text.partition("=")
        span = Span(Source("--backend-config", text), 0, len(text))
        if not equals:
            detail = "--backend-config takes KEY=VALUE, e.g. --backend-config path=prod.state.json."
            raise DiagnosticError(Diagnostic(codes.STORE_SETTING, detail, Label(span)))
        given[name] = Setting(value, span)
    return kind, given


def _store(workspace: Workspace, kind: str, given: Mapping[str, Setting]) -> Store:
    if kind == "local":
        path = str(_checked(given, {"path": (str, None)}, kind).get("path") or DEFAULT_STATE)
        return LocalStore(workspace.directory / path, name=path)
    if kind == "s3":
        from declarative_mail.state.stores.s3 import S3Store
        from declarative_mail.state.stores.s3_bucket import S3Settings

        return S3Store(S3Settings(**_checked(given, _form(S3Settings), kind)))
    if kind == "postgres":
        from declarative_mail.state.stores.postgres import PostgresStore
        from declarative_mail.state.stores.postgres_session import PostgresSettings

        return PostgresStore(PostgresSettings(**_checked(given, _form(PostgresSettings), kind)))
    from declarative_mail.operations.state_http import StateClient
    from declarative_mail.state.stores.http import HttpStore
    from declarative_mail.state.stores.http_wire import HttpSettings

    settings = HttpSettings(**_checked(given, _form(HttpSettings), kind))
    return HttpStore(settings, StateClient(settings))


_KINDS: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool, "Secret": Secret}


def _form(settings: type) -> dict[str, tuple[type, object]]:
    """The settings that a record takes: the kind of each and its default, `MISSING` where it is required."""
    return {one.name: (_kind(str(one.type)), one.default) for one in fields(settings)}


def _kind(annotation: str) -> type:
    return _KINDS["Secret" if "Secret" in annotation else annotation.split(" ", maxsplit=1)[0]]


def _checked(given: Mapping[str, Setting], form: Mapping[str, tuple[type, object]], kind: str) -> dict[str, Any]:
    """The settings with the types of the form; every fault at once."""
    diagnostics, settings = [], {}
    for name, setting in given.items():
        if name not in form:
            detail = f'The backend "{kind}" has no setting named {name}.'
            help_ = suggestion(name, form)
            diagnostics.append(Diagnostic(codes.STORE_SETTING, detail, Label(setting.span, secret=True), help=help_))
            continue
        try:
            settings[name] = _converted(setting.value, form[name][0])
        except ValueError as error:
            detail = f'{name} of the backend "{kind}" {error}.'
            diagnostics.append(Diagnostic(codes.STORE_SETTING, detail, Label(setting.span, secret=True)))
    for name, (_, default) in form.items():
        if default is MISSING and name not in given:
            detail = f'The backend "{kind}" needs the setting {name}.'
            diagnostics.append(Diagnostic(codes.STORE_SETTING, detail))
    if diagnostics:
        raise DiagnosticError(diagnostics)
    return settings


def _converted(value: Value, kind: type) -> object:
    sensitive = isinstance(value, Marked) and value.sensitive
    source = value.source if isinstance(value, Marked) else "literal"
    plain = value.value if isinstance(value, Marked) else value
    if kind is Secret:
        return Secret(str(plain), source)
    if sensitive and kind is not str:
        raise ValueError("must not be sensitive")
    if kind is bool:
        if str(plain).lower() in ("true", "false"):
            return str(plain).lower() == "true"
        raise ValueError("must be true or false")
    if kind is str:
        return str(plain)
    try:
        return kind(str(plain))
    except ValueError:
        raise ValueError("must be a number") from None


def _envelope(workspace: Workspace, block: Block | None) -> Envelope:
    """The encryption block: ``passphrase``, and ``fallback`` with what was used before."""
    if block is None:
        return Envelope()
    values = early_values(workspace, block)
    unknown = [name for name in values if name not in ("passphrase", "fallback")]
    if unknown:
        _, span = values[unknown[0]]
        detail = f"The encryption block has no setting named {unknown[0]}; it takes passphrase and fallback."
        help_ = suggestion(unknown[0], ("passphrase", "fallback"))
        raise DiagnosticError(Diagnostic(codes.STORE_SETTING, detail, Label(span, secret=True), help=help_))
    passphrases = {name: _passphrase(name, value, span) for name, (value, span) in values.items()}
    current = passphrases.get("passphrase", ())
    return Envelope(current[0] if current else None, fallbacks=passphrases.get("fallback", ()))


def _passphrase(name: str, value: Value, span: Span) -> tuple[Secret, ...]:
    """The secrets of a setting: one, or a list of them; null is none."""
    bare = value.value if isinstance(value, Marked) else value
    items = bare if isinstance(bare, tuple) else (value,)
    found = []
    for item in items:
        plain = item.value if isinstance(item, Marked) else item
        if is_null(plain):
            continue
        if not isinstance(item, Marked) or not item.sensitive or not isinstance(plain, str):
            detail = f'{name} must be a secret from outside the configuration, e.g. {name} = env("DMAIL_PASSPHRASE").'
            raise DiagnosticError(Diagnostic(codes.STORE_SETTING, detail, Label(span, secret=True)))
        found.append(Secret(plain, item.source))
    return tuple(found)
