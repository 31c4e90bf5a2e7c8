"""Whatever a server says, there is a verdict, in time, and nothing is raised."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarative_mail.probe.network import Dropped, TimedOut, TlsFault, TlsShown
from declarative_mail.probe.run import probe_server
from declarative_mail.probe.scripted import Close, Handshake, Hear, Script, ScriptedNetwork, Step, Wait
from declarative_mail.probe.settings import Encryption, ServerSettings, TestSettings
from declarative_mail.probe.verdict import STAGES
from declarative_mail.secrets import Secret
from tests.probe.conversations import STARTED

PASSWORD = "correct horse battery staple"
ENCODED = base64.b64encode(f"\0probe\0{PASSWORD}".encode()).decode()
LINES = [
    b"220 mx ESMTP\r\n",
    b"250 Ok\r\n",
    b"250-mx\r\n250-SIZE 10\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2\r\n",
    b"235 2.7.0 in\r\n",
    b"334 \r\n",
    b"334 PDE+\r\n",
    b"354 go\r\n",
    b"421 bye\r\n",
    b"451 4.7.1 try again in 1 second\r\n",
    b"452 4.5.3 too many\r\n",
    b"535 5.7.8 " + PASSWORD.encode() + b"\r\n",
    b"554 no\r\n",
]
SAID = st.one_of(st.sampled_from(LINES), st.binary(max_size=60), st.sampled_from(LINES).map(lambda line: line[:-2]))
SHOWN = st.one_of(
    st.just(TlsShown("TLSv1.3", "X", ())),
    st.binary(max_size=40).map(lambda der: TlsShown("TLSv1.3", "X", (der,))),
    st.sampled_from([TlsFault("certificate_expired"), TlsFault("tls_version"), Dropped(), TimedOut()]),
)
STEP: st.SearchStrategy[Step] = st.one_of(
    SAID,
    SAID,
    st.just(Hear()),
    st.just(Hear()),
    st.floats(0, 20).map(Wait),
    st.booleans().map(Close),
    SHOWN.map(Handshake),
)
# How a healthy conversation goes; a server may leave it anywhere.
HEALTHY: list[Step] = [
    LINES[0],
    Hear(),
    LINES[2],
    *(step for answer in (LINES[3], *[LINES[1]] * 6, LINES[6]) for step in (Hear(), answer)),
    Hear(b".", skip=True),
    LINES[1],
]
SCRIPTS = st.lists(
    st.tuples(st.integers(0, len(HEALTHY)), st.lists(STEP, max_size=20)).map(lambda pair: HEALTHY[: pair[0]] + pair[1]),
    min_size=1,
    max_size=4,
)


def check(encryption: Encryption, scripts: list[list[Step]]) -> None:
    """One test of a server that plays these scripts."""
    server = ServerSettings(
        address="smtp_server.a",
        host="mx.example",
        port=25,
        from_address="a@example.com",
        encryption=encryption,
        auth="plain" if encryption == "none" else "auto",
        username="probe",
        password=Secret(PASSWORD),
    )
    network = ScriptedNetwork({"mx.example:25": [Script(*steps) for steps in scripts]})
    test = TestSettings(to="b@example.com", recipients=("c@example.com",), send_message=True, timeout=20)

    result = probe_server(server, test, network=network, started=STARTED)

    assert [one.stage for one in result.stages] == list(STAGES)
    assert network.now() <= 20
    said = f"{result.record}{result.transcript}".casefold()
    assert PASSWORD not in said
    assert ENCODED[:8].casefold() not in said
    for one in result.stages:
        assert one.verdict != "fail" or (one.cause and one.remedy)


@given(st.sampled_from(["none", "starttls", "starttls_if_offered", "tls"]), SCRIPTS)
@settings(max_examples=150, deadline=None)
def test_any_server_gets_a_verdict(encryption: Encryption, scripts: list[list[Step]]) -> None:
    """All ten stages, words for each failure, no later than the deadline, and no credential anywhere."""
    check(encryption, scripts)


@pytest.mark.soak
@given(st.sampled_from(["none", "starttls", "starttls_if_offered", "tls"]), SCRIPTS)
@settings(max_examples=3_000, deadline=None)
def test_very_many_servers_get_a_verdict(encryption: Encryption, scripts: list[list[Step]]) -> None:
    """The same at length."""
    check(encryption, scripts)
