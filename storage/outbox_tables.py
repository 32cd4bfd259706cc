"""The tables of background work: what is to be sent, by whom, and what is to happen when.

One `mailbox` row per receiver carries everything that is about the receiver as a whole (who is sending, how far, how
long to wait), so claiming work costs the same with a backlog of ten rows or of a million.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, String, Table, Text, literal_column

from storage.columns import Instant, Json, RowId
from storage.metadata import metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("mailbox", String(200), nullable=False),
    # Whoever enqueues the same key again enqueues nothing; holds for as long as the row is kept.
    Column("key", String(330), unique=True),
    Column("kind", String(40), nullable=False),
    Column("tenant", String(64)),
    Column("payload", Json, nullable=False),
    # A newer waiting row with the same value takes the place of this one.
    Column("replaces", String(200)),
    # a State
    Column("state", SmallInteger, nullable=False, server_default="0"),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("created_at", Instant, nullable=False),
    # Not before; NULL is at once.
    Column("due_at", Instant),
    Column("done_at", Instant),
    Column("result", Json),
    Column("error", Text),
)
# Written with literals, here and in every query: an engine cannot see that a parameter fits a partial index.
is_waiting = outbox.c.state == literal_column("0")
is_letter = outbox.c.state.in_((literal_column("3"), literal_column("4")))
_replacing = is_waiting & outbox.c.replaces.is_not(None)
_gone = outbox.c.done_at.is_not(None)
Index("ix_outbox_waiting", outbox.c.mailbox, outbox.c.id, postgresql_where=is_waiting, sqlite_where=is_waiting)
Index(
    "ix_outbox_replaces",
    outbox.c.mailbox,
    outbox.c.replaces,
    outbox.c.id,
    postgresql_where=_replacing,
    sqlite_where=_replacing,
)
Index("ix_outbox_dead", outbox.c.id, postgresql_where=is_letter, sqlite_where=is_letter)
Index("ix_outbox_done", outbox.c.done_at, postgresql_where=_gone, sqlite_where=_gone)

mailbox = Table(
    "mailbox",
    metadata,
    Column("mailbox", String(200), primary_key=True),
    # Who delivers from it: calls to Graph, which may be slow for all tenants at once, keep nobody's cards waiting.
    Column("lane", String(10), nullable=False, server_default="teams"),
    # Raised by everyone who puts something in: the owner sees that something came after it read.
    Column("seq", BigInteger, nullable=False),
    # When there is something to do; NULL: nothing waits.
    Column("due_at", Instant),
    # Back-off, or what Retry-After said: new rows do not bring `due_at` before it.
    Column("blocked_until", Instant),
    # The worker that has it; free when that worker is no longer alive.
    Column("owner", String(40)),
    # The rows that may have been sent already if the owner is gone, first and last.
    Column("inflight_from", BigInteger),
    Column("inflight_to", BigInteger),
    # Failures in a row.
    Column("fails", Integer, nullable=False, server_default="0"),
    # The two rate limits (bot/limits.py), so that the next owner knows them.
    Column("short_full_at", Instant),
    Column("long_full_at", Instant),
    # Updated all the time: room on each page keeps the new version beside the old one, without touching the indexes.
    postgresql_with={"fillfactor": 70},
)
_due = mailbox.c.due_at.is_not(None)
Index("ix_mailbox_due", mailbox.c.lane, mailbox.c.due_at, postgresql_where=_due, sqlite_where=_due)
_owned = mailbox.c.owner.is_not(None)
Index("ix_mailbox_owner", mailbox.c.owner, postgresql_where=_owned, sqlite_where=_owned)

worker = Table(
    "worker",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("alive_until", Instant, nullable=False),
)

timer = Table(
    "timer",
    metadata,
    Column("key", String(200), primary_key=True),
    # NULL: failed too often, kept to be looked at.
    Column("due_at", Instant),
    Column("kind", String(40), nullable=False),
    Column("payload", Json, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("error", Text),
)
_armed = timer.c.due_at.is_not(None)
Index("ix_timer_due", timer.c.due_at, postgresql_where=_armed, sqlite_where=_armed)

cron = Table(
    "cron",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("next_at", Instant, nullable=False),
    # After a failure: not before.
    Column("blocked_until", Instant),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text),
)
