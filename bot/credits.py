"""Credit notes: what was corrected after its invoice, and what a manager gives back (D5, D9, D18, D22).

Nothing is given back by itself. What is due is computed from the raw entries whenever somebody looks, shown to the
managers on a card, and issued with one click that binds to what was shown.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot import announcements, invoice_news
from cards.credits import correction_reason
from cards.language import texts_for
from contract.billing import ticket_bill
from contract.credits import chosen_back, digest, due_back
from contract.invoices import CreditCause, Invoice, InvoiceKind, InvoiceLine, InvoiceRefusal, credit_note
from contract.lines import Credited, Line
from contract.local_time import local
from contract.months import issued_at
from storage.contracts import load_contract
from storage.invoice_lists import changed_after, invoices_after_end, invoices_with_changes, months_of_tickets
from storage.invoices import credit_notes_of, issue, load_invoice
from storage.people import manager_ids
from storage.prices import load_prices
from storage.recordings import recorded_at
from storage.ticket_records import load_records_of

YEARS_BEFORE = 10
LOOKED_BACK = timedelta(days=100)
MOST_LOOKED_AT, MOST_PENDING = 30, 4


class NotAnInvoice(InvoiceRefusal):
    """Only an invoice can be credited or paid, not a credit note (D9)."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is due back of an invoice, with the credit notes that were issued before."""

    original: Invoice
    notes: tuple[Invoice, ...]
    lines: tuple[InvoiceLine, ...]

    @property
    def draft(self) -> Invoice:
        """The credit note as it would be issued, undated."""
        reason = correction_reason(texts_for(self.original.language), self.lines)
        dated = self.original.invoice_date
        return credit_note(self.original, self.lines, dated=dated, cause=CreditCause.CORRECTION, reason=reason)

    @property
    def digest(self) -> str:
        """What a click binds to."""
        return digest(self.original, self.lines)


def due_of(session: Session, invoice_id: int, *, at: datetime | None = None, lock: bool = False) -> Due:
    """What is due back of an invoice, now or as a credit note of the instant `at` takes it back. Raises NotFound."""
    original = load_invoice(session, invoice_id, lock=lock)
    if original.kind is not InvoiceKind.INVOICE:
        raise NotAnInvoice
    notes = credit_notes_of(session, invoice_id)
    numbers = {line.ticket_number for line in original.lines if line.ticket_number is not None}
    changed = changed_after(session, numbers, issued_at(original.month))
    month = original.month
    prices = load_prices(session, original.customer_id, range(month[0] - YEARS_BEFORE, month[0] + 2))
    due: list[Line] = []
    for ticket in load_records_of(session, changed):
        if at is None:
            due += ticket_bill(ticket.record, prices).due_back
        else:
            # As every later invoice will play it.
            credited = Credited(at, month)
            record = replace(ticket.record, credits=[*ticket.record.credits, credited])
            due += ticket_bill(record, prices).credited[credited]
    is_covered = date(*month, 1) <= load_contract(session, original.contract_id).ends_on
    return Due(original, notes, due_back(original, notes, due, is_covered=is_covered))


def note_changes(session: Session, ticket_numbers: Collection[int], now: datetime) -> None:
    """Tickets changed: whatever is due back of invoices that were issued for them is shown to the managers (D9)."""
    for invoice_id in sorted(months_of_tickets(session, ticket_numbers)):
        if due_of(session, invoice_id).lines:
            show_credit(session, invoice_id, now)


def note_ended(session: Session, contract_id: int, now: datetime) -> None:
    """A contract ended, perhaps before months that were invoiced: their fees are shown to the managers (D18)."""
    for invoice_id in invoices_after_end(session, contract_id=contract_id):
        if due_of(session, invoice_id).lines:
            show_credit(session, invoice_id, now)


def pending_credits(session: Session, now: datetime) -> list[tuple[int, str]]:
    """The latest invoices of which something is due back: id and number."""
    since = now - LOOKED_BACK
    changed = {*invoices_with_changes(session, since, MOST_LOOKED_AT), *invoices_after_end(session, since=since)}
    due = [one for key in sorted(changed, reverse=True) if (one := due_of(session, key)).lines]
    return [(one.original.id, one.original.number or "") for one in due[:MOST_PENDING]]


def issue_due(session: Session, invoice_id: int, shown: str | None, now: datetime, by: int | None) -> Invoice | None:
    """Issue the credit note for what is due back, if it is what was shown; None where it is not, or nothing is due."""
    load_invoice(session, invoice_id, lock=True)
    # As a credit note that a run did not see it comes after that run (D9).
    now = recorded_at(session, now)
    due = due_of(session, invoice_id, at=now, lock=True)
    if not due.lines or (shown is not None and due.digest != shown):
        return None
    return _issued(session, replace(due.draft, invoice_date=local(now).date()), now, by)


def give_back(
    session: Session, invoice_id: int, positions: Collection[int] | None, *, reason: str, now: datetime, by: int | None
) -> Invoice:
    """Issue a credit note for chosen lines of an invoice, or for all that is left of it. Raises CreditTooHigh (D9)."""
    original = load_invoice(session, invoice_id, lock=True)
    if original.kind is not InvoiceKind.INVOICE:
        raise NotAnInvoice
    lines = chosen_back(original, credit_notes_of(session, invoice_id), positions)
    draft = credit_note(original, lines, dated=local(now).date(), cause=CreditCause.CHOICE, reason=reason)
    return _issued(session, draft, now, by)


def _issued(session: Session, draft: Invoice, now: datetime, by: int | None) -> Invoice:
    dated = replace(draft, due_date=draft.invoice_date)
    note = issue(session, dated, now=now, by=by)
    announcements.invoice_issued(session, note.id, note.customer_id, now)
    invoice_news.invoice_changed(session, note.original_id or 0, note.customer_id, now)
    announcements.follow(session, f"credit:{note.original_id}", now, also=manager_ids(session))
    return note


def show_credit(session: Session, invoice_id: int, now: datetime) -> None:
    """Post the card of what is due back to every manager, or bring it up to date."""
    announcements.show_managers(session, "credit", {"credit": invoice_id}, now, subject=f"credit:{invoice_id}")
