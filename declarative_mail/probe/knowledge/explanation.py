"""The record that an answer or a symptom is explained with."""

from __future__ import annotations

from msgspec import Struct


class Explanation(Struct, frozen=True):
    """What probably lies behind a failure and what helps.

    Args:
        id: the row of the table that it comes from, stable enough for tests and documentation.
        cause: what probably happened, in whole sentences.
        remedy: what to do about it; empty where nothing is amiss.
        category: ``server``, ``protocol``, ``tls``, ``auth``, ``sender``, ``recipient``, ``relay``, ``policy``,
            ``rate``, ``quota``, ``greylist``, ``limit``, ``size``, ``content``, ``domain-auth``, ``network``, ``dns``
            or ``certificate``.
        temporary: whether the same attempt may succeed later with nothing changed.
        vendor: whose peculiarity it is, e.g. ``microsoft``.
        source: where the fact is from.
        hints: what is particular to the preset in use, see `hints_for`.
    """

    id: str
    cause: str
    remedy: str
    category: str
    temporary: bool
    vendor: str | None = None
    source: str = ""
    hints: tuple[str, ...] = ()
