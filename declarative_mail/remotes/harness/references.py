"""What objects on Harness may refer to: their own level and those above it, and the one server there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.remotes.base import Declared, Objection
from declarative_mail.remotes.harness.scope import Scope
from declarative_mail.resources.leaves import Path
from declarative_mail.resources.stored import references_in


def examine_references(objects: Sequence[Declared], remote: str) -> Iterator[Objection]:
    """Every reference that Harness cannot follow."""
    known = {str(one.address): one for one in objects}
    for one in objects:
        for path, address in references_in(one.attributes):
            if path == ("smtp_server",):
                yield from _examine_server(one, path, address, known, remote=remote)
            elif address in known:
                yield from _examine_scope(one, path, known[address])


def _examine_scope(one: Declared, path: Path, other: Declared) -> Iterator[Objection]:
    mine, theirs = Scope.of(one.attributes), Scope.of(other.attributes)
    if theirs.holds(mine) or one.address.type == "smtp_server":
        return
    detail = (
        f"{one.address} belongs to the {mine.words}, and {other.address} to the {theirs.words}. On Harness an object "
        f"may refer to its own level and those above it. Move {other.address} to one of these, or declare another "
        "there."
    )
    yield Objection(one.address, codes.REMOTE_RULE, detail, path, related=((other.address, (), "declared here"),))


def _examine_server(
    one: Declared, path: Path, address: str, known: Mapping[str, Declared], *, remote: str
) -> Iterator[Objection]:
    """Harness sends all mail of an account through its one server."""
    if address not in known and not address.startswith("data."):
        detail = (
            f"{address} is not on remote.{remote}. Harness sends all mail of an account through its one SMTP "
            "configuration: leave out smtp_server, or name the one that is declared for this remote."
        )
        yield Objection(one.address, codes.REMOTE_RULE, detail, path)
