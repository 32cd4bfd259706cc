"""The tables of the business: people, contracts, tickets, hours, estimates, files.

Only `storage` knows them; rows never leave it. Background work has its tables in `storage/outbox_tables.py`. Instants
are UTC; minutes and cents are integers; enumerations are stored by value. What happened (`ticket_events`) is only
ever added to.
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
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.columns import Instant, Json, RowId
from storage.metadata import metadata

customers = Table(
    "customers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("tenant_id", String(64), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("object_id", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("email", String(320)),
    Column("language", String(2), nullable=False),
    Column("chose_language", Boolean, nullable=False, server_default=text("false")),
    # engineer | manager | NULL: whoever is neither may still be a contact.
    Column("staff_role", String(20)),
    Column("staff_source", String(10)),  # list | group
    # Where the person's own chat with the bot is; empty until the app arrived.
    Column("user_id", String(200)),
    Column("conversation_id", String(300)),
    Column("service_url", String(300)),
    Column("installed_at", Instant),
    Column("welcomed_at", Instant),
    Column("heard_at", Instant),
    # Teams said blocked, uninstalled or disabled; cleared as soon as the person is heard again.
    Column("unreachable_since", Instant),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("tenant_id", "object_id"),
)
Index("ix_people_staff_role", people.c.staff_role, postgresql_where=people.c.staff_role.is_not(None))

contacts = Table(
    "contacts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    # 1 or 2: with the unique index below there can never be a third, whoever appoints at the same instant (R4).
    Column("slot", Integer, nullable=False),
    Column("appointed_at", Instant, nullable=False),
    Column("appointed_by", ForeignKey("people.id")),
    Column("removed_at", Instant),
    Column("removed_by", ForeignKey("people.id")),
    Column("removed_why", String(20)),  # disabled | deleted | gone; NULL where a person decided it
)
_active = contacts.c.removed_at.is_(None)
Index(
    "uq_contacts_slot",
    contacts.c.customer_id,
    contacts.c.slot,
    unique=True,
    postgresql_where=_active,
    sqlite_where=_active,
)
Index("uq_contacts_person", contacts.c.person_id, unique=True, postgresql_where=_active, sqlite_where=_active)

knocks = Table(
    "knocks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, unique=True),
    Column("knocked_at", Instant, nullable=False),
    Column("times", Integer, nullable=False),
    # waiting | appointed | refused
    Column("state", String(20), nullable=False),
    Column("decided_by", ForeignKey("people.id")),
    Column("decided_at", Instant),
)

contracts = Table(
    "contracts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("number", String(40), nullable=False, unique=True),
    Column("signed_at", Instant),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
)

addenda = Table(
    "addenda",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("contract_id", ForeignKey("contracts.id"), nullable=False, index=True),
    Column("signed_on", Date, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
)

price_lists = Table(
    "price_lists",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("year", Integer, nullable=False),
    Column("fee_cents", Integer, nullable=False),
    Column("office_cents", Integer, nullable=False),
    Column("after_hours_cents", Integer, nullable=False),
    Column("weekend_holiday_cents", Integer, nullable=False),
    Column("holidays", Json, nullable=False),
    UniqueConstraint("customer_id", "year"),
)

consents = Table(
    "consents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("document", String(300), nullable=False),
    Column("recorded_by", ForeignKey("people.id")),
    Column("valid_from", Instant, nullable=False),
    Column("valid_until", Instant),
    Column("revoked_at", Instant),
    Column("created_at", Instant, nullable=False),
)

tickets = Table(
    "tickets",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("product", String(20)),
    Column("affected", String(500), nullable=False, server_default=""),
    Column("reach", String(500), nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
    Column("created_by", ForeignKey("people.id"), nullable=False),
    Column("by_phone", Boolean, nullable=False),
    Column("state", String(20), nullable=False),
    Column("outcome", String(20)),
    Column("outcome_details", Json, nullable=False),
    Column("engineer_id", ForeignKey("people.id")),
    Column("claimed_at", Instant),
    Column("urgency", String(20)),
    Column("microsoft_case", String(60)),
    Column("closed_at", Instant),
    Column("outside_hours_allowed", Boolean, nullable=False),
    Column("duplicate_of", ForeignKey("tickets.number")),
    Column("follow_up_of", ForeignKey("tickets.number")),
    Column("is_void", Boolean, nullable=False),
    Column("minimum_waived_reason", String(500)),
    Column("granted_minutes", Integer, nullable=False),
    Column("approved_minutes", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    # The pick-up target (D19, D20), kept beside the ticket so that the queue can sort and find what is overdue.
    Column("pickup_due_at", Instant, nullable=False),
    Column("active_at", Instant, nullable=False),
    Column("last_event", String(40), nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_tickets_customer_active", tickets.c.customer_id, tickets.c.active_at.desc(), tickets.c.number.desc())
_open = tickets.c.state != "closed"
Index(
    "ix_tickets_open", tickets.c.active_at.desc(), tickets.c.number.desc(), postgresql_where=_open, sqlite_where=_open
)
Index(
    "ix_tickets_engineer", tickets.c.engineer_id, tickets.c.active_at.desc(), postgresql_where=_open, sqlite_where=_open
)

ticket_events = Table(
    "ticket_events",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("ticket_number", ForeignKey("tickets.number"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("actor_id", ForeignKey("people.id")),
    # The name then: people change theirs, history does not.
    Column("actor_name", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("details", Json, nullable=False),
    Column("is_internal", Boolean, nullable=False),
    Column("activity_id", String(300)),
    # `form:<id>` or `activity:<id>`: the second submit of the same thing finds the first one here.
    Column("key", String(330), unique=True),
    Index("ix_ticket_events_ticket", "ticket_number", "id"),
)

work_entries = Table(
    "work_entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_number", ForeignKey("tickets.number"), nullable=False, index=True),
    Column("engineer_id", ForeignKey("people.id"), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=False),
    Column("is_billable", Boolean, nullable=False),
    Column("place", String(20), nullable=False),
    Column("what", Text, nullable=False),
    Column("outside_hours_reason", String(20)),
    Column("recorded_at", Instant, nullable=False),
    Column("corrects_id", ForeignKey("work_entries.id")),
    # A correction keeps the old entry and marks it replaced (nothing that was logged is overwritten).
    Column("replaced_at", Instant),
    Index("ix_work_entries_engineer", "engineer_id", "started_at"),
)

work_timers = Table(
    "work_timers",
    metadata,
    Column("engineer_id", ForeignKey("people.id"), primary_key=True),
    Column("ticket_number", ForeignKey("tickets.number"), nullable=False),
    Column("started_at", Instant, nullable=False),
)

estimates = Table(
    "estimates",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_number", ForeignKey("tickets.number"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("what", Text, nullable=False),
    Column("office_cents", Integer, nullable=False),
    Column("after_hours_cents", Integer, nullable=False),
    Column("weekend_holiday_cents", Integer, nullable=False),
    Column("approved_before_minutes", Integer, nullable=False),
    Column("instrument", String(20), nullable=False),
    Column("created_by", ForeignKey("people.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    Column("state", String(20), nullable=False),
    Column("decided_by", ForeignKey("people.id")),
    Column("decided_at", Instant),
    Column("decided_via", String(20)),
    Column("recorded_by", ForeignKey("people.id")),
    Column("decline_reason", Text),
    Column("shown_digest", String(64)),
    UniqueConstraint("ticket_number", "revision"),
)
_offered = estimates.c.state == "open"
Index("uq_estimates_open", estimates.c.ticket_number, unique=True, postgresql_where=_offered, sqlite_where=_offered)

files = Table(
    "files",
    metadata,
    Column("id", Integer, primary_key=True),
    # NULL while it is not yet clear which ticket the file belongs to.
    Column("ticket_number", ForeignKey("tickets.number"), index=True),
    Column("customer_id", ForeignKey("customers.id")),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("name", String(300), nullable=False),
    Column("content_type", String(100), nullable=False),
    # fetching | stored | failed
    Column("state", String(20), nullable=False),
    Column("failure", String(40)),
    # Where Teams keeps the bytes; once they are stored only its digest (the address is a secret).
    Column("source", Json),
    Column("size_bytes", BigInteger),
    Column("sha256", String(64)),
    Column("created_at", Instant, nullable=False),
    Column("activity_id", String(300), nullable=False),
    Column("position", Integer, nullable=False),
    # Kept among the engineers: no contact ever sees it.
    Column("is_internal", Boolean, nullable=False),
    UniqueConstraint("activity_id", "position"),
)

file_contents = Table(
    "file_contents",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
