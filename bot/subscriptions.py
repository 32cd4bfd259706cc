"""The subscription of each watched tenant to changes of its users: made, renewed, made anew, and ended.

One tenant has one subscription. It lives 28 days and is renewed from half of that on; once a day somebody looks whether
it is still there. Each has a secret of its own, of which the row in `tenant_watches` is the only copy: the row changes
over to a new subscription in one step, and until then the old one with its secret is what is accepted. What a crash or
a colleague left behind in the tenant is found by listing, and removed. None of this is needed for the look every 15
minutes: a failure is noted, and tried again an hour later.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.errands import ask_graph
from bot.outcomes import Dead, Done, End, Kind, Outcome, Work
from bot.watches import look_now
from graph.client import Graph
from graph.errors import GraphError, GraphRefused, NoAccess, fault_of
from graph.subscriptions import Subscription, own_subscriptions, renew, subscribe, unsubscribe
from graph.tenants import Tenants
from storage.database import Database
from storage.subscriptions import (
    Subscribed,
    claim_due,
    forget_subscription,
    keep_subscription_error,
    load_subscribed,
    look_after,
    renewed,
    replace_subscription,
)

KEEP_SUBSCRIPTION = "keep_subscription"
NOTIFICATIONS, LIFECYCLE = "/graph/notifications", "/graph/lifecycle"
"""Where Graph reaches us, after the public address."""

LIVES = timedelta(days=28)
"""Graph allows subscriptions to users 41,760 minutes, an hour less than 29 days."""
RENEWED_BEFORE = LIVES / 2
SPREAD = timedelta(days=2)
"""Tenants that were subscribed in the same hour are renewed over so many days."""
LOOKED_AFTER_EVERY = timedelta(days=1)
TRIED_AGAIN_AFTER = timedelta(hours=1)
AT_ONCE = 200
"""Tenants looked after in one minute: with a look a day that is room for far more than 10,000."""
SECRET_BYTES = 48
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def ask(session: Session, customer_id: int, tenant_id: str, now: datetime, *, renews: bool = False) -> None:
    """Have a tenant's subscription looked after at once; `renews` whether or not it is time."""
    ask_graph(
        session,
        tenant_id,
        KEEP_SUBSCRIPTION,
        {"customer": customer_id, "renews": renews},
        now,
        # Asking twice is asking once; but a wish to renew is not lost to one that only looks.
        replaces=f"{KEEP_SUBSCRIPTION}:{renews}",
    )


def keep_due(session: Session, slot: datetime, now: datetime) -> None:
    """Calendar work: look after the subscriptions whose time has come."""
    for one in claim_due(session, now, now + TRIED_AGAIN_AFTER, AT_ONCE):
        ask(session, one.customer_id, one.tenant_id, now)


def can_be_told(public_url: str) -> bool:
    """Whether Graph sends notifications to this address: over HTTPS, or on this machine, where a stand-in is."""
    parts = urlsplit(public_url)
    return parts.scheme == "https" or parts.hostname in LOOPBACK


def is_time_to_renew(customer_id: int, ends_at: datetime, now: datetime) -> bool:
    """Whether a subscription has passed half of its life, each tenant at its own moment after that."""
    return now >= ends_at - RENEWED_BEFORE + _offset(customer_id)


def _offset(customer_id: int) -> timedelta:
    share = int.from_bytes(hashlib.sha256(str(customer_id).encode()).digest()[:4])
    return SPREAD * (share / 2**32)


@dataclass(frozen=True, slots=True)
class SubscriptionKinds:
    """Performs `keep_subscription`."""

    database: Database
    tenants: Tenants
    public_url: str
    clock: Clock = field(repr=False)

    def kinds(self) -> tuple[Kind, ...]:
        """What the graph lane registers."""
        return (Kind(KEEP_SUBSCRIPTION, self.keep, _kept, is_limited=False),)

    async def keep(self, work: Work) -> Outcome:
        """See that the tenant has exactly the subscription it is to have. A failure is a finding, not a retry."""
        one = await self.database.read(partial(load_subscribed, customer_id=work.payload["customer"]))
        if one is None:
            return Done()
        graph = self.tenants.of(one.tenant_id)
        try:
            if not one.is_on:
                await self._end(graph, one)
            elif not can_be_told(self.public_url):
                return Done({"error": "no_https"})
            else:
                await self._see_to_it(graph, one, renews=bool(work.payload.get("renews")))
        except GraphError as error:
            return Done({"error": fault_of(error)})
        return Done()

    async def _see_to_it(self, graph: Graph, one: Subscribed, *, renews: bool) -> None:
        now = self.clock.now()
        url = self.public_url + NOTIFICATIONS
        there = [found for found in await own_subscriptions(graph) if found.url == url]
        kept = next((found for found in there if found.id == one.subscription_id), None)
        if kept is not None and (renews or is_time_to_renew(one.customer_id, kept.ends_at, now)):
            kept = await self._renew(graph, one, kept)
        elif kept is not None and kept.ends_at != one.ends_at:
            await self.database.write(
                partial(renewed, customer_id=one.customer_id, subscription_id=kept.id, ends_at=kept.ends_at)
            )
        kept_id = kept.id if kept is not None else await self._begin(graph, one)
        if kept_id is None:
            return
        # The one before may have led to another address.
        orphans = {found.id for found in there} | ({one.subscription_id} if one.subscription_id else set())
        for orphan_id in sorted(orphans - {kept_id}):
            await unsubscribe(graph, orphan_id)

    async def _renew(self, graph: Graph, one: Subscribed, found: Subscription) -> Subscription | None:
        """The subscription with a new end, which also answers a wish to reauthorize it; None where it is gone."""
        try:
            again = await renew(graph, found.id, self.clock.now() + LIVES)
        except GraphRefused as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            return None
        await self.database.write(
            partial(renewed, customer_id=one.customer_id, subscription_id=again.id, ends_at=again.ends_at)
        )
        return again

    async def _begin(self, graph: Graph, one: Subscribed) -> str | None:
        """A new subscription with a new secret, kept at once: a crash in between leaves one that listing finds.

        None where somebody else was faster, or the watch ended: then nothing is left of it.
        """
        secret = secrets.token_urlsafe(SECRET_BYTES)
        made = await subscribe(
            graph,
            url=self.public_url + NOTIFICATIONS,
            lifecycle_url=self.public_url + LIFECYCLE,
            secret=secret,
            ends_at=self.clock.now() + LIVES,
        )
        if not await self.database.write(partial(self._change_over, one=one, made=made, secret=secret)):
            await unsubscribe(graph, made.id)
            return None
        return made.id

    def _change_over(self, session: Session, *, one: Subscribed, made: Subscription, secret: str) -> bool:
        is_ours = replace_subscription(
            session, one.customer_id, one.subscription_id, made.id, secret=secret, ends_at=made.ends_at
        )
        if is_ours:
            # What was said of the new one until now had a secret that nobody knew yet.
            look_now(session, one.customer_id, self.clock.now())
        return is_ours

    async def _end(self, graph: Graph, one: Subscribed) -> None:
        """The tenant is no longer watched: what is left of it in the tenant goes, or ends by itself in 28 days."""
        if one.subscription_id is None:
            return
        with suppress(NoAccess):
            await unsubscribe(graph, one.subscription_id)
        await self.database.write(
            partial(forget_subscription, customer_id=one.customer_id, subscription_id=one.subscription_id)
        )


def _kept(session: Session, work: Work, end: End, now: datetime) -> None:
    """Note what came of it, and when to look again."""
    customer_id: int = work.payload["customer"]
    error = end.error if isinstance(end, Dead) else None
    if isinstance(end, Done) and end.result:
        error = str(end.result["error"])
    keep_subscription_error(session, customer_id, error)
    one = load_subscribed(session, customer_id)
    if one is not None and not one.is_on and one.subscription_id is None:
        # Nothing is left; should the watch begin again it gets one at once.
        look_after(session, [customer_id], None)
        return
    look_after(session, [customer_id], now + (TRIED_AGAIN_AFTER if error else LOOKED_AFTER_EVERY))
