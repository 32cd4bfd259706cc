"""A real SMTP server of the tests, with STARTTLS and a login, that keeps what it took and answers as told."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.mail_server import MailServer, read_mail_server

USER, PASSWORD = "mailer", "p@ss/w:rd"
FROM = "support@oxineo.example"


@dataclass
class PostOffice:
    """What arrived, and the answers it has ready for the next mails: at the recipient, or after the mail."""

    tls: ssl.SSLContext
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    at_recipient: list[str] = field(default_factory=list)
    after_mail: list[str] = field(default_factory=list)
    was_encrypted: list[bool] = field(default_factory=list)
    tried: int = 0

    def url(self, *, password: str = "p%40ss%2Fw%3Ard", host: str = "localhost", user: str = USER) -> str:
        """The setting that names it."""
        return f"smtp://{user}:{password}@{host}:{self.port}"

    def server(self, **parts: Any) -> MailServer:
        """The server as the product knows it; its certificate is trusted."""
        return read_mail_server(self.url(**parts), FROM, self.tls)

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Accept a recipient, or answer as told."""
        self.tried += 1
        if self.at_recipient and (answer := self.at_recipient.pop(0)):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail and answer; "hang up" takes it and says nothing."""
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        self.recipients.append([str(one) for one in envelope.rcpt_tos])
        self.was_encrypted.append(session.ssl is not None)
        answer = self.after_mail.pop(0) if self.after_mail else "250 taken"
        if answer == "hang up":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "250 nobody hears this"
        return answer


def _check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
    is_right = (login.login, login.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=False)


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate for this machine, and a client's that trusts only that."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in ("127.0.0.1", "127.0.0.2")]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "mail.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=pem)


@asynccontextmanager
async def post_office(
    folder: Path, *, host: str = "127.0.0.1", encrypts: bool = True, from_the_start: bool = False
) -> AsyncIterator[PostOffice]:
    """A server on a free port: with STARTTLS and a login, encrypted from the start, or open to anybody."""
    server_tls, client_tls = certificate(folder)
    office = PostOffice(client_tls)
    starttls = encrypts and not from_the_start

    def connected() -> SMTP:
        return SMTP(
            office,
            hostname="mail.oxineo.example",
            tls_context=server_tls if starttls else None,
            require_starttls=starttls,
            authenticator=_check if encrypts else None,
            auth_required=starttls,
            auth_require_tls=starttls,
        )

    loop = asyncio.get_running_loop()
    listening = await loop.create_server(connected, host, 0, ssl=server_tls if from_the_start else None)
    office.port = listening.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        listening.close()
