"""Section `invoices`: the invoice of one contract and month, made from raw entries (R14, R31, D5-D11, D21, D22)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from bot.cases.comparing import NOTHING, Difference, compare, unknown_keys
from bot.cases.reading import Given
from contract.contracts import Contract
from contract.hours import WorkEntry
from contract.invoices import Invoice, InvoiceLine, month_invoice
from contract.lines import LineKind, TicketRecord
from contract.parties import Address, Buyer, Seller
from contract.people import Language
from contract.prices import PriceBook
from contract.tickets import Ticket

REVERSE_CHARGE = "reverse_charge"

_APART = ("lines", "tickets")
_OF_LINE = ("ticket", "kind", "price_year", "minutes", "rate_cents", "amount_cents")
_OF_TICKET = ("work_minutes", "minimum_minutes", "billed_minutes", "net_cents")

_SELLER = Seller(name="", address=Address(street="", postal_code="", city=""))
_DUTCH = Buyer(name="", address=Address(street="", postal_code="", city=""))
_ELSEWHERE_IN_THE_EU = Buyer(
    name="",
    address=Address(street="", postal_code="", city="", country="BE"),
    vat_id="BE0411905847",
    is_vat_id_checked=True,
)


def invoice_differences(case: Given, prices: PriceBook) -> Iterator[Difference]:
    """Compare the fee, every line, what each ticket comes to, net, VAT, gross and both dates; or that there is none."""
    yield from unknown_keys(case, "id", "input", "expected")
    given, expected = case.field("input"), case.field("expected")
    yield from unknown_keys(given, "month", "contract", "tickets", "vat", "issue_date")
    yield from unknown_keys(given.field("contract"), "start", "end")
    tickets = given.field("tickets").items()
    for ticket in tickets:
        yield from unknown_keys(ticket, "id", "created", "void", "entries")
        for entry in _entries(ticket):
            yield from unknown_keys(entry, "id", "start", "end", "billable", "recorded_at")
    names = [ticket.field("id").text() for ticket in tickets]
    if len(set(names)) < len(names):
        given.field("tickets").refuse("tickets with an id each")
    invoice = _invoice(given, [_record(number, one) for number, one in enumerate(tickets, start=1)], prices)
    if expected.is_null or invoice is None:
        if not (expected.is_null and invoice is None):
            yield Difference("invoice", _there(is_one=not expected.is_null), _there(is_one=invoice is not None))
        return
    numbers = dict(enumerate(names, start=1))
    whole = Given({name: value.value for name, value in expected.fields() if name not in _APART}, expected.place)
    yield from compare(whole, _results(invoice))
    lines = [line for line in invoice.lines if line.kind is not LineKind.FEE]
    if (wanted := expected.maybe("lines")) is not None:
        yield from _line_differences(wanted, [_line(line, numbers) for line in lines])
    if (by_ticket := expected.maybe("tickets")) is not None:
        yield from _ticket_differences(by_ticket, lines, numbers)


def _there(*, is_one: bool) -> str:
    return "an invoice" if is_one else NOTHING


def _invoice(given: Given, records: list[TicketRecord], prices: PriceBook) -> Invoice | None:
    term, month = given.field("contract"), given.field("month").month()
    contract = Contract(
        id=1, customer_id=1, number="1", starts_on=term.field("start").day(), ends_on=term.field("end").day()
    )
    issue_date = given.maybe("issue_date")
    return month_invoice(
        contract,
        month,
        records,
        prices,
        seller=_SELLER,
        buyer=_buyer(given.maybe("vat")),
        language=Language.NL,
        issue_date=issue_date.day() if issue_date is not None else None,
    )


def _buyer(vat: Given | None) -> Buyer:
    if vat is None:
        return _DUTCH
    if vat.text() != REVERSE_CHARGE:
        vat.refuse(REVERSE_CHARGE)
    return _ELSEWHERE_IN_THE_EU


def _record(number: int, given: Given) -> TicketRecord:
    void = given.maybe("void")
    ticket = Ticket(
        number=number,
        customer_id=1,
        subject="",
        description="",
        created_at=given.field("created").instant().astimezone(UTC),
        created_by=1,
        is_void=void is not None and void.yes(),
    )
    entries = [_entry(number, count, one) for count, one in enumerate(_entries(given), start=1_000_000 * number)]
    return TicketRecord(ticket=ticket, entries=entries)


def _entries(ticket: Given) -> list[Given]:
    entries = ticket.maybe("entries")
    return [] if entries is None else entries.items()


def _entry(number: int, entry_id: int, given: Given) -> WorkEntry:
    """An entry; without `recorded_at` it was recorded in time for every month in which it lies."""
    start, end = given.field("start").instant(), given.field("end").instant()
    billable, recorded_at = given.maybe("billable"), given.maybe("recorded_at")
    return WorkEntry(
        id=entry_id,
        ticket_number=number,
        engineer_id=1,
        started_at=start,
        ended_at=end,
        is_billable=billable is None or billable.yes(),
        recorded_at=(recorded_at.instant() if recorded_at is not None else start).astimezone(UTC),
    )


def _results(invoice: Invoice) -> dict[str, Any]:
    return {
        "fee_cents": invoice.fee_cents,
        "net_cents": invoice.net_cents,
        "vat_percent": invoice.vat_percent,
        "vat_cents": invoice.vat_cents,
        "gross_cents": invoice.gross_cents,
        "invoice_date": invoice.invoice_date,
        "due_date": invoice.due_date,
    }


def _line(line: InvoiceLine, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "ticket": names[line.ticket_number or 0],
        "kind": line.kind.value,
        "price_year": str(line.price_year),
        "minutes": line.quantity,
        "rate_cents": line.price_cents,
        "amount_cents": line.amount_cents,
    }


_Key = tuple[str, str, str]
"""Ticket, kind and price year: an invoice has one line of each (D6)."""


def _key(line: Mapping[str, Any]) -> _Key:
    return str(line.get("ticket")), str(line.get("kind")), str(line.get("price_year"))


def _line_differences(wanted: Given, found: list[dict[str, Any]]) -> Iterator[Difference]:
    """Compare line by line, in whatever order they stand; a line too much, too few or twice differs as a whole."""
    left = list(found)
    for one in wanted.items():
        for needed in ("ticket", "kind", "price_year"):
            one.field(needed)
        name = f"line {' '.join(_key(one.value))}"
        match = next((line for line in left if _key(line) == _key(one.value)), None)
        if match is None:
            yield Difference(name, "a line", NOTHING)
            continue
        left.remove(match)
        year = {"price_year": str(one.field("price_year").year())}
        yield from compare(Given({**one.value, **year}, one.place), match, name)
    for line in left:
        facts = f"{line['minutes']} minutes, {line['amount_cents']} cents"
        yield Difference(f"line {' '.join(_key(line))}", NOTHING, facts)


def _ticket_differences(wanted: Given, lines: list[InvoiceLine], names: Mapping[int, str]) -> Iterator[Difference]:
    """Compare what each ticket comes to on this invoice; one without a line comes to zero."""
    totals: dict[str, Counter[str]] = {name: Counter() for name in names.values()}
    for line in lines:
        total = totals[names[line.ticket_number or 0]]
        total["minimum_minutes" if line.kind is LineKind.MINIMUM else "work_minutes"] += line.quantity
        total["billed_minutes"] += line.quantity
        total["net_cents"] += line.amount_cents
    for name, expected in wanted.fields():
        if name not in totals:
            yield Difference(f"ticket {name}", "a ticket of the case", NOTHING)
        else:
            yield from compare(expected, {field: totals[name][field] for field in _OF_TICKET}, f"ticket {name}")
    for name, total in totals.items():
        if any(total.values()) and not wanted.has(name):
            yield Difference(f"ticket {name}", NOTHING, f"{total['billed_minutes']} minutes")
