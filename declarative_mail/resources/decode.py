"""From an evaluated body to what is wanted: every fault found in one go, each at its place.

.. code-block:: text

    read_body     attributes and blocks against the schema; values converted, secrets wrapped, references resolved
      complete    the model fills in what follows from other attributes (preset, name, port)
      check       pydantic checks each value
      settle      plain defaults are filled in, and the rules between attributes looked at
      sort        sets get their canonical order

A value that is known only after apply passes every step as it is; what is known beside it is checked all the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from declarative_mail.addresses import Address
from declarative_mail.diagnostics import Diagnostic, has_errors
from declarative_mail.language.evaluated import EvaluatedBody
from declarative_mail.language.values import Unknown
from declarative_mail.resources.base import Fault, Values
from declarative_mail.resources.canonical import canonical_set
from declarative_mail.resources.check import check_values
from declarative_mail.resources.desired import Desired
from declarative_mail.resources.draft import Draft
from declarative_mail.resources.leaves import Path, Plain
from declarative_mail.resources.read_body import read_body
from declarative_mail.resources.schema import Schema, schema_of


def decode(address: Address, body: EvaluatedBody) -> tuple[Desired | None, list[Diagnostic]]:
    """What a resource or data block wants, or why it cannot be said.

    Args:
        address: of the instance; its type and mode must exist, see `registry`.
        body: its attributes and blocks without meta-arguments.

    Returns:
        The desired instance, None where there is an error, and all diagnostics.

    Raises:
        KeyError: there is no such type.
    """
    schema = schema_of(address.type, address.mode)
    draft = Draft(address, body)
    values = read_body(draft, schema, body, ())
    fixed = schema.fixed.difference(values)
    _complete(draft, schema, values, ())
    check_values(draft, schema, values)
    attributes = _settle(draft, schema, values, ())
    if draft.diagnostics:
        draft.diagnostics.sort(key=_place)
        if has_errors(draft.diagnostics):
            return None, draft.diagnostics
    _sort_sets(schema, attributes)
    references, sensitive = tuple(draft.references), frozenset(draft.sensitive)
    return Desired(address, attributes, body, references, sensitive, fixed), draft.diagnostics


def _place(fault: Diagnostic) -> int:
    return fault.primary.span.start if fault.primary else 0


def _complete(draft: Draft, schema: Schema, values: Values, path: Path) -> None:
    """Let the models fill in what they work out, nested blocks first."""
    if not schema.completes:
        return
    for name, block in schema.blocks.items():
        given = values.get(name, ())
        for index, one in enumerate(given) if type(given) is list else ():
            _complete(draft, block.schema, one, (*path, name, index))
        if type(given) is dict:
            _complete(draft, block.schema, given, (*path, name))
    for completion in schema.completions:
        _report(draft, completion(values, draft.address), path)
    draft.unknown = draft.unknown or Unknown in map(type, values.values())


def _settle(draft: Draft, schema: Schema, values: Values, path: Path) -> dict[str, Plain]:
    """The attributes with all defaults, nested blocks first, then the rules between them."""
    attributes = schema.defaults | values
    for name, block in schema.blocks.items():
        given = values.get(name)
        if type(given) is dict:
            attributes[name] = _settle(draft, block.schema, given, (*path, name))
        elif type(given) is list:
            attributes[name] = [
                _settle(draft, block.schema, one, (*path, name, index)) for index, one in enumerate(given)
            ]
    for rule in schema.rules:
        _report(draft, rule(attributes), path)
    return attributes


def _report(draft: Draft, faults: Iterable[Fault], path: Path) -> None:
    for fault in faults:
        related = tuple(((*path, *other), text) for other, text in fault.related)
        draft.report(fault.code, (*path, *fault.path), fault.detail, help=fault.help, related=related)


def _sort_sets(schema: Schema, attributes: dict[str, Plain]) -> None:
    for name, fold in schema.sets:
        items = attributes[name]
        if type(items) is list and items:
            attributes[name] = canonical_set(items, fold=fold)
    for name, block in schema.blocks.items():
        given = attributes.get(name)
        # What was left out is the schema's own default: sorted already, and shared.
        if given is block.schema.defaults or given is None:
            continue
        for one in given if type(given) is list else (given,):
            _sort_sets(block.schema, one)
