"""The data sources of a configuration that cannot be read before apply, as a plan shows them."""

from __future__ import annotations

from declarative_mail.operations.evaluate import Evaluated
from declarative_mail.operations.remotes import Remotes
from declarative_mail.operations.wanted import stored_form
from declarative_mail.planning.change import Action, Change, Reason
from declarative_mail.resources.desired import unknown_paths
from declarative_mail.state.fingerprint import Fingerprinter


def deferred_reads(evaluated: Evaluated, remotes: Remotes, fingerprints: Fingerprinter) -> tuple[Change, ...]:
    """A read for each of them, with the arguments that were written, in the order of the addresses."""
    changes = []
    for address, desired in sorted(evaluated.host.deferred.items()):
        stored = stored_form(desired, fingerprints)
        asked = {name: value for name, value in stored.items() if name in desired.body.attributes}
        is_unknown = next(unknown_paths(desired.attributes), None) is not None
        changes.append(
            Change(
                address,
                Action.READ,
                evaluated.program.data[address].remote or remotes.default,
                None,
                asked,
                reason=Reason.CONFIG_UNKNOWN if is_unknown else Reason.DEPENDENCY_PENDING,
            )
        )
    return tuple(changes)
