"""What a failed handshake means, and the context that it is made with."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from declarative_mail.probe.network import Dropped, TlsFault, TlsOptions
from declarative_mail.probe.tls_alerts import ALERTS, alert_in, alert_of_reason, meaning_of
from declarative_mail.probe.tls_context import client_context
from declarative_mail.probe.tls_faults import fault_of
from declarative_mail.probe.tls_stream import TlsLayer
from declarative_mail.secrets import Secret
from tests.lab.certificates import make_certificates


def error(reason: str = "", kind: type[ssl.SSLError] = ssl.SSLError) -> ssl.SSLError:
    """An error as OpenSSL raises it."""
    made = kind(1, f"[SSL: {reason}] words")
    made.reason = reason
    return made


@pytest.mark.parametrize(
    ("heard", "symptom"),
    [
        (b"220 mx.example ESMTP\r\n", "tls_on_plain_port"),
        (b"554 no\r\n", "tls_on_plain_port"),
        (b"HTTP/1.1 400 Bad Request\r\n", "http"),
        (b"SSH-2.0-x\r\n", "ssh"),
        (b"* OK IMAP\r\n", "imap"),
        (b"\x15\x03\x03\x00\x02\x02\x46", "tls_version"),
        (b"\x15\x03\x03\x00\x02\x02\x28", "tls_no_shared_cipher"),
        (b"\x15\x03\x03\x00\x02\x02\x74", "client_certificate_demanded"),
        (b"\x15\x03\x03\x00\x02\x02\x50", "tls_alert_internal_error"),
        (b"\x15\x03\x03\x00\x02\x02\xfe", "tls_alert_254"),
        (b"\xff\xff\xff", "tls_handshake"),
    ],
)
def test_first_bytes_tell_what_answers(heard: bytes, symptom: str) -> None:
    """What came in place of a handshake goes before what OpenSSL makes of it."""
    assert fault_of(error("WRONG_VERSION_NUMBER"), heard=heard).symptom == symptom


@pytest.mark.parametrize(
    ("reason", "symptom"),
    [
        ("UNSUPPORTED_PROTOCOL", "tls_version"),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "client_certificate_demanded"),
        ("TLSV1_ALERT_UNKNOWN_CA", "tls_alert_unknown_ca"),
        ("TLSV1_UNRECOGNIZED_NAME", "tls_alert_unrecognized_name"),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "tls_no_shared_cipher"),
        ("BAD_SIGNATURE", "tls_handshake"),
        ("", "tls_handshake"),
    ],
)
def test_openssls_reason_tells_the_rest(reason: str, symptom: str) -> None:
    """Alerts inside TLS 1.3 are encrypted, so that only OpenSSL sees them."""
    assert fault_of(error(reason), heard=b"\x16\x03\x03\x00\x7a").symptom == symptom


def test_end_in_the_handshake_is_a_drop() -> None:
    """A closed connection is not a broken handshake."""
    assert isinstance(fault_of(error("UNEXPECTED_EOF", ssl.SSLEOFError), heard=b""), Dropped)


@pytest.mark.parametrize("name", ALERTS.values())
def test_every_alert_has_a_meaning(name: str) -> None:
    """With words for the user; the name is never all there is."""
    meaning = meaning_of(name)

    assert meaning.cause.endswith(".")
    assert meaning.remedy.endswith(".")


@pytest.mark.parametrize(("number", "name"), ALERTS.items())
def test_alert_is_read_from_its_record(number: int, name: str) -> None:
    """The record of an alert holds its number."""
    assert alert_in(bytes([21, 3, 1, 0, 2, 2, number])) == name


@pytest.mark.parametrize(
    "heard", [b"", b"\x15\x03\x03", b"\x16\x03\x03\x00\x02\x02\x28", b"\x15\x02\x00\x00\x02\x02\x28"]
)
def test_other_records_are_no_alert(heard: bytes) -> None:
    """A handshake, a cut-off record, another protocol."""
    assert alert_in(heard) is None


@pytest.mark.parametrize("reason", ["", "WRONG_VERSION_NUMBER", "TLSV1_ALERT_OF_TOMORROW", "HTTP_REQUEST"])
def test_other_reasons_are_no_alert(reason: str) -> None:
    """Only what the registry knows is an alert."""
    assert alert_of_reason(reason) is None


def test_context_is_shared_for_equal_options() -> None:
    """Loading the system's authorities takes tens of milliseconds, and 200 servers need it once."""
    assert client_context(TlsOptions(server_name="a.example")) is client_context(TlsOptions(server_name="b.example"))


@pytest.mark.parametrize(
    ("given", "least"),
    [("1.2", ssl.TLSVersion.TLSv1_2), ("1.3", ssl.TLSVersion.TLSv1_3), ("1.0", ssl.TLSVersion.MINIMUM_SUPPORTED)],
)
def test_least_version_is_set(given: str, least: ssl.TLSVersion) -> None:
    """And naming an old one raises no warning of deprecation."""
    options = TlsOptions(server_name="a.example", min_version=given)  # type: ignore[arg-type]  # a case of the table

    assert client_context(options).minimum_version == least


def test_checks_are_off_only_where_asked() -> None:
    """By default chain and name are checked, and no bare common name is taken."""
    checked = client_context(TlsOptions(server_name="a.example"))
    unchecked = client_context(TlsOptions(server_name="a.example", verify=False))

    assert (checked.verify_mode, checked.check_hostname, checked.hostname_checks_common_name) == (
        ssl.CERT_REQUIRED,
        True,
        False,
    )
    assert (unchecked.verify_mode, unchecked.check_hostname) == (ssl.CERT_NONE, False)


@pytest.mark.parametrize("pem", ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_unreadable_authority_is_named(pem: str) -> None:
    """A ca_certificate that holds none is a fault of the settings, not of the server."""
    with pytest.raises(TlsFault) as caught:
        client_context(TlsOptions(server_name="a.example", ca_certificate=pem))

    assert caught.value.symptom == "ca_certificate_unreadable"


@pytest.mark.parametrize(
    ("certificate", "key"),
    [("client.crt", None), ("client.crt", "good.key"), ("client.key", "client.key"), ("client.crt", "client.crt")],
)
def test_unusable_client_certificate_is_named(certificate: str, key: str | None, tmp_path: Path) -> None:
    """Without its key, with another's, or not what it should be."""
    make_certificates(tmp_path)
    options = TlsOptions(
        server_name="a.example",
        client_certificate=(tmp_path / certificate).read_text("ascii"),
        client_key=Secret((tmp_path / key).read_text("ascii")) if key else None,
    )
    with pytest.raises(TlsFault) as caught:
        client_context(options)

    assert caught.value.symptom == "client_certificate_unreadable"


def test_private_key_is_never_on_disk_readably(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenSSL wants a file, and gets one that is encrypted, for that moment only."""
    make_certificates(tmp_path)
    seen: list[str] = []

    def watched(context: ssl.SSLContext, path: str, password: str) -> None:
        seen.append(Path(path).read_text("ascii"))
        assert Path(path).stat().st_mode & 0o077 == 0

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watched)
    client_context(
        TlsOptions(
            server_name="a.example",
            client_certificate=(tmp_path / "client.crt").read_text("ascii"),
            client_key=Secret((tmp_path / "client.key").read_text("ascii")),
        )
    )

    (pem,) = seen
    assert "BEGIN ENCRYPTED PRIVATE KEY" in pem
    assert "BEGIN PRIVATE KEY" not in pem


@pytest.mark.parametrize("name", ["", ".", ".example", "a" * 64 + ".example", "ü" * 64])
def test_name_that_no_certificate_can_have_is_a_fault(name: str) -> None:
    """A server_name that TLS cannot carry is said to be so."""
    with pytest.raises(TlsFault) as caught:
        TlsLayer(TlsOptions(server_name=name), receive=lambda _: b"", send=lambda _, __: None)

    assert caught.value.symptom == "certificate_wrong_name"
