"""Reading replies: their form, their limits, and what else may come over the wire."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarative_mail.probe.network import Dropped, Endpoint, NetworkFault, TimedOut
from declarative_mail.probe.reply import MAX_LINE, MAX_LINES, Reply, ReplyReader
from declarative_mail.probe.scripted import Close, Script, ScriptedNetwork, Step, Wait


def reader(*steps: Step) -> ReplyReader:
    """A reader of what a server sends."""
    network = ScriptedNetwork({"mx.example:25": Script(*steps)})
    return ReplyReader(network.open(Endpoint("mx.example", 25), until=1), network.now)


def fault(*steps: Step, after: int = 0) -> NetworkFault:
    """The fault of reading, after so many good replies."""
    reading = reader(*steps)
    for _ in range(after):
        reading.read(until=10)
    with pytest.raises(NetworkFault) as caught:
        reading.read(until=10)
    return caught.value


@pytest.mark.parametrize(
    ("sent", "code", "lines"),
    [
        (b"250 Ok\r\n", 250, ("Ok",)),
        (b"250 Ok\n", 250, ("Ok",)),
        (b"220\r\n", 220, ("",)),
        (b"250-one\r\n250-two\r\n250 three\r\n", 250, ("one", "two", "three")),
        (b"250-one\r\n250\r\n", 250, ("one", "")),
        (b"421\tgone\r\n", 421, ("gone",)),
        (b"550 5.7.1  two  spaces\r\n", 550, ("5.7.1  two  spaces",)),
    ],
)
def test_reply_is_read(sent: bytes, code: int, lines: tuple[str, ...]) -> None:
    """Code and lines of all legal forms, and of those that are common all the same."""
    assert reader(sent).read(until=1) == Reply(code, lines)


@given(st.data())
def test_pieces_do_not_matter(data: st.DataObject) -> None:
    """However the bytes are cut into packets, the replies are the same."""
    whole = b"220-mx.example\r\n220 ready\r\n250 Ok\r\n"
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1))))
    pieces = [whole[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    reading = reader(*pieces)

    assert reading.read(until=1) == Reply(220, ("mx.example", "ready"))
    assert reading.read(until=1) == Reply(250, ("Ok",))


@given(st.lists(st.binary(min_size=1, max_size=200), max_size=20))
def test_any_bytes_are_a_reply_or_a_fault(pieces: list[bytes]) -> None:
    """No bytes of a stranger raise anything but a fault, and no reply holds a control character."""
    reading = reader(*pieces, Close())
    replies: list[Reply] = []
    with pytest.raises(NetworkFault):
        replies.extend(iter(lambda: reading.read(until=1), None))

    assert all(line.isprintable() or " " in line for one in replies for line in one.lines)


@pytest.mark.parametrize(
    ("sent", "symptom"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n", "http"),
        (b"<html><body>", "http"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "ssh"),
        (b"* OK IMAP4rev1 ready\r\n", "imap"),
        (b"+OK POP3 ready\r\n", "pop3"),
        (b"\x15\x03\x01\x00\x02\x02\x28", "plain_on_tls_port"),
        (b"\x00\x01\x02", "not_smtp"),
        (b"hello\r\n", "not_smtp"),
        (b"22 short\r\n", "not_smtp"),
        (b"2200 long\r\n", "not_smtp"),
    ],
)
def test_other_protocols_are_recognised_in_the_first_words(sent: bytes, symptom: str) -> None:
    """What answers in place of a mail server is named, with or without a line end."""
    assert fault(sent).symptom == symptom


def test_other_protocol_is_recognised_in_pieces() -> None:
    """The first words may come in two packets."""
    assert fault(b"HT", Wait(0.1), b"TP/1.0 200 OK\r\n").symptom == "http"


def test_malformed_reply_in_the_conversation_is_of_the_protocol() -> None:
    """Once it has greeted, a server that talks nonsense is a faulty mail server, not another protocol."""
    assert fault(b"220 hello\r\n", b"HTTP/1.1 400\r\n", after=1).symptom == "protocol"


@pytest.mark.parametrize(
    ("steps", "detail"),
    [
        ((b"220 " + b"A" * MAX_LINE + b"\r\n",), f"a line of {MAX_LINE + 4} bytes"),
        ((b"220 " + b"A" * (MAX_LINE + 1),), f"a line of more than {MAX_LINE} bytes"),
        ((b"220-A\r\n" * (MAX_LINES + 1),), f"still no end after {MAX_LINES} lines"),
        ((b"220-" + b"A" * 4000 + b"\r\n",) * 20, "still no end after 17 lines"),
    ],
)
def test_endless_replies_have_a_limit(steps: tuple[bytes, ...], detail: str) -> None:
    """A line, the number of lines and the whole are bounded."""
    found = fault(*steps)

    assert (found.symptom, found.detail) == ("reply_too_long", detail)


def test_longest_allowed_line_is_read() -> None:
    """The limit itself is still taken."""
    text = "A" * (MAX_LINE - 5)

    assert reader(f"220 {text}\r\n".encode()).read(until=1).lines == (text,)


def test_two_codes_in_one_reply_are_a_fault() -> None:
    """All lines of a reply have one code (RFC 5321 section 4.2.1)."""
    found = fault(b"250-one\r\n550 two\r\n")

    assert (found.symptom, found.detail) == ("protocol", "250 and 550 in one reply")


def test_deadline_is_for_the_whole_reply() -> None:
    """A byte a second never makes a reply; the deadline ends it, and the beginning is quoted."""
    found = fault(*(step for byte in b"220 slow" * 9 for step in (bytes([byte]), Wait(1))))

    assert isinstance(found, TimedOut)
    assert found.detail == "in the middle of a line: 220 slow220"


@pytest.mark.parametrize(
    ("steps", "reset", "detail"),
    [
        ((Close(),), False, ""),
        ((b"220 mx", Close()), False, "in the middle of a line: 220 mx"),
        ((Close(reset=True),), True, "Connection reset by peer"),
    ],
)
def test_closed_connection_is_a_drop(steps: tuple[Step, ...], reset: bool, detail: str) -> None:  # noqa: FBT001 - a case
    """A connection that ends where an answer is due: closed or reset, with what had come of a line."""
    found = fault(*steps)

    assert isinstance(found, Dropped)
    assert (found.symptom, found.detail) == ("reset" if reset else "dropped", detail)


def test_poll_takes_what_is_there_and_waits_for_nothing() -> None:
    """What came after the last reply can be looked at without time passing."""
    reading = reader(b"220 hello\r\n250 forged\r\n", Wait(5), b"more")
    reading.read(until=1)

    assert reading.poll() == b"250 forged\r\n"
    assert reading.read(until=1) == Reply(250, ("forged",))


@pytest.mark.parametrize(
    ("reply", "enhanced", "status", "text"),
    [
        (Reply(535, ("5.7.8 Error: failed",)), "5.7.8", "535 5.7.8", "Error: failed"),
        (Reply(534, ("5.7.9 Wanted: a", "5.7.9  password")), "5.7.9", "534 5.7.9", "Wanted: a\npassword"),
        (Reply(550, ("No",)), None, "550", "No"),
        (Reply(550, ("4.7.1 contradicts itself",)), None, "550", "contradicts itself"),
        (Reply(220, ("5.6.7.8 ready",)), None, "220", "5.6.7.8 ready"),
        (Reply(250, ("2.1.0",)), "2.1.0", "250 2.1.0", ""),
    ],
)
def test_enhanced_code_is_read(reply: Reply, enhanced: str | None, status: str, text: str) -> None:
    """The enhanced code is taken from the head of the text, where its class agrees with the code."""
    assert (reply.enhanced, reply.status, reply.text) == (enhanced, status, text)


def test_quoted_is_what_the_server_sent() -> None:
    """With the codes, a line of the reply a line."""
    assert Reply(534, ("5.7.9 one", "two", "")).quoted == "534-5.7.9 one\n534-two\n534"


@pytest.mark.parametrize(
    ("code", "temporary", "positive"), [(250, False, True), (354, False, True), (451, True, False)]
)
def test_first_digit_decides(code: int, temporary: bool, positive: bool) -> None:  # noqa: FBT001 - a case
    """2 and 3 say yes, 4 says not now, 5 says no."""
    assert (Reply(code, ("",)).temporary, Reply(code, ("",)).positive) == (temporary, positive)
