"""The tls stage, by scripted handshakes; the laboratory has the real ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from declarative_mail.probe.network import (
    Dropped,
    Endpoint,
    NetworkFault,
    Stream,
    TimedOut,
    TlsFault,
    TlsOptions,
    TlsShown,
)
from declarative_mail.probe.run import probe_server
from declarative_mail.probe.scripted import Close, Handshake, Hear, Script, ScriptedNetwork, Step
from declarative_mail.probe.settings import ServerSettings, TestSettings
from declarative_mail.probe.tls_stream import TlsLayer
from tests.lab.certificates import make_certificates
from tests.probe.conversations import GREETING, HOST, STARTED, played, settings

OFFER: tuple[Step, ...] = (*GREETING, Hear(b"EHLO"), b"250-mx\r\n250 STARTTLS\r\n")
ASK: tuple[Step, ...] = (*OFFER, Hear(b"STARTTLS"), b"220 ready\r\n")
AGAIN: tuple[Step, ...] = (Hear(b"EHLO"), b"250 mx\r\n", Hear(b"QUIT"), b"221 Bye\r\n")
AS_FAR_AS_TLS = TestSettings(until="tls")


def secured(**changes: Any) -> ServerSettings:
    """Settings with STARTTLS."""
    return settings(**{"encryption": "starttls", **changes})


class AlertingStream:
    """A connection on which an alert comes in place of the first answer."""

    def __init__(self, inner: Stream) -> None:
        self._inner = inner
        self.local_host = inner.local_host
        self.start_tls = inner.start_tls
        self.write = inner.write
        self.close = inner.close

    def read(self, *, until: float) -> bytes:
        """The alert."""
        raise TlsFault("client_certificate_demanded", alert="certificate_required")


class Alerting(ScriptedNetwork):
    """A network of such connections."""

    def open(self, endpoint: Endpoint, *, until: float) -> Stream:
        """One of them."""
        return AlertingStream(super().open(endpoint, until=until))


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> TlsShown:
    """A handshake with the certificate that misses its intermediate."""
    folder = tmp_path_factory.mktemp("certificates")
    make_certificates(folder)
    return TlsShown("TLSv1.3", "TLS_AES_256_GCM_SHA384", (der(folder, "missing-intermediate"),))


def der(folder: Path, name: str) -> bytes:
    """One certificate in DER."""
    return x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes()).public_bytes(Encoding.DER)


def test_what_was_offered_in_clear_counts_no_more() -> None:
    """EHLO is asked again inside TLS, and only that answer counts (RFC 3207 section 4.2)."""
    clear: tuple[Step, ...] = (*GREETING, Hear(b"EHLO"), b"250-mx\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n")
    script = Script(*clear, Hear(b"STARTTLS"), b"220 go\r\n", Handshake(), *AGAIN)

    result = played(script, server=secured(username="u", auth="plain"), test=TestSettings(until="auth"))

    assert result["tls"].verdict == "pass"
    assert result["auth"].code == "auth_not_offered"


def test_words_behind_the_reply_to_starttls_end_it() -> None:
    """Whether in the same packet or in the next: no handshake, no login, no farewell."""
    for tail in ((b"220 ready\r\n250 forged\r\n",), (b"220 ready\r\n", b"250 forged\r\n")):
        script = Script(*OFFER, Hear(b"STARTTLS"), *tail, Handshake())

        result = played(script, server=secured(), test=AS_FAR_AS_TLS)

        assert (result["tls"].verdict, result["tls"].code) == ("fail", "starttls_injection")
        assert script.options == []
        assert script.heard[-1] == b"STARTTLS"


def test_options_of_the_handshake_are_those_of_the_settings() -> None:
    """Name, version and checks."""
    script = Script(*ASK, Handshake(), *AGAIN)

    played(script, server=secured(server_name="mail.example", tls_min_version="1.3"), test=AS_FAR_AS_TLS)

    assert script.options == [TlsOptions(server_name="mail.example", min_version="1.3")]


def test_host_is_the_name_where_no_other_is_given() -> None:
    """Without its brackets, where it is an IPv6 address."""
    script = Script(*ASK, Handshake(), *AGAIN)
    network = ScriptedNetwork({"[2001:db8::1]:25": script})

    probe_server(secured(host="[2001:db8::1]"), AS_FAR_AS_TLS, network=network, started=STARTED)

    assert script.options[0].server_name == "2001:db8::1"


def test_refused_certificate_is_looked_at_again(shown: TlsShown) -> None:
    """On another connection, without checks, without a login; missing intermediates are told from unknown issuers."""
    first = Script(*ASK, Handshake(TlsFault("certificate_unknown_issuer", "unable to get local issuer certificate")))
    second = Script(*ASK, Handshake(shown))

    result = played(first, second, server=secured(), test=AS_FAR_AS_TLS)

    assert (result["tls"].verdict, result["tls"].code) == ("fail", "certificate_missing_intermediate")
    assert "issuer CN=Laboratory intermediate, 1 certificate was sent" in str(result["tls"].cause)
    assert [one.verify for one in (*first.options, *second.options)] == [True, False]
    assert second.heard == [b"EHLO client.example", b"STARTTLS"]
    assert second.closed


@pytest.mark.parametrize(
    "second", [(), (Close(),), (*OFFER, Hear(b"STARTTLS"), b"454 no\r\n"), (*ASK, Handshake(TimedOut()))]
)
def test_verdict_stands_without_the_second_look(second: tuple[Step, ...]) -> None:
    """Whatever happens there, the certificate was refused."""
    first = Script(*ASK, Handshake(TlsFault("certificate_expired", "certificate has expired")))

    result = played(first, Script(*second), server=secured(), test=AS_FAR_AS_TLS)

    assert (result["tls"].verdict, result["tls"].code) == ("fail", "certificate_expired")
    assert "certificate has expired" in str(result["tls"].cause)
    assert result["tls"].details == {}


def test_verdict_stands_where_nobody_answers_the_second_time() -> None:
    """A server that takes one connection only."""
    first = Script(*ASK, Handshake(TlsFault("certificate_self_signed", "self-signed certificate")))

    result = played(first, server=secured(), test=AS_FAR_AS_TLS)

    assert result["tls"].code == "certificate_self_signed"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (TlsFault("tls_version", "alert protocol_version"), "tls_version"),
        (TlsFault("tls_on_plain_port", "250 hello"), "tls_handshake"),
        (Dropped("in the TLS handshake"), "dropped"),
        (Dropped("", reset=True), "reset"),
        (TimedOut(), "tls_timeout"),
        (TlsFault("ca_certificate_unreadable"), "ca_certificate_unreadable"),
    ],
)
def test_failed_handshake_is_named(fault: NetworkFault, code: str) -> None:
    """At its stage, and the conversation is over."""
    result = played(Script(*ASK, Handshake(fault)), server=secured(), test=AS_FAR_AS_TLS)

    assert (result["tls"].verdict, result["tls"].code) == ("fail", code)
    assert result["quit"].verdict == "skipped"


def test_alert_in_place_of_an_answer_is_of_the_tls_stage() -> None:
    """In TLS 1.3 a refused client certificate shows only there; the stage before is taken back."""
    network = Alerting({f"{HOST}:25": Script(Handshake())})

    result = probe_server(settings(encryption="tls"), network=network, started=STARTED)

    assert (result["tls"].verdict, result["tls"].code) == ("fail", "client_certificate_demanded")
    assert result["greeting"].verdict == "skipped"


@pytest.mark.parametrize(("reply", "code"), [(b"454 4.7.0 not now\r\n", "454 4.7.0"), (b"250 fine\r\n", "protocol")])
def test_refused_starttls_is_not_followed_by_a_handshake(reply: bytes, code: str) -> None:
    """Only 220 is a yes."""
    script = Script(*OFFER, Hear(b"STARTTLS"), reply, Hear(b"QUIT"), b"221 Bye\r\n")

    result = played(script, server=secured(), test=AS_FAR_AS_TLS)

    assert result["tls"].code == code
    assert script.options == []


def test_tolerated_starttls_that_ends_the_session_is_a_failure() -> None:
    """421 closes the connection, so that there is nothing to go on with."""
    script = Script(*OFFER, Hear(b"STARTTLS"), b"421 4.7.0 bye\r\n", Close())

    result = played(script, server=secured(encryption="starttls_if_offered"))

    assert result["tls"].code == "421 4.7.0"


def test_silent_port_that_answers_in_tls_is_a_tls_port() -> None:
    """The same connection is tried: such a server has been waiting just for that."""
    result = played(Script(Handshake(TlsShown("TLSv1.2", "X", ()))))

    assert result["greeting"].code == "plain_on_tls_port"
    assert "TLSv1.2" in str(result["greeting"].cause)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (TlsFault("tls_no_shared_cipher", "alert handshake_failure"), "plain_on_tls_port"),
        (TlsFault("tls_on_plain_port", "500 what?"), "silence"),
        (TlsFault("http", "HTTP/1.1 400 Bad Request"), "http"),
        (Dropped(), "silence"),
        (TimedOut(), "silence"),
    ],
)
def test_answer_to_a_tls_hello_tells_what_was_silent(fault: NetworkFault, code: str) -> None:
    """An alert speaks TLS, words are a mail server's that was slow, and nothing is silence."""
    assert played(Script(Handshake(fault)))["greeting"].code == code


@pytest.mark.parametrize("public", [True, False])
def test_chain_is_shown_by_any_python(public: bool, shown: TlsShown) -> None:  # noqa: FBT001 - a case
    """By the public method of 3.13, or the leaf alone where there is neither that nor the object below."""

    class Finished:
        def getpeercert(self, *, binary_form: bool) -> bytes:
            assert binary_form
            return shown.chain[0]

    class New(Finished):
        def get_unverified_chain(self) -> list[bytes]:
            return [*shown.chain, b"intermediate"]

    layer = TlsLayer(TlsOptions(server_name="a.example"), receive=lambda _: b"", send=lambda _, __: None)
    layer._tls = New() if public else Finished()  # type: ignore[assignment]  # stands for another version of Python

    assert layer._chain() == ((*shown.chain, b"intermediate") if public else shown.chain)
