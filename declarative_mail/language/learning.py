"""Computes again what becomes known during apply: each thing once, and of a block only the instance that is asked for.

::

    object written ──▶ its place in the table of its block ──▶ what comes from it is stale: locals, variables of
                                                               modules, outputs, data sources ──▶ computed when needed
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping

from declarative_mail.addresses import Address, Key
from declarative_mail.diagnostics import Diagnostic, has_errors
from declarative_mail.language.evaluate_resources import block_at, evaluate_instance, expanded_block
from declarative_mail.language.nodes import Node, node_of
from declarative_mail.language.program import Program
from declarative_mail.language.values import Value

_Names = Mapping[Key, Mapping[str, Value]]


class Learning:
    """What one run learns about an evaluated configuration. Used by one thread."""

    def __init__(self, program: Program) -> None:
        """Nothing is learnt yet."""
        self._program = program
        self._position = {node: index for index, node in enumerate(program.graph.order)}
        self._users: dict[Node, list[Node]] = defaultdict(list)
        for node, needs in program.graph.needs.items():
            for one in needs:
                self._users[one].append(node)
        self._ancestors: dict[Node, set[Node]] = {}
        self._learnt: dict[Node, dict[Address, Value]] = {}
        self._stale: set[Node] = set()
        self._expanded: dict[Address, _Names] = {}

    def learn(self, address: Address) -> None:
        """An object is what the host says of it from now on. One that no expression asks for need not be known."""
        if self._program.is_seen(address):
            self._learnt.setdefault(node_of(address), {})[address] = self._program.host.object(address)

    def compute(self, address: Address) -> list[Diagnostic]:
        """Compute one managed instance again, and before it all that its block needs and that may have changed.

        Gives the diagnostics that came of it. The program and the host have them too, as those of the first evaluation.
        """
        return self._said_by(lambda: self._compute_instance(address))

    def _compute_instance(self, address: Address) -> None:
        node, block = node_of(address), address.resource
        if node not in self._ancestors:
            self._ancestors[node] = self._program.graph.ancestors(node)
        if self._refresh(self._ancestors[node]):
            self._expanded.pop(block, None)
        for instance in self._program.modules.get(node.path, ()):
            if instance.path != address.module:
                continue
            if block not in self._expanded:
                self._expanded[block] = dict(expanded_block(self._program, node, instance) or ())
            names = self._expanded[block].get(address.key)
            if names is not None:
                evaluate_instance(self._program, node, instance, address, names=names)

    def spread(self, addresses: Iterable[Address]) -> tuple[list[Address], list[Diagnostic]]:
        """The host knows something else of these objects: compute all that comes of it, other objects included.

        Gives the managed instances that were computed again, and the diagnostics that came of it.
        """
        again = self._instances(filter(_is_managed, self._downstream(map(node_of, addresses), lambda _: True)))
        return again, self._said_by(lambda: self._spread_to(addresses, again))

    def _spread_to(self, addresses: Iterable[Address], again: Iterable[Address]) -> None:
        for address in addresses:
            self.learn(address)
        for address in again:
            self._compute_instance(address)
            self.learn(address)
        self._refresh(self._position)

    def _downstream(self, nodes: Iterable[Node], through: Callable[[Node], bool]) -> set[Node]:
        """Everything that needs one of these nodes, directly or by way of others that the walk may go `through`."""
        found: set[Node] = set()
        pending = list(nodes)
        while pending:
            users = [user for user in self._users[pending.pop()] if user not in found and through(user)]
            found.update(users)
            pending.extend(users)
        return found

    def _instances(self, nodes: Iterable[Node]) -> list[Address]:
        """The instances of managed blocks, each after all that it needs."""
        wanted = set(nodes)
        found = [address for address in self._program.instances if node_of(address) in wanted]
        return sorted(found, key=lambda address: self._position[node_of(address)])

    def finish(self) -> None:
        """Compute all that is stale, and what may be said only now: outputs, checks, conditions of objects."""
        self._refresh(self._position)
        for node in self._program.graph.order:
            if node.kind in ("output", "check") or self._has_conditions(node):
                self._program.evaluate(node)

    def _has_conditions(self, node: Node) -> bool:
        if node.kind != "resource":
            return False
        for instance in self._program.modules.get(node.path, ()):
            lifecycle = block_at(node, instance).lifecycle
            return bool(lifecycle.preconditions or lifecycle.postconditions)
        return False

    def _refresh(self, wanted: Container[Node]) -> bool:
        """Bring nodes up to date; whether anything was behind."""
        known = [node for node in self._learnt if node in wanted]
        for node in known:
            self._program.put(self._learnt.pop(node))
            self._stale.update(filter(_is_computed, self._downstream([node], _is_not_managed)))
        behind = sorted((node for node in self._stale if node in wanted), key=self._position.__getitem__)
        for node in behind:
            self._compute(node)
        return bool(known or behind)

    def _compute(self, node: Node) -> None:
        """Compute a stale node. One with a fault stays stale: whoever needs it next meets the fault, too."""
        if not has_errors(self._said_by(lambda: self._program.evaluate(node))):
            self._stale.discard(node)

    def _said_by(self, work: Callable[[], None]) -> list[Diagnostic]:
        """Do something; gives the diagnostics that came of it, which program and host collect."""
        program, host = self._program.diagnostics, self._program.host.diagnostics
        known = len(program), len(host)
        work()
        return [*program[known[0] :], *host[known[1] :]]


def _is_managed(node: Node) -> bool:
    return node.kind == "resource" and node.key[0] != "data"


def _is_not_managed(node: Node) -> bool:
    """A managed object is learnt when it is written itself: nothing is computed from another by way of it."""
    return not _is_managed(node)


def _is_computed(node: Node) -> bool:
    return node.kind in ("var", "validation", "local", "output", "resource")
