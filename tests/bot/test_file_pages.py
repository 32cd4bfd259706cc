"""GET /files/{token}, through a server that really listens: the bytes, or a page that says what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.file_pages import disposition, serve_file
from bot.links import Purpose, sign_link
from cards.clicks.files import ShowFiles
from cards.clicks.queue import ClaimTicket
from cards.clicks.tickets import OpenTicket
from contract.people import Language, Person
from storage import contacts
from storage.database import Database
from tests.bot.people import POLICY, Somebody, World, buttons_of, make_world
from tests.bot.stored_files import PNG, Place

Client = TestClient[web.Request, web.Application]


async def sent(database: Database, name: str = "scherm.png", content: bytes = PNG) -> World:
    """A world in which ticket 1001 has a file of Anna's."""
    world, place = await make_world(database), Place()
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Storing"))
    await world.say(world.anna, "1001", place.offer(name, content))
    await place.fetch(world)
    return world


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[Client]:
    """The page, on a port of this machine."""

    async def serve(request: web.Request) -> web.StreamResponse:
        return await serve_file(request, world.database, world.router.policy, world.now)

    app = web.Application()
    app.router.add_get("/files/{token}", serve)
    async with TestClient(TestServer(app)) as client:
        yield client


async def link_of(world: World, who: Somebody) -> str:
    """The path behind somebody's download button."""
    reply = await world.click(who, ShowFiles(ticket=1001))
    [url] = [action["url"] for action in buttons_of(reply).values() if action["type"] == "Action.OpenUrl"]
    return str(url).removeprefix(POLICY.public_url)


async def test_a_link_gives_the_bytes(database: Database) -> None:
    """An engineer's link, and a contact's own, return the same bytes, to be saved and never to be shown or kept."""
    world = await sent(database)
    async with serving(world) as client:
        for who in (world.eva, world.bram):
            answer = await client.get(await link_of(world, who))
            assert (answer.status, await answer.read()) == (200, PNG)
            assert answer.content_type == "image/png"
            assert answer.content_length == len(PNG)
            assert answer.headers["Content-Disposition"].startswith('attachment; filename="scherm.png"')
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Cache-Control"] == "no-store"


async def test_what_a_browser_could_run_is_bytes(database: Database) -> None:
    """A page or a drawing with a script in it is served as bytes without a type."""
    world = await sent(database, "klik.html", b"<html><script>alert(1)</script>")
    async with serving(world) as client:
        answer = await client.get(await link_of(world, world.eva))
        assert answer.content_type == "application/octet-stream"


async def test_a_head_request_has_no_bytes(database: Database) -> None:
    """Programs that look at links before people do get the headers."""
    world = await sent(database)
    async with serving(world) as client:
        answer = await client.head(await link_of(world, world.eva))
        assert (answer.status, answer.content_length, await answer.read()) == (200, len(PNG), b"")


@pytest.mark.parametrize("who,words", [("eva", "Deze link is verlopen"), ("bram", "This link has ended")])
async def test_an_ended_link_says_what_to_do(database: Database, who: str, words: str) -> None:
    """After ten minutes a link leads to a page, in its reader's language, that says where to get a new one."""
    world = await sent(database)
    path = await link_of(world, getattr(world, who))
    async with serving(world) as client:
        world.now += timedelta(minutes=10, seconds=-1)
        assert (await client.get(path)).status == 200
        world.now += timedelta(seconds=1)
        answer = await client.get(path)
        assert answer.status == 410
        assert words in await answer.text()
        assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_a_forged_link_gives_nothing(database: Database) -> None:
    """Another key, one changed character, nonsense, an unknown file: a page in both languages, no bytes."""
    world = await sent(database)
    good = await link_of(world, world.eva)
    eva = Person(id=world.eva.id, tenant_id="", object_id="", name="", email=None, language=Language.EN)
    forged = sign_link(b"x" * 32, Purpose.FILE, 1, eva, world.now)
    unknown = sign_link(POLICY.link_key, Purpose.FILE, 999, eva, world.now)
    async with serving(world) as client:
        for path in (f"/files/{forged}", good[:-8] + "AAAAAAAA", "/files/x", "/files/..%2f..%2fetc"):
            answer = await client.get(path)
            text = await answer.text()
            assert answer.status == 404
            assert "Deze link werkt niet" in text
            assert "This link does not work" in text
        assert (await client.get(f"/files/{unknown}")).status == 404


async def test_a_link_ends_with_the_right_to_see(database: Database) -> None:
    """The link of a contact who was removed meanwhile gives nothing any more."""
    world = await sent(database)
    path = await link_of(world, world.bram)
    await world.database.write(
        lambda session: contacts.remove_contact(session, world.customer_id, world.bram.id, world.mia.id, world.now)
    )
    async with serving(world) as client:
        assert (await client.get(path)).status == 404


async def test_a_contacts_link_never_opens_an_internal_file(database: Database) -> None:
    """Even a link that was signed for a contact, or one of another organisation, opens nothing that is not theirs."""
    world, place = await sent(database), Place()
    await world.click(world.eva, ClaimTicket(ticket=1001))
    asked = await world.say(world.eva, "1001", place.offer("intern.txt", b"geheim"))
    kept = buttons_of(asked)["Alleen wij"]
    await world.send(world.eva, kept["verb"], kept["data"])
    await place.fetch(world)

    def token(who: Somebody, file_id: int) -> str:
        reader = Person(id=who.id, tenant_id="", object_id="", name="", email=None, language=Language.NL)
        return sign_link(POLICY.link_key, Purpose.FILE, file_id, reader, world.now)

    async with serving(world) as client:
        assert (await client.get(f"/files/{token(world.finn, 2)}")).status == 200
        assert (await client.get(f"/files/{token(world.anna, 2)}")).status == 404
        assert (await client.get(f"/files/{token(world.anna, 1)}")).status == 200
        assert (await client.get(f"/files/{token(world.other, 1)}")).status == 404


async def test_a_large_file_arrives_whole(database: Database) -> None:
    """Ten megabytes go out in pieces and arrive as they were."""
    content = bytes(range(256)) * 4 * 1024 * 10
    world = await sent(database, "groot.bin2", content)
    async with serving(world) as client:
        answer = await client.get(await link_of(world, world.eva))
        assert await answer.read() == content


async def test_who_hangs_up_does_no_harm(database: Database) -> None:
    """A browser that goes away in the middle of a download leaves a server that answers the next one."""
    world = await sent(database, "groot.bin2", bytes(10 * 1024 * 1024))
    path = await link_of(world, world.eva)
    async with serving(world) as client:
        url = client.make_url(path)
        async with aiohttp.ClientSession() as session:
            answer = await session.get(url)
            await answer.content.read(1)
            answer.close()
        assert (await client.get(path)).status == 200


@pytest.mark.parametrize(
    "name,header",
    [
        ("a.png", "attachment; filename=\"a.png\"; filename*=UTF-8''a.png"),
        ('x";é.pdf', "attachment; filename=\"x___.pdf\"; filename*=UTF-8''x%22%3B%C3%A9.pdf"),
        ("a\r\nSet-Cookie: x", "attachment; filename=\"a__Set-Cookie: x\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x"),
    ],
)
def test_names_can_not_change_the_header(name: str, header: str) -> None:
    """Whatever a file is called, the answer's header stays one header that says "save"."""
    assert disposition(name) == header
