"""The world as functions see it: files, environment, commands, clock. Notes which files were read."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from declarative_mail.language.functions.model import CallContext, Completed, FileKind
from declarative_mail.language.render import render_template
from declarative_mail.language.values import Value
from declarative_mail.operations.workspace import Workspace


class World:
    """What a run reads beside its configuration files.

    Args:
        workspace: where it runs.
        files: gets the digest of each file that a function reads, by path relative to the directory.
    """

    def __init__(self, workspace: Workspace, files: dict[str, str]) -> None:
        self._workspace = workspace
        self._files = files

    def context(self, *, at_plan: bool, without_secrets: bool = False, now: datetime | None = None) -> CallContext:
        """The context in which functions are called."""
        context: CallContext

        def render(text: str, name: str, variables: Mapping[str, Value], asks: str) -> Value:
            return render_template(text, name, variables, inside=asks, context=context)

        context = CallContext(
            base_dir=str(self._workspace.directory),
            read_file=self._read_file,
            file_kind=file_kind,
            list_directory=os.listdir,
            environment=self._workspace.environment.get,
            run_command=self._run_command,
            random_bytes=os.urandom,
            now=now or self._workspace.now,
            render_template=render,
            unknown_at_plan=at_plan,
            without_secrets=without_secrets,
        )
        return context

    def _read_file(self, path: str) -> bytes:
        data = Path(path).read_bytes()
        self._files[os.path.relpath(path, self._workspace.directory)] = sha256(data).hexdigest()
        return data

    def _run_command(self, arguments: Sequence[str], seconds: float) -> Completed:
        import subprocess

        try:
            done = subprocess.run(  # noqa: S603 - the configuration's own command, an argument vector without a shell
                list(arguments),
                cwd=self._workspace.directory,
                env=dict(self._workspace.environment),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise TimeoutError from error
        return Completed(done.returncode, done.stdout, done.stderr)


def file_kind(path: str) -> FileKind:
    """What a path is, links followed."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - a plain call, and the mode is all that is needed
    except OSError:
        return "absent"
    return "file" if stat.S_ISREG(mode) else "directory" if stat.S_ISDIR(mode) else "other"
