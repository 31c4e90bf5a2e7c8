"""Notification rules inside pipelines: only ours are touched, all changes of one pipeline are one write.

::

    plan    one read for each pipeline that has a rule of ours, or shall have one
    apply   read again ─▶ each rule still as planned? ─▶ splice all changes into the text ─▶ one PUT
                                └── no: that rule is refused, the others go on

The text around our rules stays as it is, byte for byte, whoever changed it meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar, cast

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.remotes.answers import TransportError
from declarative_mail.remotes.base import Declaration, Declared, LiveObject, Objection, Operation, Stored, Written
from declarative_mail.remotes.faults import changed_since_plan
from declarative_mail.remotes.harness import rules_wire as wire
from declarative_mail.remotes.harness.context import FAULTS, Context, same, with_kept
from declarative_mail.remotes.harness.faults import exists_already, policy_denial, taken
from declarative_mail.remotes.harness.names import in_default_scope
from declarative_mail.remotes.harness.pipeline_yaml import (
    PipelineYamlError,
    RuleEdit,
    WireRule,
    edit_rules,
    read_rules,
)
from declarative_mail.remotes.harness.pipelines import Pipeline, PipelineKey, Pipelines
from declarative_mail.remotes.harness.rule_checks import examine_rules
from declarative_mail.remotes.harness.scope import Scope
from declarative_mail.remotes.harness.tables import kept_names
from declarative_mail.resources.checks import identifier_of
from declarative_mail.state.snapshot import ResourceRecord

TYPE = "notification_rule"
_KEPT = kept_names(TYPE)


class RuleKind:
    """Rules of all pipelines. See `declarative_mail.remotes.harness.kind.Kind`."""

    type: ClassVar = TYPE

    def __init__(self, context: Context) -> None:
        self._context = context
        self._pipelines = Pipelines(context)
        self._parsed: dict[str, Sequence[WireRule]] = {}

    # -- the declaration ---------------------------------------------------------------------------------

    def complete(self, declaration: Declaration, /) -> Stored:
        """A rule that names no scope lives where the remote block says; the order of events means nothing."""
        found = in_default_scope(declaration.attributes, self._context.default)
        events = wire.sorted_events(found.get("event") or [])
        return found if events == found.get("event") else {**found, "event": events}

    def examine(self, objects: Sequence[Declared], /) -> Iterable[Objection]:
        """What a rule in a pipeline can be."""
        return examine_rules(objects, self._context.name)

    def document(self, operation: Operation, /) -> str:
        """All rules of one pipeline."""
        key = _key_of(operation)
        return f"pipeline {key.scope.organization}/{key.scope.project}/{key.identifier}"

    # -- reading -----------------------------------------------------------------------------------------

    def refresh(self, records: Sequence[ResourceRecord], /) -> Mapping[Address, LiveObject | None]:
        """One read for each pipeline."""
        keys = {one.address: _pipeline(one.id, one.attributes) for one in records}
        self._context.side_by_side(self._pipelines.seen, {key for key in keys.values() if key is not None})
        return {one.address: self._refreshed(one, keys[one.address]) for one in records}

    def _refreshed(self, record: ResourceRecord, key: PipelineKey | None) -> LiveObject | None:
        pipeline = self._pipelines.seen(key) if key is not None else None
        if key is None or pipeline is None:
            return None
        rule = _rule(self._rules(key, pipeline), record.id)
        return self._live(key, rule, record.attributes) if rule is not None else None

    def _rules(self, key: PipelineKey, pipeline: Pipeline) -> Sequence[WireRule]:
        known = self._parsed.get(pipeline.text)
        if known is None:
            try:
                known = self._parsed[pipeline.text] = read_rules(pipeline.text)
            except PipelineYamlError as error:
                raise DiagnosticError(Diagnostic(codes.REMOTE_RULE, _unreadable(key, error))) from None
        return known

    def _live(self, key: PipelineKey, rule: WireRule, local: Mapping[str, Any] | None) -> LiveObject:
        if not wire.is_readable(rule.data):
            detail = (
                f'The rule "{rule.key}" of {key.words} has a method or an event that this version of dmail does not '
                "know. Leave it to Harness's own editor."
            )
            raise DiagnosticError(Diagnostic(codes.REMOTE_RULE, detail))
        attributes = wire.from_wire(rule.data, key.scope, key.identifier, self._context, local)
        return LiveObject(key.rule_id(rule.key), with_kept(TYPE, attributes, _KEPT, local))

    def find(self, id_: str | None, like: Mapping[str, Any] | None, /) -> LiveObject | None:
        """One read of its pipeline."""
        attributes = like or {}
        wanted = id_ or "/".join(
            str(attributes.get(name) or "") for name in ("organization", "project", "pipeline", "identifier")
        )
        key = _pipeline(wanted, attributes)
        pipeline = self._pipelines.read(key) if key is not None else None
        if key is None or pipeline is None:
            return None
        rule = _rule(self._rules(key, pipeline), wanted)
        return self._live(key, rule, like) if rule is not None else None

    def all_in(self, scopes: Sequence[Scope], /) -> Sequence[LiveObject]:
        """A list of the pipelines of each project, and a read of each pipeline."""
        projects = [one for one in scopes if one.project is not None]
        keys = [
            key
            for found in self._context.side_by_side(lambda one: list(self._pipelines.listed(one)), projects)
            for key in found
        ]
        pipelines = self._context.side_by_side(self._pipelines.read, keys)
        return [
            self._live(key, rule, _git_of(pipeline))
            for key, pipeline in zip(keys, pipelines, strict=True)
            if pipeline is not None
            for rule in self._rules(key, pipeline)
            if wire.is_readable(rule.data)
        ]

    def review(self, operations: Sequence[Operation], /) -> Iterable[Objection]:
        """Pipelines that are not there or cannot be edited, and unmanaged rules in the way of new ones."""
        keys = {one.address: _key_of(one) for one in operations}
        self._context.side_by_side(self._pipelines.seen, set(keys.values()))
        ending = {one.id for one in operations if one.verb == "delete"}
        for operation in operations:
            yield from self._reviewed(operation, keys[operation.address], ending)

    def _reviewed(self, operation: Operation, key: PipelineKey, ending: Collection[str | None]) -> Iterable[Objection]:
        pipeline, address = self._pipelines.seen(key), operation.address
        if pipeline is None:
            if operation.verb != "delete":
                detail = f"remote.{self._context.name} has not {key.words}. Make it first, or mend its identifier."
                yield Objection(address, codes.NOT_ON_REMOTE, detail, ("pipeline",))
            return
        if pipeline.in_git and key.branch is None:
            detail = (
                f"{key.words.capitalize()} is stored in git, so a change of its rules is a commit. Say where it goes "
                'with git { branch = "…" }.'
            )
            yield Objection(address, codes.REMOTE_RULE, detail)
        try:
            rule = _rule(self._rules(key, pipeline), _rule_id(operation, key))
        except DiagnosticError as error:
            yield Objection(address, codes.REMOTE_RULE, error.diagnostics[0].detail, ("pipeline",))
            return
        id_ = _rule_id(operation, key)
        if operation.verb == "create" and rule is not None and id_ not in ending:
            what = f'a rule "{rule.key}" in {key.words}'
            yield Objection(address, codes.EXISTS_ALREADY, taken(address, self._context.name, what, id_))

    # -- writing -----------------------------------------------------------------------------------------

    def write(self, operations: Sequence[Operation], /) -> list[Written]:
        """Read the pipeline again, splice all changes into it, and write it once."""
        key = next((one for one in map(_key_of, operations) if one.branch is not None), _key_of(operations[0]))
        try:
            return self._write(key, operations)
        except FAULTS as error:
            fault, doubt = self._context.fault_of(error)
        return [Written(one, fault=fault, in_doubt=doubt) for one in operations]

    def _write(self, key: PipelineKey, operations: Sequence[Operation]) -> list[Written]:
        pipeline = self._pipelines.read(key)
        if pipeline is None:
            detail = f"{key.words.capitalize()} does not exist on remote.{self._context.name}. Make it first."
            raise DiagnosticError(Diagnostic(codes.NOT_ON_REMOTE, detail))
        rules = self._rules(key, pipeline)
        judged = [self._judge(one, key, _rule(rules, _rule_id(one, key))) for one in operations]
        edits = [one for one in judged if isinstance(one, RuleEdit)]
        try:
            text = edit_rules(pipeline.text, edits)
        except PipelineYamlError as error:
            raise DiagnosticError(Diagnostic(codes.REMOTE_RULE, _unreadable(key, error))) from None
        denied = self._put(key, pipeline, text, operations) if text != pipeline.text else None
        return [
            one if isinstance(one, Written) else self._written(operation, key, denied)
            for operation, one in zip(operations, judged, strict=True)
        ]

    def _put(
        self, key: PipelineKey, base: Pipeline, text: str, operations: Sequence[Operation]
    ) -> Mapping[str, Any] | None:
        """Write the text; what a policy says where it denies that. A lost answer is looked up."""
        message = next(filter(None, map(_commit_message, operations)), "Update notification rules")
        try:
            said = self._pipelines.write(key, base, text, message=message)
        except TransportError:
            now = self._pipelines.read(key)
            if now is None or now.text != text:
                raise
            return None
        return said if said.get("deny") else None

    def _judge(self, operation: Operation, key: PipelineKey, rule: WireRule | None) -> Written | RuleEdit:
        """The edit that an operation is, or how it ended already."""
        name, after = self._context.name, operation.after
        if operation.verb == "create":
            if rule is None:
                identifier = str((after or {})["identifier"])
                return RuleEdit(identifier, wire.to_wire(operation, None, self._context))
            if same(self._live(key, rule, after).attributes, after):
                return RuleEdit(rule.key, {})
            what, id_ = f'a rule "{rule.key}" in {key.words}', _rule_id(operation, key)
            return Written(operation, fault=exists_already(operation.address, name, what, id_))
        if rule is None:
            gone = Written(operation, fault=changed_since_plan(operation.address, name, "is gone"))
            return Written(operation) if operation.verb == "delete" else gone
        if not same(self._live(key, rule, operation.before).attributes, operation.before):
            if after is None or not same(self._live(key, rule, after).attributes, after):
                return Written(operation, fault=changed_since_plan(operation.address, name, "was changed"))
            return RuleEdit(rule.key, {})
        if after is None:
            return RuleEdit(rule.key, None)
        if same(operation.before or {}, after, ignoring=_KEPT) and not operation.ids:
            return RuleEdit(rule.key, {})
        return RuleEdit(rule.key, wire.to_wire(operation, rule.data, self._context))

    def _written(self, operation: Operation, key: PipelineKey, denied: Mapping[str, Any] | None) -> Written:
        if denied is not None:
            fault = policy_denial(denied, self._context.name, key.words, address=operation.address)
            return Written(operation, fault=fault)
        if operation.after is None:
            return Written(operation)
        return Written(operation, LiveObject(_rule_id(operation, key), dict(operation.after)))


def _pipeline(id_: str, attributes: Mapping[str, Any]) -> PipelineKey | None:
    """The pipeline of a rule's id; None where it is no such id."""
    parts = id_.split("/", 3)
    if len(parts) != 4 or not all(parts):
        return None
    return PipelineKey(Scope(parts[0], parts[1]), parts[2], (attributes.get("git") or {}).get("branch"))


def _key_of(operation: Operation) -> PipelineKey:
    attributes = operation.after or operation.before or {}
    branch = (attributes.get("git") or {}).get("branch")
    return PipelineKey(Scope.of(attributes), str(attributes.get("pipeline")), branch)


def _rule_id(operation: Operation, key: PipelineKey) -> str:
    if operation.id is not None:
        return operation.id
    identifier = (operation.after or operation.before or {})["identifier"]
    return key.rule_id(str(identifier))


def _rule(rules: Sequence[WireRule], id_: str) -> WireRule | None:
    """The rule of an id: by identifier; one that has none, by its name or the identifier made of it."""
    wanted = id_.split("/", 3)[3]
    known = next((one for one in rules if one.identifier == wanted), None)
    return known or next(
        (one for one in rules if not one.identifier and one.name and wanted in (one.name, identifier_of(one.name))),
        None,
    )


def _commit_message(operation: Operation) -> str | None:
    git = (operation.after or operation.before or {}).get("git") or {}
    return cast("str | None", git.get("commit_message"))


def _git_of(pipeline: Pipeline) -> dict[str, Any]:
    """What a rule has to say of a pipeline that is stored in git."""
    branch = (pipeline.git or {}).get("branch")
    return {"git": {"branch": branch, "commit_message": None}} if pipeline.in_git and branch else {}


def _unreadable(key: PipelineKey, error: PipelineYamlError) -> str:
    where = f" (line {error.line})" if error.line is not None else ""
    return f"The rules of {key.words} cannot be edited here: {error.what}{where}"
