"""Decodes a piece of configuration the way a run does, without the rest of a run."""

from __future__ import annotations

from dataclasses import dataclass

from declarative_mail.addresses import Address, parse_address
from declarative_mail.diagnostics import Diagnostic, Source
from declarative_mail.language.body import evaluate_body
from declarative_mail.language.evaluated import EvaluatedBody
from declarative_mail.language.parse import parse_file
from declarative_mail.language.scope import Scope
from declarative_mail.language.types import DYNAMIC, STRING
from declarative_mail.language.values import Marked, Unknown, Value
from declarative_mail.resources.decode import decode
from declarative_mail.resources.desired import Desired
from declarative_mail.resources.leaves import Plain

SERVER = 'host = "smtp.example.com"\nfrom_address = "deploys@example.com"\n'
EVENT = 'event {\n  type = "PipelineFailed"\n}\n'
MAIL = 'email {\n  recipients = ["ops@example.com"]\n}\n'

NAMES: dict[str, Value] = {
    "password": Marked("made-up", sensitive=True, source="env:SMTP_PASSWORD"),
    "composed": Marked("made-up too", sensitive=True),
    "later": Unknown(STRING, "user_group.other.id"),
    "later_secret": Marked(Unknown(STRING, "secret.s.value"), sensitive=True),
    "anything": Unknown(DYNAMIC, ""),
    "server": Marked({"name": "backup"}, address=parse_address("smtp_server.backup")),
    "group": Marked({"name": "ops"}, address=parse_address('user_group.ops["a"]')),
    "groups": {
        "a": Marked({"name": "a"}, address=parse_address('user_group.ops["a"]')),
        "b": Marked({"name": "b"}, address=parse_address('user_group.ops["b"]')),
    },
    "vault": Marked({"name": "smtp"}, address=parse_address("secret.smtp")),
    "plain": "open",
}
"""What the names in a test's configuration stand for."""


@dataclass(frozen=True)
class Decoded:
    """What came of a body."""

    desired: Desired | None
    faults: list[Diagnostic]

    @property
    def attributes(self) -> dict[str, Plain]:
        """The attributes; the test fails where there are none."""
        assert self.desired is not None, [(fault.code.id, fault.detail) for fault in self.faults]
        return self.desired.attributes

    @property
    def codes(self) -> list[str]:
        """The codes of all faults, in the order of their places."""
        return [fault.code.id for fault in self.faults]

    @property
    def only(self) -> Diagnostic:
        """The one fault that there is."""
        assert len(self.faults) == 1, [(fault.code.id, fault.detail) for fault in self.faults]
        return self.faults[0]

    @property
    def marked(self) -> list[str]:
        """The text that each fault marks."""
        return [fault.primary.span.text for fault in self.faults if fault.primary]


def evaluated(body: str, header: str = 'smtp_server "x"') -> EvaluatedBody:
    """The body of a resource, as the evaluator gives it."""
    tree, faults = parse_file(Source("main.hcl", f"{header} {{\n{body}\n}}\n"))
    assert faults == []
    diagnostics: list[Diagnostic] = []
    found = evaluate_body(tree.blocks[0].body, Scope.root(NAMES), diagnostics)
    assert diagnostics == []
    return found


def decoded(address: str | Address, body: str) -> Decoded:
    """What the resource at an address wants with this body."""
    where = parse_address(address) if isinstance(address, str) else address
    data = "data " if where.mode == "data" else ""
    return Decoded(*decode(where, evaluated(body, f'{data}{where.type} "{where.name}"')))
