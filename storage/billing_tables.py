"""The tables of a contract's months: how it ends, what is charged, invoices and their questions, receipts.

Only `storage` knows them. What was issued or decided is only ever added to: an invoice, its lines and a receipt never
change. Minutes, quantities and cents are integers.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

from storage.columns import Instant, Json, RowId
from storage.metadata import metadata

# --- contract ---------------------------------------------------------------------------------------------------------

signatures = Table(
    "signatures",
    metadata,
    Column("contract_id", ForeignKey("contracts.id"), primary_key=True),
    # Who signed for the customer: a name, and the person where it was one of ours to know.
    Column("signatory", String(200), nullable=False),
    Column("person_id", ForeignKey("people.id")),
    # The signed paper, where there is one; its bytes are in file_contents.
    Column("document_name", String(300)),
    Column("document_sha256", String(64)),
    Column("activity_id", String(300)),
    Column("recorded_by", ForeignKey("people.id")),
    Column("recorded_at", Instant, nullable=False),
)

cancellations = Table(
    "cancellations",
    metadata,
    # The first cancellation stands (D18), so there is one a contract; contracts.ends_on is moved to `ends_on`.
    Column("contract_id", ForeignKey("contracts.id"), primary_key=True),
    # customer | provider
    Column("by", String(20), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("requested_ends_on", Date),
    Column("agreed_ends_on", Date, nullable=False),
    # The day before the start where the contract never starts.
    Column("ends_on", Date, nullable=False),
    Column("recorded_by", ForeignKey("people.id")),
    Column("recorded_at", Instant, nullable=False),
)

addendum_items = Table(
    "addendum_items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("addendum_id", ForeignKey("addenda.id"), nullable=False, index=True),
    # What an addendum charges beside hours: travel, parking (R26), at a price for one.
    Column("what", String(200), nullable=False),
    Column("price_cents", Integer, nullable=False),
)

costs = Table(
    "costs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_number", ForeignKey("tickets.number"), nullable=False, index=True),
    Column("item_id", ForeignKey("addendum_items.id"), nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("recorded_by", ForeignKey("people.id")),
    Column("recorded_at", Instant, nullable=False),
    Column("removed_by", ForeignKey("people.id")),
    Column("removed_at", Instant),
)

# --- invoices ---------------------------------------------------------------------------------------------------------

billing_details = Table(
    "billing_details",
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("legal_name", String(200), nullable=False),
    Column("street", String(200), nullable=False),
    Column("postal_code", String(20), nullable=False),
    Column("city", String(100), nullable=False),
    Column("country", String(2), nullable=False),
    Column("registration", String(40)),
    Column("vat_id", String(40)),
    # The day on which somebody looked the VAT id up; without it there is no reverse charge (D21).
    Column("vat_checked_on", Date),
    Column("email", String(320)),
    Column("reference", String(100)),
    Column("language", String(2), nullable=False),
)

invoice_counters = Table(
    "invoice_counters",
    metadata,
    # "2026" for invoices, "C2026" for credit notes.
    Column("series", String(10), primary_key=True),
    Column("last", Integer, nullable=False),
)

invoices = Table(
    "invoices",
    metadata,
    Column("id", Integer, primary_key=True),
    # invoice | credit_note
    Column("kind", String(20), nullable=False),
    Column("number", String(20), nullable=False, unique=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("contract_id", ForeignKey("contracts.id"), nullable=False),
    Column("contract_number", String(40), nullable=False),
    # The month it is for; of a credit note that of the invoice it credits.
    Column("year", Integer, nullable=False),
    Column("month", SmallInteger, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("issued_by", ForeignKey("people.id")),
    Column("invoice_date", Date, nullable=False),
    Column("due_date", Date, nullable=False),
    Column("language", String(2), nullable=False),
    Column("reference", String(100), nullable=False),
    # Both parties as they were then.
    Column("seller", Json, nullable=False),
    Column("buyer", Json, nullable=False),
    Column("net_cents", Integer, nullable=False),
    Column("vat_percent", SmallInteger, nullable=False),
    Column("is_reverse_charge", Boolean, nullable=False),
    Column("vat_cents", Integer, nullable=False),
    Column("gross_cents", Integer, nullable=False),
    Column("original_id", ForeignKey("invoices.id"), index=True),
    Column("reason", Text),
    # correction: follows corrected entries (D9); choice: whole invoice or lines that the manager chose
    Column("credits", String(20)),
    Index("ix_invoices_customer", "customer_id", "id"),
)
_monthly = invoices.c.kind == literal_column("'invoice'")
Index(
    "uq_invoices_month",
    invoices.c.contract_id,
    invoices.c.year,
    invoices.c.month,
    unique=True,
    postgresql_where=_monthly,
    sqlite_where=_monthly,
)
Index("ix_invoices_month", invoices.c.year, invoices.c.month)

invoice_lines = Table(
    "invoice_lines",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("invoice_id", ForeignKey("invoices.id"), nullable=False),
    Column("position", Integer, nullable=False),
    # fee | a rate band | minimum | cost
    Column("kind", String(20), nullable=False),
    Column("ticket_number", ForeignKey("tickets.number"), index=True),
    Column("price_year", Integer, nullable=False),
    # Minutes of work and minimum; pieces of the fee and of costs.
    Column("quantity", Integer, nullable=False),
    # Of an hour for minutes, of one for pieces.
    Column("price_cents", Integer, nullable=False),
    Column("amount_cents", Integer, nullable=False),
    # What the line is traced to: the subject, the entries with their days and minutes, the approvals.
    Column("details", Json, nullable=False),
    # Of a credit note: the line it credits.
    Column("original_id", ForeignKey("invoice_lines.id"), index=True),
    UniqueConstraint("invoice_id", "position"),
)

invoice_documents = Table(
    "invoice_documents",
    metadata,
    Column("invoice_id", ForeignKey("invoices.id"), primary_key=True),
    # pdf | ubl
    Column("kind", String(10), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
)

invoice_runs = Table(
    "invoice_runs",
    metadata,
    Column("year", Integer, primary_key=True),
    Column("month", SmallInteger, primary_key=True),
    # preparing | prepared | issuing | issued
    Column("state", String(20), nullable=False),
    Column("started_at", Instant, nullable=False),
    # The last customer that is done.
    Column("cursor", Integer, nullable=False),
    # Counts and sums so far, and what is unusual.
    Column("totals", Json, nullable=False),
    Column("released_by", ForeignKey("people.id")),
    Column("released_at", Instant),
    Column("ended_at", Instant),
)

payments = Table(
    "payments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("invoice_id", ForeignKey("invoices.id"), nullable=False, index=True),
    Column("paid_on", Date, nullable=False),
    # Negative where a payment was booked by mistake or came back.
    Column("amount_cents", Integer, nullable=False),
    Column("note", String(200), nullable=False),
    Column("recorded_by", ForeignKey("people.id")),
    Column("recorded_at", Instant, nullable=False),
)

payment_reminders = Table(
    "payment_reminders",
    metadata,
    Column("invoice_id", ForeignKey("invoices.id"), primary_key=True),
    Column("reminded_at", Instant, nullable=False),
)

invoice_questions = Table(
    "invoice_questions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("invoice_id", ForeignKey("invoices.id"), nullable=False, index=True),
    # NULL: about the invoice as a whole.
    Column("line_id", ForeignKey("invoice_lines.id")),
    Column("asked_by", ForeignKey("people.id"), nullable=False),
    Column("asked_at", Instant, nullable=False),
    # Set by the manager's answer, emptied by the next word of a contact.
    Column("answered_at", Instant),
)

question_messages = Table(
    "question_messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("question_id", ForeignKey("invoice_questions.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    # The name then.
    Column("name", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("key", String(330), unique=True),
)

# --- evidence ---------------------------------------------------------------------------------------------------------

receipts = Table(
    "receipts",
    metadata,
    # 1, 2, 3 ... without a gap: each receipt carries the digest of the one before.
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("ticket_number", ForeignKey("tickets.number"), nullable=False, index=True),
    Column("estimate_id", ForeignKey("estimates.id"), nullable=False, index=True),
    # Canonical JSON; `digest` is the SHA-256 of its bytes, `signature` the Ed25519 signature over them, base64.
    Column("body", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("signature", String(100), nullable=False),
    # The key it was signed with (DER, base64), which the installation may have replaced since.
    Column("public_key", String(100), nullable=False),
    Column("created_at", Instant, nullable=False),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("erased_at", Instant, nullable=False),
    # What was removed, what was kept and why.
    Column("report", Json, nullable=False),
)

imported_entries = Table(
    "imported_entries",
    metadata,
    # Which row of which file: importing the same file again adds nothing.
    Column("key", String(200), primary_key=True),
    Column("entry_id", ForeignKey("work_entries.id"), nullable=False, index=True),
)
