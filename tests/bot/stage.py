"""Two customers with everything a payload can name, and all kinds of people who try: for who may what, and fuzzing."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Table, func, insert, select

from bot.wire import IncomingKind, Reply
from bot.words import Edited, Installed, Typed, Uninstalled
from cards.clicks.base import Click
from cards.clicks.estimates import SendEstimate
from cards.clicks.hours import LogTime
from cards.clicks.people import RemoveContact
from cards.clicks.queue import ClaimTicket
from cards.clicks.tickets import OpenTicket
from contract.people import Language
from storage import access_tables, billing_tables, contact_searches, contacts, people, tables
from storage.database import Database
from tests.bot.charged import charged_cost
from tests.bot.consented import things
from tests.bot.invoiced import asked_question, issued_invoice
from tests.bot.people import OTHER_TENANT, POLICY, Somebody, World, make_world
from tests.bot.permitted import ROWS, id_fields

OURS, THEIRS = "krentenbol-geheim", "schroefdop-secret"
"""A word in everything that the first and the second customer wrote, and in nothing else."""
BOOKKEEPING = {"people", "knocks"}
"""What is kept of anybody who writes: that they were heard, and that they knocked."""

_forms = itertools.count(1)


@dataclass(slots=True)
class Stage:
    """The world, the ids of each customer's things by the field that names them, and more people."""

    world: World
    ours: dict[str, int]
    theirs: dict[str, int]
    removed: Somebody

    async def act(
        self, who: Somebody, what: type, ids: Mapping[str, int], *, form: str | None = None, **values: Any
    ) -> Reply | None:
        """Let somebody do one thing, with ids of a customer."""
        if not issubclass(what, Click):
            return await self._happen(who, what)
        inputs: dict[str, Any] = {**ROWS[what].values, **{name: ids[name] for name in id_fields(what)}, **values}
        if "form_id" in what.model_fields:
            inputs["form_id"] = form or f"stage-{next(_forms):08}"
        if "engineer" in what.model_fields:
            inputs["engineer"] = self.world.finn.id
        return await self.world.send(who, what.verb, inputs, reply_to=f"card-of-{who.object_id[-4:]}")

    async def _happen(self, who: Somebody, what: type) -> Reply | None:
        if what is Typed:
            return await self.world.say(who, "de printer doet het niet", activity_id="typed-on-the-stage")
        kinds = {
            Installed: IncomingKind.INSTALLED,
            Uninstalled: IncomingKind.UNINSTALLED,
            Edited: IncomingKind.EDITED,
        }
        return await self.world.happen(who, kinds[what], text="changed", activity_id="activity-1")

    async def business(self) -> dict[str, list[Any]]:
        """Every row of the business, by table."""
        wanted = {
            name: table
            for name, table in {**vars(access_tables), **vars(billing_tables), **vars(tables)}.items()
            if isinstance(table, Table) and name not in BOOKKEEPING
        }

        def read(session: Any) -> dict[str, list[Any]]:
            return {name: sorted(map(repr, session.execute(select(table)).all())) for name, table in wanted.items()}

        return await self.world.database.read(read)


async def make_stage(database: Database) -> Stage:
    """Each customer has a ticket with hours, a file and an open estimate; somebody knocked; Bram was removed."""
    world = await make_world(database)
    neighbour = Somebody(0, "Nora Neighbour", OTHER_TENANT, "20000000-0000-4000-8000-000000000008")
    spare = Somebody(0, "Carla Colleague", world.anna.tenant_id, "10000000-0000-4000-8000-000000000003")
    ours = await _things(world, world.anna, OURS, world.customer_id)
    theirs = await _things(world, world.other, THEIRS, world.other_customer_id)
    for who, ids in ((world.stranger, ours), (neighbour, theirs)):
        await world.say(who, "hello")
        ids["knock"] = await database.read(partial(_knock, who=who))
    removal = RemoveContact(form_id=world.form(), customer=world.customer_id, contact=world.bram.id)
    await world.click(world.mia, removal)
    ours["contact"] = await database.write(lambda session: _appoint(session, world.customer_id, spare, world))
    theirs["contact"] = await database.write(
        lambda session: _appoint(session, world.other_customer_id, replace(spare, tenant_id=OTHER_TENANT), world)
    )
    return Stage(world, ours, theirs, removed=world.bram)


async def _things(world: World, contact: Somebody, word: str, customer_id: int) -> dict[str, int]:
    await world.click(contact, OpenTicket(form_id=world.form(), description=f"{word} description", subject=word))
    number = await world.database.read(lambda session: _newest(session, tables.tickets.c.number))
    await world.click(world.eva, ClaimTicket(ticket=number))
    world.now += timedelta(minutes=30)
    # The end of the work is now, and the next ticket's work begins after it.
    await world.click(world.eva, LogTime(form_id=world.form(), ticket=number, worked_minutes=20, work=f"{word} work"))
    await world.click(world.eva, SendEstimate(form_id=world.form(), ticket=number, minutes=60, what=f"{word} estimate"))

    def rest(session: Any) -> dict[str, int]:
        session.execute(
            insert(tables.files).values(
                ticket_number=number,
                customer_id=customer_id,
                person_id=contact.id,
                name=f"{word}.png",
                content_type="image/png",
                state="failed",
                failure="no_answer",
                created_at=world.now,
                activity_id=f"file-{number}",
                position=0,
                is_internal=False,
            )
        )
        item, cost = charged_cost(session, customer_id, number, f"{word} travel", engineer=world.eva, now=world.now)
        invoice = issued_invoice(session, customer_id, number, world.now)
        consent = things(session, POLICY, customer_id, word, world.now, by=world.mia.id)
        return {
            **consent,
            "item": item,
            "cost": cost,
            "invoice": invoice.id,
            "line": invoice.lines[0].id,
            "question": asked_question(session, invoice, contact, f"{word} question", world.now),
            "customer": customer_id,
            "search": contact_searches.add_search(
                session,
                customer_id,
                email=f"{word}@proposed.example",
                state=contact_searches.SearchState.PROPOSED,
                now=world.now,
                asked_by=contact.id,
            ),
            "contract": session.scalar(
                select(tables.contracts.c.id).where(tables.contracts.c.customer_id == customer_id)
            ),
            "ticket": number,
            "file": _newest(session, tables.files.c.id),
            "entry": _newest(session, tables.work_entries.c.id),
            "estimate": _newest(session, tables.estimates.c.id),
        }

    found: dict[str, int] = await world.database.write(rest)
    return {**found, "duplicate_of": number, "follow_up_of": number}


def _newest(session: Any, key: Any) -> int:
    found: int | None = session.scalar(select(func.max(key)))
    assert found is not None
    return found


def _knock(session: Any, who: Somebody) -> int:
    standing = people.find_standing(session, who.tenant_id, who.object_id)
    assert standing is not None
    found = contacts.find_knock(session, standing.person.id)
    assert found is not None
    return found


def _appoint(session: Any, customer_id: int, who: Somebody, world: World) -> int:
    person_id = people.add_person(
        session,
        tenant_id=who.tenant_id,
        object_id=who.object_id,
        name=who.name,
        language=Language.NL,
        now=world.now,
    )
    contacts.appoint(session, customer_id, person_id, None, world.now)
    return person_id
