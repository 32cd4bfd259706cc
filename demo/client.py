"""Windows of the local client on the chats of the stand-in: the same people, the same bot, the same messages.

The local client sends no tokens and leaves out what Teams adds, so its activities go through here: they become those
of the person (service address, locale, tenant, `trigger`, unique ids), are signed, and go to the bot by the stand-
in's line. What the bot posts goes to the stand-in, which checks its token and keeps the transcript, and from there to
the person's window. Each window has its own message ids.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote
from uuid import uuid4

import aiohttp
from aiohttp import web

from demo.buttons import Json
from demo.chat import Chat, ChatMessage
from demo.connector import StandIn
from demo.person import Person
from demo.playground import Playground

REPLAYED = 12
log = logging.getLogger(__name__)


class Window:
    """One person's window; a `Screen` of the stand-in."""

    def __init__(self, person: Person, session: aiohttp.ClientSession, endpoint: str, folder: Path) -> None:
        self.person = person
        self.playground = Playground(person.identity, endpoint, folder)
        self._session = session
        self._shown: dict[str, str] = {}  # our message id -> the window's
        self._order = asyncio.Lock()

    # --- the bot said something -------------------------------------------------------------------------------------
    async def posted(self, message: ChatMessage) -> None:
        """Show a new message of the bot."""
        async with self._order:
            await self._show(message)

    async def updated(self, message: ChatMessage) -> None:
        """Put the new version in the place of the old one, where the window has it."""
        # As it is now: by the time it is this one's turn an answer to a click may have taken its place.
        activity = {"type": "message", "text": "🗑"} if message.is_deleted else message.now.activity
        async with self._order:
            shown = self._shown.get(message.id)
            if shown is None:
                return
            await self._call("PUT", message, f"/{quote(shown)}", {**activity, "id": shown})

    async def _show(self, message: ChatMessage) -> None:
        answer = await self._call("POST", message, "", message.now.activity)
        if answer.get("id"):
            self._shown[message.id] = str(answer["id"])

    async def _call(self, method: str, message: ChatMessage, rest: str, activity: Json) -> Json:
        chat = self.person.group if message in self.person.group.messages else self.person.chat
        url = f"{self.playground.url}/_connector/v3/conversations/{quote(chat.id)}/activities{rest}"
        try:
            async with self._session.request(method, url, json=activity) as response:
                answer = await response.json() if response.content_type == "application/json" else {}
                return answer if isinstance(answer, dict) else {}
        except aiohttp.ClientError as error:
            log.warning("the window of %s does not answer: %s", self.person.name, error)
            return {}

    # --- the person did something -----------------------------------------------------------------------------------
    async def take(self, raw: Json) -> web.Response:
        """Pass an activity of the local client on to the bot, and the bot's answer back."""
        activity = self._as_teams_sends(raw)
        chat = self._chat(activity)
        if activity["type"] == "installationUpdate" and activity.get("action") == "add":
            await self._replay()
        if activity["type"] == "message" and "value" not in activity and chat:
            chat.add(activity, from_bot=False, activity_id=activity["id"])
        answer = await self.person.sends(activity)
        if activity["type"] == "invoke" and activity.get("name") == "adaptiveCard/action":
            self.person.shows(str(activity.get("replyToId")), answer)
        if answer.body is None:
            return web.Response(status=answer.status)
        return web.json_response(answer.body, status=answer.status)

    async def _replay(self) -> None:
        """The page just opened and is empty: show again what the bot said last, as it is now."""
        async with self._order:
            self._shown.clear()
            for message in self.person.chat.from_bot[-REPLAYED:]:
                await self._show(message)

    def _chat(self, activity: Json) -> Chat | None:
        chat_id = activity["conversation"]["id"]
        return next((chat for chat in (self.person.chat, self.person.group) if chat.id == chat_id), None)

    def _as_teams_sends(self, raw: Json) -> Json:
        """The activity with everything that the local client leaves out or gets wrong."""
        model = self.person.activity(raw["type"])
        tenant = {"tenant": model["channelData"]["tenant"]}
        activity: dict[str, Any] = {
            **raw,
            "id": uuid4().hex,
            "serviceUrl": model["serviceUrl"],
            "locale": model["locale"],
            "entities": [
                *(one for one in raw.get("entities", []) if one.get("type") != "clientInfo"),
                *model["entities"],
            ],
            "conversation": {**raw["conversation"], "tenantId": model["conversation"]["tenantId"]},
            "channelData": {**raw.get("channelData", {}), **tenant},
        }
        ours = {shown: own for own, shown in self._shown.items()}
        if "replyToId" in raw:
            activity["replyToId"] = ours.get(str(raw["replyToId"]), raw["replyToId"])
        if raw["type"] == "invoke" and isinstance(raw.get("value"), dict):
            activity["value"] = {**raw["value"], "trigger": "manual"}
        return activity


class Clients:
    """The windows of several people. Use it as a context manager: on leaving every process has ended."""

    def __init__(self, stand_in: StandIn, people: list[Person], folder: Path) -> None:
        self._stand_in, self._people, self._folder = stand_in, people, folder
        self._stack = contextlib.AsyncExitStack()
        self.windows: dict[str, Window] = {}

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        for window in self.windows.values():
            self._stand_in.screens.pop(window.person.chat.id, None)
            self._stand_in.screens.pop(window.person.group.id, None)
        await self._stack.aclose()

    async def _start(self) -> None:
        session = await self._stack.enter_async_context(aiohttp.ClientSession())
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_post("/{person}/api/messages", self._messages)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        for person in self._people:
            key = person.identity.key
            window = Window(person, session, f"{base}/{key}/api/messages", self._folder)
            # One after the other: several at once starve each other on a small machine.
            await self._stack.enter_async_context(window.playground)
            self.windows[key] = window
            self._stand_in.screens[person.chat.id] = window
            self._stand_in.screens[person.group.id] = window

    async def _messages(self, request: web.Request) -> web.Response:
        return await self.windows[request.match_info["person"]].take(await request.json())
