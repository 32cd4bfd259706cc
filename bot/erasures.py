"""Erasing a customer's personal data: what may go goes, what the law keeps stays and is said (R28; contract/retention).

One transaction, and the same again changes nothing. Cards of the customer's tickets in the staff's chats are drawn
again, so that the words go from there too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements
from bot.turn import Policy
from cards.components import Card
from cards.keeping import MOST_CUSTOMERS, kept_over_card
from contract.contracts import Contract
from contract.invoice_runs import contract_of
from contract.invoices import month_invoice
from contract.local_time import at_local, local
from contract.months import open_month
from contract.parties import Address, Seller
from contract.people import Customer, Role
from contract.periods import month_after
from contract.retention import RecordClass, StillGoingOn, check_erasure, kept_since, kept_through, may_go
from storage import erasing
from storage.billed_customers import load_billed_customers
from storage.contacts import load_customer
from storage.contracts import load_contracts
from storage.erasing_access import administrator_addresses, erase_access
from storage.erasing_accounts import erase_accounts
from storage.erasing_kept import erase_kept
from storage.erasures import (
    count_kept,
    customers_over,
    keep_erasure,
    load_named_in_decisions,
    load_own_people,
    load_standing,
)
from storage.errors import NotFound
from storage.invoice_runs import list_runs
from storage.invoices import invoiced_customers
from storage.people import Standing
from storage.ticket_records import load_records

KEPT_BY = {
    "invoices": RecordClass.INVOICES,
    "invoice_lines": RecordClass.INVOICES,
    "invoice_documents": RecordClass.INVOICES,
    "payments": RecordClass.INVOICES,
    "time_entries": RecordClass.ENTRIES,
    "costs": RecordClass.ENTRIES,
    "estimates": RecordClass.DECISIONS,
    "receipts": RecordClass.DECISIONS,
    "consent_ledger": RecordClass.CONTRACTS,
    "contracts": RecordClass.CONTRACTS,
    "signatures": RecordClass.CONTRACTS,
    "addenda": RecordClass.CONTRACTS,
    "price_lists": RecordClass.CONTRACTS,
    "cancellations": RecordClass.CONTRACTS,
}
"""Why each kind of row stays."""


def erase_customer(session: Session, customer: Customer, now: datetime) -> dict[str, Any]:
    """Erase what may go; returns what was removed, and what was kept, why and until when. Raises StillGoingOn."""
    load_customer(session, customer.id, lock=True)
    today = local(now).date()
    standing = load_standing(session, customer.id)
    check_erasure(load_contracts(session, customer.id), standing.tickets, standing.invoices, today)
    if (waits := _to_invoice(session, customer.id, now)) is not None:
        raise StillGoingOn((waits,), (), ())
    through = kept_through(standing.days)
    is_over = may_go(RecordClass.INVOICES, through, today)
    removed = _erase(session, customer.id, now, is_over=is_over)
    kept = [] if is_over else _kept(session, customer.id)
    named = [] if is_over else sorted(load_named_in_decisions(session, customer.id))
    report = {
        "customer": customer.id,
        "removed": removed,
        "kept": kept,
        "kept_names": len(named),
        "kept_through": through.isoformat() if through and not is_over else None,
        "receipts_stay": bool(count_kept(session, customer.id)["receipts"]),
    }
    if any(removed.values()):
        keep_erasure(session, customer.id, report, now)
    return report


def _to_invoice(session: Session, customer_id: int, now: datetime) -> Contract | None:
    """The contract of which a month is not invoiced yet, or something that was recorded after its last invoice (D9).

    A month that was never run is not waited for: its invoices were made elsewhere.
    """
    for month in {open_month(now), *(run.month for run in list_runs(session))}:
        [customer] = load_billed_customers(session, [customer_id], month)
        contract = contract_of(customer.contracts, month)
        if contract is None or invoiced_customers(session, [customer_id], *month):
            continue
        records = [ticket.record for ticket in load_records(session, [customer_id], month)[customer_id]]
        buyer, language = customer.details.buyer, customer.details.language
        nobody = Seller(name="", address=Address(street="", postal_code="", city=""))
        if month_invoice(contract, month, records, customer.prices, seller=nobody, buyer=buyer, language=language):
            return contract
    return None


# --- when the years are over ------------------------------------------------------------------------------------------


def next_month_begin(after: datetime) -> datetime:
    """The 1st of the next month at 9:00 local time."""
    return at_local(month_after(local(after).date()), time(9))


def warn_of_kept(session: Session, slot: datetime, now: datetime) -> None:
    """Tell every manager of customers whose kept records are past their years, once a month while there are any."""
    if customers_over(session, kept_since(local(now).date()), limit=1):
        month = f"{local(now):%Y-%m}"
        announcements.warn_managers(session, "kept_over", {"month": month}, now, once=f"kept_over:{month}")


def kept_over_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """Which customers those are by then. Raises NotFound for anybody but a manager, and where there are none."""
    found = customers_over(session, kept_since(local(now).date()), limit=MOST_CUSTOMERS + 1)
    if reader.role is not Role.MANAGER or not found:
        raise NotFound("kept records", args["month"])
    return kept_over_card(found, reader.person.language)


# --- the act ----------------------------------------------------------------------------------------------------------


def _erase(session: Session, customer_id: int, now: datetime, *, is_over: bool) -> dict[str, int]:
    erasing.overwrite_erased(session)
    own = load_own_people(session, customer_id)
    named = () if is_over else load_named_in_decisions(session, customer_id)
    late = [kind.value for kind in erasing.DECIDED] if is_over else ()
    addresses = erasing.known_addresses(session, customer_id) | administrator_addresses(session, customer_id)
    shown = erasing.shown_subjects(session, customer_id)
    removed = {
        "messages": erasing.erase_messages(session, customer_id, own, addresses),
        "tickets": erasing.erase_tickets(session, customer_id),
        "history": erasing.erase_history(session, customer_id, own, kinds=late),
        "files": erasing.erase_files(session, customer_id),
        "question_messages": erasing.erase_questions(session, customer_id, own),
        "agreements": erasing.erase_agreements(session, customer_id),
        "accounts": erase_accounts(session, customer_id, own),
        "access": erase_access(session, customer_id),
        "people": erasing.erase_people(session, customer_id, own, named, now),
        "kept_records": erase_kept(session, customer_id) if is_over else 0,
    }
    if any(removed.values()):
        for subject in shown:
            announcements.follow(session, subject, now)
    return removed


def _kept(session: Session, customer_id: int) -> list[dict[str, Any]]:
    return [
        {"what": name, "count": count, "class": KEPT_BY[name].value}
        for name, count in count_kept(session, customer_id).items()
        if count
    ]
