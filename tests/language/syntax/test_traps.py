"""What is known to go wrong with python-hcl2, one test each: see the border in `lexical`, `grammar`, `parse_read`."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from declarative_mail.diagnostics import Source
from declarative_mail.language import grammar, parse
from declarative_mail.language.parse import parse_file
from declarative_mail.language.parse_pieces import PACKAGED, Pieces
from tests.language.record_tables import Kept, learned
from tests.language.syntax.trees import bare, body, expression, faults


@pytest.fixture
def _no_tables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A package that came without tables, as with another version of python-hcl2."""
    monkeypatch.setattr(grammar, "PACKAGED", tmp_path)
    monkeypatch.setattr(grammar, "_loaded", {})


@pytest.mark.usefixtures("_no_tables")
def test_tables_are_built_once_and_kept_in_the_blobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The build takes seconds; python-hcl2 would keep its result beside itself, where a user often cannot write."""
    built: dict[str, Any] = json.loads((PACKAGED.parent / grammar.table_name()).read_bytes())
    monkeypatch.setattr(grammar, "build_tables", lambda: built)
    kept = Kept()
    grammar.load_grammar(kept)

    assert [grammar.table_name()] == list(kept)

    monkeypatch.setattr(grammar, "_loaded", {})
    monkeypatch.setattr(grammar, "build_tables", lambda: pytest.fail("built again"))
    tree = grammar.load_grammar(kept).parse("A", "N=s")

    assert tree.data == "attribute"


@pytest.mark.usefixtures("_no_tables")
@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"{}", b"\xff", b'{"symbols": []}'])
def test_damaged_tables_are_built_anew(monkeypatch: pytest.MonkeyPatch, damage: bytes) -> None:
    """A cache that was cut short is as good as none."""
    built: dict[str, Any] = json.loads((PACKAGED.parent / grammar.table_name()).read_bytes())
    monkeypatch.setattr(grammar, "build_tables", lambda: built)
    kept = Kept({grammar.table_name(): damage})
    grammar.load_grammar(kept)

    assert built == json.loads(kept[grammar.table_name()])


def test_tables_of_the_package_are_those_of_the_installed_versions() -> None:
    """They are what python-hcl2's grammar gives: `python -m tests.language.record_tables` writes them."""
    path = PACKAGED.parent / grammar.table_name()

    assert path.read_bytes() == grammar.encode_tables(grammar.build_tables())


def test_recipes_of_the_package_are_what_the_grammar_gives() -> None:
    """Each recipe that is read instead of made is the one that would be made."""
    from declarative_mail.language.parse_recipe import make_recipe

    loaded = grammar.load_grammar(None)
    packaged = json.loads(PACKAGED.read_bytes())
    made = {key: json.loads(json.dumps(make_recipe(loaded.parse(key[0], key[1:]), key[1:]))) for key in packaged}

    assert made == packaged
    assert len(packaged) > 500


def test_collector_is_paused_while_a_file_is_read_and_runs_again_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would look through all nodes again and again, and doubles the time."""
    seen: list[bool] = []
    monkeypatch.setattr(parse, "_pieces", Watched(seen))
    gc.enable()
    parse_file(Source("main.hcl", "unseen_by_anyone = [[[1]]]\n"))

    assert (any(seen), gc.isenabled()) == (False, True)
    assert seen


def test_tree_of_a_large_file_is_not_looked_through_later() -> None:
    """The collector is told that it is no garbage: everything after the parse allocates without paying for it."""
    gc.unfreeze()
    parse_file(Source("main.hcl", "".join(f"a{number} = [1]\n" for number in range(5000))))
    frozen = gc.get_freeze_count()
    gc.unfreeze()

    assert frozen > 10_000


def test_collector_that_somebody_switched_off_stays_off() -> None:
    """Not ours to switch on."""
    gc.disable()
    try:
        parse_file(Source("main.hcl", "a = 1\n"))
        found = gc.isenabled()
    finally:
        gc.enable()

    assert found is False


class Watched(Pieces):
    """Pieces that note whether the collector runs while they are learned."""

    def __init__(self, seen: list[bool]) -> None:
        super().__init__()
        self._seen = seen

    def learn(self, *arguments: Any) -> Any:
        """Note and go on."""
        self._seen.append(gc.isenabled())
        return super().learn(*arguments)


def test_strip_markers_of_interpolations_are_read() -> None:
    """Its grammar rejects ``${~ ~}``."""
    assert expression('"a ${~ b ~} c"') == ("Template", (("Literal", "a"), ("Variable", "b"), ("Literal", "c")))


def test_strip_markers_of_directives_in_quotes_are_read() -> None:
    """Its grammar rejects ``%{~ ~}`` in a quoted string."""
    tree = expression('"a %{~ if b ~} c %{~ endif ~} d"')

    assert tree[1][0] == ("Literal", "a")
    assert tree[1][1] == ("TemplateIf", ("Variable", "b"), ("Literal", "c"), ("Literal", ""))


def test_names_beyond_ascii_are_read() -> None:
    """Its grammar rejects them."""
    found = body("länge = größe.тест.変数-2\nblöck été {\n}\n")

    assert list(found.attributes) == ["länge"]
    assert bare(found.attributes["länge"].expression) == (
        "GetAttr",
        ("GetAttr", ("Variable", "größe"), "тест"),
        "変数-2",
    )
    assert (found.blocks[0].type, found.blocks[0].labels[0].text) == ("blöck", "été")


def test_template_in_a_heredoc_is_read_with_its_places() -> None:
    """Its grammar takes a heredoc for one token and leaves the template in it alone."""
    text = "a = <<EOT\nx ${b.c} y\nEOT\n"
    template: Any = body(text).attributes["a"].expression

    assert [part.span.text for part in template.parts] == ["x ", "b.c", " y\n"]


def test_text_after_an_escaped_interpolation_is_read() -> None:
    """Its grammar takes ``$${`` and all up to the next brace for one token, an interpolation in it too."""
    assert expression('"$${a ${b} c}"') == ("Template", (("Literal", "${a "), ("Variable", "b"), ("Literal", " c}")))


def test_faults_have_no_names_of_terminals() -> None:
    """Its errors list raw terminals: LSQB, DBLQUOTE, INTERP_START."""
    texts = ["a =\n", "a = [1 2]\n", "a = {b}\n", "a = f(1\n", "a b c\n", "a = b ?\n", 'a = "${}"\n', "a = [for x]\n"]

    details = [fault.detail for text in texts for fault in faults(text)]

    assert len(texts) <= len(details)
    assert not [
        detail for detail in details for name in grammar.TERMINALS.values() if name[0] in detail and len(name[0]) > 2
    ]


def test_whole_file_is_no_heavier_than_its_kinds_of_lines() -> None:
    """A thousand blocks of one form cost the grammar what one does."""
    block = 'group "g{0}" {{\n  name = "n{0}"\n  members = ["a{0}", "b{0}"]\n  deep {{\n    x = {0}\n  }}\n}}\n'
    few, many = (learned(["".join(block.format(i) for i in range(count))]) for count in (1, 1000))

    assert few == many
    assert len(few) < 10


def test_neither_python_hcl2_nor_lark_is_imported_for_what_is_known() -> None:
    """Its import takes as long as reading hundreds of blocks."""
    program = (
        "import sys\n"
        "from declarative_mail.diagnostics import Source\n"
        "from declarative_mail.language.parse import parse_file\n"
        'body, faults = parse_file(Source(\'main.hcl\', \'a "b" {\\n  c = ["d", var.e]\\n  f = "x${g.h}"\\n}\\n\'))\n'
        "assert len(body.blocks) == 1 and not faults\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('lark', 'hcl2')])\n"
    )

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout == "[]\n"
