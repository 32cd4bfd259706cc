"""Looking at consents: what each answer and each fault means, and who is warned of what, when (R25)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from bot import ledger
from bot.access import access_spans
from bot.consent_checks import check_due, compare_all, forget_checks, next_night
from bot.consent_looks import check_now
from cards.clicks.consents import AskConsent
from contract.consents import Finding, GrantState, Mechanism, Proof
from contract.withdrawals import covering_span
from graph.errors import AccessRefused, AccessUnavailable, GraphRefused, GraphUnavailable
from storage.database import Database
from storage.grants import due_grants, set_grant
from storage.outbox_tables import outbox
from tests.bot.consent_acts import in_force, only, with_app
from tests.bot.consent_desk import READS, make_desk, relationship
from tests.bot.people import OTHER_TENANT

HOUR = 5400  # seconds: longer than the longest wait between two looks
FAULTS = {
    "429": GraphUnavailable(429, "TooManyRequests"),
    "503": GraphUnavailable(503, "serviceNotAvailable"),
    "time-out": GraphUnavailable(0, "ReadTimeout"),
    "dropped": GraphUnavailable(0, "RemoteProtocolError"),
    "malformed": GraphUnavailable(200, "malformed"),
    "401": GraphRefused(401, "InvalidAuthenticationToken"),
    "403": GraphRefused(403, "Authorization_RequestDenied"),
    "404": GraphRefused(404, "Request_ResourceNotFound"),
    "410": GraphRefused(410, "Gone"),
    "login away": AccessUnavailable("t", "ConnectTimeout"),
    "wrong secret": AccessRefused("t", "AADSTS7000215"),
    "secret ended": AccessRefused("t", "AADSTS7000222"),
    "no such tenant": AccessRefused("t", "AADSTS90002"),
}


# --- each fault -------------------------------------------------------------------------------------------------------


async def test_no_fault_takes_or_gives_the_apps_permission(sqlite: Database) -> None:
    """Whatever goes wrong is `unknown`, never active and never revoked; what was known carries, and it recovers."""
    desk = await with_app(sqlite, app_consent_covers_work=True)
    for name, fault in FAULTS.items():
        desk.graph.always = fault
        await desk.check(seconds=HOUR)
        grant = await only(desk)
        assert (grant.state, grant.known_state) == (GrantState.UNKNOWN, GrantState.ACTIVE), name
        assert grant.next_check_at is not None
        assert grant.next_check_at - desk.world.now <= timedelta(seconds=HOUR), name
        desk.graph.always = None
        await desk.check(seconds=HOUR)
        assert (await only(desk)).state is GrantState.ACTIVE, name
    assert await desk.news(desk.world.anna) == []


async def test_no_fault_takes_or_gives_a_relationship(sqlite: Database) -> None:
    """The same for the questions about a relationship and its assignments."""
    desk = await make_desk(sqlite)
    await in_force(desk)
    for name, fault in FAULTS.items():
        desk.graph.always = fault
        await desk.check(seconds=HOUR)
        grant = await only(desk)
        assert (grant.state, grant.known_state) == (GrantState.UNKNOWN, GrantState.ACTIVE), name
        desk.graph.always = None
        await desk.check(seconds=HOUR)
        assert (await only(desk)).state is GrantState.ACTIVE, name
    assert await desk.news(desk.world.anna) == ["activated"]


async def test_no_fault_makes_a_request_active(sqlite: Database) -> None:
    """What was only asked for stays so, through any fault, also where the customer has approved meanwhile."""
    desk = await make_desk(sqlite)
    await desk.world.click(desk.world.mia, AskConsent(customer=desk.world.customer_id, mechanism="gdap"))
    await desk.run()
    desk.graph.approve("r-1", desk.world.now)
    for name, fault in FAULTS.items():
        desk.graph.always = fault
        await desk.check(seconds=HOUR)
        assert (await only(desk)).known_state is GrantState.REQUESTED, name
    desk.graph.always = None
    await desk.check(seconds=HOUR)
    assert (await only(desk)).state is GrantState.ACTIVE


@pytest.mark.parametrize("code", ["AADSTS7000229", "AADSTS700016", "AADSTS7000112"])
async def test_an_app_that_is_gone_is_revoked(sqlite: Database, code: str) -> None:
    """The login service says so clearly: a finding; both sides hear it, and it is looked for daily from then on."""
    desk = await with_app(sqlite)
    desk.graph.always = AccessRefused("t", code)
    await desk.check(seconds=HOUR)
    grant = await only(desk)
    assert (grant.state, grant.scope) == (GrantState.REVOKED, ())
    assert await desk.news(desk.world.bram) == ["ended"]
    assert await desk.news(desk.world.mia) == ["ended"]
    desk.graph.always = None
    await desk.check(seconds=2 * 86400)
    assert (await only(desk)).state is GrantState.ACTIVE
    assert (await desk.news(desk.world.mia))[-1] == "activated"


async def test_not_being_allowed_to_compare_says_nothing(sqlite: Database) -> None:
    """Reading what stands behind the token needs more than is asked for: without it the token counts."""
    desk = await with_app(sqlite)
    desk.graph.facts = None
    await desk.check(seconds=HOUR)
    grant = await only(desk)
    assert (grant.state, [one.name for one in grant.scope]) == (GrantState.ACTIVE, [READS])
    assert "facts" in desk.graph.asked
    desk.graph.asked.clear()
    await desk.check(seconds=HOUR)
    assert desk.graph.asked == ["roles"]


# --- what changes -----------------------------------------------------------------------------------------------------


async def test_more_and_less_are_said_by_name(sqlite: Database) -> None:
    """A permission that was added, and one that was taken away: recorded, and said to both sides."""
    desk = await with_app(sqlite)
    desk.graph.granted.add("AuditLog.Read.All")
    await desk.check(seconds=HOUR)
    assert await desk.news(desk.world.anna) == ["widened"]
    assert "AuditLog.Read.All" in await desk.read_last(desk.world.anna, "consent_news")
    desk.graph.granted.discard("AuditLog.Read.All")
    await desk.check(seconds=HOUR)
    assert await desk.news(desk.world.anna) == ["widened", "narrowed"]
    assert "Niet meer gedekt" in await desk.read_last(desk.world.anna, "consent_news")
    assert (await desk.kinds_of_entries())[-2:] == ["widened", "narrowed"]
    await desk.check(seconds=HOUR)
    assert len(await desk.news(desk.world.anna)) == 2


async def test_what_only_the_comparison_sees_stays_until_the_next(sqlite: Database) -> None:
    """Permissions of another resource and for people signed in are in no token: they are not lost by one alone."""
    desk = await with_app(sqlite)
    desk.graph.facts = {
        "permissions": [["x-1", "Sites.FullControl.All"], ["df02", READS]],
        "delegated": ["Mail.Read"],
        "created_at": None,
        "digest": "1" * 64,
    }
    await desk.check(seconds=HOUR)
    names = {"Sites.FullControl.All", READS, "Mail.Read (delegated)"}
    assert {one.name for one in (await only(desk)).scope} == names
    desk.graph.facts = None
    await desk.check(seconds=HOUR)
    assert {one.name for one in (await only(desk)).scope} == names
    assert await desk.news(desk.world.mia) == ["widened"]
    desk.graph.facts = {"permissions": [["df02", READS]], "delegated": [], "created_at": None, "digest": "2" * 64}
    await desk.check(seconds=25 * 3600)
    assert {one.name for one in (await only(desk)).scope} == {READS}


async def test_a_relationship_nobody_recorded_is_found(sqlite: Database) -> None:
    """One night's comparison finds what was made elsewhere, of our customers only, and never assigns anything there."""
    desk = await make_desk(sqlite)
    world, policy = desk.world, desk.world.router.policy
    assigned = {"assignments": [["role-1"]], "has_any": True, "ends_at": None}
    tenant = world.anna.tenant_id
    desk.graph.relationships = {
        "odd": relationship("odd", tenant, status="active", title="Made elsewhere", **assigned),
        "bare": relationship("bare", OTHER_TENANT, status="active"),
        "over": relationship("over", tenant, status="terminated"),
        "nobody": relationship("nobody", "no-customer", status="active", **assigned),
    }
    night = next_night(world.now)
    assert (night.hour, night - world.now <= timedelta(days=1)) == (3, True)
    await sqlite.write(partial(compare_all, slot=night, now=world.now, policy=policy))
    await desk.run()
    await desk.run()
    grant = await only(desk)
    assert (grant.source_id, grant.state, grant.title) == ("odd", GrantState.ACTIVE, "Made elsewhere")
    assert await desk.news(world.mia) == ["activated"]
    assert "assign" not in desk.graph.asked
    assert desk.graph.asked.count("look") == 2


def _facts(*created_at: datetime) -> dict[str, Any]:
    """What stands behind a token: its permission, and since when the first and the last of them were there."""
    return {
        "permissions": [["df02", READS]],
        "delegated": [],
        "first_at": min(created_at).isoformat(),
        "created_at": max(created_at).isoformat(),
        "digest": "1" * 64,
    }


async def test_taken_away_and_given_anew_between_two_looks_is_a_gap(sqlite: Database) -> None:
    """Who looks each hour finds it there twice; that it was given anew shows that it was not there in between."""
    desk = await with_app(sqlite, app_consent_covers_work=True)
    world, policy = desk.world, desk.world.router.policy
    desk.graph.facts = _facts(world.now - timedelta(hours=1))
    await desk.check(seconds=HOUR)
    await desk.check(seconds=HOUR)
    seen_at, given_at = world.now, world.now + timedelta(seconds=HOUR - 600)
    desk.graph.facts = _facts(given_at)
    await desk.check(seconds=HOUR)
    grant = await only(desk)
    assert (grant.state, grant.valid_from, grant.proof) == (GrantState.ACTIVE, given_at, Proof.TOKEN)
    assert await desk.news(world.anna) == ["activated"]

    def is_covered(session: Any, at: datetime) -> bool:
        spans = [one for one in access_spans(session, world.customer_id, policy) if one.mechanism is Mechanism.APP]
        return covering_span(spans, at) is not None

    for at, expected in (
        (seen_at - timedelta(minutes=1), True),
        (seen_at + timedelta(minutes=1), False),
        (given_at - timedelta(minutes=1), False),
        (given_at, True),
    ):
        assert await sqlite.read(partial(is_covered, at=at)) is expected, at
    await desk.check(seconds=HOUR)
    assert await desk.news(world.anna) == ["activated"]


async def test_a_permission_that_comes_beside_another_is_no_gap(sqlite: Database) -> None:
    """As long as one of them was there all the time the consent was; so was one of which nobody says since when."""
    desk = await with_app(sqlite)
    begun = desk.world.now
    desk.graph.facts = _facts(begun)
    await desk.check(seconds=HOUR)
    before = await only(desk)
    desk.graph.facts = _facts(begun, desk.world.now + timedelta(minutes=30))
    await desk.check(seconds=HOUR)
    assert (await only(desk)).valid_from == before.valid_from
    desk.graph.facts = {**_facts(desk.world.now + timedelta(minutes=30)), "first_at": None}
    await desk.check(seconds=HOUR)
    assert (await only(desk)).valid_from == before.valid_from
    assert await desk.news(desk.world.anna) == []


# --- many -------------------------------------------------------------------------------------------------------------


async def test_what_is_due_is_taken_once_and_spread(database: Database) -> None:
    """A minute takes what is due and sets the next look, so that a lost errand is made up for by the schedule."""
    desk = await with_app(database)
    world, policy = desk.world, desk.world.router.policy
    later = world.now + timedelta(seconds=HOUR)
    for _ in range(2):
        await database.write(partial(check_due, slot=later, now=later, policy=policy))
    rows = [row for row in await world.waiting() if row["kind"] == "check_app"]
    assert len(rows) == 1
    due = await database.read(lambda session: due_grants(session, later, 10))
    assert due == ()


async def test_asking_to_look_while_it_waits_adds_nothing(database: Database) -> None:
    """At each remote entry everything is looked at; a hundred entries at once are one look."""
    desk = await with_app(database)
    world, policy = desk.world, desk.world.router.policy
    for _ in range(3):
        look = partial(check_now, policy=policy, customer_id=world.customer_id, now=world.now)
        assert await database.write(look) == 1
    await desk.run()
    assert desk.graph.asked == ["roles", "facts"]


async def test_relationships_are_looked_at_25_to_an_errand(sqlite: Database) -> None:
    """Sixty due at once are three errands in the provider's tenant."""
    desk = await make_desk(sqlite)
    world, policy = desk.world, desk.world.router.policy

    def fill(session: Any) -> None:
        for number in range(60):
            finding = Finding(state=GrantState.ACTIVE, valid_until=world.now + timedelta(days=300))
            grant = ledger.observe(
                session, policy, world.customer_id, Mechanism.GDAP, f"n-{number}", finding, world.now
            ).after
            set_grant(session, grant.id, next_check_at=world.now)

    await sqlite.write(fill)
    await sqlite.write(partial(check_due, slot=world.now, now=world.now, policy=policy))
    sizes = [len(row["grants"]) for row in await world.waiting() if row["kind"] == "check_relationships"]
    assert sizes == [25, 25, 10]


async def test_looks_are_forgotten_after_some_hours(sqlite: Database) -> None:
    """A quarter of a million errands a day with ten thousand customers are not kept for days."""
    desk = await with_app(sqlite)
    await desk.check(seconds=HOUR)
    world = desk.world

    def count(session: Any) -> int:
        return len(session.execute(outbox.select().where(outbox.c.kind == "check_app")).all())

    for hours, left in ((2, 1), (4, 0)):
        later = world.now + timedelta(hours=hours)
        await sqlite.write(partial(forget_checks, slot=later, now=later))
        assert await sqlite.read(count) == left
