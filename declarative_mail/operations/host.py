"""Answers the evaluator: decodes each resource as it is reached and says what it is in expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct, field

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, DiagnosticError, Label
from declarative_mail.diagnostics.codes.configuration import CHECK_FAILED
from declarative_mail.language.instances import ResourceInstance
from declarative_mail.language.types import DYNAMIC
from declarative_mail.language.values import Unknown, Value
from declarative_mail.planning.targets import block_of
from declarative_mail.records import replace
from declarative_mail.resources.decode import decode
from declarative_mail.resources.desired import Desired, secrets_of
from declarative_mail.resources.objects import resource_value
from declarative_mail.state.fingerprint import Fingerprinter
from declarative_mail.state.snapshot import ResourceRecord

ReadData = Callable[[Desired, ResourceInstance], "Mapping[str, object] | Diagnostic | None"]
"""Reads a data source: its attributes, a fault, or None where it must wait for apply."""


class DesiredHost(Struct):
    """Collects what the configuration declares.

    Args:
        records: what the state knows, by address: where computed attributes come from.
        read_data: reads a data source.
        fingerprints: begun for the secrets of each managed instance as soon as they are known.
        desired: filled with one entry for each managed instance.
        data_read: what each data source found.
        deferred: the data sources that wait for apply.
        is_pending: whether an object still has to be written; it may raise, where a remote cannot be asked.
        written: objects that this run wrote.
        renewed: objects of the state that are made anew: what their remote chooses is not known before.
    """

    records: dict[Address, ResourceRecord]
    read_data: ReadData
    fingerprints: Fingerprinter | None = None
    desired: dict[Address, Desired] = field(default_factory=dict)
    data_read: dict[Address, Mapping[str, object]] = field(default_factory=dict)
    deferred: dict[Address, Desired] = field(default_factory=dict)
    renewed: set[Address] = field(default_factory=set)
    written: set[Address] = field(default_factory=set)
    is_pending: Callable[[Address], bool] | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def resource(self, instance: ResourceInstance) -> None:
        """Take over what a managed resource shall be; nothing where its body is faulty."""
        address = instance.address
        desired, faults = decode(address, instance.body)
        self.diagnostics.extend(faults)
        if desired is None:
            self.desired.pop(address, None)
            return
        record = self.records.get(address)
        if record is not None and desired.fixed:
            kept = {name: record.attributes[name] for name in desired.fixed if record.attributes.get(name) is not None}
            desired.attributes.update(kept)
        self.desired[address] = desired
        if desired.sensitive and self.fingerprints is not None:
            for _, secret in secrets_of(desired.attributes):
                self.fingerprints.prepare(secret)

    def object(self, address: Address) -> Value:
        """A managed object as expressions see it, with what the records say of it now; unknown where it is faulty."""
        desired = self.desired.get(address)
        if desired is None:
            return Unknown(DYNAMIC, str(address))
        record = self.records.get(address)
        computed = {"id": record.id} if record is not None and address not in self.renewed else {}
        return resource_value(desired.attributes, address, computed=computed, body=desired.body)

    def data(self, instance: ResourceInstance) -> Value:
        """The object of a data source."""
        address = instance.address
        desired, faults = decode(address, instance.body)
        self.diagnostics.extend(faults)
        if desired is None:
            return Unknown(DYNAMIC, str(address))
        self.deferred.pop(address, None)
        try:
            answer = None if self._must_wait(desired, instance) else self.read_data(desired, instance)
        except DiagnosticError as error:
            answer = replace(error.diagnostics[0], primary=Label(instance.block.header), address=address)
        if isinstance(answer, Diagnostic):
            self.diagnostics.append(replace(answer, code=CHECK_FAILED) if instance.in_check else answer)
            return Unknown(DYNAMIC, str(address))
        if answer is None:
            self.deferred[address] = desired
            return Unknown(DYNAMIC, str(address))
        self.data_read[address] = answer
        return resource_value(desired.attributes, address, computed=answer, body=desired.body)

    def _must_wait(self, desired: Desired, instance: ResourceInstance) -> bool:
        """Whether reading waits for apply: an argument is unknown, or something in ``depends_on`` changes."""
        if any(isinstance(value, Unknown) for value in desired.attributes.values()):
            return True
        if not instance.block.depends_on:
            return False
        blocks = set(instance.dependencies)
        is_pending = self.is_pending or (lambda address: address not in self.records)
        return any(is_pending(address) for address in self.desired if block_of(address) in blocks)
