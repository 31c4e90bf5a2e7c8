"""Records in their JSON form, as planning, probe and state give them, for the tests of the renderers."""

from __future__ import annotations

from typing import Any

DIGEST = "sha256:" + "3f" * 32


def change(address: str, action: str, before: Any = None, after: Any = None, **more: Any) -> dict[str, Any]:
    """A change of a plan with all its fields."""
    return {
        "type": "change",
        "address": address,
        "action": action,
        "reason": None,
        "before": before,
        "after": after,
        "changed": [],
        "replace_paths": [],
        "importing": None,
        "previous_address": None,
        "remote": "local",
        "sets": [],
    } | more


def plan(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A plan with these changes and the numbers that they make."""
    actions = [one["action"] for one in changes]
    summary = {
        "type": "summary",
        "add": actions.count("create") + actions.count("replace"),
        "change": actions.count("update"),
        "destroy": actions.count("delete") + actions.count("replace"),
        "import": sum(one["importing"] is not None for one in changes),
        "move": sum(one["previous_address"] is not None for one in changes),
        "forget": actions.count("forget"),
        "refresh": actions.count("refresh"),
        "digest": DIGEST,
    }
    return {
        "format_version": "1.0",
        "digest": DIGEST,
        "mode": "normal",
        "changes": list(changes),
        "outputs": {},
        "summary": summary,
        "connection_tests": [],
        "brakes": [],
    } | more


def stage(name: str, verdict: str = "pass", **more: Any) -> dict[str, Any]:
    """The verdict of one stage."""
    return {
        "stage": name,
        "verdict": verdict,
        "code": "ok",
        "reply": None,
        "cause": None,
        "remedy": None,
        "ms": 4,
    } | more


def connection_test(address: str, *stages: dict[str, Any], ok: bool = True) -> dict[str, Any]:
    """The result of one server."""
    return {"type": "connection_test", "address": address, "ok": ok, "stages": list(stages)}


PASSED = connection_test(
    "smtp_server.primary",
    *map(stage, ("resolve", "connect", "greeting", "ehlo", "tls", "auth", "sender")),
    stage("recipient", "skipped", code="not_asked", ms=0),
    stage("message", "skipped", code="not_asked", ms=0),
    stage("quit"),
)
WARNED = connection_test(
    "smtp_server.relay",
    *map(stage, ("resolve", "connect", "greeting", "ehlo")),
    stage("tls", "warn", code="cert_expires_soon", cause="The certificate ends in 3 days.", remedy="Renew it."),
    *map(stage, ("auth", "sender", "quit")),
)
FAILED = connection_test(
    'smtp_server.backup["eu"]',
    *map(stage, ("resolve", "connect", "greeting", "ehlo", "tls")),
    stage(
        "auth",
        "fail",
        code="535 5.7.8",
        reply="5.7.8 Username and Password not accepted.\nFor more information see the manual.",
        cause="The provider wants an app password, since the account has two-step verification switched on.",
        remedy="Make an app password in the account's security settings and use it as the password.",
        ms=1234,
    ),
    stage("sender", "skipped", code="not_reached", ms=0),
    ok=False,
)
SENDER = connection_test(
    "smtp_server.sender",
    *map(stage, ("resolve", "connect", "sender")),
) | {
    "alignment": [
        {
            "check": "spf",
            "subject": "example.com",
            "verdict": "unknown",
            "code": "spf_no_egress",
            "cause": "No egress.",
        },
        {
            "check": "dmarc",
            "subject": "example.com",
            "verdict": "warn",
            "code": "dmarc_no_rua",
            "cause": "Nobody is told of mail that fails.",
            "remedy": "Add rua.",
            "record": "v=DMARC1; p=none",
            "expected": "v=DMARC1; p=none; rua=mailto:dmarc@example.com",
        },
    ],
    "receipt": {"verdict": "pass", "code": "receipt_arrived", "cause": "It arrived.", "waited": 1.25},
    "proved_by": None,
}
REPLACED = FAILED | {"address": "smtp_server.replaced", "proved_by": "smtp_server.other"}
LOST = PASSED | {
    "address": "smtp_server.lost",
    "receipt": {
        "verdict": "fail",
        "code": "receipt_not_arrived",
        "cause": "It was in no folder after 60 seconds.",
        "remedy": "Look into the junk folder.",
        "waited": 60.0,
    },
}
UNDECIDED = connection_test(
    "smtp_server.late",
    *map(stage, ("resolve", "connect")),
    stage("recipient", "unknown", code="decides_at_data", cause="This service decides after DATA."),
    ok=False,
)
