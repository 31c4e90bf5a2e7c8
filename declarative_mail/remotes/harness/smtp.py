"""The SMTP configuration of an account: one, or none.

==================  ===================================================================================================
password            a write sets it, an answer never tells it. A PUT without it deletes it; with the mask of 14
                    asterisks it stays as it is, if there is one. Where there is none, the mask itself would be stored
                    as password: it is sent only if a GET of this run returned it
answers to a write  show the mask whether or not there is a password: only a GET tells
id                  the server makes a uuid, which writes need; for us its id is ``account``, for there is one only
==================  ===================================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from declarative_mail.addresses import Address
from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.remotes.answers import TransportError
from declarative_mail.remotes.base import (
    Declaration,
    Declared,
    LiveObject,
    MailTest,
    MailTested,
    Objection,
    Operation,
    Stored,
    Written,
)
from declarative_mail.remotes.faults import changed_since_plan, not_kept
from declarative_mail.remotes.harness.api import HarnessError
from declarative_mail.remotes.harness.context import Context, differing, same, secret_version, with_kept, writes_secret
from declarative_mail.remotes.harness.faults import exists_already, taken
from declarative_mail.remotes.harness.names import examine_identity
from declarative_mail.remotes.harness.scope import Scope
from declarative_mail.remotes.harness.tables import kept_names
from declarative_mail.resources.stored import REFERENCE, SECRET, UNKNOWN_SECRET, leaf_content
from declarative_mail.state.snapshot import ResourceRecord

TYPE = "smtp_server"
ID = "account"
"""The import id: an account has one configuration."""
MASK = "*" * 14
_PATH = "/ng/api/smtpConfig"
_KEPT = kept_names(TYPE)


class SmtpKind:
    """The account's SMTP configuration. See `declarative_mail.remotes.harness.kind.Kind`."""

    type: ClassVar = TYPE

    def __init__(self, context: Context) -> None:
        self._context = context
        self._read = False
        self._seen: Mapping[str, Any] | None = None

    # -- the declaration ---------------------------------------------------------------------------------

    def complete(self, declaration: Declaration, /) -> Stored:
        """The field takes a clear text: a `secret` that is declared here stands for its value (semantics 40)."""
        attributes = declaration.attributes
        address = leaf_content(attributes.get("password"), REFERENCE)
        found = declaration.declared(address) if address is not None else None
        value = found.get("value") if found is not None else None
        return {**attributes, "password": value} if leaf_content(value, SECRET) is not None else attributes

    def examine(self, objects: Sequence[Declared], /) -> Iterable[Objection]:
        """One for an account, and what it can be."""
        for one in objects:
            yield from _examine(one)
        if len(objects) > 1:
            first, *others = objects
            detail = (
                f"Harness has one SMTP configuration for an account, and {len(objects)} are declared for "
                f"remote.{self._context.name}. Keep one of them, or put the others on another remote."
            )
            for one in objects:
                rest = (first,) if one in others else others
                related = tuple((other.address, (), "and here") for other in rest)
                yield Objection(one.address, codes.REMOTE_RULE, detail, related=related)

    def document(self, _operation: Operation, /) -> str:
        """There is one only."""
        return "smtp"

    # -- reading -----------------------------------------------------------------------------------------

    def _get(self) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = self._context.api.call(
            "GET", _PATH, query={"accountId": self._context.api.account}
        )
        return found

    def current(self) -> Mapping[str, Any] | None:
        """The configuration as this run saw it first, on the wire."""
        if not self._read:
            self._seen, self._read = self._get(), True
        return self._seen

    def _live(self, raw: Mapping[str, Any], local: Mapping[str, Any] | None) -> LiveObject:
        attributes = from_wire(raw)
        if _has_password(raw):
            known = local.get("password") if local is not None else None
            attributes["password"] = known if known is not None else UNKNOWN_SECRET
        return LiveObject(ID, with_kept(TYPE, attributes, _KEPT, local))

    def refresh(self, records: Sequence[ResourceRecord], /) -> Mapping[Address, LiveObject | None]:
        """One call. A state that says there are two is of an account that was changed: the first is it."""
        raw = self.current()
        return {one.address: self._live(raw, one.attributes) if raw else None for one in records}

    def find(self, _id: str | None, like: Mapping[str, Any] | None, /) -> LiveObject | None:
        """The one there is, whatever it is called."""
        raw = self._get()
        return self._live(raw, like) if raw else None

    def all_in(self, scopes: Sequence[Scope], /) -> Sequence[LiveObject]:
        """It belongs to the account, not to an organisation or project."""
        raw = self._get() if Scope() in scopes else None
        return [self._live(raw, None)] if raw else []

    def review(self, operations: Sequence[Operation], /) -> Iterable[Objection]:
        """An unmanaged configuration stands in the way of a new one."""
        ending = any(one.verb == "delete" for one in operations)
        for one in operations:
            if one.verb == "create" and not ending and self.current() is not None:
                detail = taken(one.address, self._context.name, "an SMTP configuration", ID)
                yield Objection(one.address, codes.EXISTS_ALREADY, detail)

    def send_test(self, test: MailTest) -> MailTested:
        """A message through Harness's delegates, by the saved configuration; a failure is an answer with 200."""
        raw = self._get()
        if raw is None:
            return MailTested(ok=False, said="There is no SMTP configuration any more.")
        query = {
            "identifier": raw["uuid"],
            "accountId": self._context.api.account,
            "to": test.to,
            "subject": test.subject,
            "body": test.body,
        }
        # Not repeated: each call sends a message.
        answer = self._context.api.call("POST", f"{_PATH}/validate-connectivity", query=query, repeatable=False)
        return MailTested(bool(answer.get("valid")), answer.get("errorMessage") or None)

    # -- writing -----------------------------------------------------------------------------------------

    def write(self, operations: Sequence[Operation], /) -> list[Written]:
        """One after the other."""
        return [self._context.writing(one, self._write) for one in operations]

    def _write(self, operation: Operation) -> Written:
        return {"create": self._create, "update": self._update, "delete": self._delete}[operation.verb](operation)

    def _create(self, operation: Operation) -> Written:
        if self._get() is not None:
            return self._in_the_way(operation)
        after = operation.after or {}
        body = {"accountId": self._context.api.account, **to_wire(after)}
        if after.get("password") is not None:
            body["value"]["password"] = operation.secrets["password"].reveal()
        try:
            # Sent again where no answer came: an account has one, the second is refused.
            self._context.api.call("POST", _PATH, body=body, repeatable=True)
        except (TransportError, HarnessError) as error:
            # What stands there now says whether it was done (semantics 31).
            raw = self._get()
            if raw is None:
                raise
            if not same(self._live(raw, after).attributes, after):
                if isinstance(error, HarnessError) and not error.is_in_doubt:
                    return self._in_the_way(operation)
                raise
        return self._confirmed(operation)

    def _in_the_way(self, operation: Operation) -> Written:
        return Written(
            operation, fault=exists_already(operation.address, self._context.name, "an SMTP configuration", ID)
        )

    def _update(self, operation: Operation) -> Written:
        before, after = operation.before or {}, operation.after or {}
        raw = self._get()
        if raw is None:
            return Written(operation, fault=changed_since_plan(operation.address, self._context.name, "is gone"))
        if not same(self._live(raw, before).attributes, before):
            if same(self._live(raw, after).attributes, after) and not _sets_password(operation):
                return Written(operation, self._live(raw, after))
            return Written(operation, fault=changed_since_plan(operation.address, self._context.name, "was changed"))
        if to_wire(before) == to_wire(after) and not _sets_password(operation) and _keeps_password(operation):
            return Written(operation, LiveObject(ID, dict(after)))
        body = {"accountId": self._context.api.account, "uuid": raw["uuid"], **to_wire(after)}
        if _sets_password(operation):
            body["value"]["password"] = operation.secrets["password"].reveal()
        elif after.get("password") is not None and _has_password(raw):
            body["value"]["password"] = MASK
        self._context.api.call("PUT", _PATH, body=body)
        return self._confirmed(operation)

    def _confirmed(self, operation: Operation) -> Written:
        """Read it again: only that tells what was kept, and whether there is a password."""
        after = operation.after or {}
        raw = self._get()
        self._seen, self._read = raw, True
        if raw is None:
            return Written(operation, fault=changed_since_plan(operation.address, self._context.name, "is gone"))
        made = self._live(raw, after)
        if same(made.attributes, after):
            return Written(operation, made)
        names = differing(made.attributes, after)
        return Written(operation, made, not_kept(operation, self._context.name, names))

    def _delete(self, operation: Operation) -> Written:
        raw = self._get()
        if raw is None:
            return Written(operation)
        if not same(self._live(raw, operation.before).attributes, operation.before):
            return Written(operation, fault=changed_since_plan(operation.address, self._context.name, "was changed"))
        self._context.api.call("DELETE", f"{_PATH}/{raw['uuid']}")
        self._seen, self._read = None, True
        return Written(operation)


def _examine(one: Declared) -> Iterable[Objection]:
    if one.attributes.get("encryption") == "starttls_if_offered":
        detail = (
            "Harness either demands STARTTLS or does without: it cannot be left to the server. "
            'Set encryption = "starttls", or "none".'
        )
        yield Objection(one.address, codes.NOT_EXPRESSIBLE, detail, ("encryption",))
    password = one.attributes.get("password")
    if password is not None and leaf_content(password, SECRET) is None:
        detail = (
            "Harness takes the SMTP password as a clear text and never gives one away: a secret that is managed "
            "elsewhere cannot be handed over. Declare the secret here, or set password from its source, e.g. "
            'env("SMTP_PASSWORD").'
        )
        yield Objection(one.address, codes.NOT_EXPRESSIBLE, detail, ("password",))
    yield from examine_identity(one)


def _has_password(raw: Mapping[str, Any]) -> bool:
    """Whether a GET says that there is one. The specification calls it a list of characters."""
    told = (raw.get("value") or {}).get("password")
    return bool(told)


def _sets_password(operation: Operation) -> bool:
    return writes_secret(operation, "password")


def _keeps_password(operation: Operation) -> bool:
    """Whether there is one before and after, or neither time."""
    before, after = (secret_version(side, "password") for side in (operation.before, operation.after))
    return (before is None) == (after is None)


def to_wire(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a write without its password, which is a matter of its own."""
    value: dict[str, Any] = {
        "host": attributes["host"],
        "port": attributes["port"],
        "fromAddress": attributes["from_address"],
        "useSSL": attributes["encryption"] == "tls",
        "startTLS": attributes["encryption"] == "starttls",
    }
    if attributes.get("username") is not None:
        value["username"] = attributes["username"]
    if attributes.get("delegate_selectors"):
        value["delegateSelectors"] = list(attributes["delegate_selectors"])
    return {"name": attributes["name"], "value": value}


def from_wire(raw: Mapping[str, Any]) -> Stored:
    """The attributes of an answer, without its password. Both kinds of TLS set are read as the stricter one."""
    value = raw.get("value") or {}
    encryption = "tls" if value.get("useSSL") else "starttls" if value.get("startTLS") else "none"
    return {
        "name": raw.get("name") or "",
        "host": value.get("host") or "",
        "port": value.get("port"),
        "encryption": encryption,
        "from_address": value.get("fromAddress") or "",
        "username": value.get("username") or None,
        "delegate_selectors": sorted(value.get("delegateSelectors") or ()),
        "password": None,
    }
