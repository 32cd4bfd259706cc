"""What each kind of activity means here: the SDK's `ActivityHandler`, with every turn led to the router.

A turn gets `limit_s` seconds, because Teams sends an activity again that was not answered in about fifteen. What
takes longer goes on: a click is answered with "we are working on it" and its card follows as an update, a message is
answered as soon as its reply is ready. A turn that fails is logged under a reference, and the person is told the
reference.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

from botbuilder.core import ActivityHandler, InvokeResponse, TurnContext

from bot.teams import reading
from bot.teams.answers import action_answer, answer_to_others, error_answer
from bot.teams.errors import BadActivity
from bot.wire import ConnectorError, Incoming, IncomingKind, Message, Refused, Reply

LIMIT_S = 10.0
RAW_KEY = "bot.teams.raw"
NOW_KEY = "bot.teams.now"

T = TypeVar("T")

_log = logging.getLogger(__name__)


class HandlesTurns(Protocol):
    """The product, seen from here."""

    async def handle(self, incoming: Incoming, now: datetime) -> Reply | None:
        """What to answer; None when the answer comes by itself or there is none."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """How a reply leaves that is no invoke's answer: through the limiter. Both may raise a `ConnectorError`."""

    post: Callable[[Incoming, Message], Awaitable[object]]
    """Posts in the chat the activity came from."""
    replace: Callable[[Incoming, Message], Awaitable[object]]
    """Puts the message in the place of `incoming.reply_to_id`."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The two lines the seam itself has to say, in the language of the person."""

    failure: Callable[[Incoming, str], Reply]
    """Something went wrong; the second argument is the reference to quote."""
    patience: Callable[[Incoming], Reply]
    """It takes longer than usual and is still being worked on."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The finished JSON of an invoke's answer; the SDK copies deeply what passes through it, this it need not."""

    json: bytes

    def __deepcopy__(self, memo: object) -> Answered:
        return self


class Activities(ActivityHandler):  # type: ignore[misc]  # the SDK has no types
    """Leads each activity to `router.handle`, and its reply to where it belongs."""

    def __init__(self, router: HandlesTurns, out: WayOut, spoken: Spoken, *, limit_s: float = LIMIT_S) -> None:
        self._router = router
        self._out = out
        self._spoken = spoken
        self._limit_s = limit_s
        self._running: set[asyncio.Task[Any]] = set()

    async def drain(self, within_s: float) -> int:
        """Waits for turns that are still under way, at shutdown; the number that did not finish in time."""
        if not self._running:
            return 0
        _, unfinished = await asyncio.wait(set(self._running), timeout=within_s)
        return len(unfinished)

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Text and files, or the inputs of an Action.Submit."""
        await self._turn(turn_context, reading.read_message(turn_context.turn_state[RAW_KEY]))

    async def on_message_update_activity(self, turn_context: TurnContext) -> None:
        """An edited message; one that was deleted and brought back says nothing new."""
        raw = turn_context.turn_state[RAW_KEY]
        if reading.event_type(raw) in ("", "editMessage"):
            await self._turn(turn_context, reading.read(raw, IncomingKind.EDITED, text=reading.spoken_text(raw)))

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        """Whether the bot came or went; other people coming and going means nothing here."""
        raw = turn_context.turn_state[RAW_KEY]
        if reading.concerns_bot(raw, "membersAdded"):
            await self._turn(turn_context, reading.read(raw, IncomingKind.INSTALLED))
        elif reading.concerns_bot(raw, "membersRemoved"):
            await self._turn(turn_context, reading.read(raw, IncomingKind.UNINSTALLED))

    async def on_installation_update_add(self, turn_context: TurnContext) -> None:
        """Installed, or upgraded to a version that has the bot."""
        await self._turn(turn_context, reading.read(turn_context.turn_state[RAW_KEY], IncomingKind.INSTALLED))

    async def on_installation_update_remove(self, turn_context: TurnContext) -> None:
        """Removed, or upgraded to a version without the bot."""
        await self._turn(turn_context, reading.read(turn_context.turn_state[RAW_KEY], IncomingKind.UNINSTALLED))

    async def on_event_activity(self, turn_context: TurnContext) -> None:
        """Read receipts, meetings and whatever comes: taken, and not acted on."""

    async def on_message_reaction_activity(self, turn_context: TurnContext) -> None:
        """A thumb on a message of the bot decides nothing."""

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        """The SDK's own version is not used: it loses the trigger and cannot write its own error answers."""
        raw = turn_context.turn_state[RAW_KEY]
        name = raw.get("name")
        body = answer_to_others(name) if name != "adaptiveCard/action" else await self._action(raw, turn_context)
        return InvokeResponse(status=int(HTTPStatus.OK), body=Answered(body))

    async def _action(self, raw: reading.Raw, turn_context: TurnContext) -> bytes:
        try:
            incoming = reading.read_action(raw)
        except BadActivity as error:
            _log.warning("click refused: %s", error.reason)
            return error_answer(400, "BadRequest", error.reason)
        turn = self._start(self._handle(incoming, turn_context.turn_state[NOW_KEY]))
        if not await self._finished(turn):
            self._start(self._deliver_late(incoming, turn))
            return action_answer(self._spoken.patience(incoming))
        reply, is_fault = turn.result()
        return error_answer(500, "Fault", reply.text or "") if is_fault and reply else action_answer(reply)

    async def _turn(self, turn_context: TurnContext, incoming: Incoming) -> None:
        await self._finished(self._start(self._handle_and_deliver(incoming, turn_context.turn_state[NOW_KEY])))

    async def _handle(self, incoming: Incoming, now: datetime) -> tuple[Reply | None, bool]:
        """The reply, and whether it only says that something went wrong."""
        try:
            return await self._router.handle(incoming, now), False
        except Exception:  # noqa: BLE001 - whatever it is, the person gets an answer and the log the trace
            reference = secrets.token_hex(4)
            _log.exception(
                "turn failed: reference %s, activity %s, verb %r", reference, incoming.activity_id, incoming.verb
            )
            return self._spoken.failure(incoming, reference), True

    async def _handle_and_deliver(self, incoming: Incoming, now: datetime) -> None:
        reply, _ = await self._handle(incoming, now)
        await self._deliver(incoming, reply)

    async def _deliver_late(self, incoming: Incoming, turn: asyncio.Task[tuple[Reply | None, bool]]) -> None:
        reply, _ = await turn
        await self._deliver(incoming, reply)

    async def _deliver(self, incoming: Incoming, reply: Reply | None) -> None:
        """Posts a reply, or puts its card in the place of the card that was clicked; anew where that one is gone."""
        if reply is None or (reply.card is None and not reply.text):
            return
        summary = reply.card.fallback_text.partition("\n")[0] if reply.card is not None else ""
        # The person is looking at the chat: no need to notify.
        message = Message(text=None if reply.card else reply.text, card=reply.card, summary=summary, alert=False)
        is_click = incoming.kind in (IncomingKind.SUBMIT, IncomingKind.ACTION)
        try:
            if message.card is not None and is_click and incoming.reply_to_id is not None:
                try:
                    await self._out.replace(incoming, message)
                    return
                except Refused as error:
                    if not error.is_gone:
                        raise
            await self._out.post(incoming, message)
        except ConnectorError as error:
            _log.warning("reply to activity %s not posted: %r", incoming.activity_id, error)
        except Exception:  # noqa: BLE001 - the turn itself is done, and nobody waits for this
            _log.exception("reply to activity %s not posted", incoming.activity_id)

    def _start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _finished(self, task: asyncio.Task[Any]) -> bool:
        """Waits at most `limit_s`; never cancels, since what is being written must not be torn in half."""
        done, _ = await asyncio.wait({task}, timeout=self._limit_s)
        return bool(done)
