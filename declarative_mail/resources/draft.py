"""One body while it is decoded: what has been found out so far, and how a fault becomes a diagnostic with a span."""

from __future__ import annotations

from dataclasses import dataclass, field

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Code, Diagnostic, Label, Span
from declarative_mail.language.evaluated import EvaluatedBody
from declarative_mail.language.types import DYNAMIC
from declarative_mail.language.values import Unknown
from declarative_mail.resources.leaves import Path
from declarative_mail.resources.places import place_of

FAULTY = Unknown(DYNAMIC)
"""Stands where a value was refused, so that no rule complains of it again."""


@dataclass(slots=True, eq=False)
class Draft:
    """What is known while one instance is decoded.

    Args:
        references: every resource that it refers to, in the order of the source.
        sensitive: the paths of all secrets.
        unknown: some value of it is known only after apply, or faulty.
    """

    address: Address
    body: EvaluatedBody
    diagnostics: list[Diagnostic] = field(default_factory=list)
    references: dict[Address, None] = field(default_factory=dict)
    sensitive: list[Path] = field(default_factory=list)
    unknown: bool = False

    def report(
        self,
        code: Code,
        path: Path,
        detail: str,
        *,
        help: str | None = None,  # noqa: A002 - named as in Diagnostic
        span: Span | None = None,
        related: tuple[tuple[Path, str], ...] = (),
    ) -> Unknown:
        """Note a fault at the value of a path, or at a span; gives what stands in the value's place."""
        places = tuple(Label(place_of(self.body, other), text) for other, text in related)
        label = Label(span or place_of(self.body, path))
        self.diagnostics.append(Diagnostic(code, detail, label, places, self.address, help))
        self.unknown = self.unknown or code.severity == "error"
        return FAULTY

    def warn(self, code: Code, span: Span, detail: str, *, secret: bool) -> None:
        """Note something that refuses nothing; with `secret` the span is blanked wherever it is shown."""
        self.diagnostics.append(Diagnostic(code, detail, Label(span, secret=secret), address=self.address))
