from __future__ import annotations

import pytest

from declarative_mail.language.values import Unknown
from declarative_mail.resources.rules.endpoint import is_public
from tests.resources.hcl import SERVER, decoded

TOKEN = ' client_id = "c"\n refresh_token = password\n'
HTTPS = ' token_url = "https://x.example"\n'
FROM = 'from_address = "deploys@example.com"\n'
LOGIN = 'username = "u"\npassword = password\n'


class TestEndpoint:
    @pytest.mark.parametrize(
        ("lines", "expected"),
        [
            ('host = "h.example"', ("h.example", 587, "starttls", "smtp://h.example:587")),
            ('host = "h.example"\nport = 465', ("h.example", 465, "tls", "smtps://h.example:465")),
            ('host = "h.example"\nport = 25', ("h.example", 25, "starttls", "smtp://h.example:25")),
            ('host = "h.example"\nencryption = "tls"', ("h.example", 465, "tls", "smtps://h.example:465")),
            ('host = "h.example"\nencryption = "none"', ("h.example", 25, "none", "smtp://h.example:25")),
            (
                'host = "h.example"\nencryption = "starttls_if_offered"',
                ("h.example", 25, "starttls_if_offered", "smtp://h.example:25"),
            ),
            ('host = "::1"\nport = 2525', ("::1", 2525, "starttls", "smtp://[::1]:2525")),
            ('uri = "smtp://h.example;25"', ("h.example", 25, "starttls", "smtp://h.example:25")),
            ('uri = "smtp://h.example"', ("h.example", 25, "starttls", "smtp://h.example:25")),
            ('uri = "smtp://h.example:465"', ("h.example", 465, "tls", "smtps://h.example:465")),
            ('uri = "smtps://h.example"', ("h.example", 465, "tls", "smtps://h.example:465")),
            (
                'uri = "smtp://h.example:2525"\nencryption = "tls"',
                ("h.example", 2525, "tls", "smtps://h.example:2525"),
            ),
            ('preset = "sendgrid"', ("smtp.sendgrid.net", 587, "starttls", "smtp://smtp.sendgrid.net:587")),
            ('preset = "gmail"\nport = 465', ("smtp.gmail.com", 465, "tls", "smtps://smtp.gmail.com:465")),
            ('preset = "gmail"\nencryption = "tls"', ("smtp.gmail.com", 465, "tls", "smtps://smtp.gmail.com:465")),
            ('preset = "gmail"\nhost = "relay.example"', ("relay.example", 587, "starttls", "smtp://relay.example:587")),
            (
                'preset = "ses"\nregion = "eu-west-1"',
                ("email-smtp.eu-west-1.amazonaws.com", 587, "starttls", "smtp://email-smtp.eu-west-1.amazonaws.com:587"),
            ),
        ],
    )  # fmt: skip
    def test_each_way_says_the_same(self, lines: str, expected: tuple[str, int, str, str]) -> None:
        """Host, port, encryption and uri follow from each other; what is written goes before the preset."""
        found = decoded("smtp_server.x", FROM + lines).attributes

        assert expected == (found["host"], found["port"], found["encryption"], found["uri"])

    def test_preset_fills_the_prescribed_user_name(self) -> None:
        """SendGrid's user name is always apikey; without a password nobody logs in."""
        with_password = decoded("smtp_server.x", FROM + 'preset = "sendgrid"\npassword = password').attributes
        without = decoded("smtp_server.x", FROM + 'preset = "sendgrid"').attributes

        assert (with_password["username"], without["username"]) == ("apikey", None)

    @pytest.mark.parametrize(
        "line", ["preset = later", 'preset = "gmail"\nport = later', "uri = later", "host = later"]
    )
    def test_unknown_parts_make_the_rest_unknown(self, line: str) -> None:
        """What follows from a value known only after apply is known only then, under the server's own address."""
        found = decoded("smtp_server.x", FROM + (line.replace("later", "anything"))).attributes

        assert isinstance(found["uri"], Unknown)

    def test_unknown_port_leaves_the_host(self) -> None:
        """What does not depend on it is known."""
        found = decoded("smtp_server.x", FROM + 'host = "h.example"\nport = anything').attributes

        assert found["host"] == "h.example"
        assert found["encryption"].path == "smtp_server.x.encryption"

    @pytest.mark.parametrize(
        ("lines", "code", "marked"),
        [
            ("", "DM3003", 'smtp_server "x"'),
            ('uri = "smtp://a.example"\nhost = "b.example"', "DM3009", '"b.example"'),
            ('uri = "smtp://a.example"\nport = 25', "DM3009", "25"),
            ('uri = "smtp://a.example"\npreset = "gmail"', "DM3009", '"gmail"'),
            ('uri = "a.example:25"', "DM3044", '"a.example:25"'),
            ('uri = "smtps://a.example:2465"\nencryption = "starttls"', "DM3046", '"starttls"'),
            ('uri = "smtps://a.example"\nencryption = "none"', "DM3046", '"none"'),
            ('host = "a.example"\nregion = "eu"', "DM3010", '"eu"'),
            ('preset = "gmial"', "DM3022", '"gmial"'),
            ('preset = "ses"\nregion = "mars"', "DM3021", '"mars"'),
            ('preset = "office365"\nencryption = "tls"', "DM3048", '"tls"'),
            ('host = "a.example"\nport = 0', "DM3020", "0"),
            ('host = "a.example"\nport = 70000', "DM3020", "70000"),
            ('host = "a.example"\nport = -1', "DM3020", "-1"),
            ('host = "a b"', "DM3042", '"a b"'),
            ('host = "ops@example.com"', "DM3042", '"ops@example.com"'),
        ],
    )
    def test_faults(self, lines: str, code: str, marked: str) -> None:
        """Each fault is marked at the attribute that is to be changed, and reported once."""
        found = decoded("smtp_server.x", FROM + lines)

        assert ([code], [marked]) == (found.codes, found.marked)

    @pytest.mark.parametrize(
        ("host", "help_"),
        [
            ("smtp://h.example:25", 'did you mean uri = "smtp://h.example:25"?'),
            ("smtps://h.example", 'did you mean uri = "smtps://h.example"?'),
            ("https://h.example/smtp", 'did you mean host = "h.example"?'),
            ("h.example:587", 'did you mean host = "h.example" and port = 587, or uri = "smtp://h.example:587"?'),
            ("h.example;25", 'did you mean host = "h.example" and port = 25, or uri = "smtp://h.example:25"?'),
        ],
    )
    def test_url_in_host(self, host: str, help_: str) -> None:
        """A URL or a port in host is told where it belongs."""
        fault = decoded("smtp_server.x", FROM + f'host = "{host}"').only

        assert ("DM3043", help_) == (fault.code.id, fault.help)

    @pytest.mark.parametrize(
        ("port", "encryption"),
        [(465, "starttls"), (465, "starttls_if_offered"), (465, "none"), (587, "tls"), (25, "tls")],
    )
    def test_port_and_encryption_contradict(self, port: int, encryption: str) -> None:
        """The ports that speak first in clear and the one that does not are not mixed up."""
        fault = decoded("smtp_server.x", SERVER + f'port = {port}\nencryption = "{encryption}"').only

        assert fault.code.id == "DM3046"
        assert [label.span.text for label in fault.related] == [str(port)]

    @pytest.mark.parametrize(("port", "encryption"), [(2525, "tls"), (2465, "tls"), (2525, "starttls"), (587, "none")])
    def test_other_ports_may_speak_as_they_like(self, port: int, encryption: str) -> None:
        """On a port of one's own anything may be spoken."""
        assert decoded("smtp_server.x", SERVER + f'port = {port}\nencryption = "{encryption}"').faults == []


class TestLogin:
    @pytest.mark.parametrize(
        ("lines", "code", "marked"),
        [
            ("password = password", "DM3010", "password"),
            ('username = "u"', "DM3010", '"u"'),
            ('username = "u"\npassword = password\nauth = "none"', "DM3009", '"u"'),
            ("client_key = password", "DM3010", "password"),
            (f'username = "u"\noauth2 {{\n token_url = "x"\n{TOKEN}}}', "DM3045", '"x"'),
            (f'username = "u"\noauth2 {{\n{HTTPS} client_id = "c"\n}}', "DM3010", "oauth2"),
            (
                f'username = "u"\noauth2 {{\n{HTTPS} client_id = "c"\n grant = "client_credentials"\n}}',
                "DM3010",
                '"client_credentials"',
            ),
            (f'username = "u"\nauth = "plain"\noauth2 {{\n{HTTPS}{TOKEN}}}', "DM3009", '"plain"'),
            (f"{LOGIN}oauth2 {{\n{HTTPS}{TOKEN}}}", "DM3009", "oauth2"),
        ],
    )
    def test_incomplete(self, lines: str, code: str, marked: str) -> None:
        """Credentials that cannot be used are refused before anybody connects."""
        found = decoded("smtp_server.x", SERVER + lines)

        assert (code, marked) == (found.codes[0], found.marked[0])

    def test_token_from_a_secret(self) -> None:
        """A token that somebody else fetched goes where a password goes."""
        assert decoded("smtp_server.x", SERVER + LOGIN + 'auth = "xoauth2"').faults == []

    @pytest.mark.parametrize(
        ("lines", "codes"),
        [
            ('encryption = "none"', ["DM3049"]),
            ('encryption = "starttls_if_offered"', ["DM3049"]),
            ('encryption = "none"\nauth = "plain"', []),
            ('encryption = "starttls"', []),
            ('encryption = "tls"', []),
        ],
    )
    def test_password_in_clear(self, lines: str, codes: list[str]) -> None:
        """A password in clear is warned of unless its mechanism is asked for by name."""
        assert decoded("smtp_server.x", SERVER + LOGIN + lines).codes == codes

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
    def test_loopback_is_no_network(self, host: str) -> None:
        """Nobody stands between a machine and itself."""
        body = FROM + LOGIN + f'host = "{host}"\nencryption = "none"'

        assert decoded("smtp_server.x", body).faults == []


class TestTrust:
    @pytest.mark.parametrize(
        ("lines", "codes"),
        [
            ('preset = "sendgrid"', ["DM3047"]),
            ('host = "smtp.vendor.com"', ["DM3047"]),
            ('host = "mail.internal.vendor.com"', []),
            ('host = "relay"', []),
            ('host = "10.1.2.3"', []),
            ('host = "8.8.8.8"', ["DM3047"]),
        ],
    )
    def test_unverified_certificate(self, lines: str, codes: list[str]) -> None:
        """Not to verify is for internal servers."""
        assert decoded("smtp_server.x", FROM + "verify_certificate = false\n" + lines).codes == codes

    def test_authorities_without_verification(self) -> None:
        """Authorities that nobody asks are a contradiction."""
        pem = "<<E\n-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\nE\n"
        found = decoded("smtp_server.x", SERVER + f"verify_certificate = false\nca_certificate = {pem}")

        assert found.codes == ["DM3009"]

    def test_path_in_place_of_a_certificate(self) -> None:
        """A path is told how to become a text."""
        fault = decoded("smtp_server.x", SERVER + 'ca_certificate = "ca.pem"').only

        assert fault.code.id == "DM3030"
        assert fault.help is not None
        assert "file(" in fault.help

    @pytest.mark.parametrize(
        ("host", "public"),
        [
            ("smtp.sendgrid.net", True),
            ("mail.corp.example.net", False),
            ("MAIL.LAN", False),
            ("2001:4860:4860::8888", True),
            ("[fd00::1]", False),
            ("192.168.1.1", False),
            ("1.2.3.999", False),
        ],
    )
    def test_what_looks_public(self, host: str, public: bool) -> None:  # noqa: FBT001 - a row of the table
        """Bare names, internal names and private addresses are not public."""
        assert is_public(host) is public


class TestMailboxes:
    @pytest.mark.parametrize(
        ("line", "codes"),
        [
            ('reply_to = "Ops <ops@example.com>"', []),
            ('reply_to = "ops"', ["DM3041"]),
            ('envelope_from = "bounces@example.com"', []),
            ('envelope_from = ""', []),
            ('envelope_from = "B <b@example.com>"', ["DM3040"]),
            ('hello = "mx.example.com"', []),
            ('hello = "mx example"', ["DM3042"]),
            ('rate_limit = "100/h"', []),
            ('rate_limit = "100"', ["DM3028"]),
            ('rotate_after = "90d"', []),
            ('rotate_after = "2027-03-31"', []),
            ('rotate_after = "2027-02-30"', ["DM3027"]),
            ('rotate_after = "0d"', ["DM3027"]),
            ('name = ""', ["DM3024"]),
            ("password_version = -1", ["DM3020"]),
        ],
    )
    def test_forms(self, line: str, codes: list[str]) -> None:
        """Each text has its form, checked where it is written."""
        assert decoded("smtp_server.x", SERVER + line).codes == codes

    def test_bare_address_is_offered(self) -> None:
        """Where an address alone must stand, the one inside the mailbox is offered."""
        fault = decoded("smtp_server.x", SERVER + 'envelope_from = "B <b@example.com>"').only

        assert fault.help == 'did you mean "b@example.com"?'


class TestConnectionTest:
    @pytest.mark.parametrize(
        ("lines", "codes"),
        [
            ('require = ["tls", "recipient"]\nto = "ops@example.com"', []),
            ('require = ["recipient"]', ["DM3010"]),
            ('require = ["message"]', ["DM3010"]),
            ('require = ["mesage"]\nto = "ops@example.com"', ["DM3021"]),
            ('to = "ops"', ["DM3040"]),
            ('timeout = "0s"', ["DM3027"]),
            ('max_age = "0s"', []),
            ("timeout = 10", ["DM3027"]),
            ('on_failure = "ignore"', ["DM3021"]),
            ('via = "delegate"', ["DM3021"]),
            ("min_certificate_days = -1", ["DM3020"]),
            ('egress = ["192.0.2.0/24", "2001:db8::1"]', []),
            ('egress = ["mx.example.com"]', ["DM3029"]),
            ('receipt {\n imap {\n host = "i.example"\n username = "u"\n password = password\n }\n}', ["DM3010"]),
        ],
    )
    def test_settings(self, lines: str, codes: list[str]) -> None:
        """A setting that would make the test useless or endless is refused at its line."""
        assert decoded("smtp_server.x", SERVER + f"connection_test {{\n{lines}\n}}").codes == codes

    @pytest.mark.parametrize(("lines", "port"), [("", 993), ('encryption = "starttls"', 143), ("port = 1143", 1143)])
    def test_imap_port_follows_the_encryption(self, lines: str, port: int) -> None:
        """IMAP with TLS from the first byte has a port of its own (RFC 8314)."""
        imap = f'imap {{\n host = "i.example"\n username = "u"\n password = password\n {lines}\n }}'
        body = SERVER + f'connection_test {{\n to = "a@b.example"\n receipt {{\n {imap}\n }}\n}}'

        assert decoded("smtp_server.x", body).attributes["connection_test"]["receipt"]["imap"]["port"] == port

    def test_empty_block_is_the_same_as_none(self) -> None:
        """Without a word about it the test has its defaults."""
        with_block = decoded("smtp_server.x", SERVER + "connection_test {}").attributes

        assert with_block == decoded("smtp_server.x", SERVER).attributes
