"""``dmail test``: the servers of a configuration, or some of them."""

from __future__ import annotations

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import DiagnosticError
from declarative_mail.operations.connection_tests import servers_of
from declarative_mail.operations.evaluate import Evaluated, evaluate
from declarative_mail.operations.states import open_state
from declarative_mail.operations.workspace import Workspace
from declarative_mail.planning.targets import select


def servers_to_test(
    workspace: Workspace, addresses: tuple[str, ...]
) -> tuple[Evaluated, dict[Address, tuple[str, ...]]]:
    """The configuration and the servers that were asked for, all enabled ones where none were named.

    Raises:
        DiagnosticError: the configuration has faults, or an address names no server.
    """
    state = open_state(workspace)
    evaluated = evaluate(workspace, state.loaded, state.snapshot.by_address if state.snapshot is not None else None)
    if evaluated.failed:
        raise DiagnosticError(evaluated.diagnostics)
    servers = servers_of(evaluated)
    known = [address for address in evaluated.desired if address.type == "smtp_server"]
    selection, faults = select(addresses, (), addresses=known, dependencies={})
    if faults:
        raise DiagnosticError(faults)
    if addresses:
        servers = {address: () for address in known if selection.covers(address)}
    return evaluated, servers
