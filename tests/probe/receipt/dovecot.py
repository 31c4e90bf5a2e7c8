"""A real IMAP server (Dovecot) with mailboxes of the tests' own, on ports of its own, with a certificate of its own."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from pwd import getpwnam

from declarative_mail.probe.receipt import ImapEncryption, ReceiptSettings
from declarative_mail.secrets import Secret
from tests.support.daemon import running
from tests.support.needs import need_program

PASSWORD = "s3cret pässword"
_NUMBERS = count()

_CONFIGURATION = """
base_dir = {run}
state_dir = {run}
log_path = /dev/stderr
instance_name = dmail-tests
listen = 127.0.0.1
protocols = imap
{users}
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/passwd
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Spam {{
    auto = create
    special_use = \\Junk
  }}
  mailbox "Alarme & Größe" {{
    auto = create
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  # No waiting after a failed login: tests fail on purpose.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server.

    Args:
        folder: where its files are.
        imap: the port that starts in clear.
        imaps: the port that starts with TLS.
        certificate: its certificate, as PEM, for 127.0.0.1.
        owner: who may read its mail.
    """

    folder: Path
    imap: int
    imaps: int
    certificate: str
    owner: tuple[int, int]

    def settings(
        self, user: str, *, encryption: ImapEncryption = "tls", password: str = PASSWORD, **others: object
    ) -> ReceiptSettings:
        """Settings for one user's mailbox."""
        return ReceiptSettings(
            host="127.0.0.1",
            username=user,
            password=Secret(password),
            encryption=encryption,
            **{
                "port": self.imaps if encryption == "tls" else self.imap,
                "ca_certificate": self.certificate,
                "timeout": 10.0,
                **others,
            },  # type: ignore[arg-type]
        )

    def deliver(self, user: str, message: EmailMessage, *, mailbox: str = "") -> None:
        """Put a message where a delivery agent puts it: written to ``tmp``, moved to ``new`` (the rules of Maildir)."""
        maildir = self.folder / "mail" / user / mailbox
        for part in ("tmp", "new", "cur"):
            self._make(maildir / part)
        name = f"{next(_NUMBERS)}.{os.getpid()}.tests"
        written = maildir / "tmp" / name
        written.write_bytes(message.as_bytes())
        os.chown(written, *self.owner)
        written.rename(maildir / "new" / name)

    def _make(self, folder: Path) -> None:
        for one in [*reversed(folder.parents), folder]:
            if one.is_relative_to(self.folder / "mail") and not one.exists():
                one.mkdir(mode=0o700)
                os.chown(one, *self.owner)


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Run Dovecot until the block ends."""
    program = need_program("dovecot", package="dovecot-imapd")
    # Not below pytest's folder, which is closed to the user that reads the mail.
    with tempfile.TemporaryDirectory(prefix="dmail-dovecot-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        certificate = _certificate(folder)
        owner = _owner()
        (folder / "passwd").write_text("".join(f"{user}:{PASSWORD}\n" for user in USERS), encoding="utf-8")
        (folder / "mail").mkdir()
        os.chown(folder / "mail", *owner)
        imap, imaps = _free_ports()
        configuration = _CONFIGURATION.format(
            run=folder / "run",
            folder=folder,
            users=_users(),
            uid=owner[0],
            gid=owner[1],
            imap=imap,
            imaps=imaps,
        )
        (folder / "dovecot.conf").write_text(configuration)
        argv = [program, "-F", "-c", str(folder / "dovecot.conf")]
        with running(argv, settled=lambda line: "starting up" in line or "Fatal" in line) as server:
            assert "starting up" in server.log, server.log
            yield Dovecot(folder, imap, imaps, certificate, owner)


USERS = ("ops", "empty", "junk", "checks", "delete", "late", "copies", "strange", "other")


def _users() -> str:
    """Who its processes run as: where the tests are not root, nobody else can be."""
    if os.geteuid() == 0:
        return ""
    me = getpass.getuser()
    return f"default_login_user = {me}\ndefault_internal_user = {me}\ndefault_internal_group ="


def _owner() -> tuple[int, int]:
    """Dovecot reads no mail as root."""
    if os.geteuid() == 0:
        nobody = getpwnam("nobody")
        return nobody.pw_uid, nobody.pw_gid
    return os.geteuid(), os.getegid()


def _certificate(folder: Path) -> str:
    """A certificate for 127.0.0.1 that signs itself."""
    openssl = need_program("openssl", package="openssl")
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=imap.tests", "-addext", "subjectAltName=IP:127.0.0.1,DNS:imap.tests"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run(command, check=True, capture_output=True)
    return (folder / "certificate.pem").read_text()


def _free_ports() -> tuple[int, int]:
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return int(first.getsockname()[1]), int(second.getsockname()[1])
