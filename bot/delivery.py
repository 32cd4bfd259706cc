"""Delivery: takes what is due from the outbox and does it, in order per mailbox, outside any transaction.

Any number of replicas deliver from one database. A worker claims mailboxes for as long as it is alive, marks in the
mailbox what it is about to do, does it, and writes down how it ended; so after a crash at most one piece of work per
mailbox is in doubt, and its kind says whether it is done again. Rows are never lost, and none is delivered for a change
that was rolled back.

How a call fails decides what happens (bot/wire.py): `Refused` makes a dead letter, `Busy` lets the whole mailbox wait,
`InDoubt` and time-outs go by the kind. What a kind is stands in bot/outcomes.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

from bot.clock import Clock
from bot.finisher import Box, Finisher, Step, mark
from bot.limits import Limits, Pace
from bot.outcomes import Dead, Dropped, InDoubtPolicy, Kind, Later, Outcome, Work
from bot.wire import Busy, InDoubt, Refused
from storage import mailboxes
from storage.database import Database
from storage.errors import DatabaseAway, StorageError
from storage.outbox_states import Lane
from storage.sessions import Session

SLOTS = 32
MOST_BOXES = 500
LEASE_S = 15.0
TIMEOUT_S = 30.0
POLL_S = 0.5
UNKNOWN_KIND_S = 10.0
UNAUTHORIZED = 401

_log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Too long since this worker could say that it is alive: somebody else may have its mailboxes by now."""


class Delivery:
    """Delivers until stopped. `observe(kind, outcome)` hears of every attempt, for the metrics."""

    def __init__(
        self,
        database: Database,
        kinds: Iterable[Kind],
        clock: Clock,
        limits: Limits,
        *,
        slots: int = SLOTS,
        lease_s: float = LEASE_S,
        timeout_s: float = TIMEOUT_S,
        poll_s: float = POLL_S,
        lane: Lane = Lane.TEAMS,
        observe: Callable[[str, str], None] = lambda _kind, _outcome: None,
    ) -> None:
        self._database = database
        self._kinds = {kind.name: kind for kind in kinds}
        self._clock = clock
        self._limits = limits
        self._room = slots
        self._slots = asyncio.Semaphore(slots)
        self._lease_s = lease_s
        self._timeout_s = timeout_s
        self._poll_s = poll_s
        self._lane = lane
        self._observe = observe
        self._worker_id = uuid4().hex
        self._finisher = Finisher(
            database,
            worker_id=self._worker_id,
            kinds=self._kinds,
            clock=clock,
            limits=limits,
            takes_more=lambda: self._takes_more,
        )
        self._takes_more = False
        self._leased_until = 0.0
        self._boxes: dict[str, asyncio.Task[None]] = {}
        self._parked = 0
        self._lost: set[str] = set()
        self._rounds = 0
        self._was_empty = False
        self._may_be_more = False
        self._changed = asyncio.Condition()
        self._wake = asyncio.Event()
        self._closing = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []
        self._forget_hint: Callable[[], None] = lambda: None

    # --- starting and stopping ----------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to deliver, the first lane first. With one process whatever an earlier one had is free at once."""
        if self._database.has_one_process and self._lane is Lane.TEAMS:
            await self._database.write(mailboxes.forget_workers)
        await self._beat()
        self._takes_more = True
        self._forget_hint = self._database.on_outbox(self._wake.set)
        self._finisher.start()
        self._loops = [
            asyncio.create_task(self._claim_on(), name="delivery-claims"),
            asyncio.create_task(self._beat_on(), name="delivery-lease"),
        ]

    async def stop(self, grace_s: float = TIMEOUT_S) -> None:
        """Take nothing more, finish what was begun (at most `grace_s`), let go of everything."""
        self._forget_hint()
        self._forget_hint = lambda: None
        self._takes_more = False
        self._closing.set()
        if self._boxes:
            await asyncio.wait(self._boxes.values(), timeout=grace_s)
        loops, self._loops = self._loops, []
        for task in (*loops, *self._boxes.values()):
            task.cancel()
        await asyncio.gather(*loops, *self._boxes.values(), return_exceptions=True)
        await self._finisher.stop()
        with contextlib.suppress(StorageError):
            await self._database.write(partial(mailboxes.leave, worker_id=self._worker_id))

    def pause(self) -> None:
        """Take nothing more until `resume`; what was begun is finished."""
        self._takes_more = False

    def resume(self) -> None:
        """Go on after `pause`."""
        self._takes_more = True
        self._wake.set()

    async def drained(self) -> None:
        """Wait until nothing is left whose time has come."""
        async with self._changed:
            asked = self._rounds
            # The round that runs while this is asked may have begun before; the one after it counts.
            while self._boxes or not self._was_empty or self._rounds < asked + 2:
                if not self._boxes:
                    self._wake.set()
                await self._changed.wait()

    # --- claiming -----------------------------------------------------------------------------------------------------

    async def _claim_on(self) -> None:
        while True:
            self._wake.clear()
            wanted = min(self._room - len(self._boxes) + self._parked, MOST_BOXES - len(self._boxes))
            found, claimed = 0, list[Box]()
            if self._takes_more and wanted > 0 and self._has_lease:
                try:
                    found, claimed = await self._database.write(partial(self._claim, limit=wanted))
                except DatabaseAway:
                    _log.warning("cannot claim: the database is away")
                except Exception:  # noqa: BLE001 -- whatever it is, delivery must not end silently
                    _log.exception("cannot claim")
            for box in claimed:
                self._limits.learn(box.name, Pace(box.hold.short_full_at, box.hold.long_full_at))
                # What the last owner spent is known only now.
                checked = mark(box, self._kinds, self._limits, self._clock.now())
                self._boxes[box.name] = asyncio.create_task(self._serve(checked), name=f"deliver {box.name}")
            self._may_be_more = found == wanted
            self._was_empty = found == 0 < wanted  # without room nobody looked
            if found and not claimed:  # nothing of it was due: the next ones are looked at at once
                self._wake.set()
            self._rounds += 1
            await self._say_changed()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._poll_s):
                    await self._wake.wait()

    def _claim(self, session: Session, *, limit: int) -> tuple[int, list[Box]]:
        now = self._clock.now()
        holds = mailboxes.claimable(session, self._worker_id, now, limit, self._lane)
        batches = mailboxes.read_batches(session, [hold.mailbox for hold in holds], now)
        boxes = []
        for hold in holds:
            batch = batches[hold.mailbox]
            box = Box(replace(hold, owner=self._worker_id), batch.letters, batch.has_more, batch.next_due_at)
            if hold.inflight_from is not None and hold.inflight_to is not None:
                box = replace(box, doubt=(hold.inflight_from, hold.inflight_to))
            if box.letters:
                boxes.append(mark(box, self._kinds, self._limits, now))
            else:
                nothing = replace(hold, owner=None, due_at=batch.next_due_at, inflight_from=None, inflight_to=None)
                boxes.append(replace(box, hold=nothing))
        mailboxes.save(session, sorted((box.hold for box in boxes), key=lambda hold: hold.mailbox))
        return len(holds), [box for box in boxes if box.letters]

    # --- serving a mailbox --------------------------------------------------------------------------------------------

    async def _serve(self, claimed: Box) -> None:
        box: Box | None = claimed
        try:
            while box is not None:
                if box.is_marked:
                    work = box.next_work(self._kinds)
                    outcome = await self._attempt(work)
                    self._observe(work.kind, type(outcome).__name__.lower())
                    box = await self._finisher.write(Step(box, work, outcome))
                else:
                    await self._wait_for_room(box)
                    box = await self._finisher.write(Step(box))
        except LeaseLost:
            _log.warning("let go of %s: its lease ended", claimed.name)
            self._lost.add(claimed.name)
        except Exception:  # noqa: BLE001 -- one mailbox must not stop the others
            _log.exception("let go of %s", claimed.name)
            self._lost.add(claimed.name)
        finally:
            if self._boxes.get(claimed.name) is asyncio.current_task():  # otherwise it was claimed again already
                del self._boxes[claimed.name]
            if self._may_be_more:
                self._wake.set()
            await self._say_changed()

    async def _wait_for_room(self, box: Box) -> None:
        """Wait for the limits without taking the place of somebody who could be served."""
        delay_s = self._limits.delay_s(box.name, box.next_work(self._kinds).tenant)
        self._parked += 1
        self._wake.set()
        try:
            async with asyncio.timeout(delay_s):
                await self._closing.wait()
        except TimeoutError:
            pass
        finally:
            self._parked -= 1

    async def _attempt(self, work: Work) -> Outcome:
        kind = self._kinds.get(work.kind)
        if kind is None:
            # While replicas are being replaced an older one may see what only the newer ones know.
            _log.warning("nobody here knows how to do %s", work.kind)
            return Later("unknown kind", UNKNOWN_KIND_S, counts=False)
        may_repeat = kind.in_doubt is InDoubtPolicy.RESEND
        if work.is_in_doubt and not may_repeat:
            return Dropped()
        async with self._slots:
            if not self._has_lease:
                raise LeaseLost
            if kind.is_limited:
                self._limits.spend(work.mailbox, work.tenant)
            try:
                async with asyncio.timeout(self._timeout_s):
                    return await kind.perform(work)
            except Refused as error:
                if error.status == UNAUTHORIZED:
                    # The fault is ours and concerns everything: waiting loses nothing.
                    return Later(f"refused {error.status}", counts=False)
                return Dead(f"refused {error.status} {error.code}".rstrip(), is_unreachable=error.is_unreachable)
            except Busy as error:
                return Later(f"busy {error.status}", error.retry_after_s, counts=error.retry_after_s is None)
            except (InDoubt, TimeoutError):
                return Later("no answer", is_in_doubt=True) if may_repeat else Dropped()
            except Exception as error:  # noqa: BLE001 -- a mistake in one kind: tried again, then a dead letter
                _log.exception("%s failed", work.kind)
                return Later(f"failed: {type(error).__name__}")

    # --- being alive --------------------------------------------------------------------------------------------------

    @property
    def _has_lease(self) -> bool:
        return time.monotonic() < self._leased_until

    async def _beat_on(self) -> None:
        while True:
            await asyncio.sleep(self._lease_s / 3)
            try:
                await self._beat()
            except Exception as error:  # noqa: BLE001 -- without a beat the lease ends and others take over
                _log.warning("cannot renew the lease: %s", type(error).__name__)

    async def _beat(self) -> None:
        """Say that this worker is alive, and free mailboxes it gave up on."""
        began = time.monotonic()
        lost = tuple(self._lost)

        def beat(session: Session) -> None:
            now = self._clock.now()
            mailboxes.beat(session, self._worker_id, now, timedelta(seconds=self._lease_s))
            if lost:
                holds = mailboxes.lock(session, self._worker_id, lost)
                mailboxes.save(session, [replace(hold, owner=None, due_at=now) for hold in holds.values()])

        await self._database.write(beat)
        self._leased_until = began + self._lease_s
        self._lost.difference_update(lost)

    async def _say_changed(self) -> None:
        async with self._changed:
            self._changed.notify_all()
