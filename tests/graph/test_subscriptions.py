"""Subscriptions to the users of a tenant, and the notifications that come of them, over real connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from demo.graph.directory import Tenant, User
from demo.graph.notifications import Notifier
from demo.graph.server import GraphStandIn
from demo.graph.subscriptions import LONGEST, subscriptions
from graph.client import Graph
from graph.errors import GraphRefused, GraphUnavailable
from graph.subscriptions import (
    Subscription,
    own_subscriptions,
    renew,
    subscribe,
    unsubscribe,
)
from graph.tenants import Tenants
from tests.graph.listener import Listener
from tests.graph.stand_in import APP_ID, CUSTOMER, HOME

SECRET = "s" * 128


@pytest.fixture
def notifier(stand_in: GraphStandIn) -> Notifier:
    """What sends the notifications, with little patience."""
    found = stand_in.notifier
    found.every_s, found.validation_s, found.answer_s, found.again_after_s = 0.02, 0.3, 0.3, 0.01
    return found


@pytest.fixture
async def listener(notifier: Notifier) -> AsyncIterator[Listener]:
    """A bot that receives notifications."""
    assert notifier.deliveries == []
    listener = Listener()
    await listener.start()
    yield listener
    await listener.stop()


def in_days(days: float) -> datetime:
    """An end, to the second, as Graph keeps it."""
    return (datetime.now(UTC) + timedelta(days=days)).replace(microsecond=0)


async def made(graph: Graph, listener: Listener, **more: Any) -> Subscription:
    """A subscription to all users."""
    options = {"url": listener.url, "lifecycle_url": listener.lifecycle_url, "secret": SECRET, "ends_at": in_days(7)}
    return await subscribe(graph, **{**options, **more})


async def test_a_subscription_from_its_beginning_to_its_end(graph: Graph, listener: Listener) -> None:
    """Both addresses give the token back before it exists; it is renewed, listed and ended."""
    end, later = in_days(7), in_days(28)
    one = await made(graph, listener, ends_at=end)
    assert (one.ends_at, one.resource, one.url) == (end, "users", listener.url)
    assert listener.validations == [("/changes", "text/plain"), ("/lifecycle", "text/plain")]
    assert (await renew(graph, one.id, later)).ends_at == later
    assert [(kept.id, kept.ends_at) for kept in await own_subscriptions(graph)] == [(one.id, later)]
    assert await unsubscribe(graph, one.id)
    assert not await unsubscribe(graph, one.id)
    assert await own_subscriptions(graph) == ()
    with pytest.raises(GraphRefused) as refused:
        await renew(graph, one.id, later)
    assert refused.value.status == 404


async def test_as_long_as_graph_allows(graph: Graph, listener: Listener) -> None:
    """The longest that is asked for is taken; longer, past, and without a time zone are not."""
    now = datetime.now(UTC)
    assert (await made(graph, listener, ends_at=now + LONGEST - timedelta(minutes=5))).ends_at > now
    for end in (now + LONGEST + timedelta(minutes=1), now - timedelta(seconds=1)):
        with pytest.raises(GraphRefused) as refused:
            await made(graph, listener, ends_at=end)
        assert refused.value.status == 400
    with pytest.raises(ValueError, match="time zone"):
        await made(graph, listener, ends_at=now.replace(tzinfo=None))
    for secret in ("", "s" * 129):
        with pytest.raises(ValueError, match="secret"):
            await made(graph, listener, secret=secret)
    assert len(await own_subscriptions(graph)) == 1


async def test_an_address_that_does_not_answer_as_it_should(graph: Graph, listener: Listener, customer: Tenant) -> None:
    """Without the token as plain text, unchanged and in time, there is no subscription."""
    listener.token_type = "text/html"
    for token_type, suffix, delay_s in (("text/html", "", 0), ("text/plain", "!", 0), ("text/plain", "", 0.5)):
        listener.token_type, listener.token_suffix, listener.delay_s = token_type, suffix, delay_s
        with pytest.raises(GraphRefused) as refused:
            await made(graph, listener)
        assert (refused.value.status, refused.value.code) == (400, "ValidationError")
    listener.delay_s = 0
    for urls in ({"url": "http://bot.example/changes"}, {"lifecycle_url": "https://127.0.0.1:1/lifecycle"}):
        with pytest.raises(GraphRefused):
            await made(graph, listener, **urls)
    assert subscriptions(customer) == {}


async def test_what_is_told(graph: Graph, listener: Listener, notifier: Notifier, customer: Tenant, jo: User) -> None:
    """Every change of a user, and a new one, is told with the secret, the tenant and the id, and nothing else. What
    can be undone is an update; only a deletion for good is one.
    """
    one = await made(graph, listener)
    jo.account_enabled = False
    await notifier.flush()
    (item,) = listener.items
    assert (item["changeType"], item["resource"], item["resourceData"]["id"]) == ("updated", f"Users/{jo.id}", jo.id)
    assert (item["clientState"], item["tenantId"], item["subscriptionId"]) == (SECRET, CUSTOMER, one.id)
    assert "accountEnabled" not in item["resourceData"]
    piet = customer.add_user("Piet", "piet@korenbloem.example")
    await notifier.flush()
    customer.delete_user(piet.id, datetime.now(UTC))
    await notifier.flush()
    customer.restore_user(piet.id)
    await notifier.flush()
    customer.purge_user(piet.id)
    await notifier.flush()
    assert [item["changeType"] for item in listener.items[1:]] == ["updated", "updated", "updated", "deleted"]
    assert {item["resourceData"]["id"] for item in listener.items[1:]} == {piet.id}


async def test_changes_are_told_by_themselves(graph: Graph, listener: Listener, notifier: Notifier, jo: User) -> None:
    """Nobody has to tell the stand-in that something changed."""
    await made(graph, listener)
    jo.display_name = "Jo Jansen"
    await asyncio.wait_for(listener.heard.wait(), 10)
    assert notifier.deliveries[0].attempts == [202]


async def test_told_again_until_it_arrives(graph: Graph, listener: Listener, notifier: Notifier, jo: User) -> None:
    """What is answered with an error, or too late, is sent again."""
    await made(graph, listener)
    listener.statuses = [500, 503]
    jo.display_name = "Jo Jansen"
    await notifier.flush()
    assert len(listener.items) == 1
    listener.delay_s = 0.5
    jo.display_name = "Jo de Vries"
    notifier.attempts = 2
    await notifier.flush()
    assert [delivery.attempts for delivery in notifier.deliveries] == [[500, 503, 202], ["TimeoutError"] * 2]


async def test_reauthorization(graph: Graph, listener: Listener, notifier: Notifier, customer: Tenant) -> None:
    """A paused subscription tells nothing until it is renewed, which says that the app still wants it."""
    one = await made(graph, listener)
    await notifier.ask_to_reauthorize(customer, pause=True)
    (event,) = listener.lifecycle
    assert (event["lifecycleEvent"], event["subscriptionId"]) == ("reauthorizationRequired", one.id)
    assert (event["clientState"], event["tenantId"]) == (SECRET, CUSTOMER)
    jo = customer.add_user("Jo", "jo@korenbloem.example")
    await notifier.flush()
    assert listener.items == []
    await renew(graph, one.id, in_days(28))
    jo.account_enabled = False
    await notifier.flush()
    assert len(listener.items) == 1


async def test_no_longer_permitted(
    graph: Graph, listener: Listener, notifier: Notifier, customer: Tenant, jo: User
) -> None:
    """Who may no longer read users is told nothing."""
    await made(graph, listener)
    customer.revoke(APP_ID)
    jo.account_enabled = False
    await notifier.flush()
    assert listener.items == []


async def test_never_permitted(tenants: Tenants, listener: Listener, home: Tenant) -> None:
    """Who may not read users makes no subscription."""
    home.revoke(APP_ID, "User.Read.All")
    with pytest.raises(GraphRefused) as refused:
        await made(tenants.of(HOME), listener)
    assert refused.value.status == 403
    assert await own_subscriptions(tenants.of(HOME)) == ()


async def test_a_subscription_whose_creation_was_never_answered(
    graph: Graph, listener: Listener, stand_in: GraphStandIn
) -> None:
    """It is not asked for twice; that there is one is seen in the list."""
    stand_in.faults.add("POST */subscriptions", drop="after")
    with pytest.raises(GraphUnavailable):
        await made(graph, listener)
    (one,) = await own_subscriptions(graph)
    assert one.url == listener.url


async def test_half_a_subscription_is_none(graph: Graph, listener: Listener, stand_in: GraphStandIn) -> None:
    """Without an end, or about another one, nothing was renewed."""
    one = await made(graph, listener)
    whole = {"id": one.id, "resource": "users", "expirationDateTime": "2027-01-01T00:00:00.0000000Z"}
    for half in ({"id": "another"}, {"expirationDateTime": None}, {"expirationDateTime": "soon"}, {"resource": 7}):
        stand_in.faults.add("PATCH *", body=whole | half)
        with pytest.raises(GraphUnavailable):
            await renew(graph, one.id, in_days(8))
