"""Finds the store of a configuration.

Its ``backend`` block, ``--backend-config``, or the file in the working directory.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from declarative_mail.diagnostics import Diagnostic, DiagnosticError, Label, suggestion
from declarative_mail.diagnostics.codes import configuration as configuration_codes
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.language.block_reader import BlockReader, labels_of
from declarative_mail.language.syntax import Block
from declarative_mail.operations.load import Loaded
from declarative_mail.operations.workspace import Workspace
from declarative_mail.state.stores.base import DEFAULT_STATE, Store
from declarative_mail.state.stores.local import LocalStore

KEY_VARIABLE = "DMAIL_STATE_KEY"
BACKENDS = ("local",)


@dataclass(frozen=True)
class Backend:
    """Where the state is kept.

    Args:
        store: keeps its bytes.
        diagnostics: warnings about the settings.
    """

    store: Store
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def seal(self, data: bytes) -> bytes:
        """The bytes as they are stored."""
        return data

    def unseal(self, data: bytes) -> tuple[bytes, list[Diagnostic]]:
        """The bytes as they were before `seal`, and warnings."""
        return data, []


def backend_of(workspace: Workspace, loaded: Loaded) -> Backend:
    """The store that a configuration and the command line name.

    Raises:
        DiagnosticError: a setting is wrong.
    """
    diagnostics: list[Diagnostic] = []
    block = loaded.configuration.module.settings.backend
    settings = _block_settings(block, diagnostics) if block is not None else {}
    settings.update(_option_settings(workspace.backend, diagnostics))
    path = workspace.environment.get(KEY_VARIABLE) or settings.pop("path", None) or DEFAULT_STATE
    settings.pop("path", None)
    for name in settings:
        help_ = suggestion(name, ("path",))
        diagnostics.append(
            Diagnostic(codes.STORE_SETTING, f"The local backend has no setting named {name}.", help=help_)
        )
    if diagnostics:
        raise DiagnosticError(diagnostics)
    return Backend(LocalStore(workspace.directory / path, name=path))


def _block_settings(block: Block, diagnostics: list[Diagnostic]) -> dict[str, str]:
    labels = labels_of(block, ("type",), diagnostics)
    if labels is not None and labels[0] not in BACKENDS:
        detail = f'There is no backend of type "{labels[0]}". This version of dmail knows: {", ".join(BACKENDS)}.'
        help_ = suggestion(labels[0], BACKENDS)
        diagnostics.append(Diagnostic(codes.STORE_SETTING, detail, Label(block.labels[0].span), help=help_))
    reader = BlockReader(block.body, "the backend block", place=block.header, diagnostics=diagnostics)
    settings = {name: reader.text(name) for name in block.body.attributes}
    reader.finish()
    return settings


def _option_settings(options: tuple[str, ...], diagnostics: list[Diagnostic]) -> dict[str, str]:
    settings = {}
    for text in options:
        name, equals, value = text.partition("=")
        if not equals:
            detail = (
                f'--backend-config takes KEY=VALUE, e.g. --backend-config path=prod.state.json; "{text}" is neither.'
            )
            diagnostics.append(Diagnostic(configuration_codes.INVALID_VARIABLE_VALUE, detail))
        settings[name] = value
    return settings
