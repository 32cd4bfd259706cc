"""The door, over HTTP, with signed tokens: who gets in, and what everybody else is told."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from aiohttp import web

from bot.teams.hosts import TrustedHosts
from bot.wire import Reply
from tests.bot.teams.stand_in import APP_ID, NOW, Bot, bearer, jwk, payload

HOUR = 3600


async def test_a_signed_message_is_taken(bot: Bot) -> None:
    """A message with a good token is answered 200, and reaches the router once with the time of the one clock
    reading.
    """
    status, body = await bot.say(bot.payload("message_personal"))
    assert (status, body) == (200, b"")
    [(incoming, now)] = bot.router.turns
    assert (incoming.text, now, bot.clock.reads) == ("feedback", NOW, 1)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "Basic dXNlcjpwYXNz",
        "Bearer",
        "Bearer ",
        "Bearer abc",
        "Bearer a.b.c",
        "Bearer ....",
        "Bearer eyJhbGciOiJSUzI1NiJ9.e30.",
        "Bearer bm8=.e30.e30",
        "Bearer " + "a" * 8000,
        "Bearer \xe9\xe8.x.y",
    ],
    ids=lambda header: repr(header)[:24],
)
async def test_no_token_and_garbage_are_401(bot: Bot, header: str | None) -> None:
    """The stock adapter answers 500 with a trace to a bearer that is no token; here it is 401 like a missing one."""
    status, _ = await bot.say(bot.payload("message_personal"), token=header)
    assert status == 401
    assert bot.router.turns == []


@pytest.mark.parametrize(
    "claims, why",
    [
        ({"aud": "00000000-0000-0000-0000-000000000bad"}, "a token for another bot"),
        ({"aud": [APP_ID]}, "an audience that is a list"),
        ({"aud": ...}, "no audience"),
        ({"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"}, "the emulator's issuer"),
        ({"iss": "https://api.botframework.com/"}, "almost the issuer"),
        ({"iss": ["https://api.botframework.com"]}, "an issuer that is a list"),
        ({"serviceurl": "http://127.0.0.1:1/emea/"}, "another service URL"),
        ({"serviceurl": ...}, "no service URL"),
        ({"serviceurl": None}, "an empty service URL"),
        ({"exp": int(NOW.timestamp()) - 301}, "expired"),
        ({"exp": ...}, "without end"),
        ({"exp": "never"}, "an end that is no number"),
        ({"exp": True}, "an end that is no number"),
        ({"nbf": int(NOW.timestamp()) + 301}, "not yet in force"),
        ({"key": 2}, "signed with a key that is not published"),
        ({"key": 2, "kid": "key-1"}, "signed with another key under a published id"),
        ({"alg": "none"}, "unsigned"),
        ({"alg": "HS256"}, "signed with a shared secret"),
        ({"alg": "RS512"}, "another algorithm"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_token_that_proves_nothing_is_401(bot: Bot, claims: dict[str, Any], why: str) -> None:
    """Audience, issuer, service URL, times, key and algorithm each must be right, or nothing of the body counts."""
    status, _ = await bot.say(bot.payload("message_personal"), **claims)
    assert status == 401, why
    assert bot.router.turns == []


@pytest.mark.parametrize("claims", [{"exp": int(NOW.timestamp()) - 299}, {"nbf": int(NOW.timestamp()) + 299}])
async def test_five_minutes_of_clock_skew_are_allowed(bot: Bot, claims: dict[str, Any]) -> None:
    """A clock that is off by less than 300 s keeps nobody out."""
    status, _ = await bot.say(bot.payload("message_personal"), **claims)
    assert status == 200


async def test_a_key_speaks_only_for_its_channels(bot: Bot) -> None:
    """A key that is not endorsed for Teams cannot sign for it, and one without endorsements signs for nobody."""
    bot.key_server.keys = [jwk(1, "webchat"), jwk(2), jwk(3, endorsements=None)]
    for key in (1, 2, 3):
        status, _ = await bot.say(bot.payload("message_personal"), key=key)
        assert status == 401


async def test_other_channels_are_refused(bot: Bot) -> None:
    """Direct Line lets the caller choose his own identity, so an activity of another channel is refused even when
    signed.
    """
    bot.key_server.keys = [jwk(1, "msteams", "directline")]
    for channel in ("directline", "webchat", "", None, 7, ...):
        status, _ = await bot.say(bot.payload("message_personal", channelId=channel))
        assert status == 401


async def test_the_token_is_checked_before_the_body(bot: Bot) -> None:
    """The stock adapter parses first; here a stranger's body is not looked at, so that nonsense costs nothing."""
    status, _ = await bot.say(b"[" * 3000, token=None)
    assert status == 401


async def test_no_keys_is_503(bot: Bot) -> None:
    """Without any key nobody can be let in or turned away: 503, so that Teams tries again."""
    bot.key_server.status = 500
    assert (await bot.say(bot.payload("message_personal")))[0] == 503
    bot.key_server.status = 200
    bot.clock.elapsed_s += 11
    assert (await bot.say(bot.payload("message_personal")))[0] == 200


async def test_keys_are_rotated_without_an_outage(bot: Bot) -> None:
    """The stock adapter answers 500 for a day after a key rotation; here a new key id fetches the new keys at once."""
    assert (await bot.say(bot.payload("message_personal")))[0] == 200
    bot.key_server.keys = [jwk(2, "msteams")]
    bot.clock.elapsed_s += 61
    assert (await bot.say(bot.payload("message_personal"), key=2))[0] == 200
    assert (await bot.say(bot.payload("message_personal"), key=1))[0] == 401


async def test_the_service_url_must_be_a_teams_host(bot: Bot) -> None:
    """Even with a good token, nothing is taken whose answer would go to a host that is not on the list."""
    bot.door._hosts = TrustedHosts(frozenset({"smba.trafficmanager.net"}))
    assert (await bot.say(bot.payload("message_personal")))[0] == 403
    url = "https://smba.trafficmanager.net/emea/"
    status, _ = await bot.say(bot.payload("message_personal", serviceUrl=url), token=bearer(url))
    assert status == 200


async def test_tenants_nobody_knows_reach_the_router(bot: Bot) -> None:
    """The tenant of a person is read from the signed activity and left to the router, which owes strangers a reply."""
    foreign = "99999999-0000-0000-0000-000000000009"
    activity = bot.payload("message_personal", channelData={"tenant": {"id": foreign}})
    activity["conversation"]["tenantId"] = foreign
    bot.router.reply = Reply(text="ask your provider")
    assert (await bot.say(activity))[0] == 200
    assert bot.router.turns[0][0].tenant_id == foreign
    assert [message.text for message in bot.sent.posted] == ["ask your provider"]


async def test_refusals_are_counted_but_do_not_fill_the_log(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    """A thousand bad requests are a number in the metrics and one line a minute, never a trace each."""
    with caplog.at_level(logging.WARNING):
        for _ in range(20):
            await bot.say(b"{}", token="Bearer abc")
        bot.clock.elapsed_s += 61
        await bot.say(b"{}", token="Bearer abc")
    assert bot.door.refusals["not a token"] == 21
    assert len(caplog.records) == 2
    assert all(record.exc_info is None for record in caplog.records)


async def test_a_fault_of_ours_while_reading_is_not_a_5xx(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Teams would send the same activity again and again: an unforeseen shape is refused, and told with its trace."""

    async def broken(activity: dict[str, Any], now: object) -> bytes | None:
        raise ZeroDivisionError

    monkeypatch.setattr(bot.door._behind, "take", broken)
    assert (await bot.say(bot.payload("message_personal")))[0] == 400
    assert bot.door.refusals["unreadable: ZeroDivisionError"] == 1


async def test_other_methods_are_not_taken(bot: Bot) -> None:
    """There is nothing to GET at the door."""
    async with bot.session.get(bot.url) as response:
        assert response.status == web.HTTPMethodNotAllowed.status_code


def test_payloads_are_raw_activities() -> None:
    """What the tests post is what the local client sent, unchanged but for the service URL."""
    assert payload("message_personal")["serviceUrl"].startswith("http://localhost:")
