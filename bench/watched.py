"""What `bench.graph_watch` looks on at: watched customers, a Teams that takes everything, and a probe of its lane."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from pydantic import SecretStr
from sqlalchemy.orm import Session

from bench.filling import Town, fill_town
from bench.microsoft import GROUP, relationship_id
from bench.skipping import LoopClock
from bot import ledger
from bot.outcomes import Done, Outcome, Work
from bot.settings import Settings
from bot.turn import Policy
from bot.wire import Attachment, Member, Message
from contract.consent_checks import next_check_at
from contract.consents import Finding, GrantState, Mechanism, Permission, Proof
from contract.permissions import APP_ROLES, LEAST_ROLES, READ_PEOPLE
from demo.people import BOT_APP_ID, PROVIDER
from documents.receipts import new_key
from storage import outbox, watches
from storage.database import Database
from storage.grants import set_grant

BEGIN = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
"""The daily comparison of all relationships is at 3:00."""
PROBE, PROBE_EVERY_S = "bench_probe", 10.0
TOGETHER = 100


@dataclass(slots=True)
class Teams:
    """Takes everything at once."""

    sent: int = 0

    async def send(self, service_url: str, conversation_id: str, message: Message) -> str:
        """A new message."""
        self.sent += 1
        return f"message-{self.sent}"

    async def update(self, service_url: str, conversation_id: str, activity_id: str, message: Message) -> None:
        """Another text for it."""
        self.sent += 1

    async def open_chat(self, service_url: str, tenant_id: str, user_id: str) -> str:
        """A chat."""
        return f"a:{user_id}"

    async def member(self, service_url: str, conversation_id: str, user_id: str) -> Member:
        """Nobody asks."""
        raise NotImplementedError

    async def download(self, attachment: Attachment, limit_bytes: int) -> bytes:
        """Nobody sends files."""
        raise NotImplementedError


@dataclass(slots=True)
class Probe:
    """A line for an engineer every ten seconds: how long it takes from its commit to Teams."""

    database: Database
    clock: LoopClock
    waits_s: list[float] = field(default_factory=list)

    async def perform(self, work: Work) -> Outcome:
        """It arrives."""
        asked = datetime.fromisoformat(work.payload["at"])
        self.waits_s.append((self.clock.now() - asked).total_seconds())
        return Done()

    async def run(self) -> None:
        """Write one after the other."""
        while True:
            now = self.clock.now()
            payload = {"at": now.isoformat()}
            await self.database.write(
                partial(outbox.enqueue, mailbox="person:probe", kind=PROBE, payload=payload, now=now)
            )
            await asyncio.sleep(PROBE_EVERY_S)


def settings_of(url: str) -> Settings:
    """As an installation has them."""
    return Settings(
        app_id=BOT_APP_ID,
        app_tenant_id=PROVIDER.tenant_id,
        app_secret=SecretStr("a-secret-of-the-bench"),
        database_url=url,
        public_url="https://bot.example",
        link_signing_key=SecretStr("0123456789abcdef" * 4),
        receipt_key=SecretStr(new_key()),
        gdap_group=GROUP,
    )


# --- filling ----------------------------------------------------------------------------------------------------------


def fill(session: Session, customers: list[tuple[int, str]], policy: Policy, now: datetime) -> None:
    """Watch some customers, each with two consents in force."""
    read = (Permission(APP_ROLES[READ_PEOPLE], READ_PEOPLE),)
    for customer_id, tenant_id in customers:
        watches.switch_on(session, customer_id, now)
        found = Finding(state=GrantState.ACTIVE, scope=read, proof=Proof.TOKEN)
        app = ledger.observe(session, policy, customer_id, Mechanism.APP, BOT_APP_ID, found, now).after
        key = relationship_id(tenant_id)
        found = Finding(
            state=GrantState.ACTIVE,
            scope=tuple(sorted(LEAST_ROLES)),
            title=f"Support {key}",
            valid_from=now,
            valid_until=now + timedelta(days=700),
            proof=Proof.RELATIONSHIP,
        )
        gdap = ledger.observe(session, policy, customer_id, Mechanism.GDAP, key, found, now).after
        for grant in (app, gdap):
            set_grant(session, grant.id, next_check_at=next_check_at(grant, now))


async def filled(database: Database, count: int, policy: Policy) -> Town:
    """All of them."""
    town = await database.write(partial(fill_town, customer_count=count, connector_url="https://teams", now=BEGIN))
    homes = [who.organisation.tenant_id for who in town.contacts[::2]]
    customers = list(zip(town.customer_ids, homes, strict=True))
    for start in range(0, count, TOGETHER):
        await database.write(partial(fill, customers=customers[start : start + TOGETHER], policy=policy, now=BEGIN))
    return town


def people_of(town: Town) -> dict[str, list[tuple[str, str, str]]]:
    """Who is in which tenant."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for who in town.contacts:
        found.setdefault(who.organisation.tenant_id, []).append((who.object_id, who.name, who.email))
    return found
