from __future__ import annotations

import pytest

from declarative_mail.resources.events import EVENT_TYPES, STAGE_EVENTS
from tests.resources.hcl import EVENT, MAIL, decoded


def many(count: int) -> str:
    """A list of so many addresses."""
    return "[" + ", ".join(f'"member{number}@example.com"' for number in range(count)) + "]"


class TestEvents:
    @pytest.mark.parametrize("type_", EVENT_TYPES)
    def test_the_thirteen(self, type_: str) -> None:
        """Every event of Harness's pipelines is known."""
        assert len(EVENT_TYPES) == 13
        assert decoded("notification_rule.r", f'event {{\n type = "{type_}"\n}}\n' + MAIL).faults == []

    @pytest.mark.parametrize(
        ("type_", "help_"),
        [
            ("PipelineFaild", 'did you mean "PipelineFailed"?'),
            ("pipeline_failed", 'did you mean "PipelineFailed"?'),
            ("StageSucces", 'did you mean "StageSuccess"?'),
            ("Nothing", None),
        ],
    )
    def test_unknown_event(self, type_: str, help_: str | None) -> None:
        """An event that does not exist gets the nearest one that does."""
        fault = decoded("notification_rule.r", f'event {{\n type = "{type_}"\n}}\n' + MAIL).only

        assert ("DM3023", help_) == (fault.code.id, fault.help)

    @pytest.mark.parametrize("type_", sorted(STAGE_EVENTS))
    def test_stage_event_without_stages_means_all(self, type_: str) -> None:
        """No stage named, named as Harness writes all of them, or none in the list: it is the same."""
        bodies = ["", 'stages = ["AllStages"]', "stages = []", 'stages = ["a", "AllStages"]']
        found = [
            decoded("notification_rule.r", f'event {{\n type = "{type_}"\n {body}\n}}\n' + MAIL).attributes["event"]
            for body in bodies
        ]

        assert found == [[{"type": type_, "stages": [], "steps": []}]] * 4

    @pytest.mark.parametrize(
        ("lines", "codes", "help_"),
        [
            ('type = "PipelineFailed"\n stages = ["a"]', ["DM3060"], 'did you mean type = "StageFailed"?'),
            ('type = "TriggerFailed"\n stages = ["a"]', ["DM3060"], None),
            ('type = "StageFailed"\n steps = ["a"]', ["DM3060"], None),
            ('type = "StepFailed"\n steps = ["a"]\n stages = ["b"]', [], None),
            ('type = "PipelineEnd"\n stages = ["AllStages"]', [], None),
            ('type = later\n stages = ["a"]', [], None),
        ],
    )
    def test_stages_belong_to_stages(self, lines: str, codes: list[str], help_: str | None) -> None:
        """Stages on an event of the whole pipeline would be ignored, so they are refused."""
        found = decoded("notification_rule.r", f"event {{\n {lines}\n}}\n" + MAIL)

        assert codes == found.codes
        assert [help_] * len(codes) == [fault.help for fault in found.faults]

    def test_event_twice(self) -> None:
        """The same event twice is a warning at the second."""
        found = decoded("notification_rule.r", EVENT + 'event {\n type = "PipelineEnd"\n}\n' + EVENT + MAIL)

        assert found.codes == ["DM3064"]
        assert found.desired is not None

    def test_pipeline_without_event_never_fires(self) -> None:
        """A rule on a pipeline needs an event of it."""
        assert decoded("notification_rule.r", 'pipeline = "deploy"\n' + MAIL).codes == ["DM3063"]

    def test_rule_without_pipeline_may_have_no_event(self) -> None:
        """An agent's workflow and an alert have no pipeline event."""
        assert decoded("notification_rule.r", MAIL).faults == []


class TestChannels:
    @pytest.mark.parametrize(
        ("block", "codes"),
        [
            ("", ["DM3061"]),
            ("email {}", ["DM3061"]),
            ("email {\n recipients = []\n user_groups = []\n}", ["DM3061"]),
            ("email {\n recipients = anything\n}", []),
            ("email {\n user_groups = [group]\n}", []),
            ("slack {}", ["DM3061"]),
            ("slack {\n webhook_url = password\n}", []),
            ("slack {\n user_groups = [group]\n}", []),
            ("msteams {}", ["DM3061"]),
            ("msteams {\n webhook_urls = [password]\n}", []),
            ("pagerduty {}", ["DM3061"]),
            ("pagerduty {\n integration_key = password\n}", []),
            ("webhook {}", ["DM3003"]),
            ("webhook {\n url = password\n}", []),
            ("datadog {\n url = password\n}", ["DM3003"]),
            ("datadog {\n url = password\n api_key = password\n headers = { a = password }\n}", []),
        ],
    )
    def test_somebody_must_be_told(self, block: str, codes: list[str]) -> None:
        """Each way of telling needs somebody to tell, and a rule needs a way."""
        assert decoded("notification_rule.r", EVENT + block).codes == codes

    @pytest.mark.parametrize(("count", "codes"), [(50, []), (51, ["DM3062"])])
    def test_fifty_recipients(self, count: int, codes: list[str]) -> None:
        """More than fifty are a warning; the rule works all the same."""
        found = decoded("notification_rule.r", EVENT + f"email {{\n recipients = {many(count)}\n}}\n")

        assert codes == found.codes
        assert len(found.attributes["email"]["recipients"]) == count

    def test_subject_is_one_line(self) -> None:
        """A line break in a subject would start another header."""
        body = EVENT + 'email {\n recipients = ["a@b.example"]\n subject = "a\\nBcc: x@y.example"\n}\n'

        assert decoded("notification_rule.r", body).codes == ["DM3021"]

    def test_texts(self) -> None:
        """Subject, text and HTML are kept as they are."""
        body = EVENT + 'email {\n recipients = ["a@b.example"]\n subject = "s"\n text = "t"\n html = "<p>h</p>"\n}\n'
        email = decoded("notification_rule.r", body).attributes["email"]

        assert (email["subject"], email["text"], email["html"]) == ("s", "t", "<p>h</p>")


class TestRule:
    def test_everything(self) -> None:
        """A rule with all that it can have is accepted."""
        body = (
            'identifier = "r"\norganization = "o"\nproject = "p"\npipeline = "deploy"\nenabled = false\n'
            'smtp_server = server\nrepeat_interval = "12h"\nvia = "central"\n'
            'git {\n branch = "main"\n commit_message = "Tell ops"\n}\n'
            'match {\n labels = { severity = "critical" }\n'
            ' condition {\n label = "namespace"\n values = ["b", "a"]\n }\n}\n'
        )
        found = decoded("notification_rule.r", body + EVENT + MAIL)

        assert found.faults == []
        assert found.attributes["match"]["condition"][0]["values"] == ["a", "b"]
        assert found.attributes["git"] == {"branch": "main", "commit_message": "Tell ops"}

    @pytest.mark.parametrize(
        ("line", "codes"),
        [
            ('project = "p"', ["DM3010"]),
            ('repeat_interval = "12"', ["DM3027"]),
            ('via = "yaml"', ["DM3021"]),
            ("git {}", ["DM3003"]),
            ('pipeline = ""', ["DM3024"]),
        ],
    )
    def test_faults(self, line: str, codes: list[str]) -> None:
        """Each setting is checked where it is written."""
        assert decoded("notification_rule.r", EVENT + MAIL + line).codes == codes

    @pytest.mark.parametrize(
        ("lines", "codes"),
        [
            ('operator = "exists"', []),
            ('operator = "in"', ["DM3010"]),
            ('operator = "exists"\n values = ["a"]', ["DM3009"]),
            ('operator = "matches"', ["DM3010"]),
            ('operator = "matches"\n pattern = "a|b"', []),
            ('operator = "matches"\n pattern = "a("', ["DM3031"]),
            ('operator = "not_in"\n values = ["a"]\n pattern = "a"', ["DM3009"]),
            ('operator = "equals"', ["DM3021"]),
        ],
    )
    def test_conditions(self, lines: str, codes: list[str]) -> None:
        """A condition has what its operator looks at, and nothing else."""
        body = EVENT + MAIL + f'match {{\n condition {{\n label = "l"\n {lines}\n }}\n}}\n'

        assert decoded("notification_rule.r", body).codes == codes


class TestGroup:
    def test_everything(self) -> None:
        """A group with every preference is accepted."""
        body = (
            'identifier = "ops"\nname = "Ops"\ndescription = "d"\ntags = { team = "core" }\norganization = "o"\n'
            'project = "p"\nmembers = ["a@b.example"]\nenabled = false\nnotification_preferences {\n'
            ' email {\n addresses = ["ops@b.example"]\n send_to_all_members = true\n }\n'
            " slack {\n webhook_url = password\n }\n msteams {\n webhook_url = password\n }\n"
            " pagerduty {\n integration_key = password\n }\n webhook {\n url = password\n }\n}\n"
        )

        assert decoded("user_group.g", body).faults == []

    @pytest.mark.parametrize(
        ("preferences", "codes"),
        [
            ("email {}", ["DM3061"]),
            ("email {\n addresses = []\n}", ["DM3061"]),
            ("email {\n send_to_all_members = true\n}", []),
            ("email {\n send_to_all_members = anything\n}", []),
            (f"email {{\n addresses = {many(51)}\n}}", ["DM3062"]),
            ("slack {}", ["DM3003"]),
            ("slack {\n webhook_url = password\n channel = 1\n}", ["DM3001"]),
        ],
    )
    def test_preferences(self, preferences: str, codes: list[str]) -> None:
        """A preference that reaches nobody is refused."""
        assert decoded("user_group.g", f"notification_preferences {{\n{preferences}\n}}").codes == codes

    def test_no_preferences_are_empty_preferences(self) -> None:
        """Left out or empty, there is no way by which the group is told."""
        left_out, empty = decoded("user_group.g", ""), decoded("user_group.g", "notification_preferences {}")

        assert left_out.attributes == empty.attributes
        assert set(left_out.attributes["notification_preferences"].values()) == {None}

    def test_description_has_a_limit(self) -> None:
        """Harness takes 1024 characters."""
        assert decoded("user_group.g", f'description = "{"x" * 1025}"').codes == ["DM3024"]


class TestPrivilegeManager:
    def test_task(self) -> None:
        """A task needs recipients; the rest has the names that the console offers."""
        found = decoded("email_task.t", 'to = ["a@b.example"]\nsmtp_server = server\nschedules = ["z", "a"]').attributes

        assert (found["name"], found["template"], found["schedules"]) == ("t", "Send E-mail Task", ["a", "z"])

    @pytest.mark.parametrize(
        ("body", "codes"),
        [
            ("", ["DM3003"]),
            ("to = []", ["DM3061"]),
            ('to = ["a"]', ["DM3040"]),
            ('to = ["a@b.example"]\nfrom_address = "x"', ["DM3041"]),
            (f"to = {many(51)}", ["DM3062"]),
            ('to = ["a@b.example"]\nsubject = "x"', ["DM3001"]),
        ],
    )
    def test_task_faults(self, body: str, codes: list[str]) -> None:
        """Nothing is accepted that the product is not known to have."""
        assert decoded("email_task.t", body).codes == codes

    def test_process(self) -> None:
        """A process starts as the documentation says, unless it is told otherwise."""
        found = decoded("approval_process.p", "smtp_server = server").attributes

        assert found["start_activity"] == "Send E-mail for New Approval Task"
        assert found["based_on"] == "Manual Approval Process with E-mail Alerts"
        assert (found["approvals"], found["self_approve"], found["email"]) == (1, False, None)

    @pytest.mark.parametrize(
        ("line", "codes"),
        [("approvals = 0", ["DM3020"]), ('timeout = "soon"', ["DM3027"]), ("email {}", ["DM3061"])],
    )
    def test_process_faults(self, line: str, codes: list[str]) -> None:
        """Its settings are checked too."""
        assert decoded("approval_process.p", line).codes == codes
