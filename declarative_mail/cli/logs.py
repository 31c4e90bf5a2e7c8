"""What the program does, for whoever looks for the reason of a failure: ``DMAIL_LOG=debug``, on standard error.

One line for each request to a remote, to a state store on HTTP or to a token endpoint, and for each time it is
repeated. No header, body or query is in it, so no secret either. Only our own words are logged: the libraries below
write addresses and headers as they are.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

VARIABLE = "DMAIL_LOG"
LEVELS = ("debug", "info", "warning", "error")


def log_to_stderr(environment: Mapping[str, str]) -> None:
    """Log at the level that the environment names; nothing where it names none.

    Args:
        environment: of the process.
    """
    level = environment.get(VARIABLE, "").lower()
    if not level:
        return
    if level not in LEVELS:
        sys.stderr.write(f"{VARIABLE}={level} is no level, so nothing is logged. It takes: {', '.join(LEVELS)}.\n")
        return
    import logging
    import time

    handler = logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logger = logging.getLogger("declarative_mail")
    logger.addHandler(handler)
    logger.setLevel(level.upper())
    logger.propagate = False
