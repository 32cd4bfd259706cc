"""Consents from asking to ending over TLS with msal and msgraph-sdk, and every look × whatever can go wrong (R25)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from kiota_http.middleware import RetryHandler

from bot.consent_graph import GraphConsents
from bot.consent_links import request_url
from bot.consent_pages import ConsentPages
from bot.consent_verifying import begin_verifying
from cards.clicks.consents import AskConsent, CheckConsents, EndConsent
from contract.consents import Grant, GrantState, Mechanism, Proof
from contract.people import Language
from contract.permissions import AccessTemplate
from demo.graph.directory import Tenant
from demo.graph.partner import Assignment, Partner, partner_of
from demo.graph.server import GraphStandIn
from demo.visitor import consents
from graph.access import Secret
from graph.login_session import trusting
from graph.sign_in import SignIn
from graph.tenants import open_tenants
from storage.consent_requests import load_requests, mark_used
from storage.database import Database
from tests.bot.consent_browser import WorldClock
from tests.bot.consent_desk import ASKING, READS, ConsentDesk
from tests.bot.people import CUSTOMER_TENANT, PROVIDER_TENANT, make_world
from tests.graph.stand_in import APP_ID, SECRET, Clock
from tests.loop_guard import guarding

MANY = 1000
TURN = 5400  # seconds: longer than the longest wait between two looks


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long before asking again."""
    monkeypatch.setattr(RetryHandler, "MAXIMUM_BACKOFF", 0.001)


@dataclass
class Office:
    """The world, the stand-in, and the errands between them."""

    desk: ConsentDesk
    stand_in: GraphStandIn
    customer: Tenant
    partner: Partner
    seconds: Clock

    async def check(self, *, seconds: float = TURN) -> None:
        """Let time pass everywhere, and have what is due looked at."""
        self.seconds.s += seconds
        await self.desk.check(seconds=seconds)

    async def grant(self, mechanism: Mechanism) -> Grant:
        """The source of this kind."""
        return next(one for one in await self.desk.grants() if one.mechanism is mechanism)


@asynccontextmanager
async def open_office(database: Database, folder: Path) -> AsyncIterator[Office]:
    """An app that is registered and may do what a provider's may, a group of engineers, and an empty customer."""
    seconds = Clock()
    async with GraphStandIn(folder) as stand_in:
        app = stand_in.directory.add_app(APP_ID, SECRET)
        customer = stand_in.directory.add_tenant(CUSTOMER_TENANT, "Bakkerij", "brood.example")
        home = stand_in.directory.add_tenant(PROVIDER_TENANT, "Oxineo", "oxineo.example")
        home.consent(APP_ID, "DelegatedAdminRelationship.ReadWrite.All", at=stand_in.clock())
        access = AccessTemplate(app_id=APP_ID, group_id=home.add_group("Engineers").id)
        policy = replace(ASKING, access=access, app_id=APP_ID, public_url="http://localhost")
        app.redirect_urls += [f"{policy.public_url}/consent/{name}" for name in ("signed-in", "done")]
        world = await make_world(database, policy=policy)
        tenants = await open_tenants(
            client_id=APP_ID,
            home_tenant_id=PROVIDER_TENANT,
            credential=Secret(SECRET),
            graph_url=stand_in.url,
            login_host=stand_in.login_host,
            trusted_ca=stand_in.ca_path,
            monotonic=seconds,
        )
        try:
            with guarding() as guard:
                desk = ConsentDesk(world, GraphConsents(tenants))  # type: ignore[arg-type]
                yield Office(desk, stand_in, customer, partner_of(home), seconds)
            assert guard.blocked == []
        finally:
            await tenants.close()


async def both_in_force(office: Office) -> None:
    """The app's permission and a relationship, asked for and given."""
    world = office.desk.world
    office.customer.consent(APP_ID, READS, at=office.stand_in.clock())
    await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="gdap"))
    await office.desk.run()
    [kept] = office.partner.relationships.values()
    office.partner.approve(kept.id, world.now)
    await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="app"))

    def came_back(session: Any) -> None:
        request = next(one for one in load_requests(session, world.customer_id) if one.mechanism is Mechanism.APP)
        mark_used(session, request.id, world.now)
        begin_verifying(session, world.router.policy, request, world.now)

    await world.database.write(came_back)
    await office.check(seconds=15 * 60)
    assert {one.state for one in await office.desk.grants()} == {GrantState.ACTIVE}


async def test_an_administrator_consents_in_a_browser(sqlite: Database, tmp_path: Path) -> None:
    """From the link through Microsoft's sign-in and consent and back; the tenant's own token proves it."""
    async with open_office(sqlite, tmp_path) as office:
        desk, world, stand_in = office.desk, office.desk.world, office.stand_in
        await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="app"))
        [request] = await sqlite.read(lambda session: load_requests(session, world.customer_id))
        sanne = office.customer.add_user("Sanne", "sanne@brood.example", is_global_administrator=True)
        stand_in.login.browser.sign_in(office.customer, sanne)
        sign_in = SignIn(APP_ID, Secret(SECRET), stand_in.login_host, trusting(stand_in.ca_path))
        port = unused_port()
        url = f"http://localhost:{port}"
        policy = replace(world.router.policy, public_url=url)
        stand_in.directory.apps[APP_ID].redirect_urls += [f"{url}/consent/signed-in", f"{url}/consent/done"]
        app = web.Application()
        pages = ConsentPages(lambda: sqlite, policy, sign_in, WorldClock(desk), stand_in.login_host)
        pages.add_routes(app)
        async with TestServer(app, host="localhost", port=port):
            asked, thanked = await consents(stand_in, request_url(policy, request, Language.NL))
        assert READS in asked
        assert "Dank je wel" in thanked
        assert await desk.grants() == ()
        await desk.run()
        grant = await office.grant(Mechanism.APP)
        assert (grant.state, grant.proof) == (GrantState.ACTIVE, Proof.SIGNED_IN)
        assert grant.approved_by == "Sanne <sanne@brood.example>"


async def test_a_relationship_from_request_to_end(sqlite: Database, tmp_path: Path) -> None:
    """Created, locked, approved, assigned, looked at, terminated, found gone; the app taken away by the customer."""
    async with open_office(sqlite, tmp_path) as office:
        await both_in_force(office)
        world, desk = office.desk.world, office.desk
        kept = next(iter(office.partner.relationships.values()))
        assert [one.status for one in kept.assignments] == ["active"]
        grant = await office.grant(Mechanism.GDAP)
        assert grant.valid_until is not None
        assert len(grant.scope) == 5
        assert grant.raw_digest
        await world.click(world.mia, EndConsent(form_id=world.form(), grant=grant.id))
        await desk.run()
        await desk.run()
        assert (await office.grant(Mechanism.GDAP)).state is GrantState.REVOKED
        office.customer.revoke(APP_ID)
        office.seconds.s += 120
        await world.click(world.mia, CheckConsents(customer=world.customer_id))
        await desk.run(seconds=120)
        assert (await office.grant(Mechanism.APP)).state is GrantState.REVOKED
        assert (await desk.news(world.anna)).count("ended") == 2


async def test_what_microsoft_calls_expiring_covers_nothing(sqlite: Database, tmp_path: Path) -> None:
    """It has passed its end, though our clock is not there yet: it is over, and people are told."""
    async with open_office(sqlite, tmp_path) as office:
        await both_in_force(office)
        world = office.desk.world
        [kept] = office.partner.relationships.values()
        office.partner.pass_end(kept.id)
        await office.check()
        grant = await office.grant(Mechanism.GDAP)
        assert grant.state is GrantState.EXPIRED
        assert grant.valid_until is not None
        assert grant.valid_until <= world.now
        assert "ended" in await office.desk.news(world.anna)


async def test_an_assignment_that_came_to_nothing_is_made_anew(sqlite: Database, tmp_path: Path) -> None:
    """Only one that is active or on its way stands; the others give nobody access, and hold up nothing."""
    async with open_office(sqlite, tmp_path) as office:
        world = office.desk.world
        await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="gdap"))
        await office.desk.run()
        [kept] = office.partner.relationships.values()
        office.partner.approve(kept.id, world.now)
        for status in ("deleted", "deleting", "error"):
            kept.assignments.append(Assignment("other", [READS], world.now, status=status))
        await office.check(seconds=15 * 60)
        await office.check(seconds=15 * 60)
        assert (await office.grant(Mechanism.GDAP)).state is GrantState.ACTIVE


FAULTS: dict[str, dict[str, Any]] = {
    "429": {"status": 429},
    "503": {"status": 503},
    "dropped": {"drop": "before"},
    "malformed": {"malformed": True},
    "truncated": {"truncated": True},
    "401": {"status": 401},
    "403": {"status": 403},
    "404": {"status": 404},
    "410": {"status": 410},
}
PLACES = {
    "the login service": "POST *token",
    "Graph": "GET /v1.0/*",
    "the relationship": "GET */delegatedAdminRelationships/*",
    "its assignments": "GET */accessAssignments*",
    "the app's grants": "GET */appRoleAssignments*",
}

_OF_RELATIONSHIPS = ("Graph", "the relationship", "its assignments")


async def test_nothing_that_goes_wrong_takes_or_gives_a_consent(sqlite: Database, tmp_path: Path) -> None:
    """Each place × each fault: never revoked, never active when it is not known; and nobody hears anything."""
    async with open_office(sqlite, tmp_path) as office:
        await both_in_force(office)
        desk = office.desk
        told = await desk.news(desk.world.anna)
        for place, pattern in PLACES.items():
            for name, fault in FAULTS.items():
                office.stand_in.faults.add(pattern, times=MANY, **fault)
                await office.check()
                for grant in await desk.grants():
                    if grant.mechanism is Mechanism.MANUAL:
                        continue
                    assert grant.known_state is GrantState.ACTIVE, (place, name, grant.mechanism)
                    is_asked = ("the login service",) if grant.mechanism is Mechanism.APP else _OF_RELATIONSHIPS
                    if place in is_asked:
                        assert grant.state is GrantState.UNKNOWN, (place, name, grant.error)
                office.stand_in.faults.clear()
                await office.check()
                assert {one.state for one in await desk.grants()} == {GrantState.ACTIVE}, (place, name)
        assert await desk.news(desk.world.anna) == told


async def test_a_slow_answer_is_no_answer(sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not come within the time of an errand is `unknown`, and the others of the batch are not held up."""
    async with open_office(sqlite, tmp_path) as office:
        await both_in_force(office)
        monkeypatch.setattr("bot.consent_kinds.LOOK_WITHIN_S", 0.2)
        office.stand_in.faults.add("GET */delegatedAdminRelationships/*", times=MANY, delay_s=1.0)
        await office.check()
        grant = await office.grant(Mechanism.GDAP)
        assert (grant.state, grant.error) == (GrantState.UNKNOWN, "no answer in time")
        assert (await office.grant(Mechanism.APP)).state is GrantState.ACTIVE
