"""What the tests of a year's end do over and over: let the calendar run at an instant, sign, look at what was sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import terms
from bot.reminders import CRON, timers_with
from bot.schedule import Schedule
from bot.views import VIEWS
from bot.wire import Reply
from cards.clicks.contracts import ShowRenewal, SignRenewal
from cards.components import Card
from contract.contracts import Contract
from contract.people import Language
from contract.periods import Side
from storage.contracts import load_contracts
from storage.outbox_tables import outbox
from storage.people import load_standings
from tests.bot.deliveries import SetClock
from tests.bot.people import POLICY, Somebody, World, buttons_of
from tests.contract.builders import at


def calendar(world: World, at: datetime, only: str = "") -> Schedule:
    """The calendar of one replica, at an instant; with `only` one kind of its work, where months pass."""
    clock = SetClock()
    clock.at = at
    # The purge of every quarter of an hour would be thousands of turns for nothing that these tests look at.
    work = [one for one in CRON if one.name != "purge" and only in ("", one.name)]
    return Schedule(world.database, timers_with(POLICY), work, clock)


async def begin(world: World, at: datetime) -> None:
    """The product is started for the first time: the calendar work is planned from this instant on."""
    running = calendar(world, at)
    await running.start()
    await running.stop()


async def run(world: World, at: datetime, only: str = "") -> None:
    """Everything that is due at an instant happens, and it is that instant from then on."""
    world.now = at
    await calendar(world, at, only).run_due()


async def contracts_of(world: World, customer_id: int | None = None) -> tuple[Contract, ...]:
    """The contracts of the customer."""
    return await world.database.read(lambda session: load_contracts(session, customer_id or world.customer_id))


async def shown(world: World, view: str) -> list[tuple[int, bool]]:
    """Who was to be shown a view, in order: person, and whether as a new message."""
    query = select(outbox.c.payload).where(outbox.c.kind == "show").order_by(outbox.c.id)
    rows = await world.database.read(lambda session: list(session.scalars(query)))
    return [(row["person"], row["fresh"] or row["post"]) for row in rows if row["view"] == view]


async def posted(world: World, view: str) -> list[int]:
    """Who gets a view as a new message, in order."""
    return [person for person, is_new in await shown(world, view) if is_new]


async def drawn(world: World, who: Somebody, view: str, args: Mapping[str, Any]) -> Card:
    """A view as delivery draws it for this person now."""

    def draw(session: Session) -> Card:
        reader = load_standings(session, [who.id])[who.id]
        return VIEWS[view](session, reader, args, world.now, POLICY)

    return await world.database.read(draw)


async def offer(world: World, who: Somebody, contract_id: int, language: Language = Language.NL) -> SignRenewal:
    """The click on the button "Sign" of the card as it is now, with name and tick filled in."""
    reply = await world.click(who, ShowRenewal(contract=contract_id))
    title = {Language.NL: "Ondertekenen", Language.EN: "Sign"}[language]
    sent = buttons_of(reply)[title]["data"]
    return SignRenewal.model_validate({**sent, "signatory": "A. de Vries", "confirmed": True})


async def sign(world: World, who: Somebody, contract_id: int, language: Language = Language.NL) -> Reply | None:
    """Look at the renewal and sign it."""
    return await world.click(who, await offer(world, who, contract_id, language))


def day(written: str) -> date:
    """2027-02-01."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", written)
    return date.fromisoformat(written)


async def ending(world: World) -> int:
    """The id of the contract that ends with the year."""
    return (await contracts_of(world))[0].id


async def cancel(world: World, received: str, ends_on: str | None = None) -> None:
    """The customer's cancellation is recorded."""

    def act(session: Session) -> None:
        terms.cancel_contract(
            session,
            world.customer_id,
            at(received),
            received_at=at(received),
            requested_end=day(ends_on) if ends_on else None,
            by=Side.CUSTOMER,
        )

    await world.database.write(act)
