"""Reminding of unpaid invoices: once each, from the first working day after the due date, at 9:00 local time (R15).

Nobody is reminded while a question about the invoice waits, and not of what is paid or credited in full; there is no
interest and there are no costs. Both contacts find the invoice's card anew at the end of their chats, and the billing
address gets a mail.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot import announcements
from bot.invoice_news import invoice_subject
from contract.holidays import next_working_day, working_day_from
from contract.local_time import at_local, local
from contract.payments import REMINDER_TIME, reminder_at
from storage.billing_details import load_billing_details
from storage.contacts import contact_ids
from storage.invoice_lists import InvoiceRow, list_invoices
from storage.payments import note_reminder, reminded, unpaid_ids
from storage.questions import questioned


def next_morning(after: datetime) -> datetime:
    """The next working day's 9:00, local time."""
    today = local(after).date()
    this = at_local(working_day_from(today), REMINDER_TIME)
    return this if this > after else at_local(next_working_day(today), REMINDER_TIME)


def remind_unpaid(session: Session, slot: datetime, now: datetime) -> None:
    """Remind of every invoice whose time has come; the calendar does this on working days."""
    for row in to_remind(session, slot):
        remind(session, row, now)


def to_remind(session: Session, at: datetime) -> list[InvoiceRow]:
    """The invoices somebody is to be reminded of, the longest due first."""
    overdue = unpaid_ids(session, due_before=local(at).date())
    held = questioned(session, overdue) | reminded(session, overdue).keys()
    wanted = [invoice_id for invoice_id in overdue if invoice_id not in held]
    rows = {row.id: row for row in list_invoices(session, ids=wanted, size=len(wanted)).rows} if wanted else {}
    return [rows[key] for key in wanted if reminder_at(rows[key].due_date) <= at]


def remind(session: Session, row: InvoiceRow, now: datetime) -> bool:
    """Remind of one invoice, once; false where that was done before."""
    if not note_reminder(session, row.id, now):
        return False
    subject = invoice_subject(row.id)
    for person_id in contact_ids(session, row.customer_id):
        announcements.show(session, person_id, "invoice", {"invoice": row.id}, now, fresh=True, subject=subject)
    email = load_billing_details(session, row.customer_id).email
    if email:
        announcements.mail(
            session, email, "payment_reminder", {"invoice": row.id}, now, key=f"payment_reminder:{row.id}"
        )
    return True
