"""Objects that are made anew get another id: what comes of it belongs into the same plan.

::

    changes ──▶ replaced, or gone and created again? ──▶ their id is known only after apply ──▶ what refers to it
       ▲                                                                                             │
       └───────────────────────── compared again, until no further object is made anew ◀─────────────┘
"""

from __future__ import annotations

from collections.abc import Mapping

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, has_errors
from declarative_mail.operations.evaluate import Evaluated
from declarative_mail.operations.remotes import Remotes
from declarative_mail.operations.wanted import describe_wanted
from declarative_mail.planning.build import Options, Sources, build_changes
from declarative_mail.planning.change import Action, Change, Wanted
from declarative_mail.records import replace
from declarative_mail.state.fingerprint import Fingerprinter


def build_settled_changes(
    sources: Sources, chosen: Options, evaluated: Evaluated, remotes: Remotes, fingerprints: Fingerprinter
) -> tuple[Mapping[Address, Wanted], tuple[Change, ...], list[Diagnostic]]:
    """The changes of a plan, and what is wanted once it is known which objects are made anew.

    Args:
        sources: what the plan is made from.
        chosen: how it is made.
        evaluated: the configuration, which is evaluated again as far as it depends on such objects.
        remotes: all of them.
        fingerprints: of secrets.
    """
    host = evaluated.host
    while True:
        changes, faults = build_changes(sources, chosen)
        renewed = {change.address for change in changes if _is_made_anew(change)} - host.renewed
        if not renewed:
            return sources.wanted, changes, faults
        host.renewed |= renewed
        again, found = evaluated.learning.spread(renewed)
        if has_errors(found):
            return sources.wanted, changes, [*faults, *found]
        wanted = {one: describe_wanted(evaluated, one, remotes, fingerprints) for one in again}
        sources = replace(sources, wanted={**sources.wanted, **wanted})


def _is_made_anew(change: Change) -> bool:
    return change.action is Action.REPLACE or (change.action is Action.CREATE and change.record is not None)
