from __future__ import annotations

import pytest

from declarative_mail.addresses import Address, parse_address
from declarative_mail.language.values import Unknown
from tests.resources.hcl import EVENT, MAIL, SERVER, decoded


class TestAttributes:
    def test_minimal_server(self) -> None:
        """The required attributes suffice; everything else has its default."""
        found = decoded("smtp_server.primary", SERVER).attributes

        assert found["name"] == "primary"
        assert (found["host"], found["port"], found["encryption"]) == ("smtp.example.com", 587, "starttls")
        assert found["verify_certificate"] is True
        assert found["connection_test"]["max_age"] == "1h"
        assert found["oauth2"] is None

    def test_null_is_as_good_as_absent(self) -> None:
        """An attribute that is null has its default."""
        found = decoded("smtp_server.x", SERVER + "port = null\ndescription = null\nfallback = null").attributes

        assert (found["port"], found["description"], found["fallback"]) == (587, "", [])

    def test_primitives_convert_as_in_terraform(self) -> None:
        """A number becomes a string, a numeric string a number, a bool-like string a bool."""
        found = decoded("smtp_server.x", SERVER + 'port = "2525"\ntls_min_version = 1.3\nenabled = "false"').attributes

        assert (found["port"], found["tls_min_version"], found["enabled"]) == (2525, "1.3", False)

    def test_sets_have_one_order(self) -> None:
        """Order and duplicates of a set do not matter, nor the case of an address."""
        one = decoded("user_group.g", 'members = ["b@x.example", "a@x.example", "B@x.example"]').attributes
        other = decoded("user_group.g", 'members = ["B@x.example", "a@x.example"]').attributes

        assert ["B@x.example", "a@x.example"] == one["members"] == other["members"]

    def test_lists_keep_their_order(self) -> None:
        """The fallback servers are tried in the order in which they are written."""
        found = decoded("smtp_server.x", SERVER + 'fallback = ["z", server, "a"]').attributes

        assert [str(one) for one in found["fallback"]] == ["z", "smtp_server.backup", "a"]

    def test_absent_and_empty_members_differ(self) -> None:
        """A group without members is empty; one that does not say is managed elsewhere."""
        assert decoded("user_group.g", "").attributes["members"] is None
        assert decoded("user_group.g", "members = []").attributes["members"] == []

    def test_map_of_strings(self) -> None:
        """A map's values are converted one by one."""
        assert decoded("user_group.g", 'tags = { a = 1, b = "x" }').attributes["tags"] == {"a": "1", "b": "x"}

    def test_repeated_blocks_are_a_list(self) -> None:
        """Each event is an element, in the order of the file, with its own defaults."""
        found = decoded(
            "notification_rule.r", EVENT + 'event {\n  type = "StageFailed"\n  stages = ["b", "a"]\n}\n' + MAIL
        ).attributes

        assert found["event"] == [
            {"type": "PipelineFailed", "stages": [], "steps": []},
            {"type": "StageFailed", "stages": ["a", "b"], "steps": []},
        ]

    def test_fraction_is_refused_for_a_whole_number(self) -> None:
        """A port of 25.5 does not exist."""
        fault = decoded("smtp_server.x", SERVER + "port = 25.5").only

        assert (fault.code.id, fault.detail) == ("DM3008", "port is 25.5; it must be a whole number.")


class TestUnknown:
    def test_unknown_values_pass_with_their_path(self) -> None:
        """A value known only after apply stands where it was written."""
        found = decoded("smtp_server.x", SERVER + "username = later\npassword = later_secret").attributes

        assert isinstance(found["username"], Unknown)
        assert found["username"].path == "user_group.other.id"
        assert found["password"].path == "secret.s.value"

    def test_known_neighbours_are_still_checked(self) -> None:
        """Beside an unknown element the others are checked, each at its own place."""
        found = decoded("user_group.g", 'members = [later, "bad", later, "worse"]')

        assert found.codes == ["DM3040", "DM3040"]
        assert found.marked == ['"bad"', '"worse"']

    def test_unknown_elements_of_a_set_are_kept(self) -> None:
        """An element that is not known yet stays an element."""
        found = decoded("user_group.g", 'members = [later, "a@x.example"]').attributes["members"]

        assert found[0] == "a@x.example"
        assert isinstance(found[1], Unknown)

    def test_required_attribute_may_be_unknown(self) -> None:
        """A required attribute that is known only after apply is there."""
        assert decoded("smtp_server.x", 'host = "h.example"\nfrom_address = later').faults == []

    def test_unknown_list(self) -> None:
        """A whole list may be unknown."""
        found = decoded("notification_rule.r", EVENT + "email {\n recipients = anything\n}").attributes

        assert isinstance(found["email"]["recipients"], Unknown)

    def test_unknown_of_the_wrong_type_is_refused(self) -> None:
        """What will be a string can never be a list."""
        assert decoded("user_group.g", "members = later").codes == ["DM3008"]


class TestNames:
    @pytest.mark.parametrize(
        ("address", "name", "identifier"),
        [
            (Address("user_group", "on-call"), "on-call", "on_call"),
            (Address("user_group", "team", "core é"), "team-core é", "team_core__"),
            (Address("user_group", "team", 0), "team-0", "team_0"),
            (Address("user_group", "team", "a", parse_address("module.eu.user_group.x").module), "team-a", "team_a"),
        ],
    )
    def test_defaults_from_the_address(self, address: Address, name: str, identifier: str) -> None:
        """Without a name the label is the name, with the key of an instance; the identifier is made from the name."""
        found = decoded(address, "").attributes

        assert (name, identifier) == (found["name"], found["identifier"])

    @pytest.mark.parametrize(
        ("name", "identifier"),
        [("Platform Team", "Platform_Team"), ("1st line", "_1st_line"), ("step", "step_"), ("é", "_"), ("a$b", "a$b")],
    )
    def test_identifier_from_the_name(self, name: str, identifier: str) -> None:
        """Each character that is not allowed becomes an underscore, and reserved words get one."""
        assert decoded("user_group.g", f'name = "{name}"').attributes["identifier"] == identifier

    def test_what_is_made_stays_fixed(self) -> None:
        """Names that nobody wrote are marked as made, so that a moved block keeps them."""
        made, written = decoded("user_group.g", ""), decoded("user_group.g", 'name = "x"\nidentifier = "y"')

        assert made.desired is not None
        assert written.desired is not None
        assert made.desired.fixed == {"name", "identifier"}
        assert written.desired.fixed == frozenset()

    @pytest.mark.parametrize("identifier", ["platform-team", "1a", "", "step", "ä", "a" * 129, "$a"])
    def test_invalid_identifier(self, identifier: str) -> None:
        """An identifier that Harness would refuse is refused, with one that it would take."""
        fault = decoded("user_group.g", f'identifier = "{identifier}"').only

        assert fault.code.id == "DM3026"
        assert fault.help is not None


class TestDataSources:
    def test_data_source(self) -> None:
        """A data source has its arguments and nothing else."""
        found = decoded("data.user_group.g", 'identifier = "ops"\norganization = "eu"').attributes

        assert found == {"identifier": "ops", "name": None, "organization": "eu", "project": None}

    def test_only_server_needs_no_argument(self) -> None:
        """A system with one server need not be told which."""
        assert decoded("data.smtp_server.s", "").faults == []

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ("", "DM3010"),
            ('identifier = "a"\nname = "b"', "DM3009"),
            ('identifier = "a"\nproject = "p"', "DM3010"),
            ('identifier = "a"\nmembers = []', "DM3007"),
            ('identifier = "a"\nnotification_preferences {}', "DM3002"),
        ],
    )
    def test_faults(self, body: str, code: str) -> None:
        """It must be told which object to read, and takes nothing that it reads."""
        assert decoded("data.user_group.g", body).codes == [code]
