"""Who comes back from Microsoft without a consent, and who confirms an end (R25)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.consent_ends import propose_ends
from bot.consent_links import end_url
from contract.consent_requests import SignedIn
from contract.people import Language
from graph.errors import AccessRefused, AccessUnavailable, NoAccess
from storage.database import Database
from storage.grants import load_grant
from storage.people import load_person
from tests.bot.consent_browser import (
    FakeSignIn,
    asked_link,
    done,
    leads_to,
    outcome,
    rows,
    serving,
    signed_in,
    state_in,
    to_consent,
)
from tests.bot.consent_desk import READS, make_desk
from tests.bot.consented import relationship
from tests.bot.people import OTHER_TENANT


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
    other = FakeSignIn(who=SignedIn(OTHER_TENANT, "o-2", "Olga", "olga@other.example"))
    async with serving(desk, other) as client:
        authorize = await leads_to(client, "POST", path)
        answer = await signed_in(client, authorize)
        assert answer.status == 403
        assert "andere organisatie" in await answer.text()
        assert (await signed_in(client, authorize)).status == 410
        assert (await client.get(path)).status == 200
    assert await outcome(desk, request) == "other_tenant"
    assert any(OTHER_TENANT in row for row in await rows(desk))


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
