"""Each attribute of each type on each remote: created, updated or replaced, drifting, and refused where it must be.

What a remote can do stands in its table (`declarative_mail.remotes.capabilities`); the tests are made from it.
"""

from __future__ import annotations

import pytest

from declarative_mail.remotes.capabilities import NO_CAPABILITIES
from tests.remotes.conformance.harness import HARNESSES, Harness
from tests.remotes.conformance.samples import SAMPLES, configuration, untested, written
from tests.support.project import Project

CASES = [
    pytest.param(remote, type_, name, id=f"{remote}-{type_}-{name}")
    for remote, (_, capabilities) in HARNESSES.items()
    for type_ in SAMPLES
    for name, _ in written(type_, capabilities(type_))
]
MOVED = [case for case in CASES if SAMPLES[str(case.values[1])][str(case.values[2])].moved is not None]
ABSENT = [
    pytest.param(remote, type_, name, id=f"{remote}-{type_}-{name}")
    for remote, (_, capabilities) in HARNESSES.items()
    for type_ in SAMPLES
    for name in sorted((capabilities(type_) or NO_CAPABILITIES).named("absent"))
    if name in SAMPLES[type_]
]


@pytest.mark.parametrize("type_", SAMPLES)
def test_every_attribute_has_a_sample(type_: str) -> None:
    """A new attribute comes with what is tested of it."""
    assert untested(type_) == set()


@pytest.mark.parametrize(("harness", "type_", "name"), CASES, indirect=["harness"])
def test_change_of_an_attribute_arrives(project: Project, harness: Harness, type_: str, name: str) -> None:
    """Created, then no change; changed, and then no change again; the same object unless its key is another."""
    sample = SAMPLES[type_][name]
    capabilities = HARNESSES[harness.remote][1](type_) or NO_CAPABILITIES
    project.write(configuration(type_, sample, sample.before))
    project.apply()
    first = project.json("plan", "--detailed-exitcode")
    (made,) = harness.objects(type_)

    project.write(configuration(type_, sample, sample.after))
    change = project.json("plan").of_type("change")[0]
    project.apply("--allow-mass-change", "--allow-lost-audience")
    (kept,) = harness.objects(type_)

    action = "replace" if name in capabilities.immutable else "update"
    assert first.code == 0, first.out
    assert name in {path.split(".")[0].split("[")[0] for path in change["changed"]}
    assert (change["action"], kept == made) == (action, not sample.replaced)
    again = project.json("plan", "--detailed-exitcode")
    assert again.code == 0, again.out
    assert harness.violations() == []


@pytest.mark.parametrize(("harness", "type_", "name"), MOVED, indirect=["harness"])
def test_drift_of_an_attribute_is_theirs_and_apply_mends_it(
    project: Project, harness: Harness, type_: str, name: str
) -> None:
    """What somebody else changed on the system is found, told apart and put right; a refresh finds the same."""
    sample = SAMPLES[type_][name]
    project.write(configuration(type_, sample, sample.before))
    project.apply()
    ((id_, was),) = harness.objects(type_).items()
    quiet = project.json("plan", "--refresh-only").of_type("change")
    harness.change(type_, id_, **{name: sample.moved})

    drift, refresh = project.json("drift"), project.json("plan", "--refresh-only")
    project.apply("--allow-lost-audience")

    assert drift.code == 3, drift.out
    fields = [one for one in drift.of_type("drift")[0]["fields"] if one["class"] != "unknown"]
    assert {one["path"].split(".")[0].split("[")[0] for one in fields} == {name, *sample.follows}
    assert {one["class"] for one in fields} == {"theirs"}
    assert harness.objects(type_) == {id_: was}
    (change,) = refresh.of_type("change")
    assert (quiet, change["action"]) == ([], "refresh")
    assert {path.split(".")[0].split("[")[0] for path in change["changed"]} == {name, *sample.follows}


@pytest.mark.parametrize(("harness", "type_", "name"), ABSENT, indirect=["harness"])
def test_attribute_that_the_remote_cannot_express_is_refused(
    project: Project, harness: Harness, type_: str, name: str
) -> None:
    """Before anything is sent, at the attribute, with what to do instead."""
    sample = SAMPLES[type_][name]
    project.write(configuration(type_, sample, sample.after))

    result = project.json("plan")

    assert (result.code, set(result.codes)) == (1, {"DM6041"}), result.out
    assert result.of_type("diagnostic")[0]["range"]["start"]["line"] > 1
    assert harness.proxy.requests == []


@pytest.mark.parametrize("harness", HARNESSES, indirect=True)
def test_attribute_that_cannot_be_read_back_is_unknown(project: Project, harness: Harness) -> None:
    """Nobody can tell whether it moved: drift says so, and it is no drift."""
    project.write(configuration("secret", None, ""))
    project.apply()

    drift = project.json("drift")

    unknown = [one["path"] for found in drift.of_type("drift") for one in found["fields"] if one["class"] == "unknown"]
    capabilities = HARNESSES[harness.remote][1]("secret") or NO_CAPABILITIES
    assert drift.code == 0, drift.out
    assert unknown == sorted(capabilities.named("unreadable"))
