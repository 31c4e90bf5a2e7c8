"""One test from beginning to end: the walk through the stages, how far it goes, and what it says."""

from __future__ import annotations

import pytest

from declarative_mail.probe.network import NetworkFault, TimedOut
from declarative_mail.probe.run import probe_server
from declarative_mail.probe.scripted import Close, Hear, Script, ScriptedNetwork, Step, Wait
from declarative_mail.probe.settings import TestSettings
from declarative_mail.probe.verdict import STAGES, Stage, StageResult, TestResult
from tests.probe.conversations import EHLO, END, GREETING, HOST, MAIL, STARTED, played, settings

TAKEN: tuple[Step, ...] = (Hear(b"RCPT TO:<ops@example.com>"), b"250 2.1.5 Ok\r\n")
SENT: tuple[Step, ...] = (Hear(b"DATA"), b"354 go ahead\r\n", Hear(b".", skip=True))


def verdicts(result: TestResult) -> dict[str, str]:
    """The verdict of each stage that was not skipped."""
    return {one.stage: one.verdict for one in result.stages if one.verdict != "skipped"}


def test_default_goes_as_far_as_the_sender() -> None:
    """Connect to sender, then RSET and QUIT; no recipient is offered."""
    script = Script(*MAIL, *END)

    result = played(script)

    assert result.ok
    assert set(verdicts(result)) == {"resolve", "connect", "greeting", "ehlo", "sender", "quit"}
    assert [line.split(b" ")[0] for line in script.heard] == [b"EHLO", b"MAIL", b"RSET", b"QUIT"]
    assert script.closed


def test_all_ten_stages_are_always_there() -> None:
    """In their order, also after a failure at the first."""
    network = ScriptedNetwork({}, names={HOST: NetworkFault("name_not_found")})

    result = probe_server(settings(), network=network)

    assert [one.stage for one in result.stages] == list(STAGES)
    assert (result["resolve"].code, result["connect"].code) == ("name_not_found", "not_reached")
    assert (result["recipient"].code, result["message"].code) == ("not_asked", "not_asked")


@pytest.mark.parametrize("last", ["resolve", "connect", "greeting", "ehlo", "sender"])
def test_until_stops_there(last: Stage) -> None:
    """Nothing after the named stage is tried, except for leaving politely."""
    script = Script(*MAIL, *END) if last == "sender" else Script(*EHLO, Hear(b"QUIT"), b"221 Bye\r\n")
    if last == "greeting":
        script = Script(*GREETING, Hear(b"QUIT"), b"221 Bye\r\n")

    result = played(script, test=TestSettings(until=last))

    tried = [one.stage for one in result.stages if one.verdict == "pass" and one.stage != "quit"]
    assert tried[-1] == last
    assert result.ok


def test_required_stage_beyond_until_does_not_count() -> None:
    """Who stops early on purpose is not told that the rest is missing."""
    script = Script(*EHLO, Hear(b"QUIT"), b"221 Bye\r\n")

    result = played(
        script, test=TestSettings(until="ehlo", require=frozenset({"ehlo", "message"}), to="ops@example.com")
    )

    assert result.ok
    assert result.require == {"ehlo"}


def test_until_quit_sends_nothing_by_itself() -> None:
    """To go to the end is not to send a message."""
    script = Script(*MAIL, *TAKEN, *END)

    result = played(script, test=TestSettings(until="quit", to="ops@example.com"))

    assert b"DATA" not in script.heard
    assert result["message"].verdict == "skipped"


@pytest.mark.parametrize(
    "test",
    [
        TestSettings(to="ops@example.com"),
        TestSettings(recipients=("ops@example.com",)),
        TestSettings(until="recipient", to="ops@example.com"),
    ],
)
def test_recipient_is_offered_where_asked_for(test: TestSettings) -> None:
    """By `to`, by recipients of changed rules, or by the stage."""
    result = played(Script(*MAIL, *TAKEN, *END), test=test)

    assert result["recipient"].verdict == "pass"
    assert result["recipient"].details["recipients"][0]["address"] == "ops@example.com"


def test_required_recipient_without_any_fails() -> None:
    """A required stage that has nothing to try is not proved."""
    result = played(Script(*MAIL, *END), test=TestSettings(require=frozenset({"recipient"})))

    assert not result.ok
    assert (result["recipient"].verdict, result["recipient"].code) == ("skipped", "no_recipient")
    assert "to = " in str(result["recipient"].remedy)


def test_required_tls_in_clear_fails() -> None:
    """A required stage that does not apply is not proved either."""
    result = played(Script(*MAIL, *END), test=TestSettings(require=frozenset({"tls"})))

    assert not result.ok
    assert result["tls"].code == "not_asked"


def test_stages_before_the_required_must_not_fail() -> None:
    """Naming one stage lets no other fail."""
    script = Script(*EHLO, Hear(b"MAIL"), b"550 5.7.1 no\r\n", Hear(b"QUIT"), b"221 Bye\r\n")

    result = played(script, test=TestSettings(require=frozenset({"connect"})))

    assert not result.ok
    assert result.deciding.stage == "sender"


def test_lone_server_without_sender_skips_the_envelope() -> None:
    """Without a From address there is nothing to try; the rest still counts."""
    script = Script(*EHLO, Hear(b"QUIT"), b"221 Bye\r\n")

    result = played(script, server=settings(from_address=""), test=TestSettings(to="ops@example.com"))

    assert result.ok
    assert (result["sender"].code, result["recipient"].code) == ("no_sender", "no_sender")


def test_message_has_its_ids_in_the_verdict() -> None:
    """Message-ID and the server's queue id, to be found in both logs."""
    script = Script(*MAIL, *TAKEN, *SENT, b"250 2.0.0 Ok: queued as 4XyZ1\r\n", Hear(b"QUIT"), b"221 Bye\r\n")

    result = played(script, test=TestSettings(require=frozenset({"message"}), to="ops@example.com"))

    assert result.ok
    details = result["message"].details
    assert details["queue_id"] == "4XyZ1"
    assert f"Message-ID: {details['message_id']}".encode() in script.heard


def test_message_never_goes_to_recipients_of_rules() -> None:
    """All are offered; the message is for `to` alone, in a transaction of its own."""
    others: tuple[Step, ...] = (Hear(b"RCPT TO:<a@example.com>"), b"250 Ok\r\n")
    again: tuple[Step, ...] = (
        Hear(b"RSET"),
        b"250 Ok\r\n",
        Hear(b"MAIL FROM:<deploys@example.com>"),
        b"250 Ok\r\n",
        *TAKEN,
    )
    script = Script(*MAIL, *TAKEN, *others, *again, *SENT, b"250 Ok\r\n", Hear(b"QUIT"), b"221 Bye\r\n")
    test = TestSettings(send_message=True, to="ops@example.com", recipients=("a@example.com",))

    result = played(script, test=test)

    assert result.ok
    last_transaction = script.heard[len(script.heard) - script.heard[::-1].index(b"RSET") :]
    assert [line for line in last_transaction if line.startswith(b"RCPT")] == [b"RCPT TO:<ops@example.com>"]


def test_message_without_to_is_not_sent() -> None:
    """Recipients of rules are no substitute for a mailbox that is meant for tests."""
    others: tuple[Step, ...] = (Hear(b"RCPT TO:<a@example.com>"), b"250 Ok\r\n")
    test = TestSettings(send_message=True, recipients=("a@example.com",))

    result = played(Script(*MAIL, *others, *END), test=test)

    assert (result["message"].verdict, result["message"].code) == ("skipped", "no_recipient")


def test_message_whose_answer_never_comes_is_in_doubt() -> None:
    """Sent whole, no answer: nobody here knows."""
    script = Script(*MAIL, *TAKEN, *SENT)

    result = played(script, test=TestSettings(send_message=True, to="ops@example.com"))

    assert (result["message"].verdict, result["message"].code) == ("fail", "timeout")
    assert result["message"].details["in_doubt"] is True
    assert result["message"].details["message_id"] in str(script.heard)


def test_refused_data_is_not_in_doubt() -> None:
    """A refusal of DATA itself is a refusal."""
    script = Script(*MAIL, *TAKEN, Hear(b"DATA"), b"554 5.5.1 no valid recipients\r\n", Hear(b"QUIT"), b"221 Bye\r\n")

    result = played(script, test=TestSettings(send_message=True, to="ops@example.com"))

    assert (result["message"].code, "in_doubt" in result["message"].details) == ("554 5.5.1", False)


def test_each_recipient_has_its_verdict() -> None:
    """The stage fails with the first refusal, and the others are still offered."""
    script = Script(
        *MAIL,
        Hear(b"RCPT TO:<a@example.com>"),
        b"250 Ok\r\n",
        Hear(b"RCPT TO:<b@example.com>"),
        b"550 5.1.1 unknown\r\n",
        Hear(b"RCPT TO:<c@example.com>"),
        b"251 will forward\r\n",
        *END,
    )

    result = played(script, test=TestSettings(recipients=("a@example.com", "b@example.com", "c@example.com")))

    assert not result.ok
    assert result["recipient"].code == "550 5.1.1"
    assert [one["verdict"] for one in result["recipient"].details["recipients"]] == ["pass", "fail", "pass"]


def test_recipients_after_a_lost_connection_are_unknown() -> None:
    """Nothing is said of those that were never offered."""
    script = Script(*MAIL, Hear(b"RCPT"), Close())

    result = played(script, test=TestSettings(recipients=("a@example.com", "b@example.com")))

    assert [one["code"] for one in result["recipient"].details["recipients"]] == ["dropped", "not_reached"]


def test_too_many_recipients_go_into_another_transaction() -> None:
    """452 after some were taken says: not in this transaction."""
    script = Script(
        *MAIL,
        Hear(b"RCPT TO:<a@example.com>"),
        b"250 Ok\r\n",
        Hear(b"RCPT TO:<b@example.com>"),
        b"452 4.5.3 too many recipients\r\n",
        Hear(b"RSET"),
        b"250 Ok\r\n",
        Hear(b"MAIL"),
        b"250 Ok\r\n",
        Hear(b"RCPT TO:<b@example.com>"),
        b"250 Ok\r\n",
        *END,
    )

    result = played(script, test=TestSettings(recipients=("a@example.com", "b@example.com")))

    assert [one["verdict"] for one in result["recipient"].details["recipients"]] == ["pass", "pass"]


def test_unsendable_recipient_is_named() -> None:
    """An address that would end the command early is not sent."""
    script = Script(*MAIL, *END)

    result = played(script, test=TestSettings(recipients=("a@example.com>\r\nDATA",)))

    assert result["recipient"].code == "address_unsendable"
    assert not any(b"DATA" in line for line in script.heard)


@pytest.mark.parametrize("bad", ["no address", "Deploys <deploys>", "a b@example.com"])
def test_unsendable_sender_is_named(bad: str) -> None:
    """A From that is no mailbox fails at the sender, nowhere else."""
    result = played(Script(*EHLO, Hear(b"QUIT"), b"221 Bye\r\n"), server=settings(from_address=bad))

    assert (result["sender"].verdict, result["sender"].code) == ("fail", "address_unsendable")


def test_sender_of_the_envelope_is_used() -> None:
    """`envelope_from` goes before the From address."""
    script = Script(*EHLO, Hear(b"MAIL FROM:<bounces@example.com>"), b"250 Ok\r\n", *END)

    assert played(script, server=settings(envelope_from="bounces@example.com")).ok


def test_null_sender_can_be_asked_for() -> None:
    """An empty envelope sender is the null sender of bounces."""
    script = Script(*EHLO, Hear(b"MAIL FROM:<>"), b"250 Ok\r\n", *END)

    assert played(script, server=settings(envelope_from="")).ok


def test_extensions_are_used_where_offered() -> None:
    """SIZE with the size of the message, SMTPUTF8 and 8BITMIME for an address that needs them."""
    ehlo: tuple[Step, ...] = (*GREETING, Hear(b"EHLO"), b"250-mx\r\n250-SIZE\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
    script = Script(*ehlo, Hear(b"MAIL FROM:<pr"), b"250 Ok\r\n", *END)

    result = played(script, server=settings(from_address="prüfer@bücher.example"))

    assert result.ok
    mail = script.heard[1].decode()
    assert mail.startswith("MAIL FROM:<prüfer@xn--bcher-kva.example> SIZE=")
    assert mail.endswith(" BODY=8BITMIME SMTPUTF8")


def test_international_domain_needs_no_extension() -> None:
    """A domain goes out in A-labels, so that any server takes it."""
    script = Script(*EHLO, Hear(b"MAIL FROM:<d@xn--bcher-kva.example>"), b"250 Ok\r\n", *END)

    assert played(script, server=settings(from_address="d@bücher.example")).ok


@pytest.mark.parametrize(
    ("host", "stage", "test"),
    [
        ("smtp.office365.com", "sender", TestSettings()),
        ("email-smtp.eu-west-1.amazonaws.com", "sender", TestSettings()),
        ("smtp.sendgrid.net", "sender", TestSettings()),
        ("email-smtp.eu-west-1.amazonaws.com", "recipient", TestSettings(to="ops@example.com")),
    ],
)
def test_vendor_that_decides_at_the_message_leaves_it_open(host: str, stage: Stage, test: TestSettings) -> None:
    """Where a service refuses only after DATA, its yes before proves nothing: unknown, which fails only if required."""
    steps = (*MAIL, *TAKEN, *END) if test.to else (*MAIL, *END)

    result = played(Script(*steps), server=settings(host=host), test=test)

    assert result.ok
    assert (result[stage].verdict, result[stage].code) == ("unknown", "decided_at_message")
    assert "message" in str(result[stage].remedy)


def test_required_stage_that_stays_unknown_fails() -> None:
    """`require` asks for a proof."""
    result = played(
        Script(*MAIL, *END),
        server=settings(host="smtp.sendgrid.net"),
        test=TestSettings(require=frozenset({"sender"})),
    )

    assert not result.ok
    assert result.deciding.stage == "sender"


def test_message_proves_what_was_open() -> None:
    """Once such a service has taken a message, sender and recipient are proved."""
    script = Script(*MAIL, *TAKEN, *SENT, b"250 Ok 0102018f3f2a1b2c-abc\r\n", Hear(b"QUIT"), b"221 Bye\r\n")

    result = played(
        script,
        server=settings(host="email-smtp.eu-west-1.amazonaws.com"),
        test=TestSettings(require=frozenset({"sender", "recipient", "message"}), to="ops@example.com"),
    )

    assert result.ok
    assert (result["sender"].code, result["recipient"].code) == ("proved_by_message", "proved_by_message")


LATER: tuple[Step, ...] = (Hear(b"RCPT"), b"451 4.7.1 Greylisted, please try again in 5 seconds\r\n", *END)


def test_temporary_refusal_is_tried_again_as_told() -> None:
    """After the time that the server asks for; the verdict says that it was temporary."""
    scripts = Script(*MAIL, *LATER), Script(*MAIL, *TAKEN, *END)

    result = played(*scripts, test=TestSettings(to="ops@example.com"))

    assert result.ok
    assert (result["recipient"].verdict, result["recipient"].code) == ("warn", "accepted_later")
    assert (result["recipient"].details["attempts"], result["recipient"].temporary) == (2, True)
    assert "*: again after 5 s, as the server asks" in result.transcript


def test_temporary_refusal_that_stays_is_tried_a_few_times() -> None:
    """Three attempts, then it is reported as temporary."""
    scripts = [Script(*MAIL, *LATER) for _ in range(4)]

    result = played(*scripts, test=TestSettings(to="ops@example.com"))

    assert not result.ok
    assert result.temporary
    assert (result["recipient"].code, result["recipient"].details["attempts"]) == ("451 4.7.1", 3)
    assert [bool(script.heard) for script in scripts] == [True, True, True, False]


@pytest.mark.parametrize(
    ("words", "tried"),
    [
        ("4.7.1 Greylisted, please try again in 5 seconds", 2),
        ("4.7.1 wait 2 secs", 2),
        ("4.7.1 retry after 10s", 2),
        ("4.7.1 come back in 1 minute", 1),
        ("4.7.1 try again in 300 seconds", 1),
        ("4.7.1 at most 100 messages per 2 seconds", 1),
        ("4.7.1 try again later", 1),
    ],
)
def test_only_a_told_wait_that_fits_is_waited(words: str, tried: int) -> None:
    """No guessing, and never past the deadline of the whole."""
    refusal: tuple[Step, ...] = (Hear(b"RCPT"), f"451 {words}\r\n".encode(), *END)
    scripts = [Script(*MAIL, *refusal), Script(*MAIL, *TAKEN, *END)]

    played(*scripts, test=TestSettings(to="ops@example.com", timeout=30))

    assert sum(bool(script.heard) for script in scripts) == tried


def test_permanent_refusal_is_not_tried_again() -> None:
    """5xx is final, whatever it says about waiting."""
    refusal: tuple[Step, ...] = (Hear(b"RCPT"), b"550 5.7.1 try again in 2 seconds\r\n", *END)
    scripts = [Script(*MAIL, *refusal), Script(*MAIL, *TAKEN, *END)]

    result = played(*scripts, test=TestSettings(to="ops@example.com"))

    assert not result.ok
    assert not scripts[1].heard


def test_whole_has_a_deadline_of_its_own() -> None:
    """Stages that each keep theirs do not add up beyond that of the whole."""
    slow: tuple[Step, ...] = (
        Wait(4),
        *GREETING,
        Hear(b"EHLO"),
        Wait(4),
        b"250 mx\r\n",
        Hear(b"MAIL"),
        Wait(4),
        b"250 Ok\r\n",
    )
    network = ScriptedNetwork({f"{HOST}:25": Script(*slow)})

    result = probe_server(settings(), TestSettings(timeout=10, stage_timeout=5), network=network, started=STARTED)

    assert (result["sender"].verdict, result["sender"].code) == ("fail", "timeout")
    assert network.now() <= 10


@pytest.mark.parametrize(
    ("stage", "steps", "code"),
    [
        ("greeting", (), "silence"),
        ("greeting", (b"220 mx",), "timeout"),
        ("ehlo", GREETING, "timeout"),
        ("sender", EHLO, "timeout"),
    ],
)
def test_stage_has_a_deadline_of_its_own(stage: Stage, steps: tuple[Step, ...], code: str) -> None:
    """A stage ends at its own time, the others keep theirs."""
    network = ScriptedNetwork({f"{HOST}:25": Script(*steps)})
    test = TestSettings(timeout=60, stage_timeout=20, stage_timeouts={stage: 3})

    result = probe_server(settings(), test, network=network, started=STARTED)

    assert (result[stage].verdict, result[stage].code) == ("fail", code)
    assert 2000 <= result[stage].ms <= 3000


def test_name_lookup_has_a_deadline() -> None:
    """A resolver that does not answer is a lookup that failed, for now."""
    network = ScriptedNetwork({}, names={HOST: TimedOut()})

    result = probe_server(settings(), network=network)

    assert (result["resolve"].code, result["resolve"].temporary) == ("name_lookup_failed", True)


def test_port_25_names_blocked_egress_first() -> None:
    """Packets that vanish on port 25 are usually the network's own doing, seen from this machine."""
    network = ScriptedNetwork({f"{HOST}:25": TimedOut()})

    result = probe_server(settings(), network=network)

    cause = str(result["connect"].cause)
    assert result["connect"].code == "connect_timeout"
    assert "25" in cause.split(".", maxsplit=1)[0]
    assert "seen from this machine" in cause


def test_no_route_alone_is_no_fault_of_the_server() -> None:
    """Without IPv6 here, a server's IPv6 address says nothing about it."""
    network = ScriptedNetwork(
        {"[2001:db8::1]:25": NetworkFault("unreachable"), "192.0.2.7:25": Script(*MAIL, *END)},
        names={HOST: ["2001:db8::1", "192.0.2.7"]},
    )

    result = probe_server(settings(), network=network)

    assert (result["connect"].verdict, result["connect"].code) == ("pass", "ok")
    assert [one["code"] for one in result["connect"].details["addresses"]] == ["unreachable", "ok"]


def test_telling_fault_goes_before_no_route() -> None:
    """Where nothing answers, the refusal tells more than the missing route."""
    network = ScriptedNetwork(
        {"[2001:db8::1]:25": NetworkFault("unreachable"), "192.0.2.7:25": NetworkFault("refused")},
        names={HOST: ["2001:db8::1", "192.0.2.7"]},
    )

    assert probe_server(settings(), network=network)["connect"].code == "refused"


def test_progress_is_told_as_it_comes() -> None:
    """Each stage in the order in which it happens, with the address."""
    seen: list[tuple[str, StageResult]] = []

    played(Script(*MAIL, *END), seen=seen)

    assert {address for address, _ in seen} == {"smtp_server.primary"}
    assert [one.stage for _, one in seen] == [
        "resolve",
        "connect",
        "greeting",
        "ehlo",
        "tls",
        "auth",
        "sender",
        "quit",
    ]


def test_quit_never_decides() -> None:
    """A server that falls silent at QUIT has taken what it has taken, and nobody waits long for it."""
    result = played(Script(*MAIL, Hear(b"RSET"), b"250 Ok\r\n", Hear(b"QUIT")))

    assert result.ok
    assert (result["quit"].verdict, result["quit"].code) == ("warn", "timeout")
    assert result["quit"].ms <= 1000


def test_no_farewell_after_the_server_has_closed() -> None:
    """After 421 there is nobody to say goodbye to."""
    result = played(Script(*GREETING, Hear(b"EHLO"), b"421 4.3.2 closing\r\n", Close()))

    assert result["quit"].verdict == "skipped"


def test_farewell_after_a_refusal() -> None:
    """A server that refuses is left politely."""
    script = Script(b"554 no service\r\n", Hear(b"QUIT"), b"221 Bye\r\n")

    result = played(script)

    assert (result["greeting"].code, result["quit"].code) == ("554", "221")


@pytest.mark.parametrize(
    ("given", "machine", "name"),
    [
        ("ci.example.com", "runner", "ci.example.com"),
        (None, "runner.example.com", "runner.example.com"),
        (None, "runner", "[192.0.2.1]"),
        (None, "runner.", "[192.0.2.1]"),
        (None, "localhost.localdomain", "[192.0.2.1]"),
        (None, "runner_1.local", "[192.0.2.1]"),
    ],
)
def test_hello_is_a_full_name_or_an_address(given: str | None, machine: str, name: str) -> None:
    """The given name, this machine's if it is a full one, else its address in brackets (RFC 5321 section 4.1.3)."""
    script = Script(*MAIL, *END)
    network = ScriptedNetwork({f"{HOST}:25": script}, name=machine)

    probe_server(settings(hello=given), network=network)

    assert script.heard[0] == f"EHLO {name}".encode()


def test_server_that_knows_only_helo_is_remarked() -> None:
    """It passes, with a warning that there is neither TLS nor login."""
    script = Script(
        *GREETING, Hear(b"EHLO"), b"502 what?\r\n", Hear(b"HELO"), b"250 mx\r\n", Hear(b"MAIL"), b"250 Ok\r\n", *END
    )

    result = played(script)

    assert result.ok
    assert (result["ehlo"].verdict, result["ehlo"].code) == ("warn", "helo_only")


def test_empty_host_is_no_name() -> None:
    """Which the system's resolver would take for this machine."""
    result = probe_server(settings(host=""), network=ScriptedNetwork({}))

    assert result["resolve"].code == "name_not_found"


def test_command_of_two_lines_is_never_sent() -> None:
    """A name with a line end in it would smuggle a command; the settings that hold one are a defect."""
    with pytest.raises(ValueError, match="one line"):
        played(Script(*GREETING), server=settings(hello="me\r\nMAIL FROM:<x@example.com>"))


def test_connection_lost_after_the_first_attempt_is_reported_as_it_is() -> None:
    """The second attempt fails earlier: that failure counts, and nothing is said of the stage that it did not reach."""
    result = played(Script(*MAIL, *LATER), Script(b"554 go away\r\n", Close()), test=TestSettings(to="ops@example.com"))

    assert (result["greeting"].code, result["recipient"].code) == ("554", "not_reached")


def test_message_in_another_transaction_may_be_refused() -> None:
    """The second MAIL, or the second RCPT, is answered otherwise than the first."""
    others: tuple[Step, ...] = (Hear(b"RCPT TO:<a@example.com>"), b"250 Ok\r\n", Hear(b"RSET"), b"250 Ok\r\n")
    test = TestSettings(send_message=True, to="ops@example.com", recipients=("a@example.com",))
    refused_mail: tuple[Step, ...] = (Hear(b"MAIL"), b"450 4.7.1 slow down\r\n", Hear(b"QUIT"), b"221 Bye\r\n")
    refused_rcpt: tuple[Step, ...] = (Hear(b"MAIL"), b"250 Ok\r\n", Hear(b"RCPT"), b"450 4.2.1 slow down\r\n", *END)

    by_mail = played(Script(*MAIL, *TAKEN, *others, *refused_mail), test=test)
    by_rcpt = played(Script(*MAIL, *TAKEN, *others, *refused_rcpt), test=test)

    assert (by_mail["message"].code, by_rcpt["message"].code) == ("450 4.7.1", "450 4.2.1")
