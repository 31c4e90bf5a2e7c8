"""``import`` blocks: finds on the remotes what they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, Label
from declarative_mail.diagnostics.codes import planning as codes
from declarative_mail.language.instances import ImportTarget
from declarative_mail.language.values import Marked, Unknown
from declarative_mail.operations.remotes import Remotes
from declarative_mail.planning.build import Imported
from declarative_mail.planning.change import Wanted
from declarative_mail.records import replace
from declarative_mail.remotes.base import LiveObject, Remote
from declarative_mail.remotes.side_by_side import side_by_side
from declarative_mail.resources.normal_form import normal_form


class Known(Struct, frozen=True, kw_only=True):
    """What import blocks are looked up in: the declared instances, the addresses that the state has, the remotes."""

    wanted: Mapping[Address, Wanted]
    records: Iterable[Address]
    remotes: Remotes


def find_imports(targets: Iterable[ImportTarget], known: Known) -> tuple[dict[Address, Imported], list[Diagnostic]]:
    """The existing objects to take over, by address.

    An address that the state has already is done with, so that an import block may stay where it is.
    """
    diagnostics: list[Diagnostic] = []
    asked: list[ImportTarget] = []
    records = set(known.records)
    claimed: dict[tuple[str, str, str] | Address, ImportTarget] = {}
    for target in targets:
        if target.address in records and target.address in known.wanted:
            continue
        fault = _claim(target, target.address, claimed) or _fault(target, known)
        if fault is None:
            key = (known.wanted[target.address].remote, target.address.type, str(target.id))
            fault = _claim(target, key, claimed)
        if fault is not None:
            diagnostics.append(fault)
        else:
            asked.append(target)
    answers = _ask(asked, known)
    diagnostics += [one for one in answers.values() if isinstance(one, Diagnostic)]
    return {address: one for address, one in answers.items() if isinstance(one, Imported)}, diagnostics


def _ask(targets: Sequence[ImportTarget], known: Known) -> dict[Address, Imported | Diagnostic]:
    """What the remotes have: a configuration that was pulled names everything there is."""
    by_list: dict[tuple[str, str], list[ImportTarget]] = {}
    for one in targets:
        by_list.setdefault((known.wanted[one.address].remote, one.address.type), []).append(one)
    answers: dict[Address, Imported | Diagnostic] = {}
    for (name, type_), group in by_list.items():
        answers |= _ask_one(known.remotes.by_name[name], type_, group)
    return answers


def _ask_one(remote: Remote, type_: str, targets: Sequence[ImportTarget]) -> dict[Address, Imported | Diagnostic]:
    """Objects of one type on one remote: from a list, or several asked for at once."""
    try:
        listed = remote.find_listed(type_, [str(one.id) for one in targets]) or {}
    except DiagnosticError as error:
        fault = error.diagnostics[0]
        return {one.address: replace(fault, primary=Label(one.span), address=one.address) for one in targets}
    found = side_by_side(lambda one: _find(one, remote, listed), targets, at_once=remote.parallelism)
    return {one.address: answer for one, answer in zip(targets, found, strict=True)}


def _claim(
    target: ImportTarget,
    what: tuple[str, str, str] | Address,
    claimed: dict[tuple[str, str, str] | Address, ImportTarget],
) -> Diagnostic | None:
    """The fault of naming one address, or one object, in two blocks."""
    first = claimed.setdefault(what, target)
    if first is target:
        return None
    name = str(what) if isinstance(what, Address) else f"The object {what[2]}"
    detail = f"{name} is named by two import blocks. Remove one of them."
    related = (Label(first.span, "and here"),)
    return Diagnostic(codes.IMPORT_FAILED, detail, Label(target.span), related, address=target.address)


def _fault(target: ImportTarget, known: Known) -> Diagnostic | None:
    """Why nothing can be looked up."""
    value = target.id
    if target.address not in known.wanted:
        detail = (
            f"The import block names {target.address}, but the configuration does not declare it. "
            "Write its block first."
        )
    elif isinstance(value, Marked) and value.sensitive:
        detail = f"The id for {target.address} is sensitive, but a plan shows it. Wrap it in nonsensitive()."
    elif isinstance(value, Unknown):
        detail = f"The id for {target.address} is known only after apply, but a plan needs it."
    elif isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        detail = f"The id for {target.address} must be a text that is not empty."
    else:
        return None
    return Diagnostic(codes.IMPORT_FAILED, detail, Label(target.span), address=target.address)


def _find(target: ImportTarget, remote: Remote, listed: Mapping[str, LiveObject]) -> Imported | Diagnostic:
    id_, address = str(target.id), target.address
    try:
        found = listed.get(id_) or remote.find(address.type, id_=id_)
    except DiagnosticError as error:
        return replace(error.diagnostics[0], primary=Label(target.span), address=address)
    if found is None:
        detail = f'{remote.name} has no {address.type} with the id "{id_}".'
        return Diagnostic(codes.IMPORT_FAILED, detail, Label(target.span), address=address)
    return Imported(found.id, normal_form(address, found.attributes), target.span, found.private)
