"""Somebody with Teams open: types, clicks, sends files, and sees the chat. Stories and tests are told with these
verbs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from demo import activities
from demo.activities import File
from demo.buttons import Json, find_button
from demo.chat import CARD, WAIT_S, Chat, ChatMessage, How, Version, Wanted, card_activity
from demo.line import BotAnswer
from demo.people import Identity

if TYPE_CHECKING:
    from demo.connector import StandIn

Clickable = ChatMessage | Version
UNREACHABLE = "Unable to reach the app"
HTTP_OK = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a click brought: a card in the place of the clicked one, a line of text, or an error as Teams shows it."""

    status: int
    card: Json | None = None
    text: str | None = None
    error: str | None = None
    message: ChatMessage | None = None
    """The message that was clicked, in its present version."""


class Person:
    """An identity with a chat. A bot can only reach somebody who has the app and has not blocked it."""

    def __init__(self, identity: Identity, stand_in: StandIn) -> None:
        self.identity = identity
        self.chat = Chat(identity.chat_id)
        self.group = Chat(f"19:{identity.object_id}@thread.v2")
        self.has_app = False
        self.has_blocked = False
        self.last_activity: Json = {}
        self._stand_in = stand_in

    def __repr__(self) -> str:
        return f"Person({self.identity.name})"

    @property
    def name(self) -> str:
        """The name Teams shows."""
        return self.identity.name

    @property
    def service_url(self) -> str:
        """Where the bot reaches this person's tenant."""
        return self._stand_in.service_url(self.identity.tenant_id)

    def activity(self, kind: str, *, group: bool = False) -> Json:
        """The start of an activity of this person, for tests that send unusual ones."""
        now = self._stand_in.clock()
        group_id = self.group.id if group else None
        return activities.activity(self.identity, self.service_url, now, kind, group_id=group_id)

    async def sends(self, activity: Json) -> BotAnswer:
        """Deliver any activity and return the bot's answer, whatever it is."""
        self.has_app = True
        self.last_activity = activity
        return await self._stand_in.line.deliver(activity)

    async def _sends(self, activity: Json) -> BotAnswer:
        answer = await self.sends(activity)
        if not answer.is_fine:
            what = activity.get("text") or activity.get("name") or activity["type"]
            msg = f"The bot answered {answer.status} to “{what}” of {self.name}"
            raise AssertionError(msg)
        return answer

    # --- doing ------------------------------------------------------------------------------------------------------
    async def installs(self) -> None:
        """Add the app: Teams sends two events."""
        self.has_blocked = False
        await self._sends(activities.joined(self.activity("conversationUpdate")))
        await self._sends(activities.installed(self.activity("installationUpdate")))

    async def uninstalls(self) -> None:
        """Remove the app: the bot hears of it and can no longer write."""
        await self._sends(activities.installed(self.activity("installationUpdate"), "remove"))
        self.has_app = False

    async def says(self, text: str, files: Sequence[File] = (), *, in_group: bool = False) -> ChatMessage:
        """Type a text, send files, or both; returns the own message. The bot's answer may come a moment later."""
        placed = [(file, self._stand_in.offer(self, file)) for file in files]
        base = self.activity("message", group=in_group)
        activity = activities.mentioning(base, text) if in_group else activities.typed(base, text, placed)
        chat = self.group if in_group else self.chat
        message = chat.add(activity, from_bot=False, activity_id=activity["id"])
        await self._sends(activity)
        return message

    async def edits(self, message: ChatMessage, text: str) -> None:
        """Change an own earlier message."""
        activity = activities.edited(self.activity("messageUpdate"), message.id, text)
        self.chat.change(message, activity, How.UPDATED)
        await self._sends(activity)

    async def clicks(
        self,
        where: Clickable,
        title: str,
        /,
        inputs: Mapping[str, Any] | None = None,
        *,
        nth: int | None = None,
        **more: Any,
    ) -> Outcome:
        """Click the Action.Execute called `title`, after typing `inputs` (by input id; as keywords too).

        An old version of a message can be clicked as well: the click of somebody who has not yet seen the newest.
        Raises AssertionError when there is no such button, or when a client would not send the inputs.
        """
        button = find_button(_card(where), title, nth)
        if button.action.get("type") != "Action.Execute":
            msg = f"“{title}” is an {button.action.get('type')}, not an Action.Execute"
            raise AssertionError(msg)
        values = button.collect({**(inputs or {}), **more})
        message_id = _message_id(where)
        invoke = activities.clicked(self.activity("invoke"), button.action, values, message_id)
        return self.shows(message_id, await self.sends(invoke))

    async def submits(
        self,
        where: Clickable,
        title: str,
        /,
        inputs: Mapping[str, Any] | None = None,
        *,
        nth: int | None = None,
        **more: Any,
    ) -> BotAnswer:
        """Click an Action.Submit, or what an old client makes of an Action.Execute: its fallback."""
        button = find_button(_card(where), title, nth)
        action = button.action
        if action.get("type") == "Action.Execute":
            action = action.get("fallback") or {}
        if action.get("type") != "Action.Submit":
            msg = f"“{title}” has no Action.Submit"
            raise AssertionError(msg)
        values = button.collect({**(inputs or {}), **more})
        return await self._sends(activities.submitted(self.activity("message"), action, values, _message_id(where)))

    def reads_link(self, where: Clickable, title: str, /) -> str:
        """The address behind an Action.OpenUrl."""
        return str(find_button(_card(where), title).action["url"])

    async def opens_chat(self) -> list[Outcome]:
        """Come back to the chat: the client refreshes by itself every card that asks for it and names this person."""
        return [await self.refreshes(message) for message in list(self.chat.from_bot) if self._may_refresh(message)]

    def _may_refresh(self, message: ChatMessage) -> bool:
        refresh = (message.card or {}).get("refresh")
        return isinstance(refresh, dict) and self.identity.user_id in refresh.get("userIds", [self.identity.user_id])

    async def refreshes(self, message: ChatMessage) -> Outcome:
        """The automatic refresh of one card."""
        action = _card(message)["refresh"]["action"]
        invoke = activities.clicked(self.activity("invoke"), action, {}, message.id, automatic=True)
        return self.shows(message.id, await self.sends(invoke))

    def blocks(self) -> None:
        """Block the bot: it can no longer write and is not told."""
        self.has_blocked = True

    def unblocks(self) -> None:
        """Let the bot write again."""
        self.has_blocked = False

    # --- seeing -----------------------------------------------------------------------------------------------------
    async def waits_for(self, wanted: Wanted, *, after: int = 0, timeout_s: float = WAIT_S) -> ChatMessage:
        """The bot's newest message that says `wanted` (a text, or a test of the message), as soon as it is there."""
        return await self.chat.wait_for(wanted, after=after, timeout_s=timeout_s)

    def shows(self, message_id: str, answer: BotAnswer) -> Outcome:
        """Do with the answer of an invoke what a client does."""
        message = self.chat.find(message_id)
        body = answer.body
        if answer.status != HTTP_OK or not isinstance(body, dict) or not {"statusCode", "type", "value"} <= set(body):
            self.chat.violations.append(f"an invoke was answered with HTTP {answer.status} and {body!r}")
            return Outcome(answer.status, error=UNREACHABLE, message=message)
        status, kind, value = body["statusCode"], body["type"], body["value"]
        if kind == CARD:
            self._stand_in.check_size(self.chat, value)
            if message:
                self.chat.change(message, card_activity(value), How.ANSWERED)
            return Outcome(status, card=value, message=message)
        if kind == "application/vnd.microsoft.activity.message":
            return Outcome(status, text=str(value), message=message)
        error = value.get("message") if isinstance(value, dict) else None
        return Outcome(status, error=str(error or UNREACHABLE), message=message)


def _message_id(where: Clickable) -> str:
    return where.id if isinstance(where, ChatMessage) else where.message_id


def _card(where: Clickable) -> Json:
    if where.card is None:
        msg = f"This message has no card: {where.words}"
        raise AssertionError(msg)
    return where.card
