"""The ``remote`` block that goes with pulled objects into a directory of their own."""

from __future__ import annotations

from typing import Any, cast

from msgspec import Struct

from declarative_mail.language.instances import RemoteInstance
from declarative_mail.language.syntax import Block, Call, Expression, Literal
from declarative_mail.language.values import Marked, is_null
from declarative_mail.language.write import NOWHERE, block, expression_of, traversal

_ENVIRONMENT = "env:"


class RemoteSettings(Struct, frozen=True):
    """A remote block with the values that its settings have now, and the variables for secrets of other sources."""

    block: Block
    variables: tuple[str, ...] = ()


def settings_of(one: RemoteInstance) -> RemoteSettings:
    """The same remote for a configuration that has none of the variables and locals of this one.

    A secret from the environment is taken from there again; for any other there is a variable.
    """
    settings: dict[str, Expression] = {}
    variables: list[str] = []
    for name, given in one.body.attributes.items():
        value = given.value
        if is_null(value):
            continue
        if not (isinstance(value, Marked) and value.sensitive):
            # A client takes texts, numbers and flags only, and there is a client.
            settings[name] = expression_of(cast("Any", value.value if isinstance(value, Marked) else value))
        elif value.source.startswith(_ENVIRONMENT):
            source = Literal(value.source.removeprefix(_ENVIRONMENT), NOWHERE)
            settings[name] = Call("env", NOWHERE, (source,), expand=False, span=NOWHERE)
        else:
            variables.append(f"{one.name.replace('-', '_')}_{name}")
            settings[name] = traversal("var", variables[-1])
    return RemoteSettings(block("remote", [one.type, one.name], settings), tuple(variables))
