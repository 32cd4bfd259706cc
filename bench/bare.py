"""The yardstick: the least a bot can do for a turn. Started by `bench.turns` in a process of its own.

It checks the token (RS256 with a key that is kept), reads the JSON, and either posts a card of the same size as the
product's and answers, or adds one row with a full commit of its own and answers with such a card. The row is added in
two ways: with the driver alone, and through the product's SQLAlchemy engine, which costs more than the row itself.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import aiohttp
import asyncpg
import orjson
from aiohttp import web
from jwt import PyJWK, PyJWS
from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, insert, make_url

from bench.serving import serve
from storage.engines import postgresql_engine, sqlite_engine

Insert = Callable[[str, bytes], Awaitable[object]]
CLICKS = Table(
    "clicks",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("key", String, unique=True),
    Column("body", LargeBinary),
)
_INSERT = insert(CLICKS)
_JWS = PyJWS(algorithms=["RS256"])


@cache
def _card(size: int) -> bytes:
    """A card of so many bytes."""
    return orjson.dumps({"type": "AdaptiveCard", "body": [{"type": "TextBlock", "text": "x" * (size - 71)}]})


class Bare:
    """The handlers. `keys` by key id; `inserts` add a row and commit it, by name."""

    def __init__(self, session: aiohttp.ClientSession, keys: dict[str, PyJWK], inserts: dict[str, Insert]) -> None:
        self._session, self._keys, self._inserts = session, keys, inserts

    async def _activity(self, request: web.Request) -> tuple[bytes, dict[str, object]]:
        token = request.headers["Authorization"].partition(" ")[2]
        key = self._keys[_JWS.get_unverified_header(token)["kid"]].key
        claims = orjson.loads(_JWS.decode(token, key, algorithms=["RS256"]))
        if claims["exp"] < time.time():
            raise web.HTTPUnauthorized
        body = await request.read()
        activity = orjson.loads(body)
        if claims["serviceurl"] != activity["serviceUrl"]:
            raise web.HTTPUnauthorized
        return body, activity

    async def post(self, request: web.Request) -> web.Response:
        """Answer a message with a card."""
        _, activity = await self._activity(request)
        card = orjson.Fragment(_card(int(request.match_info["size"])))
        reply = {
            "type": "message",
            "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
        }
        url = f"{activity['serviceUrl']}v3/conversations/{activity['conversation']['id']}/activities"  # type: ignore[index]
        headers = {"Authorization": "Bearer x", "Content-Type": "application/json"}
        async with self._session.post(url, data=orjson.dumps(reply), headers=headers) as response:
            orjson.loads(await response.read())
        return web.Response()

    async def row(self, request: web.Request) -> web.Response:
        """Keep a click, answer it with a card."""
        body, activity = await self._activity(request)
        await self._inserts[request.match_info["way"]](str(activity["id"]), body)
        card = orjson.Fragment(_card(int(request.match_info["size"])))
        answer = {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": card}
        return web.Response(body=orjson.dumps(answer), content_type="application/json")


async def _sqlite(path: str) -> dict[str, Insert]:
    thread = ThreadPoolExecutor(1)

    def prepare() -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        return connection

    loop = asyncio.get_running_loop()
    engine = sqlite_engine(Path(path), may_write=True)
    CLICKS.metadata.create_all(engine)
    connection = await loop.run_in_executor(thread, prepare)

    async def driver(key: str, body: bytes) -> object:
        statement = "INSERT INTO clicks (key, body) VALUES (?, ?)"
        return await loop.run_in_executor(thread, connection.execute, statement, (key, body))

    def add(key: str, body: bytes) -> None:
        with engine.begin() as connection:
            connection.execute(_INSERT, {"key": key, "body": body})

    async def through_engine(key: str, body: bytes) -> object:
        return await loop.run_in_executor(thread, add, key, body)

    return {"driver": driver, "engine": through_engine}


async def _postgresql(url: str) -> dict[str, Insert]:
    pool = await asyncpg.create_pool(url.replace("+asyncpg", ""), min_size=8, max_size=8)
    engine = postgresql_engine(make_url(url))
    async with engine.begin() as connection:
        await connection.run_sync(CLICKS.metadata.create_all)

    async def driver(key: str, body: bytes) -> object:
        return await pool.execute("INSERT INTO clicks (key, body) VALUES ($1, $2)", key, body)

    async def through_engine(key: str, body: bytes) -> object:
        async with engine.begin() as connection:
            return await connection.execute(_INSERT, {"key": key, "body": body})

    return {"driver": driver, "engine": through_engine}


async def main(connector_url: str, database_url: str) -> None:
    """Serve until stdin ends."""
    is_sqlite = database_url.startswith("sqlite")
    inserts = await (_sqlite(database_url.removeprefix("sqlite:///")) if is_sqlite else _postgresql(database_url))
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        async with session.get(f"{connector_url}/v1/.well-known/keys") as response:
            found = (await response.json())["keys"]
        bare = Bare(session, {key["kid"]: PyJWK(key, "RS256") for key in found}, inserts)
        app = web.Application()
        app.router.add_post("/post/{size}", bare.post)
        app.router.add_post("/row/{way}/{size}", bare.row)
        await serve(app)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
