"""The invoice of a month, and credit notes (R1, R13-R15, D5-D10, D21)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contract.contracts import Contract
from contract.invoices import (
    CreditCause,
    Invoice,
    InvoiceIncomplete,
    InvoiceKind,
    check_complete,
    credit_note,
    due_date,
    invoice_lines,
    missing_fields,
    month_invoice,
)
from contract.lines import LineKind, TicketRecord
from contract.parties import Address, Buyer, Seller
from contract.people import Language
from tests.contract.builders import PRICES, at, minutes_of_work, ticket

SELLER = Seller(
    name="Oxineo",
    address=Address(street="Voorstraat 116", postal_code="3231 BK", city="Brielle"),
    registration="12345678",
    vat_id="NL123456789B01",
    iban="NL91ABNA0417164300",
)
BUYER = Buyer(
    name="Bakkerij Korenbloem B.V.",
    address=Address(street="Dorpsstraat 1", postal_code="3231 AA", city="Brielle"),
)
CONTRACT = Contract(id=5, customer_id=7, number="2026-017", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))


def november(records: list[TicketRecord], **fields: Any) -> Invoice:
    """The invoice of November 2026."""
    made: dict[str, Any] = {"seller": SELLER, "buyer": BUYER, "language": Language.NL}
    invoice = month_invoice(CONTRACT, (2026, 11), records, PRICES, **(made | fields))
    assert invoice is not None
    return invoice


def test_worked_calculation() -> None:
    """Six tickets without work: € 402.50, € 84.53 VAT on a tie, € 487.03, dated 1 December, due the 15th (D6, D8)."""
    invoice = november([TicketRecord(ticket=ticket(number=1001 + number)) for number in range(6)])
    assert (invoice.fee_cents, invoice.net_cents, invoice.vat_cents, invoice.gross_cents) == (27500, 40250, 8453, 48703)
    assert (invoice.invoice_date, invoice.due_date) == (date(2026, 12, 1), date(2026, 12, 15))
    assert invoice.period == (date(2026, 11, 1), date(2026, 11, 30))
    assert invoice.reference == "2026-017"


def test_a_month_without_contract_and_work_has_no_invoice() -> None:
    """Before the contract and after it there is nothing to invoice, unless something was recorded late (R14, D9)."""
    made: dict[str, Any] = {"seller": SELLER, "buyer": BUYER, "language": Language.NL}
    early = TicketRecord(ticket=ticket(created_at=at("2025-12-10 10:00")))
    assert month_invoice(CONTRACT, (2025, 12), [early], PRICES, **made) is None
    assert month_invoice(CONTRACT, (2027, 1), [], PRICES, **made) is None
    late = minutes_of_work(40, recorded_at=at("2027-01-05 10:00"))
    invoice = month_invoice(CONTRACT, (2027, 1), [TicketRecord(ticket=ticket(), entries=[late])], PRICES, **made)
    assert invoice is not None
    assert invoice.fee_cents == 0
    assert [(line.kind, line.quantity) for line in invoice.lines] == [(LineKind.OFFICE, 40), (LineKind.MINIMUM, -15)]


def test_a_later_day_of_issue_moves_both_dates() -> None:
    """Issued on the 3rd: dated the 3rd, due 14 days later; an earlier day is never written (D8)."""
    assert november([], issue_date=date(2026, 12, 3)).due_date == date(2026, 12, 17)
    assert november([], issue_date=date(2026, 11, 20)).invoice_date == date(2026, 12, 1)
    assert due_date(date(2026, 12, 18)) == date(2027, 1, 1)


def test_reverse_charge_is_nothing_percent() -> None:
    """Where the VAT is the buyer's to pay, the gross is the net (D21)."""
    belgian = replace(BUYER.address, country="BE")
    buyer = replace(BUYER, address=belgian, vat_id="BE0411905847", is_vat_id_checked=True)
    invoice = november([], buyer=buyer)
    assert (invoice.vat_percent, invoice.vat_cents, invoice.gross_cents) == (0, 0, 27500)


def test_an_incomplete_invoice_gets_no_number() -> None:
    """Every field that is missing is named (R1)."""
    check_complete(november([]))
    bare = replace(SELLER, vat_id="", iban=" ")
    with pytest.raises(InvoiceIncomplete) as refused:
        check_complete(november([], seller=bare, buyer=replace(BUYER, name="")))
    assert refused.value.fields == ("seller.vat_id", "seller.iban", "buyer.name")
    assert missing_fields(november([])) == ()


def test_a_credit_note_names_its_invoice() -> None:
    """It has the parties, VAT and language of the invoice, and takes back the lines it is given (D9)."""
    invoice = replace(november([]), number="2026-0001", id=3, is_reverse_charge=True)
    note = credit_note(
        invoice, invoice.lines, dated=date(2026, 12, 9), cause=CreditCause.CHOICE, reason="Wrong customer"
    )
    assert note.kind is InvoiceKind.CREDIT_NOTE
    assert (note.original_number, note.original_date, note.original_id) == ("2026-0001", date(2026, 12, 1), 3)
    assert (note.gross_cents, note.invoice_date) == (27500, date(2026, 12, 9))
    assert note.number is None


def test_a_set_off_names_the_month_that_charged() -> None:
    """The minimum of November that December's work sets off was charged in November; no other line says so (D5)."""
    late = minutes_of_work(40, recorded_at=at("2026-12-05 10:00"))
    record = TicketRecord(ticket=ticket(), entries=[late])
    lines = invoice_lines((2026, 12), [record], PRICES, has_fee=True)
    assert [(line.kind, line.charged_in) for line in lines] == [
        (LineKind.FEE, None),
        (LineKind.OFFICE, None),
        (LineKind.MINIMUM, (2026, 11)),
    ]
    assert [line.charged_in for line in november([record]).lines] == [None, None]


def test_own_reference_first() -> None:
    """The customer's own reference is how the customer finds it."""
    assert november([], buyer=replace(BUYER, reference="PO-77")).reference == "PO-77"
