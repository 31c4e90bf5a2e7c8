"""What holds for all types at once: robustness, speed, start-up, and that pages and reference are current."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from declarative_mail.addresses import Address, parse_address
from declarative_mail.diagnostics import Code, Diagnostic, Source, Span
from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.language.evaluated import EvaluatedAttribute, EvaluatedBlock, EvaluatedBody
from declarative_mail.language.types import BOOL, DYNAMIC, STRING, ListType
from declarative_mail.language.values import ListValue, MapValue, Marked, Null, SetValue, Unknown, Value
from declarative_mail.operations.validate import validate
from declarative_mail.operations.workspace import Workspace
from declarative_mail.resources.decode import decode
from declarative_mail.resources.registry import data_types, resource_types
from declarative_mail.resources.schema import Schema, schema_of

ROOT = Path(__file__).parents[2]
SPAN = Span(Source("x", '["a", "b"]'), 0, 10)
CODES = [code for code in vars(codes).values() if isinstance(code, Code)]

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 70_000),
    st.decimals(allow_nan=False, allow_infinity=False, places=2),
    st.text(max_size=8),
    st.sampled_from(["a@b.example", "tls", "10s", "smtp://h:25", "gmail", "PipelineFailed", "user_group.a", "${ .X }"]),
    st.sampled_from([Unknown(STRING, "a.b"), Unknown(DYNAMIC), Unknown(ListType(STRING)), Null(STRING), Null(BOOL)]),
    st.sampled_from([Marked({}, address=parse_address(f"{type_}.a")) for type_ in resource_types()]),
)
VALUES: st.SearchStrategy[Value] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=3), inner, max_size=2),
        st.lists(inner, max_size=2).map(lambda items: ListValue(tuple(items), DYNAMIC)),
        st.lists(inner, max_size=2).map(lambda items: SetValue(tuple(items), DYNAMIC)),
        st.dictionaries(st.text(max_size=3), inner, max_size=2).map(lambda items: MapValue(items, DYNAMIC)),
        inner.filter(lambda value: not isinstance(value, Marked)).map(lambda value: Marked(value, sensitive=True)),
    ),
    max_leaves=6,
)


def _bodies(schema: Schema, depth: int = 0) -> st.SearchStrategy[EvaluatedBody]:
    names = st.sampled_from([*schema.attributes, "unheard_of"])
    attributes = st.dictionaries(names, VALUES.map(lambda value: EvaluatedAttribute(value, SPAN, SPAN)), max_size=6)
    blocks: st.SearchStrategy[list[EvaluatedBlock]] = st.just([])
    if schema.blocks and depth < 3:
        kinds = [
            st.builds(EvaluatedBlock, st.just(name), st.just(()), _bodies(one.schema, depth + 1), st.just(SPAN))
            for name, one in schema.blocks.items()
        ]
        blocks = st.lists(st.one_of(kinds), max_size=3)
    return st.builds(lambda found, nested: EvaluatedBody(found, tuple(nested), SPAN), attributes, blocks)


CASES = [("managed", type_) for type_ in resource_types()] + [("data", type_) for type_ in data_types()]


@pytest.mark.parametrize(("mode", "type_"), CASES)
def test_decode_never_raises(mode: str, type_: str) -> None:
    """Whatever values an expression gives, the outcome is a desired object or diagnostics, never an exception."""

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(_bodies(schema_of(type_, mode)))
    def check(body: EvaluatedBody) -> None:
        desired, faults = decode(Address(type_, "x", mode=mode), body)

        assert (desired is None) == any(fault.is_error for fault in faults)

    check()


def _group(number: int) -> EvaluatedBody:
    def body(blocks: tuple[EvaluatedBlock, ...] = (), **values: Value) -> EvaluatedBody:
        return EvaluatedBody({name: EvaluatedAttribute(one, SPAN, SPAN) for name, one in values.items()}, blocks, SPAN)

    email = EvaluatedBlock("email", (), body(addresses=(f"g{number}@x.example",), send_to_all_members=True), SPAN)
    preferences = EvaluatedBlock("notification_preferences", (), body((email,)), SPAN)
    return body((preferences,), name=f"group {number}", members=tuple(f"m{n}.{number}@x.example" for n in range(4)))


def test_ten_thousand_groups() -> None:
    """Decoding is no part of a plan's time that anybody notices: 10,000 groups in less than 1.5 s of processor."""
    bodies = [(Address("user_group", "g", str(number)), _group(number)) for number in range(10_000)]
    decode(*bodies[0])
    start = time.process_time()
    for address, body in bodies:
        desired, _ = decode(address, body)
        assert desired is not None

    assert time.process_time() - start < 1.5


def test_types_are_imported_when_they_are_used() -> None:
    """Decoding a group loads neither the other models nor the libraries that only some values need."""
    script = (
        "import sys\n"
        "from declarative_mail.resources.decode import decode\n"
        "from declarative_mail.resources.schema import resource_schema\n"
        "resource_schema('user_group')\n"
        "heavy = ['email_validator', 'dns', 'idna', 'hcl2', 'lark', 'httpx', 'deepdiff', 'rich', 'cryptography']\n"
        "models = [f'declarative_mail.resources.{name}' for name in ('smtp_server', 'notification_rule', 'presets')]\n"
        "print([name for name in heavy + models if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_every_code_is_raised_somewhere() -> None:
    """No code stands in the table that nothing reports."""
    text = "".join(path.read_text("utf-8") for path in (ROOT / "declarative_mail" / "resources").rglob("*.py"))

    assert [name for name, code in vars(codes).items() if isinstance(code, Code) and f"codes.{name}" not in text] == []


def test_codes_are_unique() -> None:
    """Each code has a number and a summary of its own, in the range of this layer."""
    assert len({code.id for code in CODES}) == len({code.summary for code in CODES}) == len(CODES)
    assert all(code.id.startswith("DM3") for code in CODES)


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.id)
class TestPages:
    def test_form(self, code: Code) -> None:
        """A page has the code and its summary, an explanation, a failing and a mended configuration."""
        text = (ROOT / "declarative_mail" / "diagnostics" / "pages" / f"{code.id}.md").read_text("utf-8")
        headings = re.findall(r"^#+ .*$", text, re.MULTILINE)

        assert headings == [f"# {code.id}: {code.summary}", "## Failing", "## Mended"]
        assert len(_examples(code)) == 2

    def test_examples(self, code: Code, tmp_path: Path) -> None:
        """`dmail validate` gives this code for the failing configuration, and nothing at all for the mended one."""
        failing, mended = (_faults(text, tmp_path / name) for text, name in zip(_examples(code), "ab", strict=True))

        assert code.id in failing
        assert mended == []


def _examples(code: Code) -> list[str]:
    text = (ROOT / "declarative_mail" / "diagnostics" / "pages" / f"{code.id}.md").read_text("utf-8")
    return re.findall(r"```hcl\n(.*?)```", text, re.DOTALL)


def _faults(configuration: str, directory: Path) -> list[str]:
    directory.mkdir()
    (directory / "main.hcl").write_text(configuration, "utf-8")
    found: list[Diagnostic] = validate(Workspace(directory=directory, environment={}))
    return [fault.code.id for fault in found]


def test_reference_is_current() -> None:
    """docs/resources says what the models say."""
    script = ROOT / "docs" / "generate_resources.py"
    spec = importlib.util.spec_from_file_location("generate_resources", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    written = {path.name: path.read_text("utf-8") for path in (ROOT / "docs" / "resources").glob("*.md")}

    assert module.pages() == written
