"""The pages behind the codes: what each means, an example that fails and the same one mended."""

from __future__ import annotations

from importlib.resources import files


def page_codes() -> list[str]:
    """Every code that has a page, in order."""
    names = [entry.name for entry in files(__name__).iterdir()]
    return sorted(name.removesuffix(".md") for name in names if name.endswith(".md"))


def page_text(code: str) -> str:
    """The page of a code, in Markdown.

    Raises:
        FileNotFoundError: it has none.
    """
    return files(__name__).joinpath(f"{code}.md").read_text(encoding="utf-8")
