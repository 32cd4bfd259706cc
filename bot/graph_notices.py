"""POST /graph/notifications and /graph/lifecycle: Microsoft Graph says that something changed in a customer's tenant.

Anybody can send to these addresses, so nothing that arrives is believed. A notification whose `clientState` is the
secret of that tenant's subscription has the tenant looked at, once for a burst of them; what is looked at is asked of
Graph. Every other one is counted and answered like a good one, so that guessing teaches nothing. Graph wants its answer
within three seconds and comes back for up to four hours after a 503, which is what it gets where the database is slow.
The usual look every 15 minutes comes anyway: what is lost here is late by that much, and nothing more.
"""

from __future__ import annotations

import asyncio
import hmac
import html
import logging
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import web
from sqlalchemy.orm import Session

from bot import subscriptions
from bot.clock import Clock
from bot.metrics import Metrics
from bot.watches import look_now
from storage import timers
from storage.database import Database
from storage.subscriptions import Subscribed, find_subscribed, mark_notified

PATIENCE_S = 2.5
"""Seconds in which it is answered, whatever happens: Graph counts more than 2.9 as slow."""
MOST_BYTES = 1024 * 1024
MOST_ITEMS = 2000
MOST_SUBSCRIPTIONS = 200
"""What one request can make us look up; Graph sends those of one tenant together."""
AT_ONCE = 32
"""Requests that wait for the database; more than that are asked to come again."""
MOST_HELD = 16 * MOST_BYTES
"""Bytes of all bodies under way. Who sends slowly holds few, so it takes no place from Graph."""
LONGEST_TOKEN = 2048
LONGEST_ID, LONGEST_STATE = 100, 128

SETTLES = timedelta(seconds=2)
"""Changes come in bursts; a look that waits so long sees all of one."""
SPACED = timedelta(seconds=20)
"""How often notifications have a tenant looked at, at most."""
QUIET_TENANTS = 20_000
LOGGED_EVERY = timedelta(minutes=1)

LOOK_AT_TENANT = "look_at_tenant"
_NEEDS_CARE = frozenset({"reauthorizationRequired", "subscriptionRemoved"})
_MISSED_SOME = frozenset({"missed", "subscriptionRemoved"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Notice:
    """One item of a request, as far as it is used. `event` is the lifecycle event, empty for a change."""

    subscription_id: str
    state: str
    tenant_id: str | None
    event: str


class _TooMuchAtOnce(Exception):
    """All bodies together are larger than what is kept of them."""


class NoticeDesk:
    """Takes notifications. One per process; what it remembers is bounded and only spares the database."""

    def __init__(self, database: Database, clock: Clock, metrics: Metrics, *, patience_s: float = PATIENCE_S) -> None:
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._patience_s = patience_s
        self._under_way = 0
        self._held = 0
        self._quiet: OrderedDict[tuple[str, bool], tuple[Subscribed, datetime]] = OrderedDict()
        self._logged_at: datetime | None = None

    async def receive(self, request: web.Request) -> web.Response:
        """Answer one request: 200 with the token of a validation, 202 for notifications, 503 where that took long."""
        token = request.query.get("validationToken")
        if token is not None:
            return _validated(token)
        body = bytearray()
        try:
            async with asyncio.timeout(self._patience_s):
                if await self._is_read(request, body):
                    return await self._take(bytes(body))
                self._metrics.notices({"too_large": 1})
                return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except _TooMuchAtOnce:
            return _later()
        except TimeoutError:
            self._metrics.notices({"too_slow": 1})
            return _later()
        except Exception as error:  # noqa: BLE001 -- whatever it is, Graph shall come again
            _log.warning("a notification waits: %s", type(error).__name__)
            return _later()
        finally:
            self._held -= len(body)

    async def _is_read(self, request: web.Request, body: bytearray) -> bool:
        """Read the body; False where it is too large. No more than the limits is kept. Raises _TooMuchAtOnce."""
        if (request.content_length or 0) > MOST_BYTES:
            return False
        async for part in request.content.iter_any():
            body += part
            self._held += len(part)
            if len(body) > MOST_BYTES:
                return False
            if self._held > MOST_HELD:
                raise _TooMuchAtOnce
        return True

    async def _take(self, body: bytes) -> web.Response:
        if self._under_way >= AT_ONCE:
            return _later()
        self._under_way += 1
        try:
            return await self._act_on(*read_notices(body))
        finally:
            self._under_way -= 1

    async def _act_on(self, notices: Sequence[Notice], seen: Counter[str]) -> web.Response:
        wanted = await self._checked(notices, seen)
        if wanted:
            # What is remembered must not outlive a transaction that was undone.
            quiet = await self._database.write(partial(_act, wanted=wanted, now=self._clock.now()))
            for (one, is_care), until in zip(wanted, quiet, strict=True):
                self._be_quiet(one, is_care, until)
        self._metrics.notices(seen)
        return web.Response(status=HTTPStatus.ACCEPTED)

    async def _checked(self, notices: Iterable[Notice], seen: Counter[str]) -> list[tuple[Subscribed, bool]]:
        """The subscriptions that something genuine was said about: to be looked at, or (True) to be cared for."""
        now = self._clock.now()
        by_id: dict[str, list[Notice]] = {}
        for notice in notices:
            by_id.setdefault(notice.subscription_id, []).append(notice)
        unknown = [one for one in by_id if self._remembered(one, now) is None]
        loaded = await self._database.read(partial(find_subscribed, subscription_ids=unknown)) if unknown else {}
        wanted: list[tuple[Subscribed, bool]] = []
        for subscription_id, items in by_id.items():
            known = loaded.get(subscription_id) or self._remembered(subscription_id, now)
            genuine = [one for one in items if self._is_genuine(one, known, seen)]
            if known is None or not genuine:
                continue
            looks = any(not one.event or one.event in _MISSED_SOME for one in genuine)
            cares = any(one.event in _NEEDS_CARE for one in genuine)
            for is_care, is_wanted in ((False, looks), (True, cares)):
                if is_wanted and not self._is_quiet(subscription_id, is_care, now):
                    wanted.append((known, is_care))
        return wanted

    def _is_genuine(self, notice: Notice, known: Subscribed | None, seen: Counter[str]) -> bool:
        """Whether it carries the secret. It takes as long for a subscription that nobody knows."""
        secret = known.secret if known is not None and known.secret else ""
        is_same = hmac.compare_digest(notice.state.encode(), secret.encode())
        if known is None or not secret:
            seen["unknown"] += 1
            return False
        if not is_same:
            seen["wrong_secret"] += 1
            self._say_forged(known)
            return False
        if notice.tenant_id is not None and notice.tenant_id.lower() != known.tenant_id.lower():
            seen["other_tenant"] += 1
            return False
        seen["accepted"] += 1
        return True

    def _say_forged(self, known: Subscribed) -> None:
        now = self._clock.now()
        if self._logged_at is None or now - self._logged_at >= LOGGED_EVERY:
            self._logged_at = now
            _log.warning("a notification about customer %d carried the wrong secret", known.customer_id)

    # --- what is remembered -------------------------------------------------------------------------------------------

    def _remembered(self, subscription_id: str, now: datetime) -> Subscribed | None:
        """The subscription, while nothing has to be done for another notification of it."""
        kept = self._quiet.get((subscription_id, False))
        return kept[0] if kept is not None and now < kept[1] else None

    def _is_quiet(self, subscription_id: str, is_care: bool, now: datetime) -> bool:
        kept = self._quiet.get((subscription_id, is_care))
        return kept is not None and now < kept[1]

    def _be_quiet(self, one: Subscribed, is_care: bool, until: datetime) -> None:
        if one.subscription_id is None:
            return
        self._quiet[(one.subscription_id, is_care)] = (one, until)
        self._quiet.move_to_end((one.subscription_id, is_care))
        if len(self._quiet) > QUIET_TENANTS:
            self._quiet.popitem(last=False)


def _act(session: Session, *, wanted: Sequence[tuple[Subscribed, bool]], now: datetime) -> list[datetime]:
    """Ask for what follows from genuine notifications; until when another one of each asks for nothing more."""
    quiet = []
    for one, is_care in wanted:
        if is_care:
            subscriptions.ask(session, one.customer_id, one.tenant_id, now, renews=True)
            quiet.append(now + SPACED)
        else:
            quiet.append(plan_look(session, one, now))
    return quiet


def plan_look(session: Session, one: Subscribed, now: datetime) -> datetime:
    """Have the tenant looked at soon; returns when. A look that is planned already sees what changed by now."""
    key = f"{LOOK_AT_TENANT}:{one.customer_id}"
    planned = timers.armed_until(session, key)
    if planned is not None:
        return planned
    at = now + SETTLES
    if one.notified_at is not None:
        at = max(at, one.notified_at + SPACED)
    timers.arm(session, key, at, LOOK_AT_TENANT, {"customer": one.customer_id})
    mark_notified(session, one.customer_id, now)
    return at


def look_at_tenant(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """The timer of a notification: the look itself is made by whoever makes the usual ones."""
    look_now(session, payload["customer"], now)


def read_notices(body: bytes) -> tuple[list[Notice], Counter[str]]:
    """The items of a request that can be read, and how many can't be or are too many."""
    seen: Counter[str] = Counter()
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return [], Counter(unreadable=1)
    items = found.get("value") if isinstance(found, dict) else None
    if not isinstance(items, list):
        return [], Counter(unreadable=1)
    if len(items) > MOST_ITEMS:
        seen["too_many"] += len(items) - MOST_ITEMS
    notices: list[Notice] = []
    subscribed: set[str] = set()
    for item in items[:MOST_ITEMS]:
        notice = _notice(item)
        if notice is None:
            seen["unreadable"] += 1
        elif notice.subscription_id not in subscribed and len(subscribed) >= MOST_SUBSCRIPTIONS:
            seen["too_many"] += 1
        else:
            subscribed.add(notice.subscription_id)
            notices.append(notice)
    return notices, seen


def _notice(item: Any) -> Notice | None:
    if not isinstance(item, dict):
        return None
    subscription_id, state, event = item.get("subscriptionId"), item.get("clientState"), item.get("lifecycleEvent", "")
    tenant_id = item.get("tenantId") or item.get("organizationId")
    if not isinstance(subscription_id, str) or not 0 < len(subscription_id) <= LONGEST_ID:
        return None
    if not isinstance(state, str) or len(state) > LONGEST_STATE or not isinstance(event, str):
        return None
    if tenant_id is not None and not isinstance(tenant_id, str):
        return None
    if any("\x00" in part for part in (subscription_id, tenant_id or "")):
        # A character that no database takes.
        return None
    return Notice(subscription_id, state, tenant_id, event)


def _validated(token: str) -> web.Response:
    """The token as Graph wants it back; it is text, whatever was sent as one."""
    if not 0 < len(token) <= LONGEST_TOKEN:
        return web.Response(status=HTTPStatus.BAD_REQUEST)
    return web.Response(text=html.escape(token), headers={"X-Content-Type-Options": "nosniff"})


def _later() -> web.Response:
    return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "10"})
