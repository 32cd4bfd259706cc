"""Two customers whose tenants are watched, the schedule and the graph lane as the bot runs them, and the time."""

from __future__ import annotations

import contextlib
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import ledger, watches
from bot.access import access_spans
from bot.consent_kinds import ConsentKinds
from bot.delivery import Delivery
from bot.finding import FindKinds
from bot.guests import GuestKinds
from bot.installs import INSTALL_APP
from bot.limits import Limits
from bot.outcomes import Done, Kind, Outcome, Work
from bot.reminders import recurring_with, timers_with
from bot.schedule import Schedule
from bot.watching import WatchKinds
from cards.clicks.queue import ClaimTicket
from cards.clicks.tickets import OpenTicket
from contract.consent_checks import next_check_at
from contract.consents import AccessSpan, Finding, GrantState, Mechanism, Permission, Proof
from contract.permissions import APP_ROLES
from graph.people import Account
from storage.contracts import revoke_consents
from storage.database import Database
from storage.grants import set_grant
from storage.outbox_states import Lane
from storage.tables import tickets
from tests.bot.consent_desk import APP_ID, ASKING, READS
from tests.bot.directories import WorldClock
from tests.bot.people import Somebody, World, make_world
from tests.bot.tenant_year.microsoft import Microsoft, Tenant
from tests.bot.tenant_year.oracle import QUARTER, House, Member, Rights, Seen, Source

BEGIN = datetime(2026, 1, 8, 9, 0, tzinfo=UTC)
PROBLEM = "All that goes wrong this year"
OURS = ("watch_people", "check_consents", "compare_relationships")


@dataclass(slots=True)
class Company:
    """A customer, what the oracle knows of it, and a ticket to work on."""

    id: int
    tenant_id: str
    people: dict[str, Somebody]
    house: House
    rights: Rights
    ticket: int
    answering_since: datetime | None = None
    """Since when Microsoft answers and the bot runs."""


@dataclass(slots=True)
class Life:
    """Everything."""

    world: World
    chance: random.Random
    microsoft: Microsoft
    companies: list[Company]
    schedule: Schedule
    delivery: Delivery
    happened: dict[str, int] = field(default_factory=dict)
    logged_until: datetime = BEGIN

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

    # --- time -------------------------------------------------------------------------------------------------------

    async def pass_time(self, span: timedelta, tick: timedelta | None) -> None:
        """Let time pass; the bot runs every so often, or (None) is down until the end of it."""
        until = self.now + span
        if tick is None:
            for one in self.companies:
                one.answering_since = None
            tick = span
        while self.now < until:
            self.world.now = self.microsoft.now = min(self.now + tick, until)
            await self.run()
            for one in self.companies:
                since = one.answering_since
                if since is not None and self.now - since > QUARTER + tick and one.house.watched(self.now):
                    assert (one.house.looked_at or BEGIN) >= self.now - QUARTER - tick, "looked too late"

    async def run(self) -> None:
        """What is due happens, and what is asked of Microsoft is written down."""
        self.microsoft.looked.clear()
        self.microsoft.heard.clear()
        for _ in range(2):
            await self.schedule.run_due()
            await self.delivery.drained()
        self._hear()

    def _hear(self) -> None:
        """The oracle hears what Microsoft said at this moment."""
        now, microsoft = self.now, self.microsoft
        for one in self.companies:
            tenant = microsoft.tenants[one.tenant_id]
            if one.tenant_id in microsoft.looked:
                well = {key for key, account in tenant.accounts.items() if account.enabled}
                one.house.look(now, well if microsoft.looked[one.tenant_id] else None)
            elif not one.house.watched(now):
                one.house.look(now, set())  # nobody to ask about: nothing fails
            answers = tenant.has_app and tenant.down is None
            one.answering_since = (one.answering_since or now) if answers else None
        # What was found at one moment is written down in this order.
        for (what, key), found in sorted(microsoft.heard.items(), key=lambda one: one[0]):
            tenant_id = key if what == "app" else microsoft.relationships[key]["tenant"]
            (one,) = [company for company in self.companies if company.tenant_id == tenant_id]
            source = one.rights.sources.setdefault(f"{what}:{key}", Source(covers=what == "gdap" or self.app_covers))
            alike = [other for name, other in one.rights.sources.items() if name.startswith(what)]
            source.look(now, found, alike)

    # --- looking on -------------------------------------------------------------------------------------------------

    @property
    def app_covers(self) -> bool:
        """Whether the app's consent covers work at this provider."""
        return self.world.router.policy.app_consent_covers_work

    async def spans(self, one: Company) -> tuple[AccessSpan, ...]:
        """What the product takes for covered."""
        policy = self.world.router.policy
        return await self.database.read(partial(access_spans, customer_id=one.id, policy=policy))

    async def count_tickets(self) -> int:
        """How many there are."""
        query = select(func.count()).select_from(tickets)
        return await self.database.read(lambda session: session.scalar(query) or 0)


async def begin_life(database: Database, seed: int) -> Life:
    """Both customers are watched, and their tenants have the app."""
    chance = random.Random(seed)
    policy = replace(ASKING, app_consent_covers_work=chance.random() < 0.3)
    world = await make_world(database, policy=policy, now=BEGIN)
    microsoft = Microsoft(chance, policy.provider.tenant_id, BEGIN, {policy.provider.tenant_id: Tenant()})
    clock = WorldClock(world)
    kinds = (
        *WatchKinds(database, microsoft, clock).kinds(),
        *FindKinds(database, microsoft, policy).kinds(),
        *ConsentKinds(database, microsoft, policy).kinds(),
        *GuestKinds(database, microsoft).kinds(),
        Kind(INSTALL_APP, _nothing, is_limited=False),
    )
    recurring = [one for one in recurring_with(policy) if one.name in OURS]
    life = Life(
        world,
        chance,
        microsoft,
        [],
        Schedule(database, timers_with(policy), recurring, clock),
        Delivery(database, kinds, clock, Limits(clock), lane=Lane.GRAPH, poll_s=30),
    )
    for customer_id, people in (
        (world.customer_id, (world.anna, world.bram)),
        (world.other_customer_id, (world.other,)),
    ):
        life.companies.append(await _company(life, customer_id, people))
    await database.write(life.schedule._plan)
    return life


async def _company(life: Life, customer_id: int, people: tuple[Somebody, ...]) -> Company:
    world, policy, now = life.world, life.world.router.policy, life.now
    tenant_id = people[0].tenant_id
    accounts = {who.object_id: _account(who) for who in people}
    life.microsoft.tenants[tenant_id] = Tenant(accounts)

    def begin(session: Session) -> None:
        revoke_consents(session, customer_id, now.replace(day=1))
        found = Finding(state=GrantState.ACTIVE, scope=(Permission(APP_ROLES[READS], READS),), proof=Proof.TOKEN)
        grant = ledger.observe(session, policy, customer_id, Mechanism.APP, APP_ID, found, now).after
        set_grant(session, grant.id, next_check_at=next_check_at(grant, now))
        watches.watch_tenant(session, customer_id, now)

    await world.database.write(begin)
    await world.click(people[0], OpenTicket(form_id=world.form(), description=PROBLEM))
    ticket = await life.count_tickets() + 1000
    await world.click(world.eva, ClaimTicket(ticket=ticket))
    app = Source(covers=life.app_covers)
    app.look(now, Seen(active=True), [])
    house = House({who.object_id: Member() for who in people})
    return Company(
        customer_id,
        tenant_id,
        {who.object_id: who for who in people},
        house,
        Rights({f"app:{tenant_id}": app}),
        ticket,
    )


async def _nothing(_: Work) -> Outcome:
    return Done()


def _account(who: Somebody) -> Account:
    address = f"{who.object_id}@{who.tenant_id}.example"
    return Account(who.object_id, who.name, address, address, "nl-NL", enabled=True, is_guest=False)


@contextlib.asynccontextmanager
async def living(database: Database, seed: int) -> AsyncIterator[Life]:
    """A life that ends."""
    life = await begin_life(database, seed)
    await life.delivery.start()
    try:
        await life.run()
        yield life
    finally:
        await life.delivery.stop(grace_s=0)
