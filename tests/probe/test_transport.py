"""The connection that deliveries use."""

from __future__ import annotations

import pytest

from declarative_mail.probe.network import NetworkFault
from declarative_mail.probe.scripted import Close, Hear, Script, ScriptedNetwork, Step
from declarative_mail.probe.transport import Transport, TransportRefused, open_transport
from declarative_mail.secrets import Secret
from tests.probe.conversations import EHLO, GREETING, HOST, settings
from tests.support.canary import secret_value, shows_canary

MAIL: tuple[Step, ...] = (Hear(b"MAIL FROM:<a@example.com>"), b"250 Ok\r\n")
TO_B: tuple[Step, ...] = (Hear(b"RCPT TO:<b@example.com>"), b"250 Ok\r\n")
TO_C_REFUSED: tuple[Step, ...] = (Hear(b"RCPT TO:<c@example.com>"), b"550 5.1.1 unknown\r\n")
DATA: tuple[Step, ...] = (Hear(b"DATA"), b"354 go\r\n", Hear(b".", skip=True))
QUIT: tuple[Step, ...] = (Hear(b"QUIT"), b"221 Bye\r\n")
RSET: tuple[Step, ...] = (Hear(b"RSET"), b"250 Ok\r\n")
CONTENT = b"Subject: x\r\n\r\nhello\r\n.dot\r\n"


def opened(script: Script) -> Transport:
    """A transport over a script."""
    return open_transport(settings(), network=ScriptedNetwork({f"{HOST}:25": script}))


def test_message_is_taken_with_its_id() -> None:
    """For whom, by which id; dots at the beginning of a line are doubled."""
    script = Script(*EHLO, *MAIL, *TO_B, *DATA, b"250 Ok: queued as 4XyZ1\r\n", *QUIT)

    with opened(script) as transport:
        sent = transport.send("a@example.com", ["b@example.com", "b@example.com"], CONTENT)

    assert (sent.accepted, sent.refused, sent.queue_id, sent.in_doubt) == (("b@example.com",), {}, "4XyZ1", False)
    assert script.heard[-5:] == [b"", b"hello", b"..dot", b".", b"QUIT"]
    assert script.closed


def test_one_connection_takes_many_messages() -> None:
    """One after another, without a new greeting."""
    one: tuple[Step, ...] = (*MAIL, *TO_B, *DATA, b"250 Ok\r\n")
    script = Script(*EHLO, *one, *one, *one, *QUIT)

    with opened(script) as transport:
        results = [transport.send("a@example.com", ["b@example.com"], CONTENT) for _ in range(3)]
        assert transport.usable

    assert [one.accepted for one in results] == [("b@example.com",)] * 3


def test_refused_recipient_does_not_keep_the_others_from_it() -> None:
    """Each refusal is with its recipient."""
    script = Script(*EHLO, *MAIL, *TO_B, *TO_C_REFUSED, *DATA, b"250 Ok\r\n", *QUIT)

    with opened(script) as transport:
        sent = transport.send("a@example.com", ["b@example.com", "c@example.com"], CONTENT)

    assert sent.accepted == ("b@example.com",)
    assert sent.refused["c@example.com"].status == "550 5.1.1"


def test_nobody_accepted_sends_nothing() -> None:
    """No DATA without a recipient; the connection is ready for the next message."""
    script = Script(*EHLO, *MAIL, *TO_C_REFUSED, *RSET, *QUIT)

    with opened(script) as transport:
        sent = transport.send("a@example.com", ["c@example.com"], CONTENT)

    assert (sent.accepted, list(sent.refused), sent.reply) == ((), ["c@example.com"], None)


def test_refused_sender_is_refused_for_all() -> None:
    """Every recipient has the reply that refused the sender."""
    script = Script(*EHLO, Hear(b"MAIL"), b"553 5.7.1 not yours\r\n", *RSET, *QUIT)

    with opened(script) as transport:
        sent = transport.send("a@example.com", ["b@example.com", "c@example.com"], CONTENT)

    assert {one.status for one in sent.refused.values()} == {"553 5.7.1"}
    assert len(sent.refused) == 2


def test_refused_content_is_refused_for_all() -> None:
    """After DATA as well."""
    script = Script(*EHLO, *MAIL, *TO_B, *DATA, b"554 5.7.1 spam\r\n", *RSET, *QUIT)

    with opened(script) as transport:
        sent = transport.send("a@example.com", ["b@example.com"], CONTENT)

    assert (sent.accepted, sent.refused["b@example.com"].code) == ((), 554)


def test_answer_that_never_comes_is_doubt() -> None:
    """Sent whole; a new connection is needed for the next."""
    script = Script(*EHLO, *MAIL, *TO_B, *DATA, Close())

    with opened(script) as transport:
        sent = transport.send("a@example.com", ["b@example.com"], CONTENT)
        assert not transport.usable

    assert (sent.accepted, sent.in_doubt, sent.reply) == (("b@example.com",), True, None)


def test_loss_before_the_message_is_no_doubt() -> None:
    """Then nothing was delivered, and it is raised."""
    script = Script(*EHLO, *MAIL, Hear(b"RCPT"), Close(reset=True))

    with opened(script) as transport, pytest.raises(NetworkFault, match="reset"):
        transport.send("a@example.com", ["b@example.com"], CONTENT)


def test_international_address_needs_the_extension() -> None:
    """Refused here, with the reason, before anything is sent."""
    with opened(Script(*EHLO, *QUIT)) as transport, pytest.raises(ValueError, match="SMTPUTF8"):
        transport.send("prüfer@example.com", ["b@example.com"], CONTENT)


def test_extensions_are_used_where_offered() -> None:
    """SIZE, and 8BITMIME and SMTPUTF8 where needed."""
    ehlo: tuple[Step, ...] = (*GREETING, Hear(b"EHLO"), b"250-mx\r\n250-SIZE\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
    rest: tuple[Step, ...] = (Hear(b"MAIL"), b"250 Ok\r\n", *TO_B, *DATA, b"250 Ok\r\n", *QUIT)
    script = Script(*ehlo, *rest)

    with opened(script) as transport:
        transport.send("prüfer@example.com", ["b@example.com"], "ü".encode(), eight_bit=True)

    assert script.heard[1].decode() == "MAIL FROM:<prüfer@example.com> SIZE=2 BODY=8BITMIME SMTPUTF8"


def test_refusal_at_a_stage_says_which() -> None:
    """The verdict of the stage, and what was said, without the password."""
    server = settings(username="probe", password=Secret(secret_value()), auth="plain")
    ehlo: tuple[Step, ...] = (*GREETING, Hear(b"EHLO"), b"250-mx\r\n250 AUTH PLAIN\r\n")
    script = Script(*ehlo, Hear(b"AUTH PLAIN"), b"535 5.7.8 no\r\n")

    with pytest.raises(TransportRefused) as caught:
        open_transport(server, network=ScriptedNetwork({f"{HOST}:25": script}))

    assert (caught.value.result.stage, caught.value.result.code) == ("auth", "535 5.7.8")
    assert "C: AUTH PLAIN (credentials removed)" in caught.value.transcript
    assert not shows_canary("".join(caught.value.transcript))
    assert script.closed
