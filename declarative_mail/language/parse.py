"""From text to the syntax tree: a configuration file, an expression, a template.

    bytes --decode_source--> Source --Reader--> pieces by token kinds --grammar (new kinds only)--> recipe --> nodes

Faults are returned, several at once; the tree beside them holds what could be read.
"""

from __future__ import annotations

from functools import partial

from declarative_mail import collector
from declarative_mail.diagnostics import Diagnostic, Label, Source, Span
from declarative_mail.diagnostics.codes import syntax as codes
from declarative_mail.language.beside import Beside
from declarative_mail.language.clear_secrets import NamePredicate, holds_secret, named_like_secret
from declarative_mail.language.parse_halves import Halves
from declarative_mail.language.parse_pieces import Pieces
from declarative_mail.language.parse_read import Reader
from declarative_mail.language.stored import Blobs
from declarative_mail.language.stored_tree import seal_tree, tree_name, unseal_tree
from declarative_mail.language.syntax import Body, Expression

MAX_SIZE = 10_000_000
"""Characters that one text may have. Ten thousand resource blocks are some four millions."""
LARGE = 30_000
"""Characters from which on a tree is kept, between runs and in memory.

Below that, reading the text takes no longer than reading the tree.
"""

_pieces = Pieces()


def decode_source(name: str, data: bytes) -> tuple[Source | None, list[Diagnostic]]:
    """The text of a file. None, with a diagnostic, where it is not UTF-8 or larger than `MAX_SIZE`.

    Args:
        name: what a person calls the file.
        data: what is in it.
    """
    if len(data) > MAX_SIZE:
        return None, [_too_large(Source(name, ""), len(data))]
    try:
        return Source(name, data.decode()), []
    except UnicodeDecodeError as fault:
        before = Source(name, data[: fault.start].decode())
        end = len(before.text)
        detail = (
            f"Byte {fault.start + 1} (0x{data[fault.start]:02X}) is not UTF-8, which configuration files are in. "
            "Set the encoding to UTF-8 in your editor and save the file again."
        )
        return None, [Diagnostic(codes.NOT_UTF8, detail, Label(Span(before, end, end)))]


def parse_file(
    source: Source,
    *,
    blobs: Blobs | None = None,
    is_secret: NamePredicate = named_like_secret,
    beside: Beside | None = None,
) -> tuple[Body, list[Diagnostic]]:
    """The body of a configuration file, and its faults. With a fault the body holds what could be read beside it.

    Args:
        source: the file.
        blobs: where the parser finds what it kept in earlier runs. Trees of larger files without faults are kept there,
            unless a file holds what `is_secret` says is a secret.
        is_secret: whether a text that is set to this name is taken for a secret.
        beside: where a part of the work on a very large file may be done.
    """
    if (fault := _size_fault(source)) is not None:
        return Body({}, (), Span(source, 0, 0)), [fault]
    with collector.paused(freeze=len(source.text) >= LARGE):
        store = blobs if len(source.text) >= LARGE else None
        body = None if store is None else unseal_tree(store.get(tree_name(source)), source)
        if body is not None:
            return body, []
        keep = partial(_keep_tree, store, is_secret)
        if beside is not None:
            body = Halves(source, _pieces, blobs, keep).read(beside)
            if body is not None:
                _keep_recipes(blobs)
                return body, []
        reader = Reader(source, _pieces, blobs)
        body = reader.read_file()
        _keep_recipes(blobs)
        if not reader.faults.found:
            keep(body)
        return body, reader.faults.found


def parse_expression(source: Source, *, blobs: Blobs | None = None) -> tuple[Expression | None, list[Diagnostic]]:
    """The text as one expression, None with its faults. Line breaks mean nothing, as inside parentheses."""
    if (fault := _size_fault(source)) is not None:
        return None, [fault]
    reader = Reader(source, _pieces, blobs)
    expression = reader.read_expression()
    _keep_recipes(blobs)
    return expression, reader.faults.found


def parse_template(source: Source, *, blobs: Blobs | None = None) -> tuple[Expression | None, list[Diagnostic]]:
    """The text as a template without quotes around it, as a heredoc's: backslashes are no escapes.

    None with its faults.
    """
    if (fault := _size_fault(source)) is not None:
        return None, [fault]
    reader = Reader(source, _pieces, blobs)
    template = reader.read_template()
    _keep_recipes(blobs)
    return template, reader.faults.found


def _keep_tree(store: Blobs | None, is_secret: NamePredicate, body: Body) -> None:
    try:
        if store is not None and not holds_secret(body, is_secret):
            store.put(tree_name(body.span.source), seal_tree(body))
    except (RecursionError, UnicodeEncodeError):  # so deep a tree, or half a character, is read from its text each time
        return


def _keep_recipes(blobs: Blobs | None) -> None:
    if blobs is not None:
        _pieces.keep(blobs)


def _size_fault(source: Source) -> Diagnostic | None:
    return _too_large(source, len(source.text)) if len(source.text) > MAX_SIZE else None


def _too_large(source: Source, size: int) -> Diagnostic:
    detail = (
        f"The file has {size} bytes; up to {MAX_SIZE} are read. "
        "Divide it, or make the blocks from a map with `for_each`."
    )
    return Diagnostic(codes.TOO_LARGE, detail, Label(Span(source, 0, 0)))
