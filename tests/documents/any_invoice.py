"""Any invoice that the rules can make: tickets worked on whenever, corrected, waived, with costs, at any price."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import assume
from hypothesis import strategies as st

from contract.billing import ticket_bill
from contract.costs import Cost
from contract.grants import Grant
from contract.hours import OutsideHoursReason, WorkEntry
from contract.invoices import CreditCause, Invoice, InvoiceLine, as_invoice_line, credit_note, month_invoice
from contract.lines import TicketRecord
from contract.parties import Buyer
from contract.people import Language
from contract.prices import PriceBook, PriceList
from tests.contract.builders import MONDAY, entry, ticket
from tests.documents.samples import BELGIAN, BUYER, CONTRACT, RATES, SELLER

MONTHS = [(2026, 11), (2026, 12), (2027, 1), (2027, 2)]
NASTY = [
    "",
    "\x00\x1b[31m",
    "\ud800",
    "😀👩‍👩‍👧",
    "שלום עולם 123",
    "مرحبا",
    "\u202eevil",
    "漢字",
    "a" * 400,
    "<b>&amp;\n\t",
    "e\u0301",
]
TEXTS = st.text(max_size=40) | st.sampled_from(NASTY)
_CENTS = st.integers(1, 25_000)
_HOURS = st.integers(0, 90 * 24).map(lambda hours: MONDAY + timedelta(hours=hours))


@st.composite
def prices(draw: st.DrawFn) -> PriceBook:
    """Price lists of two years, at any price."""
    lists = [
        PriceList(
            year=year,
            fee_cents=draw(_CENTS),
            office_cents=draw(_CENTS),
            after_hours_cents=draw(_CENTS),
            weekend_holiday_cents=draw(_CENTS),
        )
        for year in (2026, 2027)
    ]
    return PriceBook(lists)


@st.composite
def records(draw: st.DrawFn, number: int) -> TicketRecord:
    """A ticket of November with whatever happened to it."""
    worked: list[WorkEntry] = []
    for id_ in range(1, draw(st.integers(0, 4)) + 1):
        start, recorded = draw(_HOURS), draw(_HOURS)
        end = start + timedelta(minutes=draw(st.integers(1, 700)))
        worked.append(
            entry(
                start,
                end,
                id=id_,
                ticket_number=number,
                recorded_at=max(end, recorded),
                is_billable=draw(st.booleans()),
                outside_hours_reason=draw(st.sampled_from(OutsideHoursReason)),
            )
        )
    is_corrected = draw(st.booleans())
    if worked and is_corrected:
        worked.append(_corrected(worked[-1], draw(_HOURS), draw(st.integers(0, 700))))
    has_costs = draw(st.booleans())
    costs = [_cost(number, draw(TEXTS), draw(_CENTS), draw(st.integers(1, 9)))] if has_costs else []
    reason = draw(st.none() | TEXTS.filter(bool))
    return TicketRecord(
        ticket=ticket(number=number, subject=draw(TEXTS), minimum_waived_reason=reason),
        entries=worked,
        costs=costs,
        grants=[Grant(0, 120), Grant(120, 400, f"{number}-1", RATES)],
    )


def _corrected(of: WorkEntry, recorded_at: datetime, minutes: int) -> WorkEntry:
    end = of.started_at + timedelta(minutes=minutes)
    return replace(of, id=99, corrects_id=of.id, ended_at=end, recorded_at=max(recorded_at, of.recorded_at))


def _cost(number: int, what: str, cents: int, quantity: int) -> Cost:
    return Cost(
        id=1,
        ticket_number=number,
        item_id=1,
        what=what,
        price_cents=cents,
        quantity=quantity,
        happened_on=date(2026, 11, 24),
        recorded_at=MONDAY + timedelta(days=2),
    )


@st.composite
def invoices(draw: st.DrawFn) -> Invoice:
    """An invoice, or a credit note for what is due back of its tickets."""
    book = draw(prices())
    tickets = [draw(records(1001 + number)) for number in range(draw(st.integers(0, 3)))]
    month = draw(st.sampled_from(MONTHS))
    made = month_invoice(
        CONTRACT,
        month,
        tickets,
        book,
        seller=replace(SELLER, name=draw(TEXTS.filter(str.strip)) + " x", bic=draw(st.sampled_from(["", "ABNANL2A"]))),
        buyer=draw(buyers()),
        language=draw(st.sampled_from(Language)),
    )
    assume(made is not None)
    assert made is not None
    invoice = replace(made, number="2026-0042")
    back: list[InvoiceLine] = []
    for record in tickets:
        back += [as_invoice_line(line, record) for line in ticket_bill(record, book, through=month).due_back]
    if not back or draw(st.booleans()):
        return invoice
    note = credit_note(
        invoice, back, dated=date(2027, 3, 3), cause=CreditCause.CORRECTION, reason=draw(TEXTS.filter(str.strip))
    )
    return replace(note, number="C2027-0001")


@st.composite
def buyers(draw: st.DrawFn) -> Buyer:
    """A Dutch or a Belgian customer, with any name and reference."""
    who = draw(st.sampled_from([BUYER, BELGIAN]))
    return replace(who, name=draw(TEXTS) + " y", reference=draw(TEXTS))
