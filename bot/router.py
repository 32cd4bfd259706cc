"""From an authenticated activity to its answer: one transaction, one row of `bot/routes.py`.

Who may do a thing is decided here, on every verb and every message, from the database, inside the transaction that does
it. An activity that only reads runs on a reader; as soon as something about the caller must be kept (a first contact, a
chat that moved) the same turn runs once more as a writing one. Nothing here waits for Teams.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements, strangers
from bot.guests import answer_guest
from bot.outsiders import OutsiderLimit
from bot.reading_only import is_reading, only_reading
from bot.refusals import refused
from bot.reminders import REFRESH_CARD
from bot.routes import ROUTES
from bot.turn import Answer, Notice, Policy, Turn
from bot.watches import only_reads
from bot.wire import Incoming, IncomingKind, Reply
from bot.words import Edited, Installed, Typed, Uninstalled, understand
from cards.clicks.base import Click, unpack
from cards.components import Card
from cards.errors import ClickError
from cards.language import language_of_locale
from cards.welcome import group_hint, outsider_refusal
from contract.errors import Refusal
from contract.people import Language, Role
from storage import outbox, timers
from storage.database import Database
from storage.errors import NotFound
from storage.people import (
    Chat,
    Standing,
    add_person,
    find_standing,
    is_known_tenant,
    is_stale,
    keep_heard,
    load_standings,
)
from storage.posted_cards import find_copy, forget, put_in_place

FORM_HELD = timedelta(minutes=15)
"""How long an open form keeps its place before the card's next state may overwrite it."""

Act = Click | Typed | Installed | Uninstalled | Edited
"""What a turn asks for: a button's payload, typed words, or what happened to the chat."""


CHATS_REMEMBERED = 50_000


class _NeedsWriter(Exception):
    """The turn began on a reader and has something to keep."""


@dataclass(frozen=True, slots=True)
class Router:
    """Answers activities. `database` runs the turns, `policy` is the same for all of them."""

    database: Database
    policy: Policy
    outsiders: OutsiderLimit = field(default_factory=OutsiderLimit)
    mailboxes: dict[str, str] = field(default_factory=dict)
    """Conversation → mailbox of the chats heard lately, so that replies and deliveries share one rate limit."""

    async def handle(self, incoming: Incoming, now: datetime) -> Reply | None:
        """The answer to one activity, committed before it is returned; None where there is nothing to say.

        Raises nothing for what a client can send; what it raises (a database that is away) is the door's to answer.
        """
        language = self._guess(incoming)
        if not incoming.is_personal:
            return await self._in_a_group(incoming, now)
        if incoming.kind is IncomingKind.OTHER:
            return None
        try:
            act = _act(incoming, language)
        except ClickError as error:
            return await self._refuse(incoming, now, error)
        try:
            if ROUTES[type(act)].writes:
                return await self.database.write(
                    partial(self._turn, incoming=incoming, act=act, now=now, may_write=True)
                )
            try:
                return await self.database.read(
                    partial(self._turn, incoming=incoming, act=act, now=now, may_write=False)
                )
            except _NeedsWriter:
                return await self.database.write(
                    partial(self._turn, incoming=incoming, act=act, now=now, may_write=True)
                )
        except (Refusal, NotFound) as error:
            # The transaction is undone; the answer says why, on the card as it is now where there is one.
            return await self._refuse(incoming, now, error)

    async def _in_a_group(self, incoming: Incoming, now: datetime) -> Reply | None:
        """Groups and channels get no data: everybody there would read it. Whoever says or clicks something is told."""
        if incoming.kind not in (IncomingKind.MESSAGE, IncomingKind.ACTION, IncomingKind.SUBMIT):
            return None
        provider_tenant = self.policy.provider.tenant_id
        if not await self.database.read(lambda session: is_known_tenant(session, incoming.tenant_id, provider_tenant)):
            return self._outsider(incoming, now)
        return Reply(text=group_hint(self._guess(incoming)), is_error=incoming.kind is not IncomingKind.MESSAGE)

    def _turn(self, session: Session, *, incoming: Incoming, act: Act, now: datetime, may_write: bool) -> Reply | None:
        caller = self._caller(session, incoming, now, may_write=may_write)
        if caller is None:
            return self._outsider(incoming, now)
        turn = Turn(session, caller, now, incoming, self.policy)
        if caller.guest_of is not None:
            return _reply(answer_guest(turn, caller.guest_of))
        route = ROUTES[type(act)]
        if caller.role not in route.who:
            if not may_write:
                raise _NeedsWriter
            return _reply(strangers.turn_away(turn, act, knocks=not incoming.is_automatic))
        if incoming.is_automatic and route.writes:
            # A client that refreshes a card by itself decides nothing.
            return None
        if caller.role is Role.CONTACT and not is_reading(type(act)) and only_reads(session, caller, now):
            return _reply(only_reading(turn, act))
        answer = route.run(turn, act)
        if may_write:
            _keep_track(turn, answer)
        elif _replaces_live_card(turn, answer):
            raise _NeedsWriter
        return _reply(answer)

    def _caller(self, session: Session, incoming: Incoming, now: datetime, *, may_write: bool) -> Standing | None:
        """Who this is; None for somebody of a tenant nobody knows. First contacts and moved chats are kept."""
        standing = find_standing(session, incoming.tenant_id, incoming.object_id)
        provider_tenant = self.policy.provider.tenant_id
        if (standing is None or standing.customer is None) and not is_known_tenant(
            session, incoming.tenant_id, provider_tenant
        ):
            return None
        if standing is not None and standing.guest_of is not None:
            # Heard in another organisation's tenant: the own chat stays where it is.
            return standing
        chat = Chat(incoming.conversation_id, incoming.service_url, incoming.user_id)
        if standing is not None:
            self._known_chat(incoming.conversation_id, standing.person.id)
        if standing is not None and not is_stale(standing, chat, incoming.name, now):
            return standing
        if not may_write:
            raise _NeedsWriter
        if standing is None:
            person_id = add_person(
                session,
                tenant_id=incoming.tenant_id,
                object_id=incoming.object_id,
                name=incoming.name or incoming.object_id,
                language=self._guess(incoming),
                now=now,
            )
            announcements.look_up(session, person_id, now)
            standing = load_standings(session, [person_id])[person_id]
        keep_heard(
            session, standing, chat, incoming.name, now, guess=self._guess(incoming) if incoming.locale else None
        )
        if standing.unreachable_since is not None or standing.chat is None:
            outbox.revive(session, announcements.mailbox_of(standing.person.id), now)
        return find_standing(session, incoming.tenant_id, incoming.object_id)

    def _outsider(self, incoming: Incoming, now: datetime) -> Reply | None:
        if not self.outsiders.may_answer(incoming.tenant_id, incoming.object_id, now):
            return None
        return Reply(text=outsider_refusal(self._guess(incoming), self.policy.provider.name))

    def _guess(self, incoming: Incoming) -> Language:
        return language_of_locale(incoming.locale) if incoming.locale else self.policy.default_language

    def _known_chat(self, conversation_id: str, person_id: int) -> None:
        if len(self.mailboxes) >= CHATS_REMEMBERED:
            self.mailboxes.clear()
        self.mailboxes[conversation_id] = announcements.mailbox_of(person_id)

    async def _refuse(self, incoming: Incoming, now: datetime, error: Exception) -> Reply | None:
        def reply(session: Session) -> Reply | None:
            caller = self._caller(session, incoming, now, may_write=True)
            if caller is None:
                return self._outsider(incoming, now)
            turn = Turn(session, caller, now, incoming, self.policy)
            if caller.guest_of is not None:
                return _reply(answer_guest(turn, caller.guest_of))
            if caller.role is Role.STRANGER:
                return _reply(strangers.turn_away(turn, None, knocks=not incoming.is_automatic))
            answer = refused(turn, error)
            _keep_track(turn, answer)
            return _reply(answer)

        return await self.database.write(reply)


def _act(incoming: Incoming, language: Language) -> Act:
    """What the activity asks for. Raises ClickError for a payload that no button of ours carries."""
    match incoming.kind:
        case IncomingKind.ACTION | IncomingKind.SUBMIT:
            return unpack(incoming.verb, incoming.inputs)
        case IncomingKind.INSTALLED:
            return Installed()
        case IncomingKind.UNINSTALLED:
            return Uninstalled()
        case IncomingKind.EDITED:
            return Edited(activity_id=incoming.activity_id, text=incoming.text)
    return understand(incoming.text, language, incoming.attachments)


def _replaces_live_card(turn: Turn, answer: Answer) -> bool:
    """Whether a card that only shows something takes the place of one that delivery keeps current."""
    source = turn.source
    if source.is_automatic or source.reply_to_id is None or not isinstance(answer, Card):
        return False
    place = {"conversation_id": source.conversation_id, "activity_id": source.reply_to_id}
    return answer.subject is not None or find_copy(turn.session, **place) is not None


def _keep_track(turn: Turn, answer: Answer) -> None:
    """Remember which card stands where the clicked one stood, so that delivery keeps it current or leaves it alone."""
    source = turn.source
    if source.kind not in (IncomingKind.ACTION, IncomingKind.SUBMIT) or source.reply_to_id is None:
        return
    if source.is_automatic:
        return
    if not isinstance(answer, Card):
        return
    place: dict[str, Any] = {"conversation_id": source.conversation_id, "activity_id": source.reply_to_id}
    if answer.subject is None:
        forget(turn.session, **place)
        return
    until = turn.now + FORM_HELD if answer.is_form else None
    put_in_place(
        turn.session,
        **place,
        person_id=turn.person.id,
        subject=answer.subject,
        now=turn.now,
        held_until=until,
    )
    if until is not None:
        timers.arm(
            turn.session,
            f"refresh:{turn.person.id}:{answer.subject}",
            until,
            REFRESH_CARD,
            {"person": turn.person.id, "subject": answer.subject},
        )


def _reply(answer: Answer) -> Reply | None:
    if isinstance(answer, Card):
        return Reply(card=answer)
    if isinstance(answer, Notice):
        return Reply(text=answer.text, is_error=answer.is_error)
    return None
