"""Finds the declaration that a reference names; a reference to nothing is a fault with a did-you-mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from declarative_mail.diagnostics import Code, Diagnostic, Label, Span, suggestion
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.configuration import Configuration, ResourceBlock
from declarative_mail.language.nodes import Node, StaticPath
from declarative_mail.language.traversal import KeyStep, Traversal


class References:
    """The references of one module.

    Args:
        path: the calls that lead to the module.
        configuration: the module, and those it calls.
        types: all resource types, as first words of references.
        remotes: the remote blocks of the root module.
        diagnostics: where faults go.
    """

    def __init__(
        self,
        path: StaticPath,
        configuration: Configuration,
        *,
        types: frozenset[str],
        remotes: Mapping[tuple[str, str], object],
        diagnostics: list[Diagnostic],
    ) -> None:
        self.path = path
        self.module = configuration.module
        self.children = configuration.children
        self.types = types
        self.remotes = remotes
        self.diagnostics = diagnostics
        self.scoped_data: ResourceBlock | None = None
        """The data source of the check block that is being read: it is seen there alone."""

    def fault(self, code: Code, detail: str, span: Span, *, help_: str | None = None) -> None:
        """Collect a fault of one reference."""
        self.diagnostics.append(Diagnostic(code, detail, Label(span), help=help_))

    def targets(self, traversal: Traversal) -> Iterator[Node]:
        """The nodes that a reference names; a fault where there is none."""
        root, steps = traversal.root, traversal.names
        if root in ("var", "local"):
            yield from self._named(traversal, root, self.module.variables if root == "var" else self.module.locals)
        elif root == "module":
            yield from self._module_output(traversal)
        elif root == "data":
            yield from self._resource_target(traversal, "data", steps[:2])
        elif root == "remote":
            yield from self._remote_target(traversal)
        elif root in self.types:
            yield from self._resource_target(traversal, "managed", (root, *steps[:1]))
        elif root != "path":
            self._unknown_root(traversal)

    def _named(self, traversal: Traversal, root: str, declared: Mapping[str, object]) -> Iterator[Node]:
        name = traversal.names[0] if traversal.names else None
        if name in declared:
            yield Node(self.path, root, (str(name),))
            return
        word, block = ("variable", 'variable "…" {}') if root == "var" else ("local value", "locals {}")
        if name is None:
            self.fault(codes.INVALID_REFERENCE, f"{root} alone is not a value; name one: {root}.NAME.", traversal.span)
            return
        near = suggestion(name, declared)
        help_ = near.replace('"', f"{root}.", 1).replace('"', "") if near else None
        detail = f"There is no {word} named {name} in this module. Declare it in a {block} block."
        self.fault(codes.UNDECLARED, detail, traversal.span, help_=help_)

    def _module_output(self, traversal: Traversal) -> Iterator[Node]:
        names = traversal.names
        if not names or names[0] not in self.module.modules:
            help_ = suggestion(names[0], self.module.modules) if names else None
            detail = f"There is no module call named {names[0] if names else '…'} in this module."
            self.fault(codes.UNDECLARED, detail, traversal.span, help_=help_)
            return
        yield Node(self.path, "call", (names[0],))
        child = self.children.get(names[0])
        if child is None:
            return
        inner, outputs = (*self.path, names[0]), child.module.outputs
        wanted = names[1] if len(names) > 1 else None
        if wanted is not None and wanted not in outputs and traversal.plain(2):
            detail = f"module.{names[0]} has no output named {wanted}."
            self.fault(codes.UNDECLARED, detail, traversal.span, help_=suggestion(wanted, outputs))
        for output in [wanted] if wanted in outputs else outputs:
            yield Node(inner, "output", (str(output),))

    def _resource_target(self, traversal: Traversal, mode: str, names: tuple[str, ...]) -> Iterator[Node]:
        prefix = "data." if mode == "data" else ""
        if self._is_named_in_brackets(traversal, mode):
            return
        if len(names) < 2:
            if mode == "managed" and names:
                for key in self.module.resources:
                    if key[:2] == (mode, names[0]):
                        yield Node(self.path, "resource", key)
                return
            self.fault(
                codes.INVALID_REFERENCE, "A data source is named by type and label: data.TYPE.NAME.", traversal.span
            )
            return
        type_, name = names
        scoped = self.scoped_data
        if scoped is not None and (scoped.mode, scoped.type, scoped.name) == (mode, type_, name):
            return
        if (mode, type_, name) in self.module.resources:
            yield Node(self.path, "resource", (mode, type_, name))
            return
        same = [key[2] for key in self.module.resources if key[:2] == (mode, type_)]
        near = suggestion(name, same)
        help_ = near.replace('"', f"{prefix}{type_}.", 1).replace('"', "") if near else None
        detail = f'No {type_} is named "{name}" in this module.'
        self.fault(codes.UNDECLARED, detail, traversal.span, help_=help_)

    def _is_named_in_brackets(self, traversal: Traversal, mode: str) -> bool:
        """``user_group["ops"]`` is a fault, as in Terraform: brackets hold a key, and that has a name before it."""
        form, count = ("data.TYPE.NAME", 2) if mode == "data" else (f"{traversal.root}.NAME", 1)
        leading = traversal.steps[:count]
        if not any(isinstance(one, KeyStep) for one in leading):
            return False
        meant = (traversal.root, *[str(one.key) if isinstance(one, KeyStep) else one for one in leading])
        detail = (
            f"{traversal.text} names nothing: names stand after dots, {form}, and in brackets the key of an instance."
        )
        help_ = f"did you mean {'.'.join(meant)}?" if (mode, *meant[-2:]) in self.module.resources else None
        self.fault(codes.INVALID_REFERENCE, detail, traversal.span, help_=help_)
        return True

    def _remote_target(self, traversal: Traversal) -> Iterator[Node]:
        names = traversal.names[:2]
        if len(names) == 2 and (names[0], names[1]) in self.remotes:
            yield Node((), "remote", (names[0], names[1]))
            return
        declared = [f"remote.{type_}.{name}" for type_, name in self.remotes]
        detail = (
            f"There is no {traversal.text} in the root module. A remote is named by type and label: remote.TYPE.NAME."
        )
        self.fault(codes.UNDECLARED, detail, traversal.span, help_=suggestion(traversal.text, declared))

    def _unknown_root(self, traversal: Traversal) -> None:
        root = traversal.root
        if root in ("each", "count", "self"):
            where = {
                "each": "in blocks with for_each",
                "count": "in blocks with count",
                "self": "in postcondition blocks",
            }[root]
            detail = f"{traversal.text} is available only {where}."
            self.fault(codes.NOT_AVAILABLE_HERE, detail, traversal.span)
            return
        known = ["var", "local", "module", "data", "remote", "path", "each", "count", *sorted(self.types)]
        detail = (
            f'"{root}" is not the beginning of a reference. References begin with var, local, module, data, path, '
            "remote, each, count or a resource type."
        )
        help_ = suggestion(root, known)
        if help_ is None and root in self.module.variables:
            help_ = f"did you mean var.{root}?"
        elif help_ is None and not traversal.names:
            help_ = f'did you mean the text "{root}"?'
        self.fault(codes.INVALID_REFERENCE, detail, traversal.span, help_=help_)
