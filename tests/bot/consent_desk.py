"""A Microsoft of the tests' own for consents, and the errands about them done by the real delivery, on a set clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from bot.consent_checks import check_due
from bot.consent_kinds import ConsentKinds
from bot.delivery import Delivery
from bot.limits import Limits
from bot.outcomes import Done, Kind, Outcome, Work
from bot.views import VIEWS
from bot.watches import WATCH_PEOPLE
from bot.wire import Reply
from contract.consents import Grant
from contract.permissions import AccessTemplate
from graph.errors import GraphError
from storage.access_tables import consent_ledger
from storage.database import Database
from storage.grants import load_grants
from storage.outbox_states import Lane
from storage.people import load_standings
from tests.bot.deliveries import SetClock
from tests.bot.people import POLICY, Somebody, World, make_world, text_of

APP_ID = "99999999-0000-4000-8000-000000000001"
GROUP = "99999999-0000-4000-8000-000000000002"
ASKING = replace(POLICY, access=AccessTemplate(app_id=APP_ID, group_id=GROUP), app_id=APP_ID)
READS = "User.Read.All"


@dataclass
class FakeConsents:
    """Answers as told; `fault` is raised instead, once for each in `faults`, or always."""

    granted: set[str] = field(default_factory=set)
    facts: dict[str, Any] | None = None
    who: str | None = None
    relationships: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[Exception] = field(default_factory=list)
    always: Exception | None = None
    revoke_error: GraphError | None = None
    asked: list[str] = field(default_factory=list)

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.faults:
            raise self.faults.pop(0)
        if self.always is not None:
            raise self.always

    async def roles(self, tenant_id: str) -> frozenset[str]:
        """What was granted."""
        self._ask("roles")
        return frozenset(self.granted)

    async def app_facts(self, tenant_id: str, app_id: str) -> dict[str, Any] | None:
        """What the test prepared."""
        self._ask("facts")
        return self.facts

    async def who_consented(self, tenant_id: str, app_id: str) -> str | None:
        """Whom the test named."""
        return self.who

    async def revoke_app(self, tenant_id: str, app_id: str) -> str:
        """Takes everything away, unless that is refused."""
        self.asked.append("revoke")
        if self.revoke_error is not None:
            raise self.revoke_error
        self.granted.clear()
        return "app"

    async def create(
        self, tenant_id: str, template: AccessTemplate, title: str, customer: tuple[str, str]
    ) -> dict[str, Any]:
        """One relationship for each title, however often it is asked."""
        known = next((one for one in self.relationships.values() if one["title"] == title), None)
        if known is None:
            known = relationship(f"r-{len(self.relationships) + 1}", customer[0], title=title)
            self.relationships[known["id"]] = known
        self._ask("create")
        return known

    async def look(self, tenant_id: str, relationship_id: str) -> dict[str, Any]:
        """As it is now."""
        self._ask("look")
        return {**self.relationships[relationship_id]}

    async def assign(self, tenant_id: str, relationship_id: str, group_id: str, roles: Sequence[str]) -> None:
        """The group has the roles at once."""
        self._ask("assign")
        self.relationships[relationship_id].update(assignments=[list(roles)], has_any=True)

    async def terminate(self, tenant_id: str, relationship_id: str) -> None:
        """It is terminated at once."""
        self.asked.append("terminate")
        if self.revoke_error is not None:
            raise self.revoke_error
        self.relationships[relationship_id]["status"] = "terminated"

    async def all_relationships(self, tenant_id: str) -> list[dict[str, Any]]:
        """Every one."""
        self._ask("all")
        return list(self.relationships.values())

    def approve(self, relationship_id: str, now: datetime, days: int = 365) -> None:
        """The customer approves it."""
        self.relationships[relationship_id].update(
            status="active", activated_at=now.isoformat(), ends_at=(now + timedelta(days=days)).isoformat()
        )


def relationship(key: str, tenant: str, **more: Any) -> dict[str, Any]:
    """A relationship that waits for the customer."""
    return {
        "id": key,
        "status": "approvalPending",
        "title": "Support",
        "roles": ["729827e3-9c14-49f7-bb1b-9608f156bbb8", "f2ef992c-3afb-46b9-b7cf-a126ee74c451"],
        "etag": "W/1",
        "tenant": tenant,
        "activated_at": None,
        "ends_at": None,
        "digest": "0" * 64,
        "url": f"https://admin.microsoft.com/{key}",
        "assignments": [],
        "has_any": False,
        **more,
    }


@dataclass(slots=True)
class ConsentDesk:
    """The world, that Microsoft, and the errands between them."""

    world: World
    graph: FakeConsents

    async def run(self, *, seconds: float = 0) -> None:
        """Have every errand done whose time has come by then."""
        self.world.now += timedelta(seconds=seconds)
        clock = SetClock()
        clock.at = self.world.now
        # The same tenant's errands wait for each other; what other parts of the product ask is done at once here.
        others = (Kind(WATCH_PEOPLE, _nothing, is_limited=False),)
        kinds = (*ConsentKinds(self.world.database, self.graph, self.world.router.policy).kinds(), *others)
        delivery = Delivery(self.world.database, kinds, clock, Limits(clock), slots=4, lane=Lane.GRAPH)
        await delivery.start()
        await delivery.drained()
        await delivery.stop()

    async def check(self, *, seconds: float = 0) -> None:
        """Let time pass, have what is due looked at, and the errands done."""
        self.world.now += timedelta(seconds=seconds)
        now, policy = self.world.now, self.world.router.policy
        await self.world.database.write(partial(check_due, slot=now, now=now, policy=policy))
        await self.run()

    async def grants(self) -> tuple[Grant, ...]:
        """The first customer's sources."""
        return await self.world.database.read(lambda session: load_grants(session, self.world.customer_id))

    async def kinds_of_entries(self) -> list[str]:
        """What stands in the first customer's ledger, in order."""
        query = select(consent_ledger.c.kind).where(consent_ledger.c.customer_id == self.world.customer_id)
        return await self.world.database.read(
            lambda session: list(session.scalars(query.order_by(consent_ledger.c.sequence)))
        )

    async def news(self, who: Somebody) -> list[str]:
        """What somebody was told about consents, in order."""
        rows = await self.world.waiting(who)
        return [row["args"]["news"] for row in rows if row["kind"] == "show" and row["view"] == "consent_news"]

    async def read_last(self, who: Somebody, view: str) -> str:
        """The newest card of this kind that waits for somebody, as it would be read."""
        rows = [row for row in await self.world.waiting(who) if row["kind"] == "show" and row["view"] == view]

        def render(session: Any) -> Reply:
            reader = load_standings(session, [who.id])[who.id]
            card = VIEWS[view](session, reader, rows[-1]["args"], self.world.now, self.world.router.policy)
            return Reply(card=card)

        return text_of(await self.world.database.read(render))

    async def mails(self) -> list[tuple[str, str]]:
        """Who gets which mail."""
        return [(row["to"], row["what"]) for row in await self.world.waiting() if row["kind"] == "mail"]


async def _nothing(_: Work) -> Outcome:
    return Done()


async def make_desk(database: Database, **more: Any) -> ConsentDesk:
    """The people of the tests, with an app and a group of engineers set."""
    return ConsentDesk(await make_world(database, policy=replace(ASKING, **more)), FakeConsents())
