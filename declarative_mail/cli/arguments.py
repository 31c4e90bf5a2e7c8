"""Terraform's spellings: long options with one dash (``-auto-approve``, ``-var=x``, ``-chdir=DIR``)."""

from __future__ import annotations

_LONG = frozenset(
    {
        "allow-destroy",
        "allow-empty",
        "allow-lost-audience",
        "allow-mass-change",
        "auto-approve",
        "backend-config",
        "chdir",
        "check",
        "destroy",
        "detailed-exitcode",
        "diff",
        "exclude",
        "expect",
        "force",
        "help",
        "json",
        "json-into",
        "list",
        "lock-timeout",
        "no-color",
        "no-refresh",
        "out",
        "parallelism",
        "raw",
        "recursive",
        "refresh-only",
        "replace",
        "skip-connection-test",
        "state",
        "target",
        "test",
        "var",
        "var-file",
        "verbose",
        "version",
        "write",
    }
)
_SWITCHES = frozenset({"auto-approve", "check", "detailed-exitcode", "diff", "json", "no-color", "recursive"})
_ON_BY_DEFAULT = frozenset({"list", "write"})
_TERRAFORM = {"-input": None, "-refresh": "--no-refresh", "-lock": None}
"""Options with a value that Terraform has and that mean something else or nothing here."""


def normalise(arguments: list[str]) -> list[str]:
    """The arguments with Terraform's single dashes as double ones; what stands after ``--`` is left alone."""
    result: list[str] = []
    for index, argument in enumerate(arguments):
        if argument == "--":
            return [*result, *arguments[index:]]
        result.extend(_one(argument))
    return result


def _one(argument: str) -> list[str]:
    name, equals, value = argument.partition("=")
    if name in _TERRAFORM and equals:
        other = _TERRAFORM[name]
        return [other] if other and value == "false" else []
    if not argument.startswith("-") or argument.startswith("--") or name[1:] not in _LONG:
        return [argument]
    if value in ("true", "false") and name[1:] in _SWITCHES:
        return [f"-{name}"] if value == "true" else []
    if value in ("true", "false") and name[1:] in _ON_BY_DEFAULT:
        return [] if value == "true" else [f"--no-{name[1:]}"]
    return [f"-{argument}"]
