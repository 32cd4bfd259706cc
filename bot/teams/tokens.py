"""Is this request from Teams? The checks of the Bot Connector authentication page.

RS256 with a key of the key set, audience our app id, issuer the Bot Connector, in force now (300 s of clock skew).
The other two checks need the activity and are `Bearer.covers`: the `serviceurl` claim equals the activity's
`serviceUrl`, and the key is endorsed for Teams. Other channels are refused even when endorsed: in Direct Line the
caller chooses who he is.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

import orjson
from jwt import PyJWS
from jwt.exceptions import PyJWTError

from bot.teams.errors import Unauthorised, UnknownKey
from bot.teams.keys import KeyStore

ISSUER = "https://api.botframework.com"
CHANNEL = "msteams"
SKEW_S = 300
_ALGORITHM = "RS256"
_LONGEST_TOKEN = 8192


@dataclass(frozen=True, slots=True)
class Bearer:
    """What a checked token says. Times are seconds since 1970."""

    service_url: str
    endorsements: frozenset[str]
    valid_from_s: float
    valid_until_s: float

    def covers(self, channel: object, service_url: object) -> bool:
        """Whether an activity of this channel, with this service URL, may come with the token."""
        return channel == CHANNEL and CHANNEL in self.endorsements and service_url == self.service_url


class TokenCheck:
    """Checks bearer tokens; remembers at most `remembered` good ones, and forgets all of them with each new key set.

    Teams sends the same token for about an hour, so most requests cost a look-up instead of an RSA operation.
    """

    def __init__(self, app_id: str, keys: KeyStore, *, issuer: str = ISSUER, remembered: int = 1000) -> None:
        """Raises `ValueError` for an empty app id: the SDK's way of saying "no authentication", which is never meant
        here.
        """
        if not app_id.strip():
            raise ValueError("the bot's app id is empty; without it every request would be accepted")
        self._app_id = app_id
        self._keys = keys
        self._issuer = issuer
        self._remembered = remembered
        self._good: OrderedDict[str, Bearer] = OrderedDict()
        self._good_for_version = keys.version
        self._jws = PyJWS(algorithms=[_ALGORITHM])

    async def check(self, authorization: str | None, now: datetime) -> Bearer:
        """The token of an `Authorization` header. Raises `Unauthorised`, or `KeysUnavailable` without any key."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthorised("no bearer token")
        if len(token) > _LONGEST_TOKEN or not token.isascii():
            raise Unauthorised("not a token")
        if self._good_for_version != self._keys.version:
            self._good.clear()
            self._good_for_version = self._keys.version
        bearer = self._good.get(token)
        if bearer is None:
            bearer = await self._verify(token)
            _require_in_force(bearer, now)
            self._good[token] = bearer
            if len(self._good) > self._remembered:
                self._good.popitem(last=False)
        else:
            _require_in_force(bearer, now)
        return bearer

    async def _verify(self, token: str) -> Bearer:
        try:
            header = self._jws.get_unverified_header(token)
        except (PyJWTError, ValueError):
            raise Unauthorised("not a token") from None
        key_id = header.get("kid")
        if header.get("alg") != _ALGORITHM or not isinstance(key_id, str):
            raise Unauthorised("wrong algorithm or no key id")
        try:
            key = await self._keys.find(key_id)
        except UnknownKey:
            raise Unauthorised("unknown key") from None
        try:
            payload = self._jws.decode(token, key.public, algorithms=[_ALGORITHM])
            claims = orjson.loads(payload)
        except (PyJWTError, ValueError):
            raise Unauthorised("bad signature") from None
        if not isinstance(claims, dict):
            raise Unauthorised("no claims")
        if claims.get("aud") != self._app_id:
            raise Unauthorised("wrong audience")
        if claims.get("iss") != self._issuer:
            raise Unauthorised("wrong issuer")
        service_url, expires, not_before = claims.get("serviceurl"), claims.get("exp"), claims.get("nbf", 0)
        if not isinstance(service_url, str) or not service_url:
            raise Unauthorised("no service URL claim")
        return Bearer(service_url, key.endorsements, _seconds(not_before), _seconds(expires))


def _seconds(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Unauthorised("no expiry")
    return value


def _require_in_force(bearer: Bearer, now: datetime) -> None:
    seconds = now.timestamp()
    if seconds > bearer.valid_until_s + SKEW_S:
        raise Unauthorised("expired")
    if seconds < bearer.valid_from_s - SKEW_S:
        raise Unauthorised("not yet in force")
