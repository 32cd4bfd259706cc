"""Remote access in the tests of the bot: sessions, what is withdrawn, what is asked, and what the ledger says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot import ledger
from bot.reminders import timers_with
from bot.remote_sessions import REMOTE_SESSION, access_changed
from cards.clicks.access import StartSession, WithdrawAccess
from contract.consents import Finding, GrantState, Mechanism, Permission
from contract.ledger import Entry, EntryKind
from contract.ledger_bodies import read_entry
from contract.people import Language
from contract.remote_sessions import RemoteSession
from storage.administrators import Administrator, keep_administrator
from storage.consent_requests import add_request
from storage.contracts import load_consents, revoke_consents
from storage.ledger import entries_of
from storage.remote_sessions import load_history, load_running
from storage.timers import due, fired
from tests.bot.people import POLICY, Somebody, World
from tests.bot.worked import TICKET

ROLE = Permission("29232cdf-9323-42fd-ade2-1d097af3e4de", "Exchange Administrator")
GDAP_ID = "5e5594d3-6f82-458b-b567-77db4811f0cd"


async def running(world: World, who: Somebody | None = None) -> RemoteSession | None:
    """The session that an engineer has running; Eva's where nobody is named."""
    engineer = (who or world.eva).id
    return await world.database.read(lambda session: load_running(session, engineer))


async def sessions(world: World) -> tuple[RemoteSession, ...]:
    """Every session at the first customer, newest first."""
    return await world.database.read(lambda session: load_history(session, world.customer_id, limit=1000))


async def noted(world: World, *kinds: EntryKind) -> list[Entry]:
    """The entries of the first customer's ledger of these kinds, oldest first."""
    found = await world.database.read(lambda session: list(entries_of(session, world.customer_id, kinds or None)))
    return [read_entry(sealed.body) for sealed in found]


async def pass_time(world: World, span: timedelta) -> None:
    """Let time pass, and have happen what the calendar has for sessions, to the second."""
    handlers = timers_with(POLICY)

    def ring(session: Any) -> None:
        for timer in due(session, world.now, 20):
            if timer.kind == REMOTE_SESSION:
                handlers[timer.kind](session, timer.payload, world.now)
                fired(session, timer)

    world.now += span
    await world.database.write(ring)


async def start(world: World, who: Somebody | None = None, ticket: int = TICKET) -> Any:
    """Start a session."""
    return await world.click(who or world.eva, StartSession(ticket=ticket))


async def withdraw(world: World, who: Somebody | None = None, reason: str = "") -> Any:
    """A contact withdraws the consent; Anna where nobody is named."""
    return await world.click(who or world.anna, WithdrawAccess(form_id=world.form(), reason=reason))


async def drop_consents(world: World) -> None:
    """Nothing is recorded any more for the first customer, as if it never had been."""

    def drop(session: Any) -> None:
        [first] = load_consents(session, world.customer_id)
        revoke_consents(session, world.customer_id, first.valid_from)

    await world.database.write(drop)


async def find_relationship(
    world: World, state: GrantState = GrantState.ACTIVE, *, until: datetime | None = None, seen: datetime | None = None
) -> None:
    """A check finds the customer's delegated admin relationship in this state."""
    at = seen or world.now
    found = Finding(
        state=state,
        title="Four Star Support",
        scope=(ROLE,) if state.is_active else (),
        valid_from=at if state.is_active else None,
        valid_until=until,
    )

    def keep(session: Any) -> None:
        ledger.observe(session, POLICY, world.customer_id, Mechanism.GDAP, GDAP_ID, found, at)
        access_changed(session, POLICY, world.customer_id, at)

    await world.database.write(keep)


async def name_administrator(world: World) -> None:
    """Ton administers the customer's Microsoft 365."""
    named = Administrator(
        customer_id=world.customer_id,
        name="Ton Beheer",
        email="ton@brood.example",
        language=Language.EN,
        changed_by=None,
        changed_at=world.now,
    )
    await world.database.write(lambda session: keep_administrator(session, named))


async def ask_app(world: World, customer_id: int | None = None) -> int:
    """The provider asked for the app's permission; the number of the request."""
    return await world.database.write(
        lambda session: add_request(
            session,
            customer_id or world.customer_id,
            Mechanism.APP,
            f"nonce-{customer_id}-{world.now}",
            asked_by=world.mia.id,
            now=world.now,
            expires_at=world.now + timedelta(days=7),
        )
    )
