"""Starts the real bot against the stand-ins: its own settings, a fresh SQLite file, the demo's people in it.

Authentication stays on in both directions; only two things differ from an installation: loopback addresses may be
called without TLS, and the bot's token for Teams comes from the stand-in instead of Entra. Graph and its tokens come
over TLS, by msal and msgraph-sdk as everywhere.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
from aiohttp import web
from pydantic import SecretStr
from sqlalchemy.orm import Session

from bot.app import create_app
from bot.clock import Clock
from bot.settings import Settings
from cards.language import language_of_locale
from contract.parties import Address, BillingDetails
from contract.people import Role
from demo.connector import SECRET, StandIn
from demo.graph.server import GraphStandIn
from demo.people import BAKERY, GARAGE, PEOPLE, PROVIDER, Identity, Part
from demo.tenants import ENGINEERS_GROUP, MAILBOX, PERMISSIONS, furnish
from demo.tokens import StandInTokens
from documents.receipts import new_key
from storage.billing_details import save_billing_details
from storage.contacts import add_customer, appoint
from storage.contracts import add_consent, add_contract
from storage.database import open_database
from storage.people import add_person, set_staff_role

SIGNED_AT = datetime(2025, 12, 11, 10, 0, tzinfo=UTC)
SIGNED_BY_GARAGE_AT = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
REDIRECTS = ("consent/signed-in", "consent/done")
GDAP_DAYS = 90
"""Short, so that a story sees the end come near."""
_STAFF = {Part.ENGINEER: Role.ENGINEER, Part.MANAGER: Role.MANAGER}


def settings(stand_in: StandIn, graph: GraphStandIn, database_url: str, port: int) -> Settings:
    """The bot's settings for a stand-in; nothing is read from the environment but what is not named here."""
    return Settings(
        app_id=stand_in.app_id,
        app_tenant_id=PROVIDER.tenant_id,
        app_secret=SecretStr(SECRET),
        database_url=database_url,
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        link_signing_key=SecretStr("0123456789abcdef" * 4),
        receipt_key=SecretStr(new_key()),
        provider_legal_name="Oxineo B.V.",
        provider_street="Voorstraat 116",
        provider_postal_code="3231 BK",
        provider_city="Brielle",
        provider_registration="12345678",
        provider_vat_id="NL123456782B90",
        provider_iban="NL91ABNA0417164300",
        openid_metadata_url=stand_in.openid_url,
        login_host=graph.login_host,
        graph_url=graph.url,
        trusted_ca=graph.ca_path,
        graph_permissions=PERMISSIONS,
        gdap_group=ENGINEERS_GROUP,
        gdap_days=GDAP_DAYS,
        mail_mailbox=MAILBOX,
    )


def fill(session: Session, people: tuple[Identity, ...], now: datetime) -> None:
    """The customer with its contract and consent, its two contacts, and the provider's people."""
    customer_id = add_customer(session, BAKERY.name, BAKERY.tenant_id, SIGNED_AT)
    add_contract(
        session,
        customer_id,
        number="2026-007",
        signed_at=SIGNED_AT,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )
    save_billing_details(
        session,
        customer_id,
        BillingDetails(
            legal_name="Bakkerij Korenbloem B.V.",
            address=Address(street="Dorpsstraat 1", postal_code="3231 AA", city="Brielle"),
            registration="87654321",
        ),
    )
    add_consent(
        session,
        customer_id,
        document="Verklaring toegang Microsoft 365, 11-12-2025",
        recorded_by=None,
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        valid_until=None,
        now=SIGNED_AT,
    )
    _add_garage(session)
    for who in people:
        if who.part is Part.STRANGER:
            continue  # nobody knows a stranger before he knocks
        person_id = add_person(
            session,
            tenant_id=who.tenant_id,
            object_id=who.object_id,
            name=who.name,
            language=language_of_locale(who.locale),
            now=now,
            email=who.email,
        )
        if who.part is Part.CONTACT:
            appoint(session, customer_id, person_id, None, now)
        else:
            set_staff_role(session, person_id, _STAFF[who.part])


def _add_garage(session: Session) -> None:
    """A customer that begins in December, signed for next year already; its contacts are still to be appointed."""
    garage_id = add_customer(session, GARAGE.name, GARAGE.tenant_id, SIGNED_BY_GARAGE_AT)
    for year, month in ((2026, 12), (2027, 1)):
        add_contract(
            session,
            garage_id,
            number=f"{year}-021",
            signed_at=SIGNED_BY_GARAGE_AT,
            starts_on=date(year, month, 1),
            ends_on=date(year, 12, 31),
        )


@asynccontextmanager
async def product(stand_in: StandIn, database_url: str, clock: Clock) -> AsyncIterator[web.Application]:
    """The running bot over an empty database; `stand_in` is connected to it. `app[bot.app.RUNNING]` has its parts.

    Graph is in `stand_in.graph` while it runs.
    """
    database = open_database(database_url)
    try:
        await database.upgrade()
        await database.write(lambda session: fill(session, PEOPLE, clock.now()))
    finally:
        await database.close()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="fourstar-graph-"))
        graph = await stack.enter_async_context(GraphStandIn(Path(folder), clock=stand_in.clock))
        furnish(graph, stand_in)
        browser = await stack.enter_async_context(aiohttp.ClientSession())
        tokens = StandInTokens(stand_in.token_url, stand_in.app_id, SECRET, browser)
        # The server is bound before the bot is made, because links to files carry the port.
        sock = stack.enter_context(_listen())
        port = int(sock.getsockname()[1])
        chosen = settings(stand_in, graph, database_url, port)
        graph.directory.apps[chosen.app_id].redirect_urls += [f"{chosen.public_url}/{path}" for path in REDIRECTS]
        app = create_app(chosen, clock=clock, tokens=tokens, loopback=True)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        await web.SockSite(runner, sock).start()
        stand_in.line.url, stand_in.graph = f"http://127.0.0.1:{port}/api/messages", graph
        yield app


def _listen() -> socket.socket:
    """A socket on a free port of the loopback address."""
    return socket.create_server(("127.0.0.1", 0))


@asynccontextmanager
async def start_product(stand_in: StandIn, folder: Path) -> AsyncIterator[str]:
    """The bot for `demo.run`: SQLite in `folder`, the stand-in's clock."""
    async with product(stand_in, f"sqlite:///{folder / 'demo.sqlite'}", ClockOf(stand_in)):
        yield stand_in.line.url


class ClockOf:
    """The stand-in's clock in the shape the bot asks for."""

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return self._stand_in.clock()
