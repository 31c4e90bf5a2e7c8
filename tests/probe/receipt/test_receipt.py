from __future__ import annotations

import json
import re
import socket
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import count
from threading import Event, Thread
from time import monotonic

import pytest

from declarative_mail.probe.receipt import ImapEncryption, Receipt, ReceiptSettings, await_receipt
from declarative_mail.secrets import Secret
from tests.probe.receipt.dovecot import PASSWORD, Dovecot
from tests.probe.receipt.scripted import obliging, scripted

_IDS = count()


@pytest.fixture
def message_id() -> str:
    """An id that no other test uses."""
    return f"<{next(_IDS)}.receipt@tests.example>"


def message(message_id: str, *headers: tuple[str, str]) -> EmailMessage:
    """A message with that id and these headers on top."""
    made = EmailMessage()
    for name, value in headers:
        made[name] = value
    made["Message-ID"] = message_id
    made["Subject"] = "Connection test"
    made["Date"] = "Sat, 21 Nov 2026 01:00:00 +0000"
    made.set_content("It works.\n")
    return made


RECEIVED = (
    ("Received", "from relay.example by mx.example; Sat, 21 Nov 2026 01:00:07 +0000"),
    ("Received", "from ci.example by relay.example; Sat, 21 Nov 2026 01:00:02 +0000"),
)


@pytest.mark.parametrize("encryption", ["tls", "starttls", "starttls_if_offered", "none"])
def test_it_arrived(encryption: ImapEncryption, imap: Dovecot, message_id: str) -> None:
    """A message that is there is found over each kind of connection, with its time and its way."""
    imap.deliver("ops", message(message_id, *RECEIVED))

    receipt = await_receipt(imap.settings("ops", encryption=encryption), message_id)

    assert (receipt.verdict, receipt.code, receipt.mailbox, receipt.copies) == ("pass", "receipt_arrived", "INBOX", 1)
    assert receipt.arrived_at == datetime(2026, 11, 21, 1, 0, 7, tzinfo=UTC)
    assert receipt.travelled == 5
    assert [hop.by for hop in receipt.hops] == ["mx.example", "relay.example"]
    assert receipt.cause.startswith("It arrived at 2026-11-21 01:00:07 UTC")
    assert receipt.authentication is None


def test_brackets_of_the_id_do_not_matter(imap: Dovecot, message_id: str) -> None:
    """The id may be given with or without them."""
    imap.deliver("ops", message(message_id))

    assert await_receipt(imap.settings("ops"), message_id.strip("<>")).message_id == message_id


def test_without_received_the_server_s_own_time_counts(imap: Dovecot, message_id: str) -> None:
    """The time at which the message was filed stands in."""
    imap.deliver("ops", message(message_id))
    receipt = await_receipt(imap.settings("ops"), message_id)

    assert receipt.arrived_at is not None
    assert abs((datetime.now(UTC) - receipt.arrived_at).total_seconds()) < 60
    assert receipt.travelled is None


def test_another_message_is_no_receipt(imap: Dovecot, message_id: str) -> None:
    """Only the very id counts, not one that contains it."""
    imap.deliver("other", message(f"<x{message_id.strip('<>')}>"))

    assert await_receipt(imap.settings("other", timeout=0.1), message_id).code == "receipt_not_arrived"


def test_a_message_that_comes_later_is_waited_for(imap: Dovecot, message_id: str) -> None:
    """It is looked for again after each pause; the pauses grow."""
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 4:
            imap.deliver("late", message(message_id))

    receipt = await_receipt(imap.settings("late", timeout=60.0), message_id, pause=pause)

    assert receipt.code == "receipt_arrived"
    assert len(pauses) == 4
    assert sorted(pauses) == pauses
    assert 0 < pauses[0] < 1


def test_a_message_that_never_comes_ends_the_wait(imap: Dovecot, message_id: str) -> None:
    """At the end of the time it is looked for once more; then it has not arrived, and the remedy says where to look."""
    now = 1000.0

    def pause(seconds: float) -> None:
        nonlocal now
        now += seconds

    receipt = await_receipt(imap.settings("empty", timeout=60.0), message_id, pause=pause, clock=lambda: now)

    assert (receipt.verdict, receipt.code) == ("fail", "receipt_not_arrived")
    assert receipt.waited == pytest.approx(60)
    assert "bounce" in receipt.remedy


def test_a_message_among_the_junk_is_a_warning(imap: Dovecot, message_id: str) -> None:
    """The mailbox that the server marks as junk is looked at, whatever its name."""
    await_receipt(imap.settings("junk", timeout=0.1), message_id)  # the first login makes the mailboxes
    imap.deliver("junk", message(message_id), mailbox=".Spam")

    receipt = await_receipt(imap.settings("junk"), message_id)

    assert (receipt.verdict, receipt.code, receipt.mailbox) == ("warn", "receipt_in_junk", "Spam")


@pytest.mark.parametrize("name", ["Alarme & Größe", "INBOX"])
def test_a_mailbox_may_have_any_name(name: str, imap: Dovecot, message_id: str) -> None:
    """Names beyond ASCII are written as IMAP wants them."""
    await_receipt(imap.settings("strange", timeout=0.1), message_id)
    imap.deliver("strange", message(message_id), mailbox=".Alarme &- Gr&APYA3w-e" if name != "INBOX" else "")

    assert await_receipt(imap.settings("strange", mailbox=name), message_id).code == "receipt_arrived"


CHECKS = [
    (["mx.example; spf=pass; dkim=pass; dmarc=pass"], None, "pass"),
    (["mx.example; spf=fail; dkim=pass; dmarc=pass"], None, "pass"),
    (["mx.example; spf=pass; dkim=pass; dmarc=fail"], None, "warn"),
    (["mx.example; spf=fail; dkim=pass"], None, "pass"),
    (["mx.example; spf=softfail; dkim=none"], None, "warn"),
    (["mx.example; none"], None, "pass"),
    (["mx.example; spf=pass", "mx.example; dmarc=fail"], None, "warn"),
    (["mx.example; dmarc=pass", "forged.example; dmarc=fail"], None, "pass"),
    (["outer.example; dmarc=fail", "MX.example; dmarc=pass"], "mx.EXAMPLE", "pass"),
    (["outer.example; dmarc=pass"], "mx.example", "pass"),
]


@pytest.mark.parametrize(("headers", "believed", "verdict"), CHECKS)
def test_what_the_receiving_server_found(
    headers: list[str], believed: str | None, verdict: str, imap: Dovecot, message_id: str
) -> None:
    """DMARC decides, else either mechanism; only the receiving server is believed."""
    imap.deliver("checks", message(message_id, *[("Authentication-Results", one) for one in headers]))

    receipt = await_receipt(imap.settings("checks", authserv_id=believed), message_id)

    assert receipt.verdict == verdict
    assert receipt.code == ("receipt_arrived" if verdict == "pass" else "receipt_failed_checks")


def test_the_results_are_kept(imap: Dovecot, message_id: str) -> None:
    """What was found stands in the receipt, and whose finding it is."""
    value = "mx.example; spf=pass smtp.mailfrom=a.example; dkim=pass header.d=a.example"
    imap.deliver("checks", message(message_id, ("Authentication-Results", value)))
    receipt = await_receipt(imap.settings("checks"), message_id)

    assert receipt.authentication is not None
    assert receipt.authentication.server == "mx.example"
    assert [(one.method, one.result) for one in receipt.authentication.results] == [("spf", "pass"), ("dkim", "pass")]


def test_nobody_is_believed_where_the_expected_server_says_nothing(imap: Dovecot, message_id: str) -> None:
    """A header of somebody else does not count."""
    imap.deliver("checks", message(message_id, ("Authentication-Results", "forged.example; dmarc=pass")))

    assert await_receipt(imap.settings("checks", authserv_id="mx.example"), message_id).authentication is None


def test_copies_are_counted(imap: Dovecot, message_id: str) -> None:
    """A message that was sent twice shows."""
    imap.deliver("copies", message(message_id))
    imap.deliver("copies", message(message_id))

    assert await_receipt(imap.settings("copies"), message_id).copies == 2


def test_it_is_left_where_it_is(imap: Dovecot, message_id: str) -> None:
    """Looking changes nothing: the message stays, and stays unread."""
    imap.deliver("ops", message(message_id))
    first = await_receipt(imap.settings("ops"), message_id)
    maildir = imap.folder / "mail" / "ops"
    seen = [path.name for path in [*(maildir / "cur").iterdir(), *(maildir / "new").iterdir()]]

    assert not first.deleted
    assert await_receipt(imap.settings("ops"), message_id).code == "receipt_arrived"
    assert not any(re.search(r":2,.*[ST]", name) for name in seen)


def test_it_is_removed_on_demand(imap: Dovecot, message_id: str) -> None:
    """Only that message goes; one that somebody else has marked as deleted stays."""
    marked = imap.folder / "mail" / "delete" / "cur" / "1.marked:2,T"
    imap.deliver("delete", message("<kept@tests.example>"))
    imap.deliver("delete", message("<marked@tests.example>"))
    for path in (imap.folder / "mail" / "delete" / "new").iterdir():
        if b"<marked@" in path.read_bytes():
            path.rename(marked)
    imap.deliver("delete", message(message_id))

    assert await_receipt(imap.settings("delete", delete=True), message_id).deleted
    assert await_receipt(imap.settings("delete", timeout=0.1), message_id).code == "receipt_not_arrived"
    assert await_receipt(imap.settings("delete", timeout=0.1), "<kept@tests.example>").code == "receipt_arrived"
    assert await_receipt(imap.settings("delete", timeout=0.1), "<marked@tests.example>").code == "receipt_arrived"


def test_a_server_that_could_only_remove_everything_marked_removes_nothing(message_id: str) -> None:
    """Without UIDPLUS the message stays, and the receipt says so."""
    asked: list[str] = []

    def answer(tag: str, command: str) -> bytes:
        asked.append(command)
        if command.startswith("UID SEARCH"):
            return f"* SEARCH 7\r\n{tag} OK done\r\n".encode()
        if command.startswith("UID FETCH"):
            headers = f"Message-ID: {message_id}\r\n\r\n"
            fetched = f"* 1 FETCH (UID 7 BODY[HEADER.FIELDS (X)]<0> {{{len(headers)}}}\r\n{headers})\r\n"
            return f"{fetched}{tag} OK done\r\n".encode()
        return obliging(tag, command)

    with scripted(answer) as port:
        receipt = await_receipt(plain(port, delete=True, password=Secret("hunter2")), message_id)

    assert (receipt.code, receipt.deleted, receipt.arrived_at) == ("receipt_arrived", False, None)
    assert not any("STORE" in command or "EXPUNGE" in command for command in asked)


@pytest.mark.parametrize("refused", ["UID STORE", "UID EXPUNGE", "SELECT"])
def test_a_removal_that_is_refused_does_not_undo_the_arrival(refused: str, message_id: str) -> None:
    """It arrived, and it is still there."""

    def answer(tag: str, command: str) -> bytes:
        if command.startswith(refused):
            return f"{tag} NO read only\r\n".encode()
        if command.startswith("UID SEARCH"):
            return f"* SEARCH 7\r\n{tag} OK done\r\n".encode()
        if command == "CAPABILITY":
            return f"* CAPABILITY IMAP4rev1 UIDPLUS\r\n{tag} OK done\r\n".encode()
        return obliging(tag, command)

    with scripted(answer) as port:
        receipt = await_receipt(plain(port, delete=True, password=Secret("hunter2")), message_id)

    assert (receipt.code, receipt.deleted) == ("receipt_arrived", False)


def plain(port: int, **others: object) -> ReceiptSettings:
    """Settings for a scripted server."""
    settings: dict[str, object] = {"timeout": 0.5, "password": Secret(PASSWORD), "encryption": "none", **others}
    return ReceiptSettings(host="127.0.0.1", port=port, username="ops", **settings)  # type: ignore[arg-type]


def unseen(receipt: Receipt) -> str:
    """The code of a mailbox that could not be looked at; nothing is said of the message then."""
    assert receipt.verdict == "unknown"
    assert receipt.remedy
    assert "nothing is known of the arrival" in receipt.cause
    return receipt.code


def test_a_refused_login(imap: Dovecot, message_id: str) -> None:
    """It ends the wait at once, with the server's words and without the password."""
    receipt = await_receipt(imap.settings("ops", password="wr0ng pässword", timeout=60.0), message_id)

    assert unseen(receipt) == "receipt_login_refused"
    assert "Authentication failed" in receipt.cause
    assert "wr0ng" not in json.dumps(receipt.data)
    assert receipt.waited < 30


@pytest.mark.parametrize("capability", [b"", b" AUTH=PLAIN"])
def test_a_server_that_quotes_the_password_is_not_quoted(capability: bytes, message_id: str) -> None:
    """Neither the password nor its base64 form comes back out of an answer."""

    def answer(tag: str, command: str) -> bytes:
        if command.startswith("AUTHENTICATE"):
            return b"+ \r\n"
        if command.startswith(("LOGIN", "CAPABILITY")):
            data = b"* CAPABILITY IMAP4rev1" + capability + b"\r\n" if command.startswith("CAPABILITY") else b""
            word = "OK" if command.startswith("CAPABILITY") else "NO"
            return data + f"{tag} {word} you said: {command}\r\n".encode()
        return f"A NO you said: {tag} {command}\r\n".encode().replace(b"A NO", last[0] + b" NO")

    last = [b""]

    def tagged(tag: str, command: str) -> bytes:
        if command:
            last[0] = tag.encode()
        return answer(tag, command)

    greeting = b"* OK [CAPABILITY IMAP4rev1" + capability + b"] ready\r\n"
    with scripted(tagged, greeting=greeting) as port:
        receipt = await_receipt(plain(port, password=Secret("hunter2")), message_id)

    assert unseen(receipt) == "receipt_login_refused"
    assert "you said" in receipt.cause
    assert "hunter2" not in receipt.cause
    assert "AG9wcwBodW50ZXIy" not in receipt.cause


def test_a_password_beyond_ascii_without_auth_plain(message_id: str) -> None:
    """LOGIN cannot carry it, and nothing is sent."""
    with scripted(obliging) as port:
        receipt = await_receipt(plain(port), message_id)

    assert unseen(receipt) == "receipt_login_refused"
    assert "beyond ASCII" in receipt.cause


def test_login_without_auth_plain(message_id: str) -> None:
    """The LOGIN command serves where AUTH=PLAIN is not listed."""
    asked: list[str] = []

    def answer(tag: str, command: str) -> bytes:
        asked.append(command)
        return obliging(tag, command)

    with scripted(answer) as port:
        receipt = await_receipt(plain(port, password=Secret("hunter2"), timeout=0.1), message_id)

    assert receipt.code == "receipt_not_arrived"
    assert 'LOGIN ops "hunter2"' in asked


def test_a_mailbox_that_is_not_there(imap: Dovecot, message_id: str) -> None:
    """A wrong name is told apart from a message that did not come."""
    receipt = await_receipt(imap.settings("ops", mailbox="Nonesuch"), message_id)

    assert unseen(receipt) == "receipt_no_mailbox"
    assert "Nonesuch" in receipt.cause


def test_a_certificate_that_nobody_vouches_for(imap: Dovecot, message_id: str) -> None:
    """Over both kinds of TLS the password is not sent."""
    for encryption in ("tls", "starttls"):
        receipt = await_receipt(imap.settings("ops", encryption=encryption, ca_certificate=None), message_id)

        assert unseen(receipt) == "receipt_tls"
        assert "certificate_self_signed" in receipt.cause


def test_a_certificate_need_not_be_checked(imap: Dovecot, message_id: str) -> None:
    """If the settings say so."""
    imap.deliver("ops", message(message_id))
    settings = imap.settings("ops", ca_certificate=None, verify_certificate=False)

    assert await_receipt(settings, message_id).code == "receipt_arrived"


def test_a_ca_certificate_that_is_none(imap: Dovecot, message_id: str) -> None:
    """The fault is named before anything is sent."""
    assert unseen(await_receipt(imap.settings("ops", ca_certificate="nonsense"), message_id)) == "receipt_tls"


def test_tls_spoken_to_the_plain_port(imap: Dovecot, message_id: str) -> None:
    """The other way round it is a time-out, see below."""
    assert unseen(await_receipt(imap.settings("ops", port=imap.imap), message_id)) == "receipt_tls"


def test_a_server_without_starttls(message_id: str) -> None:
    """STARTTLS is demanded, so the password is not sent."""
    asked: list[str] = []

    def answer(tag: str, command: str) -> bytes:
        asked.append(command)
        return obliging(tag, command)

    with scripted(answer) as port:
        receipt = await_receipt(plain(port, encryption="starttls"), message_id)

    assert unseen(receipt) == "receipt_no_starttls"
    assert not any("LOGIN" in command for command in asked)


def test_a_server_that_refuses_starttls(message_id: str) -> None:
    """It lists STARTTLS and then does not do it."""

    def answer(tag: str, command: str) -> bytes:
        if command.startswith("STARTTLS"):
            return f"{tag} NO out of order\r\n".encode()
        return obliging(tag, command).replace(b"* CAPABILITY IMAP4rev1", b"* CAPABILITY IMAP4rev1 STARTTLS")

    with scripted(answer, greeting=b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n") as port:
        receipt = await_receipt(plain(port, encryption="starttls"), message_id)

    assert unseen(receipt) == "receipt_tls"


def test_a_server_that_hangs_up_at_the_login(message_id: str) -> None:
    """That is no word on the password."""

    def answer(tag: str, command: str) -> bytes:
        return b"* BYE overloaded\r\n" if command.startswith("LOGIN") else obliging(tag, command)

    with scripted(answer, hang_up_after="LOGIN") as port:
        receipt = await_receipt(plain(port, password=Secret("hunter2")), message_id)

    assert unseen(receipt) == "receipt_protocol"


def test_a_session_that_ends_while_a_message_is_waited_for_is_begun_again(message_id: str) -> None:
    """Servers end what has been idle for long, and restart."""
    logins: list[str] = []

    def answer(tag: str, command: str) -> bytes:
        if command.startswith("LOGIN"):
            logins.append(tag)
        if command.startswith("UID SEARCH") and len(logins) == 1:
            return b"* BYE shutting down\r\n"
        if command.startswith("UID SEARCH"):
            return b"* SEARCH 7\r\n" + f"{tag} OK done\r\n".encode()
        if command.startswith("UID FETCH"):
            headers = f"Message-ID: {message_id}\r\n\r\n".encode()
            return b"* 1 FETCH (UID 7 BODY[HEADER.FIELDS (MESSAGE-ID)] {%d}\r\n%b)\r\n%b OK done\r\n" % (
                len(headers),
                headers,
                tag.encode(),
            )
        return obliging(tag, command)

    with scripted(answer, hang_up_after="UID SEARCH", connections=2) as port:
        receipt = await_receipt(plain(port, password=Secret("hunter2")), message_id, pause=lambda _: None)

    assert (receipt.verdict, receipt.code, len(logins)) == ("pass", "receipt_arrived", 2)


def test_a_server_that_ends_every_session_is_not_waited_for_longer_than_it_was_to_be(message_id: str) -> None:
    """What it said last is the cause."""

    def answer(tag: str, command: str) -> bytes:
        return b"* BYE shutting down\r\n" if command.startswith("UID") else obliging(tag, command)

    with scripted(answer, hang_up_after="UID SEARCH", connections=20) as port:
        receipt = await_receipt(plain(port, password=Secret("hunter2")), message_id)

    assert unseen(receipt) == "receipt_protocol"
    assert receipt.waited < 5


def test_a_closed_port(message_id: str) -> None:
    """Nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        receipt = await_receipt(plain(sock.getsockname()[1]), message_id)

    assert unseen(receipt) == "receipt_unreachable"
    assert "refused" in receipt.cause


@pytest.mark.parametrize(
    "greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"220 mail ESMTP\r\n", b"* BYE go away\r\n", b"\x00\xff\r\n"]
)
def test_something_else_than_imap(greeting: bytes, message_id: str) -> None:
    """A server of another kind is named as such."""
    with scripted(obliging, greeting=greeting) as port:
        assert unseen(await_receipt(plain(port), message_id)) == "receipt_protocol"


@pytest.fixture
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands may take half a second beyond the time, so that tests of silence are short."""
    monkeypatch.setattr("declarative_mail.probe.receipt._GRACE", 0.5)


@pytest.mark.usefixtures("short_grace")
@pytest.mark.parametrize("silent_at", ["greeting", "LOGIN", "LIST", "EXAMINE", "UID"])
def test_a_server_that_falls_silent_is_not_waited_for(silent_at: str, message_id: str) -> None:
    """At no point does silence hold the wait longer than its time and the grace of a command."""

    def answer(tag: str, command: str) -> bytes:
        return b"" if command.startswith(silent_at) else obliging(tag, command)

    begun = monotonic()
    greeting = b"" if silent_at == "greeting" else b"* OK [CAPABILITY IMAP4rev1] ready\r\n"
    with scripted(answer, greeting=greeting) as port:
        receipt = await_receipt(plain(port, password=Secret("hunter2"), timeout=0.2), message_id)

    assert unseen(receipt) in {"receipt_unreachable", "receipt_protocol"}
    assert monotonic() - begun < 5


@pytest.mark.usefixtures("short_grace")
def test_a_server_that_never_comes_to_an_end_is_not_waited_for(message_id: str) -> None:
    """Bytes that keep on coming reset the time of each read, but not that of the whole."""
    enough = Event()

    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            while not enough.wait(0.05):
                connection.sendall(b"*")

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        dripping = Thread(target=drip, args=[listener])
        dripping.start()
        begun = monotonic()
        receipt = await_receipt(plain(listener.getsockname()[1], timeout=0.5), message_id)
        waited = monotonic() - begun
        enough.set()
        dripping.join(10)

    assert unseen(receipt) == "receipt_protocol"
    assert waited < 5


@pytest.mark.parametrize("wrong", ["", "<>", "a b@c", "a\r\nb@c", "\x00"])
def test_an_id_that_is_none_is_misuse(wrong: str, imap: Dovecot) -> None:
    """It would find nothing, or speak IMAP."""
    with pytest.raises(ValueError, match="is not a Message-ID"):
        await_receipt(imap.settings("ops"), wrong)


def test_an_id_with_quotes_is_only_an_id(imap: Dovecot) -> None:
    """What is special in IMAP is written so that it is not."""
    made = '<"a\\\\b"{3}@tests.example>'
    imap.deliver("ops", message(made))

    assert await_receipt(imap.settings("ops", timeout=0.1), made).code in {"receipt_arrived", "receipt_not_arrived"}


@pytest.mark.parametrize("others", [{"timeout": 0}, {"timeout": -1.0}, {"mailbox": "a\r\nb"}, {"username": "a\x00b"}])
def test_settings_that_make_no_sense(others: dict[str, object]) -> None:
    """They are refused when they are made."""
    with pytest.raises(ValueError, match=r"timeout|control characters"):
        ReceiptSettings(**{"host": "h", "username": "u", "password": Secret("p"), **others})  # type: ignore[arg-type]


@pytest.mark.parametrize(("encryption", "port"), [("tls", 993), ("starttls", 143), ("none", 143)])
def test_ports_by_default(encryption: ImapEncryption, port: int) -> None:
    """993 with TLS from the first byte, else 143."""
    assert ReceiptSettings(host="h", username="u", password=Secret("p"), encryption=encryption).effective_port == port


def test_a_receipt_is_json(imap: Dovecot, message_id: str) -> None:
    """The data of a receipt can be written as JSON as it is, and holds no password."""
    imap.deliver("ops", message(message_id, *RECEIVED, ("Authentication-Results", "mx.example; spf=pass")))
    settings = imap.settings("ops")
    text = json.dumps(await_receipt(settings, message_id).data, ensure_ascii=False)

    data = json.loads(text)
    assert (data["type"], data["verdict"], data["travelled"]) == ("receipt", "pass", 5.0)
    assert data["authentication"]["results"][0] == {"method": "spf", "result": "pass", "reason": "", "properties": {}}
    assert PASSWORD not in text + repr(settings)
