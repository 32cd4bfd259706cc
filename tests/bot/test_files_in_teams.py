"""The way of a file from somebody's chat to an engineer's disk: the whole bot over HTTP, with its real delivery."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest

from demo.activities import File
from demo.chat import ChatMessage
from demo.clock import DemoClock
from demo.connector import StandIn
from demo.faults import Call, Delivery
from demo.people import ANNA, BEN, EVA, SAM
from demo.person import Person
from demo.product import ClockOf, product

PICTURE = File("pasted", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "image/png")
LOG = File("logboek.txt", b"08:12 geen verbinding\n" * 1000, "text/plain")


@dataclass
class Town:
    """The stand-in with the bot behind it, and the people of the story."""

    stand_in: StandIn
    clock: DemoClock
    anna: Person
    ben: Person
    eva: Person
    sam: Person

    async def opens_ticket(self) -> ChatMessage:
        """Anna opens ticket 1001; returns Eva's card of it."""
        await self.anna.says("Outlook toont geen nieuwe mail")
        form = await self.anna.waits_for("Nieuw ticket")
        await self.anna.clicks(form, "Ticket versturen")
        return await self.eva.waits_for("Ticket 1001")

    async def fetches(self, card: ChatMessage, title: str) -> list[bytes]:
        """What is behind every download button of Eva's list of files."""
        outcome = await self.eva.clicks(card, title)
        assert outcome.card is not None
        found = []
        async with aiohttp.ClientSession() as session:
            for url in links(outcome.card):
                async with session.get(url) as answer:
                    assert answer.status == 200
                    found.append(await answer.read())
        return found


def links(card: object) -> list[str]:
    """The addresses behind the buttons of a card."""
    if isinstance(card, list):
        return [url for part in card for url in links(part)]
    if not isinstance(card, dict):
        return []
    own = [str(card["url"])] if card.get("type") == "Action.OpenUrl" else []
    return own + [url for part in card.values() for url in links(part)]


@asynccontextmanager
async def town(database_url: str) -> AsyncIterator[Town]:
    """Everybody has the app."""
    clock = DemoClock()
    async with StandIn(clock=clock.now) as stand_in, product(stand_in, database_url, ClockOf(stand_in)):
        people = [stand_in.person(who) for who in (ANNA, BEN, EVA, SAM)]
        for person in people[:3]:
            await person.installs()
        yield Town(stand_in, clock, *people)
        assert stand_in.violations == []


async def test_a_file_and_a_picture_reach_the_engineer(database_url: str) -> None:
    """Anna sends a pasted picture and a file from OneDrive; both contacts and the engineer hear, and the engineer's
    links give the same bytes. Nobody's token went to OneDrive, or the stand-in would have refused the file.
    """
    async with town(database_url) as here:
        card = await here.opens_ticket()
        await here.anna.says("1001 zo ziet het eruit", [PICTURE, LOG])
        await here.anna.waits_for("bewaard, 21 KB")
        await here.ben.waits_for("attached logboek.txt (21 KB)")
        card = await here.eva.waits_for("Bestanden (2)")
        assert await here.fetches(card, "Bestanden (2)") == [LOG.content, PICTURE.content]


async def test_the_question_is_answered_with_one_click(database_url: str) -> None:
    """Without a number Anna is asked; after her click the card in its place follows the files by itself."""
    async with town(database_url) as here:
        await here.opens_ticket()
        await here.anna.says("", [LOG])
        question = await here.anna.waits_for("Bij welk ticket hoort dit bestand?")
        await here.anna.clicks(question, "Bij 1001")
        await here.anna.waits_for(lambda message: message.id == question.id and "bewaard, 21 KB" in message.words)
        card = await here.eva.waits_for("Bestanden (1)")
        assert await here.fetches(card, "Bestanden (1)") == [LOG.content]


@pytest.mark.parametrize("delivery", [Delivery.TWICE_SAME_ID, Delivery.TWICE_NEW_ID])
async def test_a_message_delivered_twice_is_one_file(database_url: str, delivery: Delivery) -> None:
    """Teams delivers the message with the file twice; the ticket gets it once."""
    async with town(database_url) as here:
        await here.opens_ticket()
        here.stand_in.line.delivery = delivery
        await here.anna.says("1001 kijk", [LOG])
        await here.anna.waits_for("bewaard, 21 KB")
        here.stand_in.line.delivery = Delivery.ONCE
        card = await here.eva.waits_for("Bestanden (1)")
        assert await here.fetches(card, "Bestanden (1)") == [LOG.content]


async def test_what_fails_can_be_tried_again(database_url: str) -> None:
    """OneDrive gives a file not out: Anna is told by a new message, tries again, and it comes."""
    async with town(database_url) as here:
        await here.opens_ticket()
        here.stand_in.faults.add(Call.DOWNLOAD, status=404, times=1)
        await here.anna.says("1001", [LOG])
        failed = await here.anna.waits_for("Teams geeft het niet meer af")
        outcome = await here.anna.clicks(failed, "Opnieuw proberen")
        assert outcome.card is not None
        await here.anna.waits_for("bewaard, 21 KB")
        await here.eva.waits_for("Bestanden (1)")


async def test_what_is_too_large_is_told(database_url: str) -> None:
    """More than the limit is not read to its end; Anna is told what the limit is, and the chat goes on."""
    async with town(database_url) as here:
        await here.opens_ticket()
        await here.anna.says("1001", [File("film.mov", bytes(10 * 1024 * 1024 + 1), "video/quicktime")])
        await here.anna.waits_for("groter dan 10 MB")
        await here.anna.says("1001 dan beschrijf ik het")
        await here.eva.waits_for("dan beschrijf ik het")


async def test_a_link_ends(database_url: str) -> None:
    """Ten minutes later the link leads to a page that says to ask for the list again."""
    async with town(database_url) as here:
        await here.opens_ticket()
        await here.anna.says("1001", [LOG])
        card = await here.eva.waits_for("Bestanden (1)")
        outcome = await here.eva.clicks(card, "Bestanden (1)")
        [url] = links(outcome.card)
        here.clock.let_pass(10)
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            assert answer.status == 410
            assert "Deze link is verlopen" in await answer.text()


async def test_a_strangers_file_is_not_fetched(database_url: str) -> None:
    """A colleague who is no contact gets the refusal, and nobody asks OneDrive for what was sent."""
    async with town(database_url) as here:
        await here.opens_ticket()
        await here.sam.says("1001 kijk", [LOG])
        await here.sam.waits_for(ANNA.name)
        await here.anna.says("1001", [PICTURE])
        await here.anna.waits_for("bewaard")
        assert here.stand_in.rest.calls[Call.DOWNLOAD] == 1
