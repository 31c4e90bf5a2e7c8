"""Finds the store of a configuration and how it is sealed.

Its ``backend`` and ``encryption`` blocks, ``--backend-config``, or the file in the working directory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct, field

from declarative_mail.diagnostics import Diagnostic, DiagnosticError, Label, Source, Span, has_errors, suggestion
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.language.block_reader import labels_of
from declarative_mail.language.parse import decode_source, parse_file
from declarative_mail.language.syntax import Block
from declarative_mail.language.values import Marked, Unknown, Value, is_null
from declarative_mail.operations.early import early_values
from declarative_mail.operations.load import Loaded
from declarative_mail.operations.workspace import Workspace
from declarative_mail.records import replace
from declarative_mail.secrets import Secret
from declarative_mail.state.encryption import Envelope
from declarative_mail.state.stores.base import Store
from declarative_mail.state.stores.http_wire import HttpClient, HttpSettings
from declarative_mail.state.stores.settings import LocalSettings, Places, convert_settings, open_store, read_settings

_PASSPHRASES = ("passphrase", "fallback")
KEY_VARIABLE = "DMAIL_STATE_KEY"
"""One backend, a key for each environment (semantics 8)."""


class Setting(Struct, frozen=True):
    """One setting of a backend or of the encryption, and where it was given."""

    value: Value
    span: Span


class Backend(Struct, frozen=True):
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
    return Backend(_store(workspace, settings.backend), _envelope(workspace, settings.encryption))


def settings_faults(workspace: Workspace, loaded: Loaded) -> list[Diagnostic]:
    """What is wrong with the ``backend`` and ``encryption`` blocks, as far as they say it themselves.

    Nothing is asked, and what is missing may be given on the command line.
    """
    settings = loaded.configuration.module.settings
    faults: list[Diagnostic] = []
    for check, block in ((_check_store, settings.backend), (_check_encryption, settings.encryption)):
        try:
            faults += check(workspace, block) if block is not None else []
        except DiagnosticError as error:
            faults += error.diagnostics
    return faults


def _check_store(workspace: Workspace, block: Block) -> list[Diagnostic]:
    kind, head = _kind(block)
    values = early_values(workspace, block.body, name="The backend block", without_secrets=True)
    labels = {name: Label(span, secret=True) for name, (_, span) in values.items()}
    known = {name: _argument(value) for name, (value, _) in values.items() if not _is_unknown(value)}
    return convert_settings(kind, known, places=Places(head, labels))[1]


def _check_encryption(workspace: Workspace, block: Block) -> list[Diagnostic]:
    values = early_values(workspace, block.body, name="The encryption block", without_secrets=True)
    faults: list[Diagnostic] = []
    for name, (value, span) in values.items():
        try:
            if not _is_unknown(value) or name not in _PASSPHRASES:
                _passphrase(name, value, span)
        except DiagnosticError as error:
            faults += error.diagnostics
    return faults


def _is_unknown(value: Value) -> bool:
    bare = value.value if isinstance(value, Marked) else value
    return any(map(_is_unknown, bare)) if isinstance(bare, tuple) else isinstance(bare, Unknown)


def other_store(workspace: Workspace, kind: str, given: Iterable[str]) -> Store:
    """A store that the command line alone names: where a state is moved from.

    Args:
        workspace: where relative paths start, and whose environment says which key of it is meant.
        kind: of the store.
        given: the settings, as ``KEY=VALUE`` or as the name of a file that has them.

    Raises:
        DiagnosticError: a setting is wrong.
    """
    settings = {**_key_of(workspace), **_settings(workspace, given, "--from-config")}
    return _open(workspace, kind, settings, Places(_said("--from", kind), way="with --from-config"))


def default_file(workspace: Workspace) -> Path:
    """Where a state is without a ``backend`` block, from the working directory."""
    return LocalSettings(key=workspace.environment.get(KEY_VARIABLE, "")).file()


def _store(workspace: Workspace, block: Block | None) -> Store:
    kind, head, given = "local", None, {}
    if block is not None:
        kind, head = _kind(block)
        values = early_values(workspace, block.body, name="The backend block")
        given = {name: Setting(value, span) for name, (value, span) in values.items()}
    given |= _settings(workspace, workspace.backend, "--backend-config") | _key_of(workspace)
    return _open(workspace, kind, given, Places(head))


def _open(workspace: Workspace, kind: str, given: Mapping[str, Setting], places: Places) -> Store:
    labels = {name: Label(setting.span, secret=True) for name, setting in given.items()}
    arguments = {name: _argument(setting.value) for name, setting in given.items()}
    settings = read_settings(kind, arguments, places=replace(places, arguments=labels))
    return open_store(settings, directory=workspace.directory, http=_http_client)


def _kind(block: Block) -> tuple[str, Label]:
    diagnostics: list[Diagnostic] = []
    labels = labels_of(block, ("type",), diagnostics)
    if labels is None or diagnostics:
        raise DiagnosticError(diagnostics)
    return labels[0], Label(block.labels[0].span)


def _settings(workspace: Workspace, given: Iterable[str], option: str) -> dict[str, Setting]:
    """What an option of the command line says, which may be given several times; the last one counts."""
    found: dict[str, Setting] = {}
    for text in given:
        name, equals, value = text.partition("=")
        found |= {name: Setting(value, _said(option, text).span)} if equals else _file(workspace, text, option)
    return found


def _file(workspace: Workspace, name: str, option: str) -> dict[str, Setting]:
    """The settings in a file, written as in a ``backend`` block: functions such as ``env()`` keep secrets out of it."""
    try:
        data = (workspace.directory / name).read_bytes()
    except OSError as error:
        detail = (
            f"{option} takes KEY=VALUE, e.g. {option} path=prod.state.json, or the name of a file with such settings; "
            f"{name} cannot be read: {error.strerror}."
        )
        raise DiagnosticError(Diagnostic(codes.STORE_SETTING, detail, _said(option, name))) from None
    source, faults = decode_source(name, data)
    body, more = parse_file(source) if source is not None else (None, [])
    if body is None or has_errors([*faults, *more]):
        raise DiagnosticError([*faults, *more])
    return {
        key: Setting(value, span)
        for key, (value, span) in early_values(workspace, body, name=f"The file {name}").items()
    }


def _key_of(workspace: Workspace) -> dict[str, Setting]:
    """What the environment says."""
    key = workspace.environment.get(KEY_VARIABLE)
    return {"key": Setting(key, _said(KEY_VARIABLE, key).span)} if key else {}


def _said(where: str, text: str) -> Label:
    """The whole text of an option or variable, as a place."""
    return Label(Span(Source(where, text), 0, len(text)))


def _argument(value: Value) -> object:
    """A value without its marks: a sensitive one as a `Secret`, null as None."""
    bare = value.value if isinstance(value, Marked) else value
    if is_null(bare):
        return None
    if isinstance(value, Marked) and value.sensitive and isinstance(bare, str):
        return Secret(bare, value.source)
    return bare


def _http_client(settings: HttpSettings) -> HttpClient:
    from declarative_mail.operations.state_http import StateClient

    return StateClient(settings)


def _envelope(workspace: Workspace, block: Block | None) -> Envelope:
    """The encryption block: ``passphrase``, and ``fallback`` with what was used before."""
    if block is None:
        return Envelope()
    values = early_values(workspace, block.body, name="The encryption block")
    passphrases = {name: _passphrase(name, value, span) for name, (value, span) in values.items()}
    current = passphrases.get("passphrase", ())
    return Envelope(current[0] if current else None, fallbacks=passphrases.get("fallback", ()))


def _passphrase(name: str, value: Value, span: Span) -> tuple[Secret, ...]:
    """The secrets of a setting: one, or a list of them; null is none."""
    if name not in _PASSPHRASES:
        detail = f"The encryption block has no setting named {name}; it takes passphrase and fallback."
        help_ = suggestion(name, _PASSPHRASES)
        raise DiagnosticError(Diagnostic(codes.STORE_SETTING, detail, Label(span, secret=True), help=help_))
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
