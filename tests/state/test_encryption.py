"""Encryption of state and plan files (issue 5.5)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.secrets import Secret
from declarative_mail.state import encryption
from declarative_mail.state.encryption import Envelope, is_sealed
from tests.state.builders import fails_with
from tests.support.canary import secret_value

OLD = Secret(secret_value("old passphrase"), "env:OLD")
NEW = Secret(secret_value("new passphrase"), "env:NEW")
CONTENT = b'{"lineage": "x", "resources": ["smtp.example.com"]}\n'
SEALED = Path(__file__).parent / "data" / "sealed"


@pytest.fixture(autouse=True)
def cheap_derivation(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least that a header may ask for, so that the tests are quick."""
    monkeypatch.setattr(encryption, "_KDF", {"name": "argon2id", "iterations": 1, "lanes": 1, "memory_kib": 19456})


class TestSealing:
    def test_what_is_sealed_is_opened(self) -> None:
        """By another run with the same passphrase; nothing of the content shows in the file."""
        sealed = Envelope(NEW).seal(CONTENT)

        assert Envelope(NEW).open(sealed, name="x").data == CONTENT
        assert Envelope(NEW).open(sealed, name="x").warnings == ()
        assert b"smtp.example.com" not in sealed
        assert is_sealed(sealed)
        assert not is_sealed(CONTENT)

    def test_the_file_is_json_with_what_is_public(self) -> None:
        """Stores that look at serial and lineage find them; nothing else is readable."""
        document = json.loads(Envelope(NEW).seal(CONTENT, public={"serial": 7}))

        assert document.keys() == {"encryption", "public", "data"}
        assert document["public"] == {"serial": 7}
        assert document["encryption"].keys() == {"version", "method", "kdf", "key_id", "nonce"}

    def test_a_server_may_lay_the_document_out_anew(self) -> None:
        """What is authenticated is the meaning of the header, not its spaces and order."""
        document = json.loads(Envelope(NEW).seal(CONTENT, public={"serial": 7, "lineage": "é"}))
        other = {name: document[name] for name in ("encryption", "data", "public")}

        assert Envelope(NEW).open(json.dumps(other, indent=3).encode(), name="x").data == CONTENT

    def test_no_two_files_are_alike(self) -> None:
        """The nonce is fresh for each, the salt stays for the run."""
        envelope = Envelope(NEW)
        one, other = (json.loads(envelope.seal(CONTENT)) for _ in range(2))

        assert one["encryption"]["nonce"] != other["encryption"]["nonce"]
        assert one["data"] != other["data"]
        assert one["encryption"]["kdf"] == other["encryption"]["kdf"]

    def test_the_salt_of_a_file_is_kept(self) -> None:
        """So that each run derives one key, and the key for fingerprints stays what it was."""
        first = Envelope(NEW)
        sealed = first.seal(CONTENT)
        second = Envelope(NEW)
        second.open(sealed, name="x")

        assert json.loads(sealed)["encryption"]["kdf"] == json.loads(second.seal(b""))["encryption"]["kdf"]
        assert first.fingerprint_key == second.fingerprint_key
        assert Envelope(NEW).fingerprint_key != first.fingerprint_key

    def test_each_key_is_derived_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Deriving is what costs: many files of one run share it."""
        derived = []
        real = encryption._derive

        def derive(passphrase: Secret, kdf: encryption.Header) -> encryption._Keys:
            derived.append(passphrase)
            return real(passphrase, kdf)

        monkeypatch.setattr(encryption, "_derive", derive)
        envelope = Envelope(NEW)
        for sealed in [envelope.seal(CONTENT) for _ in range(3)]:
            envelope.open(sealed, name="x")
        assert envelope.fingerprint_key

        assert len(derived) == 1

    def test_a_short_passphrase_is_refused(self) -> None:
        """With the name of its source, never with its text."""
        with fails_with(codes.SHORT_PASSPHRASE) as caught:
            Envelope(Secret("fifteen letters", "env:PASS"))

        assert "env:PASS" in str(caught.value)
        assert "fifteen letters" not in str(caught.value)

    def test_a_key_of_the_strength_that_is_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The real derivation: RFC 9106's second recommended option, above OWASP's minimum."""
        monkeypatch.undo()
        sealed = Envelope(NEW).seal(CONTENT)
        kdf = json.loads(sealed)["encryption"]["kdf"]

        assert (kdf["name"], kdf["iterations"], kdf["lanes"], kdf["memory_kib"]) == ("argon2id", 3, 4, 65536)
        assert Envelope(NEW).open(sealed, name="x").data == CONTENT


class TestRotation:
    def test_a_fallback_opens_and_the_new_passphrase_seals(self) -> None:
        """The warning says when the fallback can go."""
        envelope = Envelope(NEW, fallbacks=[OLD])
        opened = envelope.open(Envelope(OLD).seal(CONTENT), name="x")
        sealed = envelope.seal(opened.data)

        assert opened.data == CONTENT
        assert [one.code for one in opened.warnings] == [codes.FALLBACK_IN_USE]
        assert "env:NEW" in opened.warnings[0].detail
        assert Envelope(NEW).open(sealed, name="x").warnings == ()

    def test_from_plain_to_encrypted(self) -> None:
        """A plain file is read with a warning, and sealed from then on."""
        envelope = Envelope(NEW)
        opened = envelope.open(CONTENT, name="x")

        assert opened.data == CONTENT
        assert [one.code for one in opened.warnings] == [codes.NOT_ENCRYPTED]
        assert is_sealed(envelope.seal(opened.data))

    def test_from_encrypted_to_plain(self) -> None:
        """With the passphrase as fallback alone."""
        envelope = Envelope(fallbacks=[OLD])
        opened = envelope.open(Envelope(OLD).seal(CONTENT), name="x")

        assert envelope.seal(opened.data) == CONTENT
        assert [one.code for one in opened.warnings] == [codes.FALLBACK_IN_USE]
        assert "plain text" in opened.warnings[0].detail

    def test_plain_stays_plain(self) -> None:
        """Without any passphrase nothing is said."""
        envelope = Envelope()

        assert envelope.open(envelope.seal(CONTENT), name="x") == encryption.Opened(CONTENT)
        assert envelope.fingerprint_key is None
        assert envelope.older_fingerprint_keys == ()

    def test_fingerprints_of_the_old_key_can_be_compared(self) -> None:
        """The key of the file that a fallback opened is among the older ones."""
        old = Envelope(OLD)
        sealed = old.seal(CONTENT)
        envelope = Envelope(NEW, fallbacks=[OLD])
        envelope.open(sealed, name="x")

        assert old.fingerprint_key in envelope.older_fingerprint_keys
        assert envelope.fingerprint_key != old.fingerprint_key


def _changed(sealed: bytes, *path: str, value: Any) -> bytes:
    document = json.loads(sealed)
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(document).encode()


class TestRefusals:
    def test_without_a_passphrase(self) -> None:
        """The fault says where one is given."""
        with fails_with(codes.ENCRYPTED):
            Envelope().open(Envelope(NEW).seal(CONTENT), name="x")

    def test_with_another_passphrase(self) -> None:
        """The sources of those that were tried are named."""
        with fails_with(codes.WRONG_PASSPHRASE) as caught:
            Envelope(NEW).open(Envelope(OLD).seal(CONTENT), name="x")

        assert "(env:NEW)" in str(caught.value)
        assert secret_value("new passphrase") not in str(caught.value)

    @pytest.mark.parametrize("position", [0, 5, -5, -1])
    def test_a_bit_of_the_content_was_changed(self, position: int) -> None:
        """Anywhere in it, the tag at its end included."""
        import base64

        sealed = Envelope(NEW).seal(CONTENT)
        data = bytearray(base64.b64decode(json.loads(sealed)["data"]))
        data[position] ^= 1
        with fails_with(codes.TAMPERED):
            Envelope(NEW).open(_changed(sealed, "data", value=base64.b64encode(data).decode()), name="x")

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (("public", "serial"), 8),
            (("public",), {}),
            (("data",), "%%%"),
            (("data",), ""),
            (("data",), None),
            (("encryption", "nonce"), "AAAAAAAAAAAAAAAA"),
            (("encryption", "nonce"), "AAAA"),
            (("encryption", "nonce"), None),
            (("encryption", "more"), 1),
            (("encryption", "kdf"), None),
            (("encryption", "key_id"), None),
            (("encryption", "kdf", "salt"), "AAAA"),
            (("encryption", "kdf", "memory_kib"), 2**40),
            (("encryption", "kdf", "memory_kib"), 8),
            (("encryption", "kdf", "iterations"), 1000000),
            (("encryption", "kdf", "iterations"), "1"),
            (("encryption",), None),
            (("more",), None),
        ],
    )
    def test_the_head_was_changed(self, path: tuple[str, ...], value: Any) -> None:
        """Also to what would exhaust the machine before anything is proved."""
        sealed = Envelope(NEW).seal(CONTENT, public={"serial": 7})

        with fails_with(codes.TAMPERED):
            Envelope(NEW).open(_changed(sealed, *path, value=value), name="x")

    @pytest.mark.parametrize(
        ("path", "value"), [(("encryption", "key_id"), "00"), (("encryption", "kdf", "salt"), "A" * 21 + "A==")]
    )
    def test_another_key_was_named(self, path: tuple[str, ...], value: str) -> None:
        """That looks like another passphrase, and is refused as such."""
        sealed = Envelope(NEW).seal(CONTENT)

        with fails_with(codes.WRONG_PASSPHRASE):
            Envelope(NEW).open(_changed(sealed, *path, value=value), name="x")

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (("encryption", "version"), 2),
            (("encryption", "method"), "rot13"),
            (("encryption", "kdf", "name"), "pbkdf2"),
        ],
    )
    def test_an_unknown_way(self, path: tuple[str, ...], value: Any) -> None:
        """A newer version is told from damage."""
        sealed = Envelope(NEW).seal(CONTENT)

        with fails_with(codes.UNKNOWN_ENCRYPTION):
            Envelope(NEW).open(_changed(sealed, *path, value=value), name="x")

    @pytest.mark.parametrize(
        "rest", [b"", b"}", b"\xff}", b'"\xff"}', b"NaN}", b"[" * 5000], ids=lambda rest: repr(rest)[:12]
    )
    def test_what_only_begins_like_a_sealed_file(self, rest: bytes) -> None:
        """No JSON at all, text of another encoding, lists without end: a fault, not a crash."""
        with fails_with(codes.TAMPERED):
            Envelope(NEW).open(b'{"encryption": ' + rest, name="x")

    @pytest.mark.parametrize("cut", [40, -10])
    def test_a_truncated_file(self, cut: int) -> None:
        """It is refused as a whole."""
        with fails_with(codes.TAMPERED):
            Envelope(NEW).open(Envelope(NEW).seal(CONTENT)[:cut], name="x")


@pytest.mark.parametrize("path", sorted(SEALED.glob("*.json")), ids=lambda path: path.stem)
def test_every_form_ever_written_is_opened(path: Path) -> None:
    """Sealed with the real derivation by the version in the name (issue 5.9)."""
    opened = Envelope(Secret("a passphrase of the test data")).open(path.read_bytes(), name=path.name)

    assert json.loads(opened.data)["lineage"] == "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
    assert opened.warnings == ()


def test_the_folder_of_sealed_files_is_not_empty() -> None:
    """Else the test above would say nothing."""
    assert list(SEALED.glob("v1-*.json"))
