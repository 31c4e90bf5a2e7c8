"""What Harness asks of names, and where an object lives that does not say it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from declarative_mail.diagnostics.codes import remotes as codes
from declarative_mail.remotes.base import Declared, Objection, Stored
from declarative_mail.remotes.harness.scope import Scope

_NAME = re.compile(r"[A-Za-z0-9\-_. /]{1,128}")


def examine_identity(one: Declared) -> Iterator[Objection]:
    """The name of an object (`NGEntityNameValidator` of the server); identifiers are checked for all remotes."""
    name = one.attributes.get("name")
    if isinstance(name, str) and not _NAME.fullmatch(name):
        detail = f'"{name}" is no name for Harness: it takes 1 to 128 ASCII letters, digits, spaces, and - _ . / only.'
        yield Objection(one.address, codes.REMOTE_RULE, detail, ("name",))


def in_default_scope(attributes: Stored, default: Scope) -> Stored:
    """The attributes with the scope of the remote block, where they name none themselves."""
    if attributes.get("organization") is not None or attributes.get("project") is not None or default == Scope():
        return attributes
    return {**attributes, **default.attributes}
