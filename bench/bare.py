"""The yardstick: the least a bot can do for a turn. Started by `bench.turns` in a process of its own.

It checks the token (RS256 with a key that is kept), reads the JSON, and either posts a card of the same size as the
product's and answers, or adds one row with a full commit of its own and answers with such a card.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import aiohttp
import asyncpg
import orjson
from aiohttp import web
from jwt import PyJWK, PyJWS

from bench.serving import serve

Insert = Callable[[str, bytes], Awaitable[object]]
_JWS = PyJWS(algorithms=["RS256"])


@cache
def _card(size: int) -> bytes:
    """A card of so many bytes."""
    return orjson.dumps({"type": "AdaptiveCard", "body": [{"type": "TextBlock", "text": "x" * (size - 71)}]})


class Bare:
    """The handlers. `keys` by key id; `insert` adds a row and commits it."""

    def __init__(self, session: aiohttp.ClientSession, keys: dict[str, PyJWK], insert: Insert) -> None:
        self._session, self._keys, self._insert = session, keys, insert

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
        await self._insert(str(activity["id"]), body)
        card = orjson.Fragment(_card(int(request.match_info["size"])))
        answer = {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": card}
        return web.Response(body=orjson.dumps(answer), content_type="application/json")


async def _sqlite(path: str) -> Insert:
    thread = ThreadPoolExecutor(1)

    def prepare() -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE clicks (id INTEGER PRIMARY KEY, key TEXT UNIQUE, body BLOB)")
        return connection

    loop = asyncio.get_running_loop()
    connection = await loop.run_in_executor(thread, prepare)

    async def insert(key: str, body: bytes) -> object:
        statement = "INSERT INTO clicks (key, body) VALUES (?, ?)"
        return await loop.run_in_executor(thread, connection.execute, statement, (key, body))

    return insert


async def _postgresql(url: str) -> Insert:
    pool = await asyncpg.create_pool(url.replace("+asyncpg", ""), min_size=8, max_size=8)
    await pool.execute("CREATE TABLE clicks (id SERIAL PRIMARY KEY, key TEXT UNIQUE, body BYTEA)")

    async def insert(key: str, body: bytes) -> object:
        return await pool.execute("INSERT INTO clicks (key, body) VALUES ($1, $2)", key, body)

    return insert


async def main(connector_url: str, database_url: str) -> None:
    """Serve until stdin ends."""
    is_sqlite = database_url.startswith("sqlite")
    insert = await (_sqlite(database_url.removeprefix("sqlite:///")) if is_sqlite else _postgresql(database_url))
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        async with session.get(f"{connector_url}/v1/.well-known/keys") as response:
            found = (await response.json())["keys"]
        bare = Bare(session, {key["kid"]: PyJWK(key, "RS256") for key in found}, insert)
        app = web.Application()
        app.router.add_post("/post/{size}", bare.post)
        app.router.add_post("/row/{size}", bare.row)
        await serve(app)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
