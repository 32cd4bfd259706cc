"""The two kinds of token that pass between Teams and the bot, made and checked here as Microsoft's services do.

- Teams to the bot: issuer `https://api.botframework.com`, audience = the bot's app id, claim `serviceurl`; keys at a
  metadata address whose key set carries `endorsements` (bot-docs, rest-api/bot-framework-rest-connector-
  authentication).
- The bot to Teams: client credentials at a token endpoint, audience `https://api.botframework.com`, claim `appid`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from time import monotonic
from typing import Any
from uuid import uuid4

import aiohttp
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from graph.errors import AccessRefused, AccessUnavailable

Clock = Callable[[], datetime]
ISSUER = "https://api.botframework.com"
BOT_AUDIENCE = "https://api.botframework.com"
SCOPE = f"{BOT_AUDIENCE}/.default"
LIFETIME = timedelta(hours=1)


def wall_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


class NotAccepted(Exception):
    """A token or a secret that the stand-in refuses."""


class Keys:
    """RSA keys that sign tokens and can be replaced while running; the newest signs."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._keys: dict[str, RSAPrivateKey] = {}
        self.rotate()

    def rotate(self, *, keep_old: bool = False) -> None:
        """Sign with a new key from now on."""
        if not keep_old:
            self._keys.clear()
        self._keys[uuid4().hex] = generate_private_key(public_exponent=65537, key_size=2048)

    def document(self, endorsements: list[str]) -> dict[str, Any]:
        """The key set, as JSON Web Keys."""
        keys = [
            {
                **json.loads(RSAAlgorithm.to_jwk(key.public_key())),
                "use": "sig",
                "kid": kid,
                "endorsements": endorsements,
            }
            for kid, key in self._keys.items()
        ]
        return {"keys": keys}

    def sign(self, claims: dict[str, Any], now: datetime, lifetime: timedelta = LIFETIME) -> str:
        """A token that is valid from `now` for `lifetime`; `claims` may overrule issuer and times."""
        kid, key = list(self._keys.items())[-1]
        stamped = {"iss": self.issuer, "nbf": now, "iat": now, "exp": now + lifetime, **claims}
        return jwt.encode(stamped, key, algorithm="RS256", headers={"kid": kid})

    def read(self, token: str, audience: str, now: datetime) -> dict[str, Any]:
        """The claims of a token of ours. Raises `NotAccepted`."""
        try:
            key = self._keys[jwt.get_unverified_header(token)["kid"]]
            claims: dict[str, Any] = jwt.decode(
                token,
                key.public_key(),
                algorithms=["RS256"],
                audience=audience,
                issuer=self.issuer,
                options={
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                    "require": ["exp", "aud", "iss"],
                },
            )
        except (jwt.PyJWTError, KeyError) as error:
            raise NotAccepted from error
        if claims["exp"] <= now.timestamp():
            raise NotAccepted
        return claims


class ChannelTokens:
    """Signs what Teams posts to the bot. Times in the tokens follow the clock given."""

    def __init__(self, app_id: str, clock: Clock = wall_clock) -> None:
        self.keys = Keys(ISSUER)
        self._app_id, self._clock = app_id, clock

    def sign(self, service_url: str, **claims: Any) -> str:
        """A token for one activity; `claims` overrule the right ones (tests of what must be refused)."""
        return self.keys.sign({"aud": self._app_id, "serviceurl": service_url, **claims}, self._clock())


class BotTokens:
    """Issues the bot's own tokens and checks them on every call."""

    def __init__(self, app_id: str, secret: str, tenant_id: str, clock: Clock = wall_clock) -> None:
        self.keys = Keys(f"https://sts.windows.net/{tenant_id}/")
        self.lifetime = LIFETIME
        self.issued = 0
        self._app_id, self._secret, self._tenant_id, self._clock = app_id, secret, tenant_id, clock

    def issue(self, tenant_id: str, form: dict[str, str]) -> dict[str, Any]:
        """The answer of the token endpoint. Raises `NotAccepted` for anything but this bot's client credentials."""
        expected = {
            "grant_type": "client_credentials",
            "client_id": self._app_id,
            "client_secret": self._secret,
            "scope": SCOPE,
        }
        if tenant_id != self._tenant_id or {key: form.get(key) for key in expected} != expected:
            raise NotAccepted
        self.issued += 1
        claims = {"aud": BOT_AUDIENCE, "appid": self._app_id, "tid": tenant_id, "jti": uuid4().hex}
        token = self.keys.sign(claims, self._clock(), self.lifetime)
        return {"token_type": "Bearer", "expires_in": int(self.lifetime.total_seconds()), "access_token": token}

    def check(self, header: str | None) -> None:
        """Raises `NotAccepted` unless the Authorization header carries a token issued to this bot."""
        scheme, _, token = (header or "").partition(" ")
        if (
            scheme.lower() != "bearer"
            or self.keys.read(token, BOT_AUDIENCE, self._clock()).get("appid") != self._app_id
        ):
            raise NotAccepted


class StandInTokens:
    """The bot's side of `BotTokens`: fetches a token from the stand-in and keeps it until shortly before it ends.

    Has the shape `bot/teams/connector.py` asks for. The product itself gets its tokens from Entra, through TLS only.
    """

    def __init__(self, token_url: str, app_id: str, secret: str, session: aiohttp.ClientSession) -> None:
        self._url, self._session = token_url, session
        self._form = {"grant_type": "client_credentials", "client_id": app_id, "client_secret": secret, "scope": SCOPE}
        self._token = ""
        self._until_s = 0.0
        self._fetching = asyncio.Lock()

    async def get(self) -> str:
        """A token in force. Raises `graph.errors.NoAccess` when the stand-in gives none."""
        async with self._fetching:
            if not self._token or monotonic() >= self._until_s:
                async with self._session.post(self._url, data=self._form) as response:
                    if response.status != HTTPStatus.OK:
                        problem = AccessRefused if response.status == HTTPStatus.UNAUTHORIZED else AccessUnavailable
                        raise problem("demo", str(response.status))
                    answer = await response.json()
                self._token = str(answer["access_token"])
                self._until_s = monotonic() + float(answer["expires_in"]) - 60
            return self._token

    def forget(self, token: str) -> None:
        """The token was refused: the next one must be another."""
        if token == self._token:
            self._token = ""
