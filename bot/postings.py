"""The kinds of delivery that go to Teams: live cards and lines. Rendered when they go out, in the reader's language.

A live card stands once or more often in a person's chat; `posted_cards` knows where. Showing it means: put the
present state in the place of every copy, and post one where there is none. A copy on which a form is open is left
alone until its hold ends. A message that is gone (404) is forgotten; if it was the only copy the card is posted anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements
from bot.announcements import LINE, LOOK_UP, SHOW
from bot.clock import Clock
from bot.limits import Limits
from bot.line_texts import lines_for
from bot.outcomes import Dead, Done, End, InDoubtPolicy, Kind, Outcome, Work
from bot.turn import Policy
from bot.views import VIEWS
from bot.wire import Connector, Message, Refused
from cards.components import Card
from cards.welcome import no_longer_yours
from contract.people import Role
from storage.accounts import load_accounts
from storage.contacts import find_knock
from storage.database import Database
from storage.errors import NotFound
from storage.people import Chat, Standing, load_standings, manager_ids, mark_unreachable, set_email
from storage.posted_cards import PostedCard, copies_of, forget, remember

BUNDLED = 20
"""Lines that go out as one message at most."""


@dataclass(frozen=True, slots=True)
class _Showing:
    """A card ready to go out, and the copies that stand already."""

    chat: Chat
    card: Card
    copies: tuple[PostedCard, ...]
    tenant_id: str
    may_post: bool


@dataclass(frozen=True, slots=True)
class Postings:
    """Performs `show`, `line` and `look_up` through the connector."""

    database: Database
    connector: Connector
    policy: Policy
    clock: Clock = field(repr=False)
    limits: Limits = field(repr=False)

    def kinds(self) -> tuple[Kind, ...]:
        """What delivery registers."""
        return (
            Kind(SHOW, self.show, _shown, InDoubtPolicy.RESEND),
            Kind(LINE, self.tell, _told, InDoubtPolicy.RESEND, bundles=BUNDLED),
            Kind(LOOK_UP, self.look_up, _looked_up, InDoubtPolicy.RESEND),
        )

    async def show(self, work: Work) -> Outcome:
        """Bring every copy of a card up to date, and post it where it is to stand."""
        now = self.clock.now()
        showing = await self.database.read(lambda session: self._showing(session, work.payload, now))
        if showing is None:
            return Dead("no chat with this person yet", is_unreachable=True)
        message = Message(card=showing.card, summary=showing.card.summary or showing.card.fallback_text)
        gone: list[str] = []
        calls = 0
        for copy in showing.copies:
            if copy.is_held(now):
                continue
            await self._pace(work, showing.tenant_id, calls)
            calls += 1
            try:
                await self.connector.update(showing.chat.service_url, copy.conversation_id, copy.activity_id, message)
            except Refused as refused:
                if not refused.is_gone:
                    raise
                gone.append(copy.activity_id)
        stands = len(showing.copies) > len(gone)
        result: dict[str, Any] = {"conversation": showing.chat.conversation_id, "gone": gone}
        if showing.may_post and (work.payload["fresh"] or (not stands and (work.payload["post"] or gone))):
            await self._pace(work, showing.tenant_id, calls)
            result["posted"] = await self.connector.send(
                showing.chat.service_url, showing.chat.conversation_id, message
            )
            result["subject"] = showing.card.subject
        return Done(result)

    def _showing(self, session: Session, payload: Any, now: datetime) -> _Showing | None:
        reader = load_standings(session, [payload["person"]])[payload["person"]]
        if reader.chat is None:
            return None
        try:
            card = VIEWS[payload["view"]](session, reader, payload["args"], now, self.policy)
            may_post = True
        except NotFound:
            # No longer a contact, or no longer staff: what stands in the chat loses its data.
            card, may_post = no_longer_yours(reader.person.language, payload["subject"]), False
        copies = copies_of(session, payload["subject"], reader.person.id) if payload["subject"] else ()
        return _Showing(reader.chat, card, copies, reader.person.tenant_id, may_post)

    async def _pace(self, work: Work, tenant_id: str, calls: int) -> None:
        """Wait for the tenant's limit; delivery has counted the first call against the chat's, further ones count
        here.
        """
        if calls:
            await self.limits.wait(work.mailbox, tenant_id)
        else:
            await self.limits.wait_tenant(tenant_id)

    async def tell(self, work: Work) -> Outcome:
        """Post the line of an event, or the lines of several that waited together, as one message."""
        reader, text = await self.database.read(lambda session: _lines(session, work))
        if reader.chat is None:
            return Dead("no chat with this person yet", is_unreachable=True)
        if not text:
            return Done()
        await self._pace(work, reader.person.tenant_id, 0)
        await self.connector.send(
            reader.chat.service_url, reader.chat.conversation_id, Message(text=text, summary=text)
        )
        return Done()

    async def look_up(self, work: Work) -> Outcome:
        """Ask the chat's roster for a person's name and address."""
        standing = await self.database.read(
            lambda session: load_standings(session, [work.payload["person"]])[work.payload["person"]]
        )
        if standing.chat is None:
            return Done()
        chat = standing.chat
        try:
            member = await self.connector.member(chat.service_url, chat.conversation_id, chat.user_id)
        except Refused:
            # Names from the activity itself have to do.
            return Done()
        return Done({"name": member.name, "email": member.email})


def _lines(session: Session, work: Work) -> tuple[Standing, str]:
    """The reader, and the text of all lines of a bundle that the reader may still see."""
    person_id = work.payload["person"]
    reader = load_standings(session, [person_id])[person_id]
    return reader, "\n\n".join(lines_for(session, reader, work.payloads))


def _shown(session: Session, work: Work, end: End, now: datetime) -> None:
    _told(session, work, end, now)
    if not isinstance(end, Done) or end.result is None:
        return
    for activity_id in end.result["gone"]:
        forget(session, conversation_id=end.result["conversation"], activity_id=activity_id)
    if end.result.get("subject"):
        remember(
            session,
            conversation_id=end.result["conversation"],
            activity_id=end.result["posted"],
            person_id=work.payload["person"],
            subject=end.result["subject"],
            now=now,
        )


def _told(session: Session, work: Work, end: End, now: datetime) -> None:
    if isinstance(end, Dead) and end.is_unreachable:
        person_id = work.payload["person"]
        mark_unreachable(session, person_id, now)
        reader = load_standings(session, [person_id])[person_id]
        if work.kind == LINE and reader.role is Role.CONTACT and reader.person.email:
            announcements.mail_lines(session, person_id, now)


def _looked_up(session: Session, work: Work, end: End, now: datetime) -> None:
    if isinstance(end, Done) and end.result:
        if load_accounts(session, [work.payload["person"]]):
            # Name and address follow the directory, which knows better (D32).
            return
        set_email(session, work.payload["person"], end.result["name"], end.result["email"])
        knock_id = find_knock(session, work.payload["person"])
        if knock_id is not None:
            # The managers' card went out before name and address were known.
            announcements.follow(session, announcements.knock_subject(knock_id), now, also=manager_ids(session))
