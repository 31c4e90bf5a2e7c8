"""Finds the store of a configuration and how it is sealed.

Its ``backend`` and ``encryption`` blocks, ``--backend-config``, or the file in the working directory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

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
from declarative_mail.state.stores.base import Store
from declarative_mail.state.stores.http_wire import HttpClient, HttpSettings
from declarative_mail.state.stores.settings import Places, open_store, read_settings

KEY_VARIABLE = "DMAIL_STATE_KEY"
"""One backend, a key for each environment (semantics 8)."""


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
    return Backend(_store(workspace, settings.backend), _envelope(workspace, settings.encryption))


def _store(workspace: Workspace, block: Block | None) -> Store:
    kind, head, given = "local", None, {}
    if block is not None:
        kind, head = _kind(block)
        given = {name: Setting(value, span) for name, (value, span) in early_values(workspace, block).items()}
    given |= dict(_given_elsewhere(workspace))
    places = Places(head, {name: Label(setting.span, secret=True) for name, setting in given.items()})
    arguments = {name: _argument(setting.value) for name, setting in given.items()}
    settings = read_settings(kind, arguments, places=places)
    return open_store(settings, directory=workspace.directory, http=_http_client)


def _kind(block: Block) -> tuple[str, Label]:
    diagnostics: list[Diagnostic] = []
    labels = labels_of(block, ("type",), diagnostics)
    if labels is None or diagnostics:
        raise DiagnosticError(diagnostics)
    return labels[0], Label(block.labels[0].span)


def _given_elsewhere(workspace: Workspace) -> Iterator[tuple[str, Setting]]:
    """What the command line and the environment add to the block, or say instead of it."""
    for text in workspace.backend:
        name, equals, value = text.partition("=")
        span = Span(Source("--backend-config", text), 0, len(text))
        if not equals:
            detail = "--backend-config takes KEY=VALUE, e.g. --backend-config path=prod.state.json."
            raise DiagnosticError(Diagnostic(codes.STORE_SETTING, detail, Label(span)))
        yield name, Setting(value, span)
    key = workspace.environment.get(KEY_VARIABLE)
    if key:
        yield "key", Setting(key, Span(Source(KEY_VARIABLE, key), 0, len(key)))


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
