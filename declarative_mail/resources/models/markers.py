"""What a field of a model says about itself beyond its Python type, by way of ``Annotated``. `schema` reads them."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct
from pydantic_core import CoreSchema
from pydantic_core.core_schema import is_instance_schema

from declarative_mail.diagnostics.model import Code
from declarative_mail.resources.leaves import Reference
from declarative_mail.secrets import Secret


class _LeafMark:
    """The value is a leaf: pydantic asks for its class and does not look inside."""

    __slots__ = ()
    classes: ClassVar[tuple[type, ...]]

    def __get_pydantic_core_schema__(self, _source: object, _handler: object) -> CoreSchema:
        return is_instance_schema(self.classes)


class SecretMark(_LeafMark, Struct, frozen=True):
    """The value is a `Secret`, or a reference to a `secret` resource; it is never stored or shown."""

    classes: ClassVar = (Secret, Reference)


class ReferenceMark(_LeafMark, Struct, frozen=True):
    """The value is a `Reference` to a resource or data source of this type."""

    type: str
    classes: ClassVar = (Reference,)


class SetMark(Struct, frozen=True):
    """Order and duplicates do not matter. With `fold`, neither does the case of letters (e-mail addresses)."""

    fold: bool = False


class ComputedMark(Struct, frozen=True):
    """Made by whatever holds the object: known after apply, not settable."""


class LocalMark(Struct, frozen=True):
    """Means something to `dmail` alone: kept in state, never written to a remote."""


class ChoiceMark(Struct, frozen=True):
    """The code of the fault where the value is none of the choices, for kinds that deserve one of their own."""

    code: Code
