"""Where an object of Harness lives, and how it is referred to from elsewhere.

==========  ========================  ====================  ==================
level       query                     import id             reference below it
==========  ========================  ====================  ==================
account     neither                   ``id``                ``account.id``
org         ``orgIdentifier``         ``org/id``            ``org.id``
project     and ``projectIdentifier``  ``org/project/id``    ``id``
==========  ========================  ====================  ==================

An object may refer to its own level and those above it, never to one beside or below it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

_SECRET_EXPRESSION = re.compile(r"""<\+secrets\.get[vV]alue\(\s*(["'])([\w.$]+)\1\s*\)>""")


class Scope(Struct, frozen=True):
    """An account, an organisation or a project."""

    organization: str | None = None
    project: str | None = None

    @classmethod
    def of(cls, attributes: Mapping[str, Any]) -> Scope:
        """Where an object with these attributes lives."""
        return cls(attributes.get("organization"), attributes.get("project"))

    @classmethod
    def of_raw(cls, raw: Mapping[str, Any]) -> Scope:
        """Where an object that Harness answers with lives."""
        return cls(raw.get("orgIdentifier") or None, raw.get("projectIdentifier") or None)

    @property
    def query(self) -> dict[str, str | None]:
        """The parameters that name it, beside the account."""
        return {"orgIdentifier": self.organization, "projectIdentifier": self.project}

    @property
    def attributes(self) -> dict[str, str | None]:
        """As resources say it."""
        return {"organization": self.organization, "project": self.project}

    @property
    def level(self) -> str:
        """What kind of place it is."""
        return "project" if self.project else "organization" if self.organization else "account"

    @property
    def words(self) -> str:
        """For messages: ``project default/shop``."""
        return " ".join([self.level, "/".join(filter(None, (self.organization, self.project)))]).strip()

    def holds(self, other: Scope) -> bool:
        """Whether objects of `other` may refer to objects of this one."""
        return self in (other, Scope(other.organization), Scope())


class Place(Struct, frozen=True):
    """One object: its scope and identifier."""

    scope: Scope
    identifier: str

    @classmethod
    def parse(cls, id_: str) -> Place | None:
        """Read an import id; None where it is none."""
        parts = id_.split("/")
        if not 1 <= len(parts) <= 3 or not all(parts):
            return None
        *scope, identifier = parts
        return cls(Scope(*scope), identifier)

    @classmethod
    def of_raw(cls, raw: Mapping[str, Any]) -> Place:
        """An object that Harness answers with."""
        return cls(Scope.of_raw(raw), raw["identifier"])

    @property
    def id(self) -> str:
        """The import id."""
        return "/".join(filter(None, (self.scope.organization, self.scope.project, self.identifier)))

    @property
    def reference(self) -> str:
        """What an object that may see it calls it."""
        return {"account": "account.", "organization": "org.", "project": ""}[self.scope.level] + self.identifier

    @classmethod
    def referred_to(cls, reference: str, scope: Scope) -> Place:
        """What a reference in an object of this scope means."""
        head, dot, rest = reference.partition(".")
        if dot and head == "account":
            return cls(Scope(), rest)
        if dot and head == "org":
            return cls(Scope(scope.organization), rest)
        return cls(scope, reference)


def secret_expression(place: Place) -> str:
    """What stands for a secret in a text of an object that may see it."""
    return f'<+secrets.getValue("{place.reference}")>'


def secret_in(text: str, scope: Scope) -> Place | None:
    """The secret that a text of an object of this scope stands for; None where it is a plain text.

    Documentation spells the function ``getValue`` and ``getvalue``.
    """
    found = _SECRET_EXPRESSION.fullmatch(text.strip())
    return Place.referred_to(found[2], scope) if found else None
