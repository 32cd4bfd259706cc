"""The memory of checked tokens: bounded, and never longer than a token or its key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.teams.errors import Unauthorised
from bot.teams.keys import Key
from bot.teams.tokens import TokenCheck
from tests.bot.teams.stand_in import APP_ID, NOW, bearer, rsa_key, signed

URL = "https://smba.trafficmanager.net/emea/"


class OneKey:
    """A key store that counts how often it is asked."""

    def __init__(self) -> None:
        self.version = 1
        self.asked = 0

    async def find(self, key_id: str) -> Key:
        """Always the first key."""
        self.asked += 1
        return Key(rsa_key(1).public_key(), frozenset({"msteams"}))


@pytest.fixture
def keys() -> Any:
    """One key."""
    return OneKey()


@pytest.mark.parametrize("app_id", ["", "  "])
def test_there_is_no_door_without_an_app_id(keys: Any, app_id: str) -> None:
    """The SDK takes an empty app id for "check nothing"; here nothing can be built with it."""
    with pytest.raises(ValueError, match="app id"):
        TokenCheck(app_id, keys)


async def test_a_good_token_is_checked_once(keys: Any) -> None:
    """Teams sends the same token for an hour: the signature is verified once."""
    tokens = TokenCheck(APP_ID, keys)
    header = bearer(URL)
    first = await tokens.check(header, NOW)
    assert await tokens.check(header, NOW) is first
    assert keys.asked == 1


async def test_a_remembered_token_still_ends(keys: Any) -> None:
    """Being remembered does not keep a token alive past its end and the five minutes of clock skew."""
    tokens = TokenCheck(APP_ID, keys)
    header = bearer(URL)
    await tokens.check(header, NOW)
    await tokens.check(header, NOW + timedelta(hours=1, seconds=300))
    with pytest.raises(Unauthorised, match="expired"):
        await tokens.check(header, NOW + timedelta(hours=1, seconds=301))
    with pytest.raises(Unauthorised, match="not yet"):
        await tokens.check(header, NOW - timedelta(seconds=361))


async def test_new_keys_mean_new_checks(keys: Any) -> None:
    """A key that was withdrawn takes its tokens with it: with each key set everything is checked anew."""
    tokens = TokenCheck(APP_ID, keys)
    header = bearer(URL)
    await tokens.check(header, NOW)
    keys.version = 2
    await tokens.check(header, NOW)
    assert keys.asked == 2


async def test_the_memory_is_bounded(keys: Any) -> None:
    """The oldest token is forgotten when there are too many."""
    tokens = TokenCheck(APP_ID, keys, remembered=2)
    headers = [bearer(URL, number=number) for number in range(3)]
    for header in headers:
        await tokens.check(header, NOW)
    assert len(tokens._good) == 2
    await tokens.check(headers[0], NOW)
    assert keys.asked == 4


async def test_a_bad_token_is_not_remembered(keys: Any) -> None:
    """Made-up tokens take no memory."""
    tokens = TokenCheck(APP_ID, keys)
    for number in range(5):
        with pytest.raises(Unauthorised):
            await tokens.check(bearer(URL, aud=f"bot-{number}"), NOW)
        with pytest.raises(Unauthorised):
            await tokens.check(bearer(URL, exp=1, number=number), NOW)
    assert not tokens._good


@pytest.mark.parametrize("payload", [b"[]", b"7", b"{", b"", b"\xff"])
async def test_claims_must_be_an_object(keys: Any, payload: bytes) -> None:
    """A correctly signed token that is no JSON object says nothing."""
    tokens = TokenCheck(APP_ID, keys)
    with pytest.raises(Unauthorised):
        await tokens.check(signed(payload), NOW)
