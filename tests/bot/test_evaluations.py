"""The evaluation of a contract in chat and on the command line's terms, from what is stored (R30)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from bot.evaluations import evaluation_sheet, send_evaluation
from bot.views import VIEWS
from cards.clicks.contracts import ShowEvaluation
from cards.clicks.queue import ClaimTicket, SetUrgency
from cards.clicks.tickets import OpenTicket
from contract.evaluation import Evaluation, PickUps
from contract.rate_bands import RateBand
from contract.tickets import Urgency
from storage.billing_tables import invoices
from storage.contracts import load_contracts
from storage.database import Database
from storage.errors import NotFound
from storage.people import load_standings
from tests.bot.people import POLICY, World, make_world, text_of
from tests.bot.worked import log, world_with_ticket


async def evaluated(world: World) -> Evaluation:
    """The evaluation of the first customer's contract, as of now."""

    def read(session: Any) -> Evaluation:
        (contract,) = load_contracts(session, world.customer_id)
        return evaluation_sheet(session, contract, world.now, POLICY).evaluation

    return await world.database.read(read)


async def test_tickets_time_and_minimum(database: Database) -> None:
    """What was opened, worked and charged as a minimum in the term, of this customer and nobody else (R30)."""
    world = await world_with_ticket(database)
    await log(world, world.eva, "10:00", "11:30")
    await world.click(world.bram, OpenTicket(form_id=world.form(), description="Scanner"))
    await world.click(world.other, OpenTicket(form_id=world.form(), description="Not theirs"))
    found = await evaluated(world)
    assert (found.tickets, found.open_tickets) == (2, 2)
    assert found.minutes[RateBand.OFFICE] == found.billable_minutes == 90
    assert (found.minimum_minutes, found.beyond_minutes) == (15, 0)
    assert found.pick_ups == PickUps(in_time=1, late=0, waiting=1, not_needed=0)


@pytest.mark.parametrize("is_set_before", [True, False])
async def test_the_target_that_held(database: Database, *, is_set_before: bool) -> None:
    """An urgency set before the pick-up makes it late; one that is set afterwards does not (R34, D20)."""
    world = await make_world(database)
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Printer"))
    urgency = SetUrgency(form_id=world.form(), ticket=1001, urgency=Urgency.CRITICAL, reason="Nobody can work")
    claim = ClaimTicket(ticket=1001)
    if is_set_before:
        await world.click(world.eva, urgency)
    world.now += timedelta(days=1)
    await world.click(world.eva, claim)
    world.now += timedelta(minutes=5)
    if not is_set_before:
        await world.click(world.eva, urgency)
    found = await evaluated(world)
    assert (found.pick_ups.in_time, found.pick_ups.late) == ((0, 1) if is_set_before else (1, 0))


async def test_spend_less_what_was_credited(database: Database) -> None:
    """Each month has what its invoice came to, less its credit notes, excluding VAT."""
    world = await make_world(database)

    def issue(session: Any) -> None:
        (contract,) = load_contracts(session, world.customer_id)
        row = {
            "kind": "invoice",
            "number": "2026-0001",
            "customer_id": world.customer_id,
            "contract_id": contract.id,
            "contract_number": contract.number,
            "year": 2026,
            "month": 10,
            "issued_at": datetime(2026, 11, 1, 11, tzinfo=UTC),
            "invoice_date": date(2026, 11, 1),
            "due_date": date(2026, 11, 15),
            "language": "nl",
            "reference": "",
            "seller": {},
            "buyer": {},
            "net_cents": 40000,
            "vat_percent": 21,
            "is_reverse_charge": False,
            "vat_cents": 8400,
            "gross_cents": 48400,
        }
        session.execute(insert(invoices), [row])
        session.execute(insert(invoices), [row | {"kind": "credit_note", "number": "C2026-0001", "net_cents": 5000}])

    await database.write(issue)
    found = await evaluated(world)
    assert found.spend_cents == {(2026, 10): 35000}


async def test_both_sides_get_the_card(database: Database) -> None:
    """Both contacts and the manager see the same numbers, in the language of each; nobody else does (R30)."""
    world = await make_world(database)
    (contract,) = await database.read(lambda session: load_contracts(session, world.customer_id))
    count = await database.write(lambda session: send_evaluation(session, contract, world.now))
    assert count == 3
    sent = {row["person"]: row for row in await world.waiting() if row.get("view") == "evaluation"}
    assert set(sent) == {world.anna.id, world.bram.id, world.mia.id}

    def render(session: Any, person_id: int) -> str:
        reader = load_standings(session, [person_id])[person_id]
        return VIEWS["evaluation"](session, reader, {"evaluation": contract.id}, world.now, POLICY).json.decode()

    assert "Contract C-1 in cijfers" in await database.read(lambda session: render(session, world.anna.id))
    assert "Contract C-1 in numbers" in await database.read(lambda session: render(session, world.bram.id))
    with pytest.raises(NotFound):
        await database.read(lambda session: render(session, world.other.id))


async def test_asked_for_in_chat(sqlite: Database) -> None:
    """A contact asks without naming a contract, the staff by contract; without one that began there is none."""
    world = await make_world(sqlite)
    (contract,) = await sqlite.read(lambda session: load_contracts(session, world.customer_id))
    assert "Contract C-1 in cijfers" in text_of(await world.click(world.anna, ShowEvaluation()))
    assert "Contract C-1 in cijfers" in text_of(await world.click(world.mia, ShowEvaluation(contract=contract.id)))
    assert "Niet gevonden" in text_of(await world.click(world.mia, ShowEvaluation()))
    assert "Not found" in text_of(await world.click(world.other, ShowEvaluation(contract=contract.id)))
    world.now = world.now.replace(year=2025)
    assert "Niet gevonden" in text_of(await world.click(world.anna, ShowEvaluation()))
