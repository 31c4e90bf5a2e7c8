from __future__ import annotations

import pytest

from declarative_mail.addresses import parse_address
from declarative_mail.resources.leaves import Reference
from declarative_mail.secrets import Secret
from tests.resources.hcl import EVENT, MAIL, SERVER, decoded

LOGIN = SERVER + 'username = "u"\n'


class TestValues:
    def test_sensitive_value_becomes_a_secret(self) -> None:
        """A sensitive text is wrapped, and remembers where it came from."""
        found = decoded("smtp_server.x", LOGIN + "password = password")

        assert found.faults == []
        assert Secret("made-up") == found.attributes["password"]
        assert found.attributes["password"].source == "env:SMTP_PASSWORD"

    def test_composed_secret_has_no_source_of_its_own(self) -> None:
        """A text put together from secrets can only be found again by the configuration."""
        assert decoded("smtp_server.x", LOGIN + "password = composed").attributes["password"].source == "expression"

    def test_secret_resource(self) -> None:
        """A password may be a secret resource, which is then a reference."""
        found = decoded("smtp_server.x", LOGIN + "password = vault")

        assert found.attributes["password"] == Reference(parse_address("secret.smtp"))
        assert found.desired is not None
        assert [str(one) for one in found.desired.references] == ["secret.smtp"]

    def test_paths_of_secrets(self) -> None:
        """Every secret is known by its path, at any depth, those not known yet included."""
        found = decoded(
            "notification_rule.x",
            EVENT
            + "msteams {\n webhook_urls = [password, composed]\n}\n"
            + "webhook {\n url = later_secret\n headers = { X-Key = password }\n}\n",
        )

        assert found.desired is not None
        assert found.desired.sensitive == {
            ("msteams", "webhook_urls", 0),
            ("msteams", "webhook_urls", 1),
            ("webhook", "url"),
            ("webhook", "headers", "X-Key"),
        }

    def test_marked_collections(self) -> None:
        """A mark on a whole list or map holds for each element."""
        found = decoded("notification_rule.x", EVENT + "msteams {\n webhook_urls = [for x in [password] : x]\n}\n")

        assert found.attributes["msteams"]["webhook_urls"] == [Secret("made-up")]

    @pytest.mark.parametrize(
        "text", ['<+secrets.getValue(\\"account.smtp\\")>', "$${ .SMTP_PASSWORD }", "$${SMTP_PASSWORD}"]
    )
    def test_expression_of_the_remote_is_no_literal(self, text: str) -> None:
        """A text that the remote resolves itself holds no secret, so nobody is warned."""
        assert decoded("smtp_server.x", LOGIN + f'password = "{text}"').faults == []


class TestWarnings:
    def test_literal(self) -> None:
        """A secret written out is a warning, its excerpt blanked, and it still works."""
        found = decoded("smtp_server.x", LOGIN + 'password = "correct horse"')

        assert found.only.code.id == "DM3080"
        assert not found.only.is_error
        assert found.only.primary is not None
        assert found.only.primary.secret
        assert found.attributes["password"] == Secret("correct horse")
        assert "correct horse" not in str(found.only.data)

    def test_heredoc(self) -> None:
        """A heredoc is a literal too."""
        body = SERVER + "client_certificate = <<E\n-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\nE\n"
        fault = decoded("smtp_server.x", body + "client_key = <<E\nkey\nE\n").only

        assert fault.code.id == "DM3080"
        assert fault.primary is not None
        assert fault.primary.secret

    def test_element_of_a_list(self) -> None:
        """In a list the element alone is marked."""
        found = decoded(
            "notification_rule.x", EVENT + 'msteams {\n webhook_urls = [password, "https://x.example"]\n}\n'
        )

        assert (found.codes, found.marked) == (["DM3080"], ['"https://x.example"'])

    def test_value_that_is_not_marked(self) -> None:
        """A variable that is not sensitive is another warning; its expression may be shown."""
        fault = decoded("smtp_server.x", LOGIN + "password = plain").only

        assert fault.code.id == "DM3081"
        assert fault.primary is not None
        assert not fault.primary.secret

    def test_expression_with_text_in_it_is_blanked(self) -> None:
        """What is no literal but holds one is blanked all the same."""
        fault = decoded("smtp_server.x", LOGIN + 'password = plain == "open" ? "hunter2" : "x"').only

        assert fault.primary is not None
        assert fault.primary.secret


class TestRefusals:
    @pytest.mark.parametrize("value", ['""', "<<E\nE\n"])
    def test_empty_secret(self, value: str) -> None:
        """An empty text is no secret."""
        assert "DM3082" in decoded("smtp_server.x", LOGIN + f"password = {value}").codes

    @pytest.mark.parametrize(
        ("address", "body"),
        [
            ("smtp_server.x", LOGIN + "password = password\ndescription = composed"),
            ("user_group.x", "members = [password]"),
            ("user_group.x", 'tags = { a = "x", b = composed }'),
            ("notification_rule.x", EVENT + MAIL + "smtp_server = composed"),
        ],
    )
    def test_sensitive_value_in_a_stored_attribute(self, address: str, body: str) -> None:
        """A sensitive value may not go where it would be stored, at any depth."""
        fault = decoded(address, body).only

        assert fault.code.id == "DM3083"
        assert fault.help is not None
        assert "nonsensitive(" in fault.help

    def test_secret_never_shows_in_a_fault(self) -> None:
        """Whatever is wrong beside it, the value of a secret is in no diagnostic."""
        found = decoded("smtp_server.x", "host = password\nfrom_address = password\nport = composed\nauth = password")

        assert found.codes == ["DM3083"] * 4
        assert "made-up" not in str([fault.data for fault in found.faults])


class TestBlanks:
    @pytest.mark.parametrize(
        ("line", "text"),
        [
            ('password = ["hunter2"]', '["hunter2"]'),
            ('pass = "hunter2"', '"hunter2"'),
            ('api_key = "hunter2"', '"hunter2"'),
            ("password = 12345", "12345"),
            ('password = "hunter2"', '"hunter2"'),
            ('password = { a = "hunter2" }', '{ a = "hunter2" }'),
        ],
    )
    def test_written_secret_is_blanked(self, line: str, text: str) -> None:
        """Whatever is wrong with an attribute for a secret, what is written out there is not shown."""
        found = decoded("smtp_server.x", LOGIN + line)
        labels = [label for fault in found.faults for label in (fault.primary, *fault.related) if label]

        assert text in [label.span.text for label in labels if label.secret]

    def test_expression_is_shown(self) -> None:
        """An expression without a literal in it says where to look, so it is shown."""
        found = decoded("smtp_server.x", SERVER + "passwd = password")
        labels = [label for fault in found.faults for label in (fault.primary, *fault.related) if label]

        assert [label.secret for label in labels] == [False]

    def test_number_is_a_literal_too(self) -> None:
        """A PIN without quotes is written out like any other secret."""
        found = decoded("smtp_server.x", LOGIN + "password = 12345")

        assert found.codes == ["DM3080"]
        assert found.attributes["password"] == Secret("12345")


class TestSecretResource:
    def test_value_or_reference(self) -> None:
        """A secret is a text, or the place where a secret manager finds one; not both, not neither."""
        assert decoded("secret.x", "value = password").faults == []
        assert decoded("secret.x", 'reference = "kv/smtp"').faults == []
        assert decoded("secret.x", 'value = password\nreference = "kv/smtp"').codes == ["DM3009"]
        assert decoded("secret.x", "").codes == ["DM3003"]

    @pytest.mark.parametrize(
        ("body", "scope"),
        [("", "account"), ('organization = "o"', "organization"), ('organization = "o"\nproject = "p"', "project")],
    )
    def test_scope_follows(self, body: str, scope: str) -> None:
        """The scope is that of organisation and project."""
        assert decoded("secret.x", "value = password\n" + body).attributes["scope"] == scope

    @pytest.mark.parametrize(
        ("body", "codes"),
        [
            ('scope = "project"\norganization = "o"', ["DM3010"]),
            ('scope = "account"\norganization = "o"', ["DM3009"]),
            ('scope = "organization"\norganization = "o"\nproject = "p"', ["DM3009"]),
            ('scope = "org"', ["DM3021"]),
        ],
    )
    def test_scope_contradicts(self, body: str, codes: list[str]) -> None:
        """A scope that is written must agree with them."""
        assert decoded("secret.x", "value = password\n" + body).codes == codes

    @pytest.mark.parametrize(
        ("body", "codes"),
        [
            ("scoped_to_account = true", []),
            ('grant {\n environment = "production"\n}\ngrant {\n application = "a"\n environment = "b"\n}', []),
            ("scoped_to_account = true\ninherit_from_secret_manager = true", ["DM3009"]),
            ('scoped_to_account = true\ngrant {\n environment = "production"\n}', ["DM3009"]),
            ("grant {}", ["DM3003"]),
        ],
    )
    def test_usage_scope(self, body: str, codes: list[str]) -> None:
        """Where a secret may be used is said in one way of three."""
        assert decoded("secret.x", f"value = password\nusage_scope {{\n{body}\n}}").codes == codes
