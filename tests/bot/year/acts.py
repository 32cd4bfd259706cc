"""What people do on tickets, at random: every act is a click through the router, as Teams would send it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cards.clicks.costs import AddCost, RemoveCost
from cards.clicks.estimates import ApproveEstimate, DeclineEstimate, RecordDecision, SendEstimate, StopWork
from cards.clicks.hours import CorrectTime, LogTime, LogWhatFits
from cards.clicks.queue import ClaimTicket, MarkDuplicate, OpenPhoneTicket, ResolveTicket, WaiveMinimum
from cards.clicks.tickets import OpenTicket, ReopenTicket, WithdrawTicket
from contract.hours import OutsideHoursReason, Place
from storage import billing_tables as billing
from storage import tables
from tests.bot.year.company import Company, Life, Rows
from tests.bot.year.oracle import Books, grouped, here, length

REASONS = tuple(OutsideHoursReason)
OFFICE, LONGEST = range(9, 17), 95


async def open_ticket(life: Life, one: Company) -> None:
    """A contact writes, or phones; mostly an engineer picks it up at once."""
    words: dict[str, Any] = {"description": f"Problem at {life.now:%d %b %H:%M}", "subject": "Outlook"}
    if life.chance.random() < 0.1:
        phoned = OpenPhoneTicket(form_id=life.world.form(), customer=one.id, contact=one.contacts[0].id, **words)
        await life.world.click(life.engineer(), phoned)
    else:
        await life.world.click(life.chance.choice(one.contacts), OpenTicket(form_id=life.world.form(), **words))
    number = (await tickets_of(life, one) or [{"number": 0}])[-1]["number"]
    if number and life.chance.random() < 0.85:
        await life.world.click(life.engineer(), ClaimTicket(ticket=number))
    life.note("open")


async def tickets_of(life: Life, one: Company) -> Rows:
    """The customer's tickets."""
    return await life.company_rows(tables.tickets, tables.tickets.c.customer_id, one.id)


async def some_ticket(life: Life, one: Company) -> dict[str, Any] | None:
    """One of the customer's tickets, mostly one of the last."""
    found = await tickets_of(life, one)
    if not found:
        return None
    approved = [ticket for ticket in found if ticket["approved_minutes"]]
    if approved and life.chance.random() < 0.4:
        return life.chance.choice(approved[-3:])
    return life.chance.choice(found[-4:] if life.chance.random() < 0.8 else found)


async def claim(life: Life, one: Company) -> None:
    """Somebody picks up what nobody has."""
    new = [ticket for ticket in await tickets_of(life, one) if ticket["state"] == "new"]
    if new:
        await life.world.click(life.engineer(), ClaimTicket(ticket=new[0]["number"]))


def _begin(life: Life, ticket: dict[str, Any]) -> datetime:
    """When work began: a moment ago, days ago, or in the month before."""
    hours = life.chance.choice([1, 2, 5, 20, 60, 300, 900])
    created: datetime = ticket["created_at"]
    return max(created, life.now - timedelta(minutes=life.chance.randrange(1, hours * 60)))


async def log(life: Life, one: Company) -> None:
    """Time is logged, also too much of it, at night, on site, not billable, at the engineer's own choice."""
    ticket = await some_ticket(life, one)
    if ticket is None:
        return
    number = ticket["number"]
    minutes = life.chance.choice([life.chance.randrange(1, 16), life.chance.randrange(1, LONGEST)])
    begin = here(_begin(life, ticket))
    if begin.hour not in OFFICE and life.chance.random() < 0.5:
        begin = begin.replace(hour=life.chance.choice(OFFICE))
    if life.chance.random() < 0.8:
        begin = here(min(max(begin, ticket["created_at"]), life.now - timedelta(minutes=minutes)))
    fields: dict[str, Any] = {
        "worked_on": begin.date(),
        "begin": begin.time().replace(second=0, microsecond=0),
        "worked_minutes": minutes,
        "work": "Looked into it",
        "billable": life.chance.random() < 0.85,
        "outside_hours_reason": life.chance.choice(REASONS),
    }
    if one.items and life.chance.random() < 0.3:
        fields["place"] = Place.ON_SITE
    what = LogWhatFits if life.chance.random() < 0.2 else LogTime
    before = await life.company_rows(tables.work_entries, tables.work_entries.c.ticket_number, number)
    await life.world.click(life.engineer(), what(form_id=life.world.form(), ticket=number, **fields))
    after = await life.company_rows(tables.work_entries, tables.work_entries.c.ticket_number, number)
    life.note("log" if len(after) > len(before) else "refused log")
    if what is LogTime and fields["billable"]:
        logged = sum(length(row) for row in _standing(before) if row["is_billable"])
        if logged + minutes > ticket["granted_minutes"]:
            assert len(after) == len(before), "logged over the limit"
            life.note("over the limit")


def _standing(rows: Rows) -> Rows:
    corrected = {row["corrects_id"] for row in rows}
    return [row for row in rows if row["id"] not in corrected]


async def correct(life: Life, one: Company) -> None:
    """An entry is made shorter, longer, moved, made not billable or billable, or taken away."""
    ticket = await some_ticket(life, one)
    if ticket is None:
        return
    number = ticket["number"]
    entries = _standing(await life.company_rows(tables.work_entries, tables.work_entries.c.ticket_number, number))
    entries = [row for row in entries if length(row)]
    if not entries:
        return
    entry = life.chance.choice(entries)
    begin = here(entry["started_at"])
    if life.chance.random() < 0.3:
        begin += timedelta(minutes=life.chance.randrange(-600, 600))
    changed = CorrectTime(
        form_id=life.world.form(),
        ticket=number,
        entry=entry["id"],
        worked_on=begin.date(),
        begin=begin.time().replace(second=0, microsecond=0),
        worked_minutes=life.chance.choice([0, length(entry), life.chance.randrange(1, LONGEST)]),
        work="Corrected",
        billable=life.chance.random() < 0.8,
        place=Place(entry["place"]),
        outside_hours_reason=life.chance.choice(REASONS),
        why="It was otherwise",
    )
    await life.world.click(life.engineer(), changed)
    life.note("correct")


async def resolve(life: Life, one: Company) -> None:
    """A ticket is resolved, or withdrawn by the customer."""
    ticket = await some_ticket(life, one)
    if ticket is None or ticket["state"] in ("closed", "new"):
        return
    if life.chance.random() < 0.2:
        withdrawn = WithdrawTicket(form_id=life.world.form(), ticket=ticket["number"], reason="Works again")
        await life.world.click(one.contacts[0], withdrawn)
    else:
        done = ResolveTicket(form_id=life.world.form(), ticket=ticket["number"], summary="Done")
        await life.world.click(life.engineer(), done)
    life.note("close")


async def reopen(life: Life, one: Company) -> None:
    """A closed ticket, or a duplicate that was none, is opened again."""
    closed = [ticket for ticket in await tickets_of(life, one) if ticket["state"] == "closed"]
    if closed:
        number = life.chance.choice(closed[-5:])["number"]
        who = life.chance.choice([*one.contacts, life.engineer()])
        await life.world.click(who, ReopenTicket(form_id=life.world.form(), ticket=number, text="Again"))
        life.note("reopen")


async def duplicate(life: Life, one: Company) -> None:
    """A ticket is marked as a duplicate of another."""
    found = await tickets_of(life, one)
    if len(found) > 1:
        number, other = (row["number"] for row in life.chance.sample(found[-6:], 2))
        marked = MarkDuplicate(form_id=life.world.form(), ticket=number, duplicate_of=other)
        await life.world.click(life.engineer(), marked)
        life.note("duplicate")


async def waive(life: Life, one: Company) -> None:
    """The minimum is not charged."""
    ticket = await some_ticket(life, one)
    if ticket is not None:
        waived = WaiveMinimum(form_id=life.world.form(), ticket=ticket["number"], reason="Our own mistake")
        await life.world.click(life.engineer(), waived)
        life.note("waive")


async def estimate(life: Life, one: Company) -> None:
    """More time is asked for; mostly somebody decides at once, by click or by phone."""
    found = [ticket for ticket in await tickets_of(life, one) if ticket["state"] not in ("closed", "new")]
    if not found:
        return
    number = max(found, key=lambda row: (life.chance.random() < 0.5, row["number"]))["number"]
    offered = SendEstimate(
        form_id=life.world.form(), ticket=number, minutes=life.chance.choice([15, 30, 60, 100, 300]), what="Rebuild it"
    )
    await life.world.click(life.engineer(), offered)
    life.note("estimate")
    if life.chance.random() < 0.6:
        life.world.now += timedelta(minutes=1)
        await decide(life, one)


async def decide(life: Life, one: Company) -> None:
    """Open estimates are decided."""
    numbers = {ticket["number"] for ticket in await tickets_of(life, one)}
    for row in await life.rows(tables.estimates):
        if row["ticket_number"] not in numbers or row["state"] != "open":
            continue
        contact = life.chance.choice(one.contacts)
        named = {"estimate": row["id"], "revision": row["revision"]}
        how = life.chance.random()
        if how < 0.6:
            await life.world.click(contact, ApproveEstimate(**named, minutes=row["minutes"]))
        elif how < 0.75:
            await life.world.click(contact, DeclineEstimate(**named))
        else:
            word = RecordDecision(form_id=life.world.form(), **named, contact=contact.id, verdict="approved")
            await life.world.click(life.engineer(), word)
        life.note("decide")


async def stop(life: Life, one: Company) -> None:
    """A contact stops what was approved."""
    ticket = await some_ticket(life, one)
    if ticket is not None and ticket["approved_minutes"]:
        await life.world.click(life.chance.choice(one.contacts), StopWork(ticket=ticket["number"]))
        life.note("stop")


async def cost(life: Life, one: Company) -> None:
    """Travel or parking is charged, or taken away."""
    ticket = await some_ticket(life, one)
    if ticket is None or not one.items:
        return
    if life.chance.random() < 0.35:
        found = await life.company_rows(billing.costs, billing.costs.c.ticket_number, ticket["number"])
        if standing := [row for row in found if row["removed_at"] is None]:
            gone = RemoveCost(ticket=ticket["number"], cost=life.chance.choice(standing)["id"])
            await life.world.click(life.engineer(), gone)
            life.note("cost removed")
        return
    day = here(_begin(life, ticket)).date()
    added = AddCost(
        form_id=life.world.form(),
        ticket=ticket["number"],
        item=life.chance.choice(one.items),
        quantity=life.chance.randrange(1, 4),
        happened_on=day,
    )
    await life.world.click(life.engineer(), added)
    life.note("cost")


async def books(life: Life) -> Books:
    """Everything the oracle counts from."""
    items = {row["id"]: row for row in await life.rows(billing.addendum_items)}
    costs = await life.rows(billing.costs)
    for row in costs:
        row |= {name: items[row["item_id"]][name] for name in ("what", "price_cents")}
    return Books(
        tickets={row["number"]: row for row in await life.rows(tables.tickets)},
        entries=grouped(await life.rows(tables.work_entries), "ticket_number"),
        events=grouped(await life.rows(tables.ticket_events), "ticket_number"),
        costs=grouped(costs, "ticket_number"),
        estimates=grouped(await life.rows(tables.estimates), "ticket_number"),
        prices=grouped(await life.rows(tables.price_lists), "customer_id"),
        contracts=grouped(await life.rows(tables.contracts), "customer_id"),
    )
