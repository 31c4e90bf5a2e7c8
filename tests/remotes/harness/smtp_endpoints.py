"""The SMTP configuration of an account: one or none."""

from __future__ import annotations

from typing import Any

from tests.remotes.harness.account import Account, Request, scattered
from tests.remotes.harness.permissions import require
from tests.remotes.harness.refusals import error, failure, internal_error

MASK = "*" * 14


def _shown(account: Account, *, masked: bool) -> dict[str, Any] | None:
    """The configuration with its password as the mask or null; an empty set of selectors is left out."""
    if account.smtp is None:
        return None
    mask: Any = list(MASK) if account.mask_as_list else MASK
    value = {**account.smtp["value"], "password": mask if masked else None}
    selectors = value.pop("delegateSelectors", None)
    if selectors:
        value["delegateSelectors"] = scattered(set(selectors))
    return {**account.smtp, "value": value}


def _keep(account: Account, body: dict[str, Any], uuid: str) -> None:
    """A full replacement of everything but the password. The account of the query wins over that of the body."""
    value = {name: item for name, item in body["value"].items() if name != "password"}
    if not value["host"].strip():
        raise failure("cannot be empty.", "value.host")
    value = {"fromAddress": None, "username": None, "useSSL": False, "startTLS": False, **value}
    account.smtp = {"uuid": uuid, "accountId": account.id, "name": body["name"], "value": value}


def read(account: Account, request: Request) -> Any:
    """No configuration is null. Only here the mask tells whether there is a password."""
    if "accountId" not in request.query:
        raise failure("must not be null", "accountId")
    require(account, request, "core_smtp_view", "SMTP")
    return _shown(account, masked=account.smtp_password is not None)


def create(account: Account, request: Request) -> Any:
    """A second one is refused; the answer shows the mask even without a password."""
    require(account, request, "core_smtp_edit", "SMTP")
    if account.smtp is not None:
        raise error("INVALID_REQUEST", "SMTP server configuration is already configured for this account")
    _keep(account, request.body, account.number())
    account.smtp_password = request.body["value"].get("password") or None
    return _shown(account, masked=True)


def update(account: Account, request: Request) -> Any:
    """The mask keeps the password, or is stored where there was none; an empty one, or none, deletes it."""
    require(account, request, "core_smtp_edit", "SMTP")
    uuid = request.body.get("uuid")
    if uuid is None:
        raise internal_error()
    if account.smtp is None or uuid != account.smtp["uuid"]:
        raise error("INVALID_REQUEST", "SMTP server configuration does not exist")
    given = request.body["value"].get("password")
    _keep(account, request.body, uuid)
    if given != MASK or account.smtp_password is None:
        account.smtp_password = given or None
    return _shown(account, masked=True)


def delete(account: Account, request: Request, uuid: str) -> Any:
    """An unknown one is 400, never 404."""
    require(account, request, "core_smtp_delete", "SMTP")
    if account.smtp is None or uuid != account.smtp["uuid"]:
        raise error("INVALID_REQUEST", "SMTP server configuration does not exist")
    account.smtp, account.smtp_password = None, None
    return True


def validate_name(account: Account, request: Request) -> Any:
    """Whether a name is free."""
    taken = account.smtp is not None and account.smtp["name"] == request.query.get("name")
    return {"valid": not taken, "errorMessage": "The name is in use" if taken else None}


def test_mail(account: Account, request: Request) -> Any:
    """Tests what is saved. A failure is an answer like any other: 200."""
    require(account, request, "core_smtp_view", "SMTP")
    if account.smtp is None or request.query["identifier"] != account.smtp["uuid"]:
        raise error("INVALID_REQUEST", "SMTP server configuration does not exist")
    account.mails.append(dict(request.query))
    return {"valid": account.mail_error is None, "errorMessage": account.mail_error}
