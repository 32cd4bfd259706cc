"""What somebody can make of the way through Microsoft who holds a link but may not consent (R25)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.consent_pages import COOKIE, SIGN_INS_AT_ONCE
from cards.clicks.consents import AskConsent
from contract.consents import GrantState, Proof
from storage.database import Database
from tests.bot.consent_acts import consented, in_force, only, with_app
from tests.bot.consent_browser import (
    FakeSignIn,
    asked_link,
    done,
    leads_to,
    open_browser,
    outcome,
    rows,
    serving,
    signed_in,
    state_in,
    to_consent,
)
from tests.bot.consent_desk import READS, ConsentDesk, make_desk
from tests.bot.people import CUSTOMER_TENANT, OTHER_TENANT


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


async def test_nobody_ends_what_began_in_another_browser(database: Database) -> None:
    """Who began it and sends somebody else the way on, or has another browser post it, gets nothing recorded."""
    desk = await make_desk(database)
    request, path = await asked_link(desk)
    async with serving(desk) as attacker, open_browser(attacker.server) as victim:
        authorize = await leads_to(attacker, "POST", path)
        kept = await rows(desk)
        assert (await signed_in(victim, authorize)).status == 403
        consent = (await signed_in(attacker, authorize)).headers["Location"]
        assert kept != (kept := await rows(desk))
        for way in (done(state_in(consent)), done(state_in(consent), error="access_denied")):
            answer = await victim.get(way)
            assert (answer.status, "browser" in await answer.text()) == (403, True)
        assert (await victim.get(done(state_in(consent)), headers={"Cookie": f"{COOKIE}{request.id}=x"})).status == 403
        assert await rows(desk) == kept
        # The victim's own way is none of the attacker's.
        assert (await victim.get(done(state_in(await to_consent(victim, path))))).status == 200


async def test_the_cookie_is_for_nothing_else(sqlite: Database) -> None:
    """No script reads it, no plain connection carries it, only these pages get it, for an hour, and it names nobody."""
    desk = await make_desk(sqlite)
    request, path = await asked_link(desk)
    async with serving(desk) as client:
        answer = await client.post(path, allow_redirects=False)
        kept = answer.cookies[f"{COOKIE}{request.id}"]
        assert (kept["path"], kept["max-age"], kept["samesite"]) == ("/consent", "3600", "None")
        assert kept["httponly"]
        assert kept["secure"]
        assert state_in(answer.headers["Location"]) not in kept.value


@pytest.mark.parametrize(
    "kind,body",
    [
        ("application/x-www-form-urlencoded; charset=no-such", b"state=x"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"state"),
        ("application/x-www-form-urlencoded", b"state=\xff\xfe&\xc3"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=b" % number for number in range(20_000))),
        ("application/x-www-form-urlencoded", b"state=" + b"x" * 300_000),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="state"\r\n\r\na'),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\na\r\n--x--',
        ),
        ("application/json", b'{"state": "x"}'),
        ("x", b""),
    ],
)
async def test_whatever_is_posted_as_the_way_back_is_a_page(sqlite: Database, kind: str, body: bytes) -> None:
    """Odd character sets, parts and sizes are a link that does not work; nothing breaks."""
    desk = await make_desk(sqlite)
    async with serving(desk) as client:
        answer = await client.post("/consent/signed-in", data=body, headers={"Content-Type": kind})
        assert answer.status == 404
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_few_sign_ins_are_begun_at_a_time(sqlite: Database) -> None:
    """Who holds a link and clicks again and again keeps no more than a few threads busy; the others wait."""

    class Slow(FakeSignIn):
        under_way = most = 0

        async def begin(self, tenant_id: str, *, state: str, return_url: str) -> dict[str, Any]:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            await asyncio.sleep(0.02)
            self.under_way -= 1
            return await super().begin(tenant_id, state=state, return_url=return_url)

    desk = await make_desk(sqlite)
    _, path = await asked_link(desk)
    slow = Slow()
    async with serving(desk, slow) as client:
        answers = await asyncio.gather(*(client.post(path, allow_redirects=False) for _ in range(12)))
        assert slow.most == SIGN_INS_AT_ONCE
        assert {answer.status for answer in answers} == {303}


async def test_a_long_name_loses_no_consent(database: Database) -> None:
    """Whoever signs in under the longest name and user name there can be is kept as far as there is room."""
    desk = await make_desk(database)
    desk.graph.granted.add(READS)
    world = desk.world
    await world.click(world.mia, AskConsent(customer=world.customer_id, mechanism="app"))
    await consented(desk, who=("t", "o", "ë" * 200, "u" * 320))
    await desk.run()
    grant = await only(desk)
    assert grant.proof is Proof.SIGNED_IN
    assert grant.approved_by is not None
    assert grant.approved_by.startswith("ë" * 200)


async def test_what_another_organisation_approved_is_no_access_here(sqlite: Database) -> None:
    """A relationship that turns out to be with somebody else's tenant covers no work at this customer."""
    desk = await make_desk(sqlite)
    await in_force(desk)
    assert (await only(desk)).state is GrantState.ACTIVE
    [kept] = desk.graph.relationships.values()
    kept["tenant"] = OTHER_TENANT
    await desk.check(seconds=3600)
    grant = await only(desk)
    assert (grant.state, grant.error) == (GrantState.UNKNOWN, "other tenant")
    kept["tenant"] = CUSTOMER_TENANT.upper()
    await desk.check(seconds=3600)
    assert (await only(desk)).state is GrantState.ACTIVE
