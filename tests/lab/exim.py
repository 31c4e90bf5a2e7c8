"""Exim: a third real implementation, with GnuTLS in place of OpenSSL on the other side.

Debian's package cannot be installed beside Postfix, so it is also looked for unpacked below /opt/exim4. It wants the
system user Debian-exim.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from declarative_mail.secrets import Secret
from tests.lab.processes import ended_at_last, free_ports, greets, run_daemon, soon
from tests.lab.scenario import ELSEWHERE, PASSWORD, USER, Scenario
from tests.support.canary import secret_value
from tests.support.needs import leave_out, need_program, need_root

_CONFIGURATION = """
exim_user = Debian-exim
primary_hostname = exim.lab.test
spool_directory = {home}/spool
log_file_path = {home}/log/%slog
pid_file_path = {home}/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {submission} : {submissions}
tls_on_connect_ports = {submissions}
tls_advertise_hosts = *
tls_certificate = {certificates}/good.pem
tls_require_ciphers = NORMAL
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
host_lookup =
rfc1413_query_timeout = 0s
never_users =
message_size_limit = 50K
queue_only = true
acl_smtp_mail = check_mail
acl_smtp_rcpt = check_rcpt
acl_smtp_data = check_data

begin acl

check_mail:
  deny sender_domains = blocked.test
       message = sender address is not allowed here
  accept

check_rcpt:
  accept authenticated = *
  deny domains = !lab.test
       message = relay not permitted
  defer local_parts = later
        message = try again in 300 seconds
  deny local_parts = !user
       message = Unknown user
  accept

check_data:
  deny condition = ${{if match{{$message_headers}}{{refuse-me}}}}
       message = This message scored 12.3 spam points.
  accept

begin authenticators

plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{user}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2

login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if and{{{{eq{{$auth1}}{{{user}}}}}{{eq{{$auth2}}{{{password}}}}}}}}}
  server_set_id = $auth1
"""


def _on(service: str, identifier: str, **expected: Any) -> tuple[str, Scenario]:
    return service, Scenario(id=f"exim-{identifier}", **expected)


_WRONG = {"username": USER, "password": Secret(secret_value("wrong"))}

SCENARIOS: tuple[tuple[str, Scenario], ...] = (
    _on("submission", "plain"),
    _on("submission", "starttls", encryption="starttls", login=True, to=ELSEWHERE),
    _on("submission", "starttls-send", encryption="starttls", login=True, to=ELSEWHERE, send=True),
    _on("submission", "login", encryption="starttls", login=True, server={"auth": "login"}),
    _on("submissions", "implicit", encryption="tls", login=True),
    _on("submission", "wrong-password", encryption="starttls", server=_WRONG, stage="auth", code="535"),
    _on("submission", "auth-after-tls-only", login=True, stage="auth", code="auth_not_offered"),
    _on("submission", "relay-denied", to=ELSEWHERE, stage="recipient", code="550"),
    _on("submission", "unknown-recipient", to="nobody-here@lab.test", stage="recipient", code="550"),
    _on("submission", "temporary", to="later@lab.test", stage="recipient", code="451"),
    _on("submission", "sender-refused", sender="ceo@blocked.test", stage="sender", code="550"),
    _on("submission", "content-refused", send=True, test={"subject": "refuse-me"}, stage="message", code="550"),
    _on("submission", "too-big", send=True, test={"body": "x" * 70_000}, stage="sender", code="552"),
    _on(
        "submission",
        "other-name",
        encryption="starttls",
        server={"server_name": "mx.lab.test"},
        stage="tls",
        code="certificate_wrong_name",
    ),
    _on(
        "submission",
        "no-authority",
        encryption="starttls",
        authority=None,
        stage="tls",
        code="certificate_unknown_issuer",
    ),
    _on("submission", "tls-1.3", encryption="starttls", login=True, server={"tls_min_version": "1.3"}),
    _on("submissions", "plain-on-implicit-port", stage="greeting", code="plain_on_tls_port", silent="greeting"),
    _on("submission", "implicit-on-plain-port", encryption="tls", stage="tls", code="tls_on_plain_port"),
)


@contextmanager
def running_exim(home: Path, certificates: Path) -> Iterator[dict[str, int]]:
    """The server, until the block ends; the port of each service.

    Args:
        home: a folder to be made, whose parents everybody may search.
        certificates: the folder of the certificates.
    """
    need_root()
    exim = need_program("exim4", package="exim4-daemon-light")
    try:
        owner = pwd.getpwnam("Debian-exim")
    except KeyError:
        leave_out("the system user Debian-exim, whom Exim runs as, does not exist")
    submission, submissions = (port for port, _ in zip(free_ports(), range(2), strict=False))
    for folder in (home, home / "spool", home / "log"):
        folder.mkdir()
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    configuration = home / "exim.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            home=home,
            certificates=certificates,
            submission=submission,
            submissions=submissions,
            user=USER,
            password=PASSWORD,
        ),
        "ascii",
    )
    run_daemon([exim, "-C", os.fspath(configuration), "-bd"], words=home / "start.log")
    with ended_at_last(home / "exim.pid"):
        soon(partial(greets, submission))
        yield {"submission": submission, "submissions": submissions}
