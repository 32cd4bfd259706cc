"""A year in the lives of customers' tenants: nobody acts who left, nobody is locked out by silence, and remote work is
accepted exactly where it was consented (R4, R25, D15, D32).
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contract.ledger import unexplained
from contract.ledger_bodies import read_entry
from documents.ledger import check_entries
from storage.database import Database
from storage.grants import load_grants
from storage.ledger import entries_of, ledger_head
from storage.outbox_tables import outbox
from tests.bot.tenant_year.acts import ACTS, compare
from tests.bot.tenant_year.town import Company, Life, living

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EPISODES = (
    (timedelta(minutes=1), MINUTE, 4),
    (timedelta(minutes=20), 5 * MINUTE, 8),
    (6 * HOUR, 2 * HOUR, 4),
    (2 * DAY, 12 * HOUR, 2),
    (2 * HOUR, None, 2),
    (30 * HOUR, None, 2),
    (12 * DAY, None, 3),
)
"""So much time passes; the bot runs every so often in it, or is down; and how often that happens."""


async def live(life: Life, until: datetime) -> None:
    """Things happen and time passes."""
    kinds, weights = [one for one, _ in ACTS], [weight for _, weight in ACTS]
    spans, often = [(span, tick) for span, tick, _ in EPISODES], [weight for *_, weight in EPISODES]
    while life.now < until:
        for _ in range(life.chance.randrange(1, 4)):
            one = life.chance.choice(life.companies)
            [what] = life.chance.choices(kinds, weights)
            await what(life, one)
        await life.pass_time(*life.chance.choices(spans, often)[0])
        for one in life.companies:
            await compare(life, one)
    await life.database.read(lambda session: check_kept(session, life))


def check_kept(session: Session, life: Life) -> None:
    """What everybody heard and what is written down, at the end."""
    for one in life.companies:
        entries = list(entries_of(session, one.id))
        assert check_entries(entries, head=ledger_head(session, one.id)) == ()
        read = [read_entry(sealed.body) for sealed in entries]
        assert unexplained(read, load_grants(session, one.id)) == ()
        assert told(session, life, one) == expected(session, one)
        silences = [args for args in shown(session, life.world.mia.id, "directory_silent") if not args["over"]]
        assert len([args for args in silences if args["customer"] == one.id]) == one.house.told


def shown(session: Session, person_id: int, view: str) -> list[dict[str, Any]]:
    """What somebody was shown of one view, all year."""
    payloads = session.scalars(select(outbox.c.payload).where(outbox.c.mailbox == f"person:{person_id}"))
    return [payload["args"] for payload in payloads if payload.get("view") == view]


def told(session: Session, life: Life, one: Company) -> Counter[tuple[int, int]]:
    """The warnings that the manager got of a customer."""
    found: Counter[tuple[int, int]] = Counter()
    for args in shown(session, life.world.mia.id, "consent_news"):
        if args["customer"] == one.id and args["news"] in ("expiring", "unknown"):
            found[args["grant"], args.get("days", 0)] += 1
    return found


def expected(session: Session, one: Company) -> Counter[tuple[int, int]]:
    """The warnings that the oracle counted."""
    found: Counter[tuple[int, int]] = Counter()
    grants = {("app" if grant.mechanism == "app" else grant.source_id): grant for grant in load_grants(session, one.id)}
    for name, source in one.rights.sources.items():
        what, key = name.split(":", 1)
        grant = grants.get("app" if what == "app" else key)
        if grant is None:
            continue
        for days, _ in source.warnings:
            found[grant.id, days] += 1
        if source.silent:
            found[grant.id, 0] += source.silent
    return found


@pytest.mark.parametrize("seed", range(2))
async def test_some_months_of_tenants_hold(sqlite: Database, seed: int) -> None:
    """Whatever happens to accounts, consents, lines and the bot itself: who may act, and what is covered, is right."""
    async with living(sqlite, seed) as life:
        await live(life, life.now + 80 * DAY)
        assert {"act", "nothing", "work", "refused work", "covered", "not covered"} <= set(life.happened)
