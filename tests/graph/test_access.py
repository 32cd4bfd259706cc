"""The bot's own tokens, from a login service that really listens: one request for many callers, renewed in time."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import jwt
import pytest

from graph.access import BOT_SCOPE, Certificate, Credential, ManagedIdentity, Secret, TokenSource, certificate_ends_at
from graph.errors import AccessRefused, AccessUnavailable
from tests.graph.login import ENDS_AT, LoginServer, write_certificate

APP_ID = "00000000-0000-0000-0000-0000000000b0"
TENANT = "10000000-0000-0000-0000-00000000000a"


class Clock:
    """Monotonic seconds that pass when told."""

    def __init__(self) -> None:
        self.s = 5000.0

    def __call__(self) -> float:
        """Now."""
        return self.s


@pytest.fixture(scope="module")
def pem_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine, with its key."""
    path = tmp_path_factory.mktemp("tls") / "machine.pem"
    write_certificate(path)
    return path


@pytest.fixture
async def login(pem_path: Path) -> AsyncIterator[LoginServer]:
    """A login service with TLS."""
    server = LoginServer(pem_path)
    await server.start()
    yield server
    await server.server.close()


@pytest.fixture
def clock() -> Clock:
    """A clock."""
    return Clock()


@pytest.fixture
async def source(login: LoginServer, clock: Clock) -> AsyncIterator[Callable[..., TokenSource]]:
    """Makes token sources for the login service."""
    made: list[TokenSource] = []

    def make(credential: Credential = Secret("s3cret"), **more: Any) -> TokenSource:  # noqa: B008 - a frozen value
        options = {"login_host": login.host, "verify": str(login.pem_path), **more}
        made.append(TokenSource(client_id=APP_ID, tenant_id=TENANT, credential=credential, monotonic=clock, **options))
        return made[-1]

    yield make
    for tokens in made:
        await tokens.close()


async def settle(tokens: TokenSource) -> None:
    """Waits for a renewal in the background."""
    while tokens._fetching is not None:
        await asyncio.wait({tokens._fetching})


async def test_a_token_of_the_home_tenant(login: LoginServer, source: Callable[..., TokenSource]) -> None:
    """A single-tenant bot asks its own tenant for the Bot Connector's scope, with its secret."""
    assert await source().get() == "token-1"
    [request] = login.requests
    assert request["tenant"] == TENANT
    assert (request["grant_type"], request["scope"]) == ("client_credentials", BOT_SCOPE)
    assert (request["client_id"], request["client_secret"]) == (APP_ID, "s3cret")


async def test_many_callers_make_one_request(login: LoginServer, source: Callable[..., TokenSource]) -> None:
    """The stock adapter asks for a token twice a turn; here twenty turns at once, and all later ones, ask once."""
    tokens = source()
    assert set(await asyncio.gather(*(tokens.get() for _ in range(20)))) == {"token-1"}
    assert await tokens.get() == "token-1"
    assert (len(login.requests), login.discoveries) == (1, 1)


async def test_a_caller_that_gives_up_takes_nothing_along(
    login: LoginServer, source: Callable[..., TokenSource]
) -> None:
    """A cancelled turn does not cancel the request the others wait for."""
    tokens = source()
    first, second = asyncio.create_task(tokens.get()), asyncio.create_task(tokens.get())
    while tokens._fetching is None:
        await asyncio.wait({first}, timeout=0)
    first.cancel()
    assert await second == "token-1"
    assert len(login.requests) == 1


async def test_the_loop_is_never_blocked(source: Callable[..., TokenSource], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its library is built and asked in a thread: while that waits for the network the loop goes on."""
    tokens = source()
    loop_thread, seen, may_go_on = threading.get_ident(), [], threading.Event()

    def ask(distrusts_cache: object) -> dict[str, Any]:
        seen.append(threading.get_ident())
        assert may_go_on.wait(30)
        return {"access_token": "x", "expires_in": 3600}

    monkeypatch.setattr(tokens, "_ask", ask)
    waiting = asyncio.create_task(tokens.get())
    await asyncio.wait({waiting}, timeout=0.01)
    may_go_on.set()  # only a loop that is not blocked gets here
    assert await waiting == "x"
    assert seen != [loop_thread]


async def test_a_token_is_renewed_before_its_end(
    login: LoginServer, source: Callable[..., TokenSource], clock: Clock
) -> None:
    """In the last five minutes the old token is still handed out, while the next one is fetched in the background."""
    login.expires_in = 299  # so that msal's own cache already counts it as ended
    tokens = source()
    await tokens.get()
    login.expires_in = 3600
    clock.s += 200
    assert [await tokens.get(), await tokens.get()] == ["token-1", "token-1"]
    await settle(tokens)
    assert await tokens.get() == "token-2"
    clock.s += 3299
    assert await tokens.get() == "token-2"
    assert len(login.requests) == 2


async def test_an_ended_token_is_never_handed_out(
    login: LoginServer, source: Callable[..., TokenSource], clock: Clock
) -> None:
    """Half a minute before the end callers wait for the next token."""
    login.expires_in = 100
    tokens = source()
    await tokens.get()
    clock.s += 70
    assert await tokens.get() == "token-2"


async def test_an_outage_near_the_end_is_bridged(
    login: LoginServer, source: Callable[..., TokenSource], clock: Clock
) -> None:
    """While the old token lasts a failing login service costs one attempt every fifteen seconds and no message."""
    login.expires_in = 290
    tokens = source()
    await tokens.get()
    login.error = {"error": "temporarily_unavailable", "error_description": "later"}
    for _ in range(3):
        assert await tokens.get() == "token-1"
        await settle(tokens)
    assert len(login.requests) == 2
    clock.s += 15
    await tokens.get()
    await settle(tokens)
    clock.s += 250
    with pytest.raises(AccessUnavailable) as error:
        await tokens.get()
    assert (error.value.tenant_id, error.value.code) == (TENANT, "temporarily_unavailable")


async def test_a_refused_token_is_not_taken_from_a_cache(
    login: LoginServer, source: Callable[..., TokenSource]
) -> None:
    """After a 401 of the connector the next token is a new one, and asking about another token changes nothing."""
    tokens = source()
    assert await tokens.get() == "token-1"
    tokens.forget("some other")
    assert await tokens.get() == "token-1"
    tokens.forget("token-1")
    assert await tokens.get() == "token-2"
    assert len(login.requests) == 2


@pytest.mark.parametrize(
    "error,code",
    [
        ({"error": "invalid_client", "error_codes": [7000215]}, "AADSTS7000215"),
        ({"error": "unauthorized_client", "error_codes": [700016]}, "AADSTS700016"),
        ({"error": "invalid_request"}, "invalid_request"),
    ],
)
async def test_a_no_names_its_code(
    login: LoginServer, source: Callable[..., TokenSource], error: dict[str, Any], code: str
) -> None:
    """What the login service refuses carries its code, for the operator, and nothing of the secret."""
    login.error = {**error, "error_description": f"{code}: no"}
    with pytest.raises(AccessRefused) as refused:
        await source(Secret("s3cret")).get()
    assert (refused.value.tenant_id, refused.value.code) == (TENANT, code)
    assert "s3cret" not in repr(refused.value)
    assert "s3cret" not in repr(Secret("s3cret"))


@pytest.mark.parametrize("status", [500, 503])
async def test_a_failing_service_may_be_asked_again(
    login: LoginServer, source: Callable[..., TokenSource], status: int
) -> None:
    """A fault of the service is not a no, and the next attempt starts afresh."""
    tokens = source()
    login.status = status
    with pytest.raises(AccessUnavailable):
        await tokens.get()
    login.status = 200
    assert await tokens.get() == "token-1"


async def test_an_unknown_tenant_is_a_no(login: LoginServer, source: Callable[..., TokenSource]) -> None:
    """A tenant that does not exist will not exist in a minute either."""
    login.status = 400
    with pytest.raises(AccessRefused):
        await source().get()


async def test_a_service_that_is_not_there(source: Callable[..., TokenSource], login: LoginServer) -> None:
    """A refused connection is an outage."""
    tokens = source()
    await login.server.close()
    with pytest.raises(AccessUnavailable):
        await tokens.get()


async def test_a_service_nobody_vouches_for(source: Callable[..., TokenSource], login: LoginServer) -> None:
    """The secret is not sent to a host whose certificate is not trusted."""
    with pytest.raises(AccessUnavailable):
        await source(verify=True).get()
    assert login.requests == []


async def test_a_certificate_in_place_of_a_secret(
    login: LoginServer, source: Callable[..., TokenSource], pem_path: Path
) -> None:
    """With a certificate the app signs who it is; neither key nor secret crosses the wire."""
    assert await source(Certificate(pem_path)).get() == "token-1"
    [request] = login.requests
    assert "client_secret" not in request
    header = jwt.get_unverified_header(request["client_assertion"])
    claims = json.loads(base64.urlsafe_b64decode(request["client_assertion"].split(".")[1] + "=="))
    assert (header["alg"], claims["iss"]) == ("PS256", APP_ID)


async def test_a_certificate_that_cannot_be_read(source: Callable[..., TokenSource], tmp_path: Path) -> None:
    """A missing or broken certificate is a matter of settings, not of patience."""
    broken = tmp_path / "broken.pem"
    broken.write_text("nothing")
    for path in (broken, tmp_path / "missing.pem"):
        with pytest.raises(AccessRefused):
            await source(Certificate(path)).get()


def test_when_a_certificate_ends(pem_path: Path) -> None:
    """The end is read from the file, whatever stands before the certificate in it."""
    assert certificate_ends_at(pem_path) == ENDS_AT


@pytest.mark.parametrize("client_id", ["00000000-0000-0000-0000-0000000000c1", None])
async def test_a_managed_identity(
    login: LoginServer,
    source: Callable[..., TokenSource],
    monkeypatch: pytest.MonkeyPatch,
    client_id: str | None,
) -> None:
    """On Azure the machine's identity takes the place of a secret; a refused token is fetched anew there too."""
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"https://{login.host}/identity")
    monkeypatch.setenv("IDENTITY_HEADER", "machine")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(login.pem_path))
    tokens = source(ManagedIdentity(client_id))
    assert await tokens.get() == "token-1"
    tokens.forget("token-1")
    assert await tokens.get() == "token-2"
    request = login.requests[0]
    assert (request["resource"], request["header"]) == ("https://api.botframework.com", "machine")
    assert request.get("client_id") == client_id


async def test_an_answer_that_makes_no_sense(source: Callable[..., TokenSource], login: LoginServer) -> None:
    """A token without an end is no token."""
    login.expires_in = None
    with pytest.raises(AccessUnavailable):
        await source().get()
