"""What is kept between runs: recipes and trees, in JSON, never of a file that may hold a secret."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest

from declarative_mail.diagnostics import Source
from declarative_mail.language import parse
from declarative_mail.language.clear_secrets import holds_secret, named_like_secret
from declarative_mail.language.parse import LARGE as ENOUGH
from declarative_mail.language.parse import parse_file
from declarative_mail.language.parse_pieces import Known, Pieces
from declarative_mail.language.stored import FORMAT, MAX_RECIPES, RECIPES, read_recipes, write_recipes
from declarative_mail.language.stored_tree import _crypt, read_tree, seal_tree, tree_name, unseal_tree, write_tree
from tests.language.record_tables import Kept
from tests.language.syntax.trees import body

BLOCK = (
    'group "g{0}" {{\n'
    '  name = "team {0}"\n'
    '  members = ["a{0}@example.com", var.b[{0}]]\n'
    '  text = "x\\t${{c}}"\n'
    "  n = 1.5\n"
    "}}\n"
)
LARGE = "".join(BLOCK.format(number) for number in range(400))


@pytest.fixture(autouse=True)
def _fresh_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has read nothing yet."""
    monkeypatch.setattr(parse, "_pieces", Pieces())


def test_tree_of_a_large_file_is_kept_by_its_text() -> None:
    """The second run reads it, and gives the very same, places in the new source."""
    kept = Kept()
    first, _ = parse_file(Source("main.hcl", LARGE), blobs=kept)
    source = Source("renamed.hcl", LARGE)

    assert len(LARGE) > ENOUGH
    assert tree_name(source) in kept

    parse._pieces = Unused()
    second, faults = parse_file(source, blobs=kept)

    assert faults == []
    assert write_tree(first) == write_tree(second)
    assert second.blocks[-1].span.source is source
    assert second == unseal_tree(kept[tree_name(source)], source)


class Unused(Pieces):
    """Pieces that must not be asked."""

    def learn(self, *_: object) -> Known:
        """Fail."""
        raise AssertionError


def test_tree_of_another_text_is_not_taken() -> None:
    """One character is enough."""
    kept = Kept()
    parse_file(Source("main.hcl", LARGE), blobs=kept)
    other = LARGE.replace("team 7", "team 8")
    found, _ = parse_file(Source("main.hcl", other), blobs=kept)

    assert Source("a", other).text in found.span.source.text
    assert found.blocks[7].body.attributes["name"].expression.value == "team 8"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"[{},[],[0,0]]",
        b'[{"a":["a",[0,0,1],["Nothing",1,[0,0,1]],[0,0,1]]},[],[0,0,1]]',
        b'[{"a":["a",[0,0,1],["Literal",1e999999999,[0,0,1]],[0,0,1]]},[],[0,0,1]]',
        b"\xff\xfe",
        b"[" * 5000,
        b"\0" * 100 * len(LARGE) + b"\0",
    ],
)
def test_damaged_tree_is_as_good_as_none(damage: bytes) -> None:
    """The text is read instead, and the tree kept anew."""
    source = Source("main.hcl", LARGE)
    kept = Kept({tree_name(source): _crypt(LARGE, zlib.compress(damage))})
    found, faults = parse_file(source, blobs=kept)

    assert (faults, len(found.blocks)) == ([], 400)
    assert found == unseal_tree(kept[tree_name(source)], source)


def test_tree_that_was_cut_short_or_changed_is_as_good_as_none() -> None:
    """Of what is on a disk any part may be missing."""
    source = Source("main.hcl", LARGE)
    whole = seal_tree(body(LARGE))

    assert unseal_tree(whole, source) is not None
    assert unseal_tree(whole[:-1], source) is None
    assert unseal_tree(whole[:-1] + b"!", source) is None
    assert unseal_tree(b"", source) is None


def test_kept_tree_tells_nothing_without_its_text() -> None:
    """Not even what no name tells to be a secret; with another text it is no tree."""
    text = LARGE + 'variable "odd" {\n  default = "hunter2"\n}\n'
    kept = Kept()
    parse_file(Source("main.hcl", text), blobs=kept)
    (content,) = [content for name, content in kept.items() if name.startswith("tree")]

    assert b"hunter2" in zlib.decompress(_crypt(text, content))
    assert b"hunter2" not in content
    with pytest.raises(zlib.error):
        zlib.decompress(content)
    assert unseal_tree(content, Source("main.hcl", text + "\n")) is None


@pytest.mark.parametrize(
    "number",
    ["0", "1.5", "1e-400", "1.25E-7", "12345678901234567890123", f"1{'0' * 400}", "0.1234567890123456789012345"],
)
def test_number_is_kept_as_it_is(number: str) -> None:
    """However large or small, to its last digit and of its own kind."""
    found = body(f"a = {number}\n")
    again: Any = read_tree(write_tree(found), found.span.source)

    assert again == found
    assert type(again.attributes["a"].expression.value) is type(found.attributes["a"].expression.value)  # type: ignore[union-attr]


def test_form_of_what_is_kept() -> None:
    """When this changes, `FORMAT` must be raised: what older versions kept must not be read as something else."""
    tree = write_tree(body('a = "b"\nc "d" {\n  e = [1, f.g]\n}\n'))
    recipes = write_recipes({"AN=N": ["attribute", 0, 2, 0, ["name", 2, 2]]})

    assert FORMAT == 2
    assert tree == (
        b'[{"a":["a",[0,0,1],["Literal","b",[0,4,7]],[0,0,7]]},[["c",[0,8,9],[["d",[0,10,13]]],[{"e":["e",[0,18,19]'
        b',["Tuple",[["Literal",1,[0,23,24]],["GetAttr",["Variable","f",[0,26,27]],"g",[0,28,29],[0,26,29]]],[0,22,'
        b"30]],[0,18,30]]},[],[0,14,32]],[0,8,13],[0,8,32]]],[0,0,33]]"
    )
    assert recipes == b'{\n"AN=N":["attribute",0,2,0,["name",2,2]]\n}\n'


def test_small_files_are_not_kept() -> None:
    """Their text is read as fast as a tree."""
    kept = Kept()
    parse_file(Source("main.hcl", BLOCK.format(1)), blobs=kept)

    assert [name for name in kept if name.startswith("tree")] == []


def test_file_with_a_fault_is_not_kept() -> None:
    """It has to be told again."""
    kept = Kept()
    _, faults = parse_file(Source("main.hcl", LARGE + "a = = 1\n"), blobs=kept)

    assert len(faults) == 1
    assert [name for name in kept if name.startswith("tree")] == []


def test_very_deep_tree_is_not_kept_and_no_fault() -> None:
    """JSON's own limit is nobody's business."""
    kept = Kept()
    depth = 190
    deep = "a = " + "{b = " * depth + "1" + "}" * depth + "\n"
    found, faults = parse_file(Source("main.hcl", LARGE + deep), blobs=kept)

    assert (faults, "a" in found.attributes) == ([], True)


def test_file_with_a_secret_is_not_kept() -> None:
    """Neither its tree, nor its text in any other form."""
    kept = Kept()
    parse_file(Source("main.hcl", LARGE + 'smtp_server "a" {\n  password = "hunter2"\n}\n'), blobs=kept)

    assert [name for name in kept if name.startswith("tree")] == []
    assert not [name for name, content in kept.items() if b"hunter2" in content]


def test_who_calls_says_what_a_secret_is() -> None:
    """By name of an argument."""
    kept = Kept()
    parse_file(Source("main.hcl", LARGE), blobs=kept, is_secret=lambda name: name == "members")

    assert [name for name in kept if name.startswith("tree")] == []


@pytest.mark.parametrize(
    "text",
    [
        'password = "x"\n',
        'client_secret = "x"\n',
        'refresh_token = "x"\n',
        'pass = "x"\n',
        'key = "x"\n',
        'api_key = "x"\n',
        'webhook_url = "x"\n',
        'password = "${var.a}x"\n',
        'password = var.a ? "x" : "y"\n',
        'password = sensitive("x")\n',
        "password = <<EOT\nx\nEOT\n",
        'tokens = ["x"]\n',
        'a = { token = "x" }\n',
        'a = { "smtp token" = { b = "x" } }\n',
        'a {\n  b {\n    password = "x"\n  }\n}\n',
        'secret "a" {\n  value = "x"\n}\n',
        'variable "smtp_password" {\n  default = "x"\n}\n',
        'a = "smtp://user:word@host"\n',
        'a = ["${b}://user:word@host"]\n',
        'a = f({ password = "x" })\n',
    ],
)
def test_text_that_is_set_to_a_secret_is_found(text: str) -> None:
    """By the name of the argument, of the element, of the block; by its form in an address."""
    assert holds_secret(body(text))


@pytest.mark.parametrize(
    "text",
    [
        'password = env("PASSWORD")\n',
        'password = secret_file("path")\n',
        'password = secret_command(["pass", "show"])\n',
        "password = var.password\n",
        'password = var.passwords["core"]\n',
        'password = ""\n',
        "password_version = 3\n",
        'name = "x"\nmembers = ["a@example.com"]\n',
        'secret "a" {\n  name = "x"\n  value = env("A")\n}\n',
        'variable "region" {\n  default = "x"\n}\n',
        'a = "https://example.com/b:c@d"\n',
        'keyboard = "x"\nmonkey = "y"\npinned = "z"\n',
    ],
)
def test_where_a_secret_comes_from_is_no_secret(text: str) -> None:
    """A source or a reference says nothing that must be hidden."""
    assert not holds_secret(body(text))


@pytest.mark.parametrize(
    "name", ["password", "smtp_pass", "client-secret", "TOKEN", "integration_key", "db_dsn", "salt", "Passphrase"]
)
def test_name_of_a_secret(name: str) -> None:
    """Known by its words."""
    assert named_like_secret(name)


def test_recipes_are_kept_and_hold_no_text() -> None:
    """What a new process would have to learn again, by kinds alone."""
    kept = Kept()
    text = "strange_name = -[for k, v in {a = 1} : k if v != 3]...\n".replace("...", "[0].b.c.d[1 + 2 - 4 * 5 / 6]")
    _, faults = parse_file(Source("main.hcl", text), blobs=kept)
    recipes = json.loads(kept[RECIPES])

    assert faults == []
    assert "AN=mG[0].N.N.N[0+0-0*0/0]" in recipes
    assert b"strange" not in kept[RECIPES]


def test_kept_recipes_are_used_and_not_learned_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither python-hcl2 nor Lark is needed then."""
    text = "a = b[1 + 2 - 3 * 4 / 5 % 6 == 7 ? 8 : 9]\n"
    kept = Kept()
    first, _ = parse_file(Source("main.hcl", text), blobs=kept)
    monkeypatch.setattr(parse, "_pieces", Pieces())
    monkeypatch.setattr("declarative_mail.language.grammar.load_grammar", lambda _: pytest.fail("learned again"))
    second, faults = parse_file(Source("main.hcl", text), blobs=kept)

    assert faults == []
    assert write_tree(first) == write_tree(second)


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"AN=N==0": 7}', b'{"AN=NE0": ["nonsense", 0, 1]}', b'{"AN=NE0": []}', b"\xff"]
)
def test_damaged_recipes_are_as_good_as_none(damage: bytes) -> None:
    """The grammar is asked."""
    kept = Kept({RECIPES: damage})
    found, faults = parse_file(Source("main.hcl", "a = b == 0\n"), blobs=kept)

    assert (faults, found.attributes["a"].expression.operator) == ([], "==")  # type: ignore[union-attr]


def test_recipes_are_bounded() -> None:
    """The newest are kept, and none of a piece that is very long."""
    many = {f"AN={number}": ["name", 0, 0] for number in range(MAX_RECIPES + 10)}
    content = write_recipes({"A" + "N" * 1000: ["name", 0, 0], **many})

    assert list(many)[10:] == list(read_recipes(content))


def test_what_others_kept_meanwhile_stays() -> None:
    """Two processes learn different things."""
    kept = Kept({RECIPES: write_recipes({"AN=other": ["name", 0, 0]})})
    parse_file(Source("main.hcl", "a = b.c.d.e[-1 * -2 % -3 - -4]\n"), blobs=kept)

    assert {"AN=other", "AN=N.N.N.N[m0*m0%m0-m0]"} <= json.loads(kept[RECIPES]).keys()
