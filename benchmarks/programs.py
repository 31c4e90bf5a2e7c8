"""The programs that are compared, and the steps that each is put through on one configuration.

plan (cold)       nothing cached about this configuration
plan (warm)       the same again
apply             from nothing to everything
plan (unchanged)  when everything is as declared
"""

from __future__ import annotations

import compileall
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import declarative_mail
from benchmarks.configurations import SECRET_NAME, Workload
from benchmarks.measure import Measurement, measure

COLD = "plan"
WARM = "plan, warm cache"
APPLY = "apply"
UNCHANGED = "plan, unchanged"
STEPS = (COLD, WARM, APPLY, UNCHANGED)

Steps = Iterator[tuple[str, Measurement]]


class Program(Protocol):
    """Something that is measured."""

    @property
    def name(self) -> str:
        """Its key in `Workload.write`."""
        ...

    def run(self, workload: Workload, folder: Path, *, with_apply: bool) -> Steps:
        """Do the steps once, each on a fresh copy where the one before would help it."""
        ...


@dataclass(frozen=True, slots=True)
class Dmail:
    """This program, as the interpreter of this run has it.

    Args:
        caches: a cache folder in which the parser's tables are built, as they are after the first run on a machine.
    """

    caches: Path
    name: str = "dmail"

    def run(self, workload: Workload, folder: Path, *, with_apply: bool) -> Steps:
        """Cold means that this configuration was never parsed."""
        workload.write[self.name](folder)
        cache = folder / ".cache"
        shutil.copytree(self.caches, cache)
        environment = {"XDG_CACHE_HOME": str(cache), SECRET_NAME: "not-a-real-one"}
        dmail = [sys.executable, "-m", "declarative_mail"]
        yield COLD, measure([*dmail, "plan"], folder, environment=environment)
        yield WARM, measure([*dmail, "plan"], folder, environment=environment)
        if with_apply:
            apply = [*dmail, "apply", "--auto-approve", "--skip-connection-test=benchmark"]
            yield APPLY, measure(apply, folder, environment=environment)
            yield UNCHANGED, measure([*dmail, "plan"], folder, environment=environment)


@dataclass(frozen=True, slots=True)
class Terraform:
    """Terraform with its built-in ``terraform_data``, which needs no provider process and no network."""

    path: str
    name: str = "terraform"

    def run(self, workload: Workload, folder: Path, *, with_apply: bool) -> Steps:
        """It has no cache: a warm plan is a plan."""
        workload.write[self.name](folder)
        (folder / "cli.rc").touch()
        environment = {
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_CONFIG_FILE": str(folder / "cli.rc"),
            f"TF_VAR_{SECRET_NAME}": "not-a-real-one",
        }
        measure([self.path, "init", "-no-color"], folder, environment=environment)
        planned = measure([self.path, "plan", "-no-color"], folder, environment=environment)
        yield COLD, planned
        yield WARM, planned
        if with_apply:
            yield APPLY, measure([self.path, "apply", "-auto-approve", "-no-color"], folder, environment=environment)
            yield UNCHANGED, measure([self.path, "plan", "-no-color"], folder, environment=environment)


@dataclass(frozen=True, slots=True)
class OctoDns:
    """octoDNS from YAML to YAML."""

    path: str
    name: str = "octodns"

    def run(self, workload: Workload, folder: Path, *, with_apply: bool) -> Steps:
        """``--force`` since the first run creates everything."""
        workload.write[self.name](folder)
        sync = [self.path, "--config-file", "config.yaml", "--force", "--quiet"]
        planned = measure(sync, folder, environment={})
        yield COLD, planned
        yield WARM, planned
        if with_apply:
            yield APPLY, measure([*sync, "--doit"], folder, environment={})
            yield UNCHANGED, measure(sync, folder, environment={})


def dmail_program(folder: Path) -> Dmail:
    """This program as it is once installed: its modules compiled, and the tables of its parser built."""
    compileall.compile_dir(Path(declarative_mail.__file__).parent, quiet=1)
    caches = folder / "caches"
    caches.mkdir()
    with TemporaryDirectory(dir=folder) as scratch:
        (Path(scratch) / "main.hcl").write_text("locals {\n  x = 1\n}\n", encoding="utf-8")
        validate = [sys.executable, "-m", "declarative_mail", "validate"]
        measure(validate, Path(scratch), environment={"XDG_CACHE_HOME": str(caches)})
    return Dmail(caches)


def peers() -> list[Program]:
    """The other programs that are installed."""
    found: list[Program] = []
    beside = str(Path(sys.executable).parent)
    if path := shutil.which("terraform"):
        found.append(Terraform(path))
    if path := shutil.which("octodns-sync") or shutil.which("octodns-sync", path=beside):
        found.append(OctoDns(path))
    return found
