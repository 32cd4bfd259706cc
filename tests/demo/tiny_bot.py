"""A bot of a hundred lines that answers the stand-in: enough of a form, a counter and a file reader to prove the
machinery.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any, Self

import aiohttp
import jwt
from aiohttp import web

from demo.chat import card_activity
from demo.connector import SECRET, StandIn
from demo.tokens import ISSUER, StandInTokens

Json = dict[str, Any]


def form_card(text: str = "") -> Json:
    """A form with an input, a choice and both kinds of button."""
    return {
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": [
            {"type": "TextBlock", "text": "New ticket", "wrap": True},
            {"type": "Input.Text", "id": "text", "label": "What is wrong?", "value": text, "isRequired": True},
            {
                "type": "Input.ChoiceSet",
                "id": "affected",
                "label": "Affected",
                "choices": [{"title": "E-mail", "value": "exchange"}, {"title": "Teams", "value": "teams"}],
            },
            {
                "type": "ActionSet",
                "actions": [
                    {
                        "type": "Action.Execute",
                        "title": "Send",
                        "verb": "send",
                        "data": {"form_id": "f1"},
                        "fallback": {
                            "type": "Action.Submit",
                            "title": "Send",
                            "data": {"verb": "send", "form_id": "f1"},
                        },
                    }
                ],
            },
        ],
        "actions": [
            {
                "type": "Action.ShowCard",
                "title": "More",
                "card": {
                    "type": "AdaptiveCard",
                    "body": [{"type": "Input.Toggle", "id": "urgent", "label": "Tonight", "title": "Tonight"}],
                    "actions": [{"type": "Action.Execute", "title": "Send tonight", "verb": "send", "data": {}}],
                },
            }
        ],
    }


def ticket_card(count: int, text: str = "") -> Json:
    """A card that refreshes by itself."""
    return {
        "type": "AdaptiveCard",
        "version": "1.5",
        "refresh": {"action": {"type": "Action.Execute", "verb": "show", "data": {"number": 1001}}},
        "body": [{"type": "TextBlock", "text": f"Ticket 1001, seen {count} times. {text}", "wrap": True}],
        "actions": [{"type": "Action.Execute", "title": "Look again", "verb": "show", "data": {"number": 1001}}],
    }


class TinyBot:
    """Checks tokens, keeps what it received, answers. `answers` replace those to a verb, `stuck` holds invokes up."""

    def __init__(self, stand_in: StandIn) -> None:
        self.stand_in = stand_in
        self.received: list[Json] = []
        self.statuses: list[int] = []
        self.answers: dict[str, web.Response] = {}
        self.stuck: asyncio.Event | None = None
        self.seen = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/api/messages", self._messages)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/api/messages"
        self.stand_in.line.url = self.url
        self.session = aiohttp.ClientSession()
        self.tokens = StandInTokens(self.stand_in.token_url, self.stand_in.app_id, SECRET, self.session)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()
        await self._runner.cleanup()

    async def call(self, method: str, base: str, path: str, body: Json | None = None) -> tuple[int, Json]:
        """A call to the stand-in with the bot's token; returns status and JSON."""
        headers = {"Authorization": f"Bearer {await self.tokens.get()}"}
        async with self.session.request(method, f"{base}v3/{path}", json=body, headers=headers) as response:
            self.statuses.append(response.status)
            return response.status, await response.json() if response.content_type == "application/json" else {}

    async def post(self, incoming: Json, body: Json) -> str:
        """Post a message to the chat an activity came from; returns its id."""
        path = f"conversations/{incoming['conversation']['id']}/activities"
        _, answer = await self.call("POST", incoming["serviceUrl"], path, body)
        return str(answer.get("id"))

    async def _allowed(self, request: web.Request, activity: Json) -> bool:
        async with self.session.get(self.stand_in.openid_url) as response:
            keys_url = (await response.json())["jwks_uri"]
        async with self.session.get(keys_url) as response:
            keys = (await response.json())["keys"]
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            kid = jwt.get_unverified_header(token)["kid"]
            [key] = [one for one in keys if one["kid"] == kid and "msteams" in one["endorsements"]]
            claims = jwt.decode(
                token,
                jwt.PyJWK(key),
                ["RS256"],
                audience=self.stand_in.app_id,
                issuer=ISSUER,
                # the stand-in may have a clock of its own
                options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
            )
        except (jwt.PyJWTError, ValueError):
            return False
        return bool(claims["serviceurl"] == activity["serviceUrl"])

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        activity = await request.json()
        if not await self._allowed(request, activity):
            return web.Response(status=401)
        self.received.append(activity)
        if activity["type"] == "invoke":
            if self.stuck:
                await self.stuck.wait()
            return self._invoked(activity)
        if activity["type"] == "message":
            await self._said(activity)
        return web.Response()

    def _invoked(self, activity: Json) -> web.StreamResponse:
        action = activity["value"]["action"]
        if action["verb"] in self.answers:
            return self.answers[action["verb"]]
        self.seen += 1
        card = ticket_card(self.seen, action["data"].get("text", ""))
        kind = "application/vnd.microsoft.card.adaptive"
        return web.json_response({"statusCode": 200, "type": kind, "value": card})

    async def _said(self, activity: Json) -> None:
        for attachment in activity.get("attachments", []):
            if attachment["contentType"] == "image/*":
                await self._report(activity, attachment["contentUrl"], await self.tokens.get())
            elif "content" in attachment and "downloadUrl" in attachment["content"]:
                await self._report(activity, attachment["content"]["downloadUrl"], None)
        if "value" in activity:
            await self.post(activity, {"type": "message", "text": f"Got {activity['value']['text']}"})
        elif activity["text"] == "both":
            await self.post(activity, card_activity(form_card(), text="and a card"))
        elif activity["text"] == "card":
            await self.post(activity, card_activity(ticket_card(0)))
        else:
            await self.post(activity, card_activity(form_card(activity["text"])))

    async def _report(self, activity: Json, url: str, token: str | None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.session.get(url, headers=headers) as response:
            digest = hashlib.sha256(await response.read()).hexdigest()[:8]
            await self.post(activity, {"type": "message", "text": f"{response.status} {digest}"})
