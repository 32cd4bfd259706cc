"""One person's chat with the bot, as the person sees it: messages in order, each with everything it said so far."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from demo.buttons import Json, readable, words

CARD = "application/vnd.microsoft.card.adaptive"
WAIT_S = 20.0


class How(StrEnum):
    """How a message came to say what it says."""

    TYPED = "typed"
    POSTED = "posted"
    UPDATED = "updated"
    ANSWERED = "answered"  # the answer to a click took the card's place, in the clicker's client only


@dataclass(frozen=True, slots=True)
class Version:
    """What a message said at one time."""

    message_id: str
    activity: Json
    how: How

    @property
    def card(self) -> Json | None:
        """The card, where it is one."""
        for attachment in self.activity.get("attachments") or []:
            if attachment.get("contentType") == CARD:
                content: Json = attachment["content"]
                return content
        return None

    @property
    def text(self) -> str:
        """The text beside or instead of a card."""
        return readable(str(self.activity.get("text") or ""))

    @property
    def words(self) -> str:
        """Everything readable in it."""
        return "\n".join(part for part in (self.text, words(self.card) if self.card else "") if part)


@dataclass(slots=True)
class ChatMessage:
    """A message with its versions, oldest first."""

    id: str
    from_bot: bool
    versions: list[Version] = field(default_factory=list)
    is_deleted: bool = False

    @property
    def now(self) -> Version:
        """What it says now."""
        return self.versions[-1]

    @property
    def card(self) -> Json | None:
        """The card it shows now."""
        return self.now.card

    @property
    def text(self) -> str:
        """Its text now."""
        return self.now.text

    @property
    def words(self) -> str:
        """Everything readable in it now."""
        return self.now.words

    @property
    def notifies(self) -> bool:
        """Whether the bot asked for a notification in the activity feed."""
        notification = self.versions[0].activity.get("channelData", {}).get("notification", {})
        return bool(notification.get("alert"))


Wanted = str | Callable[[ChatMessage], bool]


class Chat:
    """The messages between one person and the bot. `violations` is what Teams would have refused or mangled."""

    def __init__(self, chat_id: str) -> None:
        self.id = chat_id
        self.messages: list[ChatMessage] = []
        self.violations: list[str] = []
        self._next_id = 1_790_000_000_000
        self._changes = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def __iter__(self) -> Iterator[ChatMessage]:
        return (message for message in self.messages if not message.is_deleted)

    @property
    def from_bot(self) -> list[ChatMessage]:
        """What the bot said, oldest first."""
        return [message for message in self if message.from_bot]

    @property
    def last(self) -> ChatMessage:
        """The bot's newest message. Raises AssertionError when it said nothing."""
        if not self.from_bot:
            msg = "The bot said nothing"
            raise AssertionError(msg)
        return self.from_bot[-1]

    def add(self, activity: Json, *, from_bot: bool, activity_id: str | None = None) -> ChatMessage:
        """A new message; gets the next id of this chat unless it has one."""
        self._next_id += 1
        message = ChatMessage(activity_id or str(self._next_id), from_bot)
        self.messages.append(message)
        self.change(message, activity, How.POSTED if from_bot else How.TYPED)
        return message

    def change(self, message: ChatMessage, activity: Json, how: How) -> None:
        """`message` says something else from now on."""
        message.versions.append(Version(message.id, activity, how))
        self._wake()

    def delete(self, message: ChatMessage) -> None:
        """`message` is gone from the chat."""
        message.is_deleted = True
        self._wake()

    def find(self, activity_id: str) -> ChatMessage | None:
        """The message with this id, unless it was deleted."""
        return next((message for message in self if message.id == activity_id), None)

    def _wake(self) -> None:
        self._changes += 1
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def changed(self) -> None:
        """Returns at the next change."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)

    def mark(self) -> int:
        """A point in the chat; `wait_for(…, after=mark)` looks at messages that are new since."""
        return len(self.messages)

    async def wait_for(
        self, wanted: Wanted, *, after: int = 0, timeout_s: float = WAIT_S, what: str = ""
    ) -> ChatMessage:
        """The bot's newest message that says `wanted` now, as soon as there is one. Raises AssertionError with the
        chat in it; `what` names there what was waited for.
        """
        found: list[ChatMessage] = []

        def suits(message: ChatMessage) -> bool:
            return wanted in message.words if isinstance(wanted, str) else wanted(message)

        def is_there() -> bool:
            new = (one for one in reversed(self.messages[after:]) if one.from_bot and not one.is_deleted)
            found[:] = [message for message in new if suits(message)][:1]
            return bool(found)

        named = what or (wanted if isinstance(wanted, str) else "what was waited for")
        await self.wait_until(is_there, what=f"“{named}”", timeout_s=timeout_s)
        return found[0]

    async def wait_until(self, is_so: Callable[[], bool], *, what: str, timeout_s: float = WAIT_S) -> None:
        """Returns as soon as `is_so`, looked at after every change. Raises AssertionError with the chat in it."""
        try:
            async with asyncio.timeout(timeout_s):
                while not is_so():
                    await self.changed()
        except TimeoutError:
            msg = f"{what} did not come within {timeout_s} s. The chat:\n{self.transcript()}"
            raise AssertionError(msg) from None

    def transcript(self) -> str:
        """The whole chat, for people who look for a mistake."""
        return "\n".join(
            f"[{message.now.how} {message.id}] " + message.words.replace("\n", " | ") for message in self.messages
        )


def card_activity(card: Json, **more: Any) -> Json:
    """A message activity that shows a card."""
    return {"type": "message", "attachments": [{"contentType": CARD, "content": card}], **more}
