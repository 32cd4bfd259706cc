"""What delivery sends: rendered when it goes out, every copy, nothing to whom it no longer concerns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from bot import announcements
from bot.limits import Limits
from bot.outcomes import Dead, Done, Outcome, Work
from bot.postings import Postings, _shown
from bot.wire import Attachment, Member, Message, Refused
from cards.clicks.queue import ClaimTicket, StartNote
from cards.clicks.tickets import AnswerTicket, OpenTicket, ShowTicket
from storage import contacts, posted_cards
from storage.database import Database
from storage.mailboxes import Letter
from storage.people import forget_chat
from tests.bot.people import POLICY, Somebody, World, make_world


@dataclass
class Teams:
    """Remembers what was sent; `gone` are messages that no longer exist."""

    sent: list[Message] = field(default_factory=list)
    updated: list[tuple[str, Message]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    async def send(self, service_url: str, conversation_id: str, message: Message) -> str:
        """Post."""
        self.sent.append(message)
        return f"posted-{len(self.sent)}"

    async def update(self, service_url: str, conversation_id: str, activity_id: str, message: Message) -> None:
        """Replace."""
        if activity_id in self.gone:
            raise Refused(404, "ActivityNotFoundInConversation")
        self.updated.append((activity_id, message))

    async def open_chat(self, service_url: str, tenant_id: str, user_id: str) -> str:
        """Not used."""
        raise NotImplementedError

    async def member(self, service_url: str, conversation_id: str, user_id: str) -> Member:
        """The roster."""
        return Member("Anna de Vries-Jansen", "anna@example.org", None)

    async def download(self, attachment: Attachment, limit_bytes: int) -> bytes:
        """Not used."""
        raise NotImplementedError


class Still:
    """A clock that stands where the world stands."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> Any:
        """The world's present instant."""
        return self._world.now


def _postings(world: World, teams: Teams) -> Postings:
    clock = Still(world)
    return Postings(world.database, teams, POLICY, clock, Limits(clock))


async def _deliver(world: World, teams: Teams, who: Somebody, rows: Sequence[dict[str, Any]]) -> list[Outcome]:
    postings = _postings(world, teams)
    ends: list[Outcome] = []
    for row in rows:
        payload = {key: value for key, value in row.items() if key != "kind"}
        letter = Letter(1, row["kind"], payload, 0, world.now, None, None, None)
        work = Work(f"person:{who.id}", (letter,))
        end = await (postings.show(work) if row["kind"] == "show" else postings.tell(work))
        if row["kind"] == "show" and not hasattr(end, "counts"):
            await world.database.write(partial(_shown, work=work, end=end, now=world.now))
        ends.append(end)
    return ends


async def _opened(database: Database) -> tuple[World, Teams]:
    world = await make_world(database)
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Outlook doet niets"), reply_to="form-1")
    return world, Teams()


async def test_a_card_is_posted_once_and_updated_afterwards(database: Database) -> None:
    """One card per ticket and reader: the first showing posts it, every later one takes its place."""
    world, teams = await _opened(database)
    await _deliver(world, teams, world.bram, await world.waiting(world.bram))
    assert len(teams.sent) == 1
    await world.click(world.eva, ClaimTicket(ticket=1001))
    rows = [row for row in await world.waiting(world.bram) if row["kind"] == "show"]
    await _deliver(world, teams, world.bram, rows[-1:])
    assert len(teams.sent) == 1
    assert [activity for activity, _ in teams.updated] == ["posted-1"]
    assert b"In progress" in (teams.updated[0][1].card or _none()).json


def _none() -> Any:
    raise AssertionError("no card")


async def test_every_copy_follows(database: Database) -> None:
    """All copies of a card in a chat are brought up to date, also the one that took a form's place."""
    world, teams = await _opened(database)
    await world.click(world.anna, ShowTicket(ticket=1001), reply_to="list-1")
    await world.click(world.eva, ClaimTicket(ticket=1001))
    rows = [row for row in await world.waiting(world.anna) if row["kind"] == "show"]
    await _deliver(world, teams, world.anna, rows[-1:])
    assert {activity for activity, _ in teams.updated} == {"form-1", "list-1"}
    assert teams.sent == []


async def test_a_message_that_is_gone_is_posted_anew(database: Database) -> None:
    """A card whose only message was deleted is forgotten there and posted again."""
    world, teams = await _opened(database)
    teams.gone.add("form-1")
    await world.click(world.eva, ClaimTicket(ticket=1001))
    rows = [row for row in await world.waiting(world.anna) if row["kind"] == "show"]
    await _deliver(world, teams, world.anna, rows[-1:])
    assert len(teams.sent) == 1
    copies = await database.read(lambda session: posted_cards.copies_of(session, "ticket:1001", world.anna.id))
    assert [copy.activity_id for copy in copies] == ["posted-1"]


async def test_an_open_form_is_left_alone(database: Database) -> None:
    """While somebody fills in a form on a card no update overwrites it; afterwards it follows again."""
    world, teams = await _opened(database)
    await world.click(world.eva, ClaimTicket(ticket=1001), reply_to="eva-1")
    await world.click(world.eva, StartNote(ticket=1001), reply_to="eva-1")
    await world.click(world.anna, AnswerTicket(form_id=world.form(), ticket=1001, text="Nog iets"))
    rows = [row for row in await world.waiting(world.eva) if row["kind"] == "show"]
    await _deliver(world, teams, world.eva, rows[-1:])
    assert teams.updated == []
    world.now += timedelta(minutes=16)
    await _deliver(world, teams, world.eva, rows[-1:])
    assert [activity for activity, _ in teams.updated] == ["eva-1"]


async def test_who_is_no_contact_any_more_loses_the_data(database: Database) -> None:
    """A removed contact's cards are replaced by one without data, and nothing new is posted (D32)."""
    world, teams = await _opened(database)
    await _deliver(world, teams, world.bram, await world.waiting(world.bram))
    await database.write(
        lambda session: contacts.remove_contact(session, world.customer_id, world.bram.id, world.mia.id, world.now)
    )
    row = {"kind": "show", "person": world.bram.id, "view": "ticket", "args": {"ticket": 1001}}
    row |= {"post": True, "fresh": True, "subject": "ticket:1001"}
    await _deliver(world, teams, world.bram, [row])
    assert len(teams.sent) == 1
    assert b"Outlook" not in (teams.updated[-1][1].card or _none()).json
    await world.click(world.anna, AnswerTicket(form_id=world.form(), ticket=1001, text="Geheim"))
    lines = [row for row in await world.waiting(world.anna) if row["kind"] == "line"]
    assert lines == []


async def test_lines_that_waited_together_are_one_message(database: Database) -> None:
    """A burst of events goes out as one message of several lines, in order (R5)."""
    world, teams = await _opened(database)
    await world.click(world.eva, ClaimTicket(ticket=1001))
    await world.click(world.eva, AnswerTicket(form_id=world.form(), ticket=1001, text="Ik kijk"))
    rows = [row for row in await world.waiting(world.bram) if row["kind"] == "line"]
    letters = tuple(
        Letter(number, "line", {key: row[key] for key in row if key != "kind"}, 0, world.now, None, None, None)
        for number, row in enumerate(rows)
    )
    await _postings(world, teams).tell(Work(f"person:{world.bram.id}", letters))
    assert len(teams.sent) == 1
    text = teams.sent[0].text or ""
    assert text.index("picked up") < text.index("Ik kijk")


async def test_without_a_chat_it_waits_for_the_person(database: Database) -> None:
    """What cannot reach a person without the app is kept as unreachable, and sent when the person is heard again."""
    world, teams = await _opened(database)
    await database.write(lambda session: forget_chat(session, world.bram.id))
    ends = await _deliver(world, teams, world.bram, await world.waiting(world.bram))
    assert ends
    assert all(isinstance(end, Dead) and end.is_unreachable for end in ends)
    assert teams.sent == []


async def test_names_follow_the_roster(database: Database) -> None:
    """A first contact is looked up in the chat's roster: name and address are kept."""
    world, teams = await _opened(database)
    letter = Letter(1, announcements.LOOK_UP, {"person": world.anna.id}, 0, world.now, None, None, None)
    end = await _postings(world, teams).look_up(Work(f"person:{world.anna.id}", (letter,)))
    assert end == Done({"name": "Anna de Vries-Jansen", "email": "anna@example.org"})


async def test_an_engineers_line_names_the_customer(database: Database) -> None:
    """Engineers serve many customers: their lines say whose ticket it is, a contact's need not."""
    world, teams = await _opened(database)
    await world.click(world.eva, ClaimTicket(ticket=1001))
    await world.click(world.anna, AnswerTicket(form_id=world.form(), ticket=1001, text="Nog iets"))
    for who in (world.eva, world.bram):
        rows = [row for row in await world.waiting(who) if row["kind"] == "line"]
        await _deliver(world, teams, who, rows[-1:])
    theirs, ours = teams.sent
    assert "Bakkerij Brood & Zo" in (theirs.text or "")
    assert "Bakkerij Brood & Zo" not in (ours.text or "")
