"""The bot as it is started in earnest, with three more addresses for `bench.turns`. A process of its own.

Authentication is on in both directions, keys and tokens come from the stand-in for the Bot Connector. Delivery is
paused except while deliveries are measured.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time

import aiohttp
from aiohttp import web
from pydantic import SecretStr

from bench.serving import serve
from bot import announcements
from bot.app import RUNNING, create_app
from bot.clock import SystemClock
from bot.settings import Settings
from demo.connector import SECRET
from demo.people import BOT_APP_ID, PROVIDER
from demo.tokens import StandInTokens
from documents.receipts import new_key
from storage.outbox_tables import mailbox, outbox
from storage.sessions import Session


async def pause(request: web.Request) -> web.Response:
    """Deliver nothing from now on."""
    request.app[RUNNING].delivery.pause()
    return web.Response()


async def deliver(request: web.Request) -> web.Response:
    """Forget what waits, enqueue `rows` (lists of person, ticket, event), and time their delivery."""
    running = request.app[RUNNING]
    asked = await request.json()
    now = SystemClock().now()

    def enqueue(session: Session) -> None:
        session.execute(outbox.delete())
        session.execute(mailbox.delete())
        for person_id, ticket, event_id in asked["rows"]:
            if asked["kind"] == announcements.SHOW:
                announcements.show_ticket(session, person_id, ticket, now)
            else:
                announcements.tell(session, person_id, event_id, now)

    await running.database.write(enqueue)
    cpu_s, began = time.process_time(), time.monotonic()
    running.delivery.resume()
    await running.delivery.drained()
    spent = {"cpu_s": time.process_time() - cpu_s, "wall_s": time.monotonic() - began}
    running.delivery.pause()
    return web.json_response(spent)


async def main(connector_url: str, database_url: str) -> None:
    """Serve until stdin ends."""
    logging.basicConfig(level=logging.ERROR)
    settings = Settings(
        app_id=BOT_APP_ID,
        app_tenant_id=PROVIDER.tenant_id,
        app_secret=SecretStr(SECRET),
        database_url=database_url,
        public_url="http://127.0.0.1:3978",
        link_signing_key=SecretStr("0123456789abcdef" * 4),
        receipt_key=SecretStr(new_key()),
        openid_metadata_url=f"{connector_url}/v1/.well-known/openidconfiguration",
    )
    async with aiohttp.ClientSession() as session:
        token_url = f"{connector_url}/{PROVIDER.tenant_id}/oauth2/v2.0/token"
        tokens = StandInTokens(token_url, BOT_APP_ID, SECRET, session)
        app = create_app(settings, tokens=tokens, loopback=True)
        app.router.add_post("/bench/pause", pause)
        app.router.add_post("/bench/deliver", deliver)
        await serve(app)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
