"""The administrator's way in a browser, through a server that really listens: what holds against whom (R25)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from bot.consent_ends import propose_ends
from bot.consent_links import ConsentPurpose, end_url, make_state, request_url
from bot.consent_pages import ConsentPages
from bot.consent_requests import ask
from bot.links import Purpose
from cards.consent_pages import STYLE, STYLE_DIGEST
from contract.consent_requests import ConsentRequest
from contract.consents import GrantState, Mechanism
from contract.people import Language
from graph.errors import AccessRefused, AccessUnavailable, NoAccess
from graph.sign_in import Identity
from storage.access_tables import consent_ledger, consent_requests
from storage.consent_requests import load_request
from storage.database import Database
from storage.grants import load_grant
from storage.people import load_person
from tests.bot.consent_desk import APP_ID, READS, ConsentDesk, make_desk
from tests.bot.consented import relationship
from tests.bot.people import CUSTOMER_TENANT, OTHER_TENANT

Client = TestClient[web.Request, web.Application]
LOGIN = "login.example"


@dataclass
class FakeSignIn:
    """Signs in whoever the test says."""

    who: Identity = field(default_factory=lambda: Identity(CUSTOMER_TENANT, "o-1", "Sanne", "sanne@brood.example"))
    is_possible: bool = True
    fault: NoAccess | None = None

    async def begin(self, tenant_id: str, *, state: str, return_url: str) -> dict[str, Any]:
        """Where the browser goes."""
        if isinstance(self.fault, AccessUnavailable):
            raise self.fault
        return {"auth_uri": f"https://{LOGIN}/{tenant_id}/authorize?{urlencode({'state': state})}", "secret": "x"}

    async def finish(self, tenant_id: str, flow: Mapping[str, Any], answer: Mapping[str, str]) -> Identity:
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
    async with TestClient(TestServer(app)) as client:
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


async def test_the_whole_way(database: Database) -> None:
    """Page, sign-in, consent, back: who it was is known, and the tenant itself is asked whether it was given."""
    desk = await make_desk(database)
    request, path = await asked_link(desk)
    async with serving(desk) as client:
        page = await (await client.get(path)).text()
        assert "User.Read.All" in page
        assert "Bakkerij Brood &amp; Zo" in page
        assert "Oxineo vraagt toegang" in page
        consent = await to_consent(client, path)
        parts = urlsplit(consent)
        assert (parts.netloc, parts.path) == (LOGIN, f"/{CUSTOMER_TENANT}/v2.0/adminconsent")
        query = parse_qs(parts.query)
        assert query["client_id"] == [APP_ID]
        assert query["scope"] == ["https://graph.microsoft.com/.default"]
        assert query["redirect_uri"] == ["https://bot.example.org/consent/done"]
        answer = await client.get(done(state_in(consent)))
        assert answer.status == 200
        assert "We controleren het bij Microsoft" in await answer.text()
    assert await desk.grants() == ()
    desk.graph.granted.add(READS)
    await desk.run()
    [grant] = await desk.grants()
    assert (grant.state, grant.approved_by) == (GrantState.ACTIVE, "Sanne <sanne@brood.example>")
    assert await outcome(desk, request) == "given"


async def test_pages_run_nothing_and_lead_nowhere(sqlite: Database) -> None:
    """No script, no style but ours, no frame, no referrer, nothing kept; the form leads to us and to Microsoft only."""
    desk = await make_desk(sqlite)
    _, path = await asked_link(desk)
    async with serving(desk) as client:
        for each in (path, "/consent/nonsense", "/consent/done", "/consent/end/nonsense"):
            answer = await client.get(each)
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert f"form-action 'self' https://{LOGIN}" in policy
            assert "frame-ancestors 'none'" in policy
            assert STYLE_DIGEST in policy
            assert (answer.headers["X-Content-Type-Options"], answer.headers["Referrer-Policy"]) == (
                "nosniff",
                "no-referrer",
            )
            assert answer.headers["Cache-Control"] == "no-store"
            text = await answer.text()
            assert "<script" not in text
            assert f"<style>{STYLE}</style>" in text


async def test_looking_at_a_link_changes_nothing(sqlite: Database) -> None:
    """Programs that open links before people do use nothing up."""
    desk = await make_desk(sqlite)
    _, path = await asked_link(desk)
    before = await rows(desk)
    async with serving(desk) as client:
        for _ in range(3):
            assert (await client.get(path)).status == 200
            assert (await client.head(path)).status == 200
    assert await rows(desk) == before


async def rows(desk: ConsentDesk) -> list[str]:
    """Every request and entry as it is kept."""
    return await desk.world.database.read(
        lambda session: [
            *(str(tuple(row)) for row in session.execute(consent_requests.select())),
            *(str(tuple(row)) for row in session.execute(consent_ledger.select())),
        ]
    )


def forged(desk: ConsentDesk, request: ConsentRequest) -> dict[str, str]:
    """States that were not made for this way back."""
    policy, now = desk.world.router.policy, desk.world.now
    claims = {"aud": "consent_state", "id": request.id, "cus": request.customer_id, "n": "n", "lang": "nl"}
    until = int((now + timedelta(hours=1)).timestamp())
    return {
        "none": "",
        "nonsense": "x.y.z",
        "unsigned": jwt.encode({**claims, "exp": until}, "", algorithm="none"),
        "another key": jwt.encode({**claims, "exp": until}, "k" * 40, algorithm="HS256"),
        "a link": jwt.encode({**claims, "aud": "consent", "exp": until}, policy.link_key, algorithm="HS256"),
        "a file": jwt.encode({**claims, "aud": Purpose.FILE.value, "exp": until}, policy.link_key, algorithm="HS256"),
        "a sign-in": make_state(policy, ConsentPurpose.SIGN_IN, request, Language.NL, now),
        "no end": jwt.encode(claims, policy.link_key, algorithm="HS256"),
        "another customer": jwt.encode(
            {**claims, "cus": desk.world.other_customer_id, "exp": until}, policy.link_key, algorithm="HS256"
        ),
        "no such request": jwt.encode({**claims, "id": 999, "exp": until}, policy.link_key, algorithm="HS256"),
        "never given out": make_state(policy, ConsentPurpose.STATE, request, Language.NL, now),
    }


async def test_a_forged_state_does_nothing(sqlite: Database) -> None:
    """Not ours, for something else, for another customer, never given out: a page, no row, no question to Graph."""
    desk = await make_desk(sqlite)
    request, path = await asked_link(desk)
    async with serving(desk) as client:
        await to_consent(client, path)
        before = await rows(desk)
        for name, state in forged(desk, request).items():
            for way in (done(state), done(state, error="access_denied"), f"/consent/signed-in?code=c&state={state}"):
                if name == "a sign-in" and way.startswith("/consent/signed-in"):
                    continue
                answer = await client.get(way)
                assert answer.status in (404, 410), (name, way)
        assert await rows(desk) == before
    await desk.run()
    assert desk.graph.asked == []


async def test_a_state_is_good_once(database: Database) -> None:
    """Two that come back with the same state at the same instant: one is thanked, the other is told; one look."""
    desk = await make_desk(database)
    _, path = await asked_link(desk)
    async with serving(desk) as client:
        state = state_in(await to_consent(client, path))
        answers = await asyncio.gather(*(client.get(done(state)) for _ in range(4)))
        assert sorted(answer.status for answer in answers) == [200, 410, 410, 410]
        assert (await client.get(done(state))).status == 410
        assert (await client.get(path)).status == 410
    assert sum(row["kind"] == "verify_consent" for row in await desk.world.waiting()) == 1


async def test_a_state_ends_after_an_hour_and_with_the_next_attempt(sqlite: Database) -> None:
    """What took too long, or was begun anew meanwhile, is not good any more; the link itself still is."""
    desk = await make_desk(sqlite)
    _, path = await asked_link(desk)
    async with serving(desk) as client:
        first = state_in(await to_consent(client, path))
        second = state_in(await to_consent(client, path))
        assert (await client.get(done(first))).status == 410
        desk.world.now += timedelta(hours=1)
        assert (await client.get(done(second))).status == 410
        third = state_in(await to_consent(client, path))
        assert (await client.get(done(third))).status == 200


async def test_a_link_ends_after_seven_days(sqlite: Database) -> None:
    """Expired, superseded, forged, of another purpose: each has its page, and none goes on to Microsoft."""
    desk = await make_desk(sqlite)
    _, path = await asked_link(desk)
    world = desk.world
    async with serving(desk) as client:
        desk.world.now += timedelta(hours=2)
        _, newer = await asked_link(desk)
        for method in ("GET", "POST"):
            old = await client.request(method, path)
            assert (old.status, "nieuwere aanvraag" in await old.text()) == (410, True)
        assert (await client.get(newer)).status == 200
        world.now += timedelta(days=7)
        for method in ("GET", "POST"):
            late = await client.request(method, newer)
            assert (late.status, "verlopen" in await late.text()) == (410, True)
            assert (await client.request(method, newer[:-6] + "AAAAAA")).status == 404
            assert (await client.request(method, newer.replace("/consent/", "/consent/end/"))).status == 404


async def test_an_error_comes_first(sqlite: Database) -> None:
    """`admin_consent=True` with an error is a no: noted with Microsoft's number, the link stays, the state does not."""
    desk = await make_desk(sqlite)
    request, path = await asked_link(desk)
    async with serving(desk) as client:
        state = state_in(await to_consent(client, path))
        no = done(state, error="access_denied", error_description="AADSTS65004: <script>alert(1)</script> declined")
        answer = await client.get(no)
        text = await answer.text()
        assert (answer.status, "AADSTS65004" in text, "alert(1)" in text) == (200, True, False)
        assert (await client.get(done(state))).status == 410
        assert (await client.get(path)).status == 200
    assert await outcome(desk, request) == "declined:AADSTS65004"
    await desk.run()
    assert desk.graph.asked == []
    assert (await desk.kinds_of_entries())[-1] == "declined"


async def test_somebody_of_another_organisation_is_turned_back(sqlite: Database) -> None:
    """Noted with the other tenant, told, and the link stays for the right person."""
    desk = await make_desk(sqlite)
    request, path = await asked_link(desk)
    other = FakeSignIn(who=Identity(OTHER_TENANT, "o-2", "Olga", "olga@other.example"))
    async with serving(desk, other) as client:
        authorize = await leads_to(client, "POST", path)
        answer = await signed_in(client, authorize)
        assert answer.status == 403
        assert "andere organisatie" in await answer.text()
        assert (await signed_in(client, authorize)).status == 410
        assert (await client.get(path)).status == 200
    assert await outcome(desk, request) == "other_tenant"
    assert any(OTHER_TENANT in row for row in await rows(desk))


async def signed_in(client: Client, authorize: str, **more: str) -> ClientResponse:
    """The way back from the sign-in."""
    sent = {"code": "c", "state": state_in(authorize), **more}
    return await client.post("/consent/signed-in", data=sent, allow_redirects=False)


@pytest.mark.parametrize("fault,status", [
    (AccessUnavailable("t", "ConnectTimeout"), 503),
    (AccessRefused("t", "AADSTS70000"), 200),
])  # fmt: skip
async def test_a_sign_in_that_fails_is_no_consent(sqlite: Database, fault: NoAccess, status: int) -> None:
    """Microsoft does not answer, or does not take the code: said, and the link still works."""
    desk = await make_desk(sqlite)
    _, path = await asked_link(desk)
    sign_in = FakeSignIn()
    async with serving(desk, sign_in) as client:
        authorize = await leads_to(client, "POST", path)
        sign_in.fault = fault
        assert (await signed_in(client, authorize)).status == status
        assert (await client.get(path)).status == 200
        sign_in.fault = None
        declined = await signed_in(client, await leads_to(client, "POST", path), error="access_denied")
        assert declined.status == 200
        sign_in.fault = AccessUnavailable("t", "ConnectTimeout")
        assert (await client.post(path)).status == 503


async def test_without_a_secret_nobody_signs_in(sqlite: Database) -> None:
    """A managed identity can't: the page says so and leads to the consent at once; the proof is the token."""
    desk = await make_desk(sqlite)
    _, path = await asked_link(desk)
    async with serving(desk, FakeSignIn(is_possible=False)) as client:
        assert "eerst aan" not in await (await client.get(path)).text()
        consent = await leads_to(client, "POST", path)
        assert (await client.get(done(state_in(consent)))).status == 200
    desk.graph.granted.add(READS)
    await desk.run()
    [grant] = await desk.grants()
    assert (grant.approved_by, grant.proof) == (None, "token")


async def test_the_administrator_confirms_an_end(database: Database) -> None:
    """The link of an end that is wanted: one look changes nothing, the button ends it; another's link does not."""
    desk = await make_desk(database)
    world, policy = desk.world, desk.world.router.policy

    def fill(session: Any) -> int:
        grant = relationship(session, policy, world.customer_id, world.now)
        anna = load_person(session, world.anna.id)
        propose_ends(session, policy, world.customer_id, world.now, by=anna)
        return grant.id

    grant_id = await database.write(fill)
    grant = await database.read(lambda session: load_grant(session, grant_id))
    path = end_url(policy, grant, Language.EN, world.now).removeprefix(policy.public_url)
    async with serving(desk) as client:
        page = await client.get(path)
        assert (page.status, "Anna de Vries" in await page.text()) == (200, True)
        assert not any(row["kind"] == "end_grant" for row in await world.waiting())
        for _ in range(2):
            assert "It is being ended" in await (await client.post(path)).text()
        assert sum(row["kind"] == "end_grant" for row in await world.waiting()) == 1
        world.now += timedelta(days=7)
        assert (await client.post(path)).status == 410
