"""What is to be sent, kept in the transaction of the change it tells of.

`enqueue` only remembers; the rows are written as the last thing before the commit, the mailboxes in one fixed order.
That keeps the locks on busy mailboxes short, makes deadlocks between replicas impossible, and gives rows of one mailbox
ids in the order of their commits. `storage/mailboxes.py` is the other side: claiming and finishing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, case, delete, func, not_, or_, select, update
from sqlalchemy.orm import Session

from storage.outbox_states import Lane, State
from storage.outbox_tables import is_letter, is_waiting, mailbox, outbox
from storage.sessions import Insert, insert_into, put_off, take_waiting


def enqueue(
    session: Session,
    *,
    mailbox: str,
    kind: str,
    payload: Mapping[str, Any],
    now: datetime,
    key: str | None = None,
    replaces: str | None = None,
    due_at: datetime | None = None,
    tenant: str | None = None,
) -> None:
    """Put a row in a mailbox, together with everything else of this transaction or not at all.

    Rows of one mailbox are delivered in order. `key`: the same key again enqueues nothing. `replaces`: this row takes
    the place of rows of the same mailbox with the same value that still wait. `due_at`: not before; it joins the
    earliest row of its kind that already waits for its time there, so a burst goes out together, and it holds nothing
    else back. `tenant`: whose limit it counts for.
    """
    put_off(
        session,
        {
            "mailbox": mailbox,
            "kind": kind,
            "payload": dict(payload),
            "created_at": now,
            "key": key,
            "replaces": replaces,
            "due_at": due_at,
            "tenant": tenant,
        },
    )


@cache
def _touch(engine: str) -> Insert:
    """Raise `seq` of mailboxes and bring `due_at` forward, though never before the end of a back-off."""
    touch = insert_into(engine, mailbox)
    due = touch.excluded.due_at
    earliest = case((or_(mailbox.c.due_at.is_(None), mailbox.c.due_at > due), due), else_=mailbox.c.due_at)
    blocked = mailbox.c.blocked_until
    return touch.on_conflict_do_update(
        index_elements=["mailbox"],
        set_={
            "seq": mailbox.c.seq + touch.excluded.seq,
            "due_at": case((and_(blocked.is_not(None), blocked > earliest), blocked), else_=earliest),
        },
    )


def flush(session: Session) -> bool:
    """Write what was enqueued; True if there was anything. Only the database calls it, right before the commit."""
    rows = take_waiting(session)
    if not rows:
        return False
    touched: dict[str, dict[str, Any]] = {}
    for row in rows:
        due = row["due_at"] or row["created_at"]
        box = touched.setdefault(row["mailbox"], _box(row["mailbox"], due))
        box["seq"] += 1
        box["due_at"] = min(box["due_at"], due)
    engine = session.get_bind().dialect.name
    session.execute(_touch(engine), [touched[name] for name in sorted(touched)])
    rows = [{**row, "due_at": _joined(session, row)} if row["due_at"] else row for row in rows]
    session.execute(_add(engine), sorted(rows, key=lambda row: row["mailbox"]))
    return True


def _box(name: str, due: datetime) -> dict[str, Any]:
    lane = Lane.GRAPH if name.startswith(f"{Lane.GRAPH}:") else Lane.TEAMS
    return {"mailbox": name, "lane": lane, "seq": 0, "due_at": due}


@cache
def _add(engine: str) -> Insert:
    return insert_into(engine, outbox).on_conflict_do_nothing(index_elements=["key"])


def _joined(session: Session, row: Mapping[str, Any]) -> datetime:
    """When a row that may wait goes out: with the first of its kind that waits already. The mailbox is locked."""
    first: datetime | None = session.scalar(
        select(func.min(outbox.c.due_at)).where(
            outbox.c.mailbox == row["mailbox"],
            outbox.c.kind == row["kind"],
            is_waiting,
            outbox.c.due_at > row["created_at"],
        )
    )
    due: datetime = row["due_at"]
    return min(first, due) if first else due


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A row that was given up. `error` is what the other side said, never what a person wrote."""

    id: int
    mailbox: str
    kind: str
    tenant: str | None
    state: State
    attempts: int
    error: str | None
    created_at: datetime
    done_at: datetime | None


def dead_letters(session: Session, *, limit: int = 100, after: int = 0) -> tuple[DeadLetter, ...]:
    """Rows that were given up, oldest first; the next page begins after the last id of this one."""
    wanted = (
        outbox.c.id,
        outbox.c.mailbox,
        outbox.c.kind,
        outbox.c.tenant,
        outbox.c.state,
        outbox.c.attempts,
        outbox.c.error,
    )
    query = (
        select(*wanted, outbox.c.created_at, outbox.c.done_at)
        .where(is_letter, outbox.c.id > after)
        .order_by(outbox.c.id)
        .limit(limit)
    )
    return tuple(
        DeadLetter(
            row.id,
            row.mailbox,
            row.kind,
            row.tenant,
            State(row.state),
            row.attempts,
            row.error,
            row.created_at,
            row.done_at,
        )
        for row in session.execute(query)
    )


def retry(session: Session, now: datetime, ids: Sequence[int] | None = None) -> int:
    """Put dead letters (all, or these) back to wait, as if they were new; returns how many."""
    wanted = is_letter
    return _again(session, wanted if ids is None else and_(wanted, outbox.c.id.in_(ids)), now)


def revive(session: Session, name: str, now: datetime) -> int:
    """Send what could not reach the person of this mailbox, who is there again; returns how many rows."""
    return _again(session, and_(is_letter, outbox.c.state == State.UNREACHABLE, outbox.c.mailbox == name), now)


def unreached(session: Session, name: str, kind: str, start: datetime, end: datetime) -> list[Mapping[str, Any]]:
    """What of a kind could not reach the person of this mailbox between two instants, in order."""
    letters = select(outbox.c.payload).where(
        is_letter,
        outbox.c.state == State.UNREACHABLE,
        outbox.c.mailbox == name,
        outbox.c.kind == kind,
        outbox.c.done_at >= start,
        outbox.c.done_at < end,
    )
    return list(session.scalars(letters.order_by(outbox.c.id)))


def _again(session: Session, wanted: Any, now: datetime) -> int:
    names = sorted(session.scalars(select(outbox.c.mailbox).where(wanted).distinct()))
    if not names:
        return 0
    # Mailboxes first, as everywhere: their owners must see that there is more to do.
    boxes = select(mailbox.c.mailbox).where(mailbox.c.mailbox.in_(names)).order_by(mailbox.c.mailbox).with_for_update()
    session.execute(boxes).all()
    session.execute(
        update(mailbox)
        .where(mailbox.c.mailbox.in_(names))
        .values(seq=mailbox.c.seq + 1, due_at=now, blocked_until=None, fails=0)
    )
    again = (
        update(outbox)
        .where(wanted, outbox.c.mailbox.in_(names))
        .values(state=State.WAITING, attempts=0, due_at=None, done_at=None, error=None)
    )
    return len(session.execute(again.returning(outbox.c.id)).all())


ONCE = "once:"
"""How the key of a row begins that is never forgotten: what it says is said once, not once a fortnight."""


def purge_kind(session: Session, kind: str, since: datetime, before: datetime, *, limit: int) -> int:
    """Forget rows of one kind that were done between two instants: what is asked all the time is not kept for days."""
    old = (
        select(outbox.c.id)
        .where(outbox.c.done_at >= since, outbox.c.done_at < before, outbox.c.kind == kind, not_(is_letter))
        .limit(limit)
    )
    return len(session.execute(delete(outbox).where(outbox.c.id.in_(old)).returning(outbox.c.id)).all())


def purge(session: Session, before: datetime, *, limit: int = 1000) -> int:
    """Forget rows that ended before this instant, a batch at a time; returns how many.

    Dead letters stay, and rows whose key begins with `ONCE`.
    """
    is_kept = and_(outbox.c.key.is_not(None), outbox.c.key.startswith(ONCE))
    old = select(outbox.c.id).where(outbox.c.done_at < before, not_(is_letter), not_(is_kept)).limit(limit)
    return len(session.execute(delete(outbox).where(outbox.c.id.in_(old)).returning(outbox.c.id)).all())


@dataclass(frozen=True, slots=True)
class Gauges:
    """How background work stands. `oldest_s` is the age of what waits longest although its time has come.

    It is about what people wait for; questions to Graph wait for tenants that may be away for days, so theirs is apart.
    """

    waiting: int
    dead: int
    blocked_mailboxes: int
    oldest_s: float
    graph_oldest_s: float = 0.0


def gauges(session: Session, now: datetime) -> Gauges:
    """Read the gauges. Counts touch partial indexes only: the cost grows with what waits, not with history."""
    due_at = func.coalesce(outbox.c.due_at, outbox.c.created_at)
    asks_graph = outbox.c.mailbox.startswith(f"{Lane.GRAPH}:")
    waiting, oldest, oldest_question = session.execute(
        select(func.count(), func.min(case((~asks_graph, due_at))), func.min(case((asks_graph, due_at)))).where(
            is_waiting
        )
    ).one()
    dead = session.scalar(select(func.count()).select_from(outbox).where(is_letter))
    blocked = session.scalar(
        select(func.count()).select_from(mailbox).where(mailbox.c.due_at.is_not(None), mailbox.c.blocked_until > now)
    )

    def age(of: datetime | None) -> float:
        return max((now - of).total_seconds(), 0.0) if of else 0.0

    return Gauges(waiting, dead or 0, blocked or 0, age(oldest), age(oldest_question))
