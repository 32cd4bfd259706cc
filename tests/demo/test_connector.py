"""The stand-in answers a bot as Teams does."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from demo.activities import File
from demo.chat import card_activity
from demo.connector import SECRET, StandIn
from demo.faults import Call, Delivery
from demo.limits import Limits
from demo.people import BAKERY, BEN
from demo.person import UNREACHABLE, Person
from demo.tokens import SCOPE
from graph.errors import AccessRefused, AccessUnavailable
from tests.demo.tiny_bot import TinyBot, form_card, ticket_card

PICTURE = File("pasted.png", b"\x89PNG picture", "image/png")
REPORT = File("log.txt", b"lines", "text/plain")


def chat_path(person: Person) -> str:
    """Where messages to a person go."""
    return f"conversations/{person.chat.id}/activities"


async def test_both_directions_are_authenticated(anna: Person, bot: TinyBot) -> None:
    """A bot that checks tokens hears a person, and what it says with its own token arrives."""
    await anna.says("mail is broken")
    assert [one["type"] for one in bot.received] == ["message"]
    assert (await anna.waits_for("New ticket")).card == form_card("mail is broken")


@pytest.mark.parametrize("token", ["", "abc", "e30.e30.e30"])
async def test_a_call_without_our_token_is_refused(anna: Person, bot: TinyBot, token: str) -> None:
    """No token, a word, or a token of nobody gets 401, and nothing is posted."""
    await anna.installs()
    url = f"{anna.service_url}v3/{chat_path(anna)}"
    headers = {"Authorization": f"Bearer {token}"}
    async with bot.session.post(url, json={"type": "message", "text": "x"}, headers=headers) as response:
        assert response.status == 401
    assert anna.chat.from_bot == []


async def test_a_token_of_teams_is_no_token_of_the_bot(anna: Person, bot: TinyBot, stand_in: StandIn) -> None:
    """The token that Teams signs for inbound activities opens nothing in the other direction."""
    await anna.installs()
    headers = {"Authorization": f"Bearer {stand_in.channel_tokens.sign(anna.service_url)}"}
    url = f"{anna.service_url}v3/{chat_path(anna)}"
    async with bot.session.post(url, json={"type": "message", "text": "x"}, headers=headers) as response:
        assert response.status == 401


@pytest.mark.parametrize("wrong", [{"client_secret": "guess"}, {"client_id": "other"}, {"scope": "other"}])
async def test_only_the_bots_credentials_give_a_token(bot: TinyBot, stand_in: StandIn, wrong: dict[str, str]) -> None:
    """A wrong secret, client or scope is refused by the token endpoint."""
    good = {"grant_type": "client_credentials", "client_id": stand_in.app_id, "client_secret": SECRET, "scope": SCOPE}
    async with bot.session.post(stand_in.token_url, data={**good, **wrong}) as response:
        assert response.status == 401


async def test_the_bots_token_is_kept_until_it_is_refused(bot: TinyBot, stand_in: StandIn) -> None:
    """One request to the token endpoint serves many calls; a forgotten token is replaced."""
    first = await bot.tokens.get()
    assert await bot.tokens.get() == first
    bot.tokens.forget(first)
    assert await bot.tokens.get() != first
    assert stand_in.bot_tokens.issued == 2


@pytest.mark.parametrize("status, problem", [(401, AccessRefused), (503, AccessUnavailable)])
async def test_a_failing_token_endpoint_says_whether_to_try_again(
    bot: TinyBot, stand_in: StandIn, status: int, problem: type[Exception]
) -> None:
    """A refusal and an outage of the login service are told apart."""
    stand_in.faults.add(Call.TOKEN, status=status)
    with pytest.raises(problem):
        await bot.tokens.get()


async def test_text_and_card_in_one_activity_give_no_id(anna: Person, bot: TinyBot, stand_in: StandIn) -> None:
    """Teams makes two messages of it and returns no id; the stand-in notes that as a violation."""
    await anna.says("both")
    assert [bool(message.card) for message in anna.chat.from_bot] == [False, True]
    assert stand_in.violations == ["Anna de Vries: text and card in one activity"]


async def test_a_card_over_28_kilobytes_is_refused(anna: Person, bot: TinyBot, stand_in: StandIn) -> None:
    """413 MessageSizeTooBig, nothing posted, and noted."""
    await anna.installs()
    status, body = await bot.call("POST", anna.service_url, chat_path(anna), card_activity(form_card("x" * 29_000)))
    assert (status, body["error"]["code"]) == (413, "MessageSizeTooBig")
    assert anna.chat.from_bot == []
    assert len(stand_in.violations) == 1


async def test_an_update_changes_the_message_in_place(anna: Person, bot: TinyBot) -> None:
    """PUT keeps the message's id and place and adds a version; an unknown id is 404."""
    await anna.says("card")
    message = anna.chat.last
    path = f"{chat_path(anna)}/{message.id}"
    status, _ = await bot.call("PUT", anna.service_url, path, card_activity(ticket_card(7)))
    assert status == 200
    assert len(anna.chat.from_bot) == 1
    assert "seen 0 times" in message.versions[0].words
    assert "seen 7 times" in message.words
    status, body = await bot.call("PUT", anna.service_url, f"{chat_path(anna)}/1", card_activity(ticket_card(8)))
    assert (status, body["error"]["code"]) == (404, "ActivityNotFoundInConversation")


async def test_a_deleted_message_is_gone(anna: Person, bot: TinyBot) -> None:
    """DELETE takes it out of the chat; updating it afterwards is 404."""
    await anna.says("card")
    path = f"{chat_path(anna)}/{anna.chat.last.id}"
    assert (await bot.call("DELETE", anna.service_url, path))[0] == 200
    assert anna.chat.from_bot == []
    assert (await bot.call("PUT", anna.service_url, path, card_activity(ticket_card(8))))[0] == 404


async def test_who_blocked_the_bot_cannot_be_reached(anna: Person, bot: TinyBot) -> None:
    """403 with MessageWritesBlocked hidden in the message, until it is unblocked."""
    await anna.installs()
    anna.blocks()
    status, body = await bot.call("POST", anna.service_url, chat_path(anna), {"type": "message", "text": "x"})
    assert status == 403
    assert "MessageWritesBlocked" in body["message"]
    anna.unblocks()
    assert (await bot.call("POST", anna.service_url, chat_path(anna), {"type": "message", "text": "x"}))[0] == 201


async def test_a_chat_exists_only_with_who_has_the_app(anna: Person, bot: TinyBot) -> None:
    """Creating a conversation is refused before the app was installed, and gives the one chat after that."""
    body = {"members": [{"id": anna.identity.user_id}], "channelData": {"tenant": {"id": BAKERY.tenant_id}}}
    status, answer = await bot.call("POST", anna.service_url, "conversations", body)
    assert (status, answer["error"]["code"]) == (403, "ForbiddenOperationException")
    await anna.installs()
    assert await bot.call("POST", anna.service_url, "conversations", body) == (201, {"id": anna.chat.id})
    await anna.uninstalls()
    assert (await bot.call("POST", anna.service_url, chat_path(anna), {"type": "message", "text": "x"}))[0] == 403


async def test_a_tenant_has_its_own_address(anna: Person, eva: Person, bot: TinyBot) -> None:
    """A chat is not found under another tenant's service URL."""
    await anna.installs()
    status, body = await bot.call("POST", eva.service_url, chat_path(anna), {"type": "message", "text": "x"})
    assert (status, body["error"]["code"]) == (404, "ConversationNotFound")


async def test_the_roster_knows_the_person(anna: Person, bot: TinyBot, stand_in: StandIn) -> None:
    """The member of a 1:1 chat comes with object id and e-mail; somebody else is not in it."""
    path = f"conversations/{anna.chat.id}/members/"
    _, member = await bot.call("GET", anna.service_url, path + anna.identity.user_id)
    assert (member["aadObjectId"], member["email"]) == (anna.identity.object_id, anna.identity.email)
    ben = stand_in.person(BEN).identity.user_id
    assert (await bot.call("GET", anna.service_url, path + ben))[0] == 404


@pytest.mark.parametrize("file", [PICTURE, REPORT])
async def test_files_can_be_fetched_as_in_teams(anna: Person, file: File) -> None:
    """A pasted picture needs the bot's token, a file has an address that works without one."""
    await anna.says("", files=[file])
    await anna.waits_for(lambda message: message.text.startswith("200 "))


async def test_the_token_sent_with_a_signed_address_is_noticed(anna: Person, bot: TinyBot, stand_in: StandIn) -> None:
    """A bot that sends its token to OneDrive gives it away: 401. And a picture without the token is refused too."""
    headers = {"Authorization": f"Bearer {await bot.tokens.get()}"}
    async with bot.session.get(stand_in.offer(anna, REPORT), headers=headers) as response:
        assert response.status == 401
    async with bot.session.get(stand_in.offer(anna, PICTURE)) as response:
        assert response.status == 401


async def test_a_group_hears_the_bot_only_when_it_is_mentioned(anna: Person, bot: TinyBot) -> None:
    """In a group the message carries the mention, and the answer goes to the group."""
    await anna.says("help", in_group=True)
    assert bot.received[0]["conversation"]["conversationType"] == "groupChat"
    assert len(anna.group.from_bot) == 1
    assert anna.chat.from_bot == []


async def test_faults_hit_the_next_call_they_are_meant_for(anna: Person, bot: TinyBot, stand_in: StandIn) -> None:
    """429 with Retry-After once, 502 once for this chat only, then everything works again."""
    await anna.installs()
    stand_in.faults.add(Call.SEND, status=429, code="Throttled", retry_after_s=2)
    stand_in.faults.add(Call.SEND, status=502, chat_id="another chat")
    message = {"type": "message", "text": "x"}
    headers = {"Authorization": f"Bearer {await bot.tokens.get()}"}
    url = f"{anna.service_url}v3/{chat_path(anna)}"
    async with bot.session.post(url, json=message, headers=headers) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "2")
    assert (await bot.call("POST", anna.service_url, chat_path(anna), message))[0] == 201


@pytest.mark.parametrize("drop, posted", [("before", 0), ("after", 1)])
async def test_a_dropped_call_leaves_the_bot_in_doubt(
    anna: Person, bot: TinyBot, stand_in: StandIn, drop: str, posted: int
) -> None:
    """The connection ends without an answer, and the message is there or not."""
    await anna.installs()
    await bot.tokens.get()
    stand_in.faults.add(Call.SEND, drop=drop)
    with pytest.raises(aiohttp.ClientError):
        await bot.call("POST", anna.service_url, chat_path(anna), {"type": "message", "text": "x"})
    assert len(anna.chat.from_bot) == posted


async def test_posting_into_a_busy_chat_is_noticed(anna: Person, bot: TinyBot, stand_in: StandIn) -> None:
    """Two calls at once into one chat count as an overlap (Teams may answer 412)."""
    await anna.installs()
    go_on = asyncio.Event()
    first_is_in = asyncio.Event()

    async def hold() -> None:
        first_is_in.set()
        await go_on.wait()

    stand_in.faults.add(Call.SEND, wait_for=hold)
    first = asyncio.ensure_future(bot.call("POST", anna.service_url, chat_path(anna), {"type": "message", "text": "1"}))
    await first_is_in.wait()
    await bot.call("POST", anna.service_url, chat_path(anna), {"type": "message", "text": "2"})
    go_on.set()
    await first
    assert stand_in.rest.overlaps == 1
    assert [message.text for message in anna.chat.from_bot] == ["2", "1"]


async def test_teams_limits_a_chat() -> None:
    """The eighth message within a second gets 429 with Retry-After; another chat is not affected."""
    async with StandIn(limits=Limits(clock=lambda: 100.0)) as stand_in, TinyBot(stand_in) as bot:
        anna, ben = stand_in.people["anna"], stand_in.people["ben"]
        await anna.installs()
        await ben.installs()
        message: dict[str, Any] = {"type": "message", "text": "x"}
        statuses = [(await bot.call("POST", anna.service_url, chat_path(anna), message))[0] for _ in range(8)]
        assert statuses == [201] * 7 + [429]
        assert (await bot.call("POST", ben.service_url, chat_path(ben), message))[0] == 201


@pytest.mark.parametrize("delivery, ids", [(Delivery.TWICE_SAME_ID, 1), (Delivery.TWICE_NEW_ID, 2)])
async def test_activities_can_arrive_twice(
    anna: Person, bot: TinyBot, stand_in: StandIn, delivery: Delivery, ids: int
) -> None:
    """Under the same id or under two, at the same time."""
    stand_in.line.delivery = delivery
    await anna.says("hello")
    assert len(bot.received) == 2
    assert len({one["id"] for one in bot.received}) == ids


async def test_an_activity_can_come_again_much_later(anna: Person, bot: TinyBot, stand_in: StandIn) -> None:
    """A late copy is the same activity, under a new id when asked."""
    await anna.says("hello")
    await stand_in.line.deliver_again(anna.last_activity)
    await stand_in.line.deliver_again(anna.last_activity, new_id=True)
    first, second, third = bot.received
    assert first == second
    assert {**third, "id": first["id"]} == first
    assert third["id"] != first["id"]


async def test_a_bot_that_is_too_slow_gets_the_invoke_again(anna: Person, bot: TinyBot, stand_in: StandIn) -> None:
    """After the time-out Teams posts once more under a new id, then shows that the app cannot be reached."""
    await anna.says("card")
    bot.stuck = asyncio.Event()
    outcome = await anna.clicks(anna.chat.last, "Look again")
    bot.stuck.set()
    assert (outcome.status, outcome.error) == (504, UNREACHABLE)
    first, second = bot.received[1:]
    assert first["id"] != second["id"]
    assert first["value"] == second["value"]


async def test_rotated_keys_sign_what_comes_next(anna: Person, bot: TinyBot, stand_in: StandIn) -> None:
    """After a rotation the key set has the new key only, and tokens are signed with it."""
    stand_in.channel_tokens.keys.rotate()
    await anna.says("hello")
    assert len(stand_in.channel_tokens.keys.document([])["keys"]) == 1


async def test_a_forged_activity_is_refused_by_the_bot(anna: Person, bot: TinyBot, stand_in: StandIn) -> None:
    """The stand-in can also post what must be refused: no token, wrong audience, wrong service URL."""
    activity = anna.activity("message")
    sign = stand_in.channel_tokens.sign
    for token in ("", sign(anna.service_url, aud="other"), sign("http://127.0.0.1:1/")):
        assert (await stand_in.line.post(activity, token=token)).status == 401
