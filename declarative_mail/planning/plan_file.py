"""A saved plan: what was shown, and what it is bound to. ``schemas/plan.schema.json`` is generated from this record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from declarative_mail import __version__
from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import planning as codes
from declarative_mail.planning.change import Plan
from declarative_mail.planning.digest import state_digest
from declarative_mail.state.snapshot import Fingerprints, Record


class PlanFile(Record, frozen=True, kw_only=True):
    """A plan as it is saved. It holds no secret; secrets are fetched again when it is applied."""

    kind: Annotated[Literal["dmail-plan"], Meta(description="Tells a saved plan from a state.")]
    version: Annotated[Literal[1], Meta(description="The version of this format.")]
    tool_version: Annotated[str, Meta(description="The version of dmail that made it.")]
    created: Annotated[str, Meta(description="RFC 3339, UTC.")]
    lineage: Annotated[str | None, Meta(description="Of the state that it was made from; null where there was none.")]
    state_digest: Annotated[str, Meta(description="Of the resources and outputs of that state.")]
    configuration_digest: Annotated[str, Meta(description="Of every file that the configuration consists of or read.")]
    options: Annotated[dict[str, Any], Meta(description="Targets, excludes and the like, as they were given.")]
    variables: Annotated[dict[str, Any], Meta(description="The values of all root variables that are not sensitive.")]
    fingerprints: Annotated[
        dict[str, str], Meta(description="The fingerprint of each secret, by address and attribute path.")
    ]
    fingerprint: Annotated[
        Fingerprints | None,
        Meta(description="How they were made, where the state that it was made from says nothing about it."),
    ] = None
    allowed: Annotated[tuple[str, ...], Meta(description="The brakes that may be passed when it is applied.")] = ()
    tests: Annotated[tuple[dict[str, Any], ...], Meta(description="The verdicts of its connection tests.")] = ()
    plan: Annotated[dict[str, Any], Meta(description="The plan in its JSON form: see docs/json.md.")]


def plan_file(
    plan: Plan,
    *,
    created: str,
    options: Mapping[str, Any],
    variables: Mapping[str, Any],
    allowed: tuple[str, ...] = (),
    tests: tuple[dict[str, Any], ...] = (),
) -> PlanFile:
    """The record to save."""
    return PlanFile(
        kind="dmail-plan",
        version=1,
        tool_version=__version__,
        created=created,
        lineage=plan.lineage,
        state_digest=state_digest(plan.snapshot),
        configuration_digest=plan.configuration_digest,
        options=_listed(options),
        variables=_listed(variables),
        fingerprints=secret_fingerprints(plan),
        allowed=allowed,
        tests=tuple(map(_listed, tests)),
        # What is in the changes was looked through for secrets, and has lists already.
        plan={name: value if name == "changes" else _listed(value) for name, value in plan.data.items()},
    )


def _listed(value: Any) -> Any:
    """The same value as it is read back: JSON has no tuples."""
    if isinstance(value, Mapping):
        return {name: _listed(item) for name, item in value.items()}
    return [_listed(item) for item in value] if isinstance(value, list | tuple) else value


def secret_fingerprints(plan: Plan) -> dict[str, str]:
    """The fingerprint of every secret that a plan writes, by address and path."""
    found: dict[str, str] = {}
    for change in plan.effective:
        _collect(change.after, f"{change.address}", found)
    return found


def _collect(value: Any, path: str, found: dict[str, str]) -> None:
    if isinstance(value, Mapping):
        leaf = value.get("$secret")
        if leaf is not None and len(value) == 1:
            found[path] = leaf["fingerprint"] or ""
            return
        for name, item in value.items():
            _collect(item, f"{path}.{name}", found)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _collect(item, f"{path}[{index}]", found)


def read_plan_file(data: bytes, name: str) -> PlanFile:
    """Read a saved plan.

    Raises:
        DiagnosticError: it is none, or of a newer version.
    """
    try:
        return msgspec.json.decode(data, type=PlanFile)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        detail = (
            f"{name} is not a plan that this dmail {__version__} can read. A plan is made with:\n    "
            "dmail plan --out FILE"
        )
        raise DiagnosticError(Diagnostic(codes.PLAN_UNREADABLE, detail)) from None


def moved_since(saved: PlanFile, made: Plan) -> list[Diagnostic]:
    """What keeps a saved plan from being applied: everything that moved since it was made, by name."""
    faults = [
        (saved.lineage != made.lineage, "the state is another one (its lineage differs)"),
        (saved.state_digest != state_digest(made.snapshot), "objects or outputs in the state changed"),
        (
            saved.configuration_digest != made.configuration_digest,
            "the configuration, or a file that it reads, changed",
        ),
    ]
    moved = [text for differs, text in faults if differs]
    if not moved and saved.plan["digest"] != made.digest:
        moved = _secrets_moved(saved, made) or [
            "what exists on the remotes, or a value that the plan depends on, changed"
        ]
    elif not moved:
        moved = _secrets_moved(saved, made)
    if not moved:
        return []
    detail = f"Since the plan was saved, {'; '.join(moved)}. Nothing was changed. Make a new plan and have it reviewed."
    return [Diagnostic(codes.PLAN_STALE, detail)]


def _secrets_moved(saved: PlanFile, made: Plan) -> list[str]:
    now = secret_fingerprints(made)
    names = [
        name for name in sorted(saved.fingerprints.keys() | now.keys()) if saved.fingerprints.get(name) != now.get(name)
    ]
    return [f"the secret {name} changed" for name in names]
