"""What Teams does not deliver to a contact goes by mail, once an hour; on both engines."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.delivery import Delivery
from bot.limits import Limits
from bot.postings import Postings
from bot.wire import Refused
from cards.clicks.tickets import AnswerTicket
from storage.database import Database
from storage.outbox_states import State
from storage.people import set_email
from tests.bot.deliveries import SetClock
from tests.bot.invoiced import worked_ticket
from tests.bot.mailed import ends, mailed, parts
from tests.bot.people import Somebody, World, make_world
from tests.bot.post_office import post_office
from tests.bot.stored_files import Place


class Blocked(Place):
    """Teams, where everybody blocked the bot."""

    async def send(self, service_url: str, conversation_id: str, message: Any) -> str:
        """Refused for good."""
        raise Refused(403, "MessageWritesBlocked")

    async def update(self, service_url: str, conversation_id: str, activity_id: str, message: Any) -> None:
        """Refused for good."""
        raise Refused(403, "MessageWritesBlocked")


async def unreached(world: World) -> None:
    """Have everything posted that waits, in chats that take nothing."""
    clock = SetClock()
    clock.at = world.now
    limits = Limits(clock)
    kinds = Postings(world.database, Blocked(), world.router.policy, clock, limits).kinds()
    delivery = Delivery(world.database, kinds, clock, limits, slots=4)
    await delivery.start()
    for _ in range(20):
        clock.move(1)
        await delivery.drained()
    await delivery.stop()


async def reachable_by_mail(world: World, who: Somebody, address: str) -> None:
    """We know an address of somebody."""
    await world.database.write(lambda session: set_email(session, who.id, who.name, address))


async def answers(world: World, *texts: str) -> None:
    """Eva answers on ticket 1001."""
    for text in texts:
        await world.click(world.eva, AnswerTicket(form_id=world.form(), ticket=1001, text=text))
    await unreached(world)


async def test_what_teams_does_not_take_goes_by_mail_once_an_hour(database: Database, tmp_path: Path) -> None:
    """Eleven answers within the hour are one mail to each contact, in their languages; the next hour's are another."""
    world = await make_world(database)
    await worked_ticket(world)
    await unreached(world)
    await reachable_by_mail(world, world.anna, "anna@brood.example")
    await reachable_by_mail(world, world.bram, "bram@brood.example")
    await answers(world, *(f"antwoord {number}." for number in range(10)))
    world.now += timedelta(minutes=10)
    await answers(world, "nog een antwoord")
    async with post_office(tmp_path) as office:
        await mailed(world, office.server())
        assert office.mails == []
        await mailed(world, office.server(), minutes=60)
        assert sorted(office.recipients) == [["anna@brood.example"], ["bram@brood.example"]]
        said = {mail["To"]: parts(mail)[0] for mail in office.mails}
        assert all(f"“antwoord {number}.”" in said["anna@brood.example"] for number in range(10))
        assert "“nog een antwoord”" in said["bram@brood.example"]
        assert "Teams niet bij je bezorgde" in said["anna@brood.example"]
        assert "that Teams did not deliver to you" in said["bram@brood.example"]
        await answers(world, "een uur later")
        await mailed(world, office.server(), minutes=65)
    assert len(office.mails) == 4
    assert "antwoord 1." not in parts(office.mails[-1])[0]


async def test_who_is_back_gets_no_mail(database: Database, tmp_path: Path) -> None:
    """Heard again before the hour is over: the lines go out in Teams, and not by mail as well."""
    world = await make_world(database)
    await worked_ticket(world)
    await unreached(world)
    await reachable_by_mail(world, world.anna, "anna@brood.example")
    await answers(world, "antwoord")
    await world.say(world.anna, "help")
    async with post_office(tmp_path) as office:
        await mailed(world, office.server(), minutes=70)
    assert office.mails == []
    assert [state for state, _, _ in await ends(world, "mail_lines")] == [State.DONE]


async def test_without_an_address_there_is_no_mail(database: Database) -> None:
    """Nobody's address is guessed; engineers are told in Teams who can't be reached."""
    world = await make_world(database)
    await worked_ticket(world)
    await answers(world, "antwoord")
    assert await ends(world, "mail_lines") == []
