"""The whole bot put together: web server, router, delivery, schedule. One function makes it, one place closes it.

POST /api/messages   activities from Teams
POST /graph/...      notifications from Microsoft Graph
GET  /files/{token}  a file, by a signed link that expires
GET  /consent/...    what is asked of a customer's administrator, and the way back from Microsoft
GET  /healthz        the process answers
GET  /readyz         database and Teams' keys are there (503 otherwise)
GET  /metrics        numbers for Prometheus
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from aiohttp import web

from bot.clock import Clock, SystemClock
from bot.consent_pages import ConsentPages
from bot.credentials import CredentialWatch
from bot.delivery import Delivery
from bot.file_pages import serve_file
from bot.graph_notices import NoticeDesk
from bot.kinds import graph_kinds, teams_kinds
from bot.limits import Limits
from bot.mailers import mailer_of
from bot.metrics import CONTENT_TYPE, Metrics
from bot.outcomes import back_off_s
from bot.policies import policy_of
from bot.recorded_consents import look_for_old
from bot.reminders import recurring_with, timers_with
from bot.router import Router
from bot.schedule import Schedule
from bot.settings import Settings
from bot.subscriptions import LIFECYCLE, NOTIFICATIONS
from bot.teams.activities import Activities, Spoken, WayOut
from bot.teams.adapter import TeamsAdapter
from bot.teams.connector import BotConnector, Tokens, open_session
from bot.teams.door import Door
from bot.teams.hosts import TrustedHosts
from bot.teams.keys import KeyStore
from bot.teams.tokens import TokenCheck
from bot.tenants import administrators_sign_in, all_tenants, bot_tokens
from bot.wire import Busy, Connector, Incoming, Message, Refused, Reply
from cards.language import language_of_locale, texts_for
from graph.access import TokenSource
from graph.tenants import Tenants
from storage import outbox
from storage.database import Database, open_database
from storage.outbox_states import Lane

ANSWER_ATTEMPTS = 5
LONGEST_WAIT_S = 30.0
GRAPH_SLOTS = 16
GRAPH_TIMEOUT_S = 60.0
"""A question to Graph with its retries takes 45 seconds at most; some kinds ask two."""
LOOK_S = 15.0
"""How often the outbox is looked at for the metrics."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Running:
    """The parts of a running bot that tests and the demo reach for."""

    database: Database
    router: Router
    delivery: Delivery
    graph_delivery: Delivery
    """The same for calls to Graph, in a lane of their own."""
    schedule: Schedule
    connector: Connector
    metrics: Metrics
    tenants: Tenants


RUNNING: web.AppKey[Running] = web.AppKey("running", Running)


def create_app(
    settings: Settings, *, clock: Clock | None = None, tokens: Tokens | None = None, loopback: bool = False
) -> web.Application:
    """The bot as an aiohttp application. `tokens` and `loopback` are for stand-ins on this machine only."""
    app = web.Application()
    bot = _Bot(settings, clock or SystemClock(), tokens, loopback=loopback)
    app.cleanup_ctx.append(bot.run)
    app.router.add_post("/api/messages", bot.messages)
    app.router.add_get("/files/{token}", bot.file)
    sign_in = administrators_sign_in(settings)
    ConsentPages(bot.database, policy_of(settings), sign_in, bot.clock, settings.login_host).add_routes(app)
    app.router.add_post(NOTIFICATIONS, bot.notice)
    app.router.add_post(LIFECYCLE, bot.notice)
    app.router.add_get("/healthz", bot.health)
    app.router.add_get("/readyz", bot.ready)
    if settings.metrics:
        app.router.add_get("/metrics", bot.numbers)
    return app


class _Bot:
    """Holds what `run` opens, so that the handlers find it."""

    def __init__(self, settings: Settings, clock: Clock, tokens: Tokens | None, *, loopback: bool) -> None:
        self._settings = settings
        self.clock = self._clock = clock
        self._own_tokens = tokens
        self._loopback = loopback
        self._metrics = Metrics(process=True)
        self._refused: Counter[str] = Counter()
        self._limits = Limits(clock)

    def database(self) -> Database:
        """The database, which is opened when the bot starts."""
        return self._database

    async def run(self, app: web.Application) -> AsyncIterator[None]:
        """Open everything, serve, and close it in the opposite order; turns under way are finished first."""
        settings, clock = self._settings, self._clock
        hosts = TrustedHosts(frozenset(settings.teams_hosts), loopback=self._loopback)
        async with contextlib.AsyncExitStack() as stack:
            database = self._database = open_database(settings.database_url)
            stack.push_async_callback(database.close)
            await database.upgrade()
            await database.write(partial(look_for_old, now=clock.now()))
            session = await stack.enter_async_context(open_session())
            self._keys = KeyStore(session, openid_url=settings.openid_metadata_url)
            stack.push_async_callback(self._keys.close)
            tenants = await all_tenants(settings)
            stack.push_async_callback(tenants.close)
            tokens = self._own_tokens or bot_tokens(settings)
            if isinstance(tokens, TokenSource):
                stack.push_async_callback(tokens.close)
            self._connector = BotConnector(
                session,
                tokens,
                app_id=settings.app_id,
                hosts=hosts,
                file_hosts=TrustedHosts(frozenset(settings.file_hosts), loopback=self._loopback),
            )
            self._notices = NoticeDesk(database, clock, self._metrics)
            self._router = Router(database, policy_of(settings))
            activities = Activities(self._router, WayOut(self._post, self._replace), Spoken(_failure, _patience))
            self._door = Door(
                TokenCheck(settings.app_id, self._keys), TeamsAdapter(activities), hosts=hosts, clock=clock.now
            )
            policy = self._router.policy
            mailer = mailer_of(settings, tenants)
            kinds = teams_kinds(database, self._connector, policy, mailer=mailer, clock=clock, limits=self._limits)
            delivery = Delivery(database, kinds, clock, self._limits, observe=self._metrics.delivered)
            graph_delivery = Delivery(
                database,
                graph_kinds(database, tenants, settings, policy, clock=clock),
                clock,
                self._limits,
                slots=GRAPH_SLOTS,
                timeout_s=GRAPH_TIMEOUT_S,
                lane=Lane.GRAPH,
                observe=self._metrics.delivered,
            )
            schedule = Schedule(database, timers_with(policy), recurring_with(policy), clock)
            await delivery.start()
            stack.push_async_callback(delivery.stop)
            await graph_delivery.start()
            stack.push_async_callback(graph_delivery.stop)
            await schedule.start()
            stack.push_async_callback(schedule.stop)
            looking = asyncio.create_task(self._look(), name="metrics")
            stack.callback(looking.cancel)
            home = tenants.of(settings.app_tenant_id) if self._own_tokens is None else None
            watch = CredentialWatch(database, settings, clock, self._metrics, home)
            watching = asyncio.create_task(watch.run(), name="credentials")
            stack.callback(watching.cancel)
            stack.push_async_callback(activities.drain, 10.0)
            app[RUNNING] = Running(
                database, self._router, delivery, graph_delivery, schedule, self._connector, self._metrics, tenants
            )
            yield

    # --- the way out --------------------------------------------------------------------------------------------------

    async def _post(self, incoming: Incoming, message: Message) -> None:
        await self._insist(
            incoming, lambda: self._connector.send(incoming.service_url, incoming.conversation_id, message)
        )

    async def _replace(self, incoming: Incoming, message: Message) -> None:
        if (replaced := incoming.reply_to_id) is None:
            raise Refused(404, "no message to replace")
        await self._insist(
            incoming,
            lambda: self._connector.update(incoming.service_url, incoming.conversation_id, replaced, message),
        )

    async def _insist(self, incoming: Incoming, call: Callable[[], Awaitable[object]]) -> None:
        """An answer has no row in the outbox: where Teams is busy for a moment it waits here, or it would be lost.

        Raises Busy after five attempts. Only what Teams refused is tried again, never what may have been done.
        """
        for fails in range(1, ANSWER_ATTEMPTS + 1):
            await self._limits.wait(self._chat(incoming), incoming.tenant_id)
            try:
                await call()
            except Busy as busy:
                if fails == ANSWER_ATTEMPTS:
                    raise
                wanted = back_off_s(fails) if busy.retry_after_s is None else busy.retry_after_s
                await asyncio.sleep(min(wanted, LONGEST_WAIT_S))
            else:
                return

    def _chat(self, incoming: Incoming) -> str:
        return self._router.mailboxes.get(incoming.conversation_id, incoming.conversation_id)

    # --- the pages ----------------------------------------------------------------------------------------------------

    async def messages(self, request: web.Request) -> web.StreamResponse:
        """An activity from Teams."""
        began = time.monotonic()
        response = await self._door.handle(request)
        outcome = "answered" if response.status == HTTPStatus.OK else "refused"
        self._metrics.turn("activity", outcome, time.monotonic() - began)
        return response

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A file, for whoever holds a link that is signed and has not expired."""
        return await serve_file(request, self._database, self._router.policy, self._clock.now())

    async def notice(self, request: web.Request) -> web.Response:
        """What Microsoft Graph tells of a tenant."""
        return await self._notices.receive(request)

    async def health(self, request: web.Request) -> web.Response:
        """The process runs."""
        return web.Response(text="ok")

    async def ready(self, request: web.Request) -> web.Response:
        """Whether this replica can answer people: the database answers."""
        try:
            await asyncio.wait_for(self._database.read(partial(outbox.gauges, now=self._clock.now())), 5)
        except Exception as error:  # noqa: BLE001 - whatever it is, this replica is not ready
            _log.warning("not ready: %s", type(error).__name__)
            return web.Response(status=503, text="database")
        return web.Response(text="ready")

    async def numbers(self, request: web.Request) -> web.Response:
        """The metrics. What the door refused is counted there, and carried over when somebody looks."""
        for reason, times in (self._door.refusals - self._refused).items():
            self._metrics.refused(reason, times)
        self._refused = self._door.refusals.copy()
        return web.Response(body=self._metrics.render(), headers={"Content-Type": CONTENT_TYPE})

    async def _look(self) -> None:
        while True:
            try:
                now = self._clock.now()
                found = await self._database.read(partial(outbox.gauges, now=now))
                self._metrics.outbox(
                    pending=found.waiting,
                    dead=found.dead,
                    oldest_seconds=found.oldest_s,
                    graph_oldest_seconds=found.graph_oldest_s,
                )
            except Exception as error:  # noqa: BLE001 - the next look may work
                _log.warning("no look at the outbox: %s", type(error).__name__)
            await asyncio.sleep(LOOK_S)


def _failure(incoming: Incoming, reference: str) -> Reply:
    t = texts_for(language_of_locale(incoming.locale))
    return Reply(
        text=t(
            "Something went wrong; nothing was lost. Try again, or call us and name {reference}.", reference=reference
        ),
        is_error=True,
    )


def _patience(incoming: Incoming) -> Reply:
    return Reply(
        text=texts_for(language_of_locale(incoming.locale))("Still working on it; the card follows by itself.")
    )
