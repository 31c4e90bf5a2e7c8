"""The client of Harness NextGen: one account, and for each type of resource the kind that reads and writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from declarative_mail.addresses import Address, parse_address
from declarative_mail.diagnostics import Diagnostic
from declarative_mail.remotes.base import (
    Declaration,
    Declared,
    LiveObject,
    MailTest,
    MailTested,
    Objection,
    Operation,
    Recognise,
    Remote,
    Stored,
    Written,
    recognise_nothing,
)
from declarative_mail.remotes.capabilities import Capabilities
from declarative_mail.remotes.harness.api import HarnessApi
from declarative_mail.remotes.harness.context import Context
from declarative_mail.remotes.harness.everything import all_scopes, with_ids
from declarative_mail.remotes.harness.groups import GroupKind
from declarative_mail.remotes.harness.kind import Kind
from declarative_mail.remotes.harness.preflight import preflight
from declarative_mail.remotes.harness.references import examine_references
from declarative_mail.remotes.harness.rules import RuleKind
from declarative_mail.remotes.harness.scope import Scope
from declarative_mail.remotes.harness.secret_texts import SecretKind
from declarative_mail.remotes.harness.settings import HarnessSettings
from declarative_mail.remotes.harness.smtp import SmtpKind
from declarative_mail.remotes.harness.tables import capabilities_of
from declarative_mail.remotes.transport import Transport, TransportSettings
from declarative_mail.state.snapshot import ResourceRecord

_One = TypeVar("_One")


class HarnessRemote(Remote):
    """One account of Harness NextGen. See `declarative_mail.remotes.base.Remote` for the contract."""

    def __init__(self, name: str, settings: HarnessSettings, recognise: Recognise = recognise_nothing) -> None:
        """Nothing is sent yet.

        Args:
            name: ``harness.LABEL``.
            settings: which account.
            recognise: tells whether a secret that Harness shows is the one that is known.

        Raises:
            Insecure: the token would go out in clear.
        """
        endpoint = settings.endpoint.rstrip("/")
        self.name = name
        self.identity = f"{endpoint} account {settings.account}"
        self.parallelism = settings.parallelism
        self._settings = settings
        transport = Transport(
            TransportSettings(
                endpoint=endpoint,
                headers={"x-api-key": settings.token},
                timeout=settings.timeout,
                allow_plain_http=settings.allow_plain_http,
                parallelism=settings.parallelism,
            )
        )
        self._api = HarnessApi(transport, account=settings.account)
        self._context = Context(name, self._api, recognise, settings.parallelism, settings.scope)
        self._smtp = SmtpKind(self._context)
        kinds: list[Kind] = [
            self._smtp,
            SecretKind(self._context),
            GroupKind(self._context),
            RuleKind(self._context),
        ]
        self._kinds: Mapping[str, Kind] = {kind.type: kind for kind in kinds}
        self._declares_smtp = False

    tests_mail = True

    # -- what it can do ----------------------------------------------------------------------------------

    def capabilities(self, type_: str, /) -> Capabilities | None:
        """See `declarative_mail.remotes.harness.tables`."""
        return capabilities_of(type_)

    def natural_key(self, type_: str, attributes: Mapping[str, Any], /) -> tuple[str, ...]:
        """An account has one SMTP configuration, whatever its name."""
        return ("account",) if type_ == self._smtp.type else super().natural_key(type_, attributes)

    def complete(self, declaration: Declaration, /) -> Stored:
        """By kind."""
        kind = self._kinds.get(declaration.type)
        return kind.complete(declaration) if kind is not None else declaration.attributes

    def examine(self, objects: Sequence[Declared], /) -> Iterator[Objection]:
        """By kind, and what they refer to."""
        for type_, mine in _by_type(objects, lambda one: one.address.type).items():
            self._declares_smtp |= type_ == self._smtp.type
            yield from self._kinds[type_].examine(mine) if type_ in self._kinds else ()
        yield from examine_references(objects, self.name)

    def document(self, operation: Operation, /) -> str:
        """By kind: all rules of a pipeline are one."""
        return self._kinds[operation.type].document(operation)

    # -- reading -----------------------------------------------------------------------------------------

    def check(self) -> list[Diagnostic]:
        """Token, permissions, edition."""
        return preflight(self._context, self._smtp, self._settings, declares_smtp=self._declares_smtp)

    def refresh(self, records: Sequence[ResourceRecord], /) -> Mapping[Address, LiveObject | None]:
        """A list for each type and scope, and a read for each pipeline; the types side by side."""
        self.know({f"{record.type}/{record.id}": str(record.address) for record in records})
        by_type = [item for item in _by_type(records, lambda one: one.type).items() if item[0] in self._kinds]
        found = self._context.asking(
            lambda: self._context.side_by_side(lambda item: self._kinds[item[0]].refresh(item[1]), by_type)
        )
        return {address: one for answer in found for address, one in answer.items()}

    def find(
        self, type_: str, /, *, id_: str | None = None, like: Mapping[str, Any] | None = None
    ) -> LiveObject | None:
        """One read."""
        kind = self._kinds.get(type_)
        return self._context.asking(lambda: kind.find(id_, like)) if kind is not None else None

    def look_up(self, type_: str, asked: Mapping[str, str], /) -> Sequence[LiveObject]:
        """The objects of one scope, compared here: Harness's own search takes a pattern, not a name."""
        kind = self._kinds.get(type_)
        if kind is None:
            return []
        wanted = kind.complete(Declaration(type_, dict(asked)))
        found = self._context.asking(lambda: kind.all_in([Scope.of(wanted)]))
        told = [(one, {**one.attributes, "id": one.id}) for one in found]
        return [one for one, have in told if all(have.get(name) == value for name, value in asked.items())]

    def know(self, addresses: Mapping[str, str], /) -> None:
        """Remembered for as long as this client lives."""
        self._context.know(addresses)

    def everything(self) -> Mapping[str, Sequence[LiveObject]]:
        """All of the scope of the remote block and below it: an account, an organisation or a project."""
        return self._context.asking(
            lambda: with_ids(self._context, self._kinds, all_scopes(self._context, self._settings.scope))
        )

    def review(self, operations: Sequence[Operation], /) -> Iterable[Objection]:
        """By kind."""
        by_type = _by_type(operations, lambda one: one.type)
        return self._context.asking(
            lambda: [one for type_, mine in by_type.items() for one in self._kinds[type_].review(mine)]
        )

    def send_test(self, _id: str, test: MailTest, /) -> MailTested:
        """Through Harness's delegates, by what it has saved."""
        return self._context.asking(lambda: self._smtp.send_test(test))

    # -- writing -----------------------------------------------------------------------------------------

    def write(self, _document: str, operations: Sequence[Operation], /) -> list[Written]:
        """By kind: a document holds one."""
        for one in operations:
            self.know({f"{parse_address(address).type}/{id_}": address for address, id_ in one.ids.items()})
        return self._kinds[operations[0].type].write(operations)


def _by_type(items: Iterable[_One], type_of: Callable[[_One], str]) -> dict[str, list[_One]]:
    found: dict[str, list[_One]] = {}
    for one in items:
        found.setdefault(type_of(one), []).append(one)
    return found
