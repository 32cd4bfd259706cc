"""The tables of what is known about customers' tenants: accounts of contacts, the watch over them, consents, sessions.

Only `storage` knows them. The ledger and the changes of accounts are only ever added to. What Graph said is kept as it
was understood, with the digest of the raw answer, never the answer itself.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from storage.columns import Instant, Json
from storage.metadata import metadata

LONGEST_ERROR = 120
"""Of a fault, as it is kept: a code of Microsoft's, never a text."""

# --- who is who -------------------------------------------------------------------------------------------------------

directory_accounts = Table(
    "directory_accounts",
    metadata,
    # What the directory says of a person; who was never looked up has no row.
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    # enabled | disabled | deleted (can be restored) | gone
    Column("state", String(20), nullable=False),
    Column("is_guest", Boolean, nullable=False),
    Column("user_principal_name", String(320), nullable=False),
    # The last time Graph answered; what it said then holds for 24 hours.
    Column("checked_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    # The app in this person's Teams: NULL, asked, installed, refused; why it was refused.
    Column("install_state", String(20)),
    Column("install_error", String(LONGEST_ERROR)),
    Column("install_at", Instant),
)

account_changes = Table(
    "account_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    # found, renamed, address, disabled, enabled, deleted, restored, gone
    Column("kind", String(20), nullable=False),
    Column("before", String(320)),
    Column("after", String(320)),
)

contact_searches = Table(
    "contact_searches",
    metadata,
    # Somebody is to become contact, by address or because the account came back.
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("email", String(320), nullable=False),
    # Known where a people picker or a restored account named it.
    Column("object_id", String(64)),
    # Whose place it is, where somebody is replaced.
    Column("replaces_id", ForeignKey("people.id")),
    # proposed (by a contact) | looking | failed (Graph did not answer, tried again) | appointed | refused | dropped
    Column("state", String(20), nullable=False),
    # A WhyNot of contract/accounts.py.
    Column("reason", String(40)),
    Column("asked_by", ForeignKey("people.id")),
    Column("asked_at", Instant, nullable=False),
    Column("person_id", ForeignKey("people.id")),
    Column("decided_by", ForeignKey("people.id")),
    Column("ended_at", Instant),
)

tenant_watches = Table(
    "tenant_watches",
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    # Without it the contacts are whom the provider named, and nobody is locked out by Graph.
    Column("is_on", Boolean, nullable=False),
    Column("delta_link", Text),
    # The digest of the object ids that the link is about: other contacts need another link.
    Column("watched", String(64)),
    Column("next_look_at", Instant),
    Column("looked_at", Instant),
    # Since when looking fails, and with what; NULL while it works.
    Column("failing_since", Instant),
    Column("error", String(LONGEST_ERROR)),
    # When everybody was told that the contacts only read.
    Column("told_at", Instant),
    # A manager switched it off; only a manager switches it on again.
    Column("stopped_at", Instant),
    Column("stopped_by", ForeignKey("people.id")),
    Column("stopped_why", String(300)),
    # The subscription to changes of users; the secret is compared with what each notification carries.
    Column("subscription_id", String(100), unique=True),
    Column("subscription_secret", String(128)),
    Column("subscription_ends_at", Instant),
    Column("subscription_error", String(LONGEST_ERROR)),
    # When it is looked after next; NULL: at once.
    Column("subscription_due_at", Instant),
    Column("notified_at", Instant),
    # The app in the customer's catalogue; NULL where it is not there or nobody may look.
    Column("catalog_app_id", String(100)),
    Column("catalog_checked_at", Instant),
)
Index(
    "ix_tenant_watches_next",
    tenant_watches.c.next_look_at,
    postgresql_where=tenant_watches.c.next_look_at.is_not(None),
    sqlite_where=tenant_watches.c.next_look_at.is_not(None),
)

guest_identities = Table(
    "guest_identities",
    metadata,
    # The same engineer as a guest in a customer's tenant.
    Column("id", Integer, primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("object_id", String(64), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    # offered | confirmed | refused: only the engineer, in the own tenant, confirms it.
    Column("state", String(20), nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("decided_at", Instant),
    UniqueConstraint("tenant_id", "object_id"),
)

staff_groups = Table(
    "staff_groups",
    metadata,
    # A security group of the provider: who is in it is on the staff. What the last looks at it found.
    Column("group_id", String(64), primary_key=True),
    Column("looked_at", Instant),
    Column("members", Integer, nullable=False),
    # Since when it has been found empty, or could not be read, and with what.
    Column("empty_since", Instant),
    Column("failing_since", Instant),
    Column("error", String(LONGEST_ERROR)),
)

administrators = Table(
    "administrators",
    metadata,
    # Who can grant access in a customer's tenant; often neither of the contacts.
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("email", String(320), nullable=False),
    Column("language", String(2), nullable=False),
    Column("changed_by", ForeignKey("people.id")),
    Column("changed_at", Instant, nullable=False),
)

# --- consent ----------------------------------------------------------------------------------------------------------

consent_grants = Table(
    "consent_grants",
    metadata,
    # Each source of a consent as it is known now; how it came to be so stands in the ledger.
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    # app | gdap | manual
    Column("mechanism", String(20), nullable=False),
    # The app id, the id of the relationship, the number of the recorded consent.
    Column("source_id", String(200), nullable=False),
    Column("title", String(300), nullable=False),
    # A GrantState; `known_state` is that of the last check that succeeded.
    Column("state", String(20), nullable=False),
    Column("known_state", String(20), nullable=False),
    # A list of {id, name}.
    Column("scope", Json, nullable=False),
    Column("valid_from", Instant),
    Column("valid_until", Instant),
    Column("asked_by", ForeignKey("people.id")),
    Column("asked_at", Instant),
    Column("approved_by", String(300)),
    # A Proof.
    Column("proof", String(40)),
    Column("approval_url", Text),
    Column("etag", String(200)),
    Column("raw_digest", String(64)),
    Column("checked_at", Instant),
    Column("failing_since", Instant),
    Column("error", String(LONGEST_ERROR)),
    # The latest warning before the end, in days; whether 24 hours of not knowing were told.
    Column("warned_days", Integer),
    Column("warned_unknown", Boolean, nullable=False),
    # Somebody wants it ended; it is looked at until it is gone.
    Column("end_asked_by", String(300)),
    Column("end_asked_at", Instant),
    Column("next_check_at", Instant),
    Column("compared_at", Instant),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("customer_id", "mechanism", "source_id"),
)
Index(
    "ix_consent_grants_next",
    consent_grants.c.next_check_at,
    postgresql_where=consent_grants.c.next_check_at.is_not(None),
    sqlite_where=consent_grants.c.next_check_at.is_not(None),
)

consent_ledger = Table(
    "consent_ledger",
    metadata,
    # A chain for each customer: every entry names the digest of the one before.
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("grant_id", ForeignKey("consent_grants.id")),
    Column("ticket_number", ForeignKey("tickets.number"), index=True),
    # An EntryKind.
    Column("kind", String(30), nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("signature", String(120), nullable=False),
    Column("public_key", String(60), nullable=False),
    Index("ix_consent_ledger_grant", "grant_id", "sequence"),
)

consent_requests = Table(
    "consent_requests",
    metadata,
    # A link that was given out: bound to a customer, used once.
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    # app | gdap
    Column("mechanism", String(20), nullable=False),
    Column("grant_id", ForeignKey("consent_grants.id"), index=True),
    Column("nonce_digest", String(64), nullable=False, unique=True),
    Column("asked_by", ForeignKey("people.id")),
    Column("asked_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    # Whom it waits for, as that person was called then.
    Column("administrator", String(200)),
    Column("administrator_email", String(320)),
    Column("forwarded_by", ForeignKey("people.id")),
    Column("forwarded_at", Instant),
    # The digest of the state that Microsoft hands back, good for one return; what signing in needs until it is done.
    Column("state_digest", String(64)),
    Column("sign_in_flow", Json),
    # Who signed in before consenting: {tenant, object, name, username}.
    Column("signed_in", Json),
    Column("used_at", Instant),
    # verifying | given | declined:<code> | other_tenant | not_found | superseded
    Column("outcome", String(60)),
)

access_withdrawals = Table(
    "access_withdrawals",
    metadata,
    # A contact withdrew consent: no remote work from then on, whatever still stands in the tenant.
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("withdrawn_by", ForeignKey("people.id")),
    # As that person was called then.
    Column("withdrawn_by_name", String(200), nullable=False),
    Column("withdrawn_at", Instant, nullable=False),
    Column("reason", String(500), nullable=False),
    Column("lifted_by", ForeignKey("people.id")),
    Column("lifted_by_name", String(200)),
    Column("lifted_at", Instant),
)

remote_sessions = Table(
    "remote_sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("ticket_number", ForeignKey("tickets.number"), nullable=False, index=True),
    Column("engineer_id", ForeignKey("people.id"), nullable=False),
    # As the engineer was called then.
    Column("engineer_name", String(200), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    # An EndedWhy.
    Column("ended_why", String(20)),
    # What was in force at the start.
    Column("grant_id", ForeignKey("consent_grants.id")),
    Column("mechanism", String(20), nullable=False),
    Column("scope", Json, nullable=False),
    # On the last known state, because the check failed.
    Column("is_carried", Boolean, nullable=False),
)
_running = remote_sessions.c.ended_at.is_(None)
Index(
    "uq_remote_sessions_running",
    remote_sessions.c.engineer_id,
    unique=True,
    postgresql_where=_running,
    sqlite_where=_running,
)
