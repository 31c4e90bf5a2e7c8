"""Other ways in which an apply is disturbed: signals, a server that dies, a disk that is full, a clock that jumps."""

from __future__ import annotations

import signal

import pytest

from tests.remotes.fault_proxy import Fault, Gate, lost, passed_on
from tests.remotes.kills import Site, Wish, until

BOTH = pytest.mark.parametrize("keeping", ["local", "http"], indirect=True)
SIGNALS = pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])


def wish(count: int) -> Wish:
    """So many groups, one of them with a secret, and a rule that refers to two."""
    groups = {f"g{number:02}": (f"g{number:02}", "one", number == 0) for number in range(count)}
    return Wish(groups, {"r": ("one", ("g00", "g01"))})


class TestSignals:
    """Ctrl-C, and what a runner sends when its time is up."""

    @BOTH
    @SIGNALS
    def test_what_is_under_way_ends_and_the_state_is_written(
        self, site: Site, number: signal.Signals, code: int
    ) -> None:
        """Its own exit code, nothing open, nothing forgotten; the next run does the rest."""
        site.wish, site.parallelism = wish(12), 2
        gate = site.hold(4)
        process = site.start(site.directory())
        until(gate.is_reached, process)

        process.send_signal(number)
        until(lambda: "Stopping after what is under way" in process.text, process)
        gate.open()

        assert process.wait() == code
        made = site.system.objects("user_group")
        assert 4 <= len(made) < 12
        assert "Not reached" in process.text
        state = site.state
        assert {one["id"] for one in state["resources"]} == made.keys()
        assert "pending" not in state
        assert list(site.folder.glob("*/*.journal")) == []
        site.finish()

    @BOTH
    @SIGNALS
    def test_second_signal_ends_it_at_once(self, site: Site, number: signal.Signals, code: int) -> None:
        """Without the answer that it waits for; the lock is given back, and the next run asks what became of that."""
        site.wish, site.parallelism = wish(12), 2
        gate = site.hold(4)
        process = site.start(site.directory())
        until(gate.is_reached, process)

        process.send_signal(number)
        until(lambda: "Stopping after what is under way" in process.text, process)
        process.send_signal(number)

        assert process.wait(30) == code
        assert "Stopped in the middle" in process.text
        gate.open()
        site.finish()

    @SIGNALS
    def test_signal_while_it_plans_changes_nothing(self, site: Site, number: signal.Signals, code: int) -> None:
        """The remote is slow to say what it has."""
        site.wish, gate = wish(3), Gate()
        site.system.proxy.spoil(Fault("GET", gate, forwarded=True))
        process = site.start(site.directory())
        until(gate.is_reached, process)

        process.send_signal(number)
        gate.open()

        assert process.wait() == code
        assert "Traceback" not in process.text
        assert site.system.objects("user_group") == {}
        site.finish()


class TestServer:
    """The system itself dies."""

    def test_it_comes_back_in_time(self, site: Site) -> None:
        """The run waits for it and goes on; nothing is made twice."""
        site.wish, gate = wish(12), site.hold(5)
        process = site.start(site.directory())
        until(gate.is_reached, process)

        site.server.kill()
        gate.open()
        site.server.start()

        assert process.wait() == 0, process.text
        site.check()

    @BOTH
    def test_it_stays_away(self, site: Site) -> None:
        """The run ends with three lists and what is open; the next one finds out."""
        site.wish, site.parallelism, gate = wish(8), 2, site.hold(3)
        site.system.block = site.system.block.replace('"30s"', '"2s"')
        process = site.start(site.directory())
        until(gate.is_reached, process)

        site.server.kill()
        gate.open()

        assert process.wait() == 1
        assert "Failed:" in process.text
        site.server.start()
        site.finish()


class TestDisk:
    """The disk fills."""

    def test_in_the_middle_of_a_run(self, site: Site) -> None:
        """It says so and makes no further call; what it made is taken up when there is room."""
        site.wish = wish(40)

        full = site.run(before="tests.remotes.before:small_files")

        made = len(site.system.objects("user_group"))
        assert (full.returncode, "DM7203" in full.text) == (1, True), full.text
        assert 0 < made < 40
        site.finish()

    def test_at_the_end_of_a_run(self, site: Site) -> None:
        """The change is made and the state cannot be written: it stays whole, and the journal says the rest."""
        site.wish = wish(40)
        site.finish()
        state = site.folder / "project" / "dmail.state.json"
        before = state.read_bytes()
        site.wish = Wish({**site.wish.groups, "g01": ("g01", "two", False)}, site.wish.rules)

        full = site.run(before="tests.remotes.before:small_files")

        assert (full.returncode, "DM7203" in full.text) == (1, True), full.text
        assert state.read_bytes() == before
        assert state.with_name("dmail.state.json.journal").exists()
        site.finish()
        assert site.system.proxy.count("PUT") == 1


class TestClock:
    """The clock that people set jumps by years, there and back, each time that somebody looks at it."""

    @BOTH
    def test_run_comes_to_its_end(self, site: Site) -> None:
        """What waits, and for how long, is measured by another clock."""
        site.wish = wish(6)
        site.system.proxy.spoil(Fault("POST", passed_on, forwarded=True, times=2), Fault("POST", lost))

        process = site.run(before="tests.remotes.before:jumping_clock")

        assert process.returncode == 0, process.text
        site.check()

    @BOTH
    def test_run_that_is_killed_is_taken_up(self, site: Site) -> None:
        """By one whose clock jumps as well."""
        site.wish = wish(12)
        site.killed_after(12, before="tests.remotes.before:jumping_clock")

        process = site.run(before="tests.remotes.before:jumping_clock")

        assert process.returncode == 0, process.text
        site.check()
