"""Reads resource, data and module blocks.

Their meta-arguments are taken out, the rest is left for the type's own schema.
"""

from __future__ import annotations

from declarative_mail.diagnostics import Diagnostic, Label
from declarative_mail.diagnostics.codes import configuration as codes
from declarative_mail.language.block_reader import BlockReader, address_text, labels_of
from declarative_mail.language.configuration import Lifecycle, ModuleCall, ResourceBlock, Rule
from declarative_mail.language.syntax import Block, Body, Expression, Literal, Variable
from declarative_mail.language.traversal import references

META_ARGUMENTS = ("count", "for_each", "depends_on", "remote")
_CALL_META = (*META_ARGUMENTS, "source", "version", "providers")
_NO_LIFECYCLE = Lifecycle()


def read_resource(block: Block, mode: str, type_: str, *, name: str, diagnostics: list[Diagnostic]) -> ResourceBlock:
    """Split a resource or data block into its meta-arguments and the body that its type defines."""
    reader = BlockReader(block.body, f"{type_}.{name}", place=block.header, diagnostics=diagnostics)
    count, for_each = reader.expression("count"), reader.expression("for_each")
    _refuse_both(reader, block)
    depends_on, remote = reader.references("depends_on"), reader.expression("remote")
    nested = reader.block("lifecycle")
    lifecycle = _read_lifecycle(nested, mode, diagnostics) if nested else _NO_LIFECYCLE
    return ResourceBlock(
        mode,
        type_,
        name,
        _without(block.body, META_ARGUMENTS, "lifecycle"),
        count,
        for_each,
        depends_on,
        remote,
        lifecycle,
        block.header,
        block.span,
    )


def _without(body: Body, arguments: tuple[str, ...], block_type: str) -> Body:
    """The body without its meta-arguments; the very same body where it has none, which is the common case."""
    if body.attributes.keys().isdisjoint(arguments) and all(block.type != block_type for block in body.blocks):
        return body
    attributes = {name: attribute for name, attribute in body.attributes.items() if name not in arguments}
    return Body(attributes, tuple(block for block in body.blocks if block.type != block_type), body.span)


def _refuse_both(reader: BlockReader, block: Block) -> None:
    attributes = block.body.attributes
    if "count" in attributes and "for_each" in attributes:
        detail = (
            f"{reader.what} has both count and for_each. Keep one: for_each for things with names, count "
            "for a number of them."
        )
        first, second = attributes["count"], attributes["for_each"]
        reader.diagnostics.append(
            Diagnostic(
                codes.CONFLICTING_META, detail, Label(second.name_span), (Label(first.name_span, "and count here"),)
            )
        )


def _read_lifecycle(block: Block, mode: str, diagnostics: list[Diagnostic]) -> Lifecycle:
    labels_of(block, (), diagnostics)
    reader = BlockReader(block.body, "the lifecycle block", place=block.header, diagnostics=diagnostics)
    preconditions, postconditions = read_rules(reader, "precondition"), read_rules(reader, "postcondition")
    if mode == "data":
        reader.finish()
        return Lifecycle(preconditions=preconditions, postconditions=postconditions)
    lifecycle = Lifecycle(
        reader.expression("prevent_destroy"),
        _read_ignore_changes(reader),
        reader.items("replace_triggered_by"),
        reader.flag("create_before_destroy") if "create_before_destroy" in block.body.attributes else None,
        preconditions,
        postconditions,
    )
    reader.attribute("create_before_destroy")
    reader.finish()
    return lifecycle


def _read_ignore_changes(reader: BlockReader) -> tuple[str, ...] | None:
    expression = reader.expression("ignore_changes")
    if isinstance(expression, Variable) and expression.name == "all":
        return None
    paths = [(item, address_text(item)) for item in reader.items("ignore_changes")] if expression is not None else []
    for item, path in paths:
        if path is None:
            detail = "ignore_changes takes names of attributes, e.g. [members, notification_preferences.email], or all."
            reader.fault(codes.INVALID_ADDRESS, detail, item.span)
    return tuple(path for _, path in paths if path is not None)


def read_rules(reader: BlockReader, type_: str) -> tuple[Rule, ...]:
    """The condition blocks of one type (validation, precondition, postcondition, assert)."""
    rules = []
    for block in reader.blocks(type_):
        nested = BlockReader(block.body, f"the {type_} block", place=block.header, diagnostics=reader.diagnostics)
        condition, message = nested.required("condition"), nested.required("error_message")
        nested.finish()
        if condition is None or message is None:
            continue
        rules.append(Rule(condition, message, block.header))
        if not references(condition):
            detail = (
                f"The condition of the {type_} block refers to nothing, so it checks nothing. Refer to a variable, a "
                "local, a resource or self."
            )
            reader.fault(codes.INVALID_CONDITION, detail, condition.span)
    return tuple(rules)


def read_module_call(block: Block, name: str, diagnostics: list[Diagnostic]) -> ModuleCall | None:
    """Read a ``module`` block; None where its source is missing or not a local path."""
    reader = BlockReader(block.body, f'module "{name}"', place=block.header, diagnostics=diagnostics)
    _refuse_both(reader, block)
    source = reader.required("source")
    path = reader.text("source") if source is not None else ""
    for argument in ("version", "providers"):
        if argument in block.body.attributes:
            detail = f"The argument {argument} has no meaning for a module, since modules are local directories."
            reader.fault(codes.UNSUPPORTED_ARGUMENT, detail, block.body.attributes[argument].name_span)
    for nested in block.body.blocks:
        reader.fault(codes.UNSUPPORTED_BLOCK, "A module block holds arguments only.", nested.type_span)
    if source is None or not isinstance(source, Literal):
        return None
    if not path.startswith(("./", "../", "/")):
        detail = f'The source "{path}" is not a local path. Modules are directories: begin with "./" or "../".'
        help_ = f'did you mean "./{path}"?' if path and "://" not in path else None
        reader.fault(codes.MODULE_SOURCE, detail, source.span, help_=help_)
        return None
    inputs = {key: value for key, value in block.body.attributes.items() if key not in _CALL_META}
    count, for_each = reader.expression("count"), reader.expression("for_each")
    return ModuleCall(name, path, source.span, inputs, count, for_each, reader.references("depends_on"), block.header)


def literal_text(expression: Expression) -> str | None:
    """The text of a string literal."""
    return expression.value if isinstance(expression, Literal) and isinstance(expression.value, str) else None
