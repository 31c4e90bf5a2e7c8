"""Record what Terraform makes of the expressions in ``data/expressions`` and the conversions in ``data/conversions``.

    python tests/language/record_expressions.py [--all] [TOPIC …]

Each ``TOPIC.hcl`` holds one expression a line; one of several lines stands between a line ``<<<`` and a line ``>>>``.
Lines that begin
with ``#`` are comments. ``TOPIC.json`` gets for each expression either ``{"value": TEXT}``, as ``terraform console``
prints it, or
``{"error": SUMMARY, "detail": TEXT}``, where Terraform crashes with the summary "Terraform crashes". Only expressions
without a record are run unless ``--all`` is given; records of
expressions that are gone are dropped. References are to what ``data/expressions/scope`` declares.

A conversion is a line ``TYPE <- VALUE``: Terraform is asked for a variable with that type and default.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

DATA = Path(__file__).parent / "data" / "expressions"
CONVERSIONS = Path(__file__).parent / "data" / "conversions"
SCOPE = DATA / "scope"

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_BOX = re.compile(r"^[╷╵│] ?")


def read_expressions(topic: Path) -> list[str]:
    """The expressions of one file, in order."""
    found: list[str] = []
    block: list[str] | None = None
    for line in topic.read_text(encoding="utf-8").splitlines():
        if block is not None:
            if line == ">>>":
                found.append("\n".join(block))
                block = None
            else:
                block.append(line)
        elif line == "<<<":
            block = []
        elif line.strip() and not line.startswith("#"):
            found.append(line)
    return found


def ask_terraform(expression: str) -> dict[str, str]:
    """What `terraform console` prints for one expression in the scope, or the first fault that it reports."""
    with tempfile.TemporaryDirectory() as name:
        directory = shutil.copytree(SCOPE, Path(name) / "scope")
        question = expression
        if "\n" in expression:
            (directory / "expression.tf").write_text(f"locals {{\n  expression = {expression}\n}}\n", encoding="utf-8")
            question = "local.expression"
        return _console(question, directory)


def ask_conversion(line: str) -> dict[str, str]:
    """The same for a line ``TYPE <- VALUE``."""
    type_, _, value = line.partition(" <- ")
    with tempfile.TemporaryDirectory() as name:
        text = f'variable "v" {{\n  type    = {type_}\n  default = {value}\n}}\n'
        (Path(name) / "main.tf").write_text(text, encoding="utf-8")
        return _console("var.v", Path(name))


def _console(question: str, directory: Path) -> dict[str, str]:
    environment = os.environ | {"NO_COLOR": "1", "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    done = subprocess.run(
        ["terraform", "console"],
        input=f"{question}\n".encode(),
        capture_output=True,
        cwd=directory,
        env=environment,
        timeout=60,
        check=False,
    )
    if done.returncode == 0:
        return {"value": done.stdout.decode().removesuffix("\n")}
    return _first_error(done.stderr.decode() + done.stdout.decode())


def _first_error(text: str) -> dict[str, str]:
    """The summary and the detail of the first error in Terraform's output; the detail with its line breaks as they

    Are.
    """
    lines = [_BOX.sub("", _ANSI.sub("", line)).rstrip() for line in text.splitlines()]
    start = next((index for index, line in enumerate(lines) if line.startswith("Error: ")), None)
    if start is None:
        panic = next(line for line in lines if line.startswith("panic: "))
        return {"error": "Terraform crashes", "detail": panic}
    summary = lines[start].removeprefix("Error: ")
    later = [index for index, line in enumerate(lines) if index > start and line.startswith(("Error: ", "Warning: "))]
    body = lines[start + 1 : later[0] if later else len(lines)]
    paragraphs = "\n".join(body).strip("\n").split("\n\n")
    detail = [one for one in paragraphs if not re.match(r"\s*on .*line \d+", one) and "├─" not in one]
    return {"error": summary, "detail": " ".join(" ".join(detail).split())}


def record(topic: Path, *, everything: bool) -> int:
    """Bring the records of one topic up to date; how many expressions were run."""
    target = topic.with_suffix(".json")
    known: dict[str, dict[str, str]] = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    expressions = read_expressions(topic)
    missing = [one for one in dict.fromkeys(expressions) if everything or one not in known]
    with ThreadPoolExecutor(2) as pool:
        ask = ask_conversion if topic.parent == CONVERSIONS else ask_terraform
        known.update(zip(missing, pool.map(ask, missing), strict=True))
    results = {one: known[one] for one in expressions}
    target.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return len(missing)


def main() -> None:
    """Record the topics named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="run expressions that have a record, too")
    parser.add_argument("topics", nargs="*", metavar="TOPIC")
    options = parser.parse_args()
    topics = sorted([*DATA.glob("*.hcl"), *CONVERSIONS.glob("*.hcl")])
    for topic in topics:
        if options.topics and topic.stem not in options.topics:
            continue
        print(f"{topic.stem}: {record(topic, everything=options.all)} recorded")  # noqa: T201  # a script's report


if __name__ == "__main__":
    main()
