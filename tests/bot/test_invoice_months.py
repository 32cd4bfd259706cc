"""The managers' month in chat and by the calendar (R14, R15, D5, D8, D9, D22)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest_asyncio

from bot.invoice_months import begin_month, next_issue
from bot.reminders import CRON
from bot.terms import sign_contract
from bot.views import VIEWS
from cards.clicks.invoices import ShowInvoices
from cards.clicks.invoicing import (
    IssueInvoices,
    PrepareInvoices,
    ShowMonths,
    ShowRun,
    ShowUnpaid,
)
from contract.invoice_runs import RunState
from contract.people import Role
from storage.billing_details import save_billing_details
from storage.database import Database
from storage.errors import NotFound
from storage.invoice_runs import list_runs
from storage.people import load_standings, set_staff_role
from tests.bot.billing import BILLING, FIRST, NOVEMBER, add_billed_customer, details
from tests.bot.month import ANYTHING, RUN, do_timers, issued, month_world, november, prepared, run, shown_to
from tests.bot.people import World, buttons_of, text_of


@pytest_asyncio.fixture
async def world(database: Database) -> World:
    """The issue moment of November."""
    return await month_world(database)


# --- by the calendar --------------------------------------------------------------------------------------------------


def test_the_calendar_issues_on_the_first() -> None:
    """The run begins on the 1st, 12:00 local time, in winter and in summer (R14, D8)."""
    assert next_issue(datetime(2026, 11, 23, tzinfo=UTC)) == FIRST
    assert next_issue(FIRST) == datetime(2027, 1, 1, 11, tzinfo=UTC)
    assert next_issue(datetime(2026, 6, 30, tzinfo=UTC)) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert "issue_invoices" in {work.name for work in CRON}


async def test_the_month_is_prepared_and_shown(world: World) -> None:
    """On the 1st the drafts are made and every manager gets the card; nothing is issued by itself."""
    await prepared(world)
    assert (await run(world)).state is RunState.PREPARED
    assert await issued(world) == []
    assert [row["args"] for row in await shown_to(world, world.mia, "invoice_run")] == [{"invoice_run": RUN}]
    assert await shown_to(world, world.eva, "invoice_run") == []


async def test_a_contract_kept_after_the_month_was_issued(world: World) -> None:
    """Signed on 20 October and written down on 10 December: November's fee is drafted, and released by a manager."""
    before = await november(world)
    world.now = datetime(2026, 12, 10, 9, tzinfo=UTC)

    def keep(session: Any) -> None:
        ended = add_billed_customer(session, 7, ends_on=date(2026, 10, 31))
        signed_at = datetime(2026, 10, 20, 9, tzinfo=UTC)
        sign_contract(session, ended, world.now, number="2026-B", signed_at=signed_at, signatory="Olga")

    await world.database.write(keep)
    await do_timers(world)
    assert (await run(world)).state is RunState.PREPARED
    assert await issued(world) == [before]
    shown = (await run(world)).totals.digest(NOVEMBER)
    await world.click(world.mia, IssueInvoices(run=RUN, shown=shown))
    await do_timers(world)
    first, added = await issued(world)
    assert first == before
    assert (added.month, added.fee_cents, added.invoice_date) == (NOVEMBER, 27_500, date(2026, 12, 10))
    assert (await run(world)).state is RunState.ISSUED


async def test_a_slot_that_comes_again_changes_nothing(world: World) -> None:
    """A month that is issued stays issued when the calendar comes by once more."""
    await november(world)
    await world.database.write(lambda session: begin_month(session, FIRST, world.now))
    await do_timers(world)
    assert (await run(world)).state is RunState.ISSUED
    assert len(await issued(world)) == 1


async def test_without_asking(world: World) -> None:
    """Where the setting says so the invoices go out on the 1st by themselves."""
    world.router = replace(world.router, policy=replace(BILLING, issue_without_asking=True))
    await world.database.write(lambda session: begin_month(session, world.now, world.now))
    await do_timers(world)
    assert (await run(world)).state is RunState.ISSUED
    assert len(await issued(world)) == 1


# --- the release ------------------------------------------------------------------------------------------------------


async def test_one_click_issues(world: World) -> None:
    """A manager's click issues what was shown; who could not be issued is named with what is missing (R1)."""
    click = await prepared(world)
    shown = text_of(await world.click(world.mia, ShowRun(run=RUN)))
    assert "Other Company: kan niet worden verstuurd, ontbreekt: straat en huisnummer, postcode, plaats" in shown
    await world.click(world.mia, click)
    assert (await run(world)).state is RunState.ISSUING
    await do_timers(world)
    [invoice] = await issued(world)
    assert (invoice.number, invoice.net_cents) == ("2026-0001", 27500 + 5667)
    after = await run(world)
    assert (after.state, after.released_by, after.totals.refused) == (RunState.ISSUED, world.mia.id, 1)


async def test_a_second_click_issues_nothing(world: World) -> None:
    """The same click again, or another manager's, gets the card as it is."""
    click = await prepared(world)
    await world.database.write(lambda session: set_staff_role(session, world.finn.id, Role.MANAGER))
    await world.click(world.mia, click)
    text = text_of(await world.click(world.finn, click))
    assert "Mia Manager" in text
    await do_timers(world)
    await world.click(world.mia, click)
    await do_timers(world)
    assert len(await issued(world)) == 1


async def test_a_click_binds_to_what_was_shown(world: World) -> None:
    """When a draft changed since, the card says so and nothing is issued; the new card's click issues."""
    click = await prepared(world)
    complete = details("Other B.V.")
    await world.database.write(lambda session: save_billing_details(session, world.other_customer_id, complete))
    await world.click(world.mia, PrepareInvoices(run=RUN))
    await do_timers(world)
    text = text_of(await world.click(world.mia, click))
    assert "Het is intussen veranderd" in text
    assert await issued(world) == []
    await world.click(world.mia, IssueInvoices(run=RUN, shown=(await run(world)).totals.digest(NOVEMBER)))
    await do_timers(world)
    assert [invoice.number for invoice in await issued(world)] == ["2026-0001", "2026-0002"]


async def test_the_rest_is_issued_later(world: World) -> None:
    """What could not be issued is, once it is complete; what was issued stays (R1)."""
    await november(world)
    complete = details("Other B.V.")
    await world.database.write(lambda session: save_billing_details(session, world.other_customer_id, complete))
    again = buttons_of(await world.click(world.mia, ShowRun(run=RUN)))["De rest versturen"]["data"]
    await world.send(world.mia, "issue_invoices", {"run": RUN, "shown": again["shown"]})
    await do_timers(world)
    assert [invoice.number for invoice in await issued(world)] == ["2026-0001", "2026-0002"]


async def test_not_before_the_first(world: World) -> None:
    """A month that is not over can not be prepared; the overview says from when (D8)."""
    text = text_of(await world.click(world.mia, PrepareInvoices(run=202612)))
    assert "kunnen vanaf" in text
    missing = await world.click(world.mia, IssueInvoices(run=202612, shown=ANYTHING))
    assert missing is not None
    assert missing.is_error


async def test_the_months(world: World) -> None:
    """Typed "facturen" shows a manager the months, what the running one comes to, and what is open (R15)."""
    before = text_of(await world.say(world.mia, "facturen"))
    assert "Bereid november 2026 voor" in before
    await november(world)
    world.now = datetime(2026, 12, 16, 9, tzinfo=UTC)
    after = text_of(await world.click(world.mia, ShowMonths()))
    assert "Verstuurd · 1 factuur, € 331,67" in after
    assert after.count("1 · € 401,32") == 2
    listed = text_of(await world.click(world.mia, ShowUnpaid(overdue=True)))
    assert "2026-0001 · Bakkerij Brood & Zo" in listed
    assert "vervallen op 15 december 2026" in listed
    assert text_of(await world.click(world.mia, ShowInvoices(number="2026-0001"))).startswith("Factuur 2026-0001")


async def test_only_managers_see_the_run(world: World) -> None:
    """The views of the month are a manager's; to anybody else there is no such thing."""
    await prepared(world)

    def look(session: Any) -> list[type[Exception] | None]:
        standing = load_standings(session, [world.eva.id])[world.eva.id]
        found: list[type[Exception] | None] = []
        for view, args in (("invoice_run", {"invoice_run": RUN}), ("credit", {"credit": 1})):
            try:
                VIEWS[view](session, standing, args, world.now, BILLING)
            except NotFound as error:
                found.append(type(error))
        return found

    assert await world.database.read(look) == [NotFound, NotFound]


async def test_a_month_that_is_none(world: World) -> None:
    """A forged month is answered like any payload that no button of ours carries, and begins nothing."""
    for run_key in (202600, 202613, 202699):
        assert await world.send(world.mia, PrepareInvoices.verb, {"run": run_key}) is not None
    assert await world.database.read(list_runs) == ()
