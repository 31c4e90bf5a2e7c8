"""DKIM: is the public key of a selector there, and is it fit for use? (RFC 6376, RFC 8301, RFC 8463)

A key in DNS only means that signatures could be verified; whether the service signs is seen in a delivered message.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from typing import TypeAlias

from declarative_mail.probe.alignment.dns import DnsUnavailable, Resolver
from declarative_mail.probe.alignment.result import AlignmentResult, unanswered
from declarative_mail.probe.alignment.tags import parse_tags
from declarative_mail.probe.verdict import Verdict

LEAST_BITS = 1024
"""Verifiers must not accept shorter RSA keys (RFC 8301, section 3.2)."""

GOOD_BITS = 2048
"""Signers should use RSA keys of at least this length (RFC 8301, section 3.2)."""

_PUBLISH = "Publish the TXT record (or CNAME) that the sending service shows for this selector and domain."


def check_dkim(selector: str, domain: str, *, resolver: Resolver, parent: str | None = None) -> AlignmentResult:
    """The verdict on the key of one selector.

    Args:
        selector: its name, without ``_domainkey``.
        domain: of the From address.
        resolver: answers questions about DNS.
        parent: another domain to look under where `domain` has no such key: the organisational domain, if signatures
            in its name are aligned, too.
    """
    for owner in dict.fromkeys([domain, parent or domain]):
        name = f"{selector}._domainkey.{owner}"
        try:
            records = resolver.lookup(name, "TXT").records
        except DnsUnavailable as fault:
            return unanswered("dkim", name, str(fault))
        if records:
            return _key_verdict(name, owner, records)
    name = f"{selector}._domainkey.{domain}"
    cause = f'There is no key for the selector "{selector}", so no signature that names it can be verified.'
    expected = f'{name} TXT "v=DKIM1; k=rsa; p=<public key>"'
    return AlignmentResult("dkim", name, "fail", "dkim_none", cause, _PUBLISH, expected=expected)


def _key_verdict(name: str, owner: str, records: tuple[str, ...]) -> AlignmentResult:
    if len(records) > 1:
        cause = f"{name} has {len(records)} TXT records; which of them a verifier takes is left to chance."
        remedy = "Leave the one that the sending service shows."
        return AlignmentResult("dkim", name, "fail", "dkim_several", cause, remedy, record=" | ".join(records))
    tags, faults = parse_tags(records[0])
    facts: dict[str, object] = {"domain": owner, "key": tags.get("k", "rsa")}
    verdict, code, cause, remedy = _judge(tags, faults, facts)
    return AlignmentResult("dkim", name, verdict, code, cause, remedy, record=records[0], details=facts)


_Judgement: TypeAlias = tuple[Verdict, str, str, str]


def _judge(tags: Mapping[str, str], faults: tuple[str, ...], facts: dict[str, object]) -> _Judgement:
    if faults or "p" not in tags or not _version_is_right(tags):
        detail = "; ".join(faults) or ("it has no p= tag" if "p" not in tags else "v= must come first and be DKIM1")
        return "fail", "dkim_malformed", f"The record is no DKIM key: {detail}.", _PUBLISH
    if not "".join(tags["p"].split()):
        cause = "The key was revoked: its p= is empty, so every signature that names it fails."
        return "fail", "dkim_revoked", cause, "Use the selector of a key that is in use, or publish this one again."
    if "email" not in (services := _listed(tags.get("s", "*"))) and "*" not in services:
        cause = f"The key is not for mail: its s= allows {tags['s']} only."
        return "fail", "dkim_not_for_mail", cause, "Remove the s= tag."
    if "h" in tags and "sha256" not in _listed(tags["h"]):
        cause = f"The key allows only {tags['h']}, which verifiers no longer accept (RFC 8301)."
        return "fail", "dkim_weak_hash", cause, "Remove the h= tag."
    return _judge_key(tags, facts)


def _judge_key(tags: Mapping[str, str], facts: dict[str, object]) -> _Judgement:
    try:
        bits = _bits(str(facts["key"]), tags["p"])
    except ValueError as error:
        return "fail", "dkim_malformed", f"The public key cannot be read: {error}.", _PUBLISH
    facts["bits"] = bits
    if facts["key"] == "rsa" and bits < LEAST_BITS:
        cause = f"The RSA key has {bits} bits; verifiers must not accept less than {LEAST_BITS}."
        return "fail", "dkim_weak_key", cause, f"Have the service make a key of {GOOD_BITS} bits."
    if "y" in _listed(tags.get("t", "")):
        cause = "The key is marked as a test (t=y), so receivers may ignore that a signature verifies."
        return "warn", "dkim_testing", cause, "Remove y from the t= tag once signing works."
    if facts["key"] == "rsa" and bits < GOOD_BITS:
        cause = f"The RSA key has {bits} bits; {GOOD_BITS} are recommended."
        return "warn", "dkim_short_key", cause, f"Have the service make a key of {GOOD_BITS} bits under a new selector."
    return (
        "pass",
        "dkim_key",
        "The key is there and fit for use; that mail is signed with it shows in a delivered message.",
        "",
    )


def _version_is_right(tags: Mapping[str, str]) -> bool:
    return "v" not in tags or (next(iter(tags)) == "v" and tags["v"] == "DKIM1")


def _listed(value: str) -> set[str]:
    return {part.strip().lower() for part in value.split(":")}


def _bits(kind: str, encoded: str) -> int:
    try:
        key = b64decode("".join(encoded.split()), validate=True)
    except binascii.Error as error:
        raise ValueError("p= is not base64") from error
    if kind == "ed25519":
        if len(key) != 32:
            raise ValueError(f"an Ed25519 key has 32 octets, this one {len(key)}")
        return 256
    if kind != "rsa":
        raise ValueError(f'no verifier knows the key type "{kind}"')
    return _rsa_bits(key)


def _rsa_bits(key: bytes) -> int:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    loaded = load_der_public_key(key)
    if not isinstance(loaded, RSAPublicKey):
        raise ValueError("k= says rsa and p= holds another kind of key")  # noqa: TRY004 - a fault of the record, not of a caller
    return loaded.key_size
