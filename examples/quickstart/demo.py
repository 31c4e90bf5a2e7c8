"""The whole story in less than a minute: validate, plan, prove and apply, look at the mail, find drift.

Runs on a copy of this folder that is removed at the end, with a mail server that is started for it and listens on
127.0.0.1 only. Exits 1 as soon as something does not go as told.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
DMAIL = [sys.executable, "-m", "declarative_mail"]
DRIFT_FOUND = 3


@contextmanager
def catcher(folder: Path) -> Iterator[int]:
    """A mail server in a process of its own; gives its port."""
    command = [sys.executable, str(HERE / "catcher.py"), str(folder), "--port", "0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.readline() if process.stdout else ""
        if not said.startswith("listening on"):
            sys.exit("the mail server did not start")
        yield int(said.rpartition(":")[2])
        process.communicate()  # closes its standard input, at which it ends


def say(text: str) -> None:
    """A line of the story."""
    print(f"\n# {text}", flush=True)


def dmail(folder: Path, *arguments: str, expect: int = 0) -> None:
    """Run a command as a person would and insist on its exit code."""
    print(f"$ dmail {' '.join(arguments)}", flush=True)
    code = subprocess.run([*DMAIL, *arguments], cwd=folder, check=False).returncode
    if code != expect:
        sys.exit(f"dmail {arguments[0]} exited with {code}, expected {expect}")
    if expect:
        print(f"(exit code {code})", flush=True)


def show_headers(folder: Path) -> None:
    """What arrived at the mail server."""
    messages = sorted(folder.glob("message-*.eml"))
    if not messages:
        sys.exit("no message was delivered")
    message = message_from_bytes(messages[0].read_bytes(), policy=policy.default)
    for name, value in message.items():
        print(f"  {name}: {value}")


def tamper(folder: Path) -> None:
    """Change what exists behind the configuration's back: on the local remote the state is what exists."""
    path = folder / "dmail.state.json"
    state = json.loads(path.read_text(encoding="utf-8"))
    group = next(one for one in state["resources"] if one["type"] == "user_group" and one.get("key") == "core")
    group["attributes"]["members"].append("mallory@example.com")
    path.write_text(json.dumps(state, indent=2), encoding="utf-8")


def tell(folder: Path) -> None:
    """The story."""
    say("Is the configuration sound? This needs no secret, no value and no network.")
    dmail(folder, "validate")
    say("What would change?")
    dmail(folder, "plan")
    say("Prove that the server takes mail, by really sending one, and then apply.")
    dmail(folder, "apply", "--auto-approve")
    say("The message as the mail server received it:")
    show_headers(folder)
    say("Is everything still as it was applied?")
    dmail(folder, "drift")
    say("Somebody adds a member to the group core behind our back ...")
    tamper(folder)
    dmail(folder, "drift", expect=DRIFT_FOUND)


def main() -> None:
    """Set the stage and take it down again."""
    with TemporaryDirectory(prefix="dmail-demo-") as name:
        folder = Path(name)
        shutil.copy(HERE / "main.hcl", folder)
        os.environ["SMTP_PASSWORD"] = secrets.token_urlsafe()
        # example.com has nothing to say about this demo's mail, and nothing leaves this machine.
        os.environ["DMAIL_DNS"] = "off"
        with catcher(folder) as port:
            os.environ["DMAIL_VAR_smtp_port"] = str(port)  # noqa: SIM112  # the variable's own name
            tell(folder)
    say("Done: the mail server has ended and its folder is gone.")


if __name__ == "__main__":
    main()
