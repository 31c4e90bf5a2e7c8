"""Addresses: the names of things in a configuration, a plan and a state. Value types only: parse, order, print.

`smtp_server.primary`, `user_group.team["core"]`, `notification_rule.failed[0]`, `module.eu["a"].user_group.ops`,
`data.user_group.owners`. The forms are Terraform's (resource addressing), with our types as the first word.
"""

from __future__ import annotations

import json
import re
from json.encoder import encode_basestring
from typing import TypeAlias

from msgspec import Struct

Key: TypeAlias = int | str | None

_STEP = re.compile(r'([^\W\d][\w-]*)(?:\[(?:(\d+)|("(?:[^"\\]|\\.)*"))\])?(?:\.|$)')


def format_key(key: Key) -> str:
    """The instance key as it stands in an address: nothing, ``[0]`` or ``["a"]``."""
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else f"[{encode_basestring(key)}]"


def _key_order(key: Key) -> tuple[int, int, str]:
    if key is None:
        return (0, 0, "")
    return (1, key, "") if isinstance(key, int) else (2, 0, key)


class ModuleStep(Struct, frozen=True):
    """One call on the way to a module instance: ``module.eu["a"]``."""

    name: str
    key: Key = None

    def __str__(self) -> str:
        return f"module.{self.name}{format_key(self.key)}"


ModulePath: TypeAlias = tuple[ModuleStep, ...]


class Address(Struct, frozen=True):
    """The address of one resource instance, or of a whole resource where `key` is None and it has instances.

    Ordered by module, mode, type, name and key, integers by value, so that lists read naturally.
    """

    type: str
    name: str
    key: Key = None
    module: ModulePath = ()
    mode: str = "managed"

    def __str__(self) -> str:
        data = "data." if self.mode == "data" else ""
        return f"{module_prefix(self.module)}{data}{self.type}.{self.name}{format_key(self.key)}"

    def __lt__(self, other: Address) -> bool:
        return self.order < other.order

    @property
    def order(self) -> tuple[object, ...]:
        """A sort key: comparable with that of every other address."""
        path = tuple([(step.name, _key_order(step.key)) for step in self.module])
        return (path, self.mode, self.type, self.name, _key_order(self.key))

    @property
    def resource(self) -> Address:
        """The address without its instance key: the block that declares it."""
        return self if self.key is None else Address(self.type, self.name, None, self.module, self.mode)

    def instance(self, key: Key) -> Address:
        """The address of the instance with this key."""
        return self if key is None is self.key else Address(self.type, self.name, key, self.module, self.mode)


def module_prefix(path: ModulePath) -> str:
    """``module.a.module.b["x"].`` or nothing at the root."""
    return "".join([f"{step}." for step in path]) if path else ""


class AddressError(ValueError):
    """A text is not an address; the message says why."""


def _steps(text: str) -> list[tuple[str, Key]]:
    steps: list[tuple[str, Key]] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None or (match.end() == len(text) and text.endswith(".")):
            raise AddressError(
                f'{text!r} is not an address: expected a form like user_group.ops or user_group.team["core"]'
            )
        name, index, quoted = match.groups()
        key: Key = int(index) if index else json.loads(quoted) if quoted else None
        steps.append((name, key))
        position = match.end()
    return steps


def parse_address(text: str) -> Address:
    """Read the address of a resource or of one instance.

    Raises:
        AddressError: the text has another form.
    """
    path, rest = parse_module_prefix(_steps(text))
    mode = "managed"
    if len(rest) == 3 and rest[0] == ("data", None):
        mode, rest = "data", rest[1:]
    if len(rest) != 2 or rest[0][1] is not None:
        raise AddressError(f"{text!r} is not an address: expected TYPE.NAME, e.g. user_group.ops")
    return Address(rest[0][0], rest[1][0], rest[1][1], path, mode)


def parse_module_prefix(steps: list[tuple[str, Key]]) -> tuple[ModulePath, list[tuple[str, Key]]]:
    """Split the leading ``module.NAME`` pairs off the steps of an address."""
    path: list[ModuleStep] = []
    index = 0
    while index + 1 < len(steps) and steps[index] == ("module", None):
        path.append(ModuleStep(*steps[index + 1]))
        index += 2
    return tuple(path), steps[index:]


def parse_target(text: str) -> tuple[ModulePath, Address | None]:
    """Read what ``--target`` takes: a resource, an instance, or a whole module (then the address is None).

    Raises:
        AddressError: the text has another form.
    """
    path, rest = parse_module_prefix(_steps(text))
    if path and not rest:
        return path, None
    return path, parse_address(text)
