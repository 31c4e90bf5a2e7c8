"""The public fake keeps the promises of the seam."""

from __future__ import annotations

import pytest

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
from declarative_mail.probe.scripted import Close, Handshake, Hear, Script, ScriptedNetwork, Step, Wait

OPTIONS = TlsOptions(server_name="mx.example")


def stream(*steps: Step) -> tuple[Stream, ScriptedNetwork, Script]:
    """One connection that plays these steps."""
    script = Script(*steps)
    network = ScriptedNetwork({"mx.example:25": script})
    return network.open(Endpoint("mx.example", 25), until=10), network, script


def test_silence_passes_the_time_to_the_deadline() -> None:
    """At once, on its own clock."""
    conversation, network, _ = stream()
    with pytest.raises(TimedOut):
        conversation.read(until=7)

    assert network.now() == 7


def test_wait_that_ends_in_time_delays_only() -> None:
    """What follows comes after it."""
    conversation, network, _ = stream(Wait(3), b"220 hello\r\n")

    assert conversation.read(until=7) == b"220 hello\r\n"
    assert network.now() == 3


def test_wait_that_does_not_end_in_time_goes_on() -> None:
    """The rest of it is still to come."""
    conversation, network, _ = stream(Wait(5), b"220 hello\r\n")
    with pytest.raises(TimedOut):
        conversation.read(until=2)

    assert conversation.read(until=20) == b"220 hello\r\n"
    assert network.now() == 5


def test_client_that_says_something_else_is_a_failed_test() -> None:
    """A script is an expectation."""
    conversation, _, _ = stream(Hear(b"EHLO"))
    with pytest.raises(AssertionError, match=r"waits for b'EHLO', the client sent b'QUIT'"):
        conversation.write(b"QUIT\r\n", until=5)


def test_lines_are_heard_in_any_case_and_any_pieces() -> None:
    """A line is heard once it has ended."""
    conversation, _, script = stream(Hear(b"ehlo"), b"250 Ok\r\n")
    conversation.write(b"EH", until=5)
    conversation.write(b"LO me\r\nNOOP\r\n", until=5)

    assert script.heard == [b"EHLO me", b"NOOP"]
    assert conversation.read(until=5) == b"250 Ok\r\n"


def test_other_lines_may_come_before_a_skipping_one() -> None:
    """The end of a message, whatever the message is."""
    conversation, _, _ = stream(Hear(b".", skip=True), b"250 Ok\r\n")
    conversation.write(b"Subject: x\r\n\r\nhello\r\n.\r\n", until=5)

    assert conversation.read(until=5) == b"250 Ok\r\n"


def test_closing_is_an_end_or_a_reset() -> None:
    """As on the real network."""
    assert stream(Close())[0].read(until=5) == b""
    with pytest.raises(Dropped) as caught:
        stream(Close(reset=True))[0].read(until=5)

    assert caught.value.symptom == "reset"


def test_handshake_shows_or_fails_as_written() -> None:
    """And notes the options that it was asked for with."""
    shown = TlsShown("TLSv1.2", "X", (b"der",))
    conversation, _, script = stream(Handshake(shown))

    assert conversation.start_tls(OPTIONS, until=5) == shown
    assert script.options == [OPTIONS]
    with pytest.raises(TlsFault):
        stream(Handshake(TlsFault("certificate_expired")))[0].start_tls(OPTIONS, until=5)


@pytest.mark.parametrize("steps", [(), (Handshake(TimedOut()),)])
def test_handshake_that_never_comes_is_silence(steps: tuple[Step, ...]) -> None:
    """Whether written or not."""
    conversation, network, _ = stream(*steps)
    with pytest.raises(TimedOut):
        conversation.start_tls(OPTIONS, until=5)

    assert network.now() == 5


def test_connections_are_played_one_after_another() -> None:
    """And a server without another script refuses."""
    network = ScriptedNetwork({"mx.example:25": [Script(b"1"), Script(b"2")]})
    endpoint = Endpoint("mx.example", 25)

    assert [network.open(endpoint, until=1).read(until=1) for _ in range(2)] == [b"1", b"2"]
    with pytest.raises(NetworkFault, match="refused"):
        network.open(endpoint, until=1)
    assert network.opened == [endpoint] * 3


def test_names_have_addresses_or_faults() -> None:
    """A name that is not given stands for itself."""
    network = ScriptedNetwork(
        {}, names={"a.example": ["192.0.2.1", "2001:db8::1"], "b.example": NetworkFault("no_address")}
    )

    assert [str(one) for one in network.resolve("a.example", 25, until=1)] == ["192.0.2.1:25", "[2001:db8::1]:25"]
    assert network.resolve("c.example", 25, until=1) == (Endpoint("c.example", 25),)
    with pytest.raises(NetworkFault, match="no_address"):
        network.resolve("b.example", 25, until=1)


def test_machine_has_a_name() -> None:
    """The one it was given."""
    assert ScriptedNetwork({}, name="ci.example").machine_name() == "ci.example"
