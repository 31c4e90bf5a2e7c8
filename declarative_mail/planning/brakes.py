"""Brakes: changes that are more often a mistake than an intention.

Plan shows them, apply wants to be told by a flag.
"""

from __future__ import annotations

from collections.abc import Sequence

from declarative_mail.planning.change import Action, Brake, Change

MASS_SHARE = 0.3
"""octoDNS's threshold: more than this share of updates or deletes …"""
MASS_LEAST = 10
"""… of at least this many objects."""


def find_brakes(
    changes: Sequence[Change], *, declared: int, lost_audience: Sequence[str] = (), destroy: bool = False
) -> tuple[Brake, ...]:
    """What holds the plan back; nothing where destroying was asked for.

    Args:
        changes: of the plan.
        declared: how many instances the configuration declares.
        lost_audience: the events that lose their last recipient, in words.
        destroy: the plan was made by ``destroy``.
    """
    if destroy:
        return ()
    existing = [change for change in changes if change.record is not None]
    brakes = []
    if declared == 0 and any(change.action is Action.DELETE for change in existing):
        message = (
            f"The configuration declares nothing, but the state has {len(existing)} object(s): all would be deleted."
        )
        brakes.append(Brake("empty", "--allow-empty", message))
    else:
        brakes.extend(_mass(existing))
    if lost_audience:
        shown = "; ".join(lost_audience[:5]) + (
            f"; and {len(lost_audience) - 5} more" if len(lost_audience) > 5 else ""
        )
        brakes.append(Brake("lost-audience", "--allow-lost-audience", f"Nobody would be told any more of: {shown}."))
    return tuple(brakes)


def _mass(existing: Sequence[Change]) -> list[Brake]:
    total = len(existing)
    if total < MASS_LEAST:
        return []
    brakes = []
    for word, actions in (("update", (Action.UPDATE, Action.REPLACE)), ("delete", (Action.DELETE, Action.REPLACE))):
        count = sum(change.action in actions for change in existing)
        if count > MASS_SHARE * total:
            share = round(100 * count / total)
            message = (
                f"{count} of {total} objects ({share} %) would be {word}d; more than {MASS_SHARE:.0%} needs a word."
            )
            brakes.append(Brake("mass-change", "--allow-mass-change", message))
            break
    return brakes
