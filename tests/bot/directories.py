"""A directory that answers as told, in the place of Graph, and the errands that ask it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot import contact_offers, watches
from bot.delivery import Delivery
from bot.directory import Directory
from bot.finding import FindKinds
from bot.guests import GuestKinds
from bot.limits import Limits
from bot.outcomes import Work
from bot.views import VIEWS
from bot.watching import WatchKinds
from bot.wire import Reply
from graph.errors import GraphRefused
from graph.people import Account, AccountChange, Changes
from storage import people
from storage.access_tables import account_changes
from storage.contact_searches import list_open
from storage.errors import NotFound
from storage.mailboxes import Letter
from storage.outbox_states import Lane
from tests.bot.people import Somebody, World, make_world, text_of


@dataclass(slots=True)
class WorldClock:
    """The clock of a world."""

    world: World

    def now(self) -> Any:
        """The world's now."""
        return self.world.now


@dataclass(slots=True)
class FakeDirectory:
    """Accounts by object id. `fails` are raised by the next questions; `odd` are answers of a delta that are wrong."""

    accounts: dict[str, Account] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    fails: list[Exception] = field(default_factory=list)
    down: Exception | None = None
    odd: Changes | None = None
    asked: list[tuple[str, Any]] = field(default_factory=list)
    told: dict[str, dict[str, Account | None]] = field(default_factory=dict)
    meanwhile: Callable[[], None] | None = None

    def add(self, who: Somebody, **more: Any) -> Account:
        """An account of somebody of the tests."""
        address = f"{who.name.split()[0].lower()}@brood.example"
        account = Account(who.object_id, who.name, address, address, "nl-NL", enabled=True, is_guest=False)
        self.accounts[who.object_id] = replace(account, **more)
        return self.accounts[who.object_id]

    def change(self, who: Somebody, **more: Any) -> None:
        """Something about an account changes."""
        self.accounts[who.object_id] = replace(self.accounts[who.object_id], **more)

    def delete(self, who: Somebody, *, for_good: bool = False) -> Account:
        """An account is deleted."""
        if not for_good:
            self.deleted.add(who.object_id)
        return self.accounts.pop(who.object_id)

    def restore(self, who: Somebody, account: Account) -> None:
        """A deleted account comes back."""
        self.deleted.discard(who.object_id)
        self.accounts[who.object_id] = account

    def _note(self, what: str, about: Any) -> None:
        self.asked.append((what, about))
        if self.down is not None:
            raise self.down
        if self.fails:
            raise self.fails.pop(0)

    async def find(self, tenant_id: str, address: str) -> tuple[Account, ...]:
        """By address."""
        self._note("find", address)
        wanted = address.strip().casefold()
        return tuple(
            one
            for one in self.accounts.values()
            if wanted in {one.user_principal_name.casefold(), (one.mail or "").casefold(), *one.aliases}
        )

    async def load(self, tenant_id: str, object_id: str) -> Account:
        """By id."""
        self._note("load", object_id)
        if object_id not in self.accounts:
            raise GraphRefused(404, "Request_ResourceNotFound")
        return self.accounts[object_id]

    async def is_deleted(self, tenant_id: str, object_id: str) -> bool:
        """Among the deleted ones."""
        self._note("deleted", object_id)
        return object_id in self.deleted

    async def changes(self, tenant_id: str, object_ids: Iterable[str], link: str | None) -> Changes:
        """What changed since the link was given out."""
        ids = list(object_ids)
        self._note("changes", (tuple(ids), link))
        before = self.told[link] if link is not None else {}
        now = {one: self.accounts.get(one) for one in ids}
        name = f"link-{len(self.told) + 1}"
        self.told[name] = now
        if self.meanwhile is not None:
            self.meanwhile()
        if self.odd is not None:
            odd, self.odd = self.odd, None
            return replace(odd, link=name)
        changed = [one for one in ids if one not in before or before[one] != now[one]]
        lost = {one for one in changed if now[one] is None and before.get(one) is not None}
        return Changes(
            accounts=tuple(said_of(now[one]) for one in changed if now[one] is not None),
            deleted=frozenset(lost & self.deleted),
            gone=frozenset(lost - self.deleted),
            link=name,
        )


def said_of(account: Account | None) -> AccountChange:
    """An account as a delta names it whole."""
    assert account is not None
    return AccountChange(
        account.object_id,
        account.name,
        account.user_principal_name,
        account.mail or "",
        account.language or "",
        account.enabled,
        account.is_guest,
    )


@dataclass(slots=True)
class Office:
    """A world, its directory, and the lane that asks it."""

    world: World
    directory: FakeDirectory
    delivery: Delivery

    async def ask(self) -> None:
        """Do every errand whose time has come."""
        await self.delivery.drained()

    async def look(self) -> None:
        """The quarter of an hour is over: have every customer looked at that is due."""
        await self.world.database.write(lambda session: watches.look_at_due(session, self.world.now, self.world.now))
        await self.ask()

    async def later(self, by: timedelta = watches.EVERY) -> None:
        """Some time later the schedule has everybody looked at who is due."""
        self.world.now += by
        await self.look()

    async def search(self) -> int:
        """The one search of the customer that is open."""
        (found,) = await self.world.database.read(lambda session: list_open(session, self.world.customer_id))
        return found.id

    async def watch(self) -> None:
        """The app was consented to: the contacts are watched from now on."""
        await self.world.database.write(
            lambda session: watches.watch_tenant(session, self.world.customer_id, self.world.now)
        )
        await self.ask()

    async def shown(self, who: Somebody, view: str) -> list[str]:
        """What waits to be shown to somebody of one view, oldest first, rendered as delivery would."""
        return await shown(self.world, who, view)


async def shown(world: World, who: Somebody, view: str) -> list[str]:
    """What waits to be shown to somebody of one view, oldest first, rendered as delivery would."""
    rows = [row for row in await world.waiting(who) if row["kind"] == "show" and row["view"] == view]

    def render(session: Any) -> list[str]:
        reader = people.load_standings(session, [who.id])[who.id]
        texts = []
        for row in rows:
            with contextlib.suppress(NotFound):
                card = VIEWS[view](session, reader, row["args"], world.now, world.router.policy)
                texts.append(text_of(Reply(card=card)))
        return texts

    return await world.database.read(render)


def kinds_over(world: World, directory: Directory) -> list[Any]:
    """The errands about people, asked of this directory."""
    clock = WorldClock(world)
    return [
        *WatchKinds(world.database, directory, clock).kinds(),
        *FindKinds(world.database, directory, world.router.policy).kinds(),
        *GuestKinds(world.database, directory).kinds(),
    ]


@contextlib.asynccontextmanager
async def open_office(database: Any, *, watched: bool = True) -> AsyncIterator[Office]:
    """An office whose directory knows everybody of the customer; watched, with the first look done."""
    world = await make_world(database)
    directory = FakeDirectory()
    for who in (world.anna, world.bram, world.stranger):
        directory.add(who)
    async with errands(world, directory) as delivery:
        office = Office(world, directory, delivery)
        if watched:
            await office.watch()
        yield office


@contextlib.asynccontextmanager
async def errands(world: World, directory: Directory) -> AsyncIterator[Delivery]:
    """The lane of errands, running."""
    clock = WorldClock(world)
    delivery = Delivery(world.database, kinds_over(world, directory), clock, Limits(clock), lane=Lane.GRAPH)
    await delivery.start()
    try:
        yield delivery
    finally:
        await delivery.stop(grace_s=0)


def errand(world: World, kind: str, **payload: Any) -> Work:
    """An errand as delivery hands it on, for a test that decides itself when it ends."""
    letter = Letter(1, kind, payload, 0, world.now, None, None, None)
    return Work(mailbox="graph:test", letters=(letter,))


FIND, WATCH = contact_offers.FIND_CONTACT, watches.WATCH_PEOPLE


def changes_of(session: Any, person_id: int) -> list[tuple[str, str | None, str | None]]:
    """What changed about somebody's account, oldest first."""
    kept = account_changes.c
    query = select(kept.kind, kept.before, kept.after).where(kept.person_id == person_id).order_by(kept.id)
    return [tuple(row) for row in session.execute(query)]
