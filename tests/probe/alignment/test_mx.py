from __future__ import annotations

import pytest

from declarative_mail.probe.alignment import DnsResolver
from declarative_mail.probe.alignment.mx import Role, check_mx

CASES = [
    ("example.test", "pass", "mx_found"),
    ("null-mx.test", "warn", "mx_null"),
    ("null-mixed.test", "warn", "mx_null_beside_others"),
    ("implicit.test", "warn", "mx_implicit"),
    ("implicit-six.test", "warn", "mx_implicit"),
    ("none.test", "warn", "mx_none"),
    ("half-mx.test", "warn", "mx_partly_dead"),
    ("dead-mx.test", "fail", "mx_dead"),
    ("nowhere.test", "fail", "mx_no_domain"),
    ("x.broken.test", "unknown", "mx_dns_unavailable"),
]


@pytest.mark.parametrize("role", ["from", "recipient"])
@pytest.mark.parametrize(("domain", "verdict", "code"), CASES)
def test_domains(domain: str, verdict: str, code: str, role: Role, resolver: DnsResolver) -> None:
    """Each way of taking mail, or not, has its verdict, for the From domain and for a recipient's alike."""
    found = check_mx(domain, role, resolver=resolver)

    assert (verdict, code, domain) == (found.verdict, found.code, found.subject)
    assert bool(found.remedy) == (verdict != "pass")


def test_a_sender_that_takes_no_mail_loses_bounces(resolver: DnsResolver) -> None:
    """For the From domain the consequence is told, for a recipient it is plain."""
    sender, recipient = (
        check_mx("null-mx.test", "from", resolver=resolver),
        check_mx("null-mx.test", "recipient", resolver=resolver),
    )

    assert "bounces" in sender.cause
    assert "bounces" not in recipient.cause
    assert recipient.remedy == "Remove the recipient."


def test_the_records_are_shown(resolver: DnsResolver) -> None:
    """What DNS has stands in the result, as does the role."""
    found = check_mx("half-mx.test", "from", resolver=resolver)

    assert found.record == "10 gone.half-mx.test | 20 mail.example.test"
    assert "gone.half-mx.test" in found.cause
    assert found.details == {"role": "from"}
