"""What a customer's invoices need to know, by form and by act (R1, D21)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.billing import BillingMistakes, Mistake, keep_billing
from cards.clicks.billing import KeepBilling, StartBilling
from contract.parties import Address, BillingDetails, is_reverse_charge
from contract.people import Language
from storage.billing_details import load_billing_details
from storage.database import Database
from storage.errors import NotFound
from tests.bot.people import NOW, World, json_of, make_world, text_of

GENT = {"legal_name": "Bakker BV", "street": "Korte Meer 1", "postal_code": "9000", "city": "Gent", "country": "BE"}
BRIELLE = {"legal_name": "Brood B.V.", "street": "Voorstraat 12", "postal_code": "3231bj", "city": "Brielle"}


async def keep(world: World, **values: Any) -> Any:
    """Submit the form; the reply."""
    inputs = {"form_id": world.form(), "customer": world.customer_id, **values}
    return await world.send(world.mia, KeepBilling.verb, inputs)


async def known(world: World) -> BillingDetails:
    """What is kept of the first customer."""
    return await world.database.read(lambda session: load_billing_details(session, world.customer_id))


async def test_details_are_kept_as_an_invoice_writes_them(database: Database) -> None:
    """The form shows what is known and what is missing, and keeps ids and postal codes in one way of writing (R1)."""
    world = await make_world(database)
    form = await world.click(world.mia, StartBilling(customer=world.customer_id))
    fields = {node["id"]: node.get("value") for node in json_of(form)["body"] if "id" in node}
    assert (fields["legal_name"], fields["country"]) == ("Bakkerij Brood & Zo", "NL")
    shown = text_of(await keep(world, legal_name="Brood B.V.", city="Brielle"))
    assert "Voor een factuur is nog nodig: straat en huisnummer, postcode." in shown
    vat_id, registration = "nl 0044.95.445.b01", "1234 5678"
    shown = text_of(
        await keep(world, **BRIELLE, vat_id=vat_id, registration=registration, reference="PO 7", invoice_language="en")
    )
    assert "Volledig voor een factuur" in shown
    assert "Brood B.V., Voorstraat 12, 3231 BJ Brielle" in shown
    assert await known(world) == BillingDetails(
        legal_name="Brood B.V.",
        address=Address(street="Voorstraat 12", postal_code="3231 BJ", city="Brielle"),
        registration="12345678",
        vat_id="NL004495445B01",
        reference="PO 7",
        language=Language.EN,
    )


async def test_a_foreign_vat_id_counts_once_it_was_looked_up(database: Database) -> None:
    """Until then 21 % is charged and the card says where to look; a new id was looked up by nobody (D21)."""
    world = await make_world(database)
    shown = text_of(await keep(world, **GENT, vat_id="BE0411.905.847"))
    assert "21 % btw berekend totdat iemand het btw-nummer opzoekt op https://ec.europa.eu" in shown
    shown = text_of(await keep(world, **GENT, vat_id="BE0411.905.847", vat_checked_on="2026-11-20"))
    assert "Btw verlegd, 0 %: het btw-nummer is op 20 november 2026 opgezocht." in shown
    assert is_reverse_charge((await known(world)).buyer)
    await keep(world, **GENT, vat_id="BE0697449992", vat_checked_on="2026-11-20")
    assert (await known(world)).awaits_check
    given = replace(await known(world), vat_id="BE0411905847", vat_checked_on=date(2026, 11, 20))
    kept = await database.write(
        lambda session: keep_billing(session, world.customer_id, given, NOW, is_check_given=True)
    )
    assert kept == given == await known(world)


@pytest.mark.parametrize(
    "typed,reasons",
    [
        ({"legal_name": ""}, ["Geef de naam"]),
        ({"country": "XX"}, ["Dat land bestaat niet"]),
        ({"postal_code": "12"}, ["geen Nederlandse postcode"]),
        ({"registration": "1234567"}, ["heeft acht cijfers"]),
        ({"vat_id": "NL004495446B01"}, ["geen btw-nummer van dit land"]),
        ({"vat_id": "BE0411905847"}, ["geen btw-nummer van dit land"]),
        ({"vat_checked_on": "2026-11-20"}, ["maar geen btw-nummer"]),
        ({"vat_id": "NL004495445B01", "vat_checked_on": "2026-11-24"}, ["in de toekomst"]),
        ({"email": "Brood <a@brood.example>"}, ["geen e-mailadres"]),
        ({"email": "a@brood.example, b@brood.example"}, ["geen e-mailadres"]),
        ({"email": "nobody", "registration": "x"}, ["heeft acht cijfers", "geen e-mailadres"]),
    ],
)
async def test_everything_wrong_is_said_at_once(sqlite: Database, typed: dict[str, str], reasons: list[str]) -> None:
    """What can not be right comes back as the form, as it was typed, with all reasons on top; nothing is kept."""
    world = await make_world(sqlite)
    filled = {**BRIELLE, "country": "NL", **typed}
    form = await keep(world, **filled)
    assert all(reason in text_of(form) for reason in reasons)
    fields = {node["id"]: node.get("value", "") for node in json_of(form)["body"] if "id" in node}
    assert {name: fields[name] for name in filled} == filled
    assert await known(world) == BillingDetails(legal_name="Bakkerij Brood & Zo")


async def test_outside_the_netherlands_other_shapes_hold(sqlite: Database) -> None:
    """Another country's postal code, register and, beyond the EU, VAT id are kept as they are written."""
    world = await make_world(sqlite)
    details = BillingDetails(
        legal_name="Bakery Ltd",
        address=Address(street="1 High Street", postal_code="AB1 2CD", city="Aberdeen", country="gb"),
        registration="SC 123",
        vat_id=" GB 123 ",
    )
    kept = await sqlite.write(lambda session: keep_billing(session, world.customer_id, details, NOW))
    assert (kept.address.country, kept.address.postal_code, kept.registration) == ("GB", "AB1 2CD", "SC 123")
    assert kept.vat_id == "GB 123"
    greek = replace(details, address=replace(details.address, country="GR"), vat_id="094259216")
    assert (
        await sqlite.write(lambda session: keep_billing(session, world.customer_id, greek, NOW))
    ).vat_id == "EL094259216"


async def test_nobody_unknown_has_details(database: Database) -> None:
    """A customer that does not exist is not found, and what is not kept names every mistake."""
    with pytest.raises(NotFound):
        await database.read(lambda session: load_billing_details(session, 99))
    world = await make_world(database)
    with pytest.raises(BillingMistakes) as refused:
        await database.write(lambda session: keep_billing(session, world.customer_id, BillingDetails(email="x"), NOW))
    assert refused.value.mistakes == (Mistake.NO_NAME, Mistake.EMAIL)
