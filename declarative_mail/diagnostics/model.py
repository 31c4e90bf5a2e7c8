"""The record of one fault, and the exception that carries a collection of them to the edge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct, field

from declarative_mail.addresses import Address
from declarative_mail.diagnostics.spans import Span

Severity: TypeAlias = Literal["error", "warning"]


class Code(Struct, frozen=True):
    """A kind of fault: a stable identifier, its constant summary and severity.

    The summary never holds a name that a user chose, so that people learn it by sight and tools can group by it.
    """

    id: str
    summary: str
    severity: Severity = "error"


class Label(Struct, frozen=True):
    """A place and what is to be said of it. `secret` blanks the marked characters in every excerpt."""

    span: Span
    text: str = ""
    secret: bool = False


class Diagnostic(Struct, frozen=True):
    """One fault of a configuration, a plan, a remote or a test.

    Args:
        code: the kind of fault; gives the identifier, the summary and the severity.
        detail: whole sentences in the order: what is wrong with which thing; why, if not obvious; how to mend it.
            A line that begins with a space is never wrapped, so that commands can be copied.
        primary: the place at fault, where there is one.
        related: further places ("first declared here").
        address: the resource instance that it is about.
        help: a suggestion that stands apart, e.g. ``did you mean smtp_server.primary?``
        values: expressions in play and their values as text, sensitive ones already hidden.
        cause: somebody else's words: a server's reply, an exception's text.
    """

    code: Code
    detail: str
    primary: Label | None = None
    related: tuple[Label, ...] = ()
    address: Address | None = None
    help: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    cause: str | None = None

    @property
    def severity(self) -> Severity:
        """That of its code."""
        return self.code.severity

    @property
    def is_error(self) -> bool:
        """Whether it keeps the command from succeeding."""
        return self.code.severity == "error"

    @property
    def data(self) -> dict[str, object]:
        """The JSON form, a published contract: see ``docs/json.md``."""
        return {
            "type": "diagnostic",
            "severity": self.severity,
            "code": self.code.id,
            "summary": self.code.summary,
            "detail": self.detail,
            "address": str(self.address) if self.address else None,
            "range": self.primary.span.data if self.primary else None,
            "help": self.help,
            "related": [{"range": label.span.data, "text": label.text} for label in self.related],
            "values": dict(self.values),
            "cause": self.cause,
        }


class DiagnosticError(Exception):
    """The work cannot go on: one or more faults, to be shown to the user.

    Raised where no useful result can be returned beside the faults; layers that can go on collect into a list instead.
    """

    def __init__(self, diagnostics: Diagnostic | Iterable[Diagnostic]) -> None:
        found = (diagnostics,) if isinstance(diagnostics, Diagnostic) else tuple(diagnostics)
        super().__init__("; ".join(f"{one.code.id}: {one.detail}" for one in found))
        self.diagnostics = found


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them is an error."""
    return any(one.is_error for one in diagnostics)
