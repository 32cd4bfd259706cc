"""Writing down how work ended: everything that ended meanwhile goes into one transaction.

The same transaction decides how the mailbox goes on, while it holds its row: the next work is marked as in flight, or
the mailbox is let go because nothing waits, because it has to wait, or because this worker takes no more.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from bot.clock import Clock
from bot.limits import Limits
from bot.outcomes import MOST_ATTEMPTS, Dead, Done, Dropped, End, Kind, Later, Outcome, Work, back_off_s, take_first
from storage import mailboxes
from storage.database import Database
from storage.errors import CommitInDoubt, DatabaseAway
from storage.failures import Failure, failure_of
from storage.mailboxes import Batch, Hold, Letter, Settled
from storage.outbox_states import State
from storage.sessions import Session

RETRY_S = 0.5

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox this worker has: what it read from it and has yet to do.

    `is_marked`: the next work stands in the mailbox as in flight, so it may be sent. `doubt`: first and last id of what
    an earlier attempt, or a worker that is gone, may have done.
    """

    hold: Hold
    letters: tuple[Letter, ...]
    has_more: bool = False
    next_due_at: datetime | None = None
    is_marked: bool = False
    doubt: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """The mailbox."""
        return self.hold.mailbox

    def next_work(self, kinds: Mapping[str, Kind]) -> Work:
        """The next thing to do. What is in doubt is done with exactly what it was begun with."""
        first, last = self.doubt or (0, 0)
        if first <= self.letters[0].id <= last:
            doubtful = tuple(letter for letter in self.letters if letter.id <= last)
            return Work(self.name, doubtful, is_in_doubt=True)
        return Work(self.name, self.letters[: take_first(self.letters, kinds)])


@dataclass(frozen=True, slots=True)
class Step:
    """How far a mailbox got: this work ended so. Without work it asks only to mark the next."""

    box: Box
    work: Work | None = None
    outcome: Outcome | None = None


class Finisher:
    """Takes steps from many mailboxes and writes them together."""

    def __init__(
        self,
        database: Database,
        *,
        worker_id: str,
        kinds: Mapping[str, Kind],
        clock: Clock,
        limits: Limits,
        takes_more: Callable[[], bool],
    ) -> None:
        self._database = database
        self._worker_id = worker_id
        self._kinds = kinds
        self._clock = clock
        self._limits = limits
        self._takes_more = takes_more
        self._steps: asyncio.Queue[tuple[Step, asyncio.Future[Box | None]]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="finisher")

    async def stop(self) -> None:
        """End; what has not been written is in doubt."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def write(self, step: Step) -> Box | None:
        """Write a step down; returns how the mailbox goes on, None where it was let go or somebody else has it now."""
        future: asyncio.Future[Box | None] = asyncio.get_running_loop().create_future()
        self._steps.put_nowait((step, future))
        return await future

    async def _run(self) -> None:
        while True:
            waiting = [await self._steps.get()]
            while not self._steps.empty():
                waiting.append(self._steps.get_nowait())
            steps = [step for step, _ in waiting]
            try:
                boxes = await self._write(steps)
            except Exception:  # noqa: BLE001 -- one of them is at fault; it shall not keep the others
                for step, future in waiting:
                    await self._write_alone(step, future)
            else:
                for step, future in waiting:
                    _tell(future, boxes.get(step.box.name))

    async def _write_alone(self, step: Step, future: asyncio.Future[Box | None]) -> None:
        """Write one step; an outcome that cannot be written makes a dead letter, otherwise whoever waits lets go."""
        try:
            boxes = await self._write([step])
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is told or becomes a dead letter
            _log.exception("cannot write down how %s ended", step.work.kind if step.work else "waiting")
            if step.work is None or isinstance(step.outcome, Dead):
                if not future.done():
                    future.set_exception(error)
                return
            outcome = Dead(f"cannot be written down: {type(error).__name__}")
            await self._write_alone(replace(step, outcome=outcome), future)
        else:
            _tell(future, boxes.get(step.box.name))

    async def _write(self, steps: Sequence[Step]) -> Mapping[str, Box]:
        is_repeated = False
        while True:
            try:
                return await self._database.write(partial(self._settle, steps=steps, is_repeated=is_repeated))
            except (DatabaseAway, CommitInDoubt) as error:
                # What was done must be written down, however long the database is away.
                is_repeated = is_repeated or isinstance(error, CommitInDoubt)
                _log.warning("the database is away: %d outcomes wait to be written", len(steps))
                await asyncio.sleep(RETRY_S)

    # --- in the transaction -------------------------------------------------------------------------------------------

    def _settle(self, session: Session, *, steps: Sequence[Step], is_repeated: bool) -> dict[str, Box]:
        now = self._clock.now()
        holds = mailboxes.lock(session, self._worker_id, [step.box.name for step in steps])
        # Whoever lost a mailbox has no say any more: the new owner does what was in doubt.
        steps = [step for step in steps if step.box.name in holds]
        done_before = self._done_before(session, steps) if is_repeated else frozenset()
        settled: list[Settled] = []
        for step in steps:
            if step.work is not None and step.work.letters[0].id not in done_before:
                settled += self._end(session, step.work, step.outcome, now)
        mailboxes.settle(session, settled, now)
        over = [step.work for step in steps if step.work is not None and not isinstance(step.outcome, Later)]
        mailboxes.supersede(session, [(work.mailbox, letter) for work in over for letter in work.letters], now)
        batches = mailboxes.read_batches(session, [step.box.name for step in steps if self._is_stale(step, holds)], now)
        boxes = [self._go_on(step, holds[step.box.name], batches.get(step.box.name), now) for step in steps]
        mailboxes.save(session, [box.hold for box in boxes])
        return {box.name: box for box in boxes if box.hold.owner is not None}

    @staticmethod
    def _done_before(session: Session, steps: Sequence[Step]) -> frozenset[int]:
        """The letters whose end a lost answer to an earlier COMMIT did write down."""
        ids = frozenset(letter.id for step in steps if step.work is not None for letter in step.work.letters)
        return ids - mailboxes.still_waiting(session, sorted(ids))

    def _end(self, session: Session, work: Work, outcome: Outcome | None, now: datetime) -> list[Settled]:
        """What becomes of the letters of a piece of work; what follows from its end is done on the way."""
        attempts = max(letter.attempts for letter in work.letters)
        if isinstance(outcome, Later):
            attempts += outcome.counts
            if attempts < MOST_ATTEMPTS:
                return [Settled(letter.id, State.WAITING, attempts, error=outcome.error) for letter in work.letters]
            outcome = Dead(outcome.error)
        outcome = self._finish(session, work, outcome or Dropped(), now)
        result = outcome.result if isinstance(outcome, Done) else None
        error = outcome.error if isinstance(outcome, Dead) else None
        state = _state_of(outcome)
        return [Settled(letter.id, state, letter.attempts + 1, error, result) for letter in work.letters]

    def _finish(self, session: Session, work: Work, end: End, now: datetime) -> End:
        """Do what follows from an end, in a savepoint: a mistake in it makes a dead letter and harms nobody else."""
        kind = self._kinds.get(work.kind)
        if kind is None or kind.finish is None:
            return end
        try:
            with session.begin_nested():
                kind.finish(session, work, end, now)
        except Exception as error:
            if failure_of(error) in (Failure.COLLIDED, Failure.LOST):
                raise
            _log.exception("what follows from %s failed", work.kind)
            return Dead(f"what follows failed: {type(error).__name__}")
        return end

    @staticmethod
    def _is_stale(step: Step, holds: Mapping[str, Hold]) -> bool:
        """Whether there may be more in the mailbox than this worker knows of."""
        box = step.box
        rest = len(box.letters) - (len(step.work.letters) if step.work else 0)
        return holds[box.name].seq != box.hold.seq or (rest == 0 and box.has_more)

    def _go_on(self, step: Step, hold: Hold, batch: Batch | None, now: datetime) -> Box:
        """How the mailbox goes on; a box without owner was let go."""
        box, work, outcome = step.box, step.work, step.outcome
        pace = self._limits.pace(box.name)
        hold = replace(hold, short_full_at=pace.short_full_at, long_full_at=pace.long_full_at)
        if work is not None and isinstance(outcome, Later):
            return self._wait(hold, work, outcome, now)
        if work is not None:
            hold = replace(hold, fails=0, blocked_until=None, inflight_from=None, inflight_to=None)
        if batch is not None:
            box = replace(box, letters=batch.letters, has_more=batch.has_more, next_due_at=batch.next_due_at)
        else:
            box = replace(box, letters=box.letters[len(work.letters) if work else 0 :])
        doubt = None if work is not None else box.doubt
        if not box.letters or not self._takes_more():
            let_go = replace(hold, owner=None, due_at=now if box.letters or box.has_more else box.next_due_at)
            return replace(box, hold=let_go)
        return mark(replace(box, hold=hold, doubt=doubt), self._kinds, self._limits, now)

    @staticmethod
    def _wait(hold: Hold, work: Work, outcome: Later, now: datetime) -> Box:
        """Let a mailbox go until it is worth another attempt. What is in doubt stays in flight."""
        fails = hold.fails + 1
        after_s = back_off_s(fails) if outcome.after_s is None else max(outcome.after_s, 0.0)
        until = now + timedelta(seconds=after_s)
        doubt = (work.letters[0].id, work.letters[-1].id) if outcome.is_in_doubt or work.is_in_doubt else (None, None)
        return Box(
            replace(
                hold,
                owner=None,
                due_at=until,
                blocked_until=until,
                fails=fails,
                inflight_from=doubt[0],
                inflight_to=doubt[1],
            ),
            (),
        )


def _tell(future: asyncio.Future[Box | None], box: Box | None) -> None:
    if not future.done():
        future.set_result(box)


def mark(box: Box, kinds: Mapping[str, Kind], limits: Limits, now: datetime) -> Box:
    """Note the next work as in flight, if it has room to be sent now. Noting it again changes nothing."""
    work = box.next_work(kinds)
    kind = kinds.get(work.kind)
    if not work.is_in_doubt and kind is not None and kind.is_limited and limits.delay_s(box.name, work.tenant) > 0:
        return replace(box, hold=replace(box.hold, due_at=now, inflight_from=None, inflight_to=None), is_marked=False)
    ids = work.letters[0].id, work.letters[-1].id
    return replace(box, hold=replace(box.hold, due_at=now, inflight_from=ids[0], inflight_to=ids[1]), is_marked=True)


def _state_of(end: End) -> State:
    match end:
        case Done():
            return State.DONE
        case Dropped():
            return State.DROPPED
        case Dead(is_unreachable=True):
            return State.UNREACHABLE
        case Dead():
            return State.DEAD
