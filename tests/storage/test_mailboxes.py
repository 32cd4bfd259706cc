"""A mailbox has one owner at a time, and letting go of it never forgets what came meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from storage import mailboxes, outbox
from storage.database import Database
from storage.mailboxes import BATCH, Hold, Settled
from storage.outbox_states import State

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LEASE = timedelta(seconds=15)


def put(session: Session, n: int, name: str = "person:1", **more: Any) -> None:
    """Enqueue one numbered row."""
    outbox.enqueue(session, mailbox=name, kind="post", payload={"n": n}, now=NOW, **more)


def claim(session: Session, worker: str, *, now: datetime = NOW, limit: int = 100) -> list[str]:
    """Claim what is due, as delivery does."""
    holds = mailboxes.claimable(session, worker, now, limit)
    mailboxes.save(session, [replace(hold, owner=worker) for hold in holds])
    return [hold.mailbox for hold in holds]


async def test_workers_that_claim_at_once_share(database: Database) -> None:
    """Every mailbox that is due goes to exactly one of many workers; those that are not due go to nobody."""
    for n in range(40):
        await database.write(partial(put, n=n, name=f"person:{n}"))
    await database.write(partial(put, n=99, name="later", due_at=NOW + LEASE))
    for number in range(4):
        await database.write(partial(mailboxes.beat, worker_id=str(number), now=NOW, lease=LEASE))

    async def claim_some(worker: str) -> list[str]:
        mine: list[str] = []
        while some := await database.write(partial(claim, worker=worker, limit=3)):
            mine += some
        return mine

    shares = await asyncio.gather(*(claim_some(str(number)) for number in range(4)))
    assert sorted(name for share in shares for name in share) == sorted(f"person:{n}" for n in range(40))


async def test_a_dead_workers_mailboxes_are_free(database: Database) -> None:
    """They are when its lease ends or it says goodbye, not before; never for itself, which might be serving them."""
    await database.write(partial(put, n=1))
    await database.write(partial(mailboxes.beat, worker_id="a", now=NOW, lease=LEASE))
    assert await database.write(partial(claim, worker="a")) == ["person:1"]
    assert await database.write(partial(claim, worker="b")) == []
    assert await database.write(partial(claim, worker="a", now=NOW + 2 * LEASE)) == []
    assert await database.write(partial(claim, worker="b", now=NOW + LEASE)) == ["person:1"]
    await database.write(partial(mailboxes.beat, worker_id="b", now=NOW, lease=LEASE))
    assert await database.read(lambda session: mailboxes.alive(session, NOW)) == 2
    await database.write(partial(mailboxes.leave, worker_id="b"))
    assert await database.write(partial(claim, worker="a")) == ["person:1"]
    await database.write(mailboxes.forget_workers)
    assert await database.read(lambda session: mailboxes.alive(session, NOW)) == 0
    assert await database.write(partial(claim, worker="c")) == ["person:1"]


async def test_only_the_owner_settles(database: Database) -> None:
    """A worker that lost a mailbox does not get its row any more."""
    await database.write(partial(put, n=1))
    await database.write(partial(claim, worker="a"))
    assert list(await database.write(lambda session: mailboxes.lock(session, "a", ["person:1", "nobody"]))) == [
        "person:1"
    ]
    assert await database.write(lambda session: mailboxes.lock(session, "b", ["person:1"])) == {}


async def test_the_owner_sees_that_something_came(database: Database) -> None:
    """Whoever puts something in raises the number by which the owner knows that it has not read everything."""

    def seq(session: Session) -> int:
        return mailboxes.lock(session, "a", ["person:1"])["person:1"].seq

    await database.write(partial(put, n=1))
    await database.write(partial(claim, worker="a"))
    before = await database.write(seq)
    await database.write(partial(put, n=2))
    assert await database.write(seq) == before + 1


async def test_a_batch_says_what_it_leaves(database: Database) -> None:
    """A batch is the next letters in order, whether there are more, and when the first of those that wait is due."""

    def write(session: Session) -> None:
        for n in range(BATCH + 2):
            put(session, n)
        put(session, 100, "person:2")
        put(session, 101, "person:2", due_at=NOW + LEASE)
        put(session, 102, "person:3", due_at=NOW + LEASE)

    await database.write(write)
    names = ["person:1", "person:2", "person:3", "nobody"]
    batches = await database.read(lambda session: mailboxes.read_batches(session, names, NOW))
    found = {
        name: ([letter.payload["n"] for letter in batch.letters], batch.has_more, batch.next_due_at)
        for name, batch in batches.items()
    }
    assert found == {
        "person:1": (list(range(BATCH)), True, None),
        "person:2": ([100], False, NOW + LEASE),
        "person:3": ([], False, NOW + LEASE),
        "nobody": ([], False, None),
    }


async def test_a_row_that_may_not_go_yet_replaces_nothing(database: Database) -> None:
    """Until the newer one is due the older one goes; then only the newer one does."""
    await database.write(partial(put, n=1, replaces="card"))
    await database.write(partial(put, n=2, replaces="card", due_at=NOW + LEASE))

    def read(session: Session, now: datetime) -> list[int]:
        return [
            letter.payload["n"] for letter in mailboxes.read_batches(session, ["person:1"], now)["person:1"].letters
        ]

    assert await database.read(partial(read, now=NOW)) == [1]
    assert await database.read(partial(read, now=NOW + LEASE)) == [2]


async def test_what_ended_is_not_ended_again(database: Database) -> None:
    """The end of a letter is written once; who comes later changes nothing."""
    await database.write(partial(put, n=1))
    (letter,) = (await database.read(lambda s: mailboxes.read_batches(s, ["person:1"], NOW)))["person:1"].letters
    done = Settled(letter.id, State.DONE, 1, result={"by": "first"})
    dead = Settled(letter.id, State.DEAD, 1, error="late")
    assert await database.read(lambda session: mailboxes.still_waiting(session, [letter.id, 0])) == {letter.id}
    await database.write(lambda session: mailboxes.settle(session, [done], NOW))
    await database.write(lambda session: mailboxes.settle(session, [dead], NOW))
    assert await database.read(lambda session: mailboxes.still_waiting(session, [letter.id])) == frozenset()
    assert await database.read(outbox.dead_letters) == ()


async def test_a_mailbox_says_everything_it_was_told(database: Database) -> None:
    """What is saved of a mailbox comes back, but for the count of what was put in, which is not the owner's."""
    await database.write(partial(put, n=1))
    said = Hold("person:1", 99, "a", NOW, NOW + LEASE, 3, 4, 2, NOW, NOW + LEASE)
    await database.write(lambda session: mailboxes.save(session, [said]))
    found = await database.write(lambda session: mailboxes.lock(session, "a", ["person:1"]))
    assert found == {"person:1": replace(said, seq=1)}
