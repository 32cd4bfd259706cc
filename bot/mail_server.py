"""The SMTP server that takes our mails, as one setting names it, and what it answered as an outcome.

    smtp://user:password@mail.example.com:587     STARTTLS; without encryption nothing is said
    smtps://user:password@mail.example.com        encrypted from the first byte, port 465
    smtp://localhost:25                           a relay on this machine; encrypted where it offers that

Characters of the password that mean something in an address are written as %40 and the like.
"""

from __future__ import annotations

import logging
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bot.outcomes import Dead, Done, Later, Outcome

LOOPBACK = ("localhost", "127.0.0.1", "::1")
PORTS = {"smtp": 587, "smtps": 465}
TIMEOUT_S = 20.0
"""Less than delivery gives a piece of work."""

AWAY_S = 300.0
"""A server that is away, or refuses us, concerns every mail: all wait, and none becomes a dead letter for it."""

PUT_OFF_S = (60.0, 120.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0)
"""A mail that the server puts off (4xx) comes back after this; greylisting lets it through by the third time."""

_REFUSED_FOR_GOOD = 500
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails go, and under which address they are sent."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    is_encrypted: bool = False
    """From the first byte; otherwise by STARTTLS."""
    tls: ssl.SSLContext | None = field(default=None, repr=False, compare=False)
    """None: the certificate authorities that this machine trusts."""

    async def send(
        self,
        message: EmailMessage,
        to: str,
        attempts: int,
        *,
        is_in_doubt: bool = False,
    ) -> Outcome:
        """Hand a mail over; `attempts` were made before. Nobody can ask an SMTP server what it took in one of them."""
        try:
            await aiosmtplib.send(
                message,
                sender=self.sender,
                recipients=[to],
                hostname=self.host,
                port=self.port,
                username=self.user or None,
                password=self.password or None,
                timeout=TIMEOUT_S,
                use_tls=self.is_encrypted,
                # On this machine nobody listens in; over a network nothing is said without encryption.
                start_tls=False if self.is_encrypted else None if self.host in LOOPBACK else True,
                tls_context=self.tls,
            )
        except aiosmtplib.SMTPAuthenticationError as error:
            return _away(f"login refused {error.code}")
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _answered(error.recipients[0].code, attempts)
        except aiosmtplib.SMTPConnectError as error:
            return _away(f"no connection: {type(error).__name__}")
        except aiosmtplib.SMTPResponseException as error:
            return _answered(error.code, attempts)
        except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError):
            # It may have been taken; sent again it has the same Message-ID.
            return Later("no answer", put_off_s(attempts), is_in_doubt=True)
        except (aiosmtplib.SMTPException, OSError) as error:
            return _away(f"not possible: {type(error).__name__}")
        return Done({"sent": "by SMTP"})


def read_mail_server(url: str, sender: str, tls: ssl.SSLContext | None = None) -> MailServer:
    """The server that an address names. Raises ValueError with what is wrong with it, without the password."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        # What it says may be a part of the password.
        raise ValueError("must have a number as its port; write / # ? of the password as %2F %23 %3F") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("must begin with smtp:// or smtps:// and name a host")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("must end after host and port")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("must have both a user and a password, or neither")
    return MailServer(
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        sender=sender,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_encrypted=parts.scheme == "smtps",
        tls=tls,
    )


def _away(error: str) -> Later:
    _log.warning("the mail server takes nothing: %s", error)
    return Later(error, AWAY_S, counts=False)


def _answered(code: int, attempts: int) -> Outcome:
    if code >= _REFUSED_FOR_GOOD:
        return Dead(f"mail refused {code}")
    return Later(f"mail put off {code}", put_off_s(attempts))


def put_off_s(attempts: int) -> float:
    """How long a mail waits after so many attempts."""
    return PUT_OFF_S[min(attempts, len(PUT_OFF_S) - 1)]
