"""The state as a file: whole, private, backed up, and locked by the kernel."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from declarative_mail.diagnostics import DiagnosticError
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.state.lock import LockInfo, LockLost
from declarative_mail.state.stores import kernel_lock
from declarative_mail.state.stores.local import LocalStore
from tests.state.builders import fails_with, make_lock
from tests.support.needs import need_program, need_root

HOLD = """
import os, sys
from pathlib import Path
from declarative_mail.state.lock import new_lock_info
from declarative_mail.state.stores.local import LocalStore
lease = LocalStore(Path(sys.argv[1])).lock(new_lock_info("apply", path="x", version="0"))
print(lease.info.id, flush=True)
sys.stdin.read()
"""


@contextmanager
def holder_of(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def names_in(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def write(store: LocalStore, data: bytes) -> None:
    """Write over what is there, as one run does."""
    lease = store.lock(make_lock())
    try:
        stored = store.read()
        store.write(data, expected=stored.etag if stored else None, lease=lease)
    finally:
        lease.release()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the state is."""
    return tmp_path / "dmail.state.json"


class TestFiles:
    def test_only_the_owner_may_read(self, path: Path) -> None:
        """Mode 0600 whatever the umask says, for the backup too."""
        old = os.umask(0)
        try:
            write(LocalStore(path), b"1")
            write(LocalStore(path), b"2")
        finally:
            os.umask(old)

        modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
        assert modes == {"dmail.state.json": 0o600, "dmail.state.json.backup": 0o600}

    def test_the_backup_is_the_state_before_the_run(self, path: Path) -> None:
        """However often a run writes."""
        write(LocalStore(path), b"before")
        store = LocalStore(path)
        for data in (b"1", b"2", b"3"):
            write(store, data)

        assert path.read_bytes() == b"3"
        assert path.with_name("dmail.state.json.backup").read_bytes() == b"before"

    def test_the_first_run_leaves_no_backup(self, path: Path) -> None:
        """There was nothing before it."""
        store = LocalStore(path)
        write(store, b"1")
        write(store, b"2")

        assert names_in(path.parent) == ["dmail.state.json"]

    def test_a_backup_is_made_where_there_are_no_hard_links(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Some file systems have none: then it is a copy."""
        monkeypatch.setattr(Path, "hardlink_to", _refuse)
        write(LocalStore(path), b"1")
        write(LocalStore(path), b"2")

        assert path.with_name("dmail.state.json.backup").read_bytes() == b"1"

    def test_a_link_stays_a_link(self, path: Path, tmp_path: Path) -> None:
        """The file behind a symbolic link is replaced."""
        (tmp_path / "elsewhere").mkdir()
        target = tmp_path / "elsewhere" / "state.json"
        target.write_bytes(b"1")
        path.symlink_to(target)
        write(LocalStore(path), b"2")

        assert path.is_symlink()
        assert target.read_bytes() == b"2"

    def test_remains_of_a_killed_writer_go(self, path: Path) -> None:
        """Temporary files of a process that was killed are cleared away by the next that takes the lock."""
        path.with_name("dmail.state.json.0badcafe.tmp").write_bytes(b"half")
        other = path.with_name("other.json.0badcafe.tmp")
        other.write_bytes(b"not ours")
        LocalStore(path).lock(make_lock()).release()

        assert names_in(path.parent) == [other.name]

    def test_a_write_is_on_disk_before_it_takes_effect(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The order that survives a loss of power: file, then its name, then the folder."""
        calls: list[str] = []
        monkeypatch.setattr(os, "fsync", _recorded(calls, "fsync", os.fsync))
        monkeypatch.setattr(os, "replace", _recorded(calls, "replace", os.replace))
        write(LocalStore(path), b"1")

        assert calls == ["fsync", "replace", "fsync"]


def _refuse(*_: object) -> None:
    raise PermissionError(errno.EPERM, "no hard links here")


def _recorded(calls: list[str], name: str, function: Callable[..., None]) -> Callable[..., None]:
    def record(*arguments: object) -> None:
        calls.append(name)
        function(*arguments)

    return record


class TestLock:
    def test_a_living_process_is_named(self, path: Path) -> None:
        """Its user, process, command and how long it has been at work, and the ID of its lock."""
        with holder_of(path) as process:
            store = LocalStore(path)
            with fails_with(codes.LOCKED) as caught:
                store.lock(make_lock())
            info = store.lock_info()

        assert f"process {process.pid}, `apply`" in str(caught.value)
        assert info is not None
        assert caught.value.diagnostics[0].values == {"lock ID": info.id}
        assert info.heartbeat >= info.created

    def test_a_dead_process_is_a_warning(self, path: Path) -> None:
        """Semantics 7: the kernel has freed the lock, and the run goes on."""
        with holder_of(path) as process:
            process.send_signal(signal.SIGKILL)
            process.wait()
        store = LocalStore(path)
        assert store.lock_info() is None
        lease = store.lock(make_lock())

        (warning,) = lease.warnings
        assert (warning.code, warning.is_error) == (codes.DEAD_LOCK, False)
        assert f"process {process.pid}" in warning.detail
        lease.release()
        assert names_in(path.parent) == []

    def test_a_lock_file_without_a_holder_is_free(self, path: Path) -> None:
        """One that was cut off while it was written says nothing, and blocks nobody."""
        path.with_name("dmail.state.json.lock").write_bytes(b'{"ID": "')
        lease = LocalStore(path).lock(make_lock())

        assert lease.warnings == ()
        lease.release()

    def test_a_heartbeat_shows_life(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """While the lock is held, its file is touched again and again."""
        monkeypatch.setattr(kernel_lock, "HEARTBEAT_SECONDS", 0.001)
        store = LocalStore(path)
        lease = store.lock(make_lock())
        file = path.with_name("dmail.state.json.lock")
        os.utime(file, (0, 0))
        while file.stat().st_mtime == 0:
            pass

        assert getattr(store.lock_info(), "heartbeat", "") > lease.info.created[:10]
        lease.release()

    def test_a_lock_taken_by_another_file_is_lost(self, path: Path) -> None:
        """Somebody removed the file and another process made its own: both notice whose it is."""
        store = LocalStore(path)
        lease = store.lock(make_lock())
        path.with_name("dmail.state.json.lock").unlink()
        second = LocalStore(path).lock(make_lock())

        with pytest.raises(LockLost):
            lease.check()
        lease.release()
        second.check()
        second.release()

    def test_the_lock_of_a_living_process_is_not_broken(self, path: Path) -> None:
        """`force-unlock` says why not, and what helps."""
        with holder_of(path) as process:
            store = LocalStore(path)
            info = store.lock_info()
            assert info is not None
            with fails_with(codes.KERNEL_LOCK) as caught:
                store.force_unlock(info.id)

        assert f"process {process.pid}" in str(caught.value)

    def test_remains_of_a_lock_can_be_cleared(self, path: Path) -> None:
        """Of a process that is gone; nobody needs it, but it does what it says."""
        info = make_lock()
        path.with_name("dmail.state.json.lock").write_bytes(info.to_json())

        assert getattr(LocalStore(path).force_unlock(info.id), "id", None) == info.id
        assert names_in(path.parent) == []

    def test_a_lock_of_terraforms_form_is_read(self, path: Path) -> None:
        """Fields that are missing or of another kind are left out."""
        read = LockInfo.from_json('{"ID": "a", "Who": "me@here", "Pid": "x", "Created": 5}')

        assert read == LockInfo("a", who="me@here")
        assert LockInfo.from_json("[]") is None
        assert LockInfo.from_json("{}") is None
        assert LockInfo.from_json("nonsense") is None


class TestFaults:
    def test_a_folder_that_does_not_exist(self, tmp_path: Path) -> None:
        """It is not made: a mistyped path must not become a second state."""
        with fails_with(codes.UNWRITABLE):
            LocalStore(tmp_path / "no" / "state.json").lock(make_lock())

        assert LocalStore(tmp_path / "no" / "state.json").read() is None
        assert names_in(tmp_path) == []

    def test_a_state_that_is_a_folder(self, path: Path) -> None:
        """It is neither read as empty nor written."""
        path.mkdir()

        with fails_with(codes.UNREADABLE):
            LocalStore(path).read()

    def test_a_file_that_may_not_grow(self, path: Path) -> None:
        """RLIMIT_FSIZE, as quotas and full disks: the old file stays whole, nothing is left beside it."""
        write(LocalStore(path), b"old")
        script = (
            "import resource, sys\nfrom pathlib import Path\n"
            "from tests.state.test_local_store import write, LocalStore\n"
            "from declarative_mail.diagnostics import DiagnosticError\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
            "try:\n    write(LocalStore(Path(sys.argv[1])), b'x' * 100_000)\n"
            "except DiagnosticError as error:\n    print(error.diagnostics[0].code.id)\n"
        )

        assert _run_python(script, path) == codes.DISK_FULL.id
        assert path.read_bytes() == b"old"
        assert names_in(path.parent) == ["dmail.state.json"]

    def test_a_full_disk(self, tmp_path: Path) -> None:
        """On a file system of 64 kB of its own: the state that was there is whole, and can be read."""
        need_root()
        disk = tmp_path / "disk"
        disk.mkdir()
        mount, umount = need_program("mount", package="mount"), need_program("umount", package="mount")
        subprocess.run([mount, "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=True)
        try:
            path = disk / "dmail.state.json"
            write(LocalStore(path), b"old" * 1000)
            with fails_with(codes.DISK_FULL) as caught:
                write(LocalStore(path), b"new" * 100_000)
            assert "whole and unchanged" in str(caught.value)
            assert path.read_bytes() == b"old" * 1000
            assert names_in(disk) == ["dmail.state.json"]
            write(LocalStore(path), b"smaller")
            assert path.read_bytes() == b"smaller"
        finally:
            subprocess.run([umount, disk], check=True)

    def test_an_interrupted_write_leaves_nothing(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ctrl-C while the state is written."""
        write(LocalStore(path), b"old")
        monkeypatch.setattr(os, "fsync", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            write(LocalStore(path), b"new")

        assert path.read_bytes() == b"old"
        assert names_in(path.parent) == ["dmail.state.json"]


def _interrupt(_: int) -> None:
    raise KeyboardInterrupt


def _run_python(script: str, *arguments: object) -> str:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


AS_NOBODY = """
import os, pwd, sys
from pathlib import Path
from tests.state.test_local_store import write, make_lock, LocalStore
from declarative_mail.diagnostics import DiagnosticError
make_lock()  # imports what is imported late: the interpreter may stand where only root can go
nobody = pwd.getpwnam("nobody")
os.setgroups([])
os.setgid(nobody.pw_gid)
os.setuid(nobody.pw_uid)
store = LocalStore(Path(sys.argv[1]))
for action in (store.read, lambda: write(store, b"new")):
    try:
        action()
        print("fine")
    except DiagnosticError as error:
        print(error.diagnostics[0].code.id)
"""


class TestUnprivileged:
    """As another user, in a child process: root may write everywhere."""

    @pytest.fixture
    def shared(self) -> Iterator[Path]:
        """A folder that another user can reach."""
        need_root()
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            (Path(folder) / "dmail.state.json").write_bytes(b"old")
            yield Path(folder)

    @pytest.mark.parametrize(
        ("folder_mode", "file_mode", "read", "written"),
        [
            (0o755, 0o644, "fine", codes.UNWRITABLE.id),
            (0o777, 0o444, "fine", codes.UNWRITABLE.id),
            (0o777, 0o000, codes.UNREADABLE.id, codes.UNWRITABLE.id),
            (0o777, 0o666, "fine", "fine"),
        ],
        ids=["folder", "file", "unreadable", "both"],
    )
    def test_what_may_not_be_written(
        self, shared: Path, folder_mode: int, file_mode: int, read: str, written: str
    ) -> None:
        """A folder, and a file that somebody made read-only although a rename would replace it."""
        path = shared / "dmail.state.json"
        shared.chmod(folder_mode)
        path.chmod(file_mode)

        assert _run_python(AS_NOBODY, path).split() == [read, written]
        assert path.read_bytes() == (b"new" if written == "fine" else b"old")
        shared.chmod(0o755)


def test_a_fault_names_the_path_as_the_user_gave_it(tmp_path: Path) -> None:
    """Not the one that the links resolve to."""
    store = LocalStore(tmp_path / "x" / "state.json", name="x/state.json")

    with pytest.raises(DiagnosticError, match=r"x/state\.json cannot be written"):
        store.lock(make_lock())
