"""Customers in chat: the list, the card, and what a manager records about them (R6, R25-R29)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cards.clicks.customers import (
    KeepConsent,
    StartConsent,
    StartConsentWithdrawal,
    WithdrawConsent,
)
from cards.clicks.people import SearchCustomers, ShowCustomer, ShowCustomers
from cards.clicks.tickets import OpenTicket, ShowTicket
from storage import contacts, contracts, people
from storage.database import Database
from tests.bot.customer_acts import keep
from tests.bot.mailed import billed
from tests.bot.people import POLICY, buttons_of, make_world, text_of


async def test_the_list_is_paged_and_searched(database: Database) -> None:
    """All customers by name, a page at a time; words find customers and their contacts (typed in either language)."""
    world = await make_world(database)
    await database.write(
        lambda session: [contacts.add_customer(session, f"Zaak {n:02}", f"tenant-{n}", world.now) for n in range(12)]
    )
    first = await world.say(world.eva, "klanten")
    assert "Bakkerij Brood & Zo" in text_of(first)
    assert "Anna de Vries, Bram Bakker" in text_of(first)
    second = await world.click(world.eva, ShowCustomers(page=2))
    assert "Zaak 06" in text_of(second)
    assert "Bakkerij" not in text_of(second)
    assert "Vorige" in buttons_of(second)
    for words in ("customers: olga", "klanten: other"):
        found = text_of(await world.say(world.eva, words))
        assert "Other Company" in found
        assert "Bakkerij" not in found
    nothing = text_of(await world.click(world.eva, SearchCustomers(form_id=world.form(), query="100%")))
    assert "Niets gevonden" in nothing


async def test_a_problem_is_not_taken_for_the_list(database: Database) -> None:
    """What a contact writes about customers stays a problem: the command needs to stand alone or a colon."""
    world = await make_world(database)
    reply = await world.say(world.anna, "klanten kunnen ons niet mailen")
    assert any(action["verb"] == "open_ticket" for action in buttons_of(reply).values())


async def test_the_card_says_who_can_be_reached(database: Database) -> None:
    """For each contact: whether the app arrived, whether messages do, when last heard, and the language."""
    world = await make_world(database)
    await database.write(lambda session: people.mark_unreachable(session, world.bram.id, world.now))
    await database.write(lambda session: people.forget_chat(session, world.anna.id))
    shown = text_of(await world.click(world.eva, ShowCustomer(customer=world.customer_id)))
    assert "niet bereikbaar (app verwijderd): bellen" in shown
    assert "niet bereikbaar sinds" in shown
    assert "leest Engels" in shown
    assert "C-1 · 1 januari 2026 – 31 december 2026" in shown
    assert "€ 85 per uur" in shown
    assert "Toestemming gegeven" in shown


async def test_consent_is_recorded_and_withdrawn(database: Database) -> None:
    """Who, by which document, from when until when; withdrawn it ends at once, and tickets wait for access (R25)."""
    world = await make_world(database)
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Printer"))
    await world.click(world.eva, ShowTicket(ticket=1001), reply_to="eva-1")
    asked = text_of(await world.click(world.mia, StartConsentWithdrawal(customer=world.customer_id)))
    assert "intrekken?" in asked
    before = len(await world.waiting())
    withdrawn = await keep(world, WithdrawConsent)
    assert "Vandaag geen toestemming" in withdrawn
    assert "ingetrokken" in withdrawn
    follows = [row for row in (await world.waiting())[before:] if row.get("subject") == "ticket:1001"]
    assert world.eva.id in {row["person"] for row in follows}
    assert "toegang op afstand" in text_of(await world.click(world.eva, ShowTicket(ticket=1001)))
    assert "Wie gaf" in text_of(await world.click(world.mia, StartConsent(customer=world.customer_id)))
    given = {"given_by": "A. de Vries", "document": "formulier", "valid_from": date(2026, 11, 23)}
    for _ in range(2):
        shown = await keep(world, KeepConsent, **given, valid_until=date(2026, 11, 24))
        assert "A. de Vries: formulier · 23 november 2026 – 24 november 2026" in shown
    assert "ligt voor de eerste" in await keep(world, KeepConsent, **given, valid_until=date(2026, 11, 1))
    assert "Vul alles in" in await keep(world, KeepConsent, given_by="A. de Vries")
    found = await database.read(lambda session: contracts.load_consents(session, world.customer_id))
    assert len(found) == 2
    (consent,) = [one for one in found if one.revoked_at is None]
    assert consent.recorded_by == world.mia.id
    assert consent.valid_until == datetime(2026, 11, 24, 23, tzinfo=UTC)
    world.now += timedelta(days=2)
    assert "Vandaag geen toestemming" in text_of(await world.click(world.eva, ShowCustomer(customer=world.customer_id)))


@pytest.mark.parametrize("sends_mail", [True, False])
async def test_the_card_says_that_nothing_is_mailed(database: Database, *, sends_mail: bool) -> None:
    """A billing address and no way to mail, by a server or by Graph: invoices reach the contacts only here."""
    world = await make_world(database, policy=replace(POLICY, sends_mail=sends_mail))
    await billed(world)
    shown = text_of(await world.click(world.mia, ShowCustomer(customer=world.customer_id)))
    assert ("Er wordt niets gemaild: er is geen mailserver en geen mailbox ingesteld" in shown) is not sends_mail
