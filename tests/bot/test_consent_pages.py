"""The administrator's way in a browser, through a server that really listens: what holds against whom (R25)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import jwt

from bot.consent_links import ConsentPurpose, make_state
from bot.links import Purpose
from cards.consent_pages import STYLE, STYLE_DIGEST
from contract.consent_requests import ConsentRequest
from contract.consents import GrantState
from contract.people import Language
from storage.database import Database
from tests.bot.consent_browser import (
    as_begun,
    asked_link,
    done,
    outcome,
    rows,
    serving,
    state_in,
    to_consent,
)
from tests.bot.consent_desk import APP_ID, READS, ConsentDesk, make_desk
from tests.bot.people import CUSTOMER_TENANT

LOGIN = "login.example"


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
                as_begun(client, desk, 999 if name == "no such request" else request.id, state)
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
    request, path = await asked_link(desk)
    async with serving(desk) as client:
        first = state_in(await to_consent(client, path))
        second = state_in(await to_consent(client, path))
        assert (await client.get(done(first))).status == 403
        as_begun(client, desk, request.id, first)
        assert (await client.get(done(first))).status == 410
        as_begun(client, desk, request.id, second)
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
