"""The months one after the other: what happens in each, how it is invoiced, and the oracle at each month's end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bot.costs import running_costs
from bot.invoicing import drafts_of
from contract.invoice_lines import InvoiceLine, invoice_lines
from contract.invoices import InvoiceKind
from contract.periods import Side
from contract.receipt_chain import verify_chain
from storage.billed_customers import load_billed_customers
from storage.invoices import load_invoices_of
from storage.receipts import all_receipts, chain_head, decided_without_receipt
from storage.ticket_records import load_records, load_records_of
from tests.bot.year import acts, office
from tests.bot.year.company import Company, Life, complete, sign_addendum
from tests.bot.year.ledger import (
    Ledger,
    check_documents,
    check_fees,
    check_payments,
    check_tickets,
    is_issued,
    ledger_of,
)
from tests.bot.year.oracle import AMSTERDAM, Month, following, issue_moment

Act = Callable[[Life, Company], Awaitable[None]]
OFTEN: tuple[tuple[Act, int], ...] = (
    (acts.open_ticket, 6),
    (acts.log, 14),
    (acts.correct, 5),
    (acts.claim, 2),
    (acts.resolve, 3),
    (acts.reopen, 2),
    (acts.duplicate, 1),
    (acts.waive, 1),
    (acts.estimate, 4),
    (acts.decide, 1),
    (acts.stop, 1),
    (acts.cost, 3),
    (office.pay, 3),
    (office.credit, 2),
    (office.give_back, 1),
    (office.ask, 2),
)
ACTS = [act for act, times in OFTEN for _ in range(times)]
SPECIAL = ("2026-12-31 23:50", "2027-03-28 01:30", "2027-03-28 03:10", "2027-10-31 02:30", "2026-10-25 02:30")
RATE = 0.03
NOVEMBER, DECEMBER, JANUARY = 11, 12, 1


def local_instant(*parts: int) -> datetime:
    """An instant by Amsterdam's clock."""
    return datetime(*parts, tzinfo=AMSTERDAM).astimezone(UTC)  # type: ignore[misc,arg-type]


async def live(life: Life, last: Month, *, events: int) -> None:
    """From October 2026 through the issue of the last month."""
    month: Month = (2026, 10)
    late: Month | None = None
    while month <= last:
        await month_of_life(life, month, events, late)
        late = await end_month(life, month)
        month = following(month)


async def month_of_life(life: Life, month: Month, events: int, late: Month | None) -> None:
    """What happens from the issue of the month before until a minute before the month ends."""
    begin, end = life.now + timedelta(minutes=5), local_instant(*following(month), 1) - timedelta(minutes=1)
    span = int((end - begin).total_seconds() // 60)
    plan: list[tuple[datetime, Act]] = [
        (begin + timedelta(minutes=life.chance.randrange(span)), life.chance.choice(ACTS)) for _ in range(events)
    ]
    plan += [(at, acts.open_ticket) for at in map(_special, SPECIAL) if begin < at < end]
    plan += [(at + timedelta(minutes=5), acts.log) for at in map(_special, SPECIAL) if begin < at < end]
    plan += [(end, acts.open_ticket), (end, acts.log)]
    plan += _terms(life, month)
    if late is not None:
        fifth = local_instant(*month, 5, 10)
        again = life.chance.random() < 0.5
        plan.append((fifth, lambda one, _: office.release(one, late, again=again)))
    for at, act in sorted(plan, key=lambda pair: pair[0]):
        await life.until(at)
        await act(life, life.chance.choice(life.companies))


def _special(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=AMSTERDAM).astimezone(UTC)


def _terms(life: Life, month: Month) -> list[tuple[datetime, Act]]:
    """What the office does about contracts, prices and billing details in a month."""
    year, number = month
    day = partial(local_instant, year, number)
    plan: list[tuple[datetime, Act]] = []
    if month == (2026, 10):
        plan += [(day(21, 9, place), _on(one, office.sign_first)) for place, one in enumerate(life.companies[2:])]
    if number in (3, 6):
        plan.append((day(20, 9), lambda one, _: sign_new(one)))
    if number in (NOVEMBER, 4):
        plan += [(day(20, 10, place), _on(one, sign_addendum)) for place, one in enumerate(life.companies[:4])]
    if month in ((2026, 10), (2027, 11)):
        plan.append((day(25, 10), lambda one, _: office.raise_prices(one, year + 1, life.chance.randrange(-700, 900))))
    for place, one in enumerate(life.companies):
        chance = life.chance.random()
        # In December most sign, some in January or February.
        if (number == DECEMBER and chance < 0.6) or (number in (JANUARY, 2) and chance < 0.4):
            plan.append((day(18, 11, place), _on(one, office.renew)))
        elif number not in (DECEMBER, JANUARY) and chance < RATE:
            side = life.chance.choice(list(Side))
            days = life.chance.choice([0, 0, 10, 40, 80])
            plan.append((day(19, 9, place), _on(one, partial(office.cancel, by=side, days_ago=days))))
    if number % 2:
        plan.append((day(14, 15), lambda one, _: _complete_all(one, month)))
    return plan


def _on(company: Company, act: Callable[[Life, Company], Awaitable[None]]) -> Act:
    return lambda life, _: act(life, company)


async def sign_new(life: Life) -> None:
    """Whoever has no contract any more signs a new one."""
    for one in life.companies:
        held = await office.contracts_of(life, one)
        if all(row["ends_on"] < date(life.now.year, life.now.month, 1) for row in held):
            await office.sign_first(life, one)
            break


async def _complete_all(life: Life, month: Month) -> None:
    """What invoices have to name is filled in, and what was held back is issued later."""
    waiting = [one for one in life.companies if one.is_incomplete]
    for one in waiting:
        await complete(life, one)
    held: Month = (2026, 10)
    while waiting and following(held) <= month:
        await office.release(life, held, again=False)
        held = following(held)


async def end_month(life: Life, month: Month) -> Month | None:
    """The month ends and is invoiced: without asking, at once, or on the 5th (then it is returned)."""
    await check_costs(life, month)
    at = issue_moment(month)
    for _ in range(3):
        await life.until(at - timedelta(minutes=life.chance.randrange(5, 600)))
        await life.chance.choice([acts.log, acts.correct, acts.cost])(life, life.chance.choice(life.companies))
    how = life.chance.choice(["without asking", "at once", "at once", "late"])
    life.policy = replace(life.policy, issue_without_asking=how == "without asking")
    life.world.router = replace(life.world.router, policy=life.policy)
    await life.until(at - timedelta(minutes=1))
    before = await drafts(life, month)
    await life.until(at)
    if how == "late":
        return month
    await office.release(life, month)
    await check(life, month, before)
    return None


# --- the oracle -------------------------------------------------------------------------------------------------------


def bare(lines: Any) -> list[InvoiceLine]:
    """Lines without what they get when they are kept."""
    return [replace(line, id=0) for line in lines]


async def drafts(life: Life, month: Month) -> dict[int, list[InvoiceLine]]:
    """What a preview shows now, by customer."""

    def read(session: Session) -> dict[int, list[InvoiceLine]]:
        found = drafts_of(session, life.policy, [one.id for one in life.companies], month, life.now)
        return {draft.customer.id: bare(draft.invoice.lines) for draft in found if draft.invoice is not None}

    return await life.database.read(read)


async def check_costs(life: Life, month: Month) -> None:
    """What contacts see as the running month's costs is what the preview shows."""
    shown = await drafts(life, month)
    for one in life.companies:
        found, lines = await life.database.read(partial(running_costs, customer_id=one.id, now=life.now))
        assert found == month
        assert bare(lines) == shown.get(one.id, []), ("costs", one.id, month)


async def check(life: Life, month: Month, before: dict[int, list[InvoiceLine]] | None = None) -> Ledger:
    """Everything, right after a month was issued."""
    ledger = await ledger_of(life)
    check_documents(ledger)
    check_payments(ledger, life.now)
    for number in ledger.books.tickets:
        assert not ledger.books.over_allowance(number), ("allowance", number)
    for one in life.companies:
        assert one.is_incomplete or is_issued(ledger, one.id, month), ("not issued", one.id, month)
        if is_issued(ledger, one.id, month):
            check_fees(ledger, one.id, month)
            check_tickets(ledger, one.id, month)
    await life.database.read(partial(_check_stored, life=life, month=month, before=before))
    return ledger


def _check_stored(session: Session, life: Life, month: Month, before: dict[int, list[InvoiceLine]] | None) -> None:
    """Every issued invoice equals its rebuild, and what the preview showed; the chain of receipts holds."""
    for one in life.companies:
        invoices = [row for row in load_invoices_of(session, one.id) if row.kind is InvoiceKind.INVOICE]
        [billed] = load_billed_customers(session, [one.id], month)
        for invoice in invoices:
            numbers = {line.ticket_number for line in invoice.lines if line.ticket_number is not None}
            whole = [kept.record for kept in load_records_of(session, numbers)]
            mattering = [kept.record for kept in load_records(session, [one.id], invoice.month)[one.id]]
            kept = [line for line in bare(invoice.lines) if line.ticket_number is not None]
            for records in (whole, mattering):
                assert list(invoice_lines(invoice.month, records, billed.prices, has_fee=False)) == kept, (
                    "rebuild",
                    invoice.number,
                )
            if before is not None and invoice.month == month:
                assert bare(invoice.lines) == before[one.id], ("preview", invoice.number)
    assert verify_chain(all_receipts(session), head=chain_head(session)) == ()
    assert decided_without_receipt(session) == []
