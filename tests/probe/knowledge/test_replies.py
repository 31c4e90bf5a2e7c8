from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import pytest

from declarative_mail.probe.knowledge import replies
from declarative_mail.probe.knowledge.replies import explain_reply
from declarative_mail.probe.verdict import STAGES
from tests.probe.knowledge.samples import EXCHANGE, GMAIL, OWN, SAMPLES, SES, Sample

TABLE = json.loads((Path(replies.__file__).parent / "data" / "replies.json").read_text("utf-8"))
ROWS = TABLE["replies"]


def explained(sample: Sample) -> str:
    """The row that a sample leads to."""
    return explain_reply(sample.code, sample.enhanced, sample.text, phase=sample.phase, host=sample.host).id


@pytest.mark.parametrize("sample", SAMPLES, ids=[f"{index}-{one.row}" for index, one in enumerate(SAMPLES)])
def test_a_reply_leads_to_its_row(sample: Sample) -> None:
    """A reply in a server's own words is explained by the row that is meant for it."""
    assert sample.row == explained(sample)


def test_every_row_has_a_reply_that_leads_to_it() -> None:
    """No row of the table is dead: for each there is a realistic reply above."""
    assert {row["id"] for row in ROWS} == {sample.row for sample in SAMPLES}


@pytest.mark.parametrize("sample", SAMPLES, ids=[f"{index}-{one.row}" for index, one in enumerate(SAMPLES)])
def test_case_and_line_breaks_do_not_matter(sample: Sample) -> None:
    """The same words in upper case, broken into lines that repeat the codes, lead to the same row."""
    prefix = f"{sample.code}-{sample.enhanced} " if sample.enhanced else f"{sample.code}-"
    broken = "\n".join(prefix + word for word in sample.text.upper().split(" "))

    assert sample.row == explained(sample._replace(text=broken))


@pytest.mark.parametrize(
    ("phase", "text", "row"),
    [
        ("tls", "TLS not available due to temporary reason", "454-tls"),
        ("auth", "Temporary authentication failure", "454-auth"),
        ("tls", "Sorry", "454-tls"),
        ("auth", "Sorry", "454-auth"),
        ("message", "Sorry", "x.7.0"),
    ],
)
def test_454_is_tls_or_the_directory_behind_auth(phase: str, text: str, row: str) -> None:
    """454 4.7.0 is told apart by its words, then by the stage; where neither tells, nothing is blamed."""
    assert row == explain_reply(454, "4.7.0", text, phase=phase, host=OWN).id


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("SmtpClientAuthentication is disabled for the Tenant.", "535-tenant-disabled"),
        ("SmtpClientAuthentication is disabled for the Mailbox.", "535-mailbox-disabled"),
        ("user is locked by your organization's security defaults policy", "535-basic-disabled"),
        ("the user credentials were incorrect", "535-exchange-wrong-password"),
        ("something new", "535-exchange-policy"),
    ],
)
@pytest.mark.parametrize("host", [EXCHANGE, "relay.corp.example"])
def test_535_5_7_139_has_several_causes(host: str, text: str, row: str) -> None:
    """535 5.7.139 is told apart by its words; the code is Microsoft's own, so the host's name is not needed."""
    assert row == explain_reply(535, "5.7.139", f"Authentication unsuccessful, {text}", phase="auth", host=host).id


@pytest.mark.parametrize(
    ("phase", "text", "row"),
    [
        ("recipient", "Relaying denied", "550-relay-denied"),
        ("message", "Message rejected due to content policy", "550-policy"),
        ("recipient", "go away", "x.7.1"),
        ("message", "go away", "x.7.1"),
    ],
)
def test_550_5_7_1_is_relay_or_policy(phase: str, text: str, row: str) -> None:
    """550 5.7.1 without telling words is neither a refused relay nor a refused content."""
    assert row == explain_reply(550, "5.7.1", text, phase=phase, host=OWN).id


@pytest.mark.parametrize(
    ("host", "preset", "row"),
    [
        (OWN, None, "535-credentials"),
        (SES, None, "535-ses-credentials"),
        ("smtp.internal.example", "ses", "535-ses-credentials"),
        (GMAIL, None, "535-credentials"),
    ],
)
def test_the_vendor_decides_between_equal_words(host: str, preset: str | None, row: str) -> None:
    """A vendor's row is taken where the host or the preset names the vendor, never against another vendor."""
    found = explain_reply(535, None, "Authentication Credentials Invalid", phase="auth", host=host, preset=preset)

    assert row == found.id


def test_the_reply_may_name_the_vendor() -> None:
    """A reply signed by Google is Google's, whatever name the relay was reached under."""
    text = "Daily user sending limit exceeded. x1-20020a - gsmtp"

    assert explain_reply(550, "5.4.5", text, phase="message", host="relay.example").id == "550-google-daily-quota"
    assert explain_reply(550, "5.4.5", text, phase="message", host="relay.example").vendor == "google"


@pytest.mark.parametrize(
    ("code", "enhanced", "phase", "row"),
    [
        (550, "5.1.3", "sender", "x.1.3"),
        (554, "5.7.25", "recipient", "550-reverse-dns"),
        (554, "5.99.99", "message", "554-any"),
        (550, None, "recipient", "550-recipient"),
        (550, None, "sender", "550-sender"),
        (554, None, "greeting", "554-greeting"),
        (451, None, "recipient", "451-any"),
        (499, None, "message", "class-4"),
        (599, None, "message", "class-5"),
        (299, None, "message", "class-2"),
        (999, None, "greeting", "class-9"),
    ],
)
def test_without_words_the_codes_tell_what_they_can(code: int, enhanced: str | None, phase: str, row: str) -> None:
    """The enhanced code's registered meaning comes before the basic code, that before the class."""
    assert row == explain_reply(code, enhanced, "No.", phase=phase, host=OWN).id


def test_the_enhanced_code_is_found_in_the_text() -> None:
    """A caller that leaves the enhanced code in the text gets the same answer."""
    apart = explain_reply(552, "5.3.4", "Sorry", phase="message", host=OWN)

    assert apart == explain_reply(552, None, "5.3.4 Sorry", phase="message", host=OWN)
    assert apart.id == "552-too-big"


@pytest.mark.parametrize(("code", "temporary"), [(250, False), (334, False), (421, True), (451, True), (550, False)])
def test_the_first_digit_decides_what_is_temporary(code: int, temporary: bool) -> None:  # noqa: FBT001
    """4xx is temporary, everything else is not, whatever row explains it."""
    assert temporary == explain_reply(code, None, "Relay access denied", phase="recipient", host=OWN).temporary


def test_words_of_a_refusal_do_not_explain_a_success() -> None:
    """A friendly 250 that mentions spam is a success."""
    assert (
        explain_reply(250, "2.0.0", "queued, checked for spam and virus", phase="message", host=OWN).id == "ok-accepted"
    )


@pytest.mark.parametrize("text", ["listed in spamhausen", "antispam ok", "the smtpd directoryless host", "thereof"])
def test_phrases_are_found_as_whole_words_only(text: str) -> None:
    """A phrase inside a longer word is not that phrase."""
    assert explain_reply(599, None, text, phase="message", host=OWN).id == "class-5"


def test_a_huge_reply_is_explained_in_bounded_time() -> None:
    """A reply of a megabyte is not searched to its end; what matters stands at its beginning."""
    begun = process_time()
    found = explain_reply(554, "5.7.1", "Relay access denied " + "spam \n" * 200_000, phase="recipient", host=OWN)

    assert found.id == "550-relay-denied"
    assert process_time() - begun < 0.5


def test_a_preset_adds_its_hints_to_a_refused_login() -> None:
    """A refused login at SendGrid mentions the word apikey; one at a server without preset has no hints."""
    refused = explain_reply(535, "5.7.8", "Bad credentials", phase="auth", host="smtp.sendgrid.net", preset="sendgrid")

    assert any("apikey" in hint for hint in refused.hints)
    assert explain_reply(535, "5.7.8", "Bad credentials", phase="auth", host=OWN).hints == ()


def test_a_success_has_no_hints() -> None:
    """Nothing is said about passwords where the login succeeded."""
    assert explain_reply(235, "2.7.0", "ok", phase="auth", host=GMAIL, preset="gmail").hints == ()


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_rows_are_well_formed(row: dict[str, object]) -> None:
    """Every row has its words in lower case, known stages, a cause and, for a refusal, a remedy and a source."""
    words, codes, phases = row["words"], row["codes"], row["phases"]
    assert isinstance(words, list)
    assert isinstance(codes, list)
    assert isinstance(phases, list)

    assert words == [word.lower() for word in words]
    assert set(phases) <= set(STAGES)
    assert row["needs"] in {"text", "enhanced", "code"}
    assert row["needs"] != "text" or words
    assert row["evidence"] in {"read", "named"}
    assert str(row["cause"]).endswith(".")
    assert str(row["source"])
    assert max(codes) < 400 or str(row["remedy"]).endswith(".")


def test_rows_have_names_of_their_own() -> None:
    """No two rows share an id."""
    ids = [row["id"] for row in ROWS]

    assert sorted(set(ids)) == sorted(ids)
