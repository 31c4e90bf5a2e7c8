"""Evaluates the body of a block: its attributes to values, its ``dynamic`` blocks unrolled."""

from __future__ import annotations

from collections.abc import Iterator

from declarative_mail.diagnostics import Diagnostic, Label
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.block_reader import BlockReader
from declarative_mail.language.evaluate import Scope, evaluate_expression
from declarative_mail.language.evaluated import EvaluatedAttribute, EvaluatedBlock, EvaluatedBody
from declarative_mail.language.expand import elements_of
from declarative_mail.language.syntax import Block, Body, Expression, Literal, Variable
from declarative_mail.language.values import Value
from declarative_mail.language.written_out import read_off

_DYNAMIC_HELP = 'dynamic "email" { for_each = …  content { … } }'


def evaluate_body(body: Body, scope: Scope, diagnostics: list[Diagnostic]) -> EvaluatedBody:
    """Every attribute and block of a body; faults go to `diagnostics`, a faulty attribute is unknown."""
    attributes: dict[str, EvaluatedAttribute] = {}
    for name, attribute in body.attributes.items():
        expression = attribute.expression
        value = expression.value if type(expression) is Literal else _value(expression, scope, diagnostics)
        attributes[name] = EvaluatedAttribute(value, expression.span, attribute.name_span)
    if not body.blocks:
        return EvaluatedBody(attributes, (), body.span)
    blocks: list[EvaluatedBlock] = []
    for block in body.blocks:
        if block.type == "dynamic":
            blocks.extend(_dynamic(block, scope, diagnostics))
        else:
            labels = tuple([label.text for label in block.labels])
            inner = evaluate_body(block.body, scope, diagnostics)
            blocks.append(EvaluatedBlock(block.type, labels, inner, block.header))
    return EvaluatedBody(attributes, tuple(blocks), body.span)


def _value(expression: Expression, scope: Scope, diagnostics: list[Diagnostic]) -> Value:
    written = read_off(expression)
    if written is not None:
        return written
    value, faults = evaluate_expression(expression, scope)
    if faults:
        diagnostics.extend(faults)
    return value


def _dynamic(block: Block, scope: Scope, diagnostics: list[Diagnostic]) -> Iterator[EvaluatedBlock]:
    if len(block.labels) != 1:
        detail = f"A dynamic block has one label, the type of the blocks that it makes: {_DYNAMIC_HELP}."
        diagnostics.append(Diagnostic(codes.INVALID_DYNAMIC, detail, Label(block.header)))
        return
    type_ = block.labels[0].text
    reader = BlockReader(block.body, f'dynamic "{type_}"', place=block.header, diagnostics=diagnostics)
    for_each, content = reader.required("for_each"), reader.block("content")
    iterator, labels = reader.expression("iterator"), reader.items("labels")
    reader.finish()
    if content is None:
        detail = f'dynamic "{type_}" has no content block: it says what each made block holds. Write {_DYNAMIC_HELP}.'
        diagnostics.append(Diagnostic(codes.INVALID_DYNAMIC, detail, Label(block.header)))
    if for_each is None or content is None:
        return
    name = iterator.name if isinstance(iterator, Variable) else type_
    collection, faults = evaluate_expression(for_each, scope)
    diagnostics.extend(faults)
    elements, reason = elements_of(collection)
    if elements is None:
        if not faults:
            diagnostics.append(Diagnostic(codes.INVALID_DYNAMIC, reason, Label(for_each.span)))
        return
    for key, value in elements:
        inner = scope.child({name: {"key": key, "value": value}})
        texts = tuple(str(evaluate_expression(label, inner)[0]) for label in labels)
        yield EvaluatedBlock(type_, texts, evaluate_body(content.body, inner, diagnostics), content.header)
