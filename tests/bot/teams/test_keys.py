"""The key store against a real key server: refresh, rotation, outage, and never more than one download at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jwt.algorithms import RSAAlgorithm

from bot.teams.errors import KeysUnavailable, UnknownKey
from bot.teams.keys import REFRESH_AFTER_S, KeyStore
from tests.bot.teams.stand_in import Clock, KeyServer, jwk, rsa_key


class Store:
    """A key store, its server and its clock."""

    def __init__(self, session: aiohttp.ClientSession, server: KeyServer) -> None:
        self.server = server
        self.clock = Clock()
        self.keys = KeyStore(session, openid_url=server.openid_url, monotonic=self.clock.monotonic)

    async def settle(self) -> None:
        """Waits for a refresh in the background."""
        while self.keys._refresh is not None:
            await asyncio.wait({self.keys._refresh})


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """A store that has not loaded anything yet."""
    server = KeyServer()
    async with server.server, aiohttp.ClientSession() as session:
        store = Store(session, server)
        yield store
        server.open.set()
        await store.keys.close()


async def test_a_key_is_parsed_once(store: Store) -> None:
    """The first use downloads; every later one is a look-up of the same key object."""
    first = await store.keys.find("key-1")
    assert await store.keys.find("key-1") is first
    assert first.public.public_numbers() == rsa_key(1).public_key().public_numbers()
    assert first.endorsements == {"msteams", "skype"}
    assert (store.server.hits, store.keys.version) == (1, 1)


async def test_many_callers_share_one_download(store: Store) -> None:
    """A crowd that arrives before the first keys asks the key server once."""
    store.server.open.clear()
    callers = [asyncio.create_task(store.keys.find("key-1")) for _ in range(20)]
    await store.server.asked.wait()
    callers[0].cancel()
    store.server.open.set()
    found = await asyncio.gather(*callers, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert len(set(map(id, found[1:]))) == 1
    assert store.server.hits == 1


async def test_an_unknown_key_asks_again_but_not_always(store: Store) -> None:
    """A new key id fetches the new keys; made-up ids cost the key server one download a minute."""
    await store.keys.find("key-1")
    for _ in range(50):
        with pytest.raises(UnknownKey):
            await store.keys.find("made-up")
    assert store.server.hits == 1
    store.server.keys = [jwk(1, "msteams"), jwk(2, "msteams")]
    store.clock.elapsed_s += 60
    await store.keys.find("key-2")
    assert (store.server.hits, store.keys.version) == (2, 2)


async def test_the_daily_refresh_holds_nobody_up(store: Store) -> None:
    """After a day the keys are renewed in the background, while the known key is handed out at once."""
    before = await store.keys.find("key-1")
    store.clock.elapsed_s += REFRESH_AFTER_S
    store.server.keys = [jwk(2, "msteams")]
    store.server.open.clear()
    assert await store.keys.find("key-1") is before
    assert await store.keys.find("key-1") is before
    store.server.open.set()
    await store.settle()
    assert (store.server.hits, store.keys.version) == (2, 2)
    with pytest.raises(UnknownKey):
        await store.keys.find("key-1")


@pytest.mark.parametrize("fault", ["status", "nonsense", "no keys", "bad keys", "elsewhere", "array", "too large"])
async def test_old_keys_stay_when_the_refresh_fails(store: Store, fault: str) -> None:
    """Whatever the key server answers, a key set that worked is only replaced by one that works."""
    key = await store.keys.find("key-1")
    match fault:
        case "status":
            store.server.status = 503
        case "nonsense":
            store.server.keys_body = b"<html>"
        case "array":
            store.server.keys_body = b"[]"
        case "too large":
            store.server.keys_body = b" " * 1_000_001
        case "no keys":
            store.server.keys = []
        case "bad keys":
            store.server.keys = [None, {"kty": "EC", "kid": "key-1"}, jwk(1, n="!"), jwk(1, n="AQAB"), jwk(1, kid=5)]
        case "elsewhere":
            store.server.keys_url = "https://keys.example/keys"
    store.clock.elapsed_s += REFRESH_AFTER_S
    assert await store.keys.find("key-1") is key
    await store.settle()
    assert (store.server.hits, store.keys.version) == (2, 1)
    assert await store.keys.find("key-1") is key
    assert store.server.hits == 2, "not again before a pause"
    store.clock.elapsed_s += 10
    await store.keys.find("key-1")
    await store.settle()
    assert store.server.hits == 3


async def test_no_key_at_all_is_a_fault_of_its_own(store: Store) -> None:
    """While nothing was ever loaded the answer is "not now" instead of "no", and the server is asked every ten
    seconds.
    """
    store.server.status = 500
    for _ in range(5):
        with pytest.raises(KeysUnavailable):
            await store.keys.find("key-1")
    assert store.server.hits == 1
    store.server.status = 200
    store.clock.elapsed_s += 10
    assert (await store.keys.find("key-1")).endorsements == {"msteams", "skype"}


async def test_a_short_key_is_no_key(store: Store) -> None:
    """A key that could be factored proves nothing, even when it is published."""
    private = generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - short on purpose
    short = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    store.server.keys = [{**short, "kid": "short", "endorsements": ["msteams"]}, jwk(1, "msteams")]
    with pytest.raises(UnknownKey):
        await store.keys.find("short")


async def test_a_server_that_is_not_there(store: Store) -> None:
    """A refused connection is an outage like any other."""
    await store.server.server.close()
    with pytest.raises(KeysUnavailable):
        await store.keys.find("key-1")


async def test_keys_come_over_tls(store: Store) -> None:
    """Who could change the keys on their way could sign anything: outside this machine the address must be https."""
    with pytest.raises(ValueError, match="https"):
        KeyStore(store.keys._session, openid_url="http://login.botframework.com/v1/.well-known/openidconfiguration")


async def test_closing_ends_a_refresh(store: Store) -> None:
    """Shutting down does not wait for a key server."""
    store.server.open.clear()
    caller = asyncio.create_task(store.keys.find("key-1"))
    await store.server.asked.wait()
    await store.keys.close()
    with pytest.raises(asyncio.CancelledError):
        await caller
