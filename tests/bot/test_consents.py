"""Asking for consents, following them, and ending them, with a Microsoft of the tests' own (R25)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.consent_links import ConsentPurpose, read_token
from bot.wire import Reply
from cards.clicks.consents import (
    AskConsent,
    ShowConsentRequest,
    ShowConsents,
)
from cards.consent_pages import Said
from contract.consents import GrantState, Mechanism, Proof
from contract.permissions import AccessTemplate
from graph.errors import AccessUnavailable, GraphRefused, GraphUnavailable, fault_of
from storage.access_tables import consent_requests
from storage.consent_requests import load_requests
from storage.database import Database
from storage.watches import load_watch
from tests.bot.consent_acts import SANNE, consented, in_force, with_sanne
from tests.bot.consent_desk import APP_ID, READS, ConsentDesk, make_desk
from tests.bot.people import buttons_of, text_of

# --- the app's permission ---------------------------------------------------------------------------------------------


async def test_asking_reaches_both_contacts_and_the_administrator(sqlite: Database) -> None:
    """A card with the link and what is asked for each contact in the own language, a mail for the administrator."""
    desk = await make_desk(sqlite)
    await with_sanne(desk)
    world = desk.world
    await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="app"))
    for who, words in ((world.anna, "Oxineo vraagt toegang"), (world.bram, "Oxineo asks for access")):
        read = await desk.read_last(who, "consent_request")
        assert words in read
        assert READS in read
        assert "Sanne de Boer" in read
    assert await desk.mails() == [(SANNE, "consent_request")]
    assert await desk.kinds_of_entries() == ["asked"]


async def test_a_second_click_asks_nothing_twice(database: Database) -> None:
    """Within the hour it is the same request; later a new one, and the link of the first does nothing any more."""
    desk = await make_desk(database)
    world, ask = desk.world, AskConsent(customer=desk.world.customer_id, mechanism="app")
    await world.click(world.mia, ask)
    await world.click(world.mia, ask)
    assert await desk.kinds_of_entries() == ["asked"]
    world.now += timedelta(hours=1)
    await world.click(world.mia, ask)
    requests = await database.read(lambda session: load_requests(session, world.customer_id))
    assert [one.outcome for one in requests] == [None, "superseded"]


async def test_the_tenant_is_asked_and_not_the_browser(database: Database) -> None:
    """Coming back proves nothing: it counts once a token of the tenant has the permission, and then both sides hear."""
    desk = await make_desk(database)
    world = desk.world
    await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="app"))
    assert await consented(desk) is Said.THANKS
    await desk.run()
    assert await desk.grants() == ()
    desk.graph.granted.add(READS)
    await desk.run(seconds=10)
    [grant] = await desk.grants()
    assert (grant.state, grant.proof, grant.approved_by) == (GrantState.ACTIVE, Proof.TOKEN, None)
    assert (grant.mechanism, grant.source_id, grant.asked_by) == (Mechanism.APP, APP_ID, world.mia.id)
    for who in (world.anna, world.bram, world.mia):
        assert await desk.news(who) == ["activated"]
    assert await desk.kinds_of_entries() == ["asked", "activated"]
    watch = await database.read(lambda session: load_watch(session, world.customer_id))
    assert watch is not None
    assert watch.is_on


async def test_who_signed_in_is_the_approver(sqlite: Database) -> None:
    """With name and user name, as proof of its own kind; else whom the tenant's log names."""
    desk = await make_desk(sqlite)
    world = desk.world
    desk.graph.granted.add(READS)
    await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="app"))
    await consented(desk, who=("t", "o", "Sanne", "sanne@brood.example"))
    await desk.run()
    [grant] = await desk.grants()
    assert (grant.approved_by, grant.proof) == ("Sanne <sanne@brood.example>", Proof.SIGNED_IN)
    world.now += timedelta(hours=2)
    await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="app"))
    desk.graph.who = "Otto (otto@brood.example)"
    await consented(desk)
    await desk.run()
    [again] = await desk.grants()
    assert (again.approved_by, again.proof) == ("Otto (otto@brood.example)", Proof.AUDIT)


async def test_after_15_minutes_it_was_not_found(sqlite: Database) -> None:
    """Looked for eight times; then the managers hear it, and nothing is in force."""
    desk = await make_desk(sqlite)
    world = desk.world
    await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="app"))
    await consented(desk)
    desk.graph.faults = [AccessUnavailable("t", "timeout"), GraphUnavailable(503, "")]
    for _ in range(20):
        await desk.run(seconds=60)
    assert desk.graph.asked == ["roles"] * 8
    assert await desk.grants() == ()
    assert await desk.news(world.mia) == ["not_found"]
    assert await desk.news(world.anna) == []
    [request] = await sqlite.read(lambda session: load_requests(session, world.customer_id))
    assert request.outcome == "not_found"


async def test_a_part_of_what_was_asked_counts_as_that_part(sqlite: Database) -> None:
    """Two permissions asked, one there after 15 minutes: in force with that one."""
    access = AccessTemplate(app_id=APP_ID, permissions=(READS, "AuditLog.Read.All"))
    desk = await make_desk(sqlite, access=access)
    world = desk.world
    desk.graph.granted.add(READS)
    await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="app"))
    await consented(desk)
    await desk.run()
    assert await desk.grants() == ()
    for _ in range(20):
        await desk.run(seconds=60)
    [grant] = await desk.grants()
    assert [one.name for one in grant.scope] == [READS]


async def test_a_no_leaves_the_link_to_the_right_person(sqlite: Database) -> None:
    """`admin_consent=True` stands there on errors too: the error counts, is written down, and nothing is looked for."""
    desk = await make_desk(sqlite)
    world = desk.world
    await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="app"))
    assert await consented(desk, code="AADSTS65004") is Said.DECLINED
    await desk.run()
    assert desk.graph.asked == []
    assert await desk.kinds_of_entries() == ["asked", "declined"]
    assert await consented(desk) is Said.THANKS


# --- the engineers' relationship --------------------------------------------------------------------------------------


async def test_without_a_group_no_relationship_is_asked_for(sqlite: Database) -> None:
    """Nobody would have access by it: the manager is told which setting is missing."""
    desk = await make_desk(sqlite, access=AccessTemplate(app_id=APP_ID))
    world = desk.world
    answer = await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="gdap"))
    assert "FOURSTAR_GDAP_GROUP" in text_of(answer)
    assert await desk.kinds_of_entries() == []


async def test_a_relationship_from_request_to_access(database: Database) -> None:
    """Created once, also where the answer is lost; the contacts get the link; approval alone is no access yet; the
    roles are assigned, and then both sides hear that it is in force, until when.
    """
    desk = await make_desk(database)
    world = desk.world
    desk.graph.faults = [GraphUnavailable(0, "ReadTimeout")]
    await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="gdap"))
    await desk.run()
    assert len(desk.graph.relationships) == 1
    await desk.run(seconds=5)
    assert len(desk.graph.relationships) == 1
    [grant] = await desk.grants()
    assert (grant.state, grant.asked_by) == (GrantState.REQUESTED, world.mia.id)
    assert "https://admin.microsoft.com/r-1" in str(buttons_of(await shown_request(desk)))
    desk.graph.approve("r-1", world.now)
    await desk.check(seconds=15 * 60)
    [grant] = await desk.grants()
    assert grant.state is GrantState.ACTIVE
    assert grant.valid_until == grant.valid_from + timedelta(days=365) if grant.valid_from else False
    assert {one.name for one in grant.scope} == {"Helpdesk Administrator", "Global Reader"}
    assert await desk.news(world.bram) == ["activated"]
    assert await desk.kinds_of_entries() == ["asked", "new", "activated"]
    [request] = await database.read(lambda session: load_requests(session, world.customer_id))
    assert request.outcome == "given"


async def shown_request(desk: ConsentDesk) -> Reply | None:
    """The request as Anna sees it."""
    [request] = await desk.world.database.read(lambda session: load_requests(session, desk.world.customer_id))
    return await desk.world.click(desk.world.anna, ShowConsentRequest(consent_request=request.id))


async def test_who_takes_the_assignment_away_ends_it(sqlite: Database) -> None:
    """An active relationship without an assignment gives nobody access, and it is not assigned anew behind backs."""
    desk = await make_desk(sqlite)
    await in_force(desk)
    desk.graph.relationships["r-1"].update(assignments=[], has_any=False)
    desk.graph.asked.clear()
    await desk.check(seconds=5400)
    [grant] = await desk.grants()
    assert grant.state is GrantState.REQUESTED
    assert "assign" not in desk.graph.asked
    assert (await desk.news(desk.world.anna))[-1] == "ended"


async def test_what_microsoft_refuses_is_told_to_managers(sqlite: Database) -> None:
    """No partner, no permission: said with Microsoft's own code, to managers only, and not tried for ever."""
    desk = await make_desk(sqlite)
    world = desk.world
    desk.graph.always = GraphRefused(403, "Authorization_RequestDenied")
    await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="gdap"))
    await desk.run()
    assert await desk.news(world.mia) == ["not_created"]
    assert "403 Authorization_RequestDenied" in await desk.read_last(world.mia, "consent_news")
    assert await desk.news(world.anna) == []
    assert desk.graph.asked == ["create"]


async def test_a_request_nobody_approves_ends_after_90_days(sqlite: Database) -> None:
    """Also where Microsoft does not say so: the managers hear it once."""
    desk = await make_desk(sqlite)
    world = desk.world
    await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="gdap"))
    await desk.run()
    await desk.check(seconds=91 * 86400)
    [grant] = await desk.grants()
    assert grant.state is GrantState.EXPIRED
    await desk.check(seconds=86400 * 2)
    assert await desk.news(world.mia) == ["request_expired"]


# --- looking, and ending ----------------------------------------------------------------------------------------------


async def test_nobody_sees_another_customers_request(sqlite: Database) -> None:
    """A contact of another organisation is told that there is no such thing; an engineer may look, and not act."""
    desk = await make_desk(sqlite)
    world = desk.world
    await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="app"))
    [request] = await sqlite.read(lambda session: load_requests(session, world.customer_id))
    assert READS not in text_of(await world.click(world.other, ShowConsentRequest(consent_request=request.id)))
    shown = await world.click(world.eva, ShowConsents(customer=world.customer_id))
    assert "Toestemming voor de app vragen" not in buttons_of(shown)


async def test_no_secret_is_kept(sqlite: Database) -> None:
    """Of a link and a state the database has the digests; with them nobody can make either."""
    desk = await make_desk(sqlite)
    world = desk.world
    await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="app"))
    link = next(one["url"] for one in buttons_of(await shown_request(desk)).values() if "url" in one)
    token = read_token(world.router.policy.link_key, link.rpartition("/")[2], ConsentPurpose.ASK)
    row = await sqlite.read(lambda session: str(session.execute(consent_requests.select()).one()))
    assert token.nonce not in row


@pytest.mark.parametrize("error,code", [
    (GraphRefused(403, "Authorization_RequestDenied"), "403 Authorization_RequestDenied"),
    (GraphUnavailable(503, ""), "503"),
    (AccessUnavailable("t", "AADSTS90033"), "AADSTS90033"),
    (TimeoutError(), "no answer in time"),
])  # fmt: skip
def test_a_fault_has_a_short_name(error: Exception, code: str) -> None:
    """What stands in the row and on the card is Microsoft's own code, never its text."""
    assert fault_of(error) == code
