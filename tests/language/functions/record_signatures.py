"""Record the signatures of Terraform's functions.

    python tests/language/functions/record_signatures.py

Writes ``signatures.json`` beside itself: what ``terraform metadata functions -json`` says, without the descriptions and
without the second name that each function has below ``core::``.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

TARGET = Path(__file__).with_name("signatures.json")


def main() -> None:
    """Ask the Terraform on PATH."""
    done = subprocess.run(
        ["terraform", "metadata", "functions", "-json"],
        capture_output=True,
        check=True,
        env=os.environ | {"TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"},
    )
    found = json.loads(done.stdout)["function_signatures"]
    kept = {name: _without_descriptions(one) for name, one in sorted(found.items()) if "::" not in name}
    TARGET.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _without_descriptions(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_descriptions(one) for key, one in value.items() if key != "description"}
    return [_without_descriptions(one) for one in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main()
