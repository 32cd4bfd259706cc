"""The people of the tests, and what they do: every act goes through the real router, as an authenticated activity
would.

world = await make_world(database) reply = await world.click(world.anna, OpenTicket(form_id="f" * 12,
description="Outlook is broken")) cards = await world.shown(world.bram)          # what delivery would show, rendered,
by kind
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import select

from bot.router import Router
from bot.turn import Policy, Provider
from bot.wire import Attachment, Incoming, IncomingKind, Reply
from cards.clicks.base import Click
from contract.people import Language, Role
from storage import contacts, contracts, people
from storage.database import Database
from storage.outbox_tables import outbox
from tests.receipt_keys import TEST_KEY

CUSTOMER_TENANT = "aaaaaaaa-0000-4000-8000-000000000001"
OTHER_TENANT = "bbbbbbbb-0000-4000-8000-000000000002"
PROVIDER_TENANT = "cccccccc-0000-4000-8000-000000000003"
UNKNOWN_TENANT = "dddddddd-0000-4000-8000-000000000004"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""Monday, 10:30 in Amsterdam: office hours."""

POLICY = Policy(
    provider=Provider(
        name="Oxineo",
        address="Voorstraat 116, 3231 BK Brielle",
        email="info@oxineo.nl",
        phone="+31 85 808 6950",
        tenant_id=PROVIDER_TENANT,
    ),
    public_url="https://bot.example.org",
    link_key=b"k" * 32,
    receipt_key=TEST_KEY.encode(),
)

_activities = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody who uses Teams. `id` is 0 for people the product has not met."""

    id: int
    name: str
    tenant_id: str
    object_id: str
    locale: str = "nl-NL"

    def incoming(self, kind: IncomingKind, **values: Any) -> Incoming:
        """An activity of this person in the own chat."""
        return Incoming(
            **{
                "kind": kind,
                "activity_id": f"activity-{next(_activities)}",
                "tenant_id": self.tenant_id,
                "object_id": self.object_id,
                "user_id": f"29:{self.object_id}",
                "name": self.name,
                "conversation_id": f"a:{self.object_id}",
                "is_personal": True,
                "service_url": "https://smba.trafficmanager.net/emea/",
                "locale": self.locale,
                **values,
            }
        )


@dataclass(slots=True)
class World:
    """A customer with two contacts (Anna reads Dutch, Bram English), engineers, a manager, and others. `now` can be
    moved.
    """

    database: Database
    router: Router
    customer_id: int
    other_customer_id: int
    anna: Somebody
    bram: Somebody
    other: Somebody
    eva: Somebody
    finn: Somebody
    mia: Somebody
    stranger: Somebody
    outsider: Somebody
    now: datetime = NOW
    forms: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def form(self) -> str:
        """A form id nobody used yet."""
        return f"form-{next(self.forms):08d}"

    async def click(self, who: Somebody, click: Click, *, reply_to: str | None = "m1", **values: Any) -> Reply | None:
        """Click a button that carries `click`."""
        return await self.send(who, click.verb, click.data(), reply_to=reply_to, **values)

    async def send(
        self, who: Somebody, verb: str, inputs: Mapping[str, Any], *, reply_to: str | None = "m1", **values: Any
    ) -> Reply | None:
        """Send a raw payload, as a forged or old card would."""
        incoming = who.incoming(IncomingKind.ACTION, verb=verb, inputs=inputs, reply_to_id=reply_to, **values)
        return await self.router.handle(incoming, self.now)

    async def say(self, who: Somebody, text: str, *files: Attachment, **values: Any) -> Reply | None:
        """Type a message, with files if any."""
        incoming = who.incoming(IncomingKind.MESSAGE, text=text, attachments=files, **values)
        return await self.router.handle(incoming, self.now)

    async def happen(self, who: Somebody, kind: IncomingKind, **values: Any) -> Reply | None:
        """Anything else that happens in somebody's chat."""
        return await self.router.handle(who.incoming(kind, **values), self.now)

    async def waiting(self, who: Somebody | None = None) -> list[dict[str, Any]]:
        """The outbox rows that wait (for one person), oldest first: kind and payload."""
        query = (
            select(outbox.c.kind, outbox.c.payload, outbox.c.mailbox).where(outbox.c.state == 0).order_by(outbox.c.id)
        )
        rows = await self.database.read(lambda session: session.execute(query).all())
        return [{"kind": row.kind, **row.payload} for row in rows if who is None or row.mailbox == f"person:{who.id}"]


def json_of(reply: Reply | None) -> dict[str, Any]:
    """The card of a reply as a dictionary. Fails for a reply without a card."""
    assert reply is not None, "no reply"
    assert reply.card is not None, f"no card but: {reply.text}"
    found: dict[str, Any] = orjson.loads(reply.card.json)
    return found


def text_of(reply: Reply | None) -> str:
    """Everything that can be read in a reply, as one text; spaces that may not be broken are spaces."""
    assert reply is not None, "no reply"
    if reply.card is None:
        return reply.text or ""
    return "\n".join(_texts(orjson.loads(reply.card.json))).replace("\xa0", " ")


def _texts(node: Any) -> list[str]:
    if isinstance(node, list):
        return [found for item in node for found in _texts(item)]
    if not isinstance(node, dict):
        return []
    own = [str(node[key]) for key in ("text", "title", "value", "label") if isinstance(node.get(key), str)]
    return own + [found for key, value in node.items() if key not in ("data", "fallback") for found in _texts(value)]


def buttons_of(reply: Reply | None) -> dict[str, dict[str, Any]]:
    """The buttons of a card: title → action, also in unfolding parts."""
    found: dict[str, dict[str, Any]] = {}

    def look(node: Any) -> None:
        if isinstance(node, list):
            for item in node:
                look(item)
        elif isinstance(node, dict):
            if str(node.get("type", "")).startswith("Action."):
                found[node["title"]] = node
            for key, value in node.items():
                if key != "fallback":
                    look(value)

    look(json_of(reply))
    return found


async def make_world(database: Database, *, policy: Policy = POLICY, now: datetime = NOW) -> World:
    """A fresh database with everybody in it: contract and price list cover the year, access is consented."""
    anna = Somebody(0, "Anna de Vries", CUSTOMER_TENANT, "10000000-0000-4000-8000-000000000001")
    bram = Somebody(0, "Bram Bakker", CUSTOMER_TENANT, "10000000-0000-4000-8000-000000000002", "en-GB")
    other = Somebody(0, "Olga Other", OTHER_TENANT, "20000000-0000-4000-8000-000000000001", "en-US")
    eva = Somebody(0, "Eva Engineer", PROVIDER_TENANT, "30000000-0000-4000-8000-000000000001")
    finn = Somebody(0, "Finn Fixer", PROVIDER_TENANT, "30000000-0000-4000-8000-000000000002", "en-GB")
    mia = Somebody(0, "Mia Manager", PROVIDER_TENANT, "30000000-0000-4000-8000-000000000003")
    stranger = Somebody(0, "Steven Stranger", CUSTOMER_TENANT, "10000000-0000-4000-8000-000000000009")
    outsider = Somebody(0, "Otto Outside", UNKNOWN_TENANT, "40000000-0000-4000-8000-000000000001", "en-US")

    def fill(session: Any) -> tuple[int, int, dict[str, int]]:
        customer_id = contacts.add_customer(session, "Bakkerij Brood & Zo", CUSTOMER_TENANT, now)
        other_id = contacts.add_customer(session, "Other Company", OTHER_TENANT, now)
        ids = {}
        for one in (anna, bram, other, eva, finn, mia):
            language = Language.NL if one.locale.startswith("nl") else Language.EN
            ids[one.name] = people.add_person(
                session, tenant_id=one.tenant_id, object_id=one.object_id, name=one.name, language=language, now=now
            )
            standing = people.load_standings(session, [ids[one.name]])[ids[one.name]]
            chat = people.Chat(f"a:{one.object_id}", "https://smba.trafficmanager.net/emea/", f"29:{one.object_id}")
            people.keep_heard(session, standing, chat, one.name, now)
        for one, role in ((eva, Role.ENGINEER), (finn, Role.ENGINEER), (mia, Role.MANAGER)):
            people.set_staff_role(session, ids[one.name], role)
        for one, customer in ((anna, customer_id), (bram, customer_id), (other, other_id)):
            contacts.appoint(session, customer, ids[one.name], None, now)
        for number, customer in enumerate((customer_id, other_id), start=1):
            contracts.add_contract(
                session,
                customer,
                number=f"C-{number}",
                signed_at=None,
                starts_on=date(now.year, 1, 1),
                ends_on=date(now.year, 12, 31),
            )
            contracts.add_consent(
                session,
                customer,
                document="signed form of 5 January",
                recorded_by=None,
                valid_from=datetime(now.year, 1, 5, tzinfo=UTC),
                valid_until=None,
                now=now,
            )
        return customer_id, other_id, ids

    customer_id, other_id, ids = await database.write(fill)
    known = {one.name: replace(one, id=ids[one.name]) for one in (anna, bram, other, eva, finn, mia)}
    return World(
        database=database,
        router=Router(database, policy),
        customer_id=customer_id,
        other_customer_id=other_id,
        anna=known[anna.name],
        bram=known[bram.name],
        other=known[other.name],
        eva=known[eva.name],
        finn=known[finn.name],
        mia=known[mia.name],
        stranger=stranger,
        outsider=outsider,
        now=now,
    )
