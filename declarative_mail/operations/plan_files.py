"""Saves plans and reads them back: a saved plan is applied only if making it anew gives the very same plan."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import planning as codes
from declarative_mail.language.marks import contains_sensitive
from declarative_mail.language.show import to_json
from declarative_mail.language.values import Unknown
from declarative_mail.language.variables import restored
from declarative_mail.operations.planning import Planned, PlanOptions, make_plan
from declarative_mail.operations.states import OpenState
from declarative_mail.operations.workspace import Workspace
from declarative_mail.planning.change import Plan
from declarative_mail.planning.plan_file import PlanFile, moved_since, plan_file, read_plan_file
from declarative_mail.records import replace
from declarative_mail.state.json_text import json_text


class Terms(Struct, frozen=True):
    """Under what a saved plan is applied: how it was made, the brakes that may be passed, the verdicts it carries."""

    options: PlanOptions
    allowed: tuple[str, ...] = ()
    tests: tuple[dict[str, Any], ...] = ()


def save_plan(workspace: Workspace, planned: Planned, name: str, state: OpenState, *, terms: Terms) -> None:
    """Write a plan to a file that only its owner can read.

    Args:
        workspace: where it was made.
        planned: the plan.
        name: the file, relative to the directory.
        state: the state that it was made from.
        terms: under which it is applied.

    Raises:
        DiagnosticError: it cannot be written.
    """
    record = plan_file(
        planned.plan,
        created=workspace.stamp,
        options=asdict(terms.options),
        variables=_plain_variables(planned),
        allowed=terms.allowed,
        tests=terms.tests,
    )
    record = replace(record, fingerprint=planned.fingerprints.record)
    text = msgspec.json.format(json_text(record, defaults=True), indent=1)
    data = state.backend.envelope.seal(text + b"\n")
    path = workspace.directory / name
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123
            file.write(data)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        detail = f"The plan could not be saved to {name}: {error.strerror}."
        raise DiagnosticError(Diagnostic(codes.PLAN_UNREADABLE, detail)) from None


def _plain_variables(planned: Planned) -> dict[str, Any]:
    """The root variables that hold no secret; the others are asked for again."""
    values = planned.evaluated.program.variables
    return {
        name: to_json(value)
        for name, value in values.items()
        if not contains_sensitive(value) and not isinstance(value, Unknown)
    }


def read_plan(workspace: Workspace, name: str, state: OpenState) -> PlanFile:
    """Read a saved plan.

    Raises:
        DiagnosticError: there is none, or it cannot be read.
    """
    path = workspace.directory / name
    try:
        data = path.read_bytes()
    except OSError as error:
        detail = f"{name} cannot be read as a plan: {error.strerror}. A plan is made with:\n    dmail plan --out {name}"
        raise DiagnosticError(Diagnostic(codes.PLAN_UNREADABLE, detail)) from None
    plain, _ = state.backend.unseal(data, name=name)
    return read_plan_file(plain, Path(name).name)


def load_plan(workspace: Workspace, name: str, state: OpenState) -> tuple[Planned, PlanFile]:
    """Make the plan of a file again, and refuse it if anything moved since it was saved.

    Raises:
        DiagnosticError: it cannot be read, or it is out of date; the message says what moved.
    """
    saved = read_plan(workspace, name, state)
    if workspace.variables:
        detail = "A saved plan holds the values of its variables, so --var and --var-file cannot be given with it."
        raise DiagnosticError(Diagnostic(codes.PLAN_STALE, detail))
    loaded = replace(state.loaded, given={**state.loaded.given, **_given(saved.variables)})
    state.fingerprint = saved.fingerprint
    planned = make_plan(workspace, _options(saved, name), state, loaded=loaded)
    faults = moved_since(saved, planned.plan)
    if faults:
        raise DiagnosticError(faults)
    return planned, saved


def _options(saved: PlanFile, name: str) -> PlanOptions:
    """How the plan was made; one that was made in a way unknown here would be made in another."""
    chosen: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in saved.options.items()}
    unknown = sorted(chosen.keys() - set(PlanOptions.__struct_fields__))
    if unknown:
        detail = (
            f"{name} was made by dmail {saved.tool_version} with options that this one does not know: "
            f"{', '.join(unknown)}. Apply it with that dmail, or make a new plan."
        )
        raise DiagnosticError(Diagnostic(codes.PLAN_UNREADABLE, detail))
    return PlanOptions(**chosen)


def _given(variables: Mapping[str, Any]) -> dict[str, Any]:
    return {name: restored(name, value) for name, value in variables.items()}


def check_expected(plan: Plan, expected: str | None) -> None:
    """Refuse a plan whose digest is not the one that was reviewed.

    Raises:
        DiagnosticError: it differs.
    """
    if expected is None or expected == plan.digest:
        return
    detail = (
        f"The plan made now is not the one that was reviewed: expected {expected}, but it is "
        f"{plan.digest}. The configuration, "
        "the state or what exists moved in between. Review the new plan, then give its digest to --expect."
    )
    raise DiagnosticError(Diagnostic(codes.DIGEST_MISMATCH, detail))
