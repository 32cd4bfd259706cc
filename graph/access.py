"""The bot's own tokens, from Microsoft's login service by way of msal.

msal blocks: already its constructor asks the network. So it is built and called in a thread, with a time limit, and
one instance per tenant is kept, whose cache is what spares the login service. A token in force costs a look at an
attribute; shortly before it ends another one is fetched in the background while the old one is still handed out.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msal
import requests
from cryptography import x509
from msal.exceptions import MsalError

from graph.errors import AccessRefused, AccessUnavailable, GraphError
from graph.login_session import LoginBusy, LoginSession
from graph.texts import code_of

BOT_SCOPE = "https://api.botframework.com/.default"
GRAPH_SCOPE = "https://graph.microsoft.com/.default"
LOGIN_HOST = "login.microsoftonline.com"

REFRESH_BEFORE_S = 300
"""msal hands out its cached token until five minutes before the end: asking earlier would change nothing."""
LAST_USE_BEFORE_S = 30
RETRY_AFTER_S = 15

_OUTAGE = (
    requests.RequestException,
    MsalError,
    json.JSONDecodeError,
    RuntimeError,
    TypeError,
    KeyError,
    AttributeError,
)
"""No connection, a 5xx, or an answer that msal stumbles over."""
_TEMPORARY = frozenset({"temporarily_unavailable", "server_error", "service_unavailable", "request_timeout"})
_ENTRA_CODE = re.compile(r"AADSTS\d+")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Secret:
    """A client secret; never shown in a representation."""

    value: str

    def __repr__(self) -> str:
        return "Secret(...)"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A PEM file that holds a certificate and its private key, in any order."""

    pem_path: Path


@dataclass(frozen=True, slots=True)
class ManagedIdentity:
    """The identity Azure gives the machine; `client_id` names a user-assigned one, None means the machine's own."""

    client_id: str | None = None


Credential = Secret | Certificate | ManagedIdentity


def certificate_ends_at(pem_path: Path) -> datetime:
    """When a certificate ends (aware, UTC). Raises `OSError` or `ValueError`."""
    return x509.load_pem_x509_certificate(pem_path.read_bytes()).not_valid_after_utc


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    refresh_at_s: float
    last_use_at_s: float


class TokenSource:
    """Tokens of one app, for one tenant and one scope. Times are monotonic seconds; all callers share one event loop.

    `login_host` may carry a port, and `verify` the path of certificates to trust: for a stand-in, which needs TLS
    because msal refuses an authority without. The host comes from the settings, so it is not looked up at Microsoft
    first. Many sources may share one `session` and the threads of one `pool`.
    """

    def __init__(
        self,
        *,
        client_id: str,
        tenant_id: str,
        credential: Credential,
        scope: str = BOT_SCOPE,
        login_host: str = LOGIN_HOST,
        verify: bool | str = True,
        session: LoginSession | None = None,
        pool: Executor | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client_id = client_id
        self._tenant_id = tenant_id
        self._credential = credential
        self._scope = scope
        self._authority = f"https://{login_host}/{tenant_id}"
        self._own_session = None if session else LoginSession(verify=verify)
        self._http = session or self._own_session
        self._pool = pool
        self._monotonic = monotonic
        self._client: Any = None
        self._token: _Token | None = None
        self._failed_at_s: float | None = None
        self._distrusts_cache = False
        self._fetching: asyncio.Task[str] | None = None
        self._fetches_anew = False
        """Whether what is being fetched comes from the service and no cache."""

    async def get(self) -> str:
        """A token in force. Raises `AccessRefused` or `AccessUnavailable`."""
        token, now_s = self._token, self._monotonic()
        if token is not None and now_s < token.refresh_at_s:
            return token.value
        if token is not None and now_s < token.last_use_at_s:
            if self._failed_at_s is None or now_s - self._failed_at_s >= RETRY_AFTER_S:
                self._fetch().add_done_callback(_look_at)
            return token.value
        # Shielded: a caller that gives up must not take the token from the others.
        return await asyncio.shield(self._fetch())

    async def fresh(self) -> str:
        """A token that the service gives now; the one in force stays where it gives none. Raises as `get`."""
        while self._fetching is not None and not self._fetches_anew:
            await asyncio.wait({self._fetching})
        self._distrusts_cache = True
        return await asyncio.shield(self._fetch())

    def forget(self, token: str) -> None:
        """A token was refused although it should be in force: the next one comes from the service, not from a cache."""
        if self._token is not None and self._token.value == token:
            self._token = None
            self._distrusts_cache = True

    async def close(self) -> None:
        """Waits for a renewal that is under way (it has a time limit) and closes the connections of its own."""
        if self._fetching is not None:
            await asyncio.wait({self._fetching})
        if self._own_session is not None:
            self._own_session.close()

    def _fetch(self) -> asyncio.Task[str]:
        if self._fetching is None:
            self._fetches_anew = self._distrusts_cache
            self._fetching = asyncio.create_task(self._renew())
        return self._fetching

    async def _renew(self) -> str:
        asked_at_s = self._monotonic()
        try:
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self._pool, self._ask, self._fetches_anew)
            value, lasts_s = self._read(answer)
        except GraphError as error:
            self._failed_at_s = self._monotonic()
            _log.warning("no new token for tenant %s: %r", self._tenant_id, error)
            raise
        finally:
            self._fetching = None
        self._failed_at_s = None
        if self._fetches_anew:
            self._distrusts_cache = False
        self._token = _Token(
            value,
            refresh_at_s=asked_at_s + max(lasts_s - REFRESH_BEFORE_S, 0.0),
            last_use_at_s=asked_at_s + max(lasts_s - LAST_USE_BEFORE_S, 0.0),
        )
        return value

    def _ask(self, distrusts_cache: bool) -> dict[str, Any]:
        """In a thread: one answer of msal. Never two at a time."""
        try:
            if self._client is None:
                self._client = self._build()
            if isinstance(self._credential, ManagedIdentity):
                if distrusts_cache:
                    self._client = self._build()
                answer = self._client.acquire_token_for_client(resource=self._scope.removesuffix("/.default"))
            else:
                if distrusts_cache:
                    self._client.remove_tokens_for_client()
                answer = self._client.acquire_token_for_client(scopes=[self._scope])
        except (*_OUTAGE, ValueError, OSError) as error:
            # It remembers failures and refusals for a while, and would repeat them after they have passed.
            self._client = None
            raise _read_failure(error, self._tenant_id) from error
        if not isinstance(answer, dict) or "access_token" not in answer:
            self._client = None
        return answer if isinstance(answer, dict) else {}

    def _build(self) -> Any:
        if isinstance(self._credential, ManagedIdentity):
            identity = (
                msal.UserAssignedManagedIdentity(client_id=self._credential.client_id)
                if self._credential.client_id
                else msal.SystemAssignedManagedIdentity()
            )
            return msal.ManagedIdentityClient(identity, http_client=self._http)
        if isinstance(self._credential, Secret):
            proof: Any = self._credential.value
        else:
            pem = self._credential.pem_path.read_text(encoding="ascii")
            proof = {"private_key": pem, "public_certificate": pem}
        return msal.ConfidentialClientApplication(
            self._client_id,
            client_credential=proof,
            authority=self._authority,
            instance_discovery=False,
            http_client=self._http,
        )

    def _read(self, answer: dict[str, Any]) -> tuple[str, float]:
        value, lasts_s = answer.get("access_token"), answer.get("expires_in")
        if isinstance(value, str) and value and isinstance(lasts_s, int | float):
            return value, float(lasts_s)
        if "error" not in answer:
            raise AccessUnavailable(self._tenant_id, "unreadable")
        code = code_of(str(answer["error"]))
        numbers = answer.get("error_codes")
        named = f"AADSTS{numbers[0]}" if isinstance(numbers, list) and numbers else code
        raise (AccessUnavailable if code in _TEMPORARY else AccessRefused)(self._tenant_id, named)


def _read_failure(error: Exception, tenant_id: str) -> AccessRefused | AccessUnavailable:
    """What went wrong, from the exception and what it covers up: msal calls any trouble with a tenant a wrong name."""
    causes: list[BaseException] = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(cause)
    outage = next((cause for cause in causes if isinstance(cause, _OUTAGE)), None)
    if outage is not None:
        pause_s = outage.retry_after_s if isinstance(outage, LoginBusy) else None
        return AccessUnavailable(tenant_id, type(outage).__name__, pause_s)
    # No such tenant, an unreadable certificate, no managed identity on this machine.
    named = next((found[0] for cause in causes if (found := _ENTRA_CODE.search(str(cause)))), None)
    return AccessRefused(tenant_id, named or type(error).__name__)


def _look_at(task: asyncio.Task[str]) -> None:
    """Takes the outcome of a renewal in the background, which has logged its own failure."""
    if not task.cancelled():
        task.exception()
