from __future__ import annotations

import pytest

from declarative_mail.diagnostics import Span
from declarative_mail.resources.decode import decode
from tests.resources.hcl import EVENT, MAIL, SERVER, decoded, evaluated


class TestUnsupported:
    @pytest.mark.parametrize(
        ("address", "line", "help_"),
        [
            ("smtp_server.x", "encrypton = 1", 'did you mean "encryption"?'),
            ("smtp_server.x", "ssl = true", 'did you mean encryption = "tls"?'),
            ("smtp_server.x", 'user = "a"', "did you mean username?"),
            ("smtp_server.x", 'to = "a"', "to stands inside connection_test { … }"),
            ("smtp_server.x", "connection_test = {}", "write connection_test { … } without ="),
            ("smtp_server.x", "zzz = 1", None),
            ("notification_rule.x", "server = 1", "did you mean smtp_server?"),
            ("notification_rule.x", "to = []", "did you mean email { recipients = […] }?"),
            ("user_group.x", "user_emails = []", "did you mean members?"),
            ("user_group.x", "memebers = []", 'did you mean "members"?'),
        ],
    )
    def test_attribute(self, address: str, line: str, help_: str | None) -> None:
        """An attribute that does not exist is marked at its name, with what was probably meant."""
        extra = {"smtp_server.x": SERVER, "notification_rule.x": EVENT + MAIL}.get(address, "")
        fault = decoded(address, extra + line).only

        assert fault.primary is not None
        assert ("DM3001", line.split(" ", 1)[0], help_) == (fault.code.id, fault.primary.span.text, fault.help)

    @pytest.mark.parametrize(
        ("block", "help_"),
        [
            ('events {\n type = "x"\n}', "did you mean event { … }, once for each?"),
            ("emial {}", 'did you mean "email"?'),
            ("name {}", "write name = …"),
            ("condition {}", "condition stands inside match { … }"),
        ],
    )
    def test_block(self, block: str, help_: str | None) -> None:
        """A block that does not exist is marked at its header."""
        fault = decoded("notification_rule.x", EVENT + MAIL + block).only

        assert fault.primary is not None
        assert ("DM3002", block.split(" ", 1)[0], help_) == (fault.code.id, fault.primary.span.text, fault.help)

    def test_inside_a_block(self) -> None:
        """The same holds in nested blocks, whose names are known there."""
        fault = decoded("smtp_server.x", SERVER + 'connection_test {\n  timout = "1s"\n}').only

        assert (fault.detail, fault.help) == (
            'the connection_test block has no attribute "timout".',
            'did you mean "timeout"?',
        )

    def test_computed_attribute(self) -> None:
        """What the system makes cannot be set."""
        found = decoded("user_group.x", 'id = "1"')

        assert (found.codes, found.marked) == (["DM3007"], ["id"])

    def test_repeated_block(self) -> None:
        """Where one block can stand, the second is marked and the first shown."""
        fault = decoded("notification_rule.x", EVENT + MAIL + MAIL).only

        assert fault.code.id == "DM3005"
        assert fault.primary is not None
        assert fault.related[0].span.start < fault.primary.span.start
        assert fault.related[0].span.text == fault.primary.span.text == "email"

    def test_label_on_a_nested_block(self) -> None:
        """Nested blocks have no labels."""
        found = decoded("notification_rule.x", 'event "x" {\n  type = "PipelineEnd"\n}\n' + MAIL)

        assert (found.codes, found.marked) == (["DM3006"], ['event "x"'])


class TestConsequences:
    @pytest.mark.parametrize(
        ("address", "body"),
        [
            ("smtp_server.x", 'host = "h.example"\nfrom = "a@b.example"'),
            ("smtp_server.x", 'server = "h.example"\nfrom_address = "a@b.example"'),
            ("smtp_server.x", SERVER + "username = plain\npass = password"),
            ("notification_rule.x", EVENT + "emial {}"),
            ("notification_rule.x", EVENT + 'email = { recipients = ["a@b.example"] }'),
            ("notification_rule.x", MAIL + 'pipeline = "p"\nevents {}'),
            ("notification_rule.x", 'event {\n typ = "PipelineEnd"\n}\n' + MAIL),
        ],
    )
    def test_wrong_name_is_one_fault(self, address: str, body: str) -> None:
        """Where something has the wrong name, nobody complains that the right one is missing."""
        assert decoded(address, body).only.code.id in {"DM3001", "DM3002"}


class TestMissing:
    def test_attribute(self) -> None:
        """A required attribute that is not there is marked at the block, and says what it is for."""
        fault = decoded("smtp_server.x", 'host = "h.example"').only

        assert fault.primary is not None
        assert (fault.code.id, fault.primary.span.text) == ("DM3003", 'smtp_server "x"')
        assert "from_address" in fault.detail

    def test_null(self) -> None:
        """A required attribute that is null is marked at the null."""
        found = decoded("smtp_server.x", 'host = "h.example"\nfrom_address = null')

        assert (found.codes, found.marked) == (["DM3003"], ["null"])

    def test_in_a_block(self) -> None:
        """In a nested block it is marked at that block."""
        found = decoded("notification_rule.x", "event {}\n" + MAIL)

        assert (found.codes, found.marked) == (["DM3003"], ["event"])

    def test_block(self) -> None:
        """A required block is asked for."""
        found = decoded("smtp_server.x", SERVER + 'connection_test {\n to = "a@b.example"\n receipt {}\n}')

        assert (found.codes, found.marked) == (["DM3004"], ["receipt"])


class TestTypes:
    @pytest.mark.parametrize(
        ("line", "detail", "help_"),
        [
            (
                'members = "a@b.example"',
                "members takes a set of strings; this is a string.",
                'in brackets: ["a@b.example"]',
            ),
            ("members = [[1]]", "members[0] takes a string; this is a tuple.", None),
            (
                "members = [null]",
                "members[0] is null; what stands in a set must have a value. Leave it out instead.",
                None,
            ),
            ('enabled = "yes"', "enabled takes true or false; this is a string.", "did you mean enabled = true?"),
            ('name = ["a"]', "name takes a string; this is a tuple.", "name takes one value, not a list"),
            (
                "name = group",
                'name takes a string; user_group.ops["a"] is a whole resource.',
                'name one of its attributes, e.g. user_group.ops["a"].name',
            ),
            ('tags = ["a"]', "tags takes a map of strings; this is a tuple.", None),
            ("members = { a = 1 }", "members takes a set of strings; this is an object.", None),
        ],
    )
    def test_wrong_type(self, line: str, detail: str, help_: str | None) -> None:
        """The message says what is wanted, what came, and how it is written."""
        fault = decoded("user_group.g", line).only

        assert (detail, help_) == (fault.detail, fault.help)

    def test_number(self) -> None:
        """A text that is no number is refused where a number is wanted."""
        fault = decoded("smtp_server.x", SERVER + 'port = "smtp"').only

        assert (fault.code.id, fault.detail) == ("DM3008", "port takes a number; this is a string.")


def test_all_faults_at_once_in_the_order_of_the_file() -> None:
    """One run shows every fault of a resource, from the top to the bottom."""
    found = decoded(
        "smtp_server.x",
        'host = "smtp://h.example:25"\nport = 0\nencryption = "ssl"\nfrom_address = "x"\nfoo = 1\n'
        'connection_test {\n  timeout = "0s"\n  require = ["tls", "auht"]\n}',
    )

    assert found.desired is None
    assert found.codes == ["DM3043", "DM3020", "DM3021", "DM3041", "DM3001", "DM3027", "DM3021"]
    assert found.marked == ['"smtp://h.example:25"', "0", '"ssl"', '"x"', "foo", '"0s"', '"auht"']


def test_fault_in_a_made_list_marks_the_expression() -> None:
    """Where the list is not written out, the whole expression is marked."""
    found = decoded("user_group.g", 'members = [for x in ["a@b.example", "bad"] : x]')

    assert found.marked == ['[for x in ["a@b.example", "bad"] : x]']


def test_every_fault_carries_the_address() -> None:
    """The instance at fault is named, so that one of a hundred can be found."""
    found = decoded('user_group.g["a"]', 'members = ["bad"]\nfoo = 1')

    assert {'user_group.g["a"]'} == {str(fault.address) for fault in found.faults}


def test_unwritten_place_falls_back_to_the_body() -> None:
    """Even a body without a header before it has a place to show."""
    body = evaluated('host = "h.example"')
    source = type(body.span.source)("x", "{}")
    bare = type(body)(body.attributes, (), Span(source, 0, 2))
    _, faults = decode(decoded("smtp_server.x", SERVER).desired.address, bare)  # type: ignore[union-attr]  # it decodes

    assert faults[0].primary is not None
    assert faults[0].primary.span.text == "{}"
