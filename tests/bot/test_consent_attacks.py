"""What somebody can make of the way through Microsoft who holds a link but may not consent (R25)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contract.consents import Proof
from storage.database import Database
from tests.bot.consent_acts import only, with_app
from tests.bot.consent_browser import asked_link, done, outcome, serving, state_in, to_consent
from tests.bot.consent_desk import READS, ConsentDesk, make_desk


async def through(desk: ConsentDesk) -> None:
    """Sign in on our page as Sanne, skip Microsoft's, and come back as if it had been granted there."""
    request, path = await asked_link(desk)
    async with serving(desk) as client:
        answer = await client.get(done(state_in(await to_consent(client, path))))
        assert answer.status == 200
    await desk.run()
    assert await outcome(desk, request) == "given"


async def test_who_signs_in_where_it_was_given_before_approved_nothing(database: Database) -> None:
    """A consent in force is not said to be approved by whoever signs in and comes back without having consented."""
    desk = await with_app(database)
    before = await only(desk)
    await through(desk)
    after = await only(desk)
    assert (after.approved_by, after.proof) == (before.approved_by, before.proof)
    assert after.approved_by != "Sanne <sanne@brood.example>"


@pytest.mark.parametrize(
    "who,since,expected",
    [
        (None, timedelta(minutes=1), ("Sanne <sanne@brood.example>", Proof.SIGNED_IN)),
        (None, None, ("Sanne <sanne@brood.example>", Proof.SIGNED_IN)),
        (None, timedelta(days=-30), (None, Proof.TOKEN)),
        ("Ton Beheer (ton@brood.example)", timedelta(minutes=1), ("Ton Beheer (ton@brood.example)", Proof.AUDIT)),
    ],
)
async def test_what_names_the_approver(
    sqlite: Database, who: str | None, since: timedelta | None, expected: tuple[str | None, Proof]
) -> None:
    """The tenant's own log goes before who signed in with us; what was granted before it was asked for names nobody."""
    desk = await make_desk(sqlite)
    desk.graph.granted.add(READS)
    desk.graph.who = who
    if since is not None:
        facts: dict[str, Any] = {"permissions": [["id", READS]], "delegated": [], "digest": "0" * 64}
        desk.graph.facts = {**facts, "created_at": (desk.world.now + since).isoformat()}
    await through(desk)
    grant = await only(desk)
    assert (grant.approved_by, grant.proof) == expected
