"""Customers in chat: the list, the card, and what a manager records about them (R6, R25-R29)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.terms import NotKept, Reason, keep_prices
from bot.wire import Reply
from cards.clicks.base import Click
from cards.clicks.customers import (
    KeepAddendum,
    KeepConsent,
    KeepContract,
    KeepPrices,
    StartAddendum,
    StartConsent,
    StartConsentWithdrawal,
    StartContract,
    StartPrices,
    WithdrawConsent,
)
from cards.clicks.people import SearchCustomers, ShowCustomer, ShowCustomers
from cards.clicks.tickets import OpenTicket, ShowTicket
from contract.prices import contract_prices
from storage import contacts, contracts, people, prices
from storage.database import Database
from tests.bot.people import World, buttons_of, json_of, make_world, text_of

JANUARY = {"starts_on": date(2027, 1, 1), "ends_on": date(2027, 12, 31)}


async def keep(world: World, payload: type[Click], **values: Any) -> str:
    """Submit a form about the first customer; what the manager reads then."""
    return text_of(await submit(world, payload, **values))


async def submit(world: World, payload: type[Click], **values: Any) -> Reply | None:
    """The same, as the reply."""
    inputs = {"form_id": world.form(), "customer": world.customer_id, **values}
    return await world.send(world.mia, payload.verb, {name: _sent(value) for name, value in inputs.items()})


def _sent(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


async def contracts_of(world: World) -> list[str]:
    """The numbers of the customer's contracts."""
    found = await world.database.read(lambda session: contracts.load_contracts(session, world.customer_id))
    return [contract.number for contract in found]


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
    assert "De app is nog niet aangekomen" in shown
    assert "Onbereikbaar sinds" in shown
    assert "leest Engels" in shown
    assert "C-1 · 1 januari 2026 – 31 december 2026" in shown
    assert "€ 85 per uur" in shown
    assert "Toestemming gegeven" in shown


async def test_a_contract_is_recorded_once(database: Database) -> None:
    """The form proposes the next possible term; the same submit again changes nothing (R8, R27, D16, D17)."""
    world = await make_world(database)
    form = await world.click(world.mia, StartContract(customer=world.customer_id))
    fields = {node["id"]: node.get("value") for node in json_of(form)["body"] if "id" in node}
    assert (fields["starts_on"], fields["ends_on"]) == ("2027-01-01", "2027-12-31")
    for _ in range(2):
        shown = await keep(world, KeepContract, form_id="contract-1", number="C-9", **JANUARY)
        assert "C-9 · 1 januari 2027" in shown
    assert await contracts_of(world) == ["C-1", "C-9"]
    later = {"number": "C-10", "starts_on": "2028-01-01", "ends_on": "2028-12-31"}
    await asyncio.gather(*(submit(world, KeepContract, form_id="contract-2", **later) for _ in range(3)))
    assert await contracts_of(world) == ["C-1", "C-9", "C-10"]


@pytest.mark.parametrize(
    "filled,reason",
    [
        ({"starts_on": "2027-01-15"}, "begint op de 1e"),
        ({"ends_on": "2027-12-15"}, "laatste dag van een maand"),
        ({"ends_on": "2028-01-31"}, "uiterlijk op 31 december"),
        ({"starts_on": "2027-02-01", "ends_on": "2027-01-31"}, "ligt voor de eerste"),
        ({"signed_on": "2027-01-01"}, "op zijn vroegst op maandag 1 februari 2027"),
        ({"starts_on": "2026-12-01", "ends_on": "2026-12-31"}, "Contract C-1 dekt al dagen"),
        ({"number": "C-2"}, "ander contract met dit nummer"),
        ({"number": ""}, "Vul alles in"),
        ({"starts_on": ""}, "Vul alles in"),
    ],
)
async def test_dates_that_are_no_contract(sqlite: Database, filled: dict[str, str], reason: str) -> None:
    """What the contract forbids comes back as the form, filled in, with the reason on top (R6-R8, R27, R28)."""
    world = await make_world(sqlite)
    typed = {"number": "C-9", "starts_on": "2027-01-01", "ends_on": "2027-12-31", **filled}
    form = await submit(world, KeepContract, **typed)
    assert reason in text_of(form)
    fields = {node["id"]: node.get("value", "") for node in json_of(form)["body"] if "id" in node}
    assert {name: fields[name] for name in typed} == typed
    assert await contracts_of(world) == ["C-1"]


async def test_an_addendum_belongs_to_a_contract(database: Database) -> None:
    """On-site work is allowed within one contract; the same addendum again is kept once (R26, D25)."""
    world = await make_world(database)
    assert "Ondertekend op" in text_of(await world.click(world.mia, StartAddendum(customer=world.customer_id)))
    days = {"signed_on": date(2026, 3, 1), "starts_on": date(2026, 3, 2)}
    for _ in range(2):
        assert "op locatie" in await keep(world, KeepAddendum, **days, ends_on=date(2026, 6, 30))
    assert "binnen één contract" in await keep(world, KeepAddendum, **days, ends_on=date(2027, 6, 30))
    assert "ligt voor de eerste" in await keep(world, KeepAddendum, **days, ends_on=date(2026, 1, 31))
    assert "Vul alles in" in await keep(world, KeepAddendum, ends_on=date(2026, 6, 30))
    (contract,) = await database.read(lambda session: contracts.load_contracts(session, world.customer_id))
    assert len(contract.on_site_addenda) == 1


async def test_prices_hold_for_their_year(database: Database) -> None:
    """A list of the running year is kept once and not changed (R29, R30); next year's may be, until it begins."""
    world = await make_world(database)
    form = await world.click(world.mia, StartPrices(customer=world.customer_id, year=2026))
    fields = {node["id"]: node.get("value") for node in json_of(form)["body"] if "id" in node}
    assert (fields["fee"], fields["office"]) == ("275,00", "85,00")
    lists = {"fee": "€ 300", "office": "87,50", "after_hours": "110", "weekend_holiday": "130.00"}
    assert "€ 87,50 per uur" in await keep(world, KeepPrices, year=2026, **lists)
    assert "€ 87,50 per uur" in await keep(world, KeepPrices, year=2026, **lists)
    assert "gelden al" in await keep(world, KeepPrices, year=2026, **{**lists, "office": "90"})
    for office in ("88", "89"):
        assert "vastgelegd" in await keep(world, KeepPrices, year=2027, **{**lists, "office": office})
    assert "niet te lezen" in await keep(world, KeepPrices, year=2028, **{**lists, "fee": "much"})
    book = await database.read(lambda session: prices.load_prices(session, world.customer_id, (2026,)))
    assert [(prices.year, prices.office_cents) for prices in book.lists] == [(2026, 8750), (2027, 8900)]
    await database.write(
        lambda session: keep_prices(session, world.customer_id, contract_prices(2026), world.now, is_correction=True)
    )
    other = replace(contract_prices(2026), office_cents=9900)
    with pytest.raises(NotKept) as refused:
        await database.write(lambda session: keep_prices(session, world.customer_id, other, world.now))
    assert refused.value.reason is Reason.YEAR_BEGAN


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
