"""Writes docs/resources/*.md from the models: run it after a change of an attribute. A test holds the pages current."""  # noqa: INP001

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from declarative_mail.resources.leaves import Plain
from declarative_mail.resources.registry import data_types, resource_types
from declarative_mail.resources.schema import AttributeSchema, BlockSchema, Schema, data_schema, resource_schema

TARGET = Path(__file__).parent / "resources"

_LEAVES = {"text": "string", "number": "number", "flag": "bool", "secret": "secret"}


def pages() -> dict[str, str]:
    """The text of every page by its file name."""
    return {f"{type_}.md": _page(type_) for type_ in resource_types()} | {"README.md": _overview()}


def _overview() -> str:
    lines = ["# Resources", "", "Generated from the models by `docs/generate_resources.py`.", ""]
    lines += ["| type | what it is |", "|---|---|"]
    lines += [f"| [`{type_}`]({type_}.md) | {resource_schema(type_).title} |" for type_ in resource_types()]
    lines += ["", "| data source | what it reads |", "|---|---|"]
    lines += [f'| [`data "{type_}"`]({type_}.md#data-{type_}) | {data_schema(type_).title} |' for type_ in data_types()]
    return "\n".join(lines) + "\n"


def _page(type_: str) -> str:
    schema = resource_schema(type_)
    lines = [f"# {type_}", "", schema.description, ""]
    lines += [f"Told apart by {_names(schema.natural_key)}."]
    if schema.immutable:
        lines[-1] += f" Replaced when {_names(sorted(schema.immutable))} changes, where the system cannot change it."
    lines += ["", *_body(schema, "Attributes", ""), "## What can be read", ""]
    lines += [f"- `{one.name}`: {one.description}" for one in schema.attributes.values() if one.computed]
    if type_ in data_types():
        data = data_schema(type_)
        lines += ["", f"## data {type_}", "", data.description, ""]
        lines += [*_table(one for one in data.attributes.values() if not one.computed)]
        lines += ["Everything else that the resource has can be read."]
    return "\n".join(lines).rstrip() + "\n"


def _names(names: tuple[str, ...] | list[str]) -> str:
    return " or ".join(f"`{name}`" for name in names) if isinstance(names, list) else ", ".join(f"`{n}`" for n in names)


def _body(schema: Schema, heading: str, prefix: str) -> Iterator[str]:
    yield from (f"## {heading}", "")
    yield from _table(one for one in schema.attributes.values() if not one.computed)
    for name, block in schema.blocks.items():
        title = f"{prefix}{name}"
        yield from (f"## Block `{title}`", "", f"{block.description} {_how_often(block)}", "")
        yield from (block.schema.description, "")
        yield from list(_body(block.schema, "", f"{title}."))[2:]


def _how_often(block: BlockSchema) -> str:
    if block.required:
        return "Required."
    if block.repeated:
        return "Any number of times."
    return "Optional; left out, its defaults hold." if block.filled else "Optional."


def _table(attributes: Iterator[AttributeSchema]) -> Iterator[str]:
    rows = [f"| `{one.name}` | {_type(one)} | {_default(one)} | {_description(one)} |" for one in attributes]
    if rows:
        yield from ("| attribute | type | default | |", "|---|---|---|---|", *rows, "")


def _type(one: AttributeSchema) -> str:
    leaf = f"`{one.reference}`" if one.leaf == "reference" else _LEAVES[one.leaf]
    if one.choices:
        leaf = " ".join(f"`{choice}`" for choice in one.choices)
        return leaf if one.shape == "one" else f"{one.shape} of {leaf}"
    return leaf if one.shape == "one" else f"{one.shape} of {leaf}"


def _default(one: AttributeSchema) -> str:
    if one.required:
        return "**required**"
    if one.derived is not None:
        return one.derived.text
    return f"`{_shown(one.default)}`" if one.default not in (None, "", [], {}) else ""


def _shown(value: Plain) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)


def _description(one: AttributeSchema) -> str:
    notes = []
    if one.derived is not None and one.derived.fixed:
        notes.append("Left out, it stays what it was made at creation.")
    if one.local:
        notes.append("Never written to a remote.")
    return " ".join([one.description, *notes]).replace("|", "\\|")


def main() -> None:
    """Write all pages."""
    TARGET.mkdir(exist_ok=True)
    for name, text in pages().items():
        (TARGET / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
