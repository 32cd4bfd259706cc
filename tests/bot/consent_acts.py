"""What the tests of consents do again and again: name the administrator, consent, have a relationship in force."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from bot.consent_links import ConsentPurpose, read_token
from bot.consent_steps import back_from_consent, signed_in
from cards.clicks.consents import (
    AskConsent,
)
from cards.consent_pages import Said
from contract.consent_requests import SignedIn
from contract.consents import Grant
from contract.people import Language
from storage.administrators import Administrator, keep_administrator
from storage.consent_requests import load_requests
from storage.database import Database
from storage.grants import set_grant
from tests.bot.consent_desk import READS, ConsentDesk, make_desk
from tests.bot.consented import app_consent

SANNE = "sanne@brood.example"


async def with_sanne(desk: ConsentDesk) -> None:
    """The customer's administrator is named."""
    world = desk.world
    named = Administrator(
        customer_id=world.customer_id,
        name="Sanne de Boer",
        email=SANNE,
        language=Language.NL,
        changed_by=None,
        changed_at=world.now,
    )
    await world.database.write(lambda session: keep_administrator(session, named))


async def consented(desk: ConsentDesk, *, code: str = "", who: tuple[str, str, str, str] | None = None) -> Said:
    """The administrator goes through Microsoft and comes back."""
    world, policy = desk.world, desk.world.router.policy

    def go(session: Any) -> Said:
        request = load_requests(session, world.customer_id)[0]
        begin = partial(signed_in, session, request.id, policy, Language.NL, world.now)
        state = begin(who=SignedIn(*who) if who is not None else None)
        assert state is not None
        token = read_token(policy.link_key, state, ConsentPurpose.STATE)
        return back_from_consent(session, token, state, code=code, policy=policy, now=world.now)

    return await world.database.write(go)


async def in_force(desk: ConsentDesk, days: int = 365) -> None:
    """A relationship that was asked for, approved and assigned."""
    world = desk.world
    await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="gdap"))
    await desk.run()
    key = list(desk.graph.relationships)[-1]
    desk.graph.approve(key, world.now, days)
    await desk.check(seconds=15 * 60)


async def with_app(database: Database, **more: Any) -> ConsentDesk:
    """The app's permission is in force, and due to be looked at."""
    desk = await make_desk(database, **more)
    world, policy = desk.world, desk.world.router.policy
    desk.graph.granted.add(READS)
    grant = await database.write(lambda session: app_consent(session, policy, world.customer_id, world.now))
    await database.write(lambda session: set_grant(session, grant.id, next_check_at=world.now + timedelta(minutes=30)))
    return desk


async def only(desk: ConsentDesk) -> Grant:
    """The one source there is."""
    [grant] = await desk.grants()
    return grant
