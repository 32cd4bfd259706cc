"""Notifications of the stand-in: what changed among the users of a tenant is posted to whoever subscribed.

It looks at the `Directory` every now and then, so it does not matter who changed it; `flush` looks at once and waits
until everything was delivered or given up. As Graph does it: any 2xx within three seconds is delivered, all else is
sent again; a deletion that can be undone is "updated"; whoever lost the permission to read users is told nothing.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING
from uuid import uuid4

import aiohttp

from demo.graph.people import READ, wire
from demo.graph.queries import Json
from demo.graph.subscriptions import Subscription, in_force, subscriptions

if TYPE_CHECKING:
    from demo.graph.directory import Tenant
    from demo.graph.server import GraphStandIn

OK = 200
MULTIPLE_CHOICES = 300
KEPT_AT_MOST = 1_000


@dataclass
class Delivery:
    """One notification on its way: what became of each attempt is an HTTP status, or the name of what went wrong."""

    url: str
    body: Json
    attempts: list[int | str] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether it arrived."""
        return bool(self.attempts) and isinstance(self.attempts[-1], int) and OK <= self.attempts[-1] < MULTIPLE_CHOICES


class Notifier:
    """Sends the notifications of one stand-in. `deliveries` lists the latest of them."""

    def __init__(self, stand_in: GraphStandIn) -> None:
        self._stand_in = stand_in
        self.every_s = 0.2
        self.validation_s = 10.0
        self.answer_s = 3.0
        self.again_after_s = 0.5
        """Doubled with each attempt."""
        self.attempts = 5
        self.deliveries: list[Delivery] = []
        self._seen: dict[str, dict[str, Json | None]] = {}
        self._numbers = count(1)
        self._sending: set[asyncio.Task[None]] = set()
        self._looking: asyncio.Task[None] | None = None
        self._http: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._http = aiohttp.ClientSession()
        self._looking = asyncio.create_task(self._look_again_and_again())

    async def stop(self) -> None:
        """Stop looking and sending."""
        tasks = [*self._sending, *([self._looking] if self._looking else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._http:
            await self._http.close()

    def watch(self, tenant: Tenant) -> None:
        """What is there now is not news."""
        self._seen.setdefault(tenant.id, _state(tenant))

    async def flush(self) -> None:
        """Look now, and wait until everything arrived or was given up."""
        self._look()
        while self._sending:
            await asyncio.wait(set(self._sending))

    async def gives_token_back(self, url: str) -> bool:
        """The handshake: the token comes back as plain text, in time, and unescaped."""
        token = f"Validation: Testing client application reachability for subscription Request-Id: {uuid4()}"
        try:
            async with asyncio.timeout(self.validation_s):
                answer = await self._session.post(url, params={"validationToken": token}, data=b"", headers=_TEXT)
                async with answer:
                    text = await answer.text()
        except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError):
            return False
        return answer.status == OK and answer.content_type == "text/plain" and text == token

    async def ask_to_reauthorize(self, tenant: Tenant, *, pause: bool = False) -> None:
        """Tell every subscriber of a tenant that the subscription has to be reauthorized; waits for the delivery."""
        for one in in_force(tenant, self._stand_in.clock()):
            one.is_paused = one.is_paused or pause
            if one.lifecycle_url:
                item = {**self._head(tenant, one), "lifecycleEvent": "reauthorizationRequired"}
                self._send(one.lifecycle_url, {"value": [item]})
        while self._sending:
            await asyncio.wait(set(self._sending))

    def post(self, url: str, body: Json) -> None:
        """Send anything at all, as somebody could who found the address out."""
        self._send(url, body)

    @property
    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            raise RuntimeError("the stand-in was not started")
        return self._http

    async def _look_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(self.every_s)
            self._look()

    def _look(self) -> None:
        for tenant in self._stand_in.directory.tenants.values():
            if not subscriptions(tenant):
                self._seen.pop(tenant.id, None)
                continue
            now = _state(tenant)
            before = self._seen.get(tenant.id, now)
            self._seen[tenant.id] = now
            if news := _news(before, now):
                self._tell(tenant, news)

    def _tell(self, tenant: Tenant, news: list[tuple[str, str]]) -> None:
        by_url: dict[str, list[Json]] = {}
        for one in in_force(tenant, self._stand_in.clock()):
            principal = tenant.principals.get(one.app_id)
            if one.is_paused or principal is None or not {*principal.role_names} & {*READ}:
                continue
            for user_id, kind in news:
                if kind in one.change_types and one.is_about(user_id):
                    by_url.setdefault(one.url, []).append(self._item(tenant, one, user_id, kind))
        for url, items in by_url.items():
            self._send(url, {"value": items})

    def _head(self, tenant: Tenant, one: Subscription) -> Json:
        return {
            "subscriptionId": one.id,
            "subscriptionExpirationDateTime": one.ends_at.isoformat(),
            "tenantId": tenant.id,
            "clientState": one.client_state,
        }

    def _item(self, tenant: Tenant, one: Subscription, user_id: str, kind: str) -> Json:
        return {
            **self._head(tenant, one),
            "changeType": kind,
            "resource": f"Users/{user_id}",
            "resourceData": {
                "@odata.type": "#Microsoft.Graph.User",
                "@odata.id": f"Users/{user_id}",
                "id": user_id,
                "organizationId": tenant.id,
                "sequenceNumber": next(self._numbers),
            },
        }

    def _send(self, url: str, body: Json) -> None:
        delivery = Delivery(url, body)
        self.deliveries.append(delivery)
        del self.deliveries[:-KEPT_AT_MOST]
        task = asyncio.create_task(self._deliver(delivery))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _deliver(self, delivery: Delivery) -> None:
        for attempt in range(self.attempts):
            if attempt:
                await asyncio.sleep(self.again_after_s * 2 ** (attempt - 1))
            try:
                async with asyncio.timeout(self.answer_s):
                    async with self._session.post(delivery.url, json=delivery.body) as answer:
                        delivery.attempts.append(answer.status)
            except (aiohttp.ClientError, TimeoutError) as error:
                delivery.attempts.append(type(error).__name__)
            if delivery.is_done:
                return


_TEXT = {"Content-Type": "text/plain; charset=utf-8"}


def _state(tenant: Tenant) -> dict[str, Json | None]:
    """Everybody as they are; None for who is deleted and can be restored."""
    return {**{user.id: wire(user) for user in tenant.users.values()}, **dict.fromkeys(tenant.deleted)}


def _news(before: dict[str, Json | None], now: dict[str, Json | None]) -> list[tuple[str, str]]:
    """Who changed, and what Graph calls it: somebody new and somebody deleted for a while are "updated" too."""
    changed = [user_id for user_id, state in now.items() if user_id not in before or before[user_id] != state]
    return [
        *((user_id, "updated") for user_id in changed),
        *((user_id, "deleted") for user_id in before if user_id not in now),
    ]
