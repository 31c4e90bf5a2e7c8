"""The canary: every secret value in the tests holds one word, and no output, state, plan or log may hold it.

Take secret values from `secret_value`. A file or folder that holds them for a good reason (a configuration with a
literal password, the password database of a real mail server) is written with `write_secret` or named with
`allow_secrets`. Everything else that the session leaves behind is searched at its end, by
`tests.support.canary_watch`.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

CANARY = "canary-kV7qX2"


def _base64_forms(word: str) -> Iterator[str]:
    """The word as base64 shows it at each of the three alignments, less the characters that its neighbours change."""
    for shift in range(3):
        encoded = b64encode(b"\0" * shift + word.encode()).decode()
        yield encoded[0 if shift == 0 else 4 : len(encoded) // 4 * 4 - 4]


FORMS = (CANARY, *_base64_forms(CANARY))
"""What is searched for: in clear, and inside an AUTH PLAIN or AUTH LOGIN answer."""

_allowed: set[Path] = set()


def secret_value(name: str = "password") -> str:
    """A secret for a test: different for each name, and found by the search wherever it leaks."""
    return f"{CANARY}-{name}"


def allow_secrets(path: Path) -> Path:
    """Say that this file, or everything below this folder, may hold secrets: it is an input or a real server's own."""
    _allowed.add(path.resolve())
    return path


def write_secret(path: Path, text: str) -> Path:
    """Write a file that may hold secrets."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return allow_secrets(path)


def shows_canary(text: str | bytes | None) -> bool:
    """Whether a text holds the canary, in clear or in base64."""
    data = text.encode(errors="surrogateescape") if isinstance(text, str) else text or b""
    return any(form.encode() in data for form in FORMS)


def files_with_canary(root: Path) -> Iterator[Path]:
    """The files below a folder that hold the canary without leave."""
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        if here.resolve() in _allowed:
            folders.clear()
            continue
        yield from (path for name in names if _leaks(path := here / name))


def _leaks(path: Path) -> bool:
    if path.is_symlink() or not path.is_file() or path.resolve() in _allowed:
        return False
    return shows_canary(path.read_bytes())
