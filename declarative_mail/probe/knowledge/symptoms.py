"""Symptoms: failures that the client sees for itself, where the server says nothing that could be quoted."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from declarative_mail.diagnostics.suggest import suggestion
from declarative_mail.probe.knowledge.explanation import Explanation
from declarative_mail.probe.knowledge.words import phrase

_TABLE = Path(__file__).parent / "data" / "symptoms.json"


def symptom_names() -> tuple[str, ...]:
    """The names that `explain_symptom` knows."""
    return tuple(_table())


def explain_symptom(name: str, *, host: str, port: int, detail: str = "") -> Explanation:
    """Explain a failure that is not a reply.

    Args:
        name: one of `symptom_names`.
        host: the name or address that was meant.
        port: the port that was meant; some symptoms mean something else on 25 or 465.
        detail: what was seen, in few words (an exception's text, the names in a certificate); quoted in the cause.

    Raises:
        ValueError: there is no symptom of that name.
    """
    row = _table().get(name)
    if row is None:
        raise ValueError(f"no symptom is named {name!r}; {suggestion(name, _table()) or 'see symptom_names()'}")
    words = row | row.get("on_port", {}).get(str(port), {})
    cause = words["cause"].format(host=host, port=port)
    return Explanation(
        id=name,
        cause=f"{cause} ({detail})" if detail else cause,
        remedy=words["remedy"].format(host=host, port=port),
        category=row["category"],
        temporary=row["temporary"],
        source=row["source"],
    )


def symptom_in(text: str) -> str | None:
    """The symptom that an error text of some other program speaks of, or None.

    For the words that reach us second-hand: a remote that tested the connection itself quotes the error of its own
    runtime (Java, Go, Node, Python). Longer marks are looked for first and weak ones last, so that a certificate's
    fault is not taken for a mere failed handshake.
    """
    folded = text.casefold()
    return next((name for mark, name in _marks() if phrase(mark).search(folded)), None)


@cache
def _marks() -> tuple[tuple[str, str], ...]:
    found = [
        (kind == "weak_marks", -len(mark), mark.casefold(), name)
        for name, row in _table().items()
        for kind in ("marks", "weak_marks")
        for mark in row[kind]
    ]
    return tuple((mark, name) for *_, mark, name in sorted(found))


@cache
def _table() -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = json.loads(_TABLE.read_text("utf-8"))["symptoms"]
    return table
