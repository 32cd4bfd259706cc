"""Mail: what is drafted when it goes out, in the reader's language, and handed on by SMTP or Graph (R5, R14, R15).

Without either no mail is sent and nothing waits for one. A mail that is sent again, because nobody knows whether it was
taken, is the same to the byte: its Message-ID comes from the key of its row, its date from when it was asked for, so
that the second copy is recognised. A mail that was taken is *sent*; that it was delivered is never known.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sqlalchemy.orm import Session

from bot.announcements import LINE, MAIL, MAIL_LINES, mailbox_of
from bot.clock import Clock
from bot.drafts import Draft
from bot.line_texts import lines_for
from bot.mailers import Mailer
from bot.mails import MAILS
from bot.outcomes import Dead, Done, InDoubtPolicy, Kind, Later, Outcome, Work
from bot.turn import Policy
from cards.mails import Letter, one_line, unreached_letter
from contract.people import Role
from storage import outbox
from storage.database import Database
from storage.files import load_content
from storage.people import load_standings

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes along, with its bytes."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Mail:
    """A mail that is ready but for its headers."""

    to: str
    letter: Letter
    language: str
    attached: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True)
class MailKinds:
    """Performs `mail` and `mail_lines` through the mailer; None: no mail is sent."""

    database: Database
    policy: Policy
    mailer: Mailer | None = field(repr=False)
    clock: Clock = field(repr=False)

    def kinds(self) -> tuple[Kind, ...]:
        """What delivery registers. Mails go to no chat, so a chat's limits are not theirs."""
        return (
            Kind(MAIL, self.mail, None, InDoubtPolicy.RESEND, is_limited=False),
            Kind(MAIL_LINES, self.mail_lines, None, InDoubtPolicy.RESEND, is_limited=False),
        )

    async def mail(self, work: Work) -> Outcome:
        """Send one mail of `bot/mails.py`."""
        if self.mailer is None:
            return Done({"skipped": "no way to mail is set"})
        return await self._send(work, await self.database.read(lambda session: self._drafted(session, work)))

    async def mail_lines(self, work: Work) -> Outcome:
        """Send what Teams did not take for a person."""
        if self.mailer is None:
            return Done({"skipped": "no way to mail is set"})
        left = datetime.fromisoformat(work.payload["until"]) - self.clock.now()
        if left > timedelta(0):
            # It was put beside one of the hour before, which was waiting.
            return Later("the hour is not over", left.total_seconds(), counts=False)
        return await self._send(work, await self.database.read(lambda session: self._unreached(session, work)))

    def _drafted(self, session: Session, work: Work) -> _Mail | None:
        draft: Draft | None = MAILS[work.payload["what"]](session, work.payload["args"], self.policy)
        if draft is None:
            return None
        attached = tuple(
            Attached(one.name, one.content_type, load_content(session, one.sha256)) for one in draft.attached
        )
        return _Mail(draft.to or work.payload["to"], draft.letter, draft.language.value, attached)

    def _unreached(self, session: Session, work: Work) -> _Mail | None:
        person_id = work.payload["person"]
        reader = load_standings(session, [person_id])[person_id]
        since, until = (datetime.fromisoformat(work.payload[name]) for name in ("since", "until"))
        lines = lines_for(session, reader, outbox.unreached(session, mailbox_of(person_id), LINE, since, until))
        # Somebody who is back gets them in Teams; somebody who is no contact any more gets none.
        if not lines or reader.role is not Role.CONTACT or not reader.person.email:
            return None
        language = reader.person.language
        return _Mail(reader.person.email, unreached_letter(lines, self.policy.provider, language), language.value)

    async def _send(self, work: Work, mail: _Mail | None) -> Outcome:
        if mail is None or self.mailer is None:
            return Done({"skipped": "nothing to send any more"})
        first = work.letters[0]
        try:
            message = await asyncio.to_thread(
                compose,
                mail.letter,
                mail.attached,
                to=mail.to,
                sender=self.mailer.sender,
                provider=self.policy.provider.name,
                reply_to=self.policy.provider.email,
                language=mail.language,
                message_id=message_id(first.key or f"row:{first.id}", self.mailer.sender),
                written_at=first.created_at,
            )
        except BadAddress:
            return Dead("not a mail address")
        return await self.mailer.send(message, mail.to, first.attempts, is_in_doubt=work.is_in_doubt)


class BadAddress(Exception):
    """Mail can't be sent to this, nor from it."""


def message_id(key: str, sender: str) -> str:
    """What a mail is known by; the same for every copy of it."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{sender.rpartition('@')[2]}>"


def compose(
    letter: Letter,
    attached: Sequence[Attached],
    *,
    to: str,
    sender: str,
    provider: str,
    reply_to: str,
    language: str,
    message_id: str,
    written_at: datetime,
) -> EmailMessage:
    """The message as it goes over the wire. Raises BadAddress for an address that is none."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(sender, provider)
    message["To"] = _address(to)
    if reply_to:
        message["Reply-To"] = _address(reply_to, provider)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(written_at)
    message["Message-ID"] = message_id
    # The same once more, as relays may give a mail another Message-ID; then two that keep absence notices away.
    message["X-Fourstar-Mail"] = message_id.strip("<>")
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    for one in attached:
        kind, _, subtype = one.content_type.partition("/")
        message.add_attachment(one.content, maintype=kind, subtype=subtype, filename=one_line(one.name, 100))
    # Last: setting the content takes such headers away.
    message["Content-Language"] = language
    _same_boundaries(message, message_id)
    return message


def _same_boundaries(message: EmailMessage, message_id: str) -> None:
    """What stands between the parts is made up at random otherwise, and no two copies would be the same."""
    name = hashlib.sha256(message_id.encode()).hexdigest()[:24]
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{name}_{number}")


def _address(address: str, name: str = "") -> Address:
    try:
        found = Address(one_line(name, LONGEST_NAME), addr_spec=address)
    except (ValueError, IndexError, HeaderParseError) as error:
        raise BadAddress from error
    if not found.username or "." not in found.domain:
        raise BadAddress
    return found
