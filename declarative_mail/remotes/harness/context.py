"""What all kinds of objects of one Harness remote share: the account, names in both directions, and secrets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct, field

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.remotes.answers import TransportError
from declarative_mail.remotes.base import Operation, Recognise, Stored, Written
from declarative_mail.remotes.faults import transport_fault
from declarative_mail.remotes.harness.api import HarnessApi, HarnessError
from declarative_mail.remotes.harness.faults import refusal
from declarative_mail.remotes.harness.scope import Place, Scope, secret_expression, secret_in
from declarative_mail.remotes.side_by_side import side_by_side
from declarative_mail.resources.schema import resource_schema
from declarative_mail.resources.stored import REFERENCE, SECRET, leaf_content, reference_leaf
from declarative_mail.secrets import Secret

_One = TypeVar("_One")
_Answer = TypeVar("_Answer")

FAULTS = (HarnessError, TransportError, DiagnosticError)
"""How a call to Harness ends that does not do what it was meant to do."""


class Context(Struct):
    """One remote block at work.

    Args:
        name: ``harness.LABEL``.
        api: the account.
        recognise: tells whether a secret that Harness shows is the one that is known.
        parallelism: calls at once.
        default: where objects live that say nothing about it.
        by_id: the address of what is managed here, by ``TYPE/ID``.
        guard: of `by_id`.
    """

    name: str
    api: HarnessApi
    recognise: Recognise
    parallelism: int
    default: Scope
    by_id: dict[str, str] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def know(self, addresses: Mapping[str, str]) -> None:
        """Remember what objects are called here."""
        with self.guard:
            self.by_id.update(addresses)

    # -- references --------------------------------------------------------------------------------------

    def group_from_wire(self, reference: str, scope: Scope) -> Any:
        """A reference to a group in stored form: its address, or what Harness spells where it is not managed here."""
        address = self.by_id.get(f"user_group/{Place.referred_to(reference, scope).id}")
        return reference_leaf(address) if address else reference

    @staticmethod
    def group_to_wire(value: Any, ids: Mapping[str, str]) -> str:
        """The same the other way."""
        place = place_of(value, ids)
        return place.reference if place is not None else str(value)

    # -- texts that are secret ---------------------------------------------------------------------------

    def secret_from_wire(self, text: str | None, scope: Scope, known: Any) -> Any:
        """A text that Harness tells in clear, in stored form: a `secret` resource, or a secret that is recognised."""
        if not text:
            return None
        place = secret_in(text, scope)
        address = self.by_id.get(f"secret/{place.id}") if place is not None else None
        if address:
            return reference_leaf(address)
        return self.recognise(Secret(text, f"remote.{self.name}"), leaf_content(known, SECRET))

    @staticmethod
    def secret_to_wire(value: Any, path: str, operation: Operation) -> str | None:
        """The same the other way; the value of a secret is at hand while it is written."""
        if value is None:
            return None
        place = place_of(value, operation.ids)
        if place is not None:
            return secret_expression(place)
        return operation.secrets[path].reveal() if path in operation.secrets else None

    # -- many calls --------------------------------------------------------------------------------------

    def side_by_side(self, ask: Callable[[_One], _Answer], asked: Iterable[_One]) -> list[_Answer]:
        """Ask several things at once; the answers in the order of the questions."""
        return side_by_side(ask, asked, at_once=self.parallelism)

    def asking(self, ask: Callable[[], _Answer]) -> _Answer:
        """Ask something outside of a write.

        Raises:
            DiagnosticError: Harness refused, or cannot be reached.
        """
        try:
            return ask()
        except (HarnessError, TransportError) as error:
            raise DiagnosticError(self.fault_of(error)[0]) from None

    def writing(self, operation: Operation, write: Callable[[Operation], Written]) -> Written:
        """Write something; whatever goes wrong becomes the fault of the operation."""
        try:
            return write(operation)
        except FAULTS as error:
            fault, doubt = self.fault_of(error, operation.address)
            return Written(operation, fault=fault, in_doubt=doubt)

    def fault_of(
        self, error: HarnessError | TransportError | DiagnosticError, address: Address | None = None
    ) -> tuple[Diagnostic, bool]:
        """What one of `FAULTS` says of a call, and whether the call may have been carried out all the same."""
        if isinstance(error, HarnessError):
            return refusal(error, self.name, address=address), error.is_in_doubt
        if isinstance(error, TransportError):
            return transport_fault(error, self.name), True
        return error.diagnostics[0], False


def place_of(value: Any, ids: Mapping[str, str]) -> Place | None:
    """The object that a reference in stored form stands for, where it is known."""
    address = leaf_content(value, REFERENCE)
    id_ = ids.get(address) if address is not None else None
    return Place.parse(id_) if id_ is not None else None


def secret_version(attributes: Mapping[str, Any] | None, name: str) -> Any:
    """The version of a secret in stored form; None where there is none."""
    return (leaf_content((attributes or {}).get(name), SECRET) or {}).get("version")


def writes_secret(operation: Operation, name: str) -> bool:
    """Whether the value of a secret is written: another one, or the first."""
    new = secret_version(operation.after, name)
    return new is not None and new != secret_version(operation.before, name)


def with_kept(
    type_: str, attributes: Mapping[str, Any], kept: Iterable[str], local: Mapping[str, Any] | None
) -> Stored:
    """The whole attributes of an object: what was read, what only dmail knows, and defaults for the rest.

    Args:
        type_: of the resource.
        attributes: as read.
        kept: what Harness has no use for.
        local: where that is found: a record, or what is declared.
    """
    defaults = resource_schema(type_).defaults
    mine = {name: local[name] for name in kept if name in local} if local is not None else {}
    return {**defaults, **mine, **attributes}


def same(one: Mapping[str, Any], other: Mapping[str, Any] | None, *, ignoring: Iterable[str] = ()) -> bool:
    """Whether two objects have equal attributes but for some."""
    if other is None:
        return False
    ignored = set(ignoring)
    return all(one.get(name) == other.get(name) for name in (one.keys() | other.keys()) - ignored)


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> Sequence[str]:
    """The names of the attributes that differ."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
