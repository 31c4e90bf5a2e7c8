"""Dovecot's submission server: a second real implementation of SMTP, TLS and AUTH, in front of a scripted server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from declarative_mail.secrets import Secret
from tests.lab.processes import ended_at_last, free_ports, greets, run_daemon, soon
from tests.lab.scenario import PASSWORD, USER, Scenario
from tests.support.canary import secret_value
from tests.support.needs import find_program, leave_out, need_program, need_root

_CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
protocols = submission
hostname = dovecot.lab.test
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificates}/good.pem
ssl_key = <{certificates}/good.key
disable_plaintext_auth = yes
auth_mechanisms = plain login cram-md5
submission_relay_host = 127.0.0.1
submission_relay_port = {relay}
submission_max_mail_size = 50k
mail_location = maildir:{home}/mail/%u
first_valid_uid = 100
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {home}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={home}/mail/%u
}}
service submission-login {{
  inet_listener submission {{
    port = {submission}
  }}
  inet_listener submissions {{
    port = {submissions}
    ssl = yes
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


def _on(service: str, identifier: str, **expected: Any) -> tuple[str, Scenario]:
    return service, Scenario(id=f"dovecot-{identifier}", **expected)


_WRONG = {"username": USER, "password": Secret(secret_value("wrong"))}

SCENARIOS: tuple[tuple[str, Scenario], ...] = (
    _on("submission", "starttls", encryption="starttls", login=True),
    _on("submission", "starttls-send", encryption="starttls", login=True, send=True),
    _on("submission", "login", encryption="starttls", login=True, server={"auth": "login"}),
    _on("submission", "cram-md5", encryption="starttls", login=True, server={"auth": "cram_md5"}),
    _on("submissions", "implicit", encryption="tls", login=True),
    _on("submission", "wrong-password", encryption="starttls", server=_WRONG, stage="auth", code="535 5.7.8"),
    _on("submission", "no-credentials", encryption="starttls", stage="sender", code="530 5.7.0"),
    _on("submission", "in-clear", login=True, server={"auth": "auto"}, stage="auth", code="credentials_in_clear"),
    _on("submission", "in-clear-by-name", login=True, server={"auth": "plain"}, remarks=(("auth", "login_in_clear"),)),
    _on(
        "submission",
        "oauth",
        encryption="starttls",
        login=True,
        server={"auth": "xoauth2"},
        stage="auth",
        code="no_common_mechanism",
    ),
    _on(
        "submission",
        "name",
        encryption="starttls",
        server={"server_name": "mx.lab.test"},
        stage="tls",
        code="certificate_wrong_name",
    ),
    _on("submissions", "plain-on-implicit-port", stage="greeting", code="plain_on_tls_port", silent="greeting"),
    _on("submission", "implicit-on-plain-port", encryption="tls", stage="tls", code="tls_on_plain_port"),
)


@contextmanager
def running_dovecot(home: Path, certificates: Path, *, relay: int) -> Iterator[dict[str, int]]:
    """The server, until the block ends; the port of each service.

    Args:
        home: a folder to be made, whose parents everybody may search.
        certificates: the folder of the certificates.
        relay: the port of the server that it hands everything on to.
    """
    need_root()
    dovecot = need_program("dovecot", package="dovecot-core")
    if find_program("submission-login") is None:
        leave_out("submission-login is not installed (Debian package dovecot-submissiond)")
    submission, submissions = (port for port, _ in zip(free_ports(), range(2), strict=False))
    for folder in (home, home / "mail"):
        folder.mkdir()
    os.chown(home / "mail", 65534, 65534)
    (home / "users").write_text(f"{USER}:{PASSWORD}\n", "ascii")
    configuration = home / "dovecot.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            home=home, certificates=certificates, relay=relay, submission=submission, submissions=submissions
        ),
        "ascii",
    )
    run_daemon([dovecot, "-c", os.fspath(configuration)], words=home / "start.log")
    with ended_at_last(home / "run/master.pid"):
        soon(partial(greets, submission))
        yield {"submission": submission, "submissions": submissions}
