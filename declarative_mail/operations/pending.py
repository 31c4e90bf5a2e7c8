"""What a plan compares with, and whether an object still has to be written: a data source that depends on it waits."""

from __future__ import annotations

from collections.abc import Mapping

from declarative_mail.addresses import Address
from declarative_mail.operations.evaluate import Evaluated
from declarative_mail.operations.refreshing import refresh
from declarative_mail.operations.remotes import introduce
from declarative_mail.operations.wanted import describe_wanted, same_secret
from declarative_mail.planning.build import Options, Sources, build_changes
from declarative_mail.planning.change import Stored
from declarative_mail.state.fingerprint import Fingerprinter


class Comparison:
    """See `declarative_mail.operations.evaluate.Compared`."""

    def __init__(self, fingerprints: Fingerprinter, *, refresh: bool) -> None:
        """Nothing is asked yet.

        Args:
            fingerprints: of secrets.
            refresh: whether remotes are asked what exists; otherwise the state is believed.
        """
        self.fingerprints = fingerprints
        self._refresh = refresh
        self._live: Mapping[Address, Stored | None] = {}
        self._answers: dict[Address, bool] = {}
        self._known: tuple[int, int] | None = None

    def is_pending(self, evaluated: Evaluated, address: Address) -> bool:
        """Whether a plan would change the object; what this run wrote is done.

        Raises:
            DiagnosticError: a remote cannot be asked what exists.
        """
        host = evaluated.host
        if address in host.written or address not in host.records:
            return address not in host.written
        self._bring_up_to_date(evaluated)
        if address not in self._answers:
            self._answers[address] = address in host.renewed or self._differs(evaluated, address)
        return self._answers[address]

    def _differs(self, evaluated: Evaluated, address: Address) -> bool:
        remotes, _ = evaluated.remotes
        sources = Sources(
            wanted={address: describe_wanted(evaluated, address, remotes, self.fingerprints)},
            records={address: evaluated.host.records[address]},
            live={address: self._live[address]} if address in self._live else {},
            same_secret=same_secret(evaluated, self.fingerprints),
        )
        changes, _ = build_changes(sources, Options())
        return any(change.is_effective for change in changes)

    def _bring_up_to_date(self, evaluated: Evaluated) -> None:
        """Ask what exists: once, and again while a plan gives more objects a name, by which references are read."""
        host, named = evaluated.host, evaluated.data_ids
        known = len(named), len(host.renewed)
        if host.written or known == self._known:
            return
        self._answers.clear()
        if self._refresh and (self._known is None or self._known[0] != known[0]):
            remotes, _ = evaluated.remotes
            introduce(remotes, (), {}, data=named, records=host.records.values())
            self._live = refresh(remotes.by_name, host.records.values())
        self._known = known
