"""Saved plans: applied as reviewed, or refused with the reason."""

from __future__ import annotations

import json

import pytest

from tests.support.project import Project

SECRET = 'secret "s" {\n  value = env("THE_SECRET")\n}\n'
GROUP = 'user_group "ops" {\n  members = ["ann@example.com"]\n}\n'
SKIP = "--skip-connection-test=no server in this test"


@pytest.fixture
def planned(project: Project) -> Project:
    """An applied configuration with a changed one planned into ``review.plan``."""
    project.environment["THE_SECRET"] = "canary-first"
    project.write(SECRET + GROUP)
    project.apply()
    project.write(SECRET + GROUP.replace("ann", "bob"))
    assert project.run("plan", "--out", "review.plan").code == 0
    return project


def test_saved_plan_is_applied_without_asking(planned: Project) -> None:
    """It was reviewed already; a second time it is out of date."""
    first = planned.run("apply", SKIP, "review.plan")
    again = planned.json("apply", SKIP, "review.plan")

    assert first.code == 0, first.err
    assert [one["attributes"].get("members") for one in planned.state["resources"]][-1:] != [["ann@example.com"]]
    assert (again.code, again.codes) == (1, ["DM4020"])


def _other_state(project: Project) -> None:
    project.edit_state(lambda state: state["resources"][0]["attributes"].update(description="moved"))


def _other_lineage(project: Project) -> None:
    project.edit_state(lambda state: state.update(lineage="6ba7b810-9dad-41d1-80b4-00c04fd430c8"))


def _other_configuration(project: Project) -> None:
    project.write(SECRET + GROUP.replace("ann", "bob") + "# a comment\n")


def _other_secret(project: Project) -> None:
    project.environment["THE_SECRET"] = "canary-second"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_other_state, "objects or outputs in the state changed"),
        (_other_lineage, "its lineage differs"),
        (_other_configuration, "the configuration, or a file that it reads, changed"),
        (_other_secret, "secret.s"),
    ],
)
def test_plan_is_refused_when_something_moved(planned: Project, change: object, words: str) -> None:
    """The message says what; nothing is changed."""
    assert callable(change)
    change(planned)
    before = planned.state
    result = planned.json("apply", SKIP, "review.plan")

    (fault,) = result.of_type("diagnostic")
    assert (result.code, fault["code"]) == (1, "DM4020")
    assert words in fault["detail"]
    assert planned.state == before


def test_recorded_serial_does_not_matter(planned: Project) -> None:
    """A verdict or an equal write since the plan does not make it stale."""
    planned.edit_state(lambda state: state.update(serial=state["serial"] + 1))

    assert planned.run("apply", SKIP, "review.plan").code == 0


def test_first_plan_with_a_secret_can_be_applied(project: Project) -> None:
    """There is no state yet that says how fingerprints are made: the plan says it, and the next plan is empty."""
    project.environment["THE_SECRET"] = "canary-first"
    project.write(SECRET)
    assert project.run("plan", "--out", "first.plan").code == 0

    result = project.run("apply", SKIP, "first.plan")

    assert result.code == 0, result.err
    assert project.run("plan", "--detailed-exitcode").code == 0


def test_plan_of_a_newer_dmail_is_refused(planned: Project) -> None:
    """An option that is not known here would be left out, and another plan be applied than was reviewed."""
    path = planned.path / "review.plan"
    saved = json.loads(path.read_text())
    path.write_text(json.dumps({**saved, "options": {**saved["options"], "only_on_mondays": True}}))

    (fault,) = planned.json("apply", SKIP, "review.plan").of_type("diagnostic")

    assert (fault["code"], "only_on_mondays" in fault["detail"]) == ("DM4021", True)


def test_options_of_a_plan_cannot_be_given_with_a_saved_one(planned: Project) -> None:
    """They would have no effect, so they are a usage error and not silence."""
    result = planned.run("apply", "--target", "user_group.ops", "-refresh=false", "review.plan")

    assert (result.code, "--target, --no-refresh cannot be given with it" in result.err) == (64, True)


def test_plan_keeps_its_variables(project: Project) -> None:
    """``--var`` is given once, to plan."""
    project.write('variable "m" {}\nuser_group "ops" {\n  members = [var.m]\n}\n')
    project.run("plan", "--var", "m=x@example.com", "--out", "p")

    assert project.json("apply", "--var", "m=y@example.com", "p").codes == ["DM4020"]
    assert project.run("apply", SKIP, "p").code == 0
    assert project.state["resources"][0]["attributes"]["members"] == ["x@example.com"]


def test_plan_file_holds_no_secret_and_is_for_its_owner(planned: Project) -> None:
    """The raw bytes are searched."""
    path = planned.path / "review.plan"

    assert b"canary" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", [None, "", "{}", "not a plan", '{"kind": "dmail-plan", "version": 99}'])
def test_file_that_is_no_plan(project: Project, text: str | None) -> None:
    """Missing, damaged, or from the future."""
    project.write(GROUP)
    if text is not None:
        (project.path / "p").write_text(text)

    assert project.json("apply", "p").codes == ["DM4021"]


def test_expected_digest(project: Project) -> None:
    """The plan made now must be the one that was reviewed; it holds across machines and files."""
    project.write(GROUP)
    digest = project.json("plan").lines[-1]["digest"]
    wrong = project.json("apply", SKIP, "--expect", "sha256:" + "0" * 64)
    project.write(GROUP, "renamed.hcl")
    (project.path / "main.hcl").unlink()
    right = project.run("apply", SKIP, "--expect", digest)

    assert (wrong.code, wrong.codes) == (1, ["DM4022"])
    assert right.code == 0, right.err


def test_encrypted_plan_and_state(planned: Project) -> None:
    """With an encryption block neither file is readable; another passphrase is refused; rotation and back to plain."""

    def block(text: str) -> str:
        return f"declarative_mail {{\n  encryption {{\n{text}\n  }}\n}}\n"

    def write(settings: str, member: str) -> None:
        planned.write(settings + SECRET + GROUP.replace("ann", member))

    planned.environment |= {"FIRST": "correct horse battery staple", "SECOND": "a second long passphrase"}
    path = planned.path / "dmail.state.json"
    write(block('    passphrase = env("FIRST")'), "carl")
    planned.apply()
    assert b"carl@example.com" not in path.read_bytes()
    assert planned.run("plan", "--out", "sealed.plan").code == 0
    assert b"user_group" not in (planned.path / "sealed.plan").read_bytes()

    write(block('    passphrase = env("SECOND")'), "carl")
    assert planned.json("plan").codes == ["DM7102"]
    write(block('    passphrase = env("SECOND")\n    fallback   = env("FIRST")'), "dora")
    planned.apply()
    write(block('    passphrase = env("SECOND")'), "dora")
    assert planned.run("plan", "--detailed-exitcode").code == 0

    write(block('    fallback = env("SECOND")'), "emil")
    planned.apply()
    write("", "emil")
    assert planned.run("plan", "--detailed-exitcode").code == 0
    assert b"emil@example.com" in path.read_bytes()
    assert b"canary" not in path.read_bytes()


def test_tampered_state_is_refused(planned: Project) -> None:
    """One changed byte anywhere in the sealed text, and nothing is read."""
    planned.environment["FIRST"] = "correct horse battery staple"
    planned.write('declarative_mail {\n  encryption {\n    passphrase = env("FIRST")\n  }\n}\n' + SECRET + GROUP)
    planned.write(planned.path.joinpath("main.hcl").read_text().replace("ann", "carl"))
    planned.apply()
    path = planned.path / "dmail.state.json"
    sealed = json.loads(path.read_text())
    name = max((key for key, value in sealed.items() if isinstance(value, str)), key=lambda key: len(sealed[key]))
    flipped = "A" if sealed[name][40] != "A" else "B"
    path.write_text(json.dumps({**sealed, name: sealed[name][:40] + flipped + sealed[name][41:]}))

    result = planned.json("plan")
    assert result.code == 1
    assert set(result.codes) <= {"DM7102", "DM7103"}
    assert result.codes
