"""Files: paths, patterns, what was read, and what cannot be."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from declarative_mail.language.functions.globbing import PatternSyntaxError, find_files
from declarative_mail.language.functions.model import FunctionError
from declarative_mail.language.values import SetValue
from tests.language.functions.world import call, make_context


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Some files, a link, a hidden one, and a name with marks in it."""
    for name in ("a.txt", "b.txt", ".hidden", "x[1].txt", "sub/c.txt", "sub/deep/d.txt", "sub/deep/e.md", "{y}.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    (tmp_path / "link.txt").symlink_to("a.txt")
    (tmp_path / "gone").symlink_to("nowhere")
    return tmp_path


def found(tree: Path, pattern: str, path: str = ".") -> list[str]:
    """What fileset finds."""
    result = call("fileset", path, pattern, context=make_context(tree))
    assert isinstance(result, SetValue)
    return [str(one) for one in result.items]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.md", []),
        ("?.txt", ["a.txt", "b.txt"]),
        ("[ab].txt", ["a.txt", "b.txt"]),
        ("[^b-z{lx]*.txt", ["a.txt"]),
        ("[a\\-]*.txt", ["a.txt"]),
        ("{a,sub}.txt", ["a.txt"]),
        ("{a,b}.{txt,md}", ["a.txt", "b.txt"]),
        ("{,a}.txt", ["a.txt"]),
        ("\\{y\\}.txt", ["{y}.txt"]),
        ("x\\[1\\].txt", ["x[1].txt"]),
        ("**/*.md", ["sub/deep/e.md"]),
        ("sub/**", ["sub/c.txt", "sub/deep/d.txt", "sub/deep/e.md"]),
        ("**/deep/*", ["sub/deep/d.txt", "sub/deep/e.md"]),
        ("sub/**/d.txt", ["sub/deep/d.txt"]),
        ("*/c.txt", ["sub/c.txt"]),
        ("a*b", []),
        ("gone", []),
        ("./a.txt", ["a.txt"]),
        ("/a.txt", ["a.txt"]),
    ],
)
def test_patterns(tree: Path, pattern: str, expected: list[str]) -> None:
    """Regular files only, relative to the path, links followed."""
    assert found(tree, pattern) == expected


def test_marks_in_the_path_itself_are_no_pattern(tree: Path) -> None:
    """A checkout may lie in a directory with brackets in its name."""
    odd = tree / "odd [dir]* {x}"
    odd.mkdir()
    (odd / "f.txt").write_text("", encoding="utf-8")

    assert found(tree, "*.txt", "odd [dir]* {x}") == ["f.txt"]
    assert found(odd, "*.txt") == ["f.txt"]


@pytest.mark.parametrize("pattern", ["[", "[]", "[a", "{a", "a\\", "[a-]", "[-a]", "{[}"])
def test_broken_patterns(tree: Path, pattern: str) -> None:
    """They are named."""
    with pytest.raises(FunctionError) as caught:
        found(tree, pattern)

    assert "syntax error in pattern" in caught.value.message


def test_a_broken_pattern_is_a_fault_before_any_directory_is_read() -> None:
    """Whether something matches up to there or not."""

    def unexpected(_: str) -> Iterator[str]:
        raise AssertionError("read")

    with pytest.raises(PatternSyntaxError):
        find_files("/a/[", make_context(list_directory=unexpected))


def test_a_directory_that_cannot_be_read_is_empty(tree: Path) -> None:
    """As in Terraform: a search is no inventory."""

    def refused(_: str) -> Iterator[str]:
        raise PermissionError

    result = call("fileset", ".", "*", context=make_context(tree, list_directory=refused))
    assert isinstance(result, SetValue)
    assert result.items == ()


def test_paths_are_relative_to_the_working_directory(tree: Path) -> None:
    """Not to that of the process."""
    context = make_context(tree)

    assert call("file", "sub/c.txt", context=context) == "sub/c.txt"
    assert call("abspath", "sub/../a.txt", context=context) == str(tree / "a.txt")


def test_home_is_that_of_the_environment(tree: Path) -> None:
    """``~`` alone and before a slash; another user's is refused."""
    context = make_context("/", variables={"HOME": str(tree)})

    assert call("pathexpand", "~", context=context) == str(tree)
    assert call("pathexpand", "~/x", context=context) == f"{tree}/x"
    assert call("file", "~/a.txt", context=context) == "a.txt"
    assert call("fileexists", "~/b.txt", context=context) is True


def test_without_a_home_the_fault_says_so() -> None:
    """A service account may have none."""
    with pytest.raises(FunctionError) as caught:
        call("pathexpand", "~")

    assert caught.value.message == "the environment variable HOME does not say where the home directory is"


def test_a_file_that_may_not_be_read_gives_the_reason(tree: Path) -> None:
    """In the words of the operating system."""

    def refused(_: str) -> bytes:
        raise PermissionError(13, os.strerror(13))

    with pytest.raises(FunctionError) as caught:
        call("file", "a.txt", context=make_context(tree, read_file=refused))

    assert caught.value.message == 'failed to read file "a.txt": permission denied'


def test_a_socket_is_no_file() -> None:
    """Neither is a device."""
    with pytest.raises(FunctionError) as caught:
        call("fileexists", "/dev/null")

    assert caught.value.message == '"/dev/null" is not a regular file'


def test_every_file_is_read_through_the_context(tree: Path) -> None:
    """So that the digest of the configuration covers it: the content and each of the digests."""
    read: list[str] = []

    def note(path: str) -> bytes:
        read.append(path)
        return b"content"

    context = make_context(tree, read_file=note)
    for name in ("file", "filebase64", "filemd5", "filesha256", "filebase64sha512", "secret_file"):
        call(name, "a.txt", context=context)
    call("templatefile", "a.txt", {}, context=context)

    assert read == [str(tree / "a.txt")] * 7
