"""Everything that is kept of one customer, as plain values: a subject at a time, a row at a time (R3, R19).

Each subject is one table, narrowed to the customer. A column that is added to a table is exported by itself, unless it
is among the hidden ones: where a chat is, what a message was called, what opens something. What the provider wrote for
itself alone (internal notes, urgency and their files) is left out unless asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    case,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from contract.receipts import SealedReceipt
from storage import access_tables as access
from storage import billing_tables as billing
from storage import tables
from storage.receipts import sealed_of

ROWS_AT_ONCE = 500

HIDDEN = frozenset(
    {"activity_id", "conversation_id", "service_url", "user_id", "key", "source", "delta_link", "subscription_secret"}
    | {"nonce_digest", "state_digest", "sign_in_flow"}
)
"""Columns of any table that stay with the provider: addresses of chats and messages, and what opens something."""

EXCEPTIONS: Mapping[str, str] = {
    "imported_entries": "which row of an imported file an entry came from; the entry itself is exported",
    "invoice_counters": "the last number given, of all customers together",
    "invoice_runs": "the state of a month's run, of all customers together",
    "staff_groups": "the provider's own security groups, and when they were read",
    "work_timers": "a timer of an engineer that still runs; when it is stopped it becomes a time entry",
    "posted_cards": "which message shows which card, as an address in a chat",
    "outbox": "messages that wait or went out, by the numbers of what they show",
    "mailbox": "how fast a chat may be written to",
    "timer": "when something is to be looked at again, by its number",
    "cron": "when calendar work is due",
    "worker": "which replicas run",
}
"""Tables that are not exported, and why."""

CUSTOMER: BindParameter[int] = bindparam("customer")
_TICKETS = select(tables.tickets.c.number).where(tables.tickets.c.customer_id == CUSTOMER)
_CONTRACTS = select(tables.contracts.c.id).where(tables.contracts.c.customer_id == CUSTOMER)
_INVOICES = select(billing.invoices.c.id).where(billing.invoices.c.customer_id == CUSTOMER)
_ADDENDA = select(tables.addenda.c.id).where(tables.addenda.c.contract_id.in_(_CONTRACTS))
_QUESTIONS = select(billing.invoice_questions.c.id).where(billing.invoice_questions.c.invoice_id.in_(_INVOICES))


_TENANT = select(tables.customers.c.tenant_id).where(tables.customers.c.id == CUSTOMER)
_APPOINTED = select(tables.contacts.c.person_id).where(tables.contacts.c.customer_id == CUSTOMER)
_people = tables.people
is_of_customer = and_(
    _people.c.staff_role.is_(None), or_(_people.c.tenant_id == _TENANT.scalar_subquery(), _people.c.id.in_(_APPOINTED))
)
"""Whether a person is of the customer with the parameter `customer`: of its tenant, or ever one of its contacts."""
_OWN_PEOPLE = select(_people.c.id).where(is_of_customer)

_ALWAYS = true()


@dataclass(frozen=True, slots=True)
class Subject:
    """One file of an export: rows of a table that belong to a customer. `shown` leaves out what is internal."""

    name: str
    table: Table
    belongs: ColumnElement[bool]
    shown: ColumnElement[bool] = _ALWAYS
    internal: frozenset[str] = frozenset()
    """Columns that are only exported together with what is internal."""


def _of_customer(table: Table) -> ColumnElement[bool]:
    return table.c.customer_id == CUSTOMER


_events, _files = tables.ticket_events, tables.files

SUBJECTS = (
    Subject("customer", tables.customers, tables.customers.c.id == CUSTOMER),
    Subject("billing_details", billing.billing_details, _of_customer(billing.billing_details)),
    Subject("contacts", tables.contacts, _of_customer(tables.contacts)),
    Subject("knocks", tables.knocks, _of_customer(tables.knocks)),
    Subject("accounts", access.directory_accounts, access.directory_accounts.c.person_id.in_(_OWN_PEOPLE)),
    Subject("account_changes", access.account_changes, access.account_changes.c.person_id.in_(_OWN_PEOPLE)),
    Subject("contact_searches", access.contact_searches, _of_customer(access.contact_searches)),
    Subject("guests", access.guest_identities, access.guest_identities.c.tenant_id == _TENANT.scalar_subquery()),
    Subject("account_watch", access.tenant_watches, _of_customer(access.tenant_watches)),
    Subject("contracts", tables.contracts, _of_customer(tables.contracts)),
    Subject("signatures", billing.signatures, billing.signatures.c.contract_id.in_(_CONTRACTS)),
    Subject("cancellations", billing.cancellations, billing.cancellations.c.contract_id.in_(_CONTRACTS)),
    Subject("addenda", tables.addenda, tables.addenda.c.contract_id.in_(_CONTRACTS)),
    Subject("addendum_items", billing.addendum_items, billing.addendum_items.c.addendum_id.in_(_ADDENDA)),
    Subject("price_lists", tables.price_lists, _of_customer(tables.price_lists)),
    Subject("administrator", access.administrators, _of_customer(access.administrators)),
    Subject("access_withdrawals", access.access_withdrawals, _of_customer(access.access_withdrawals)),
    Subject("remote_sessions", access.remote_sessions, _of_customer(access.remote_sessions)),
    Subject("consents", tables.consents, _of_customer(tables.consents)),
    Subject(
        "consent_sources",
        access.consent_grants,
        _of_customer(access.consent_grants),
        internal=frozenset({"etag", "next_check_at"}),
    ),
    Subject("consent_requests", access.consent_requests, _of_customer(access.consent_requests)),
    Subject("consent_ledger", access.consent_ledger, _of_customer(access.consent_ledger)),
    Subject("tickets", tables.tickets, _of_customer(tables.tickets), internal=frozenset({"urgency"})),
    Subject("ticket_history", _events, _events.c.ticket_number.in_(_TICKETS), _events.c.is_internal.is_(False)),
    Subject("time_entries", tables.work_entries, tables.work_entries.c.ticket_number.in_(_TICKETS)),
    Subject("costs", billing.costs, billing.costs.c.ticket_number.in_(_TICKETS)),
    Subject("estimates", tables.estimates, tables.estimates.c.ticket_number.in_(_TICKETS)),
    Subject("receipts", billing.receipts, _of_customer(billing.receipts)),
    Subject(
        "files",
        _files,
        or_(_files.c.customer_id == CUSTOMER, _files.c.ticket_number.in_(_TICKETS)),
        _files.c.is_internal.is_(False),
    ),
    Subject("invoices", billing.invoices, _of_customer(billing.invoices)),
    Subject("invoice_lines", billing.invoice_lines, billing.invoice_lines.c.invoice_id.in_(_INVOICES)),
    Subject("invoice_documents", billing.invoice_documents, billing.invoice_documents.c.invoice_id.in_(_INVOICES)),
    Subject("payments", billing.payments, billing.payments.c.invoice_id.in_(_INVOICES)),
    Subject("payment_reminders", billing.payment_reminders, billing.payment_reminders.c.invoice_id.in_(_INVOICES)),
    Subject("questions", billing.invoice_questions, billing.invoice_questions.c.invoice_id.in_(_INVOICES)),
    Subject("question_messages", billing.question_messages, billing.question_messages.c.question_id.in_(_QUESTIONS)),
    Subject("erasures", billing.erasures, _of_customer(billing.erasures)),
)
PEOPLE = "people"
"""The subject that is no table as it is: of people of the customer everything, of the provider's only the name."""


def columns_of(subject: Subject, *, internal: bool) -> list[str]:
    """The columns of a subject's rows, in the order of the table."""
    left_out = HIDDEN if internal else HIDDEN | subject.internal
    return [column.name for column in subject.table.c if column.name not in left_out]


def export_rows(session: Session, subject: Subject, customer_id: int, *, internal: bool) -> Iterator[dict[str, Any]]:
    """The rows of a subject, by their key, a few at a time from the database."""
    names = columns_of(subject, internal=internal)
    query = select(*(subject.table.c[name] for name in names)).where(subject.belongs)
    if not internal:
        query = query.where(subject.shown)
    yield from _streamed(session, query.order_by(*subject.table.primary_key.columns), customer_id)


def _streamed(session: Session, query: Select[Any], customer_id: int) -> Iterator[dict[str, Any]]:
    rows = session.execute(query.execution_options(yield_per=ROWS_AT_ONCE), {"customer": customer_id})
    for row in rows:
        yield dict(row._mapping)  # noqa: SLF001 -- SQLAlchemy's public name for it


# --- people -----------------------------------------------------------------------------------------------------------

_OWN_ONLY = ("email", "language", "tenant_id", "object_id", "created_at", "heard_at", "welcomed_at")
PEOPLE_COLUMNS = ("id", "name", "side", *_OWN_ONLY)


def export_people(session: Session, customer_id: int, *, internal: bool) -> Iterator[dict[str, Any]]:
    """Everybody of the customer, and who of the provider worked for it by name."""
    acted = select(_events.c.actor_id).where(_events.c.ticket_number.in_(_TICKETS))
    if not internal:
        acted = acted.where(_events.c.is_internal.is_(False))
    worked = select(tables.work_entries.c.engineer_id).where(tables.work_entries.c.ticket_number.in_(_TICKETS))
    query = (
        select(
            _people.c.id,
            _people.c.name,
            case((is_of_customer, literal("customer")), else_=literal("provider")).label("side"),
            *(case((is_of_customer, _people.c[name]), else_=null()).label(name) for name in _OWN_ONLY),
        )
        .where(
            or_(
                is_of_customer,
                and_(_people.c.staff_role.is_not(None), or_(_people.c.id.in_(acted), _people.c.id.in_(worked))),
            )
        )
        .order_by(_people.c.id)
    )
    yield from _streamed(session, query, customer_id)


# --- receipts and bytes -----------------------------------------------------------------------------------------------


def export_receipts(session: Session, customer_id: int) -> Iterator[SealedReceipt]:
    """The customer's receipts as they were sealed."""
    query = select(billing.receipts).where(_of_customer(billing.receipts)).order_by(billing.receipts.c.sequence)
    rows = session.execute(query.execution_options(yield_per=ROWS_AT_ONCE), {"customer": customer_id})
    yield from map(sealed_of, rows)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """Bytes that are kept of a customer: what they are of (`files`, `invoices`, `contracts`), its number, a name."""

    kind: str
    number: str
    name: str
    sha256: str


def export_files(session: Session, customer_id: int, *, internal: bool) -> list[KeptFile]:
    """The bytes that belong to an export: files of tickets, documents of invoices, signed contracts."""
    documents, signed = billing.invoice_documents, billing.signatures
    of_files = select(literal("files"), _files.c.id, _files.c.name, _files.c.sha256).where(
        SUBJECT["files"].belongs, _files.c.sha256.is_not(None), true() if internal else SUBJECT["files"].shown
    )
    of_invoices = (
        select(literal("invoices"), billing.invoices.c.number, documents.c.name, documents.c.sha256)
        .join(billing.invoices, billing.invoices.c.id == documents.c.invoice_id)
        .where(SUBJECT["invoice_documents"].belongs)
    )
    of_contracts = (
        select(literal("contracts"), tables.contracts.c.number, signed.c.document_name, signed.c.document_sha256)
        .join(tables.contracts, tables.contracts.c.id == signed.c.contract_id)
        .where(SUBJECT["signatures"].belongs, signed.c.document_sha256.is_not(None))
    )
    return [
        KeptFile(kind, str(number), name or "", sha256)
        for query in (of_files, of_invoices, of_contracts)
        for kind, number, name, sha256 in session.execute(query, {"customer": customer_id})
    ]


SUBJECT = {subject.name: subject for subject in SUBJECTS}
