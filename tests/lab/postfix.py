"""Postfix with a service for each scenario: its own configuration, queue and mailboxes, never those of the machine."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.lab.processes import ended_at_last, free_ports, greets, run_daemon, soon
from tests.lab.scenario import PASSWORD, USER
from tests.support.needs import need_program, need_root

_SUBMISSION = ("smtpd_tls_security_level=encrypt", "smtpd_sasl_auth_enable=yes")
_IMPLICIT = ("smtpd_tls_wrappermode=yes", "smtpd_sasl_auth_enable=yes")
_ONLY_TLS12 = "{ smtpd_tls_mandatory_protocols = >=TLSv1.2, <=TLSv1.2 }"
_BLOCKED = "inline:{ { blocked@lab.test = 550 5.7.1 Sender refused by policy } }"
_BARE_EHLO = "8bitmime, smtputf8, pipelining, size, dsn, etrn, chunking, vrfy, enhancedstatuscodes"

SERVICES: Mapping[str, tuple[str, ...]] = {
    "plain": (),
    "relay": ("mynetworks=127.0.0.0/8",),
    "opportunistic": ("smtpd_tls_security_level=may",),
    "submission": _SUBMISSION,
    "submission-may": ("smtpd_tls_security_level=may", "smtpd_sasl_auth_enable=yes"),
    "login-only": (*_SUBMISSION, "smtpd_sasl_path=loginonly"),
    "plain-only": (*_SUBMISSION, "smtpd_sasl_path=plainonly"),
    "implicit": _IMPLICIT,
    "auth-in-clear": ("smtpd_sasl_auth_enable=yes", "smtpd_tls_auth_only=no"),
    "cram-md5": (*_SUBMISSION, "smtpd_sasl_path=crammd5"),
    "scram": (*_SUBMISSION, "smtpd_sasl_path=scram"),
    "auth-down": (*_SUBMISSION, "smtpd_sasl_path=authdown"),
    "sender-login": (*_SUBMISSION, "smtpd_sender_restrictions=reject_sender_login_mismatch"),
    "sender-access": (f"{{ smtpd_sender_restrictions = check_sender_access {_BLOCKED} }}",),
    "login-needed": (*_SUBMISSION, "{ smtpd_client_restrictions = permit_sasl_authenticated, reject }"),
    "small": ("message_size_limit=10240",),
    "small-secretly": ("message_size_limit=10240", "{ smtpd_discard_ehlo_keywords = size }"),
    "bare": (f"{{ smtpd_discard_ehlo_keywords = {_BARE_EHLO} }}",),
    "slow": ("{ smtpd_client_restrictions = sleep 1, permit }", "smtpd_delay_reject=no"),
    "greeting-554": ("{ smtpd_client_restrictions = reject }", "smtpd_delay_reject=no"),
    "ehlo-421": (
        "{ smtpd_helo_restrictions = check_helo_access static:{421 4.3.2 Try again later} }",
        "smtpd_delay_reject=no",
    ),
    "greylist": (
        "{{ smtpd_recipient_restrictions = reject_unauth_destination, check_policy_service inet:127.0.0.1:{policy} }}",
    ),
    "tls-broken": (*_SUBMISSION, "smtpd_tls_chain_files={certificates}/broken.pem"),
    "tls-cipher": (
        *_SUBMISSION,
        _ONLY_TLS12,
        "tls_high_cipherlist=ECDHE-RSA-AES256-GCM-SHA384",
        "smtpd_tls_mandatory_ciphers=high",
    ),
    "tls-1.2": (*_SUBMISSION, _ONLY_TLS12),
    "client-certificate": (*_SUBMISSION, "smtpd_tls_req_ccert=yes", "smtpd_tls_CAfile={certificates}/ca.crt"),
    **{
        f"certificate-{name}": (*_SUBMISSION, f"smtpd_tls_chain_files={{certificates}}/{name}.pem")
        for name in (
            "chain",
            "missing-intermediate",
            "expired",
            "not-yet",
            "mismatch",
            "cn-only",
            "untrusted",
            "selfsigned",
            "good-rsa",
        )
    },
    **{
        f"implicit-{name}": (*_IMPLICIT, f"smtpd_tls_chain_files={{certificates}}/{name}.pem")
        for name in ("selfsigned", "expired", "mismatch")
    },
}

_MAIN = """
compatibility_level = 3.6
config_directory = {conf}
queue_directory = {home}/spool
data_directory = {home}/data
meta_directory = /etc/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file = {home}/postfix.log
maillog_file_prefixes = {home}
myhostname = mx.lab.test
mydomain = lab.test
myorigin = lab.test
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
virtual_mailbox_domains = lab.test
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = inline:{{ {{user@lab.test=user/}}, {{probe@lab.test=probe/}} }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 100
virtual_mailbox_limit = 0
message_size_limit = 10485760
# nothing leaves this machine
default_transport = discard:laboratory
relay_transport = discard:laboratory
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
notify_classes =
# no pauses but those of a scenario; in_flow_delay alone adds a second to every session from the hundredth on
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_error_sleep_time = 0s
in_flow_delay = 0s
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
default_process_limit = 100
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions =
smtpd_delay_reject = yes
smtpd_tls_chain_files = {certificates}/good.pem
smtpd_tls_security_level = none
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = no
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = lab.test
cyrus_sasl_config_path = {conf}/sasl
smtpd_sasl_security_options = noanonymous
smtpd_sasl_tls_security_options = noanonymous
smtpd_sender_login_maps = inline:{{ {{probe@lab.test={user}@lab.test}}, {{ceo@lab.test=ceo@lab.test}} }}
"""

_DAEMONS = """
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
showq     unix  n       -       n       -       -       showq
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
virtual   unix  -       n       n       -       -       virtual
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
postlog   unix-dgram n  -       n       -       1       postlogd
"""

_MECHANISMS = {
    "smtpd": "PLAIN LOGIN",
    "plainonly": "PLAIN",
    "loginonly": "LOGIN",
    "crammd5": "CRAM-MD5",
    "scram": "SCRAM-SHA-256 SCRAM-SHA-1",
}


@contextmanager
def running_postfix(home: Path, certificates: Path, *, policy: int) -> Iterator[dict[str, int]]:
    """Postfix, until the block ends; the port of each service.

    Args:
        home: an empty folder whose parents everybody may search.
        certificates: the folder of the certificates.
        policy: the port of the greylisting service.
    """
    need_root()
    postfix = need_program("postfix", package="postfix")
    need_program("saslpasswd2", package="sasl2-bin")
    conf = home / "conf"
    ports = dict(zip(SERVICES, free_ports(), strict=False))
    _write_configuration(home, certificates, ports, policy)
    run_daemon([postfix, "-c", os.fspath(conf), "start"], words=home / "start.log")
    with ended_at_last(home / "spool/pid/master.pid"):
        for name, port in ports.items():
            soon(partial(greets, port, in_tls=name.startswith("implicit")))
        yield ports


def _write_configuration(home: Path, certificates: Path, ports: Mapping[str, int], policy: int) -> None:
    conf = home / "conf"
    for folder in (conf / "sasl", home / "spool", home / "data", home / "mail"):
        folder.mkdir(parents=True)
    owner = pwd.getpwnam("postfix")
    os.chown(home / "data", owner.pw_uid, owner.pw_gid)
    os.chown(home / "mail", 65534, -1)
    _write_accounts(conf / "sasl", owner.pw_uid)
    (certificates / "broken.pem").write_text("this is no PEM file\n", "ascii")
    text = _MAIN.format(conf=conf, home=home, certificates=certificates, user=USER)
    (conf / "main.cf").write_text(text, "ascii")
    lines = []
    for name, options in SERVICES.items():
        lines.append(f"127.0.0.1:{ports[name]} inet n - n - - smtpd")
        for option in options:
            filled = option.replace("{certificates}", os.fspath(certificates))
            filled = filled.format(policy=policy) if "{policy}" in filled else filled
            lines.append(f"  -o {filled}")
    (conf / "master.cf").write_text("\n".join(lines) + _DAEMONS, "ascii")


def _write_accounts(sasl: Path, owner: int) -> None:
    database = sasl / "sasldb2"
    command = [
        need_program("saslpasswd2", package="sasl2-bin"),
        "-p",
        "-c",
        "-f",
        os.fspath(database),
        "-u",
        "lab.test",
    ]
    subprocess.run([*command, USER], input=PASSWORD, text=True, check=True, timeout=30)
    os.chown(database, owner, -1)
    for name, mechanisms in _MECHANISMS.items():
        lines = ["pwcheck_method: auxprop", "auxprop_plugin: sasldb", f"sasldb_path: {database}"]
        (sasl / f"{name}.conf").write_text("\n".join([*lines, f"mech_list: {mechanisms}", ""]), "ascii")
    lines = ["pwcheck_method: saslauthd", f"saslauthd_path: {sasl}/no-such-socket", "mech_list: PLAIN LOGIN", ""]
    (sasl / "authdown.conf").write_text("\n".join(lines), "ascii")
