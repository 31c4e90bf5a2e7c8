"""A local SMTP server that keeps what it is sent: STARTTLS with its own certificate, AUTH; nothing leaves the machine.

It listens on 127.0.0.1, writes ``certificate.pem`` and one ``.eml`` file for each message into a folder, prints
``listening on 127.0.0.1:PORT`` when it answers, and ends when its standard input does.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import ssl
import sys
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ADDRESS = "127.0.0.1"


class Keeper:
    """Writes each message to a file, its envelope in front."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd
        """Take a message."""
        self.count += 1
        path = self.folder / f"message-{self.count}.eml"
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        path.write_bytes(b"X-Envelope-To: " + ", ".join(envelope.rcpt_tos).encode() + b"\r\n" + content)
        return f"250 2.0.0 kept as {path.name}"


def make_certificate(folder: Path) -> ssl.SSLContext:
    """A fresh self-signed certificate for 127.0.0.1, valid for a month; the key is removed once it is loaded."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "local SMTP catcher")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=31))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(ADDRESS))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.touch(mode=0o600)
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    private.unlink()
    return context


async def serve(folder: Path, *, port: int, username: str, password: str) -> None:
    """Answer until standard input ends."""
    context = make_certificate(folder)
    keeper = Keeper(folder)

    def authenticate(*arguments: object) -> AuthResult:
        match arguments[-1]:
            case LoginPassword(login=login, password=given):
                passed = login == username.encode() and compare_digest(given, password.encode())
            case _:
                passed = False
        return AuthResult(success=passed, handled=passed)

    def connection() -> SMTP:
        return SMTP(
            keeper,
            hostname="catcher.example.com",
            ident="local SMTP catcher",
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            authenticator=authenticate,
        )

    server = await asyncio.get_running_loop().create_server(connection, ADDRESS, port)
    async with server:
        print(f"listening on {ADDRESS}:{server.sockets[0].getsockname()[1]}", flush=True)
        await asyncio.to_thread(sys.stdin.buffer.read)


def main() -> None:
    """Read the arguments; the password comes from the environment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where certificate and messages go")
    parser.add_argument("--port", type=int, default=2587, help="0: any free one (2587)")
    parser.add_argument("--username", default="deploys")
    options = parser.parse_args()
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    password = os.environ.get("SMTP_PASSWORD") or parser.error("set SMTP_PASSWORD to the password that it accepts")
    asyncio.run(serve(options.folder, port=options.port, username=options.username, password=password))


if __name__ == "__main__":
    main()
