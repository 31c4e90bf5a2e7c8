"""The SMTP configuration of an account."""

from __future__ import annotations

import random
from typing import Any

from tests.remotes.harness.account import Account, Request
from tests.remotes.harness.refusals import access_denied, error, failure

MASK = "*" * 14


def _allow(account: Account, permission: str) -> None:
    if permission in account.denied:
        raise access_denied(permission, "SMTP")


def _shown(account: Account, *, mask: bool) -> dict[str, Any] | None:
    """The configuration with its password as the mask; the selectors in an order of their own."""
    if account.smtp is None:
        return None
    value = dict(account.smtp["value"])
    selectors = value.pop("delegateSelectors", None)
    if selectors:
        value["delegateSelectors"] = random.Random(len(account.requests)).sample(selectors, len(selectors))  # noqa: S311
    return {**account.smtp, "value": {**value, "password": MASK if mask else None}}


def _keep(account: Account, body: dict[str, Any], uuid: str) -> None:
    value = {name: item for name, item in body["value"].items() if name != "password"}
    if not value["host"].strip():
        raise failure("value.host: cannot be empty.", "value.host")
    value = {"useSSL": False, "startTLS": False, **value}
    account.smtp = {"uuid": uuid, "accountId": account.id, "name": body["name"], "value": value}


def read(account: Account, request: Request) -> Any:
    """The name of the parameter differs from that of the writes; no configuration is null; only here the mask tells."""
    if "accountId" not in request.query:
        raise failure("accountId: must not be null", "accountId")
    _allow(account, "core_smtp_view")
    return _shown(account, mask=account.smtp_password is not None)


def create(account: Account, request: Request) -> Any:
    """A second one is refused; the answer shows the mask even without a password."""
    _allow(account, "core_smtp_edit")
    if account.smtp is not None:
        raise error("INVALID_REQUEST", "SMTP is already configured for this account")
    _keep(account, request.body, account.number())
    account.smtp_password = request.body["value"].get("password") or None
    return _shown(account, mask=True)


def update(account: Account, request: Request) -> Any:
    """A full replacement. The mask keeps the password, or is stored where there was none; nothing deletes it."""
    _allow(account, "core_smtp_edit")
    uuid = request.body.get("uuid")
    if account.smtp is None or not uuid or uuid != account.smtp["uuid"]:
        raise error("INVALID_REQUEST", "SMTP configuration does not exist")
    given = request.body["value"].get("password")
    _keep(account, request.body, uuid)
    if given == MASK and account.smtp_password is not None:
        return _shown(account, mask=True)
    account.smtp_password = given or None
    return _shown(account, mask=True)


def delete(account: Account, _request: Request, uuid: str) -> Any:
    """An unknown one is 400, never 404."""
    _allow(account, "core_smtp_delete")
    if account.smtp is None or uuid != account.smtp["uuid"]:
        raise error("INVALID_REQUEST", "SMTP configuration does not exist")
    account.smtp, account.smtp_password = None, None
    return True


def validate_name(account: Account, request: Request) -> Any:
    """Whether a name is free."""
    taken = account.smtp is not None and account.smtp["name"] == request.query.get("name")
    return {"valid": not taken, "errorMessage": "already exists" if taken else None}


def test_mail(account: Account, request: Request) -> Any:
    """A failure is an answer like any other."""
    if account.smtp is None or request.query["identifier"] != account.smtp["uuid"]:
        raise error("INVALID_REQUEST", "SMTP configuration does not exist")
    account.mails.append(dict(request.query))
    return {"valid": account.mail_error is None, "errorMessage": account.mail_error}
