"""What is S3's own: conditions, lost answers, settings and refusals. Moto, and a server of our own for bad ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from declarative_mail.diagnostics import Code
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.state.lock import LockLost, StateLocked
from declarative_mail.state.stores.s3 import S3Store
from declarative_mail.state.stores.s3_bucket import Bucket, ConditionFailed, S3Settings
from tests.state.builders import fails_with, make_lock
from tests.state.conftest import AWS, BUCKET
from tests.state.stores import StoreAt

pytestmark = pytest.mark.xdist_group("state-s3")


@pytest.fixture
def store(s3_at: StoreAt) -> S3Store:
    """A store at a fresh key."""
    opened = s3_at.open()
    assert isinstance(opened, S3Store)
    return opened


class TestLostAnswers:
    """A request is done, its answer lost, and the library repeats it: the condition fails because of ourselves."""

    def test_a_lock_that_we_have_taken_already(self, store: S3Store) -> None:
        """It is ours by its ID."""
        info = make_lock()
        store._take(info)
        lease = store.lock(info)

        lease.check(now=True)
        lease.release()
        assert store.lock_info() is None

    def test_a_sign_of_life_that_was_given_already(self, store: S3Store) -> None:
        """The lock has another etag than we know, and is ours all the same."""
        lease = store.lock(make_lock())
        stored = store._bucket.get(store._lock_key)
        assert stored is not None
        store._bucket.put(store._lock_key, stored.data + b" ", expected=stored.etag)

        lease.check(now=True)
        lease.release()
        assert store.lock_info() is None

    def test_a_lock_that_changed_before_it_is_given_back(self, store: S3Store) -> None:
        """The same at the end."""
        lease = store.lock(make_lock())
        stored = store._bucket.get(store._lock_key)
        assert stored is not None
        store._bucket.put(store._lock_key, stored.data + b" ", expected=stored.etag)
        lease.release()

        assert store.lock_info() is None

    def test_a_state_that_was_written_already(self, store: S3Store) -> None:
        """Its content is ours: that is no conflict."""
        lease = store.lock(make_lock())
        etag = store.write(b"1", expected=None, lease=lease)

        assert store.write(b"1", expected=None, lease=lease) == etag
        lease.release()

    def test_a_state_that_was_deleted_already(self, store: S3Store) -> None:
        """It is gone, as it should be."""
        lease = store.lock(make_lock())
        etag = store.write(b"1", expected=None, lease=lease)
        store.delete(expected=etag, lease=lease)
        store.delete(expected=etag, lease=lease)
        lease.release()

        assert store.read() is None


class TestLocks:
    def test_a_sign_of_life_shows(self, store: S3Store) -> None:
        """Others see when the holder was last seen."""
        lease = store.lock(make_lock())
        first = store.lock_info()
        lease.check(now=True)
        second = store.lock_info()
        lease.release()

        assert first is not None
        assert second is not None
        assert first.created <= first.heartbeat <= second.heartbeat

    def test_a_lock_that_nobody_can_read(self, store: S3Store) -> None:
        """It is held all the same, and is not broken by any ID."""
        store._bucket.put(store._lock_key, b"nonsense", expected=None)

        with pytest.raises(StateLocked):
            store.lock(make_lock())
        with fails_with(codes.OTHER_LOCK):
            store.force_unlock("x")

    def test_a_lock_that_was_removed(self, store: S3Store) -> None:
        """By hand, in the console of the cloud."""
        lease = store.lock(make_lock())
        stored = store._bucket.get(store._lock_key)
        assert stored is not None
        store._bucket.delete(store._lock_key, expected=stored.etag)

        with pytest.raises(LockLost, match="somebody removed it"):
            lease.check(now=True)

    def test_a_holder_that_lives_is_not_unlocked_unawares(
        self, store: S3Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It gives a sign of life between our look and our removal: then it stays."""
        lease = store.lock(make_lock())
        real = store._bucket.delete

        def delete(key: str, *, expected: str) -> None:
            lease.check(now=True)
            real(key, expected=expected)

        with monkeypatch.context() as patch:
            patch.setattr(store._bucket, "delete", delete)
            with pytest.raises(StateLocked):
                store.force_unlock(lease.info.id)
        lease.check(now=True)
        lease.release()

    def test_a_lease_that_lost_its_lock_leaves_the_next_one_alone(self, store: S3Store) -> None:
        """Giving back what is another's by now does nothing."""
        lost = store.lock(make_lock())
        store.force_unlock(lost.info.id)
        lease = store.lock(make_lock())
        lost.release()

        lease.check(now=True)
        lease.release()


class TestRefusals:
    def make(self, url: str, **settings: Any) -> S3Store:
        """A store at this server."""
        given: dict[str, Any] = {"bucket": BUCKET, "endpoint": url, "use_path_style": True}
        return S3Store(S3Settings(**(given | settings)))

    def test_a_bucket_that_does_not_exist(self, s3_server: str) -> None:
        """It is not made, and not taken for an empty state."""
        with fails_with(codes.STORE_SETTING):
            self.make(s3_server, bucket="nowhere").read()

    def test_no_credentials(self, s3_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """None in the environment, none in files, no machine role."""
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)

        with fails_with(codes.STORE_REFUSED):
            self.make(s3_server).read()

    @pytest.mark.parametrize("settings", [{"profile": "nobody"}, {"endpoint": "no url"}, {"bucket": "no bucket!"}])
    def test_settings_that_the_library_refuses(self, s3_server: str, settings: dict[str, str]) -> None:
        """The fault quotes its reason."""
        with fails_with(codes.STORE_SETTING) as caught:
            self.make(s3_server, **settings).read()
        assert caught.value.diagnostics[0].cause

    @pytest.mark.parametrize(
        ("status", "error", "code"),
        [
            (403, "AccessDenied", codes.STORE_REFUSED),
            (501, "NotImplemented", codes.WITHOUT_CONDITIONS),
            (400, "InvalidRequest", codes.STORE_ANSWER),
        ],
    )
    def test_answers_of_the_server(self, status: int, error: str, code: Code, monkeypatch: pytest.MonkeyPatch) -> None:
        """By their status, each with what the server says."""
        _with_credentials(monkeypatch)
        with _odd_server(status, error) as url, fails_with(code) as caught:
            self.make(url).lock(make_lock())
        assert error in str(caught.value.diagnostics[0].cause)

    def test_a_server_that_is_not_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """After the library has tried a few times."""
        _with_credentials(monkeypatch)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        monkeypatch.setattr("time.sleep", lambda _: None)

        with fails_with(codes.UNREACHABLE):
            self.make("http://127.0.0.1:1").read()

    def test_a_server_that_ignores_conditions(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Everybody would get the lock there: the second request, which must fail, shows it."""
        _with_credentials(monkeypatch)
        with _odd_server(200, "") as url, fails_with(codes.WITHOUT_CONDITIONS):
            self.make(url).lock(make_lock())

    def test_encryption_by_the_server(self, s3_server: str) -> None:
        """With a key of the key management service, the objects say so."""
        store = self.make(s3_server, key="kms", kms_key_id="alias/states")
        lease = store.lock(make_lock())
        store.write(b"1", expected=None, lease=lease)
        found = store._bucket._client.head_object(Bucket=BUCKET, Key="kms")
        lease.release()

        assert (found["ServerSideEncryption"], found["SSEKMSKeyId"]) == ("aws:kms", "alias/states")


def _with_credentials(patch: pytest.MonkeyPatch) -> None:
    for name, value in AWS.items():
        patch.setenv(name, value)


@contextmanager
def _odd_server(status: int, error: str) -> Iterator[str]:
    """A server that says the same to everything."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the base class
            """Say nothing."""

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            body = f"<Error><Code>{error}</Code><Message>no</Message></Error>".encode() if error else b""
            self.send_response(status)
            self.send_header("ETag", '"x"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_DELETE = _answer  # noqa: N815  # names of the base class

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_condition_on_an_object_that_is_gone(s3_server: str) -> None:
    """It fails like any other, and is no missing bucket."""
    bucket = Bucket(S3Settings(BUCKET, endpoint=s3_server, use_path_style=True))

    with pytest.raises(ConditionFailed):
        bucket.put("gone", json.dumps({}).encode(), expected='"x"')
