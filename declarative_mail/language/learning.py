"""Computes again what becomes known during apply: each thing once, and of a block only the instance that is asked for.

::

    object written ──▶ its place in the table of its block ──▶ what comes from it is stale: locals, variables of
                                                               modules, outputs, data sources ──▶ computed when needed
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from declarative_mail.addresses import Address, Key
from declarative_mail.diagnostics import has_errors
from declarative_mail.language.evaluate_resources import evaluate_instance, expanded_block
from declarative_mail.language.nodes import Node
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

    def learn(self, address: Address, value: Value) -> None:
        """An object is this from now on."""
        self._learnt.setdefault(_node(address), {})[address] = value

    def compute(self, address: Address) -> None:
        """Compute one managed instance again, and before it all that its block needs and that may have changed.

        Its faults go to the program and the host, as those of the first evaluation did.
        """
        node = _node(address)
        needed = self._ancestors.setdefault(node, self._program.graph.ancestors(node))
        block = Address(address.type, address.name, None, address.module)
        if self._refresh(needed):
            self._expanded.pop(block, None)
        for instance in self._program.modules.get(node.path, ()):
            if instance.path != address.module:
                continue
            if block not in self._expanded:
                self._expanded[block] = dict(expanded_block(self._program, node, instance) or ())
            names = self._expanded[block].get(address.key)
            if names is not None:
                evaluate_instance(self._program, node, instance, address, names=names)

    def spread(self, addresses: Iterable[Address]) -> list[Address]:
        """The host knows something else of these objects: compute all that comes of it, other objects included.

        Gives the managed instances that were computed again.
        """
        changed = set(map(_node, addresses))
        for address in addresses:
            self.learn(address, self._program.host.object(address))
        behind = [node for node in self._downstream(changed) if _is_managed(node)]
        again = []
        for address in self._instances(behind):
            self.compute(address)
            self.learn(address, self._program.host.object(address))
            again.append(address)
        self._refresh(self._position)
        return again

    def _downstream(self, nodes: Iterable[Node]) -> set[Node]:
        """Everything that needs one of these nodes, directly or not."""
        found: set[Node] = set()
        pending = list(nodes)
        while pending:
            users = [user for user in self._users[pending.pop()] if user not in found]
            found.update(users)
            pending.extend(users)
        return found

    def _instances(self, nodes: Iterable[Node]) -> list[Address]:
        """The instances of managed blocks, each after all that it needs."""
        wanted = set(nodes)
        found = [address for address in self._program.instances if _node(address) in wanted]
        return sorted(found, key=lambda address: self._position[_node(address)])

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
            lifecycle = instance.module.resources[node.key[0], node.key[1], node.key[2]].lifecycle
            return bool(lifecycle.preconditions or lifecycle.postconditions)
        return False

    def _refresh(self, needed: Iterable[Node]) -> bool:
        """Bring nodes up to date; whether anything was behind."""
        wanted = set(needed)
        known = [node for node in self._learnt if node in wanted]
        for node in known:
            self._program.put(self._learnt.pop(node))
            self._stale.update(self._derived(node))
        behind = sorted(self._stale & wanted, key=self._position.__getitem__)
        for node in behind:
            self._compute(node)
        return bool(known or behind)

    def _compute(self, node: Node) -> None:
        """Compute a stale node. One with a fault stays stale: whoever needs it next meets the fault, too."""
        program, host = self._program.diagnostics, self._program.host.diagnostics
        before = len(program), len(host)
        self._program.evaluate(node)
        if not has_errors([*program[before[0] :], *host[before[1] :]]):
            self._stale.discard(node)

    def _derived(self, node: Node) -> Iterator[Node]:
        """What is computed from a node. A managed object is not: it is learnt when it is written itself."""
        seen, pending = {node}, [node]
        while pending:
            for user in self._users[pending.pop()]:
                if user in seen or _is_managed(user):
                    continue
                seen.add(user)
                pending.append(user)
                if user.kind in ("var", "validation", "local", "output", "resource"):
                    yield user


def _is_managed(node: Node) -> bool:
    return node.kind == "resource" and node.key[0] != "data"


def _node(address: Address) -> Node:
    return Node(tuple(step.name for step in address.module), "resource", (address.mode, address.type, address.name))
