"""Invoices as the rules make them, one of every kind: what the tests of documents write and read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from contract.contracts import Contract
from contract.costs import Cost
from contract.grants import Grant
from contract.hours import OutsideHoursReason
from contract.invoices import CreditCause, Invoice, credit_note, month_invoice
from contract.lines import Approval, TicketRecord
from contract.months import Month
from contract.parties import Address, Buyer, Seller
from contract.people import Language
from contract.rate_bands import BandCents
from tests.contract.builders import PRICES, at, entry, ticket

SELLER = Seller(
    name="Oxineo",
    address=Address(street="Voorstraat 116", postal_code="3231 BK", city="Brielle"),
    registration="12345678",
    vat_id="NL123456789B01",
    iban="NL91ABNA0417164300",
    bic="ABNANL2A",
    email="info@example.nl",
    phone="0181 123 456",
)
BUYER = Buyer(
    name="Bakkerij Korenbloem B.V.",
    address=Address(street="Dorpsstraat 1", postal_code="3231 AA", city="Brielle"),
    registration="87654321",
    reference="PO-2026-77",
    email="facturen@korenbloem.example",
)
BELGIAN = Buyer(
    name="Bakkerij De Korenaar BV",
    address=Address(street="Korenmarkt 12", postal_code="9000", city="Gent", country="BE"),
    vat_id="BE0411905847",
    is_vat_id_checked=True,
)
CONTRACT = Contract(id=5, customer_id=7, number="2026-017", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
RATES = BandCents(office=8500, after_hours=11000, weekend_holiday=13000)
APPROVALS = (
    Approval(
        estimate="1002-1", minutes=240, rates=RATES, decided_by="Anna de Vries", decided_at=at("2026-11-12 14:05")
    ),
)


def invoice_of(records: list[TicketRecord], *, month: Month = (2026, 11), **fields: Any) -> Invoice:
    """The invoice of a month, by the rules."""
    made: dict[str, Any] = {"seller": SELLER, "buyer": BUYER, "language": Language.EN}
    changed: dict[str, Any] = {"number": "2026-0042"} | {
        name: fields.pop(name) for name in ("number", "approvals") if name in fields
    }
    invoice = month_invoice(CONTRACT, month, records, PRICES, **(made | fields))
    assert invoice is not None
    return replace(invoice, **changed)


def november(**fields: Any) -> Invoice:
    """A month with something of everything: bands, minimum, set-off, waiver, late work, an estimate, costs."""
    records = [_late(), _estimated(), _nights(), _without_work(), _on_site(), _waived()]
    return invoice_of(records, **({"approvals": APPROVALS} | fields))


def _late() -> TicketRecord:
    """Opened and worked on in October, recorded in November: its minimum was charged in October."""
    worked = entry("2026-10-29 16:00", "2026-10-29 16:40", id=1, recorded_at=at("2026-11-03 09:00"))
    opened = ticket(number=1001, subject="Printer on the first floor offline", created_at=at("2026-10-29 09:00"))
    return TicketRecord(ticket=opened, entries=[worked])


def _estimated() -> TicketRecord:
    worked = [
        entry("2026-11-10 10:00", "2026-11-10 12:00", id=2),
        entry("2026-11-13 13:00", "2026-11-13 15:35", id=3),
        entry("2026-11-16 09:00", "2026-11-16 09:20", id=4),
    ]
    opened = ticket(
        number=1002, subject="Move the shared mailboxes to Exchange Online", created_at=at("2026-11-10 09:00")
    )
    grants = [Grant(0, 120), Grant(120, 360, "1002-1", RATES)]
    return TicketRecord(ticket=opened, entries=worked, grants=grants)


def _nights() -> TicketRecord:
    asked = OutsideHoursReason.CUSTOMER_ASKED
    worked = [
        entry("2026-11-17 16:30", "2026-11-17 18:10", id=5, outside_hours_reason=asked),
        entry("2026-11-21 10:00", "2026-11-21 10:07", id=6, outside_hours_reason=asked),
    ]
    opened = ticket(number=1003, subject="Nobody can sign in to the till", created_at=at("2026-11-17 16:00"))
    return TicketRecord(ticket=opened, entries=worked)


def _without_work() -> TicketRecord:
    return TicketRecord(ticket=ticket(number=1004, subject="How do I share a calendar?"))


def _on_site() -> TicketRecord:
    visit = Cost(
        id=1,
        ticket_number=1005,
        item_id=1,
        what="Travel, one visit",
        price_cents=4500,
        quantity=2,
        happened_on=date(2026, 11, 25),
        recorded_at=at("2026-11-25 17:00"),
    )
    worked = entry("2026-11-25 13:00", "2026-11-25 13:08", id=7, ticket_number=1005)
    opened = ticket(number=1005, subject="New access point", created_at=at("2026-11-24 09:00"))
    return TicketRecord(ticket=opened, entries=[worked], costs=[visit])


def _waived() -> TicketRecord:
    opened = ticket(
        number=1006, subject="Phishing mail reported", minimum_waived_reason="Our mistake in the mail filter"
    )
    return TicketRecord(ticket=opened)


def quiet_month(**fields: Any) -> Invoice:
    """A month without a ticket: the fee."""
    return invoice_of([], **fields)


def after_contract(**fields: Any) -> Invoice:
    """Recorded after the contract's end: no fee, and the set-off of a minimum."""
    late = entry("2026-12-30 10:00", "2026-12-30 10:40", recorded_at=at("2027-01-05 10:00"))
    record = TicketRecord(ticket=ticket(created_at=at("2026-12-30 09:00")), entries=[late])
    return invoice_of([record], month=(2027, 1), **({"number": "2027-0003"} | fields))


def abroad(**fields: Any) -> Invoice:
    """To a Belgian business: reverse charge."""
    return november(**({"buyer": BELGIAN} | fields))


def credited(**fields: Any) -> Invoice:
    """A credit note for two lines of November."""
    original = november(**fields)
    note = credit_note(
        original,
        original.lines[2:4],
        dated=date(2026, 12, 9),
        cause=CreditCause.CORRECTION,
        reason="The work of 13 November was written on the wrong ticket.",
    )
    return replace(note, number="C2026-0002")


def long_invoice(tickets: int, **fields: Any) -> Invoice:
    """A month of many tickets."""
    opened = [ticket(number=2000 + number, subject=f"Question {number} of the office") for number in range(tickets)]
    records = [
        TicketRecord(
            ticket=one,
            entries=[entry("2026-11-24 10:00", f"2026-11-24 10:{5 + number % 50:02}", ticket_number=one.number)],
        )
        for number, one in enumerate(opened)
    ]
    return invoice_of(records, **fields)


EVERY = {
    "november": november,
    "quiet_month": quiet_month,
    "after_contract": after_contract,
    "abroad": abroad,
    "credited": credited,
}
"""One invoice of every kind, by name."""
