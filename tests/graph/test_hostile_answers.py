"""Answers that somebody between us and Microsoft could give: led elsewhere, endless, swollen, odd inside."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from graph.answers import optional_text, read_list
from graph.client import Graph
from graph.errors import GraphRefused, GraphUnavailable
from graph.line import LONGEST_ANSWER, open_line
from graph.links import follower
from graph.login_session import LoginSession
from graph.people import find_account


class Tokens:
    """A token that is always there."""

    async def get(self) -> str:
        """The token."""
        return "a-token"

    def forget(self, token: str) -> None:
        """Nothing to forget."""


@asynccontextmanager
async def answering(handler: Any) -> AsyncIterator[Graph]:
    """Graph, as far as it answers so."""
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", handler)
    async with TestServer(app) as server, open_line(url=str(server.make_url("")).rstrip("/")) as line:
        yield Graph(line, Tokens())


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_our_secret_follows_nobody(status: int) -> None:
    """An answer of the login service that leads elsewhere is not followed: there it would send the secret along."""
    heard: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        heard.append(await request.text())
        return web.json_response({})

    thief = web.Application()
    thief.router.add_route("*", "/{any:.*}", elsewhere)
    async with TestServer(thief, host="localhost") as there:

        async def lead(request: web.Request) -> web.Response:
            return web.Response(status=status, headers={"Location": str(there.make_url("/token"))})

        login = web.Application()
        login.router.add_route("*", "/{any:.*}", lead)
        async with TestServer(login) as server:
            url = str(server.make_url("/token"))
            with LoginSession() as session:
                answer = await asyncio.to_thread(session.post, url, data={"client_secret": "s3cret"})
                assert answer.status_code == status
                assert (await asyncio.to_thread(session.get, url)).status_code == status
    assert heard == []


def chunks(size: int) -> Iterator[bytes]:
    """So many bytes of a JSON text, piece by piece."""
    yield b'{"value": ["'
    for _ in range(size // 65536 + 1):
        yield b"x" * 65536
    yield b'"]}'


@pytest.mark.parametrize("is_packed", [False, True])
async def test_no_answer_fills_the_memory(is_packed: bool) -> None:
    """One that is longer than any of Graph's is no answer, also where it came small and swells by unpacking."""

    async def long(request: web.Request) -> web.StreamResponse:
        if is_packed:
            packed = gzip.compress(b"".join(chunks(LONGEST_ANSWER)))
            assert len(packed) < LONGEST_ANSWER / 100
            return web.Response(body=packed, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for part in chunks(LONGEST_ANSWER):
            await response.write(part)
        return response

    async with answering(long) as graph:
        with pytest.raises(GraphUnavailable, match="too long"):
            await find_account(graph, "anna@brood.example")


async def test_what_is_packed_is_read() -> None:
    """Graph packs its answers when asked to, which is unpacked as ever."""

    async def packed(request: web.Request) -> web.Response:
        assert "gzip" in request.headers["Accept-Encoding"]
        body = gzip.compress(b'{"value": []}')
        return web.Response(body=body, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})

    async with answering(packed) as graph:
        assert await find_account(graph, "anna@brood.example") == ()


async def test_no_list_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that each are short enough are not collected without end."""
    monkeypatch.setattr("graph.answers.MOST_BYTES", 2000)
    pages = 0

    async def page(request: web.Request) -> web.Response:
        nonlocal pages
        pages += 1
        following = str(request.url.with_query({"$skiptoken": str(pages)}))
        return web.json_response({"value": [{"id": "x" * 900}], "@odata.nextLink": following})

    async with answering(page) as graph:
        question = graph.build.groups.to_get_request_information()
        with pytest.raises(GraphUnavailable):
            await read_list(graph, question, follower(graph, question))
    assert pages == 3


@pytest.mark.parametrize(
    "odd", ["\x00Anna", "An\ud800na", "Anna\udfff", "\u202eAnna", "An\u2066na", "A\x1bnna", "Anna\x85"]
)
def test_no_name_breaks_a_row_or_turns_a_line(odd: str) -> None:
    """What no database takes, and what turns around the text after it, is left out of what a directory says."""
    assert optional_text({"displayName": odd}, "displayName") == "Anna"


@pytest.mark.parametrize("name", ["Zoë\u200d", "علی\u200cرضا", "李\u3000明", "O'Brien 🧑\u200d🚀"])
def test_other_names_stay_as_they_are(name: str) -> None:
    """Whatever people write with is kept to the letter."""
    assert optional_text({"displayName": name}, "displayName") == name


@pytest.mark.parametrize("code", ["a\\u0000b", "a\\ud800b", "ab" + "c" * 5000, "a\\n\\u202eb"])
async def test_an_error_is_called_something_that_can_be_kept(code: str) -> None:
    """Whatever stands for the code of an error is a short text that a database takes."""

    async def refuse(request: web.Request) -> web.Response:
        text = f'{{"error": {{"code": "{code}", "message": "x"}}}}'
        return web.Response(status=403, text=text, content_type="application/json")

    async with answering(refuse) as graph:
        with pytest.raises(GraphRefused) as raised:
            await find_account(graph, "anna@brood.example")
    assert len(raised.value.code) <= 100
    assert raised.value.code.isprintable()
    raised.value.code.encode()
