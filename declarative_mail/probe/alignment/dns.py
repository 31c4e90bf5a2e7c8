"""DNS as the alignment checks need it: one question at a time, a bounded time for all of them, nothing asked twice.

`Resolver` is the seam, `DnsResolver` the only user of dnspython in the package.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from dns.rdata import Rdata
    from dns.resolver import Resolver as Asker

RecordType: TypeAlias = Literal["A", "AAAA", "MX", "TXT", "PTR"]


class DnsUnavailable(Exception):  # noqa: N818 - it names the state: there is no answer, which is not "no such record"
    """DNS gave no answer: a time-out, SERVFAIL, no name server to ask. Its text says which, for people."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What DNS says of a name and type.

    Args:
        records: in an order of their own, so that nothing depends on that of the packet; addresses and names as text
            without the final dot; a TXT record with its strings joined, bytes beyond ASCII as surrogates; an MX record
            as ``preference host``, the root as ``.``.
        exists: False for NXDOMAIN; True with no records means that the name has others.
    """

    records: tuple[str, ...] = ()
    exists: bool = True

    @property
    def is_void(self) -> bool:
        """Whether it counts against SPF's limit of two (RFC 7208, section 4.6.4)."""
        return not self.records


class Resolver(Protocol):
    """Answers questions about names. Called from several threads at once."""

    def lookup(self, name: str, record_type: RecordType) -> Answer:
        """The records of a name; CNAMEs are followed.

        Args:
            name: without the final dot; one that DNS cannot carry (a label over 63 octets) does not exist.
            record_type: which records.

        Raises:
            DnsUnavailable: there is no answer.
        """


class DnsResolver:
    """Asks name servers through dnspython.

    Args:
        nameservers: addresses to ask instead of the system's resolvers.
        port: their port.
        query_seconds: how long one question may take, retries included.
        total_seconds: how long all questions to this object may take, from the first one on; afterwards each is
            unavailable at once. 20 seconds is what RFC 7208 section 4.6.4 grants an SPF evaluation.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        nameservers: Sequence[str] = (),
        *,
        port: int = 53,
        query_seconds: float = 5.0,
        total_seconds: float = 20.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._nameservers = tuple(nameservers)
        self._port = port
        self._query_seconds = query_seconds
        self._total_seconds = total_seconds
        self._clock = clock
        self._until: float | None = None
        self._asker: Asker | None = None
        self._known: dict[tuple[str, RecordType], Answer] = {}
        self._lock = Lock()

    def lookup(self, name: str, record_type: RecordType) -> Answer:
        """See `Resolver`."""
        question = (name.casefold().rstrip("."), record_type)
        known = self._known.get(question)
        if known is None:
            known = self._known[question] = self._ask(*question)
        return known

    def _ask(self, name: str, record_type: RecordType) -> Answer:
        from dns.exception import DNSException
        from dns.name import EmptyLabel, LabelTooLong, Name, NameTooLong
        from dns.resolver import NXDOMAIN

        asker = self._started()
        try:
            # Label by label, since dnspython takes a backslash in a text for an escape; SPF macros can bring one in.
            wire = Name([*(label.encode("utf-8", "surrogateescape") for label in name.split(".") if name), b""])
            found = asker.resolve(
                wire, record_type, lifetime=self._seconds_left(), search=False, raise_on_no_answer=False
            )
        except (NXDOMAIN, EmptyLabel, LabelTooLong, NameTooLong):
            return Answer(exists=False)
        except (DNSException, OSError) as error:
            raise DnsUnavailable(f"no answer for {name} {record_type}: {error}") from error
        return Answer(tuple(sorted((_text(record) for record in found.rrset or ()), key=_order)))

    def _started(self) -> Asker:
        from dns.exception import DNSException
        from dns.resolver import Resolver as Asker

        with self._lock:
            if self._asker is None:
                self._until = self._clock() + self._total_seconds
                try:
                    self._asker = Asker(configure=not self._nameservers)
                except (DNSException, OSError) as error:
                    raise DnsUnavailable(f"this machine has no DNS resolver set up: {error}") from error
                if self._nameservers:
                    self._asker.nameservers = list(self._nameservers)
                    self._asker.port = self._port
                self._asker.cache = None
            return self._asker

    def _seconds_left(self) -> float:
        left = (self._until or 0.0) - self._clock()
        if left <= 0:
            raise DnsUnavailable(f"DNS took longer than the {self._total_seconds:g} seconds that the checks may take")
        return min(self._query_seconds, left)


def _text(record: Rdata) -> str:
    from dns.rdtypes.ANY.MX import MX
    from dns.rdtypes.ANY.PTR import PTR
    from dns.rdtypes.ANY.TXT import TXT

    if isinstance(record, TXT):
        return b"".join(record.strings).decode("ascii", "surrogateescape")
    if isinstance(record, MX):
        return f"{record.preference} {_name(record.exchange.to_text())}"
    return _name(record.to_text()) if isinstance(record, PTR) else record.to_text()


def _order(record: str) -> tuple[int, str]:
    preference = record.partition(" ")[0]
    return (int(preference) if preference.isdigit() else 0, record)


def _name(text: str) -> str:
    return text.rstrip(".") or "."
