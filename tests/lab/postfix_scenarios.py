"""What must be said of Postfix, set up in all the ways that `postfix.SERVICES` has."""

from __future__ import annotations

from typing import Any

from declarative_mail.secrets import Secret
from tests.lab.scenario import ELSEWHERE, Scenario
from tests.support.canary import secret_value

_BIG = "x" * 70 + "\n"


def _as(user: str, password: str) -> dict[str, Any]:
    return {"username": user, "password": Secret(password)}


def _on(service: str, identifier: str, **expected: Any) -> tuple[str, Scenario]:
    return service, Scenario(id=f"postfix-{identifier}", **expected)


def _submission(service: str, identifier: str, **expected: Any) -> tuple[str, Scenario]:
    return _on(service, identifier, **{"encryption": "starttls", "login": True, **expected})


def _certificate(name: str, code: str = "ok", **expected: Any) -> tuple[str, Scenario]:
    stage = None if code == "ok" else "tls"
    return _submission(f"certificate-{name}", f"certificate-{name}", stage=stage, code=code, **expected)


def _implicit(service: str, identifier: str, **expected: Any) -> tuple[str, Scenario]:
    return _submission(service, identifier, encryption="tls", **expected)


_WRONG = {"stage": "auth", "code": "535 5.7.8"}

SCENARIOS: tuple[tuple[str, Scenario], ...] = (
    _on("plain", "plain", note="no TLS, no login, a mailbox of its own"),
    _on("plain", "plain-send", send=True, note="the same, the message really delivered"),
    _on("relay", "relay-by-network", to=ELSEWHERE, note="relaying allowed by network"),
    _on("opportunistic", "opportunistic-tls", encryption="starttls", note="STARTTLS offered, no login"),
    _on("opportunistic", "opportunistic-plain", note="the same server, a client without TLS"),
    _on("opportunistic", "opportunistic-both", encryption="starttls_if_offered"),
    _submission("submission", "starttls", note="STARTTLS, then AUTH PLAIN or LOGIN"),
    _submission("submission", "starttls-send", send=True, to=ELSEWHERE, note="the same, the message relayed"),
    _submission("plain-only", "auth-plain"),
    _submission("login-only", "auth-login"),
    _submission("tls-1.2", "tls-1.2"),
    _submission("submission", "tls-1.3-demanded", server={"tls_min_version": "1.3"}),
    _submission("submission", "wrong-password", server=_as("probe", secret_value("wrong")), **_WRONG),
    _submission("submission", "unknown-user", server=_as("nobody-here", secret_value("nobody")), **_WRONG),
    _submission("submission", "password-unicode", server=_as("probe", secret_value("pässwörd-£€")), **_WRONG),
    _submission(
        "login-needed",
        "no-credentials",
        login=False,
        to=ELSEWHERE,
        stage="recipient",
        code="554 5.7.1",
        note="the server wants a login, the client has none: refused at RCPT",
    ),
    _implicit("implicit", "implicit"),
    _implicit("implicit", "implicit-wrong-password", server=_as("probe", secret_value("wrong")), **_WRONG),
    _on(
        "submission-may",
        "auth-after-tls-only",
        login=True,
        stage="auth",
        code="auth_not_offered",
        note="no TLS in the settings, and AUTH shows only inside it",
    ),
    _on("submission", "tls-demanded", stage="sender", code="530 5.7.0", note="530 Must issue a STARTTLS command first"),
    _on("submission", "auth-before-tls", login=True, stage="auth", code="auth_not_offered"),
    _on("auth-in-clear", "auth-in-clear", login=True, stage="auth", code="credentials_in_clear"),
    _on(
        "auth-in-clear",
        "auth-in-clear-by-name",
        login=True,
        server={"auth": "plain"},
        remarks=(("auth", "login_in_clear"),),
        note="asked for by name: sent, with a warning",
    ),
    _submission("cram-md5", "cram-md5"),
    _submission("cram-md5", "cram-md5-wrong", server=_as("probe", secret_value("wrong")), **_WRONG),
    _submission("scram", "scram-only", stage="auth", code="no_common_mechanism"),
    _submission("auth-down", "auth-backend-down", stage="auth", code="454 4.7.0"),
    _on("plain", "relay-denied", to=ELSEWHERE, stage="recipient", code="554 5.7.1"),
    _submission("submission", "relay-denied-in-tls", login=False, to=ELSEWHERE, stage="recipient", code="554 5.7.1"),
    _on("plain", "unknown-recipient", to="nobody-here@lab.test", stage="recipient", code="550 5.1.1"),
    _submission(
        "sender-login",
        "sender-not-owned",
        sender="ceo@lab.test",
        stage="recipient",
        code="553 5.7.1",
        note="Postfix says so at RCPT",
    ),
    _on("sender-access", "sender-refused", sender="blocked@lab.test", stage="recipient", code="550 5.7.1"),
    _on("small", "size-declared", send=True, test={"body": _BIG * 280}, stage="sender", code="552 5.3.4"),
    _on(
        "small-secretly",
        "size-in-data",
        send=True,
        test={"body": _BIG * 280},
        stage="message",
        code="552 5.3.4",
        note="SIZE is not offered, so it shows after the message",
    ),
    _on("bare", "no-extensions", send=True),
    _on("bare", "smtputf8-missing", sender="prüfer@lab.test", stage="sender", code="smtputf8_missing"),
    _on("plain", "smtputf8", sender="prüfer@lab.test"),
    _on("bare", "smtputf8-missing-recipient", to="prüfer@lab.test", stage="recipient", code="smtputf8_missing"),
    _submission("plain", "no-starttls", stage="tls", code="starttls_not_offered"),
    _on("slow", "greeting-slow", least=1.0),
    _on("greeting-554", "greeting-554", stage="greeting", code="554 5.7.1"),
    _on("ehlo-421", "ehlo-421", stage="ehlo", code="421 4.3.2"),
    _on(
        "greylist",
        "greylist",
        sender="patient@lab.test",
        stage="recipient",
        code="451 4.7.1",
        note="no time to come back after five minutes: temporary",
    ),
    _on(
        "greylist",
        "greylist-again",
        remarks=(("recipient", "accepted_later"),),
        note="comes back after the second that the server asks for",
    ),
    _submission("tls-broken", "tls-454", stage="tls", code="454 4.7.0", note="the server cannot load its certificate"),
    _submission("tls-cipher", "no-shared-cipher", stage="tls", code="tls_no_shared_cipher"),
    _submission(
        "client-certificate",
        "client-certificate-missing",
        stage="tls",
        code="421 4.7.1",
        note="TLS 1.3: said in place of the answer to EHLO",
    ),
    _submission("client-certificate", "client-certificate", client="client"),
    _submission(
        "client-certificate",
        "client-certificate-untrusted",
        client="client-untrusted",
        stage="tls",
        code="421 4.7.1",
    ),
    _implicit("plain", "implicit-on-plain-port", stage="tls", code="tls_on_plain_port"),
    _implicit("submission", "implicit-on-starttls-port", stage="tls", code="tls_on_plain_port"),
    _submission("implicit", "starttls-on-implicit-port", stage="greeting", code="plain_on_tls_port", silent="greeting"),
    _on("implicit", "plain-on-implicit-port", stage="greeting", code="plain_on_tls_port", silent="greeting"),
    _certificate("chain"),
    _certificate("good-rsa"),
    _certificate("expired", "certificate_expired"),
    _certificate("not-yet", "certificate_not_yet_valid"),
    _certificate("mismatch", "certificate_wrong_name"),
    _certificate("cn-only", "certificate_wrong_name"),
    _certificate("selfsigned", "certificate_self_signed"),
    _certificate("untrusted", "certificate_unknown_issuer"),
    _certificate("missing-intermediate", "certificate_missing_intermediate"),
    _submission("certificate-selfsigned", "certificate-pinned", authority="selfsigned"),
    _submission("certificate-missing-intermediate", "intermediate-pinned", authority="intermediate"),
    _submission("submission", "no-authority", authority=None, stage="tls", code="certificate_unknown_issuer"),
    _submission(
        "submission",
        "other-name",
        server={"server_name": "mail.lab.test"},
        stage="tls",
        code="certificate_wrong_name",
    ),
    _implicit("implicit-selfsigned", "implicit-selfsigned", stage="tls", code="certificate_self_signed"),
    _implicit("implicit-expired", "implicit-expired", stage="tls", code="certificate_expired"),
    _implicit("implicit-mismatch", "implicit-mismatch", stage="tls", code="certificate_wrong_name"),
)
