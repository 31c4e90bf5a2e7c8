"""From what the configuration declares to what a plan compares.

Stored form, secrets as fingerprints, and the meta-arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from declarative_mail.addresses import Address, parse_address
from declarative_mail.language.values import Unknown
from declarative_mail.operations.evaluate import Evaluated
from declarative_mail.operations.remotes import Remotes
from declarative_mail.planning.change import Wanted
from declarative_mail.remotes.base import Declaration
from declarative_mail.remotes.capabilities import NO_CAPABILITIES
from declarative_mail.resources.desired import Desired, secrets_of, to_stored
from declarative_mail.resources.schema import Schema, resource_schema
from declarative_mail.resources.stored import reference_leaf, secret_leaf
from declarative_mail.secrets import Secret
from declarative_mail.state.fingerprint import Fingerprinter


def wanted_of(evaluated: Evaluated, remotes: Remotes, fingerprints: Fingerprinter) -> dict[Address, Wanted]:
    """Every declared instance in the form that plans compare."""
    return {address: describe_wanted(evaluated, address, remotes, fingerprints) for address in evaluated.desired}


def describe_wanted(evaluated: Evaluated, address: Address, remotes: Remotes, fingerprints: Fingerprinter) -> Wanted:
    """One instance in the form that plans compare, as its remote understands it."""
    desired, instance = evaluated.desired[address], evaluated.program.instances[address]
    attributes = stored_form(desired, fingerprints)
    name = instance.remote or remotes.default
    remote = remotes.by_name.get(name)
    capabilities = (remote.capabilities(desired.type) if remote is not None else None) or NO_CAPABILITIES
    if remote is not None and name != "local":
        written, declared = frozenset(desired.body.attributes), _declared(evaluated, fingerprints)
        attributes = remote.complete(Declaration(desired.type, attributes, written, declared))
    lifecycle = instance.block.lifecycle
    return Wanted(
        address=desired.address,
        attributes=attributes,
        remote=name,
        identity=remote.identity if remote is not None else name,
        schema_version=resource_schema(desired.type).schema_version,
        span=instance.block.header,
        dependencies=instance.dependencies,
        references=desired.references,
        prevent_destroy=instance.prevent_destroy,
        create_before_destroy=lifecycle.create_before_destroy,
        ignore_changes=lifecycle.ignore_changes,
        triggers=instance.triggers,
        sets=set_paths(desired.type),
        folded=folded_paths(desired.type),
        immutable=capabilities.immutable,
        left_alone=capabilities.left_alone,
        unreadable=capabilities.named("unreadable"),
        kept=capabilities.named("kept"),
        has_secrets=bool(desired.sensitive),
        natural_key=remote.natural_key(desired.type, attributes) if remote is not None else (),
    )


def _declared(evaluated: Evaluated, fingerprints: Fingerprinter) -> Callable[[str], dict[str, Any] | None]:
    """What another block declares, by the text of its address."""

    def declared(text: str) -> dict[str, Any] | None:
        found = evaluated.desired.get(parse_address(text))
        return stored_form(found, fingerprints) if found is not None else None

    return declared


def stored_form(desired: Desired, fingerprints: Fingerprinter) -> dict[str, Any]:
    """The attributes as a state holds them; what is known only after apply is ``{"$unknown": path}``."""

    def secret(value: Secret) -> dict[str, Any]:
        return secret_leaf(source=value.source, version=1, fingerprint=fingerprints.of(value))

    stored: dict[str, Any] = to_stored(
        desired.attributes, secret_leaf=secret, reference_leaf=reference_leaf, unknown_leaf=_unknown_leaf
    )
    return stored


def same_secret(evaluated: Evaluated, fingerprints: Fingerprinter) -> Callable[[str, str], bool]:
    """Whether a new and an old fingerprint stand for one secret: the old one may have been made with another key."""
    known: dict[str, Secret] = {}

    def same(new: str, old: str) -> bool:
        if new == old:
            return True
        if not known:
            secrets = (one for desired in evaluated.desired.values() for _, one in secrets_of(desired.attributes))
            known.update((fingerprints.of(one), one) for one in secrets)
        return new in known and fingerprints.matches(known[new], old)

    return same


_SECRET_SOURCES = ("env:", "file:", "command:", "var.")
"""What an unknown value is called that ``--without-secrets`` did not fetch; everything else at plan has an address."""


def _unknown_leaf(value: Unknown) -> dict[str, Any]:
    if value.path.startswith(_SECRET_SOURCES):
        return secret_leaf(source=value.path, version=1, fingerprint=None)
    return {"$unknown": value.path}


@cache
def set_paths(type_: str) -> tuple[str, ...]:
    """The attributes of a type whose order means nothing, as dotted paths without indexes."""
    return tuple(path for path, _ in _sets(resource_schema(type_), ""))


@cache
def folded_paths(type_: str) -> tuple[str, ...]:
    """Those of them in which the case of letters means nothing either: e-mail addresses."""
    return tuple(path for path, fold in _sets(resource_schema(type_), "") if fold)


def _sets(schema: Schema, prefix: str) -> Iterator[tuple[str, bool]]:
    for name, attribute in schema.attributes.items():
        if attribute.shape == "set":
            yield f"{prefix}{name}", attribute.fold
    for name, block in schema.blocks.items():
        yield from _sets(block.schema, f"{prefix}{name}.")
