"""``dmail pull``: what it writes, what it leaves alone, and what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.house.test_json_contract import documented
from tests.operations.pull.system import System, reference, secret
from tests.support.canary import secret_value
from tests.support.project import Project, Result

GROUP = {"identifier": "oncall", "name": "On call", "members": ["ann@example.com"]}


def texts(folder: Path) -> dict[str, str]:
    """The content of the files of a directory that a configuration is read from."""
    return {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.hcl"))}


def counts(result: Result) -> dict[str, int]:
    """How many of what a plan does."""
    summary = result.of_type("summary")[0]
    return {name: summary[name] for name in ("add", "change", "destroy", "import")}


def test_files_read_as_a_person_would_write_them(project: Project, remote: System) -> None:
    """Names follow from names, references are addresses, defaults are left out, each secret is a variable."""
    key = remote.put("secret", identifier="smtp", name="SMTP password", value=secret())
    backup = remote.put("smtp_server", name="backup", host="b.example.com", port=465, from_address="a@example.com")
    remote.put(
        "smtp_server",
        name="Primary",
        host="a.example.com",
        port=587,
        encryption="starttls",
        from_address="Deploys <a@example.com>",
        username="deploys",
        password=reference("secret", key),
        fallback=[reference("smtp_server", backup)],
    )
    hook = {"slack": {"webhook_url": secret()}, "email": {"addresses": [], "send_to_all_members": True}}
    group = remote.put("user_group", **GROUP, notification_preferences=hook, enabled=True, tags={"cost center": "7"})
    remote.put(
        "notification_rule",
        identifier="failed",
        pipeline="deploy",
        event=[{"type": "StageFailed", "stages": ["b", "a"]}],
        email={"user_groups": [reference("user_group", group), "account.other"], "html": "<p>\n  ${name}\n</p>"},
    )

    project.run("pull", "remote.rest.x", ".")

    written = texts(project.path)
    del written["remote.hcl"], written["imports.hcl"]
    assert written == {name: f"# Written by: dmail pull remote.rest.x\n\n{text}" for name, text in EXPECTED.items()}


EXPECTED = {
    "secrets.hcl": """secret "smtp_password" {
  name       = "SMTP password"
  identifier = "smtp"
  value      = var.smtp_password_value
}
""",
    "smtp_servers.hcl": """smtp_server "backup" {
  host         = "b.example.com"
  encryption   = "tls"
  from_address = "a@example.com"
}

smtp_server "primary" {
  name         = "Primary"
  host         = "a.example.com"
  from_address = "Deploys <a@example.com>"
  username     = "deploys"
  password     = secret.smtp_password
  fallback     = [smtp_server.backup]
}
""",
    "user_groups.hcl": """user_group "on_call" {
  name       = "On call"
  identifier = "oncall"
  tags = {
    "cost center" = "7"
  }
  members = ["ann@example.com"]

  notification_preferences {
    email {
      send_to_all_members = true
    }

    slack {
      webhook_url = var.on_call_slack_webhook_url
    }
  }
}
""",
    "notification_rules.hcl": """notification_rule "failed" {
  pipeline = "deploy"

  event {
    type   = "StageFailed"
    stages = ["a", "b"]
  }

  email {
    user_groups = ["account.other", user_group.on_call]
    html = chomp(<<EOT
<p>
  $${name}
</p>
EOT
    )
  }
}
""",
    "variables.hcl": """variable "on_call_slack_webhook_url" {
  type        = string
  sensitive   = true
  description = "notification_preferences.slack.webhook_url of user_group.on_call on remote.rest.x"
}

variable "smtp_password_value" {
  type        = string
  sensitive   = true
  description = "value of secret.smtp_password on remote.rest.x"
}
""",
}


def test_command_that_it_names_takes_over_and_writes_nothing(project: Project, remote: System) -> None:
    """Plan, apply and the next plan, each as printed; the system sees no write."""
    hook = {"slack": {"webhook_url": secret()}}
    group = remote.put("user_group", **GROUP, notification_preferences=hook)
    groups = [reference("user_group", group)]
    remote.put(
        "notification_rule",
        identifier="r",
        name="R",
        pipeline="p",
        event=[{"type": "PipelineFailed"}],
        email={"user_groups": groups},
    )
    before = remote.everything()

    printed = project.run("pull", "rest.x", "generated")
    command = printed.out.splitlines()[-1].split()

    assert command == ["dmail", "-C", "generated", "plan", "--keep-secrets"]
    assert counts(project.json(*command[1:])) == {"add": 0, "change": 0, "destroy": 0, "import": 2}
    words = project.run(*command[1:]).out
    assert "Plan: 0 to add, 0 to change, 0 to destroy, 2 to import." in words
    assert project.run("-C", "generated", "apply", "--auto-approve", "--keep-secrets").code == 0
    assert "No changes" in project.run(*command[1:]).out
    assert project.run("-C", "generated", "drift", "--keep-secrets").code == 0
    assert (remote.everything(), remote.writes) == (before, 0)


def test_any_value_does_for_a_secret_that_was_taken_over(project: Project, remote: System) -> None:
    """Whoever gives values can do without the flag: nothing is compared with them, and nothing is sent."""
    remote.put("secret", identifier="s", name="s", value=secret())
    project.run("pull", "rest.x", ".")
    project.environment["DMAIL_VAR_s_value"] = secret_value("some")

    project.apply()
    project.environment["DMAIL_VAR_s_value"] = secret_value("another")

    assert project.run("plan", "--detailed-exitcode").code == 0
    assert remote.writes == 0


def test_without_secrets_a_bare_plan_does(project: Project, remote: System) -> None:
    """The flag is named where it is needed."""
    remote.put("user_group", **GROUP)

    printed = project.run("pull", "rest.x", ".").out

    assert printed.splitlines()[-1].split() == ["dmail", "plan"]
    assert counts(project.json("plan"))["import"] == 1


def test_same_system_gives_the_same_files(project: Project, remote: System) -> None:
    """Before and after the objects are taken over, here and in a directory of its own."""
    for number in range(3):
        remote.put("user_group", identifier=f"g{number}", name="Same name", organization=f"o{number}")
    project.run("pull", "rest.x", "there")
    project.run("pull", "rest.x", ".")
    here, there = texts(project.path), texts(project.path / "there")
    project.apply()
    assert project.run("-C", "there", "apply", "--auto-approve").code == 0

    assert project.run("pull", "rest.x", ".", "--force").code == 0
    assert texts(project.path) == here
    project.write(remote.block(), "elsewhere/main.hcl")
    assert project.run("-C", "elsewhere", "pull", "rest.x", "../there", "--force").code == 0
    assert texts(project.path / "there") == there


def test_objects_keep_their_addresses_when_others_come(project: Project, remote: System) -> None:
    """A second object of the name would change the label of the first; one that is taken over keeps it."""
    remote.put("user_group", identifier="a", name="ops", organization="one")
    project.run("pull", "rest.x", ".")
    project.apply()
    remote.put("user_group", identifier="b", name="ops", organization="two")

    project.run("pull", "rest.x", ".", "--force")

    assert counts(project.json("plan")) == {"add": 0, "change": 0, "destroy": 0, "import": 1}
    assert [line["address"] for line in project.json("plan", "--verbose").of_type("change")] == [
        "user_group.ops_two",
        "user_group.ops",
    ]


# -- files -----------------------------------------------------------------------------------------------


def test_existing_files_are_named_all_at_once_and_left_alone(project: Project, remote: System) -> None:
    """Nothing is written where anything would be overwritten."""
    remote.put("user_group", **GROUP)
    remote.put("email_task", name="t", to=["a@example.com"])
    project.write("# mine\n", "there/user_groups.hcl")
    project.write("# mine too\n", "there/imports.hcl")

    result = project.json("pull", "rest.x", "there")

    assert (result.code, result.codes) == (1, ["DM6022"])
    assert "there/user_groups.hcl\n    there/imports.hcl\n" in result.of_type("diagnostic")[0]["detail"]
    assert texts(project.path / "there") == {"imports.hcl": "# mine too\n", "user_groups.hcl": "# mine\n"}


def test_force_overwrites_and_removes_what_an_earlier_pull_left(project: Project, remote: System) -> None:
    """Not what somebody else wrote under such a name."""
    remote.put("user_group", **GROUP)
    task = remote.put("email_task", name="t", to=["a@example.com"])
    project.run("pull", "rest.x", "there")
    project.write("# mine\n", "there/secrets.hcl")
    remote.remove("email_task", task)

    result = project.json("pull", "rest.x", "there", "--force")

    assert result.of_type("summary")[0]["removed"] == ["there/email_tasks.hcl"]
    assert sorted(texts(project.path / "there")) == ["imports.hcl", "remotes.hcl", "secrets.hcl", "user_groups.hcl"]
    assert "email_task" not in (project.path / "there/imports.hcl").read_text("utf-8")


def test_force_overwrites_nothing_that_no_pull_wrote(project: Project, remote: System) -> None:
    """Variables of one's own stand in ``variables.hcl`` more often than not."""
    remote.put("user_group", **GROUP)
    project.run("pull", "rest.x", "there")
    project.write('variable "mine" {}\n', "there/imports.hcl")
    before = texts(project.path / "there")

    result = project.json("pull", "rest.x", "there", "--force")

    assert (result.code, result.codes) == (1, ["DM6022"])
    assert "no dmail pull wrote them:\n    there/imports.hcl\n" in result.of_type("diagnostic")[0]["detail"]
    assert texts(project.path / "there") == before


def test_failure_leaves_nothing_half(project: Project, remote: System) -> None:
    """A directory in the way of a file: no other file is written, and none is left over."""
    remote.put("user_group", **GROUP)
    (project.path / "there/variables.hcl").mkdir(parents=True)
    (project.path / "there/user_groups.hcl").mkdir()

    result = project.json("pull", "rest.x", "there", "--force")

    assert (result.code, result.codes) == (1, ["DM1030"])
    assert "user_groups.hcl" in result.of_type("diagnostic")[0]["detail"]
    assert sorted(path.name for path in (project.path / "there").iterdir()) == ["user_groups.hcl", "variables.hcl"]


def test_file_is_no_directory(project: Project, remote: System) -> None:
    """Said before anything is asked."""
    project.write("", "there")

    result = project.json("pull", "rest.x", "there")

    assert (result.code, result.codes) == (1, ["DM2391"])
    assert len(remote.proxy.requests) == 0


# -- the remote ------------------------------------------------------------------------------------------


def test_remote_is_named_on_each_block_where_it_is_not_the_default(project: Project, remote: System) -> None:
    """Otherwise the blocks would be for another system."""
    remote.put("user_group", **GROUP)
    project.write(remote.block(default=False), "remote.hcl")

    project.run("pull", "rest.x", ".")

    assert "  remote     = remote.rest.x\n" in texts(project.path)["user_groups.hcl"]
    assert counts(project.json("plan"))["import"] == 1


def test_directory_of_its_own_gets_the_remote_with_its_values(project: Project, remote: System) -> None:
    """What it takes from variables is written out; a secret only says where it comes from."""
    remote.put("user_group", **GROUP)
    project.write(
        'variable "url" {}\nlocals {\n token = env("REST_TOKEN")\n}\n'
        'remote "rest" "x" {\n endpoint = var.url\n token = local.token\n parallelism = 2\n timeout = null\n}\n',
        "remote.hcl",
    )

    assert project.run("pull", "rest.x", "there", "--var", f"url={remote.proxy.url}").code == 0

    assert texts(project.path / "there")["remotes.hcl"].splitlines()[2:] == [
        'remote "rest" "x" {',
        f'  endpoint    = "{remote.proxy.url}"',
        '  token       = env("REST_TOKEN")',
        "  parallelism = 2",
        "}",
    ]
    assert counts(project.json("-C", "there", "plan"))["import"] == 1


def test_token_of_another_source_becomes_a_variable(project: Project, remote: System) -> None:
    """It is told what must be given, and no secret reaches a file."""
    remote.put("user_group", **GROUP)
    project.write(
        remote.block().replace('env("REST_TOKEN")', "var.token") + 'variable "token" {\n sensitive = true\n}',
        "remote.hcl",
    )
    project.environment["DMAIL_VAR_token"] = remote.token

    printed = project.run("pull", "rest.x", "there").out

    assert "needs a value for var.x_token:\n    export DMAIL_VAR_x_token=…" in printed
    missing = project.json("-C", "there", "plan", "--keep-secrets")
    assert (missing.code, missing.codes) == (1, ["DM2330"])
    project.environment["DMAIL_VAR_x_token"] = remote.token
    assert counts(project.json("-C", "there", "plan"))["import"] == 1


def test_remote_that_stands_there_already_is_not_written_again(project: Project, remote: System) -> None:
    """Two blocks of one remote would be a fault."""
    remote.put("user_group", **GROUP)
    project.write(remote.block(), "there/main.hcl")

    project.run("pull", "rest.x", "there")

    assert "remotes.hcl" not in texts(project.path / "there")
    assert counts(project.json("-C", "there", "plan"))["import"] == 1


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        ("remote.rest.y", "DM4040", "It declares remote.rest.x."),
        ("y", "DM4040", "It declares remote.rest.x."),
        ("local", "DM6020", "nothing to pull"),
    ],
)
def test_remote_that_cannot_be_meant_is_refused(
    project: Project, remote: System, address: str, code: str, words: str
) -> None:
    """By name, with those that there are."""
    result = project.json("pull", address, "there")

    assert (result.code, result.codes) == (1, [code])
    assert words in result.of_type("diagnostic")[0]["detail"]
    assert not (project.path / "there").exists()


def test_nearest_remote_is_proposed(project: Project, remote: System) -> None:
    """As elsewhere."""
    result = project.json("pull", "rest.xx", ".")

    assert result.of_type("diagnostic")[0]["help"] == 'did you mean "remote.rest.x"?'


def test_configuration_without_a_remote_is_told_to_declare_one(project: Project) -> None:
    """There is nothing to choose from."""
    project.write("", "main.hcl")

    result = project.json("pull", "rest.x", ".")

    assert result.codes == ["DM4040"]
    assert "It declares none" in result.of_type("diagnostic")[0]["detail"]


def test_wrong_token_is_said_before_anything_is_read(project: Project, remote: System) -> None:
    """The preflight of every plan."""
    project.environment["REST_TOKEN"] = "wrong"

    result = project.json("pull", "rest.x", "there")

    assert (result.code, result.codes, len(remote.proxy.requests)) == (1, ["DM6012"], 1)


def test_empty_remote_gives_no_files(project: Project, remote: System) -> None:
    """And says so."""
    result = project.run("pull", "rest.x", "there")

    assert (result.code, result.out) == (0, f"remote.rest.x at {remote.proxy.url} has no objects.\n")
    assert not (project.path / "there").exists()


# -- what is there already -------------------------------------------------------------------------------


MINE = """
user_group "mine" {
  identifier = "oncall"
  name       = "On call"
  members    = ["ann@example.com"]
}

import {
  to = user_group.mine
  id = "%s"
}
"""


def test_managed_objects_are_passed_over_and_referred_to(project: Project, remote: System) -> None:
    """What the state has, and what an import block is about to take over, is nobody else's to declare."""
    project.write('user_group "team" {\n  for_each = { core = "core" }\n  identifier = each.key\n}\n')
    project.apply()
    pending = remote.put("user_group", **GROUP)
    project.write(MINE % pending, "mine.hcl")
    core = next(one["id"] for one in remote.everything()["user_group"] if one["id"] != pending)
    groups = [reference("user_group", core), reference("user_group", pending)]
    remote.put("notification_rule", identifier="r", name="r", email={"user_groups": groups})
    writes = remote.writes

    result = project.json("pull", "rest.x", ".")

    assert [line["address"] for line in result.of_type("pulled")] == ["notification_rule.r"]
    assert result.of_type("summary")[0]["managed"] == 2
    assert 'user_groups = [user_group.mine, user_group.team["core"]]' in texts(project.path)["notification_rules.hcl"]
    assert counts(project.json("plan")) == {"add": 0, "change": 0, "destroy": 0, "import": 2}
    project.apply()
    assert project.run("plan", "--detailed-exitcode").code == 0
    assert remote.writes == writes


def test_managed_objects_are_passed_over_elsewhere_too(project: Project, remote: System) -> None:
    """Two states must not own one object; in another directory it is something unmanaged."""
    project.write('user_group "team" {}\n')
    project.apply()
    (team,) = (one["id"] for one in remote.everything()["user_group"])
    remote.put("notification_rule", identifier="r", name="r", email={"user_groups": [reference("user_group", team)]})

    project.run("pull", "rest.x", "there")

    assert f'user_groups = ["user_group/{team}"]' in texts(project.path / "there")["notification_rules.hcl"]
    assert counts(project.json("-C", "there", "plan")) == {"add": 0, "change": 0, "destroy": 0, "import": 1}


def test_names_that_are_taken_are_not_given_again(project: Project, remote: System) -> None:
    """Neither addresses nor variables of the files that stay."""
    hook = {"slack": {"webhook_url": secret()}}
    remote.put("user_group", identifier="ops", name="ops", organization="eu", notification_preferences=hook)
    project.write('user_group "ops" {}\nvariable "ops_eu_slack_webhook_url" {\n  default = "x"\n}\n')

    result = project.json("pull", "rest.x", ".")

    assert [line["address"] for line in result.of_type("pulled")] == ["user_group.ops_eu"]
    assert result.of_type("summary")[0]["secrets"] == ["user_group_ops_eu_slack_webhook_url"]
    assert counts(project.json("plan", "--keep-secrets")) == {"add": 1, "change": 0, "destroy": 0, "import": 1}


# -- what cannot be declared -----------------------------------------------------------------------------


def test_object_that_cannot_be_declared_is_left_out_with_the_reason(project: Project, remote: System) -> None:
    """The rest is written all the same, and names it as something unmanaged."""
    bad = remote.put("user_group", identifier="bad", name="Bad", notification_preferences={"email": {"addresses": []}})
    remote.put("notification_rule", identifier="r", name="r", email={"user_groups": [reference("user_group", bad)]})

    result = project.json("pull", "rest.x", ".")

    (warning,) = result.of_type("diagnostic")
    assert (result.code, warning["code"], warning["severity"]) == (0, "DM6021", "warning")
    assert f'user_group "Bad" with the id {bad} was left out. The email block has no addresses' in warning["detail"]
    assert f'user_groups = ["user_group/{bad}"]' in texts(project.path)["notification_rules.hcl"]
    assert counts(project.json("plan")) == {"add": 0, "change": 0, "destroy": 0, "import": 1}


def test_every_object_that_is_left_out_is_named(project: Project, remote: System) -> None:
    """To people up to twenty of them, in one warning; as JSON each in one of its own."""
    for number in range(22):
        remote.put("user_group", identifier=f"g{number:02}", name=f"Group {number:02}", members=["nobody"])

    shown = project.run("pull", "rest.x", ".").err
    lines = project.json("pull", "rest.x", ".").of_type("diagnostic")

    assert shown.count("DM6021]") == 1
    assert shown.count('* user_group "Group ') == 20
    assert "* 2 more, which --json names." in shown
    assert shown.count("Change it on remote.rest.x") == 1
    assert len({line["detail"] for line in lines}) == 22


def test_circle_is_broken_at_one_object(project: Project, remote: System) -> None:
    """Servers that are each other's fallback: one of them is left out, and the other can be declared."""
    server = {"host": "a.example.com", "from_address": "a@example.com"}
    one = remote.put("smtp_server", name="one", **server)
    two = remote.put("smtp_server", name="two", **server, fallback=[reference("smtp_server", one)])
    remote.change("smtp_server", one, fallback=[reference("smtp_server", two)])

    result = project.json("pull", "rest.x", ".")

    assert [line["address"] for line in result.of_type("pulled")] == ["smtp_server.one"]
    assert "refer to each other" in result.of_type("diagnostic")[0]["detail"]
    assert counts(project.json("plan")) == {"add": 0, "change": 0, "destroy": 0, "import": 1}


# -- what it says ----------------------------------------------------------------------------------------


def test_json_has_a_line_for_each_object_and_a_summary(project: Project, remote: System) -> None:
    """As documented."""
    id_ = remote.put("secret", identifier="s", name="s", value=secret())

    result = project.json("pull", "remote.rest.x", "there/")

    assert result.lines == [
        {"type": "pulled", "address": "secret.s", "id": id_, "file": "there/secrets.hcl"},
        {
            "type": "summary",
            "remote": "rest.x",
            "identity": remote.proxy.url,
            "objects": 1,
            "managed": 0,
            "left_out": 0,
            "files": [
                {"file": "there/secrets.hcl", "blocks": 1},
                {"file": "there/imports.hcl", "blocks": 1},
                {"file": "there/variables.hcl", "blocks": 1},
                {"file": "there/remotes.hcl", "blocks": 1},
            ],
            "removed": [],
            "secrets": ["s_value"],
            "settings": [],
            "next": "dmail -C there plan --keep-secrets",
        },
    ]


def test_page_of_json_shows_the_fields_that_are_written(project: Project, remote: System) -> None:
    """Neither more nor less."""
    remote.put("secret", identifier="s", name="s", value=secret())

    (one, summary) = project.json("pull", "remote.rest.x", "there").lines

    assert (documented()["pulled"], documented()["pull_summary"]) == (set(one), set(summary))


def test_next_command_is_right_wherever_it_was_called_from(project: Project, remote: System) -> None:
    """With -C and with a name that a shell would split."""
    remote.put("user_group", **GROUP)
    project.write(remote.block(), "infra/remote.hcl")

    result = project.json("-C", "infra", "pull", "rest.x", "two words")

    assert json.loads(result.out.splitlines()[-1])["next"] == "dmail -C 'infra/two words' plan"


def test_large_system_costs_pages_to_pull(project: Project, remote: System) -> None:
    """A hundred objects are read with as many calls as one is: one for each type, and the preflight."""
    calls = []
    for count in (1, 99):
        for number in range(count):
            remote.put("user_group", identifier=f"g{count}_{number}")
        before = len(remote.proxy.requests)
        project.run("pull", "rest.x", ".", "--force")
        calls.append(len(remote.proxy.requests) - before)

    assert calls == [7, 7]
