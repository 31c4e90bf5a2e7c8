"""Values of sensitive variables that a run cannot do without, though it was told to (``--keep-secrets``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, Label, Span
from declarative_mail.diagnostics.codes.configuration import MISSING_VARIABLE
from declarative_mail.language.instances import OutputValue, RemoteInstance
from declarative_mail.language.values import Marked, Unknown, Value
from declarative_mail.planning.change import Action, Change
from declarative_mail.records import replace
from declarative_mail.resources.desired import Desired, unknown_paths
from declarative_mail.resources.leaves import Path, format_path, value_at

_VARIABLE = "var."


def missing_settings(remotes: Iterable[RemoteInstance]) -> Iterator[Diagnostic]:
    """A fault for each setting of a remote that needs a sensitive variable without a value."""
    for remote in remotes:
        for name, one in remote.body.attributes.items():
            yield from _unless_known(f"{name} of remote.{remote.type}.{remote.name}", one.value, one.span)


def missing_outputs(outputs: Mapping[str, OutputValue]) -> Iterator[Diagnostic]:
    """A fault for each output that is one."""
    for name, output in outputs.items():
        yield from _unless_known(f"output.{name}", output.value, output.span)


def _unless_known(what: str, value: Value, span: Span) -> Iterator[Diagnostic]:
    bare = value.value if isinstance(value, Marked) else value
    if isinstance(bare, Unknown) and bare.path.startswith(_VARIABLE):
        yield _fault(what, bare.path, Label(span))


def missing_secrets(changes: Iterable[Change], desired: Mapping[Address, Desired]) -> Iterator[Diagnostic]:
    """A fault for each secret that comes from a variable without a value and cannot stay as it is."""
    for change in changes:
        one = desired.get(change.address)
        if one is not None and change.action in (Action.CREATE, Action.REPLACE, Action.UPDATE):
            for path in unknown_paths(one.attributes):
                source = value_at(one.attributes, path).path
                if source.startswith(_VARIABLE) and _is_written(change, path):
                    what = f"{format_path(path)} of {one.address}"
                    yield replace(_fault(what, source, Label(one.span(path))), address=one.address)


def _is_written(change: Change, path: Path) -> bool:
    return change.action is not Action.UPDATE or value_at(change.before, path) != value_at(change.after, path)


def _fault(what: str, path: str, label: Label) -> Diagnostic:
    name = path.removeprefix(_VARIABLE)
    detail = (
        f'{what} comes from the variable "{name}", and cannot be kept: a value is needed, but none was given. '
        f"Give one with:\n    export DMAIL_VAR_{name}=…"
    )
    return Diagnostic(MISSING_VARIABLE, detail, label)
