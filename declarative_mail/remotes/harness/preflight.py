"""Whether an account can be worked with: the token, what it is allowed to do, and what the installation lacks."""

from __future__ import annotations

from collections.abc import Iterator

from declarative_mail.diagnostics import Diagnostic
from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.remotes.answers import TransportError
from declarative_mail.remotes.faults import transport_fault
from declarative_mail.remotes.harness.api import HarnessError
from declarative_mail.remotes.harness.context import Context
from declarative_mail.remotes.harness.faults import refusal
from declarative_mail.remotes.harness.scope import Scope
from declarative_mail.remotes.harness.settings import HarnessSettings
from declarative_mail.remotes.harness.smtp import SmtpKind

_ACL = "/authz/api/acl"
_PERMISSIONS = (
    ("SMTP", "core_smtp_view"),
    ("SMTP", "core_smtp_edit"),
    ("USERGROUP", "core_usergroup_view"),
    ("USERGROUP", "core_usergroup_manage"),
    ("SECRET", "core_secret_view"),
    ("SECRET", "core_secret_edit"),
    ("PIPELINE", "core_pipeline_view"),
    ("PIPELINE", "core_pipeline_edit"),
)
"""What plan and apply need, by type of resource. SMTP is a matter of the account."""


def preflight(context: Context, smtp: SmtpKind, settings: HarnessSettings, *, declares_smtp: bool) -> list[Diagnostic]:
    """What stands against working with an account, and what is worth knowing of it.

    Args:
        context: the account.
        smtp: its SMTP configuration, which is read.
        settings: of the remote block.
        declares_smtp: whether the configuration declares an SMTP configuration for it.
    """
    try:
        current = smtp.current()
    except HarnessError as error:
        if error.status == 403 and not declares_smtp:
            return list(_permissions(context, settings.scope))
        return [refusal(error, context.name)]
    except TransportError as error:
        return [transport_fault(error, context.name)]
    found = list(_permissions(context, settings.scope))
    if current is None and settings.is_self_managed and not declares_smtp:
        detail = (
            f"remote.{context.name} is a self-managed Harness and has no SMTP configuration, so it sends no mail at "
            "all: the SaaS edition alone has a server built in. Declare an smtp_server for it."
        )
        found.append(Diagnostic(codes.LIMITED_REMOTE, detail))
    value = (current or {}).get("value") or {}
    if value.get("useSSL") and value.get("startTLS"):
        detail = (
            f"The SMTP configuration of remote.{context.name} asks for SSL and for STARTTLS, which exclude each other. "
            'It is read as encryption = "tls"; the next change of it writes one of them.'
        )
        found.append(Diagnostic(codes.LIMITED_REMOTE, detail))
    return found


def _permissions(context: Context, scope: Scope) -> Iterator[Diagnostic]:
    """What the token may not do. An installation that cannot be asked for it says so when it matters."""
    asked = [
        {
            "resourceScope": {"accountIdentifier": context.api.account, **(_named(scope) if type_ != "SMTP" else {})},
            "resourceType": type_,
            "permission": permission,
        }
        for type_, permission in _PERMISSIONS
    ]
    try:
        answer = context.api.call("POST", _ACL, body={"permissions": asked}, repeatable=True)
    except (HarnessError, TransportError):
        return
    denied = [one["permission"] for one in (answer or {}).get("accessControlList") or () if not one.get("permitted")]
    if denied:
        detail = (
            f"The token of remote.{context.name} lacks {', '.join(sorted(denied))} in the {scope.words}. What needs it "
            "will fail: give its user or service account a role with that permission."
        )
        yield Diagnostic(codes.LIMITED_REMOTE, detail)


def _named(scope: Scope) -> dict[str, str]:
    return {name: value for name, value in scope.query.items() if value is not None}
