"""Brings the wanted attributes of an object next to what exists, so that plain equality says whether it changes."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeAlias

from msgspec import Struct

from declarative_mail.planning.change import Reason, Stored, Wanted
from declarative_mail.planning.diff import at_path
from declarative_mail.resources.stored import SECRET, leaf_content

SameSecret: TypeAlias = Callable[[str, str], bool]


class Writing(Struct, frozen=True):
    """Which secrets count as changed although nothing tells that they differ.

    Args:
        all: every one of them.
        unread: those of which no fingerprint is known, since they were imported.
    """

    all: bool = False
    unread: bool = False


AS_COMPARED = Writing()


def align_secrets(before: Any, after: Any, *, writing: Writing = AS_COMPARED, same: SameSecret = operator.eq) -> Any:
    """The wanted value with its secrets numbered after those that exist.

    A secret whose fingerprint is known and equal keeps its version; one that was imported has no fingerprint and is
    assumed equal, since it cannot be read (semantics 34), unless writing it was asked for, and so is one that is not
    available in this run (semantics 11); any other gets the next version.

    Args:
        before: the value that exists, in stored form.
        after: the wanted one.
        writing: which secrets count as changed whatever they are.
        same: whether a new and an old fingerprint stand for the same secret; they may have been made with different
            keys.
    """
    if isinstance(after, dict):
        new = after.get(SECRET)
        if new is not None and len(after) == 1:
            return {SECRET: _align(leaf_content(before, SECRET), new, writing, same)}
        old = before if isinstance(before, Mapping) else {}
        return {name: align_secrets(old.get(name), item, writing=writing, same=same) for name, item in after.items()}
    if isinstance(after, list | tuple):
        olds = list(before) if isinstance(before, list | tuple) else []
        olds += [None] * (len(after) - len(olds))
        return [align_secrets(old, item, writing=writing, same=same) for old, item in zip(olds, after, strict=False)]
    return after


def _align(old: Mapping[str, Any] | None, new: Mapping[str, Any], writing: Writing, same: SameSecret) -> dict[str, Any]:
    if old is None:
        return {**new, "version": 1}
    if writing.all or (writing.unread and old["fingerprint"] is None):
        return {**new, "version": old["version"] + 1}
    if old["fingerprint"] is None:
        # Imported, from a source that somebody else named: it stays as it is until it is written.
        return dict(old)
    if new["fingerprint"] is None or same(new["fingerprint"], old["fingerprint"]):
        return {**new, "version": old["version"], "fingerprint": old["fingerprint"]}
    return {**new, "version": old["version"] + 1}


def with_sources(before: Any, after: Any) -> Any:
    """What is taken over, with each secret that is the wanted one coming from where that comes from."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        old, new = leaf_content(before, SECRET), leaf_content(after, SECRET)
        if old is not None and new is not None:
            same = old["fingerprint"] == new["fingerprint"] and old["version"] == new["version"]
            return after if same else before
        return {name: with_sources(item, after.get(name)) for name, item in before.items()}
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [with_sources(old, new) for old, new in zip(before, after, strict=True)]
    return before


def respelled(before: Any, after: Any, paths: Iterable[str]) -> Any:
    """The wanted value in which the elements of some sets are spelled as they exist: their case does not count.

    Args:
        before: what exists.
        after: the wanted value.
        paths: of the sets, dotted, without indexes.
    """
    for path in paths:
        after = _respell(before, after, path.split("."))
    return after


def _respell(before: Any, after: Any, steps: list[str]) -> Any:
    if not steps:
        if not isinstance(before, list) or not isinstance(after, list):
            return after
        known = {one.casefold(): one for one in before if isinstance(one, str)}
        return sorted((known.get(one.casefold(), one) if isinstance(one, str) else one for one in after), key=str)
    if not isinstance(before, Mapping) or not isinstance(after, Mapping) or before.get(steps[0]) == after.get(steps[0]):
        return after
    return {**after, steps[0]: _respell(before.get(steps[0]), after.get(steps[0]), steps[1:])}


def as_planned(planned: Any, after: Any) -> Any:
    """A value that was computed again during apply, each of its secrets numbered as the plan numbered it.

    Args:
        planned: the value of the plan. What was unknown then has no number in it.
        after: the same value now, numbered after what exists.
    """
    if isinstance(after, dict):
        known = planned if isinstance(planned, Mapping) else {}
        if leaf_content(after, SECRET) is not None:
            return dict(known) if SECRET in known else after
        return {name: as_planned(known.get(name), item) for name, item in after.items()}
    if isinstance(after, list):
        olds = list(planned) if isinstance(planned, list | tuple) else []
        olds += [None] * (len(after) - len(olds))
        return [as_planned(old, item) for old, item in zip(olds, after, strict=False)]
    return after


def secrets_told_to_write(before: Stored, after: Stored) -> frozenset[str]:
    """The attributes that another number in their ``…_version`` writes again: ``password``, ``value``."""
    return frozenset(
        name
        for name in after
        if f"{name}_version" in after and before.get(f"{name}_version") != after[f"{name}_version"]
    )


def why_written(before: Stored, after: Stored, changed: Collection[str]) -> Reason | None:
    """Why a secret changes of which nothing tells that it does; None where none does.

    Args:
        before: what exists.
        after: what shall be.
        changed: the paths that differ.
    """
    if not changed:
        return None
    sides = {path: tuple(leaf_content(at_path(side, path), SECRET) for side in (before, after)) for path in changed}
    known = {path: old for path, (old, new) in sides.items() if old is not None and new is not None}
    if known.keys() & secrets_told_to_write(before, after):
        return Reason.SECRET_VERSION
    return Reason.SECRET_FORCED if any(old["fingerprint"] is None for old in known.values()) else None


def without_left_alone(before: Stored, wanted: Wanted) -> Stored:
    """What exists, without what others rule: attributes that are not set and stay as they are on the remote."""
    names = [name for name in wanted.left_alone if wanted.attributes.get(name) is None and name in before]
    return {**before, **dict.fromkeys(names)} if names else before


def keep_ignored(before: Stored, after: Stored, ignored: Iterable[str] | None) -> Stored:
    """The wanted attributes with those of ``ignore_changes`` as they are now; None ignores all."""
    if ignored is None:
        return dict(before)
    result = after
    for path in ignored:
        result = _keep(before, result, path.replace("[", ".").replace("]", "").split("."))
    return result


def _keep(before: Any, after: Any, steps: list[str]) -> Any:
    head, rest = steps[0], steps[1:]
    if isinstance(after, dict) or (after is None and isinstance(before, dict)):
        old = before.get(head) if isinstance(before, Mapping) else None
        present = isinstance(before, Mapping) and head in before
        base = dict(after or {})
        if rest:
            base[head] = _keep(old, base.get(head), rest)
        elif present:
            base[head] = old
        return base
    if isinstance(after, list) and head.isdigit() and int(head) < len(after):
        index = int(head)
        old = before[index] if isinstance(before, list) and index < len(before) else None
        return [*after[:index], _keep(old, after[index], rest) if rest else old, *after[index + 1 :]]
    return after


def has_unknown(value: Any) -> bool:
    """Whether some leaf is known only after apply."""
    if isinstance(value, Mapping):
        return "$unknown" in value or any(has_unknown(item) for item in value.values())
    return isinstance(value, list | tuple) and any(has_unknown(item) for item in value)
