"""Fetching files: kept once with digest and size, told, or visibly failed; with the real delivery, on both engines."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.fetching import FileKinds
from bot.outcomes import Done, Work
from bot.terms import sign_contract
from bot.views import VIEWS
from bot.wire import Busy, InDoubt, Refused, Reply
from cards.clicks.files import RetryFile, ShowFiles
from cards.clicks.tickets import OpenTicket, ShowHistory, ShowTicket
from storage.database import Database
from storage.files import forget_files, load_content
from storage.mailboxes import Letter
from storage.people import load_standings
from tests.bot.people import POLICY, Somebody, World, buttons_of, make_world, text_of
from tests.bot.stored_files import PNG, Place, contents, file_rows, files_shown, lines_for


async def opened(database: Database, limit_bytes: int = 1000) -> World:
    """A world with ticket 1001 of Anna's, in which files are small."""
    world = await make_world(database, policy=replace(POLICY, file_limit_bytes=limit_bytes))
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Storing"))
    return world


async def shown_to(world: World, who: Somebody) -> Reply:
    """The newest card about sent files that waits for somebody, as delivery would render it."""
    args = (await files_shown(world, who))[-1]["args"]

    def render(session: Any) -> Reply:
        reader = load_standings(session, [who.id])[who.id]
        return Reply(card=VIEWS["files"](session, reader, args, world.now, world.router.policy))

    return await world.database.read(render)


async def test_bytes_are_kept_once_with_their_digest(database: Database) -> None:
    """A file has its SHA-256 and size; the same bytes sent by two people are kept once, and both are told of."""
    world, place = await opened(database), Place()
    await world.say(world.anna, "1001", place.offer("a.png"))
    await world.say(world.bram, "1001", place.offer("b.png"))
    await world.say(world.bram, "1001", place.offer("c.txt", b"other"))
    await place.fetch(world)
    rows = await file_rows(world)
    assert [row["sha256"] for row in rows[:2]] == [hashlib.sha256(PNG).hexdigest()] * 2
    assert [row["size_bytes"] for row in rows] == [len(PNG), len(PNG), 5]
    assert [row["content_type"] for row in rows] == ["image/png", "image/png", "application/octet-stream"]
    assert await contents(world) == 2
    history = text_of(await world.click(world.finn, ShowHistory(ticket=1001)))
    assert all(f"attached {name}" in history for name in ("a.png", "b.png", "c.txt"))


async def test_the_address_is_forgotten(database: Database) -> None:
    """The address lets anybody read the file: once the bytes are here it is in no table any more."""
    world, place = await opened(database), Place()
    await world.say(world.anna, "1001", place.offer("a.png"))
    [row] = await file_rows(world)
    assert "tempauth=secret" in row["source"]["url"]
    await place.fetch(world)
    [row] = await file_rows(world)
    assert set(row["source"]) == {"digest"}
    assert "secret" not in str(await world.waiting())


@pytest.mark.parametrize(
    "content,error,failure,words",
    [
        (b"x" * 1001, None, "too_large", "groter dan 1 KB"),
        (b"MZ\x90\x00", None, "type_not_allowed", "programma's en scripts"),
        (PNG, Refused(403, "accessDenied"), "refused", "Teams geeft het niet meer af"),
        (PNG, Refused(404), "refused", "Teams geeft het niet meer af"),
        (PNG, Refused(400, "HostNotAllowed"), "refused", "Teams geeft het niet meer af"),
    ],
)
async def test_what_does_not_come_is_told(
    database: Database, content: bytes, error: Exception | None, failure: str, words: str
) -> None:
    """What can't be kept is told to the sender at once, with a card that notifies, and to nobody as attached."""
    world, place = await opened(database), Place()
    await world.say(world.anna, "1001", place.offer("a.png", content, errors=[error] if error else []))
    await place.fetch(world)
    [row] = await file_rows(world)
    assert (row["state"], row["failure"], row["sha256"]) == ("failed", failure, None)
    assert len(place.asked) == 1
    assert (await files_shown(world, world.anna))[-1]["fresh"]
    told = await shown_to(world, world.anna)
    assert words in text_of(told)
    assert ("Opnieuw proberen" in buttons_of(told)) is (failure == "refused")
    assert (row["source"] is not None) is (failure == "refused")
    assert "Files" not in text_of(await world.click(world.bram, ShowTicket(ticket=1001)))
    assert await contents(world) == 0


@pytest.mark.parametrize(
    "error", [Busy(503), InDoubt("TimeoutError"), Refused(401)], ids=["busy", "no answer", "token refused"]
)
async def test_what_may_pass_is_tried_again(database: Database, error: Exception) -> None:
    """Teams is busy, gives no answer, or refuses the bot's own token for a while: delivery tries again by itself."""
    world, place = await opened(database), Place()
    await world.say(world.anna, "1001", place.offer("a", pasted=True, errors=[error] * 2))
    await place.fetch(world, hours=1)
    [row] = await file_rows(world)
    assert (row["state"], row["name"], len(place.asked)) == ("stored", "a.png", 3)


@pytest.mark.parametrize("error", [Busy(503), InDoubt("TimeoutError"), Refused(401)])
async def test_what_never_comes_fails_and_can_be_tried_by_hand(database: Database, error: Exception) -> None:
    """After eight attempts a file has failed visibly; its sender's "try again" fetches it."""
    world, place = await opened(database), Place()
    await world.say(world.anna, "1001", place.offer("a.png", pasted=True, errors=[error] * 8))
    await place.fetch(world, hours=2)
    [row] = await file_rows(world)
    assert (row["state"], row["failure"], len(place.asked)) == ("failed", "no_answer", 8)
    told = await shown_to(world, world.anna)
    assert "het kwam niet aan" in text_of(told)
    again = buttons_of(told)["Opnieuw proberen"]
    answer = await world.send(world.anna, again["verb"], again["data"])
    assert "wordt opgehaald" in text_of(answer)
    await world.send(world.anna, again["verb"], again["data"])
    await place.fetch(world)
    assert len(place.asked) == 9
    assert "bewaard, 1 KB" in text_of(await shown_to(world, world.anna))
    assert "Files (1)" in text_of(await world.click(world.bram, ShowTicket(ticket=1001)))


async def test_what_is_too_large_is_not_tried_again(database: Database) -> None:
    """A forged "try again" on a file that can't be kept fetches nothing."""
    world, place = await opened(database), Place()
    await world.say(world.anna, "1001", place.offer("a.png", b"x" * 1001))
    await place.fetch(world)
    [row] = await file_rows(world)
    await world.click(world.anna, RetryFile(file=row["id"]))
    await place.fetch(world)
    assert len(place.asked) == 1


async def test_a_file_that_fails_before_it_has_a_ticket_is_told_too(database: Database) -> None:
    """The sender learns of it although the question for the ticket is still open."""
    world, place = await opened(database), Place()
    await world.say(world.anna, "", place.offer("a.png", errors=[Refused(404)]))
    await place.fetch(world)
    told = await shown_to(world, world.anna)
    assert "Teams geeft het niet meer af" in text_of(told)
    assert "Ze wachten tot je zegt" in text_of(told)


async def test_fetching_twice_is_fetching_once(database: Database) -> None:
    """A crash between keeping the bytes and writing that down repeats the fetch; a file is announced once all the
    same, and what is stored already is not fetched.
    """
    world, place = await opened(database), Place()
    await world.say(world.anna, "1001", place.offer("a.png"))
    [row] = await file_rows(world)
    letter = Letter(1, "fetch_file", {"file": row["id"]}, 0, world.now, key=None, replaces=None, tenant=None)
    [kind] = FileKinds(world.database, place, world.router.policy).kinds()
    work = Work("file:1", (letter,))
    first = await kind.perform(work)
    await place.fetch(world)
    assert len(place.asked) == 2
    assert await lines_for(world, world.eva) == 1
    assert await kind.perform(work) == Done()
    finish = kind.finish
    assert isinstance(first, Done)
    assert finish is not None
    await world.database.write(lambda session: finish(session, work, first, world.now))
    assert await lines_for(world, world.eva) == 1
    assert await contents(world) == 1


async def test_a_list_of_a_ticket(database: Database) -> None:
    """The list names every file, newest first, with size, sender and time; failed ones concern sender and staff."""
    world, place = await opened(database), Place()
    await world.say(world.anna, "1001", place.offer("eerst.png"), place.offer("groot.mov", b"x" * 1001))
    await world.say(world.bram, "1001", *(place.offer(f"{n}.txt", f"{n}".encode()) for n in range(8)))
    await place.fetch(world)
    first = await world.click(world.eva, ShowFiles(ticket=1001))
    assert "1 KB · Bram Bakker · vandaag 10:30" in text_of(first)
    assert "eerst.png" not in text_of(first)
    older = buttons_of(first)["Ouder"]
    second = await world.send(world.eva, older["verb"], older["data"])
    assert "eerst.png" in text_of(second)
    assert "groot.mov" in text_of(second)
    assert buttons_of(second)["Downloaden"]["url"].startswith("https://bot.example.org/files/")
    seen_by_bram = text_of(await world.click(world.bram, ShowFiles(ticket=1001, page=2)))
    assert "eerst.png" in seen_by_bram
    assert "groot.mov" not in seen_by_bram
    assert (await world.click(world.other, ShowFiles(ticket=1001))).is_error  # type: ignore[union-attr]


async def test_files_nobody_gave_to_a_ticket_are_forgotten(database: Database) -> None:
    """After 14 days a file without a ticket is gone, with its bytes unless another file has the same ones."""
    world, place = await opened(database), Place()
    await world.say(world.anna, "1001", place.offer("kept.png"))
    await world.say(world.bram, "", place.offer("same.png"))
    await world.say(world.bram, "", place.offer("only.txt", b"other"))
    await place.fetch(world)
    assert await contents(world) == 2
    early = await world.database.write(lambda session: forget_files(session, world.now))
    assert early == 0
    late = await world.database.write(lambda session: forget_files(session, world.now + timedelta(seconds=1)))
    assert late == 2
    assert [row["name"] for row in await file_rows(world)] == ["kept.png"]
    assert await contents(world) == 1


async def test_bytes_that_a_contract_or_an_invoice_keeps_stay(database: Database) -> None:
    """The signed paper that somebody also sent as a message stays with its contract (kept 7 years)."""
    world, place = await opened(database), Place()
    await world.say(world.anna, "", place.offer("contract.pdf", b"signed"))
    await world.say(world.anna, "", place.offer("other.pdf", b"other"))
    await place.fetch(world)

    def sign(session: Any) -> None:
        sign_contract(
            session,
            world.customer_id,
            world.now,
            number="C-9",
            signed_at=world.now,
            signatory="A. de Vries",
            document=("contract.pdf", b"signed"),
        )

    await world.database.write(sign)
    assert await contents(world) == 2
    gone = await world.database.write(lambda session: forget_files(session, world.now + timedelta(seconds=1)))
    assert gone == 2
    assert await contents(world) == 1
    digest = hashlib.sha256(b"signed").hexdigest()
    assert await world.database.read(lambda session: load_content(session, digest)) == b"signed"
