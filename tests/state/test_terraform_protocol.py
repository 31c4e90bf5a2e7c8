"""Terraform itself at the same HTTP state server: the protocol is the same (issue 5.4)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.state.codec import read_snapshot, write_snapshot
from declarative_mail.state.lock import LockLost, StateLocked
from tests.state.builders import fails_with, make_lock, make_snapshot
from tests.state.http_state_server import StateServer
from tests.state.stores import StoreAt
from tests.support.needs import need_program

CONFIGURATION = """
terraform {{
  backend "http" {{
    address        = "{url}/terraform"
    lock_address   = "{url}/terraform"
    unlock_address = "{url}/terraform"
    retry_max      = 0
  }}
}}
resource "terraform_data" "x" {{ input = "hello" }}
"""


class Terraform:
    """Runs Terraform in a folder of its own, offline."""

    def __init__(self, folder: Path, url: str) -> None:
        self.program = need_program("terraform", package="terraform")
        self.folder = folder
        (folder / "main.tf").write_text(CONFIGURATION.format(url=url))

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command; nothing is asked for on the network."""
        environment = os.environ | {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "NO_COLOR": "1"}
        environment |= {"TF_CLI_CONFIG_FILE": os.devnull, "HOME": str(self.folder)}
        command = [self.program, *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=environment, check=False, capture_output=True, text=True, timeout=60
        )


@pytest.fixture
def terraform(tmp_path: Path, state_server: StateServer) -> Terraform:
    """Terraform with its state on the server."""
    return Terraform(tmp_path, state_server.url)


@pytest.fixture
def store_beside(state_server: StateServer) -> StoreAt:
    """Our store at the address that Terraform uses."""
    return StoreAt("http", {"address": f"{state_server.url}/terraform", "retry_wait_min": 0})


def test_terraform_and_we_speak_the_same_protocol(
    terraform: Terraform, state_server: StateServer, store_beside: StoreAt
) -> None:
    """One server, one address: each reads what the other stored, and respects the other's lock."""
    assert terraform("init").returncode == 0
    applied = terraform("apply", "-auto-approve")
    assert applied.returncode == 0, applied.stderr
    theirs = [(method, target.partition("=")[0], sorted(headers)) for method, target, headers in state_server.requests]
    store = store_beside.open()

    # Their state is read byte by byte, and known for what it is.
    stored = store.read()
    assert stored is not None
    assert json.loads(stored.data)["resources"][0]["type"] == "terraform_data"
    with fails_with(codes.NOT_A_STATE):
        read_snapshot(stored.data, name=store.name)

    # Our lock keeps Terraform out, and Terraform can say whose it is.
    lease = store.lock(make_lock("state push"))
    refused = terraform("apply", "-auto-approve")
    assert refused.returncode == 1
    assert lease.info.id in refused.stderr
    lease.check(now=True)

    # What we send is what Terraform sends: the same methods, targets and headers, and some of ours.
    state_server.requests.clear()
    etag = store.write(stored.data, expected=stored.etag, lease=lease)
    assert stored.etag == etag
    lease.release()
    ours = {method: (target.partition("=")[0], headers) for method, target, headers in state_server.requests}
    for method, target, headers in theirs:
        if method in ours:
            assert target == ours[method][0]
            assert {"content-md5", "content-type"} & set(headers) <= ours[method][1].keys()
    assert {"GET", "POST", "LOCK", "UNLOCK"} == {method for method, _, _ in theirs}

    # Terraform goes on with what we wrote.
    planned = terraform("plan", "-detailed-exitcode")
    assert planned.returncode == 0, planned.stdout + planned.stderr


def test_terraforms_lock_keeps_us_out(state_server: StateServer, store_beside: StoreAt) -> None:
    """The form that Terraform 1.11 writes, as the server keeps it, is understood."""
    state_server.locks["/terraform"] = (
        b'{"ID":"c8b5d9d4-c4ca-6f94-79f8-fb1f5ad2f3b4","Operation":"OperationTypeApply","Info":"","Who":"root@ci",'
        b'"Version":"1.11.4","Created":"2026-01-02T03:04:05.678901234Z","Path":""}'
    )

    with pytest.raises(StateLocked) as caught:
        store_beside.open().lock(make_lock())
    assert "root@ci" in str(caught.value)
    assert "dmail force-unlock c8b5d9d4-c4ca-6f94-79f8-fb1f5ad2f3b4" in str(caught.value)


def test_terraform_breaks_our_lock(terraform: Terraform, state_server: StateServer, store_beside: StoreAt) -> None:
    """`terraform force-unlock` with the ID that it was shown; we notice, and write nothing."""
    assert terraform("init").returncode == 0
    assert terraform("apply", "-auto-approve").returncode == 0
    store = store_beside.open()
    stored = store.read()
    assert stored is not None
    lease = store.lock(make_lock())
    assert terraform("force-unlock", "-force", lease.info.id).returncode == 0
    assert state_server.locks == {}
    state_server.locks["/terraform"] = make_lock().to_json()

    with pytest.raises(LockLost):
        store.write(write_snapshot(make_snapshot()), expected=stored.etag, lease=lease)
    assert state_server.states["/terraform"] == stored.data
