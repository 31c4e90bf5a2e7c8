"""The frame of every test: a clean environment, the search for leaked secrets, and a word on what was left out."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from tests.support.canary_watch import CanaryWatch
from tests.support.left_out import LeftOut

CANARY_WATCH = "canary-watch"


def pytest_configure(config: pytest.Config) -> None:
    """Register the two plugins of the house."""
    config.pluginmanager.register(CanaryWatch(), CANARY_WATCH)
    config.pluginmanager.register(LeftOut(), "left-out")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell starts what runs in the background deaf to Ctrl-C, and so would be all that the tests start.
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _searched_folder(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Everything below pytest's temporary folder is searched for secrets when the session ends."""
    watch = pytestconfig.pluginmanager.get_plugin(CANARY_WATCH)
    assert isinstance(watch, CanaryWatch)
    watch.roots.append(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session", autouse=True)
def _clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No setting of the person at the keyboard reaches a test, and no test writes to that person's cache."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [*(name for name in os.environ if name.startswith("DMAIL_")), "NO_COLOR", "FORCE_COLOR", "COLUMNS"]:
            patch.delenv(name, raising=False)
        # Nobody outside this machine is asked anything: tests that need DNS start a name server of their own.
        patch.setenv("DMAIL_DNS", "off")
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            patch.setenv(name, str(tmp_path_factory.mktemp(name.lower())))
        yield
