"""``dmail fmt``: files, directories, standard input, and what is reported."""

from __future__ import annotations

import io
import stat
import sys
from pathlib import Path

import pytest

from tests.support.project import Project

UGLY = "a=1\nbbb=[1,2]\n"
FINE = "a   = 1\nbbb = [1, 2]\n"


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """Put bytes on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def test_files_of_the_directory_are_formatted_and_named(project: Project) -> None:
    """Configuration and variable files; each that changed on a line of its own."""
    ugly, fine, values = project.write(UGLY), project.write(FINE, "fine.hcl"), project.write(UGLY, "x.hclvars")
    result = project.run("fmt")

    assert (result.code, result.out, result.err) == (0, "main.hcl\nx.hclvars\n", "")
    assert [path.read_text() for path in (ugly, fine, values)] == [FINE] * 3


def test_files_of_others_are_left_alone(project: Project) -> None:
    """Of other programs, of editors, of other formats, below: not without being asked."""
    names = [
        "terragrunt.hcl",
        "a.pkr.hcl",
        "b.nomad.hcl",
        ".hidden.hcl",
        "main.hcl~",
        "#main.hcl#",
        "main.tf",
        "sub/main.hcl",
        ".git/x.hcl",
    ]
    paths = [project.write(UGLY, name) for name in names]
    result = project.run("fmt")

    assert (result.code, result.out) == (0, "")
    assert {UGLY} == {path.read_text() for path in paths}


def test_recursive_goes_into_directories(project: Project) -> None:
    """But not into hidden ones."""
    below, hidden = project.write(UGLY, "sub/deep/main.hcl"), project.write(UGLY, ".git/x.hcl")
    result = project.run("fmt", "--recursive")

    assert (result.code, result.out) == (0, "sub/deep/main.hcl\n")
    assert (below.read_text(), hidden.read_text()) == (FINE, UGLY)


@pytest.mark.parametrize("spelling", [["--check"], ["-check"], ["-check=true"], ["--no-write", "--check"]])
def test_check_writes_nothing_and_exits_1(project: Project, spelling: list[str]) -> None:
    """In CI: the names of the files that would change, and a failure."""
    path = project.write(UGLY)
    result = project.run("fmt", *spelling)

    assert (result.code, result.out, path.read_text()) == (1, "main.hcl\n", UGLY)


def test_check_of_formatted_files_exits_0(project: Project) -> None:
    """Nothing is said."""
    project.write(FINE)
    result = project.run("fmt", "--check")

    assert (result.code, result.out, result.err) == (0, "", "")


@pytest.mark.parametrize("spelling", ["--no-write", "-write=false"])
def test_no_write_lists_and_exits_0(project: Project, spelling: str) -> None:
    """As Terraform has it."""
    path = project.write(UGLY)
    result = project.run("fmt", spelling)

    assert (result.code, result.out, path.read_text()) == (0, "main.hcl\n", UGLY)


@pytest.mark.parametrize("spelling", ["--no-list", "-list=false"])
def test_no_list_is_silent(project: Project, spelling: str) -> None:
    """And writes."""
    path = project.write(UGLY)
    result = project.run("fmt", spelling)

    assert (result.code, result.out, path.read_text()) == (0, "", FINE)


def test_diff_shows_what_changes(project: Project) -> None:
    """In the unified form; a missing line break at the end is told."""
    project.write("a=1\nb = 2")
    result = project.run("fmt", "--diff", "--no-write", "--no-list")

    assert (
        result.out
        == "--- old/main.hcl\n+++ new/main.hcl\n@@ -1,2 +1,2 @@\n-a=1\n+a = 1\n b = 2\n\\ No newline at end of file\n"
    )


def test_targets_are_files_and_directories(project: Project) -> None:
    """A file that is named is formatted, whatever it belongs to."""
    named, inside, other = project.write(UGLY, "a.pkr.hcl"), project.write(UGLY, "sub/b.hcl"), project.write(UGLY)
    result = project.run("fmt", "a.pkr.hcl", "sub")

    assert (result.code, result.out) == (0, "a.pkr.hcl\nsub/b.hcl\n")
    assert [path.read_text() for path in (named, inside, other)] == [FINE, FINE, UGLY]


@pytest.mark.parametrize("target", ["missing.hcl", "missing"])
def test_target_that_is_not_there_is_an_error(project: Project, target: str) -> None:
    """The others are formatted all the same."""
    path = project.write(UGLY)
    result = project.json("fmt", target, "main.hcl")

    assert (result.code, result.codes, path.read_text()) == (1, ["DM2391"], FINE)


def test_directory_that_cannot_be_listed_is_an_error(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are formatted all the same."""
    path = project.write(UGLY)
    project.write(UGLY, "closed/main.hcl")
    listing = Path.iterdir

    def closed(self: Path) -> object:
        if self.name == "closed":
            raise PermissionError(13, "Permission denied")
        return listing(self)

    monkeypatch.setattr(Path, "iterdir", closed)
    result = project.json("fmt", "--recursive")

    assert (result.code, result.codes, path.read_text()) == (1, ["DM2391"], FINE)


def test_target_of_another_kind_is_an_error(project: Project) -> None:
    """A Terraform file is not ours to touch."""
    path = project.write(UGLY, "main.tf")
    result = project.json("fmt", "main.tf")

    assert (result.code, result.codes, path.read_text()) == (1, ["DM2391"], UGLY)


@pytest.mark.parametrize(("data", "code"), [(b"a = \n", "DM1013"), (b"a = \xff\n", "DM1001"), (b"a {\n", "DM1005")])
def test_file_with_a_fault_is_left_alone(project: Project, data: bytes, code: str) -> None:
    """A diagnostic, exit 1, and the next file is formatted."""
    bad, good = project.write("", "bad.hcl"), project.write(UGLY)
    bad.write_bytes(data)
    result = project.json("fmt")

    assert (1, [code]) == (result.code, result.codes)
    assert (data, FINE) == (bad.read_bytes(), good.read_text())
    assert [(line["file"], line["changed"]) for line in result.of_type("format")] == [("main.hcl", True)]


def test_fault_is_shown_with_its_line(project: Project) -> None:
    """On standard error, as everywhere."""
    project.write("a = [1 2]\n")
    result = project.run("fmt")

    assert (result.code, result.out) == (1, "")
    assert "error[DM1017]" in result.err
    assert "main.hcl:1:8" in result.err


def test_line_ends_permissions_and_links_stay(project: Project, tmp_path: Path) -> None:
    """What is not formatting is not touched."""
    path = project.write("", "real/main.hcl")
    path.write_bytes(b"a=1\r\n")
    path.chmod(0o640)
    (project.path / "link.hcl").symlink_to(path)
    result = project.run("fmt")

    assert (result.code, path.read_bytes()) == (0, b"a = 1\r\n")
    assert (stat.S_IMODE(path.stat().st_mode), (project.path / "link.hcl").is_symlink()) == (0o640, True)
    assert [path] == list(path.parent.iterdir())


def test_failed_write_is_an_error_and_leaves_nothing_behind(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full: the file is as it was."""
    path = project.write(UGLY)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copymode", full)
    result = project.json("fmt")

    assert (result.code, result.codes, path.read_text()) == (1, ["DM1030"], UGLY)
    assert [path] == list(project.path.iterdir())


@pytest.mark.parametrize(
    ("data", "out"),
    [
        (b"a=1\n", "a = 1\n"),
        (b"a=1", "a = 1\n"),
        (b"", "\n"),
        (b"a=1\r\n", "a = 1\r\n"),
        ('a="größe"\n'.encode(), 'a = "größe"\n'),
    ],
)
def test_standard_input_goes_to_standard_output(
    project: Project, monkeypatch: pytest.MonkeyPatch, data: bytes, out: str
) -> None:
    """For editors; a last line gets its end, as with Terraform."""
    feed(monkeypatch, data)
    result = project.run("fmt", "-")

    assert (0, out) == (result.code, result.out)


def test_standard_input_can_be_checked(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written."""
    feed(monkeypatch, b"a=1\n")

    assert ((result := project.run("fmt", "-", "--check")).code, result.out) == (1, "")

    feed(monkeypatch, b"a = 1\n")

    assert ((result := project.run("fmt", "-", "--check")).code, result.out) == (0, "")


def test_standard_input_can_be_compared(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The difference instead of the text."""
    feed(monkeypatch, b"a=1\n")

    assert project.run("fmt", "-", "--diff").out == "--- old/<stdin>\n+++ new/<stdin>\n@@ -1 +1 @@\n-a=1\n+a = 1\n"


def test_standard_input_with_a_fault_writes_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor keeps what it has."""
    feed(monkeypatch, b"a = [\n")
    result = project.run("fmt", "-")

    assert (result.code, result.out) == (1, "")
    assert "<stdin>:1:5" in result.err


def test_standard_input_is_given_alone(project: Project) -> None:
    """With files beside it, a usage error."""
    assert project.run("fmt", "-", "main.hcl").code == 64


def test_json_tells_every_file_and_the_number_of_changes(project: Project) -> None:
    """One object a line."""
    project.write(UGLY)
    project.write(FINE, "fine.hcl")

    assert project.json("fmt", "--check").lines == [
        {"type": "format", "file": "fine.hcl", "changed": False},
        {"type": "format", "file": "main.hcl", "changed": True},
        {"type": "summary", "changed": 1},
    ]


def test_another_directory_can_be_chosen(project: Project) -> None:
    """``-C``: names are relative to it."""
    path = project.write(UGLY, "sub/main.hcl")
    result = project.run("-C", "sub", "fmt")

    assert (result.code, result.out, path.read_text()) == (0, "main.hcl\n", FINE)
