"""A provider with customers of every kind, and the time that passes for them: what is due by itself happens."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from bot import terms
from bot.reminders import CRON, timers_with
from bot.schedule import Schedule
from bot.turn import Policy
from contract.contracts import Addendum, AddendumItem
from contract.people import Language
from storage import contacts, people
from storage.billing_details import save_billing_details
from storage.contracts import load_contracts
from storage.costs import load_items
from storage.database import Database
from storage.outbox_tables import cron, timer
from tests.bot.billing import BILLING, details
from tests.bot.deliveries import SetClock
from tests.bot.people import POLICY, Somebody, World, make_world
from tests.bot.year.oracle import AMSTERDAM
from tests.contract.builders import at

BEGIN = at("2026-10-20 09:00")
WORK = tuple(work for work in CRON if work.makes_up)
Rows = list[dict[str, Any]]


@dataclass(slots=True)
class Company:
    """A customer: its number and its two contacts. `is_incomplete`: nothing can be invoiced yet."""

    id: int
    contacts: tuple[Somebody, Somebody]
    is_incomplete: bool = False
    renews: str = ""
    items: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Life:
    """The world, its customers, and what chance brings."""

    world: World
    chance: random.Random
    companies: list[Company]
    policy: Policy
    happened: dict[str, int] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """What time it is."""
        return self.world.now

    @property
    def database(self) -> Database:
        """Where everything is kept."""
        return self.world.database

    def note(self, what: str) -> None:
        """Count what happened, so that a test can tell that it did."""
        self.happened[what] = self.happened.get(what, 0) + 1

    def engineer(self) -> Somebody:
        """Anybody of the provider."""
        return self.chance.choice([self.world.eva, self.world.finn, self.world.mia])

    async def rows(self, table: Table) -> Rows:
        """Everything of a table, oldest first."""
        query = select(table).order_by(*table.primary_key)
        found = await self.database.read(lambda session: session.execute(query).mappings().all())
        return [dict(row) for row in found]

    async def company_rows(self, table: Table, column: Any, value: Any) -> Rows:
        """The rows of a table with a value in a column."""
        query = select(table).where(column == value).order_by(*table.primary_key)
        found = await self.database.read(lambda session: session.execute(query).mappings().all())
        return [dict(row) for row in found]

    # --- time -------------------------------------------------------------------------------------------------------

    async def until(self, instant: datetime) -> None:
        """Let time pass; whatever is due on the way happens at its own instant."""
        while (due := await self.database.read(_next_due)) is not None and due <= instant:
            self.world.now = max(self.world.now, due)
            await self.do_due()
        self.world.now = max(self.world.now, instant)

    async def do_due(self) -> None:
        """What is due now happens, as on a replica."""
        names = await self.database.read(lambda session: _due_names(session, self.now))
        clock = SetClock()
        clock.at = self.now
        wanted = [work for work in WORK if work.name in names]
        await Schedule(self.database, timers_with(self.policy), wanted, clock).run_due()


QUIET = "end_contracts"
"""Every midnight; but contracts end with a month, so the next thing that happens in it is soon enough."""


def _next_due(session: Session) -> datetime | None:
    names = [work.name for work in WORK if work.name != QUIET]
    slots = session.scalar(select(func.min(cron.c.next_at)).where(cron.c.name.in_(names)))
    timers = session.scalar(select(func.min(timer.c.due_at)))
    return min((one for one in (slots, timers) if one is not None), default=None)


def _due_names(session: Session, now: datetime) -> set[str]:
    return set(session.scalars(select(cron.c.name).where(cron.c.next_at <= now)))


# --- how it begins ----------------------------------------------------------------------------------------------------


async def begin_life(database: Database, seed: int, customers: int, **settings: Any) -> Life:
    """So many customers: the world's own, with contracts of 2026, and others that sign later."""
    chance = random.Random(seed)
    world = await make_world(database, now=BEGIN)
    policy = replace(BILLING, **settings)
    world.router = replace(world.router, policy=policy)
    world.now = BEGIN
    ours = Company(world.customer_id, (world.anna, world.bram))
    theirs = Company(world.other_customer_id, (world.other, world.other))
    life = Life(world, chance, [ours, theirs], policy)
    for number in range(2, customers):
        life.companies.append(await add_company(life, number))
    for one in life.companies:
        await complete(life, one)
    # Two of them did not say yet what invoices have to name.
    for one in chance.sample(life.companies, 2):
        await database.write(partial(save_billing_details, customer_id=one.id, details=details("")))
        one.is_incomplete = True
    clock = SetClock()
    clock.at = BEGIN
    plan = Schedule(database, {}, WORK, clock)
    await plan.start()
    await plan.stop()
    return life


async def add_company(life: Life, number: int) -> Company:
    """A customer with two contacts and access, still without a contract."""
    tenant = f"{number:08}-0000-4000-8000-00000000000a"
    persons = [
        Somebody(0, f"Contact {number}.{place}", tenant, f"{number:08}-0000-4000-8000-{place:012}", "nl-NL")
        for place in (1, 2)
    ]

    def act(session: Session) -> Company:
        key = contacts.add_customer(session, f"Customer {number}", tenant, life.now)
        known = []
        for one in persons:
            person = people.add_person(
                session,
                tenant_id=one.tenant_id,
                object_id=one.object_id,
                name=one.name,
                language=Language.NL,
                now=life.now,
            )
            contacts.appoint(session, key, person, None, life.now)
            known.append(replace(one, id=person))
        terms.keep_consent(
            session, key, life.now, document="form", recorded_by=None, first=date(2026, 10, 1), last=None, policy=POLICY
        )
        return Company(key, (known[0], known[1]))

    return await life.database.write(act)


async def complete(life: Life, one: Company) -> None:
    """Say what invoices have to name of the customer; some are abroad, some get mails."""
    fields: dict[str, Any] = {"email": "billing@mail.example"} if one.id % 2 else {}
    if one.id % 5 == 3:
        address = replace(details("").address, country="BE")
        fields |= {"address": address, "vat_id": "BE0403170701", "vat_checked_on": date(2026, 10, 1)}
    kept = details(f"Customer {one.id} B.V.", **fields)
    await life.database.write(lambda session: save_billing_details(session, one.id, kept))
    one.is_incomplete = False


async def sign_addendum(life: Life, one: Company) -> None:
    """On-site work is agreed for the rest of the contract, with travel and parking."""
    today = at_day(life.now)

    def act(session: Session) -> list[int]:
        running = [
            contract for contract in load_contracts(session, one.id) if contract.starts_on <= today <= contract.ends_on
        ]
        for contract in running:
            items = (AddendumItem("Travel", 4500), AddendumItem("Parking", 333))
            terms.keep_addendum(session, one.id, Addendum(today, today, contract.ends_on, items), life.now)
        return [item.id for item in load_items(session, one.id)]

    one.items = await life.database.write(act)


def at_day(instant: datetime) -> date:
    """The day in Amsterdam."""
    return instant.astimezone(AMSTERDAM).date()
