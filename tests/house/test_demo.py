"""``make demo``: the first thing that anybody sees."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.canary import secret_value
from tests.support.sources import ROOT

DEMO = ROOT / "examples" / "quickstart" / "demo.py"


def test_demo_tells_its_story(tmp_path: Path) -> None:
    """Every step ends as told: a message is delivered, drift is clean, then found at its field; nothing remains."""
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    result = subprocess.run(
        [sys.executable, str(DEMO)],
        env=os.environ | {"TMPDIR": str(scratch)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    told = re.findall(r"^\$ dmail (\w+)|^(\(exit code 3\))|^  (Subject: .*)|(mallory)", result.stdout, re.MULTILINE)

    assert result.returncode == 0, result.stdout + result.stderr
    assert ["".join(one) for one in told] == [
        "validate",
        "plan",
        "apply",
        "Subject: The pipeline can send mail",
        "drift",
        "drift",
        "mallory",
        "(exit code 3)",
    ]
    assert list(scratch.iterdir()) == []


@pytest.fixture
def catcher_port(tmp_path: Path) -> Iterator[int]:
    """A running catcher that keeps its mail in the test's folder."""
    command = [sys.executable, str(DEMO.parent / "catcher.py"), str(tmp_path), "--port", "0"]
    environment = os.environ | {"SMTP_PASSWORD": secret_value("catcher")}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline().rpartition(":")[2])
        process.communicate(timeout=10)


def test_catcher_takes_mail_from_those_who_log_in(tmp_path: Path, catcher_port: int) -> None:
    """It wants TLS, then the right password, and then keeps the message with its envelope; its key is on no disk."""
    context = ssl.create_default_context(cafile=tmp_path / "certificate.pem")
    with smtplib.SMTP("127.0.0.1", catcher_port, timeout=10) as client:
        refused = [client.docmd("MAIL FROM:<a@example.com>")[0]]
        client.starttls(context=context)
        client.ehlo()
        refused.append(client.docmd("MAIL FROM:<a@example.com>")[0])
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("deploys", "wrong")
        client.login("deploys", secret_value("catcher"))
        client.sendmail("a@example.com", ["b@example.com", "c@example.com"], "Subject: hello\r\n\r\nthere\r\n")

    assert refused == [530, 530]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["certificate.pem", "message-1.eml"]
    assert (tmp_path / "message-1.eml").read_text("utf-8").splitlines() == [
        "X-Envelope-To: b@example.com, c@example.com",
        "Subject: hello",
        "",
        "there",
    ]
