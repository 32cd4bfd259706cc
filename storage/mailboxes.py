"""Mailboxes from the side of those who deliver: claim, read, settle, let go.

A worker claims mailboxes that have something to do and then is the only one to deliver from them, for as long as it is
alive: its `worker` row says until when. What it is about to send stands in the mailbox (`inflight`) before it is sent,
so whoever takes over from a dead worker knows the one thing that may have happened already.

Nothing is ever forgotten between "there is no more" and "I let go": both are said in one transaction that holds the
mailbox's row, and everyone who puts something in must hold that row too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, delete, exists, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import String

from storage.outbox_states import Lane, State
from storage.outbox_tables import is_waiting, mailbox, outbox, worker
from storage.sessions import insert_into

BATCH = 8


@dataclass(frozen=True, slots=True)
class Letter:
    """A row of the outbox that waits."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    attempts: int
    created_at: datetime
    key: str | None
    replaces: str | None
    tenant: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """The next letters of a mailbox whose time has come, in order; there may be more of them.

    `next_due_at` is when the first of the others, whose time has not come, is due.
    """

    letters: tuple[Letter, ...] = ()
    has_more: bool = False
    next_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """What the row of a mailbox says. `owner` is None once it is let go."""

    mailbox: str
    seq: int = 0
    owner: str | None = None
    due_at: datetime | None = None
    blocked_until: datetime | None = None
    inflight_from: int | None = None
    inflight_to: int | None = None
    fails: int = 0
    short_full_at: datetime | None = None
    long_full_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a letter. With `state` WAITING it waits for another attempt."""

    id: int
    state: State
    attempts: int
    error: str | None = None
    result: Mapping[str, Any] | None = None


# --- workers ----------------------------------------------------------------------------------------------------------


def beat(session: Session, worker_id: str, now: datetime, lease: timedelta) -> None:
    """Say that this worker is alive for another `lease`, and forget workers that died long ago."""
    alive = insert_into(session, worker).values(id=worker_id, alive_until=now + lease)
    session.execute(
        alive.on_conflict_do_update(index_elements=["id"], set_={"alive_until": alive.excluded.alive_until})
    )
    session.execute(delete(worker).where(worker.c.alive_until < now - timedelta(hours=1)))


def leave(session: Session, worker_id: str) -> None:
    """The worker is gone: whatever it still had is free at once."""
    session.execute(delete(worker).where(worker.c.id == worker_id))


def forget_workers(session: Session) -> None:
    """All workers are gone: this process has just begun and is the only one."""
    session.execute(delete(worker))


def alive(session: Session, now: datetime) -> int:
    """How many workers are alive."""
    return session.scalar(select(func.count()).select_from(worker).where(worker.c.alive_until > now)) or 0


# --- claiming ---------------------------------------------------------------------------------------------------------

_HOLD = tuple(mailbox.c[field.name] for field in fields(Hold))


# Statements of every delivery are made once: building one costs more than running it.
_is_alive = exists().where(worker.c.id == mailbox.c.owner, worker.c.alive_until > bindparam("now"))
_CLAIMABLE = (
    select(*_HOLD)
    .where(
        mailbox.c.lane == bindparam("lane"),
        mailbox.c.due_at <= bindparam("now"),
        or_(mailbox.c.owner.is_(None), (mailbox.c.owner != bindparam("worker_id")) & ~_is_alive),
    )
    .order_by(mailbox.c.due_at)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(of=mailbox, skip_locked=True)
)
_MINE = (
    select(*_HOLD)
    .where(mailbox.c.mailbox.in_(bindparam("names", expanding=True)), mailbox.c.owner == bindparam("worker_id"))
    .order_by(mailbox.c.mailbox)
    .with_for_update()
)


def claimable(session: Session, worker_id: str, now: datetime, limit: int, lane: Lane = Lane.TEAMS) -> list[Hold]:
    """Lock mailboxes of a lane that have something to do and that no living worker has, longest due first."""
    found = session.execute(_CLAIMABLE, {"worker_id": worker_id, "now": now, "most": limit, "lane": lane})
    return [Hold(*tuple(row)) for row in found]


def lock(session: Session, worker_id: str, names: Iterable[str]) -> dict[str, Hold]:
    """Lock the mailboxes among these that this worker still has."""
    rows = session.execute(_MINE, {"names": sorted(names), "worker_id": worker_id})
    return {row.mailbox: Hold(*tuple(row)) for row in rows}


_SAVE = (
    update(mailbox)
    .where(mailbox.c.mailbox == bindparam("which"))
    .values(
        {name: bindparam(f"new_{name}") for name in (column.name for column in _HOLD) if name not in ("mailbox", "seq")}
    )
)


def save(session: Session, holds: Iterable[Hold]) -> None:
    """Write what these mailboxes say now; they are locked."""
    values = [
        {
            "which": hold.mailbox,
            "new_owner": hold.owner,
            "new_due_at": hold.due_at,
            "new_blocked_until": hold.blocked_until,
            "new_inflight_from": hold.inflight_from,
            "new_inflight_to": hold.inflight_to,
            "new_fails": hold.fails,
            "new_short_full_at": hold.short_full_at,
            "new_long_full_at": hold.long_full_at,
        }
        for hold in holds
    ]
    if values:
        session.connection().execute(_SAVE, values)


# --- letters ----------------------------------------------------------------------------------------------------------

_LETTER = (
    outbox.c.id,
    outbox.c.kind,
    outbox.c.payload,
    outbox.c.attempts,
    outbox.c.created_at,
    outbox.c.key,
    outbox.c.replaces,
    outbox.c.tenant,
)
_newer = outbox.alias("newer")


def _is_due(rows: Any) -> ColumnElement[bool]:
    return or_(rows.c.due_at.is_(None), rows.c.due_at <= bindparam("now"))


def _waiting(*wanted: ColumnElement[bool]) -> Any:
    """Letters of a mailbox that wait, in order, but for those whose place a newer one takes that may go as well."""
    newer_is_waiting = _newer.c.state == is_waiting.right  # the literal that the index was made with
    is_replaced = exists().where(
        _newer.c.mailbox == outbox.c.mailbox,
        _newer.c.replaces == outbox.c.replaces,
        newer_is_waiting,
        _is_due(_newer),
        _newer.c.id > outbox.c.id,
    )
    first = select(*_LETTER, outbox.c.due_at).where(is_waiting, ~is_replaced, *wanted).order_by(outbox.c.id)
    return first.limit(BATCH + 1)


_OF_ONE = _waiting(outbox.c.mailbox == bindparam("name"))
_DUE_OF_ONE = _waiting(outbox.c.mailbox == bindparam("name"), _is_due(outbox))
_names = func.unnest(bindparam("names", type_=ARRAY(String))).table_valued("name")
_theirs = _waiting(outbox.c.mailbox == _names.c.name).lateral("theirs")
_OF_MANY = select(*_theirs.c, _names.c.name).select_from(_names.join(_theirs, true()))


def read_batches(session: Session, names: Sequence[str], now: datetime) -> dict[str, Batch]:
    """The next letters of each of these mailboxes, which the caller has locked."""
    if not names:
        return {}
    return {name: _batch(session, name, rows, now) for name, rows in _rows(session, names, now).items()}


def _rows(session: Session, names: Sequence[str], now: datetime) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {name: [] for name in names}
    if session.get_bind().dialect.name == "sqlite":
        for name in names:
            found[name] = list(session.execute(_OF_ONE, {"name": name, "now": now}))
        return found
    # One question for all of them: a round trip costs more than the search.
    for row in session.execute(_OF_MANY, {"names": list(names), "now": now}):
        found[row[-1]].append(row)
    return found


def _batch(session: Session, name: str, rows: Sequence[Any], now: datetime) -> Batch:
    later = [row.due_at for row in rows if row.due_at is not None and row.due_at > now]
    has_more = len(rows) > BATCH
    if later and has_more:
        # Those whose time has not come hide others: look for the ones that may go.
        rows = list(session.execute(_DUE_OF_ONE, {"name": name, "now": now}))
        has_more = len(rows) > BATCH
        first = select(func.min(outbox.c.due_at)).where(outbox.c.mailbox == name, is_waiting, outbox.c.due_at > now)
        later = [session.scalars(first).one()]
    letters = [Letter(*row[: len(_LETTER)]) for row in rows if row.due_at is None or row.due_at <= now]
    return Batch(tuple(letters[:BATCH]), has_more, min(later, default=None))


_SETTLE = (
    update(outbox)
    .where(outbox.c.id == bindparam("which"), is_waiting)
    .values({name: bindparam(f"new_{name}") for name in ("state", "attempts", "error", "result", "done_at")})
)
_SUPERSEDE = (
    update(outbox)
    .where(
        outbox.c.mailbox == bindparam("which"),
        outbox.c.replaces == bindparam("what"),
        is_waiting,
        outbox.c.id < bindparam("by"),
    )
    .values(state=State.SUPERSEDED, done_at=bindparam("at", type_=outbox.c.done_at.type))
)


def settle(session: Session, letters: Iterable[Settled], now: datetime) -> None:
    """Write what became of letters of locked mailboxes."""
    values = [
        {
            "which": letter.id,
            "new_state": letter.state,
            "new_attempts": letter.attempts,
            "new_error": letter.error,
            "new_result": letter.result,
            "new_done_at": None if letter.state is State.WAITING else now,
        }
        for letter in letters
    ]
    if values:
        session.connection().execute(_SETTLE, values)


def supersede(session: Session, letters: Iterable[tuple[str, Letter]], now: datetime) -> None:
    """Older letters that wait in the same, locked mailbox and that these took the place of need not go any more."""
    values = [
        {"which": name, "what": letter.replaces, "by": letter.id, "at": now}
        for name, letter in letters
        if letter.replaces is not None
    ]
    if values:
        session.connection().execute(_SUPERSEDE, values)


def still_waiting(session: Session, ids: Sequence[int]) -> frozenset[int]:
    """Which of these letters nothing has become of yet."""
    return frozenset(session.scalars(select(outbox.c.id).where(outbox.c.id.in_(ids), is_waiting)))
