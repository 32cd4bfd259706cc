"""The lines of an invoice (R14, D5, D22)."""

from __future__ import annotations

from typing import Any

from contract.invoice_lines import InvoiceLine, invoice_lines
from contract.lines import LineKind, TicketRecord
from tests.contract.builders import PRICES, at, minutes_of_work, ticket

WHY = "Our own mistake"


def november(*records: TicketRecord, has_fee: bool = False) -> list[tuple[LineKind, int, int]]:
    """Kind, quantity and amount of the lines of November 2026."""
    return [(line.kind, line.quantity, line.amount_cents) for line in lines(*records, has_fee=has_fee)]


def lines(*records: TicketRecord, has_fee: bool = False) -> tuple[InvoiceLine, ...]:
    """The lines of November 2026."""
    return invoice_lines((2026, 11), records, PRICES, has_fee=has_fee)


def waived(**fields: Any) -> TicketRecord:
    """A ticket whose minimum was waived as it was opened."""
    entries = fields.pop("entries", ())
    return TicketRecord(ticket=ticket(minimum_waived_reason=WHY), entries=entries, **fields)


def test_worked_calculation() -> None:
    """5 minutes and a waived minimum: € 7.08, and a line of no minutes that says why (D5)."""
    record = waived(entries=[minutes_of_work(5, id=1)])
    assert november(record, has_fee=True) == [
        (LineKind.FEE, 1, 27500),
        (LineKind.OFFICE, 5, 708),
        (LineKind.MINIMUM, 0, 0),
    ]
    line = lines(record)[-1]
    assert (line.what, line.ticket_number, line.subject, line.price_cents) == (WHY, 1001, "Outlook", 8500)


def test_nothing_was_waived_where_nothing_was_due() -> None:
    """With 15 minutes of work no minimum would have been charged, so no line says that it was waived (D5)."""
    assert november(waived(entries=[minutes_of_work(15, id=1)])) == [(LineKind.OFFICE, 15, 2125)]


def test_waived_after_the_invoice() -> None:
    """What was waived after the invoice is on a credit note; the invoice stays as it was issued (D5, D9)."""
    record = waived(waived_at=at("2026-12-02 10:00"))
    assert november(record) == [(LineKind.MINIMUM, 15, 2125)]
    assert invoice_lines((2026, 12), [record], PRICES, has_fee=False) == ()


def test_a_duplicate_has_no_line() -> None:
    """A void ticket is not on the invoice at all, waived or not (D22)."""
    record = TicketRecord(ticket=ticket(minimum_waived_reason=WHY, is_void=True))
    assert november(record) == []


def test_by_ticket_number() -> None:
    """The lines are in the order of the tickets, whatever order they were read in."""
    records = [TicketRecord(ticket=ticket(number=number)) for number in (1003, 1001, 1002)]
    assert [line.ticket_number for line in lines(*records)] == [1001, 1002, 1003]
