"""The journal: what is noted, what is read back after a run was killed anywhere, and what comes of it."""

from __future__ import annotations

import json
import resource
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from declarative_mail.applying.folding import fold, recover
from declarative_mail.applying.intents import intent_of, outcome_of
from declarative_mail.applying.journal import FileJournal, Journaled
from declarative_mail.applying.run import Call, Ended
from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.diagnostics.codes import remotes
from declarative_mail.diagnostics.codes import state as codes
from declarative_mail.planning.change import Action, Change
from declarative_mail.records import replace
from declarative_mail.remotes.base import LiveObject, Operation, Written
from declarative_mail.secrets import Secret
from declarative_mail.state.codec import read_snapshot, write_snapshot
from declarative_mail.state.encryption import Envelope
from declarative_mail.state.snapshot import Intent, Outcome, ResourceRecord, Snapshot
from tests.planning.records import wanted
from tests.state.builders import LINEAGE, OTHER_LINEAGE, fails_with, make_record, make_snapshot

AT = "2026-01-02T03:04:05Z"
PASSPHRASE = Secret("a passphrase of enough characters", "env:DMAIL_PASSPHRASE")


def _record(address: str, id_: str, **attributes: object) -> ResourceRecord:
    return make_record(address, remote="rest.x", id=id_, attributes={"name": address, **attributes})


def _done(verb: str, address: str, record: ResourceRecord | None, *, object_id: str | None = None) -> Intent:
    outcome = Outcome(status="done", at=AT, record=record)
    fields: dict[str, Any] = {"id": f"{verb}-{address}", "address": address, "verb": verb, "remote": "rest.x"}
    return Intent(**fields, object_id=object_id, at=AT, outcome=outcome)


def _open(verb: str, address: str) -> Intent:
    return replace(_done(verb, address, None), outcome=None)


def _ids(snapshot: Snapshot) -> dict[str, str]:
    return {str(address): record.id for address, record in snapshot.by_address.items()}


class TestFold:
    """What a journal makes of a state."""

    def test_creates_updates_and_deletes_are_in_the_state(self) -> None:
        """Each known outcome as if the run had come to its end."""
        old, gone = _record("user_group.old", "1"), _record("user_group.gone", "2")
        made, new = _record("user_group.made", "3"), _record("user_group.old", "1", description="new")

        found = fold(
            make_snapshot(old, gone),
            [
                _done("create", "user_group.made", made),
                _done("update", "user_group.old", new, object_id="1"),
                _done("delete", "user_group.gone", None, object_id="2"),
            ],
        )

        assert _ids(found) == {"user_group.made": "3", "user_group.old": "1"}
        assert found.resources[1].attributes["description"] == "new"
        assert found.pending == ()

    def test_failed_call_changes_nothing_and_an_open_one_stays_open(self) -> None:
        """The remote said no to one; nobody knows of the other."""
        failed = replace(_open("create", "user_group.a"), outcome=Outcome(status="failed", at=AT))

        found = fold(make_snapshot(), [failed, _open("create", "user_group.b")])

        assert (_ids(found), [one.address for one in found.pending]) == ({}, ["user_group.b"])

    def test_replaced_object_stands_until_its_delete_is_done(self) -> None:
        """Created first: both are remembered, then the old one is not."""
        old, new = _record("user_group.a", "1"), _record("user_group.a", "2")
        create = replace(_done("create", "user_group.a", new), deposed="cafe")
        delete = _done("delete", "user_group.a", None, object_id="1")

        between, after = fold(make_snapshot(old), [create]), fold(make_snapshot(old), [create, delete])

        assert [(one.id, one.deposed) for one in between.resources] == [("2", None), ("1", "cafe")]
        assert [one.id for one in after.resources] == ["2"]

    def test_object_that_was_gone_is_not_remembered_beside_the_one_made_anew(self) -> None:
        """A create where no old object stands."""
        found = fold(
            make_snapshot(_record("user_group.a", "1")), [_done("create", "user_group.a", _record("user_group.a", "2"))]
        )

        assert [(one.id, one.deposed) for one in found.resources] == [("2", None)]

    def test_id_that_is_used_again_names_the_new_object(self) -> None:
        """A system where we choose the ids: the old object that was left is gone, or its delete would hit this one."""
        left = replace(_record("user_group.a", "shop/a"), deposed="cafe")
        create = _done("create", "user_group.a", _record("user_group.a", "shop/a", description="new"))

        found = fold(make_snapshot(_record("user_group.a", "shop/b"), left), [create])

        assert [(one.id, one.deposed, one.attributes.get("description")) for one in found.resources] == [
            ("shop/a", None, "new")
        ]

    def test_id_that_an_import_used_again_names_an_object_that_stays(self) -> None:
        """The same where no call was made for it."""
        left = replace(_record("user_group.a", "shop/a"), deposed="cafe")

        snapshot = read_snapshot(write_snapshot(make_snapshot(_record("user_group.b", "shop/a"), left)), name="x")

        assert snapshot.deposed == ()

    def test_deleted_object_is_told_from_one_of_another_type(self) -> None:
        """Ids of some systems are unique within a type only."""
        group, secret = _record("user_group.a", "shop/a"), _record("secret.a", "shop/a")

        found = fold(make_snapshot(group, secret), [_done("delete", "user_group.a", None, object_id="shop/a")])

        assert _ids(found) == {"secret.a": "shop/a"}

    def test_moved_object_leaves_its_old_address(self) -> None:
        """The update of an object that has a new address in the configuration."""
        moved = _done("update", "user_group.b", _record("user_group.b", "1"), object_id="1")

        assert _ids(fold(make_snapshot(_record("user_group.a", "1")), [moved])) == {"user_group.b": "1"}

    def test_folding_twice_is_folding_once(self) -> None:
        """A run that was killed while it took up the journal of another."""
        create = replace(_done("create", "user_group.a", _record("user_group.a", "2")), deposed="cafe")
        intents = [
            create,
            _done("delete", "user_group.b", None, object_id="3"),
            _done("update", "user_group.c", _record("user_group.c", "4", description="new"), object_id="4"),
            _open("delete", "user_group.a"),
        ]
        before = make_snapshot(_record("user_group.a", "1"), _record("user_group.b", "3"), _record("user_group.c", "4"))

        once = fold(before, intents)

        assert fold(once, intents) == once

    def test_secret_has_the_time_of_the_call_that_wrote_it(self) -> None:
        """``rotate_after`` goes on from there although the run did not come to its end."""
        leaf = {"$secret": {"source": "env:HOOK", "version": 1, "fingerprint": "scrypt:x"}}
        record = _record("smtp_server.a", "1", password=leaf)
        later = Outcome(status="done", at="2027-01-02T03:04:05Z", record=record)
        made = _done("create", "smtp_server.a", record)

        found = fold(make_snapshot(), [made])
        again = fold(found, [replace(made, outcome=later)])

        assert found.resources[0].secrets_changed == {"password": AT}
        assert again.resources[0].secrets_changed == {"password": AT}

    def test_nothing_written_yet_starts_from_an_empty_state(self) -> None:
        """The state was lost, its journal was not."""
        found = recover(None, Journaled(LINEAGE, (_open("create", "user_group.a"),)), tool_version="0.1.0")

        assert (found.lineage, len(found.pending)) == (LINEAGE, 1)

    def test_journal_of_another_lineage_is_refused(self) -> None:
        """It is about other objects."""
        with fails_with(codes.OTHER_LINEAGE):
            recover(make_snapshot(), Journaled(OTHER_LINEAGE, ()), tool_version="0.1.0")


class TestNoted:
    """What is noted of a call."""

    @staticmethod
    def _call(action: Action, verb: str) -> Call:
        one = wanted("user_group.a", remote="rest.x")
        record = None if action is Action.CREATE else _record("user_group.a", "1")
        change = Change(one.address, action, "rest.x", None, one.attributes, record=record, wanted=one)
        after = None if verb == "delete" else one.attributes
        operation = Operation(verb, one.address, "user_group", None, None, after, {}, {})  # type: ignore[arg-type]  # a verb
        return Call(change, operation, "rest.x", "document")

    @pytest.mark.parametrize(
        ("action", "verb", "leaves"),
        [
            (Action.CREATE, "create", False),
            (Action.REPLACE, "create", True),
            (Action.REPLACE, "delete", False),
            (Action.UPDATE, "update", False),
        ],
    )
    def test_only_half_a_replacement_leaves_another_object(self, action: Action, verb: str, *, leaves: bool) -> None:
        """Its create, until the delete is done."""
        assert (intent_of(self._call(action, verb), AT).deposed is not None) == leaves

    def test_outcome_is_open_only_where_nobody_knows(self) -> None:
        """Done, refused, in doubt; and an object that stands although the change failed."""
        call = self._call(Action.CREATE, "create")
        fault = Diagnostic(remotes.REFUSED, "The remote said no.")
        record = _record("user_group.a", "1")
        done = Ended(call, Written(call.operation, LiveObject("1", {})), record)
        refused = Ended(call, Written(call.operation, fault=fault), None)
        doubt = Ended(call, Written(call.operation, fault=fault, in_doubt=True), None)
        stands = Ended(call, Written(call.operation, LiveObject("1", {}), fault, in_doubt=True), record)

        found = [outcome_of(one, AT) for one in (done, refused, doubt, stands)]

        assert [one and one.status for one in found] == ["done", "failed", None, "done"]
        assert [one and one.record for one in found] == [record, None, None, record]


@pytest.fixture(params=[None, PASSPHRASE], ids=["plain", "sealed"])
def envelope(request: pytest.FixtureRequest) -> Envelope:
    """As it is, and encrypted."""
    return Envelope(request.param)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a journal."""
    return tmp_path / "dmail.state.json.journal"


def _written(path: Path, envelope: Envelope) -> FileJournal:
    """A journal with two intents, one of which is done."""
    journal = FileJournal(path, envelope)
    journal.begin(LINEAGE)
    journal.note([_open("create", "user_group.a"), _open("create", "user_group.b")])
    journal.settle([("create-user_group.a", Outcome(status="done", at=AT, record=_record("user_group.a", "1")))])
    return journal


def _read(path: Path, envelope: Envelope) -> dict[str, str | None]:
    """The addresses of the intents, and the status of each that is known."""
    left = FileJournal(path, envelope).read()
    assert left is not None
    assert left.lineage == LINEAGE
    return {one.address: one.outcome.status if one.outcome else None for one in left.intents}


class TestFile:
    """The file, plain and sealed."""

    def test_it_is_read_as_it_was_written(self, path: Path, envelope: Envelope) -> None:
        """By another process, with the passphrase alone."""
        _written(path, envelope)

        assert _read(path, envelope) == {"user_group.a": "done", "user_group.b": None}
        assert path.stat().st_mode & 0o777 == 0o600

    def test_it_is_gone_when_it_is_cleared(self, path: Path, envelope: Envelope) -> None:
        """And nothing is left to take up."""
        _written(path, envelope).clear()

        assert (path.exists(), FileJournal(path, envelope).read()) == (False, None)

    def test_every_length_is_readable(self, path: Path, envelope: Envelope) -> None:
        """Killed after any byte: whole lines count, the torn one was not sent."""
        _written(path, envelope)
        whole = path.read_bytes()
        ends = [index + 1 for index, byte in enumerate(whole) if byte == ord("\n")]
        expected = {"user_group.a": None, "user_group.b": None}

        for length in range(0, len(whole), 7):
            path.write_bytes(whole[:length])
            left = FileJournal(path, envelope).read()

            lines = sum(end <= length for end in ends)
            assert (left is None) == (lines == 0)
            assert left is None or {one.address: None for one in left.intents} == (expected if lines > 1 else {})

    def test_line_in_the_middle_that_is_no_line_is_refused(self, path: Path, envelope: Envelope) -> None:
        """It was not torn by a kill: something else wrote there."""
        _written(path, envelope)
        first, _, rest = path.read_bytes().partition(b"\n")
        path.write_bytes(first + b"\nnot a line\n" + rest)

        with fails_with(codes.UNREADABLE):
            FileJournal(path, envelope).read()

    def test_newer_format_is_left_to_who_wrote_it(self, path: Path) -> None:
        """An older program does not guess."""
        path.write_text('{"version": 2, "lineage": "x"}\n', encoding="utf-8")

        with fails_with(codes.UNREADABLE):
            FileJournal(path, Envelope()).read()

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('"verb":"create"', '"verb":"make"'),
            ('"verb":"create"', '"verb":"create","more":1'),
            (LINEAGE, "mine"),
            ('"name":"user_group.a"', '"name":"\\ud800"'),
            ('"name":"user_group.a"', '"name":NaN'),
            ('"name":"user_group.a"', f'"name":{"[" * 5000}'),
            ('"create-user_group.a":{', '"create-user_group.z":{'),
            ('"schema_version":1', '"schema_version":1.0'),
        ],
        ids=lambda text: text[:30],
    )
    def test_line_that_was_changed_is_refused(self, path: Path, old: str, new: str) -> None:
        """A word that is none, a field that is not known, a number that is none: nothing is made of it."""
        _written(path, Envelope())
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(old, new), encoding="utf-8")

        assert old in text
        with fails_with(codes.UNREADABLE):
            FileJournal(path, Envelope()).read()

    def test_what_cannot_be_written_leaves_whole_lines(self, path: Path, envelope: Envelope) -> None:
        """A disk that is full amid a line: a fault with the reason, and what is written after it can be read."""
        journal = _written(path, envelope)

        with _limit(path.stat().st_size + 20), fails_with(codes.DISK_FULL):
            journal.note([_open("create", "user_group.c")])
        journal.note([_open("create", "user_group.d")])

        assert _read(path, envelope) == {"user_group.a": "done", "user_group.b": None, "user_group.d": None}

    def test_folder_that_cannot_be_written_is_a_fault(self, path: Path) -> None:
        """Nothing is sent without a journal."""
        path.parent.joinpath("blocked").write_text("", encoding="utf-8")

        with fails_with(codes.UNWRITABLE):
            FileJournal(path.parent / "blocked" / path.name, Envelope()).begin(LINEAGE)


@contextmanager
def _limit(size: int) -> Iterator[None]:
    """No file of this process grows beyond that: a write stops there, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestSealed:
    """The journal of a state that is encrypted."""

    def test_no_word_of_it_can_be_read(self, path: Path) -> None:
        """Neither as it is nor as base64: no address, verb or remote."""
        _written(path, Envelope(PASSPHRASE))
        raw = path.read_bytes()
        inside = [json.loads(line if line.startswith(b"{") else b64decode(line)) for line in raw.splitlines()]

        assert not [word for word in (b"user_group", b"rest.x", b"create", b"intents") if word in raw]
        assert all(set(line) == {"encryption", "public", "data"} for line in inside)
        assert not [line for line in inside if b"user_group" in b64decode(line["data"])]

    def test_byte_that_was_changed_is_noticed(self, path: Path) -> None:
        """Wherever it is, but for bits that base64 does not use: those change nothing."""
        envelope = Envelope(PASSPHRASE)
        _written(path, envelope)
        whole, unnoticed = path.read_bytes(), list[dict[str, str | None]]()

        for place in range(0, len(whole) - 1, 5):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            with suppress(DiagnosticError):
                unnoticed.append(_read(path, envelope))

        assert [one for one in unnoticed if one != {"user_group.a": "done", "user_group.b": None}] == []
        assert len(unnoticed) <= whole.count(b"\n")

    def test_line_in_clear_among_sealed_ones_is_refused(self, path: Path) -> None:
        """Whoever cannot seal cannot add to it."""
        _written(path, Envelope(PASSPHRASE))
        with path.open("ab") as file:
            file.write(b'{"outcomes": {"create-user_group.b": {"status": "failed", "at": "2026-01-02T03:04:05Z"}}}\n')

        with fails_with(codes.UNREADABLE):
            FileJournal(path, Envelope(PASSPHRASE)).read()

    def test_it_needs_the_passphrase(self, path: Path) -> None:
        """Without one, and with another."""
        _written(path, Envelope(PASSPHRASE))

        with fails_with(codes.ENCRYPTED):
            FileJournal(path, Envelope()).read()
        with fails_with(codes.WRONG_PASSPHRASE):
            FileJournal(path, Envelope(Secret("another passphrase of enough characters"))).read()
