"""What a contact can't have our mailbox do: write to many, in the contact's own words, or lead anywhere else (R25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.administrators import MOST_FORWARDED
from bot.contact_searches import MOST_IN_A_DAY
from bot.mails import MAILS
from bot.withdrawals import MOST_MAILED
from cards.clicks.access import ForwardRequest, KeepAdministrator, LiftWithdrawal
from cards.mails import Letter
from contract.ledger import EntryKind
from storage import contact_searches as searches
from storage.database import Database
from storage.people import set_email
from tests.bot.access_acts import ask_app, drop_consents, name_administrator, noted, withdraw
from tests.bot.directories import open_office
from tests.bot.people import POLICY, World, text_of
from tests.bot.test_accounts_searches import lose_bram, propose
from tests.bot.worked import world_with_ticket

EVIL = "https://attacker.example/login"


async def mailed(world: World, what: str) -> list[dict[str, Any]]:
    """The mails of one kind that wait to be sent."""
    return [row for row in await world.waiting() if row["kind"] == "mail" and row["what"] == what]


async def letter(world: World, mail: dict[str, Any]) -> Letter:
    """A mail as it would go out."""
    draft = await world.database.read(lambda session: MAILS[mail["what"]](session, mail["args"], POLICY))
    assert draft is not None
    return draft.letter


async def test_a_request_is_mailed_to_few(database: Database) -> None:
    """Naming one administrator after the other mails no list of addresses; the next day there is room again."""
    world = await world_with_ticket(database)
    await drop_consents(world)
    request = await ask_app(world)
    for number in range(MOST_FORWARDED + 3):
        named = KeepAdministrator(
            form_id=world.form(),
            administrator="Ton",
            address=f"victim{number}@elsewhere.example",
            consent_request=request,
        )
        world.now += timedelta(minutes=1)
        card = await world.click((world.anna, world.bram)[number % 2], named)
    assert len(await mailed(world, "consent_request")) == MOST_FORWARDED
    assert len(await noted(world, EntryKind.FORWARDED)) == MOST_FORWARDED
    assert str(MOST_FORWARDED) in text_of(card)
    world.now += timedelta(days=1)
    await world.click(world.anna, ForwardRequest(consent_request=request))
    assert len(await mailed(world, "consent_request")) == MOST_FORWARDED + 1


async def test_withdrawing_again_and_again_mails_few(sqlite: Database) -> None:
    """Who withdraws and consents again all day long is recorded each time, and mailed about a few times."""
    world = await world_with_ticket(sqlite)
    await name_administrator(world)
    for _ in range(MOST_MAILED + 2):
        world.now += timedelta(minutes=1)
        await withdraw(world)
        await world.click(world.anna, LiftWithdrawal(form_id=world.form()))
    assert len(await noted(world, EntryKind.WITHDRAWN)) == MOST_MAILED + 2
    assert len(await mailed(world, "access_withdrawn")) == MOST_MAILED


async def test_no_words_of_a_contact_reach_an_address_a_contact_named(sqlite: Database) -> None:
    """The administrator's mail says who withdrew and when; why is read by the managers."""
    world = await world_with_ticket(sqlite)
    await name_administrator(world)
    await sqlite.write(lambda session: set_email(session, world.mia.id, "Mia Manager", "mia@oxineo.example"))
    await withdraw(world, reason=f"Your account is blocked, see {EVIL}")
    for mail in await mailed(world, "access_withdrawn"):
        written = await letter(world, mail)
        is_theirs = mail["to"] == "ton@brood.example"
        assert (EVIL in written.text, EVIL in written.html) == (not is_theirs, not is_theirs)


@pytest.mark.parametrize(
    "name", [f"Payment due: {EVIL}", "Sign in at www.attacker.example now", "attacker.example/login", "x" * 150]
)
async def test_a_name_is_no_message(sqlite: Database, name: str) -> None:
    """A display name that would become a link, or a text of its own, is left out; an ordinary one is named."""
    world = await world_with_ticket(sqlite)
    await name_administrator(world)
    await drop_consents(world)
    request = await ask_app(world)
    anna = replace(world.anna, name=name)
    await world.click(anna, ForwardRequest(consent_request=request))
    await withdraw(world, anna)
    for what in ("consent_request", "access_withdrawn"):
        [mail] = await mailed(world, what)
        written = await letter(world, mail)
        assert name not in written.text
        assert "attacker" not in written.html
        assert "A contact" in written.text


async def test_proposing_all_day_long_reaches_nobody(sqlite: Database) -> None:
    """Proposals that end at once, as of people who don't exist, are few a day too: managers get a card of each."""
    async with open_office(sqlite) as office:
        world = office.world
        await lose_bram(office)
        for number in range(MOST_IN_A_DAY + 3):
            said = await propose(office, email=f"nobody{number}@brood.example")
            await office.ask()
        assert "wachten al meer voorstellen" in said
        count = partial(searches.list_latest, customer_id=world.customer_id, limit=100)
        assert len(await sqlite.read(count)) == MOST_IN_A_DAY
        world.now += timedelta(days=1)
        await propose(office, email="steven@brood.example")
        assert len(await sqlite.read(count)) == MOST_IN_A_DAY + 1
