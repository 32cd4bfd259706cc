"""What the provider's office does: contracts, prices, the month's run, payments, credit notes, questions."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from sqlalchemy.orm import Session

from bot import terms
from bot.credits import due_of
from bot.payments import book_payment
from bot.prices import NewPrices, keep_prices_of_all
from bot.terms import NotKept
from cards.clicks.contracts import ShowRenewal, SignRenewal
from cards.clicks.invoices import AnswerQuestion, AskQuestion, SettleQuestion
from cards.clicks.invoicing import BookPayment, CreditInvoice, IssueCredit, IssueInvoices, PrepareInvoices
from contract.errors import Refusal
from contract.invoice_runs import RunState
from contract.payments import PaymentRefusal
from contract.periods import Side
from storage import billing_tables as billing
from storage import tables
from storage.invoice_runs import find_run
from storage.payments import load_balance
from tests.bot.people import buttons_of
from tests.bot.year.company import Company, Life, Rows
from tests.bot.year.oracle import DAY, Month, following, here


def month_end(day: date) -> date:
    """The last day of its month."""
    return date(*following((day.year, day.month)), 1) - DAY


async def contracts_of(life: Life, one: Company) -> Rows:
    """The customer's contracts."""
    return await life.company_rows(tables.contracts, tables.contracts.c.customer_id, one.id)


# --- contracts --------------------------------------------------------------------------------------------------------


async def sign_first(life: Life, one: Company) -> None:
    """A first contract is signed: from the 1st of the next month through the year's end (D16)."""
    number = f"K-{one.id}-{life.now:%Y%m}"

    def act(session: Session) -> None:
        terms.sign_contract(session, one.id, life.now, number=number, signed_at=life.now, signatory="A. B.")

    await life.database.write(act)
    made = (await contracts_of(life, one))[-1]
    first = month_end(here(life.now).date()) + DAY
    assert (made["starts_on"], made["ends_on"]) == (first, date(first.year, 12, 31))
    life.note("sign")


async def renew(life: Life, one: Company) -> None:
    """The renewal is signed in chat; it starts the day after the contract or after the month of signing (D17)."""
    held = [row for row in await contracts_of(life, one) if row["starts_on"] <= row["ends_on"]]
    if not held or held[-1]["ends_on"].month != 12 or held[-1]["ends_on"] > here(life.now).date() + timedelta(days=62):
        return
    last = held[-1]
    who = one.contacts[0]
    reply = await life.world.click(who, ShowRenewal(contract=last["id"]))
    title = "Ondertekenen" if who.locale.startswith("nl") else "Sign"
    if title not in buttons_of(reply):
        return
    sent = buttons_of(reply)[title]["data"]
    signed = SignRenewal.model_validate({**sent, "signatory": "A. de Vries", "confirmed": True})
    await life.world.click(who, signed)
    made = (await contracts_of(life, one))[-1]
    first = max(last["ends_on"] + DAY, month_end(here(life.now).date()) + DAY)
    assert (made["starts_on"], made["ends_on"]) == (first, date(first.year, 12, 31)), (made, life.now)
    life.note("renew in time" if first.month == 1 else "renew late")


async def cancel(life: Life, one: Company, by: Side, *, days_ago: int = 0) -> None:
    """A contract is cancelled, and perhaps written down later: the end of the month, or of the next one (D18)."""
    received = life.now - timedelta(days=days_ago)
    today = here(received).date()
    running = [row for row in await contracts_of(life, one) if row["starts_on"] <= today <= row["ends_on"]]
    if not running:
        return
    act = partial(
        terms.cancel_contract,
        customer_id=one.id,
        now=life.now,
        received_at=received,
        by=by,
        number=running[0]["number"],
    )
    try:
        await life.database.write(act)
    except Refusal:
        return
    end = month_end(today) if by is Side.CUSTOMER else month_end(month_end(today) + DAY)
    after = next(row for row in await contracts_of(life, one) if row["id"] == running[0]["id"])
    assert after["ends_on"] == min(end, running[0]["ends_on"])
    life.note(f"cancelled by {by.value}")


async def raise_prices(life: Life, year: int, cents: int) -> None:
    """New prices for everybody who has none for that year."""
    asked = NewPrices(
        fee_cents=27500 + cents, office_cents=8500 + cents, after_hours_cents=11000 + cents, weekend_holiday_cents=13001
    )
    try:
        await life.database.write(partial(keep_prices_of_all, year=year, asked=asked, now=life.now))
    except NotKept:
        return
    life.note("prices")


# --- invoices ---------------------------------------------------------------------------------------------------------


async def release(life: Life, month: Month, *, again: bool = False) -> None:
    """The manager looks at the month and issues it with one click."""
    key = month[0] * 100 + month[1]
    if again:
        await life.world.click(life.world.mia, PrepareInvoices(run=key))
        await life.do_due()
    run = await life.database.read(lambda session: find_run(session, month))
    assert run is not None
    if run.state is RunState.PREPARED or (run.state is RunState.ISSUED and run.totals.refused):
        await life.world.click(life.world.mia, IssueInvoices(run=key, shown=run.totals.digest(month)))
        await life.do_due()
        life.note("release")


async def invoices_of(life: Life, one: Company) -> Rows:
    """The customer's invoices, without credit notes."""
    found = await life.company_rows(billing.invoices, billing.invoices.c.customer_id, one.id)
    return [row for row in found if row["kind"] == "invoice"]


async def pay(life: Life, one: Company) -> None:
    """An invoice is paid, all of it or a part."""
    for row in await invoices_of(life, one):
        balance = await life.database.read(partial(load_balance, invoice_id=row["id"]))
        if balance.open_cents <= 0 or life.chance.random() < 0.4:
            continue
        if life.chance.random() < 0.7:
            paid = BookPayment(form_id=life.world.form(), invoice=row["id"], amount_cents=balance.open_cents)
            await life.world.click(life.world.mia, paid)
        else:
            act = partial(
                book_payment,
                invoice_id=row["id"],
                paid_on=here(life.now).date(),
                amount_cents=life.chance.randrange(1, balance.open_cents + 1),
                note="",
                by=life.world.mia.id,
                now=life.now,
            )
            try:
                await life.database.write(act)
            except PaymentRefusal:
                continue
        life.note("pay")


async def credit(life: Life, one: Company) -> None:
    """What is due back is issued as it was shown; some of it is left."""
    for row in await invoices_of(life, one):
        due = await life.database.read(partial(due_of, invoice_id=row["id"]))
        if due.lines and life.chance.random() < 0.6:
            await life.world.click(life.world.mia, IssueCredit(invoice=row["id"], shown=due.digest))
            life.note("credit due")


async def give_back(life: Life, one: Company) -> None:
    """A manager gives back a line, or all of an invoice."""
    found = await invoices_of(life, one)
    if found:
        place = life.chance.choice(["all", "1", "2", "3"])
        invoice = life.chance.choice(found)["id"]
        given = CreditInvoice(form_id=life.world.form(), invoice=invoice, lines=(place,), reason="Goodwill")
        await life.world.click(life.world.mia, given)
        life.note("give back")


async def ask(life: Life, one: Company) -> None:
    """A contact asks about an invoice; a manager answers what was asked before, or says that it is settled."""
    found = await invoices_of(life, one)
    if not found:
        return
    ids = {row["id"] for row in found}
    waiting = [
        row
        for row in await life.rows(billing.invoice_questions)
        if row["invoice_id"] in ids and row["answered_at"] is None
    ]
    if not waiting:
        question = AskQuestion(form_id=life.world.form(), invoice=found[-1]["id"], line=0, text="Why is this?")
        await life.world.click(life.chance.choice(one.contacts), question)
        life.note("ask")
    elif life.chance.random() < 0.5:
        await life.world.click(life.world.mia, SettleQuestion(question=waiting[0]["id"]))
    else:
        answer = AnswerQuestion(form_id=life.world.form(), question=waiting[0]["id"], text="Because.")
        await life.world.click(life.world.mia, answer)
