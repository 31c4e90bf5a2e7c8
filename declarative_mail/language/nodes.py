"""The declarations of a configuration as nodes of a graph: what is called what, without any order yet."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from declarative_mail.addresses import Address, ModulePath

StaticPath: TypeAlias = tuple[str, ...]
"""Names of module calls from the root, without instance keys."""


def static_path(path: ModulePath) -> StaticPath:
    """Where the modules on this way are called."""
    return tuple(step.name for step in path)


class Node(Struct, frozen=True):
    """One declaration of one module.

    `kind` is var, validation, local, output, call, remote, resource, check or import.
    """

    path: StaticPath
    kind: str
    key: tuple[str, ...]

    def __str__(self) -> str:
        prefix = "".join(f"module.{name}." for name in self.path)
        match self.kind, self.key:
            case "call", (name,):
                return f"{prefix}module.{name}"
            case "resource", (mode, type_, name):
                return f"{prefix}{'data.' if mode == 'data' else ''}{type_}.{name}"
            case kind, key:
                return f"{prefix}{kind}.{'.'.join(key)}"


def node_of(address: Address) -> Node:
    """The block that declares an instance."""
    return Node(static_path(address.module), "resource", (address.mode, address.type, address.name))
