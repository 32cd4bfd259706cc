"""The keys with which the Bot Connector signs its tokens.

The addresses and the shape of both documents are those of the Bot Connector authentication page: a static OpenID
document whose `jwks_uri` leads to the key set; each key lists in `endorsements` the channels it may speak for.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from bot.teams.errors import KeysUnavailable, UnknownKey
from bot.teams.hosts import same_host
from bot.teams.streams import TooLarge, read_all

OPENID_URL = "https://login.botframework.com/v1/.well-known/openidconfiguration"

REFRESH_AFTER_S = 24 * 3600
UNKNOWN_KEY_INTERVAL_S = 60
RETRY_AFTER_S = 10
_TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
_LIMIT_BYTES = 1_000_000
_SHORTEST_KEY_BITS = 2048

_log = logging.getLogger(__name__)


class _BadKeySet(Exception):
    """The key server answered with something that is no key set."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public key, parsed once, and the channels it is endorsed for."""

    public: RSAPublicKey
    endorsements: frozenset[str]


class KeyStore:
    """The current keys: fetched without blocking, refreshed daily, and for a key id not seen before.

    A refresh in the background never holds up a request, one at a time is under way, and when it fails the old keys
    stay in use. `version` grows with each new key set, so that whoever remembers checked tokens knows when to forget
    them. Times are monotonic seconds.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        openid_url: str = OPENID_URL,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """The keys must lie on the host of `openid_url`. Raises `ValueError` if that is not https (or this machine)."""
        hosts = same_host(openid_url)
        if not hosts.allows(openid_url):
            raise ValueError("the OpenID document must be at an https address", openid_url)
        self.version = 0
        self._session = session
        self._openid_url = openid_url
        self._hosts = hosts
        self._monotonic = monotonic
        self._keys: Mapping[str, Key] = {}
        self._loaded_at_s = 0.0
        self._tried_at_s: float | None = None
        self._refresh: asyncio.Task[None] | None = None

    async def find(self, key_id: str) -> Key:
        """The key with this id. Raises `UnknownKey` or `KeysUnavailable`."""
        key = self._keys.get(key_id)
        if key is not None:
            if self._monotonic() - self._loaded_at_s >= REFRESH_AFTER_S and self._may_try(RETRY_AFTER_S):
                self._start_refresh()
            return key
        if self._refresh is not None or self._may_try(UNKNOWN_KEY_INTERVAL_S if self._keys else RETRY_AFTER_S):
            # Shielded: a caller that goes away must not take the answer from the others.
            await asyncio.shield(self._start_refresh())
        if not self._keys:
            raise KeysUnavailable
        if key_id not in self._keys:
            raise UnknownKey
        return self._keys[key_id]

    async def close(self) -> None:
        """Ends a refresh that is still under way."""
        if self._refresh is not None:
            self._refresh.cancel()
            await asyncio.gather(self._refresh, return_exceptions=True)

    def _may_try(self, interval_s: float) -> bool:
        return self._tried_at_s is None or self._monotonic() - self._tried_at_s >= interval_s

    def _start_refresh(self) -> asyncio.Task[None]:
        if self._refresh is None:
            self._tried_at_s = self._monotonic()
            self._refresh = asyncio.create_task(self._replace_keys())
        return self._refresh

    async def _replace_keys(self) -> None:
        try:
            keys = await self._download()
        except (aiohttp.ClientError, TimeoutError, _BadKeySet) as error:
            _log.warning("token keys not refreshed, %d old ones stay: %s", len(self._keys), type(error).__name__)
        else:
            self._keys = keys
            self._loaded_at_s = self._monotonic()
            self.version += 1
        finally:
            self._refresh = None

    async def _download(self) -> Mapping[str, Key]:
        keys_url = (await self._fetch(self._openid_url)).get("jwks_uri")
        if not isinstance(keys_url, str) or not self._hosts.allows(keys_url):
            raise _BadKeySet
        entries = (await self._fetch(keys_url)).get("keys")
        keys = dict(filter(None, map(_parse_key, entries if isinstance(entries, list) else [])))
        if not keys:
            raise _BadKeySet
        return keys

    async def _fetch(self, url: str) -> dict[str, Any]:
        async with self._session.get(url, timeout=_TIMEOUT, allow_redirects=False) as response:
            if response.status != HTTPStatus.OK:
                raise _BadKeySet
            try:
                document = orjson.loads(await read_all(response.content, _LIMIT_BYTES))
            except (orjson.JSONDecodeError, TooLarge):
                raise _BadKeySet from None
        if not isinstance(document, dict):
            raise _BadKeySet
        return document


def _parse_key(entry: object) -> tuple[str, Key] | None:
    """One entry of the key set; None for what cannot verify an RS256 token."""
    if not isinstance(entry, dict) or entry.get("kty") != "RSA" or not isinstance(entry.get("kid"), str):
        return None
    try:
        public = PyJWK(entry, "RS256").key
    except (PyJWTError, ValueError, TypeError):
        return None
    if not isinstance(public, RSAPublicKey) or public.key_size < _SHORTEST_KEY_BITS:
        return None
    named = entry.get("endorsements")
    endorsements = (
        frozenset(name for name in named if isinstance(name, str)) if isinstance(named, list) else frozenset()
    )
    return entry["kid"], Key(public, endorsements)
