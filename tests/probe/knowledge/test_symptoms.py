from __future__ import annotations

import json
import string
from pathlib import Path

import pytest

from declarative_mail.probe.knowledge import symptoms
from declarative_mail.probe.knowledge.symptoms import explain_symptom, symptom_in, symptom_names

HOST = "mail.example.com"

# What other programs say, second-hand: Java, Go, Node and Python words for the same failures.
SECOND_HAND = [
    ("java.net.ConnectException: Connection refused (Connection refused)", "refused"),
    ("dial tcp 192.0.2.1:25: connect: connection refused", "refused"),
    ("[Errno 111] Connection refused", "refused"),
    ("connect ECONNREFUSED 192.0.2.1:587", "refused"),
    ("dial tcp 192.0.2.1:25: i/o timeout", "connect_timeout"),
    ("connect ETIMEDOUT 192.0.2.1:25", "connect_timeout"),
    ("[Errno 110] Connection timed out", "connect_timeout"),
    ("timed out waiting for greeting", "silence"),
    ("java.net.SocketTimeoutException: Read timed out", "timeout"),
    ("java.net.UnknownHostException: mail.example.invalid", "name_not_found"),
    ("dial tcp: lookup mail.example.invalid: no such host", "name_not_found"),
    ("[Errno -2] Name or service not known", "name_not_found"),
    ("getaddrinfo EAI_AGAIN mail.example.com", "name_lookup_failed"),
    ("[Errno -5] No address associated with hostname", "no_address"),
    ("connect EHOSTUNREACH 192.0.2.1:25", "unreachable"),
    ("[Errno 13] Permission denied", "forbidden"),
    ("tls: first record does not look like a TLS handshake", "tls_on_plain_port"),
    ("ssl3_get_record:wrong version number", "tls_on_plain_port"),
    ("javax.net.ssl.SSLException: Unsupported or unrecognized SSL message", "tls_on_plain_port"),
    ("x509: certificate signed by unknown authority", "certificate_unknown_issuer"),
    ("x509: certificate has expired or is not yet valid: current time", "certificate_expired"),
    ("x509: certificate is valid for a.example, not mail.example.com", "certificate_wrong_name"),
    ("Hostname/IP does not match certificate's altnames: ERR_TLS_CERT_ALTNAME_INVALID", "certificate_wrong_name"),
    ("certificate verify failed: self-signed certificate (_ssl.c:992)", "certificate_self_signed"),
    ("certificate verify failed: self-signed certificate in certificate chain", "certificate_unknown_issuer"),
    ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch", "certificate_wrong_name"),
    ("certificate verify failed: unable to get local issuer certificate", "certificate_unknown_issuer"),
    ("Error: unable to verify the first certificate", "certificate_missing_intermediate"),
    ("certificate is not yet valid", "certificate_not_yet_valid"),
    ("sun.security.validator.ValidatorException: PKIX path building failed", "certificate_unknown_issuer"),
    ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:1)", "certificate_invalid"),
    ("certificate has been revoked", "certificate_revoked"),
    ("javax.net.ssl.SSLHandshakeException: Received fatal alert: handshake_failure", "tls_handshake"),
    ("[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol", "tls_version"),
    ("[SSL: NO_SHARED_CIPHER] no shared cipher", "tls_no_shared_cipher"),
    ("net/http: TLS handshake timeout", "tls_timeout"),
    ("tlsv13 alert certificate required", "client_certificate_demanded"),
    ("STARTTLS extension not supported by server.", "starttls_not_offered"),
    ("EHLO said 250-XXXXXXXA", "starttls_stripped"),
    ("SMTP AUTH extension not supported by server.", "auth_not_offered"),
    ("No suitable authentication method found.", "no_common_mechanism"),
    ("unencrypted connection", "credentials_in_clear"),
    ("Connection unexpectedly closed", "dropped"),
    ("unexpected EOF", "dropped"),
    ("read ECONNRESET", "reset"),
    ("malformed MIME header: HTTP/1.1 400 Bad Request", "http"),
    ("short response: SSH-2.0-OpenSSH_9.2", "ssh"),
    ("* OK [CAPABILITY IMAP4rev1 SASL-IR] Dovecot ready.", "imap"),
    ("+OK POP3 ready", "pop3"),
    ("plain HTTP request was sent to HTTPS port", "plain_on_tls_port"),
    ("SMTPUTF8 not supported by server", "smtputf8_missing"),
    ("500 line too long", "reply_too_long"),
    ("multi-line protocol error", "protocol"),
]


@pytest.mark.parametrize("name", symptom_names())
def test_every_symptom_is_explained(name: str) -> None:
    """Each symptom has a cause that names the host, a remedy and no placeholder left."""
    found = explain_symptom(name, host=HOST, port=2525)

    assert name == found.id
    assert HOST in found.cause or name in {"client_certificate_demanded", "credentials_in_clear"}
    assert found.remedy.endswith(".")
    assert "{" not in found.cause + found.remedy


@pytest.mark.parametrize("name", symptom_names())
def test_only_host_and_port_are_filled_in(name: str) -> None:
    """The texts of the table have no other placeholders, on no port."""
    rows = json.loads((Path(symptoms.__file__).parent / "data" / "symptoms.json").read_text("utf-8"))["symptoms"]
    texts = [rows[name], *rows[name].get("on_port", {}).values()]
    fields = {
        field for text in texts for key in ("cause", "remedy") for _, field, _, _ in string.Formatter().parse(text[key])
    }

    assert fields <= {"host", "port", None}


def test_the_client_side_symptoms_of_a_postmaster_are_all_there() -> None:
    """What a client can meet before, or instead of, a reply has a name of its own."""
    expected = {
        "plain_on_tls_port", "tls_on_plain_port", "http", "ssh", "silence", "refused", "connect_timeout",
        "name_not_found",
        "certificate_wrong_name", "certificate_self_signed", "certificate_expired", "certificate_unknown_issuer",
        "certificate_not_yet_valid", "certificate_missing_intermediate", "reset", "dropped", "reply_too_long",
        "starttls_not_offered", "starttls_stripped", "starttls_injection", "no_common_mechanism", "auth_not_offered",
        "client_certificate_demanded", "smtputf8_missing",
    }  # fmt: skip

    assert set() == expected - set(symptom_names())


def test_a_timeout_on_port_25_names_blocked_egress_first() -> None:
    """On port 25 the first thing said is that the port is probably blocked, as seen from this machine."""
    found = explain_symptom("connect_timeout", host=HOST, port=25)

    assert found.cause.startswith("Outgoing port 25 is probably blocked, seen from this machine")
    assert "587" in found.remedy


def test_a_timeout_on_another_port_does_not_speak_of_port_25() -> None:
    """Elsewhere the cause is a firewall or a dead host, seen from this machine."""
    found = explain_symptom("connect_timeout", host=HOST, port=587)

    assert "port 25" not in found.cause
    assert "seen from this machine" in found.cause


def test_silence_on_465_means_that_the_port_wants_tls() -> None:
    """On 465 the remedy is encryption; on 2525 it is only one of two things to look at."""
    assert 'Set encryption = "tls"' in explain_symptom("silence", host=HOST, port=465).remedy
    assert explain_symptom("silence", host=HOST, port=2525).remedy.startswith("If this is a TLS port")


def test_a_detail_is_quoted() -> None:
    """What was seen stands behind the cause."""
    assert explain_symptom("refused", host=HOST, port=25, detail="192.0.2.1:25").cause.endswith("(192.0.2.1:25)")


def test_braces_in_a_host_do_no_harm() -> None:
    """A host is data, not a template."""
    assert "{port}" in explain_symptom("refused", host="{port}", port=25).cause


def test_an_unknown_symptom_is_misuse() -> None:
    """A wrong name raises and proposes the nearest one."""
    with pytest.raises(ValueError, match="certificate_expired"):
        explain_symptom("certificat_expired", host=HOST, port=25)


@pytest.mark.parametrize(
    ("text", "name"), SECOND_HAND, ids=[f"{name}-{index}" for index, (_, name) in enumerate(SECOND_HAND)]
)
def test_second_hand_errors_are_recognised(text: str, name: str) -> None:
    """An error text of another program leads to the symptom it speaks of."""
    assert name == symptom_in(text)


def test_every_symptom_with_marks_is_recognised_somewhere() -> None:
    """No list of marks is dead: each has an error text above."""
    rows = json.loads((Path(symptoms.__file__).parent / "data" / "symptoms.json").read_text("utf-8"))["symptoms"]

    assert {name for name, row in rows.items() if row["marks"] or row["weak_marks"]} == {
        name for _, name in SECOND_HAND
    }


@pytest.mark.parametrize("text", ["", "all is well", "whereof one cannot speak", "geof"])
def test_other_texts_speak_of_no_symptom(text: str) -> None:
    """A text without any mark gives nothing."""
    assert symptom_in(text) is None
