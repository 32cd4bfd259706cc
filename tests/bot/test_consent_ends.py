"""Looking at consents on demand, and ending them (R25)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.consent_ends import propose_ends
from bot.consent_links import end_url
from bot.mails import MAILS
from cards.clicks.access import LiftWithdrawal, WithdrawAccess
from cards.clicks.consents import (
    AskConsent,
    CheckConsents,
    EndConsent,
    StartConsentEnd,
)
from contract.consents import GrantState, Mechanism
from contract.ledger import EntryKind
from contract.people import Language
from graph.errors import RevokeRefused
from storage.database import Database
from storage.people import load_person
from tests.bot.access_acts import noted
from tests.bot.consent_acts import SANNE, consented, in_force, with_app, with_sanne
from tests.bot.consent_browser import serving
from tests.bot.consent_desk import APP_ID, READS, make_desk
from tests.bot.people import buttons_of, text_of


async def test_a_manager_has_everything_looked_at_now(sqlite: Database) -> None:
    """The card says so at once; asking twice while it waits looks once."""
    desk = await make_desk(sqlite)
    await in_force(desk)
    world = desk.world
    desk.graph.asked.clear()
    for _ in range(2):
        answer = await world.click(world.mia, CheckConsents(customer=world.customer_id))
    assert "We kijken" in text_of(answer)
    await desk.run()
    assert desk.graph.asked == ["look"]


async def test_an_end_is_confirmed_done_and_looked_for(database: Database) -> None:
    """A manager is asked once more; then it is terminated, found gone, and both sides hear it; twice is once."""
    desk = await make_desk(database)
    await in_force(desk)
    world = desk.world
    [grant] = await desk.grants()
    form = await world.click(world.mia, StartConsentEnd(grant=grant.id))
    assert "Beëindigen" in buttons_of(form)
    for _ in range(2):
        await world.click(world.mia, EndConsent(form_id=world.form(), grant=grant.id))
    await desk.run()
    assert desk.graph.asked.count("terminate") == 1
    [grant] = await desk.grants()
    assert (grant.state, grant.end_asked_by) == (GrantState.REVOKED, "Mia Manager")
    assert (await desk.news(world.anna))[-1] == "ended"
    assert "wacht tot er weer" not in await desk.read_last(world.anna, "consent_news")  # the recorded consent goes on
    again = await world.click(world.mia, EndConsent(form_id=world.form(), grant=grant.id))
    assert "niet van kracht" in text_of(again)


async def test_where_we_may_not_a_person_gets_the_steps(sqlite: Database) -> None:
    """Taking the app away needs rights we don't ask for: managers, contacts and the administrator get the steps."""
    desk = await make_desk(sqlite)
    await with_sanne(desk)
    world = desk.world
    desk.graph.granted.add(READS)
    await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="app"))
    await consented(desk)
    await desk.run()
    [grant] = await desk.grants()
    desk.graph.revoke_error = RevokeRefused(403, "Authorization_RequestDenied")
    await world.click(world.mia, EndConsent(form_id=world.form(), grant=grant.id))
    await desk.run()
    read = await desk.read_last(world.mia, "consent_news")
    assert "Enterprise applications" in read
    assert APP_ID in read
    assert (SANNE, "consent_news") in await desk.mails()
    [grant] = await desk.grants()
    assert grant.state is GrantState.ACTIVE
    desk.graph.granted.clear()
    await desk.check(seconds=15 * 60)
    [grant] = await desk.grants()
    assert grant.state is GrantState.REVOKED
    assert (await desk.news(world.anna))[-1] == "ended"


async def test_a_withdrawal_proposes_and_a_manager_decides(sqlite: Database) -> None:
    """By itself it ends nothing at Microsoft: managers and the administrator are asked."""
    desk = await make_desk(sqlite)
    await with_sanne(desk)
    await in_force(desk)
    world, policy = desk.world, desk.world.router.policy

    def withdraw(session: Any) -> int:
        anna = load_person(session, world.anna.id)
        return propose_ends(session, policy, world.customer_id, world.now, by=anna)

    assert await sqlite.write(withdraw) == 1
    assert await sqlite.write(withdraw) == 1
    await desk.run()
    assert "terminate" not in desk.graph.asked
    assert (await desk.news(world.mia)).count("end_asked") == 1
    # Who withdrew knows, and the other contact hears of the withdrawal itself.
    assert "end_asked" not in await desk.news(world.anna)
    [mail] = [row for row in await world.waiting() if row.get("what") == "consent_news" and row["to"] == SANNE]
    draft = await sqlite.read(lambda session: MAILS[mail["what"]](session, mail["args"], policy))
    assert draft is not None
    assert f"{policy.public_url}/consent/end/" in draft.letter.text
    assert (await desk.mails()).count((SANNE, "consent_news")) == 1
    [grant] = await desk.grants()
    assert grant.next_check_at == world.now + timedelta(minutes=15)


async def test_a_withdrawal_leaves_the_apps_permission_alone(sqlite: Database) -> None:
    """It gives no access and tells who the contacts are: a click about remote work asks nobody to take it away."""
    desk = await with_app(sqlite)
    world = desk.world
    await world.click(world.anna, WithdrawAccess(form_id=world.form()))
    [app] = [one for one in await desk.grants() if one.mechanism is Mechanism.APP]
    assert (app.state, app.end_asked_at) == (GrantState.ACTIVE, None)


async def test_consenting_again_takes_the_proposal_back(database: Database) -> None:
    """The link that was mailed when a contact withdrew ends nothing once consent was given again; a new one does."""
    desk = await make_desk(database)
    await with_sanne(desk)
    await in_force(desk)
    world, policy = desk.world, desk.world.router.policy
    async with serving(desk) as client:
        for _ in range(2):
            world.now += timedelta(minutes=1)
            await world.click(world.anna, WithdrawAccess(form_id=world.form()))
            [grant] = await desk.grants()
            path = end_url(policy, grant, Language.EN, world.now).removeprefix(policy.public_url)
            assert (await client.get(path)).status == 200
            await world.click(world.bram, LiftWithdrawal(form_id=world.form()))
            assert "There is nothing to end" in await (await client.post(path)).text()
        await desk.run()
        assert "terminate" not in desk.graph.asked
        world.now += timedelta(minutes=1)
        await world.click(world.anna, WithdrawAccess(form_id=world.form()))
        [grant] = await desk.grants()
        path = end_url(policy, grant, Language.EN, world.now).removeprefix(policy.public_url)
        for _ in range(2):
            assert "It is being ended" in await (await client.post(path)).text()
        await world.click(world.bram, LiftWithdrawal(form_id=world.form()))
    [*_, asked, confirmed] = await noted(world, EntryKind.END_ASKED)
    assert (asked.note.by.name if asked.note.by else None, confirmed.note.by) == ("Anna de Vries", None)
    assert confirmed.note.details == {"confirmed": "link"}
    await desk.run()
    assert desk.graph.asked.count("terminate") == 1
