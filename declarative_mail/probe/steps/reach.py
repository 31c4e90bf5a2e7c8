"""resolve and connect: where the server is, and which of its addresses answer."""

from __future__ import annotations

import ipaddress

from declarative_mail.probe.explain import OURS, of_symptom, symptom_of
from declarative_mail.probe.network import Endpoint, NetworkFault, Stream
from declarative_mail.probe.session import Session
from declarative_mail.probe.verdict import StageResult

# Large services have a dozen addresses and more; these many tell.
MAX_ADDRESSES = 16

# Once one address answers, the others are only looked at: mail does not wait for them.
_LOOK = 2.0


def resolve(session: Session) -> StageResult:
    """All addresses of the host; an address given as such needs no asking."""
    host, port = session.settings.host.strip("[]"), session.settings.port
    if not host:
        raise NetworkFault("name_not_found", "it is empty")
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        session.endpoints = session.network.resolve(host, port, until=session.until("resolve"))
    else:
        session.endpoints = (Endpoint(host, port),)
        return StageResult("resolve", "pass", "literal", details={"addresses": [host]})
    addresses = [one.host for one in session.endpoints]
    return StageResult("resolve", "pass", "ok", details={"addresses": addresses})


def connect(session: Session) -> StageResult:
    """Try every address in order; the conversation is with the first that answers, each has its own verdict."""
    until = session.until("connect")
    seen: list[dict[str, object]] = []
    faults: list[NetworkFault] = []
    endpoints = session.endpoints[:MAX_ADDRESSES]
    for number, endpoint in enumerate(endpoints):
        begun = session.network.now()
        share = (until - begun) / (len(endpoints) - number)
        answer = _open(session, endpoint, seconds=min(share, _LOOK) if session.endpoint else share)
        code = symptom_of("connect", answer) if isinstance(answer, NetworkFault) else "ok"
        verdict = "pass" if code == "ok" else "fail"
        ms = _milliseconds(session.network.now() - begun)
        seen.append({"address": str(endpoint), "verdict": verdict, "code": code, "ms": ms})
        if isinstance(answer, NetworkFault):
            faults.append(answer)
        elif session.endpoint is None:
            session.begin(answer, endpoint)
        else:
            answer.close()
    return _judged(session, seen, faults)


def _open(session: Session, endpoint: Endpoint, *, seconds: float) -> Stream | NetworkFault:
    try:
        return session.network.open(endpoint, until=session.network.now() + seconds)
    except NetworkFault as fault:
        return fault


def _judged(session: Session, seen: list[dict[str, object]], faults: list[NetworkFault]) -> StageResult:
    details = {"addresses": seen}
    # No route says something of this machine (no IPv6 here, say), so any other fault tells more.
    telling = [one for one in faults if one.symptom != "unreachable"]
    if session.endpoint is None:
        fault = (telling or faults)[0]
        symptom = symptom_of("connect", fault)
        each = ", ".join(f"{one['address']}: {one['code']}" for one in seen)
        literal = len(seen) == 1 and session.endpoints[0].host == session.settings.host.strip("[]")
        return of_symptom("connect", symptom, session.settings, detail="" if literal else each, details=details)
    if not telling:
        return StageResult("connect", "pass", "ok", details=details)
    dead = ", ".join(f"{one['address']}: {one['code']}" for one in seen if one["code"] not in {"ok", "unreachable"})
    cause, remedy = OURS["some_addresses_failed"]
    return StageResult("connect", "warn", "some_addresses_failed", None, f"{cause} ({dead})", remedy, details=details)


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
