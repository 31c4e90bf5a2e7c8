"""Fingerprints of secrets (semantics 2)."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from threading import Barrier, Event, Thread

import pytest

from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.records import replace
from declarative_mail.resources.stored import SECRET as SECRET_LEAF
from declarative_mail.resources.stored import leaf_content, secret_leaf
from declarative_mail.secrets import Secret
from declarative_mail.state import fingerprint
from declarative_mail.state.digest import attribute_digests
from declarative_mail.state.fingerprint import Fingerprinter
from declarative_mail.state.snapshot import Output, Snapshot
from tests.state.builders import make_record, make_snapshot
from tests.support.canary import secret_value

SECRET = Secret(secret_value(), "env:SMTP_PASSWORD")
OTHER = Secret(secret_value("other"), "env:SMTP_PASSWORD")


class TestWithoutKey:
    def test_the_same_secret_has_the_same_fingerprint_in_one_state(self) -> None:
        """In this run and in the next one, which reads the salt from the state."""
        first = Fingerprinter(None)
        second = Fingerprinter(first.record)

        assert first.of(SECRET) == second.of(SECRET)
        assert first.of(SECRET) != first.of(OTHER)
        assert first.record == second.record

    def test_two_states_have_nothing_in_common(self) -> None:
        """The salt is another one, so equal passwords do not show."""
        assert Fingerprinter(None).of(SECRET) != Fingerprinter(None).of(SECRET)

    def test_it_is_scrypt_with_the_salt_of_the_state(self) -> None:
        """2^14 rounds, as the record says: computed once more here, by hand."""
        found = Fingerprinter(None)
        salt = b64decode(found.record.salt or "")
        text = b"declarative-mail fingerprint\0" + secret_value().encode()
        expected = hashlib.scrypt(text, salt=salt, n=2**14, r=8, p=1, dklen=32)

        assert len(salt) == 16
        assert found.of(SECRET) == "scrypt:" + b64encode(expected, b"-_").decode().rstrip("=")

    def test_an_import_is_assumed_equal(self) -> None:
        """Semantics 34: what could not be read has no fingerprint."""
        assert Fingerprinter(None).matches(SECRET, None)

    @pytest.mark.parametrize("stored", ["", "md5:abc", "scrypt:AAAA", "hmac-sha256:AAAA:BBBB", "hmac-sha256", "é"])
    def test_what_is_no_fingerprint_of_it_never_matches(self, stored: str) -> None:
        """Neither one of another kind nor one that was cut off."""
        assert not Fingerprinter(None).matches(SECRET, stored)


class TestWithKey:
    def test_a_key_needs_no_salt(self) -> None:
        """The same key gives the same fingerprint for every state, and says in the state which key it was."""
        one, other = Fingerprinter(None, key=b"key"), Fingerprinter(None, key=b"key")

        assert one.of(SECRET) == other.of(SECRET)
        assert one.of(SECRET).startswith(f"hmac-sha256:{one.record.key_check}:")
        assert one.record.salt is None

    def test_another_key_gives_another_fingerprint(self) -> None:
        """Without the key nobody can try passwords."""
        assert Fingerprinter(None, key=b"one").of(SECRET) != Fingerprinter(None, key=b"two").of(SECRET)

    def test_an_empty_key_is_none(self) -> None:
        """DMAIL_FINGERPRINT_KEY set to nothing protects nothing."""
        assert Fingerprinter(None, key=b"").of(SECRET).startswith("scrypt:")

    def test_a_key_is_introduced_without_a_change(self) -> None:
        """Fingerprints that were made without it still match, so the salt is kept; new ones are made with it."""
        before = Fingerprinter(None)
        stored = before.of(SECRET)
        after = Fingerprinter(before.record, key=b"key")

        assert after.matches(SECRET, stored)
        assert not after.matches(OTHER, stored)
        assert after.of(SECRET).startswith("hmac-sha256:")
        assert after.record.salt == before.record.salt
        assert after.warnings == ()

    def test_a_key_is_exchanged_with_the_old_one_at_hand(self) -> None:
        """As with the fallback passphrase of an encrypted state."""
        before = Fingerprinter(None, key=b"old")
        after = Fingerprinter(before.record, key=b"new", older=[b"old"])

        assert after.matches(SECRET, before.of(SECRET))
        assert not after.matches(OTHER, before.of(SECRET))
        assert after.of(SECRET) != before.of(SECRET)
        assert after.warnings == ()

    def test_a_key_that_was_exchanged_is_said(self) -> None:
        """Everything shows as changed then; the warning tells why, and what avoids it."""
        before = Fingerprinter(None, key=b"old")
        after = Fingerprinter(before.record, key=b"new")

        assert not after.matches(SECRET, before.of(SECRET))
        assert [one.code for one in after.warnings] == [codes.KEY_CHANGED]

    def test_a_missing_key_is_said(self) -> None:
        """A CI job without the variable."""
        before = Fingerprinter(None, key=b"old")
        after = Fingerprinter(before.record)

        assert not after.matches(SECRET, before.of(SECRET))
        assert [one.code for one in after.warnings] == [codes.KEY_MISSING]

    def test_only_older_keys_are_for_comparing(self) -> None:
        """The way back to a state without encryption: old fingerprints match, new ones are made without a key."""
        before = Fingerprinter(None, key=b"old")
        after = Fingerprinter(before.record, older=[b"old"])

        assert after.matches(SECRET, before.of(SECRET))
        assert after.of(SECRET).startswith("scrypt:")
        assert after.matches(SECRET, after.of(SECRET))


class TestRenewal:
    """A key is introduced or exchanged: when the older one is gone, nothing of it must be left."""

    def state(self, before: Fingerprinter, *secrets: Secret) -> Snapshot:
        """A state with an object for each secret, fingerprints made by `before`."""
        leaves = [secret_leaf(source=one.source, version=3, fingerprint=before.of(one)) for one in secrets]
        records = [make_record(f"secret.s{index}", attributes={"value": leaf}) for index, leaf in enumerate(leaves)]
        output = Output(value=leaves[0], sensitive=True)
        return make_snapshot(*records, fingerprint=before.record, outputs={"x": output})

    def found(self, snapshot: Snapshot) -> list[str]:
        """The fingerprints in a state."""
        values = [record.attributes["value"] for record in snapshot.resources]
        values += [output.value for output in snapshot.outputs.values()]
        return [leaf_content(value, SECRET_LEAF)["fingerprint"] for value in values]

    @pytest.mark.parametrize(
        ("before", "key", "older"),
        [(None, b"new", []), (b"old", b"new", [b"old"]), (b"old", None, [b"old"])],
        ids=["introduced", "exchanged", "given up"],
    )
    def test_what_matched_is_made_anew(self, before: bytes | None, key: bytes | None, older: list[bytes]) -> None:
        """With its version, in objects and outputs, and without a trace of drift."""
        first = Fingerprinter(None, key=before)
        snapshot = self.state(first, SECRET, OTHER)
        second = Fingerprinter(first.record, key=key, older=older)
        for secret in (SECRET, OTHER):
            assert second.matches(secret, first.of(secret))
        renewed = second.renewed(snapshot)

        assert self.found(renewed) == [second.of(SECRET), second.of(OTHER), second.of(SECRET)]
        assert renewed.fingerprint == second.record
        assert all(record.applied == attribute_digests(record.attributes) for record in renewed.resources)
        third = Fingerprinter(renewed.fingerprint, key=key)
        assert third.warnings == ()
        assert third.matches(SECRET, self.found(renewed)[0])

    def test_what_was_not_compared_stays_and_is_said(self) -> None:
        """A run with a target leaves some: the state goes on to say that it needs the old key."""
        first = Fingerprinter(None, key=b"old")
        snapshot = self.state(first, SECRET, OTHER)
        second = Fingerprinter(first.record, key=b"new", older=[b"old"])
        second.matches(SECRET, first.of(SECRET))
        renewed = second.renewed(snapshot)

        assert self.found(renewed) == [second.of(SECRET), first.of(OTHER), second.of(SECRET)]
        assert [one.code for one in Fingerprinter(renewed.fingerprint, key=b"new").warnings] == [codes.KEY_CHANGED]

    def test_what_could_not_be_read_has_none(self) -> None:
        """An imported secret needs no key."""
        first = Fingerprinter(None, key=b"old")
        leaf = secret_leaf(source="import", version=1, fingerprint=None)
        snapshot = make_snapshot(make_record("secret.s", attributes={"value": leaf}), fingerprint=first.record)
        second = Fingerprinter(first.record, key=b"new")

        assert second.renewed(snapshot).fingerprint == second.record

    def test_nothing_to_renew(self) -> None:
        """A new state gets its record; one by the same key is as it was."""
        first = Fingerprinter(None, key=b"old")
        snapshot = self.state(first, SECRET)

        assert first.renewed(replace(snapshot, fingerprint=None)) == snapshot
        assert Fingerprinter(first.record, key=b"old").renewed(snapshot) == snapshot


class TestSpeed:
    def test_each_distinct_secret_is_computed_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever asks, from however many threads, in whatever order."""
        computed = []

        def count(salt: bytes, secret: Secret) -> str:
            computed.append(secret)
            return f"scrypt:{len(computed)}"

        monkeypatch.setattr(fingerprint, "_salted", count)
        found = Fingerprinter(None)
        start = Barrier(8)

        def ask() -> None:
            start.wait()
            found.prepare(Secret(secret_value()))
            found.of(SECRET)
            found.matches(Secret(secret_value(), "var.password"), "scrypt:1")

        threads = [Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert found.of(SECRET) == "scrypt:1"
        assert len(computed) == 1

    def test_preparing_does_not_wait(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The work is done in a thread while the caller goes on; whoever needs the result waits for it."""
        may_end = Event()

        def compute(salt: bytes, secret: Secret) -> str:
            may_end.wait(30)
            return "scrypt:done"

        monkeypatch.setattr(fingerprint, "_salted", compute)
        found = Fingerprinter(None)
        found.prepare(SECRET)
        assert not may_end.is_set()
        may_end.set()

        assert found.of(SECRET) == "scrypt:done"


def test_nothing_shows_the_secret() -> None:
    """Neither the fingerprint, nor the record, nor the object itself."""
    found = Fingerprinter(None, key=secret_value("key").encode())
    text = repr([found.of(SECRET), found.record, found, vars(found)["_made"]])

    assert secret_value() not in text
