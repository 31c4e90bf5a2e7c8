"""Records what ``terraform fmt`` makes of the inputs in ``data/format``.

Run it again when inputs are added or Terraform moves:

    python tests/language/record_format.py

Each file there holds cases by name: an input, and the output, null where Terraform refuses the input.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from pathlib import Path

DATA = Path(__file__).parent / "data" / "format"


def record(inputs: dict[str, str]) -> dict[str, str | None]:
    """What Terraform makes of each input."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        for case, text in inputs.items():
            (directory / f"{case}.tf").write_bytes(text.encode())
        run = subprocess.run(
            ["terraform", "fmt", "-no-color", "-list=false", str(directory)],
            capture_output=True,
            text=True,
            check=False,
        )
        refused = set(re.findall(r"on .*?([\w-]+)\.tf line", run.stderr))
        return {case: None if case in refused else (directory / f"{case}.tf").read_bytes().decode() for case in inputs}


def main() -> None:
    """Fill in all outputs."""
    for path in sorted(DATA.glob("*.json")):
        cases = json.loads(path.read_text())
        outputs = record({name: case["input"] for name, case in cases.items()})
        for name, case in cases.items():
            case["output"] = outputs[name]
        path.write_text(json.dumps(cases, indent=1) + "\n")
        print(f"{path.name}: {len(cases)} cases, {sum(output is None for output in outputs.values())} refused")  # noqa: T201


if __name__ == "__main__":
    main()
