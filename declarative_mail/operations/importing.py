"""Takes over one object that exists on a remote: into the state alone, nothing is written to the remote."""

from __future__ import annotations

from uuid import uuid4

from declarative_mail import __version__
from declarative_mail.addresses import Address, AddressError, parse_address
from declarative_mail.applying.records import describe
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, Source, Span
from declarative_mail.diagnostics.codes import planning as codes
from declarative_mail.language.instances import ImportTarget
from declarative_mail.operations.planning import PlanOptions, make_plan
from declarative_mail.operations.states import locked_state
from declarative_mail.operations.workspace import Workspace
from declarative_mail.planning.change import Change
from declarative_mail.state.snapshot import Snapshot


def import_object(workspace: Workspace, text: str, id_: str, *, timeout: float) -> Change:
    """Put an existing object under an address of the configuration.

    Args:
        workspace: where the configuration is.
        text: the address.
        id_: how the remote names the object.
        timeout: seconds to wait for the lock.

    Returns:
        The change that the object still needs; a no-op or import where it is as declared.

    Raises:
        DiagnosticError: the address is not declared or taken, or the remote has no such object.
    """
    address = _address(text)
    said = f"{text} {id_}"
    target = ImportTarget(address, id_, Span(Source("dmail import", said), 0, len(said)))
    with locked_state(workspace, "import", timeout=timeout) as state:
        if state.snapshot is not None and address in state.snapshot.by_address:
            detail = f"{address} is in the state already. To forget it there first:\n    dmail state rm '{address}'"
            raise DiagnosticError(Diagnostic(codes.IMPORT_FAILED, detail, address=address))
        planned = make_plan(workspace, PlanOptions(), state, taking=[target])
        errors = [one for one in planned.diagnostics if one.is_error and one.address == address]
        if errors:
            raise DiagnosticError(errors)
        (change,) = (one for one in planned.plan.changes if one.address == address)
        if change.wanted is None or change.importing is None:
            detail = f"{address} cannot be taken over: the plan says {change.action.value}."
            raise DiagnosticError(Diagnostic(codes.IMPORT_FAILED, detail, address=address))
        attributes = dict(change.before or {})
        record = describe(change.wanted, id_=change.importing, attributes=attributes, private=change.private)
        before = state.snapshot or Snapshot.empty(lineage=str(uuid4()), tool_version=__version__)
        following = before.with_resources([*before.resources, record])
        state.write(planned.fingerprints.renewed(following))
        return change


def _address(text: str) -> Address:
    try:
        return parse_address(text)
    except AddressError as error:
        raise DiagnosticError(Diagnostic(codes.UNKNOWN_TARGET, f"{error}.")) from None
