"""The month's invoices: drafts from the raw entries, and issuing them, a number of customers at a time (R14, D5-D10).

One row a month says how far the run is (`storage/invoice_runs.py`). Each part holds that row, does the next customers
and moves the cursor, in one transaction. So timers, replicas and commands can all work on one run, what was killed
begins again where it was, and every contract gets one invoice under the next number. Running again issues only what
was not issued yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot import announcements
from bot.credits import note_changes
from bot.turn import Policy
from contract.billing import ticket_bill
from contract.invoice_runs import (
    Finding,
    RunState,
    Signs,
    Totals,
    check_over,
    contract_of,
    unusual,
)
from contract.invoices import Invoice, month_invoice
from contract.local_time import local
from contract.months import Month, issued_at
from storage.billed_customers import BilledCustomer, load_billed_customers, load_signs, next_customers
from storage.invoice_lists import changed_after
from storage.invoice_runs import InvoiceRun, begin_run, save_run
from storage.invoices import invoiced_contracts, invoiced_customers, issue_all, load_sums
from storage.ticket_records import BilledTicket, load_records, load_records_of

CHUNK = 50
"""Customers of one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A customer's invoice of the month, as it is or as it would be issued now, and what is unusual about it."""

    customer: BilledCustomer
    invoice: Invoice | None
    """None where it was issued already: then `issued` is its id."""
    findings: tuple[Finding, ...] = ()
    issued: int | None = None

    @property
    def is_refused(self) -> bool:
        """True where it can not be issued."""
        return any(finding.what.is_refused for finding in self.findings)


def drafts_of(
    session: Session, policy: Policy, customer_ids: Sequence[int], month: Month, now: datetime
) -> list[Draft]:
    """The drafts of these customers, by number; those without a fee and without a line have none."""
    customers = load_billed_customers(session, customer_ids, month)
    terms = {one.id: contract for one in customers if (contract := contract_of(one.contracts, month)) is not None}
    issued = invoiced_contracts(session, [contract.id for contract in terms.values()], *month)
    wanted = [one for one in customers if one.id in terms]
    open_ids = [one.id for one in wanted if terms[one.id].id not in issued]
    # Where a contract was kept after the month's work went out on the invoice of the one before, its fee is left.
    charged = invoiced_customers(session, open_ids, *month)
    records = load_records(session, open_ids, month) if open_ids else {}
    records |= {customer_id: [] for customer_id in charged}
    signs = load_signs(session, open_ids, month) if open_ids else {}
    found: list[Draft] = []
    for one in wanted:
        contract = terms[one.id]
        if contract.id in issued:
            found.append(Draft(customer=one, invoice=None, issued=issued[contract.id]))
            continue
        invoice = month_invoice(
            contract,
            month,
            [ticket.record for ticket in records[one.id]],
            one.prices,
            seller=policy.seller,
            buyer=one.details.buyer,
            language=one.details.language,
            issue_date=local(now).date(),
        )
        if invoice is not None:
            allowed = tuple(approval for ticket in records[one.id] for approval in ticket.approvals)
            invoice = replace(invoice, approvals=allowed)
            findings = _findings(session, one, invoice, records[one.id], signs[one.id])
            found.append(Draft(customer=one, invoice=invoice, findings=findings))
    return found


def _findings(
    session: Session, customer: BilledCustomer, invoice: Invoice, tickets: Sequence[BilledTicket], signs: Signs
) -> tuple[Finding, ...]:
    changed = load_records_of(session, signs.credit_tickets)
    due = tuple(one.record.ticket.number for one in changed if ticket_bill(one.record, customer.prices).due_back)
    known = replace(signs, credit_tickets=due, is_year_missing=customer.prices.is_missing(invoice.month[0]))
    found = unusual(invoice, known, [one.record for one in tickets])
    return tuple(Finding(customer.id, customer.name, what, facts) for what, facts in found.items())


# --- the run ----------------------------------------------------------------------------------------------------------


def prepare(session: Session, month: Month, now: datetime) -> InvoiceRun:
    """Begin the drafts of a month, or begin them again; a run that is being issued, or is issued, stays as it is."""
    check_over(month, now)
    run = begin_run(session, month, now)
    if run.state in (RunState.PREPARING, RunState.PREPARED):
        run = replace(run, state=RunState.PREPARING, cursor=0, totals=Totals(), started_at=now)
        save_run(session, run)
    return run


def begin_again(session: Session, month: Month, now: datetime) -> InvoiceRun:
    """Look a begun month through from the first customer on: something it should have came to be known since.

    One that is issued is prepared once more, so that a manager releases what it lacked; what was issued stays.
    """
    run = begin_run(session, month, now)
    state = RunState.ISSUING if run.state is RunState.ISSUING else RunState.PREPARING
    run = replace(run, state=state, cursor=0, totals=Totals(), started_at=now)
    save_run(session, run)
    return run


def release(session: Session, month: Month, now: datetime, by: int | None) -> InvoiceRun:
    """Begin to issue a month; one that was issued is looked through again for what could not be issued then."""
    check_over(month, now)
    run = begin_run(session, month, now)
    if run.state is not RunState.ISSUING:
        run = replace(
            run,
            state=RunState.ISSUING,
            cursor=0,
            totals=Totals(),
            released_by=by,
            released_at=now,
            ended_at=None,
        )
        save_run(session, run)
    return run


def advance(session: Session, policy: Policy, month: Month, now: datetime, *, most: int = CHUNK) -> InvoiceRun:
    """Do the next customers of a run, whoever began it; returns how far it is then."""
    run = begin_run(session, month, now)
    if run.state in (RunState.PREPARED, RunState.ISSUED):
        return run
    ids = next_customers(session, run.cursor, most)
    if not ids:
        return _finish(session, policy, run, now)
    drafts = drafts_of(session, policy, ids, month, now)
    if run.state is RunState.ISSUING:
        _issue(session, drafts, run, now)
    run = replace(run, cursor=ids[-1], totals=_counted(session, run.totals, drafts))
    save_run(session, run)
    return run


def _issue(session: Session, drafts: Sequence[Draft], run: InvoiceRun, now: datetime) -> None:
    good = [draft.invoice for draft in drafts if draft.invoice is not None and not draft.is_refused]
    issued = issue_all(session, good, now=now, by=run.released_by)
    for invoice in issued:
        announcements.invoice_issued(session, invoice.id, invoice.customer_id, now)
    # What was corrected between the issue moment and now is on them as it was, and due back at once (D9).
    numbers = {line.ticket_number for invoice in issued for line in invoice.lines if line.ticket_number is not None}
    note_changes(session, changed_after(session, numbers, issued_at(run.month)), now)


def _counted(session: Session, totals: Totals, drafts: Sequence[Draft]) -> Totals:
    sums = load_sums(session, [draft.issued for draft in drafts if draft.issued is not None])
    for draft in drafts:
        if draft.invoice is not None:
            invoice = draft.invoice
            totals = totals.plus(invoice.net_cents, invoice.vat_cents, invoice.gross_cents, draft.findings)
        elif draft.issued is not None:
            totals = totals.plus(*sums[draft.issued])
    return totals


def _finish(session: Session, policy: Policy, run: InvoiceRun, now: datetime) -> InvoiceRun:
    """All customers are done: the managers release it, or see what was issued."""
    if run.state is RunState.PREPARING and policy.issue_without_asking:
        return release(session, run.month, now, None)
    ended = RunState.PREPARED if run.state is RunState.PREPARING else RunState.ISSUED
    run = replace(run, state=ended, ended_at=now if ended is RunState.ISSUED else None)
    save_run(session, run)
    show_run(session, run.key, now)
    return run


def show_run(session: Session, key: int, now: datetime) -> None:
    """Post the run's card to every manager, or bring it up to date."""
    announcements.show_managers(session, "invoice_run", {"invoice_run": key}, now, subject=f"invoice_run:{key}")
