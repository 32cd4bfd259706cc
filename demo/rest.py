"""The REST calls a bot makes (Bot Connector v3), answered and refused as Teams does."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from demo.buttons import Json
from demo.chat import Chat, ChatMessage, How
from demo.faults import Call, Fault
from demo.person import Person
from demo.tokens import NotAccepted

if TYPE_CHECKING:
    from demo.connector import StandIn

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Do = Callable[[], Awaitable[web.Response]]


class No(Exception):
    """Teams says no: status, code, and a body where Teams departs from its own rule."""

    def __init__(self, status: int, code: str, body: Json | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, code)
        self.status, self.headers = status, headers
        self.body = body or {"error": {"code": code, "message": code}}


# Who blocked or removed the bot: the code hides in a string inside the body (send-proactive-messages).
BLOCKED = {
    "errorCode": 209,
    "message": json.dumps({"subCode": "MessageWritesBlocked", "details": "Thread is not reachable"}),
}


class Rest:
    """The calls of one bot. `overlaps` counts calls that posted into a chat while another one still did."""

    def __init__(self, stand_in: StandIn, *, refuses_overlaps: bool = False) -> None:
        self._stand_in = stand_in
        self._refuses_overlaps = refuses_overlaps
        self._busy: Counter[str] = Counter()
        self.overlaps = 0
        self.calls: Counter[Call] = Counter()

    def add_routes(self, app: web.Application) -> None:
        """Every address a bot calls."""
        base = "/emea/{tenant}/v3"
        chat = base + "/conversations/{chat}"
        router = app.router
        router.add_post(base + "/conversations", self._create)
        router.add_post(chat + "/activities", self._send)
        router.add_post(chat + "/activities/{activity}", self._send)
        router.add_put(chat + "/activities/{activity}", self._update)
        router.add_delete(chat + "/activities/{activity}", self._delete)
        router.add_get(chat + "/members", self._members)
        router.add_get(chat + "/pagedmembers", self._members)
        router.add_get(chat + "/members/{member}", self._member)
        router.add_get(base + "/attachments/{file}/views/{view}", self._picture)
        router.add_get("/files/{file}", self._file)

    # --- what every call goes through -------------------------------------------------------------------------------
    async def with_faults(self, request: web.Request, call: Call, chat_id: str | None, do: Do) -> web.StreamResponse:
        """Do it, unless a fault waits for such a call."""
        self.calls[call] += 1
        fault = self._stand_in.faults.take(call, chat_id)
        if fault is None:
            return await _answer(do)
        if fault.wait_for:
            await fault.wait_for()
        if fault.delay_s:
            await asyncio.sleep(fault.delay_s)
        if fault.status:
            return _refusal(fault)
        done = web.Response(status=500) if fault.drop == "before" else await _answer(do)
        if fault.drop and request.transport:
            request.transport.abort()
        return done

    async def _checked(self, request: web.Request, call: Call, do: Do) -> web.StreamResponse:
        """Token, fault, limit, then the call itself."""
        try:
            self._stand_in.bot_tokens.check(request.headers.get("Authorization"))
        except NotAccepted:
            return web.json_response({"message": "Authorization has been denied for this request."}, status=401)
        chat_id = request.match_info.get("chat")

        async def limited() -> web.Response:
            if self._stand_in.limits and chat_id:
                wait_s = self._stand_in.limits.wait_s(call, chat_id)
                if wait_s:
                    raise No(429, "Throttled", headers={"Retry-After": str(max(1, round(wait_s)))})
            return await do()

        return await self.with_faults(request, call, chat_id, limited)

    async def _posting(
        self, request: web.Request, call: Call, do: Callable[[Person, Chat], Awaitable[web.Response]]
    ) -> web.StreamResponse:
        """As `_checked`, for a call that changes a chat: the person must be reachable, and one call at a time is the
        rule.
        """

        async def change() -> web.Response:
            person, chat = self._chat(request)
            if person.has_blocked or not person.has_app:
                raise No(403, "MessageWritesBlocked", BLOCKED)
            return await do(person, chat)

        chat_id = request.match_info["chat"]
        if self._busy[chat_id]:
            self.overlaps += 1
            if self._refuses_overlaps:
                return _no(No(412, "PreconditionFailed"))
        self._busy[chat_id] += 1
        try:
            return await self._checked(request, call, change)
        finally:
            self._busy[chat_id] -= 1

    def _chat(self, request: web.Request) -> tuple[Person, Chat]:
        found = self._stand_in.find_chat(request.match_info["chat"])
        if found is None or found[0].identity.tenant_id != request.match_info["tenant"]:
            raise No(404, "ConversationNotFound")
        return found

    # --- the calls --------------------------------------------------------------------------------------------------
    async def _create(self, request: web.Request) -> web.StreamResponse:
        async def do() -> web.Response:
            body = await _body(request)
            members = body.get("members") or [{}]
            tenant = (body.get("channelData") or {}).get("tenant", {}).get("id") or body.get("tenantId")
            person = self._stand_in.find_person(str(members[0].get("id")))
            if len(members) != 1 or person is None or tenant != person.identity.tenant_id:
                raise No(400, "BadArgument")
            if person.has_blocked or not person.has_app:
                raise No(403, "ForbiddenOperationException")
            return web.json_response({"id": person.chat.id}, status=201)

        return await self._checked(request, Call.CREATE, do)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        async def do(person: Person, chat: Chat) -> web.Response:
            activity = await self._activity(request, chat)
            if activity.get("type") == "typing":
                return web.json_response({"id": ""}, status=201)
            if activity.get("text") and activity.get("attachments"):
                # Teams makes two messages of it and gives no id back.
                chat.violations.append("text and card in one activity")
                await self._post(person, chat, {**activity, "attachments": []})
                await self._post(person, chat, {**activity, "text": ""})
                return web.json_response({}, status=201)
            message = await self._post(person, chat, activity)
            return web.json_response({"id": message.id}, status=201)

        return await self._posting(request, Call.SEND, do)

    async def _post(self, person: Person, chat: Chat, activity: Json) -> ChatMessage:
        message = chat.add(activity, from_bot=True)
        screen = self._stand_in.screens.get(chat.id)
        if screen:
            await screen.posted(message)
        return message

    async def _update(self, request: web.Request) -> web.StreamResponse:
        async def do(person: Person, chat: Chat) -> web.Response:
            message = self._own_message(request, chat)
            activity = await self._activity(request, chat)
            chat.change(message, activity, How.UPDATED)
            await self._show(chat, message)
            return web.json_response({"id": message.id})

        return await self._posting(request, Call.UPDATE, do)

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        async def do(person: Person, chat: Chat) -> web.Response:
            message = self._own_message(request, chat)
            chat.delete(message)
            await self._show(chat, message)
            return web.Response()

        return await self._posting(request, Call.DELETE, do)

    async def _show(self, chat: Chat, message: ChatMessage) -> None:
        screen = self._stand_in.screens.get(chat.id)
        if screen:
            await screen.updated(message)

    def _own_message(self, request: web.Request, chat: Chat) -> ChatMessage:
        message = chat.find(request.match_info["activity"])
        if message is None or not message.from_bot:
            raise No(404, "ActivityNotFoundInConversation")
        return message

    async def _activity(self, request: web.Request, chat: Chat) -> Json:
        activity = await _body(request)
        if not activity.get("type"):
            raise No(400, "BadSyntax")
        if not self._stand_in.check_size(chat, activity):
            raise No(413, "MessageSizeTooBig")
        return activity

    async def _members(self, request: web.Request) -> web.StreamResponse:
        async def do() -> web.Response:
            person, _ = self._chat(request)
            people = [_member(person)]
            return web.json_response({"members": people} if request.path.endswith("/pagedmembers") else people)

        return await self._checked(request, Call.MEMBER, do)

    async def _member(self, request: web.Request) -> web.StreamResponse:
        async def do() -> web.Response:
            person, _ = self._chat(request)
            if self._stand_in.find_person(request.match_info["member"]) is not person:
                raise No(404, "MemberNotFoundInConversation")
            return web.json_response(_member(person))

        return await self._checked(request, Call.MEMBER, do)

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        return await self._checked(request, Call.DOWNLOAD, lambda: self._bytes(request))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """A pre-signed address: a bot that sends its token there gives it away."""
        if "Authorization" in request.headers:
            return web.json_response({"error": {"code": "invalidRequest"}}, status=401)
        return await self.with_faults(request, Call.DOWNLOAD, None, lambda: self._bytes(request))

    async def _bytes(self, request: web.Request) -> web.Response:
        file = self._stand_in.files.get(request.match_info["file"])
        if file is None:
            raise No(404, "NotFound")
        return web.Response(body=file.content, content_type=file.content_type)


async def _answer(do: Do) -> web.Response:
    try:
        return await do()
    except No as no:
        return _no(no)


def _no(no: No) -> web.Response:
    return web.json_response(no.body, status=no.status, headers=no.headers)


def _refusal(fault: Fault) -> web.Response:
    headers = {} if fault.retry_after_s is None else {"Retry-After": f"{fault.retry_after_s:g}"}
    code = fault.code or "ServiceError"
    body = BLOCKED if code == "MessageWritesBlocked" else {"error": {"code": code, "message": code}}
    return web.json_response(body, status=fault.status or 500, headers=headers)


async def _body(request: web.Request) -> Json:
    try:
        body: Any = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise No(400, "BadSyntax")
    return body


def _member(person: Person) -> Json:
    who = person.identity
    return {
        "id": who.user_id,
        "name": who.name,
        "aadObjectId": who.object_id,
        "givenName": who.given_name,
        "surname": who.surname,
        "email": who.email,
        "userPrincipalName": who.email,
        "tenantId": who.tenant_id,
        "userRole": "user",
    }
