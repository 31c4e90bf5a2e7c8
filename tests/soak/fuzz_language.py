"""Coverage-guided fuzzing of the language: reading, formatting, writing and evaluating whatever bytes come.

    python -m tests.soak.fuzz_language [-max_total_time=SECONDS] [CORPUS…]

Needs atheris, and takes the options of libFuzzer. Inputs that reach new code are put into the first corpus directory.
"""

from __future__ import annotations

import sys

import atheris  # type: ignore[import-untyped]

with atheris.instrument_imports(include=["declarative_mail.language", "declarative_mail.diagnostics"]):
    from tests.language.syntax.oracle import check


def main() -> None:
    """Fuzz until told to stop; the first input that breaks a rule ends the process with a traceback."""
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
