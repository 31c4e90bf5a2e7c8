"""One body while it is decoded: what has been found out so far, and how a fault becomes a diagnostic with a span."""

from __future__ import annotations

from msgspec import Struct, field

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Code, Diagnostic, Label, Span
from declarative_mail.language.evaluated import EvaluatedBody
from declarative_mail.language.types import DYNAMIC
from declarative_mail.language.values import Unknown
from declarative_mail.resources.leaves import Path
from declarative_mail.resources.places import place_of

FAULTY = Unknown(DYNAMIC)
"""Stands where a value was refused, so that no rule complains of it again."""


class Draft(Struct, eq=False):
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
        where: Path | Span,
        detail: str,
        *,
        help: str | None = None,  # noqa: A002 - named as in Diagnostic
        related: tuple[tuple[Path, str], ...] = (),
        blank: Span | None = None,
    ) -> Unknown:
        """Note a fault; gives what stands in the value's place.

        Args:
            code: the kind of fault.
            where: the path of the value at fault, or a span.
            detail: what, why, and how to mend it.
            help: a suggestion that stands apart.
            related: further places by their paths, and what is to be said of each.
            blank: an expression that must not be shown as far as it is written out.
        """
        places = tuple(Label(place_of(self.body, other), text) for other, text in related)
        place = where if isinstance(where, Span) else place_of(self.body, where)
        hidden = blank is not None and holds_literal(blank.text)
        if blank is not None and hidden and blank != place:
            places += (Label(blank, secret=True),)
        label = Label(place, secret=hidden and blank == place)
        self.diagnostics.append(Diagnostic(code, detail, label, places, self.address, help))
        self.unknown = self.unknown or code.severity == "error"
        return FAULTY

    def warn_of_secret(self, code: Code, span: Span, detail: str) -> None:
        """Note something about the value of a secret that refuses nothing."""
        label = Label(span, secret=holds_literal(span.text))
        self.diagnostics.append(Diagnostic(code, detail, label, address=self.address))


def is_literal(expression: str) -> bool:
    """Whether an expression begins as a string, a heredoc or a number does."""
    return expression.lstrip()[:1] in tuple('"<-0123456789')


def holds_literal(expression: str) -> bool:
    """Whether a part of an expression may be a string or a number that is written out."""
    return any(char in expression for char in '"<0123456789')
