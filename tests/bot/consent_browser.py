"""An administrator with a browser, and a sign-in that answers as told, for the tests of the pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import ClientResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from bot.consent_links import browser_mark, request_url
from bot.consent_pages import COOKIE, ConsentPages
from bot.consent_requests import ask
from contract.consent_requests import ConsentRequest, SignedIn
from contract.consents import Mechanism
from contract.people import Language
from graph.errors import AccessUnavailable, NoAccess
from storage.access_tables import consent_ledger, consent_requests
from storage.consent_requests import load_request
from storage.people import load_person
from tests.bot.consent_desk import ConsentDesk
from tests.bot.people import CUSTOMER_TENANT

Client = TestClient[web.Request, web.Application]
LOGIN = "login.example"


@dataclass
class FakeSignIn:
    """Signs in whoever the test says."""

    who: SignedIn = field(default_factory=lambda: SignedIn(CUSTOMER_TENANT, "o-1", "Sanne", "sanne@brood.example"))
    is_possible: bool = True
    fault: NoAccess | None = None

    async def begin(self, tenant_id: str, *, state: str, return_url: str) -> dict[str, Any]:
        """Where the browser goes."""
        if isinstance(self.fault, AccessUnavailable):
            raise self.fault
        return {"auth_uri": f"https://{LOGIN}/{tenant_id}/authorize?{urlencode({'state': state})}", "secret": "x"}

    async def finish(self, tenant_id: str, flow: Mapping[str, Any], answer: Mapping[str, str]) -> SignedIn:
        """Who it was."""
        assert flow["secret"] == "x"
        if self.fault is not None:
            raise self.fault
        return self.who


class WorldClock:
    """The clock of the world of a test."""

    def __init__(self, desk: ConsentDesk) -> None:
        self.desk = desk

    def now(self) -> Any:
        """Now, there."""
        return self.desk.world.now


@asynccontextmanager
async def serving(desk: ConsentDesk, sign_in: FakeSignIn | None = None) -> AsyncIterator[Client]:
    """The pages, on a port of this machine."""
    app = web.Application()
    policy = desk.world.router.policy
    pages = ConsentPages(lambda: desk.world.database, policy, sign_in or FakeSignIn(), WorldClock(desk), LOGIN)
    pages.add_routes(app)
    async with TestServer(app) as server, open_browser(server) as client:
        yield client


@asynccontextmanager
async def open_browser(server: Any) -> AsyncIterator[Client]:
    """A browser of its own; what is for HTTPS only it also keeps for a server of the tests."""
    jar = CookieJar(unsafe=True, treat_as_secure_origin=[server.make_url("/").origin()])
    async with TestClient(server, cookie_jar=jar) as client:
        yield client


async def asked_link(desk: ConsentDesk) -> tuple[ConsentRequest, str]:
    """A request, and the path of its page."""
    world, policy = desk.world, desk.world.router.policy

    def make(session: Any) -> ConsentRequest:
        mia = load_person(session, world.mia.id)
        return ask(session, policy, world.customer_id, Mechanism.APP, world.now, by=mia)

    request = await world.database.write(make)
    return request, request_url(policy, request, Language.NL).removeprefix(policy.public_url)


async def leads_to(client: Client, method: str, path: str) -> str:
    """Where an answer sends the browser."""
    answer = await client.request(method, path, allow_redirects=False)
    assert answer.status == 303, await answer.text()
    return answer.headers["Location"]


def state_in(url: str) -> str:
    """The state that an address carries."""
    return parse_qs(urlsplit(url).query)["state"][0]


async def to_consent(client: Client, path: str) -> str:
    """Through the page and the sign-in to Microsoft's consent: its address."""
    authorize = await leads_to(client, "POST", path)
    answer = await signed_in(client, authorize)
    assert answer.status == 303, await answer.text()
    return answer.headers["Location"]


def done(state: str, **more: str) -> str:
    """The way back from the consent."""
    return "/consent/done?" + urlencode({"admin_consent": "True", "tenant": "a-lie", "state": state, **more})


async def outcome(desk: ConsentDesk, request: ConsentRequest) -> str | None:
    """What became of a request."""
    found = await desk.world.database.read(lambda session: load_request(session, request.id))
    return found.outcome


async def rows(desk: ConsentDesk) -> list[str]:
    """Every request and entry as it is kept."""
    return await desk.world.database.read(
        lambda session: [
            *(str(tuple(row)) for row in session.execute(consent_requests.select())),
            *(str(tuple(row)) for row in session.execute(consent_ledger.select())),
        ]
    )


async def signed_in(client: Client, authorize: str, **more: str) -> ClientResponse:
    """The way back from the sign-in."""
    sent = {"code": "c", "state": state_in(authorize), **more}
    return await client.post("/consent/signed-in", data=sent, allow_redirects=False)


def as_begun(client: Client, desk: ConsentDesk, request_id: int, state: str) -> None:
    """The browser keeps what it would keep had it set out with this state."""
    jar = client.session.cookie_jar
    jar.clear()
    mark = browser_mark(desk.world.router.policy.link_key, state)
    jar.update_cookies({f"{COOKIE}{request_id}": mark}, client.make_url("/consent/done"))
