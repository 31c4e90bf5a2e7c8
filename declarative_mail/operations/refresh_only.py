"""What ``--refresh-only`` needs beside the comparison: values of what exists, and faults that do not stop it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic
from declarative_mail.diagnostics.codes import planning as codes
from declarative_mail.diagnostics.codes.configuration import CHECK_FAILED, CONDITION_FAILED
from declarative_mail.language.types import DYNAMIC
from declarative_mail.language.values import Unknown, Value
from declarative_mail.operations.evaluate import Evaluated
from declarative_mail.planning.change import Change
from declarative_mail.records import replace
from declarative_mail.resources.objects import resource_value
from declarative_mail.state.snapshot import ResourceRecord


def lenient(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The same faults, with failed conditions as warnings: nothing is made so, thus nothing is prevented either."""
    return [replace(one, code=CHECK_FAILED) if one.code == CONDITION_FAILED else one for one in diagnostics]


def see_what_exists(
    evaluated: Evaluated, records: Mapping[Address, ResourceRecord], changes: Iterable[Change]
) -> list[Diagnostic]:
    """Let outputs be computed from objects as they exist; gives the faults that come of it.

    Args:
        evaluated: the configuration, evaluated with what it declares. Its outputs change.
        records: the state, after moves.
        changes: of the plan, what exists as their `after`.
    """
    known = len(evaluated.program.diagnostics)
    exists = {address: record.attributes for address, record in records.items()}
    exists.update({change.address: change.after or {} for change in changes})
    evaluated.program.see(dict(_values(evaluated, records, exists)))
    return lenient(evaluated.program.diagnostics[known:])


def _values(
    evaluated: Evaluated, records: Mapping[Address, ResourceRecord], exists: Mapping[Address, Mapping[str, object]]
) -> Iterator[tuple[Address, Value]]:
    """Each declared object that is asked for as it exists; one that does not is known only after an apply."""
    for address, desired in evaluated.desired.items():
        if not evaluated.program.is_seen(address):
            continue
        attributes = exists.get(address)
        if attributes:
            computed = {"id": records[address].id}
            yield address, resource_value(attributes, address, computed=computed, body=desired.body)
        else:
            yield address, Unknown(DYNAMIC, str(address))


def nothing_to_ask(records: Iterable[ResourceRecord]) -> list[Diagnostic]:
    """That a refresh finds nothing where all objects are on the remote `local`."""
    remotes = {one.remote for one in records if one.mode == "managed"}
    if remotes != {"local"}:
        return []
    detail = (
        "All objects are on the remote local, where the state itself is what exists: there is nothing that a refresh "
        "could find. What was changed in the state by hand is shown by `dmail drift` and put right by `dmail apply`."
    )
    return [Diagnostic(codes.NOTHING_TO_REFRESH, detail)]
