"""Every verdict has words."""

from __future__ import annotations

import pytest

from declarative_mail.probe.explain import OURS, of_fault, of_reply, of_symptom, symptom_of
from declarative_mail.probe.knowledge.symptoms import symptom_names
from declarative_mail.probe.network import NetworkFault, TimedOut
from declarative_mail.probe.reply import Reply
from declarative_mail.probe.verdict import STAGES, Stage
from tests.probe.conversations import settings


@pytest.mark.parametrize("symptom", [*symptom_names(), *OURS, "tls_alert_unknown_ca", "tls_alert_254"])
def test_symptom_has_cause_and_remedy(symptom: str) -> None:
    """Whole sentences, with what was seen in brackets."""
    result = of_symptom("tls", symptom, settings(), detail="as seen")

    assert "(as seen)" in str(result.cause)
    assert result.remedy
    assert result.code == symptom


@pytest.mark.parametrize("stage", STAGES)
def test_silence_means_something_at_every_stage(stage: Stage) -> None:
    """The stage says what it means that nothing came in time."""
    assert symptom_of(stage, TimedOut()) in symptom_names()
    assert of_fault(stage, TimedOut(), settings()).cause


def test_unknown_symptom_is_a_defect() -> None:
    """A word that nobody can explain never reaches a user."""
    with pytest.raises(ValueError, match="no symptom is named"):
        of_fault("tls", NetworkFault("gremlins"), settings())


def test_refusal_is_explained_by_what_is_known_of_it() -> None:
    """Code and enhanced code, the words, cause, remedy, and whether it is temporary."""
    result = of_reply("auth", Reply(454, ("4.7.0 Temporary authentication failure",)), settings())

    assert (result.code, result.reply) == ("454 4.7.0", "454 4.7.0 Temporary authentication failure")
    assert result.cause
    assert result.temporary


def test_yes_where_a_no_makes_no_sense_is_a_fault_of_the_protocol() -> None:
    """354 in answer to MAIL."""
    result = of_reply("sender", Reply(354, ("go ahead",)), settings())

    assert (result.code, result.reply) == ("protocol", "354 go ahead")
    assert "354" in str(result.cause)


def test_presets_hints_are_in_the_remedy() -> None:
    """Who uses a preset is told what is particular to it."""
    reply = Reply(535, ("5.7.8 Username and Password not accepted",))
    plain = of_reply("auth", reply, settings(host="smtp.gmail.com"))
    with_preset = of_reply("auth", reply, settings(host="smtp.gmail.com", preset="gmail"))

    assert len(str(with_preset.remedy)) > len(str(plain.remedy))
