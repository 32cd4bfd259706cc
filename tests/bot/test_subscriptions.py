"""Each watched tenant has exactly one subscription, made, renewed, made anew and ended by itself (R4, D32)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.subscriptions import (
    KEEP_SUBSCRIPTION,
    LIVES,
    LOOKED_AFTER_EVERY,
    NOTIFICATIONS,
    RENEWED_BEFORE,
    SPREAD,
    SubscriptionKinds,
    can_be_told,
    is_time_to_renew,
    keep_due,
)
from bot.watches import watch_again
from demo.graph.subscriptions import Subscription, subscriptions
from storage import watches
from storage.database import Database
from storage.subscriptions import Subscribed, load_subscribed
from tests.bot.directories import errand
from tests.bot.graph_office import GraphOffice, open_graph_office
from tests.bot.people import OTHER_TENANT


async def kept(office: GraphOffice) -> Subscribed:
    """What is kept of the customer's subscription."""
    found = await office.world.database.read(lambda session: load_subscribed(session, office.world.customer_id))
    assert found is not None
    return found


def there(office: GraphOffice) -> list[Subscription]:
    """The subscriptions that are in the customer's tenant."""
    return list(subscriptions(office.customer).values())


async def keep(office: GraphOffice) -> None:
    """A minute is over."""
    await office.do(keep_due, slot=office.world.now, now=office.world.now)
    await office.ask()


async def begun(office: GraphOffice) -> Subscribed:
    """The customer is watched and subscribed to."""
    await office.watch()
    await keep(office)
    return await kept(office)


async def test_a_watched_tenant_is_subscribed_to(database: Database, tmp_path: Path) -> None:
    """Both addresses pass Graph's handshake, the secret is kept where only it is compared, and somebody looks."""
    async with open_graph_office(database, tmp_path) as office:
        found = await begun(office)
        (one,) = there(office)
        assert (found.subscription_id, found.secret, found.ends_at) == (one.id, one.client_state, one.ends_at)
        assert found.secret
        assert 40 <= len(found.secret) <= 128
        assert found.secret not in repr(found)
        assert one.ends_at == office.world.now + LIVES
        assert (found.error, one.url.endswith(NOTIFICATIONS)) == (None, True)
        rows = [row for row in await office.world.waiting() if row["kind"] == KEEP_SUBSCRIPTION]
        assert (rows, len(subscriptions(office.graph.directory.tenants[OTHER_TENANT]))) == ([], 0)


async def test_it_is_renewed_long_before_its_end(sqlite: Database, tmp_path: Path) -> None:
    """Looked after daily, renewed in the second half of its life, with the same secret and at Graph as well."""
    async with open_graph_office(sqlite, tmp_path) as office:
        first = await begun(office)
        office.world.now += LOOKED_AFTER_EVERY
        await keep(office)
        assert (await kept(office)).ends_at == first.ends_at
        office.world.now += RENEWED_BEFORE + SPREAD - LOOKED_AFTER_EVERY
        await keep(office)
        found = await kept(office)
        assert found.ends_at == there(office)[0].ends_at == office.world.now + LIVES
        assert (found.subscription_id, found.secret) == (first.subscription_id, first.secret)


async def test_one_that_is_gone_is_made_anew(sqlite: Database, tmp_path: Path) -> None:
    """Whoever took it away: another one takes its place, with another secret."""
    async with open_graph_office(sqlite, tmp_path) as office:
        first = await begun(office)
        subscriptions(office.customer).clear()
        office.world.now += LOOKED_AFTER_EVERY
        await keep(office)
        second = await kept(office)
        assert [one.id for one in there(office)] == [second.subscription_id]
        assert second.subscription_id != first.subscription_id
        assert second.secret != first.secret


async def test_another_address_takes_another_subscription(sqlite: Database, tmp_path: Path) -> None:
    """After the public address changed a new one is made first, and then the old one goes."""
    async with open_graph_office(sqlite, tmp_path) as office:
        first = await begun(office)
        for one in there(office):
            one.url = "https://old.example/graph/notifications"
        office.world.now += LOOKED_AFTER_EVERY
        await keep(office)
        assert [one.id for one in there(office)] == [(await kept(office)).subscription_id]
        assert (await kept(office)).subscription_id != first.subscription_id


async def test_only_one_survives(database: Database, tmp_path: Path) -> None:
    """Of two workers at once, and after a crash between making and keeping it, one is left: the one that is kept."""
    async with open_graph_office(database, tmp_path) as office:
        await office.watch()
        work = errand(office.world, KEEP_SUBSCRIPTION, customer=office.world.customer_id, renews=False)

        class Crashed(Exception):
            pass

        class Crashing:
            read = staticmethod(database.read)

            async def write(self, _fn: Any) -> Any:
                raise Crashed

        crashing: Any = Crashing()
        dying = SubscriptionKinds(crashing, office.tenants, office.subscriptions.public_url, office.subscriptions.clock)
        with pytest.raises(Crashed):
            await dying.keep(work)
        assert len(there(office)) == 1
        rival = office.subscriptions
        original = rival.database.read

        async def late(fn: Any) -> Any:
            """The slower one reads before the faster one has begun, and goes on after it has ended."""
            found = await original(fn)
            await rival.keep(work)
            return found

        class Late:
            read = staticmethod(late)
            write = staticmethod(database.write)

        slow: Any = Late()
        await SubscriptionKinds(slow, office.tenants, rival.public_url, rival.clock).keep(work)
        assert [one.id for one in there(office)] == [(await kept(office)).subscription_id]


async def test_it_ends_with_the_watch(sqlite: Database, tmp_path: Path) -> None:
    """Once nobody watches, the subscription is taken away and forgotten; where the app is gone it is forgotten too."""
    async with open_graph_office(sqlite, tmp_path) as office:
        await begun(office)
        world = office.world
        await office.do(watches.switch_off, customer_id=world.customer_id, now=world.now, by=None, why="x")
        office.world.now += LOOKED_AFTER_EVERY
        await keep(office)
        found = await kept(office)
        assert (found.subscription_id, found.secret, there(office)) == (None, None, [])
        await keep(office)
        assert [row for row in await world.waiting() if row["kind"] == KEEP_SUBSCRIPTION] == []
        await office.do(watch_again, customer_id=world.customer_id, now=world.now)
        await keep(office)
        assert [one.id for one in there(office)] == [(await kept(office)).subscription_id]


async def test_a_failure_is_remembered_and_harms_nothing(sqlite: Database, tmp_path: Path) -> None:
    """Without the permission there is no subscription: why is kept, an hour later it is tried again; looks go on."""
    async with open_graph_office(sqlite, tmp_path) as office:
        app_id = office.world.router.policy.app_id
        principal = office.customer.principals[app_id]
        roles, principal.roles = principal.roles, []
        await office.watch()
        await keep(office)
        assert (await kept(office)).error == "403 Authorization_RequestDenied"
        principal.roles = roles
        office.world.now += timedelta(minutes=59)
        await keep(office)
        assert (await kept(office)).subscription_id is None
        office.world.now += timedelta(minutes=1)
        await keep(office)
        found = await kept(office)
        assert found.subscription_id is not None
        assert found.error is None


async def test_what_graph_wants_reauthorized_is_renewed(sqlite: Database, tmp_path: Path) -> None:
    """Graph says so at the lifecycle address, which is enough for it to go on, long before half of its life."""
    async with open_graph_office(sqlite, tmp_path) as office:
        first = await begun(office)
        office.world.now += timedelta(days=1)
        await office.graph.notifier.ask_to_reauthorize(office.customer, pause=True)
        await office.ask()
        (one,) = there(office)
        assert not one.is_paused
        assert (await kept(office)).ends_at == one.ends_at
        assert first.ends_at is not None
        assert one.ends_at > first.ends_at


async def test_a_new_subscription_is_followed_by_a_look(sqlite: Database, tmp_path: Path) -> None:
    """What happened until its secret was known is seen by looking."""
    async with open_graph_office(sqlite, tmp_path) as office:
        await office.watch()
        await office.subscriptions.keep(
            errand(office.world, KEEP_SUBSCRIPTION, customer=office.world.customer_id, renews=False)
        )
        await office.ask()
        looks = [one for one in office.graph.calls if "/users/delta" in one]
        assert len(looks) >= 2


def test_renewals_are_spread() -> None:
    """A thousand tenants that began together are renewed over two days, none before half of the life."""
    ends_at = datetime(2026, 12, 21, 9, tzinfo=UTC)
    half = ends_at - RENEWED_BEFORE
    assert not any(is_time_to_renew(customer, ends_at, half - timedelta(seconds=1)) for customer in range(1000))
    assert all(is_time_to_renew(customer, ends_at, half + SPREAD) for customer in range(1000))
    hours = [
        sum(is_time_to_renew(customer, ends_at, half + timedelta(hours=hour)) for customer in range(1000))
        for hour in range(49)
    ]
    assert max(after - before for before, after in pairwise(hours)) < 50


def test_graph_only_speaks_to_an_encrypted_address() -> None:
    """Elsewhere it is not asked, but on this machine, where a stand-in is."""
    assert can_be_told("https://support.example.com")
    assert can_be_told("http://127.0.0.1:3978")
    assert not can_be_told("http://support.example.com")
