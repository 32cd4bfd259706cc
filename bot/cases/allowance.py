"""Section `allowance`: what may be logged on a ticket, event by event (R4, R18, R26, D12-D15, D23-D25, D30).

Each event happens a minute after the one before it, or `at` its instant. Work that is logged begins at that instant and
is done by an engineer of its own, so that nobody is in two places at once; `on_site` work needs its `addendum`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.cases.comparing import Difference, compare, unknown_keys
from bot.cases.customer import FIRST_TICKET, Customer, Work
from bot.cases.reading import Given
from contract.errors import Refusal
from contract.hours import Place
from contract.local_time import AMSTERDAM
from contract.people import Role
from contract.prices import PriceBook

_FIRST = datetime(2026, 11, 23, 10, tzinfo=AMSTERDAM).astimezone(UTC)
"""When a case begins that names no instant: a Monday morning."""

_TICK = timedelta(minutes=1)

_KEYS = ("do", "id", "minutes", "by", "who", "at", "billable", "entry", "ticket", "on_site", "addendum")


class Act(StrEnum):
    """What can happen in a case."""

    LOG = "log"
    CORRECT = "correct"
    ESTIMATE = "estimate"
    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    STOP = "stop"
    CLOSE = "close"
    REOPEN = "reopen"
    ADD_CONTACT = "add_contact"
    REMOVE_CONTACT = "remove_contact"


def allowance_differences(case: Given, prices: PriceBook) -> Iterator[Difference]:
    """Compare, for every event, whether it was allowed, what is left on its ticket, and the form of an estimate."""
    yield from unknown_keys(case, "id", "contacts", "events", "expected")
    events, expected = case.field("events").items(), case.field("expected").items()
    for event in events:
        yield from unknown_keys(event, *_KEYS)
    instants = _instants(events)
    contacts = [one.text() for one in case.field("contacts").items()]
    customer = Customer(contacts, prices, opened_at=min(instants, default=_FIRST) - _TICK)
    for count, (event, at) in enumerate(zip(events, instants, strict=True)):
        act = event.field("do").choice(Act)
        name = _ticket(customer, event)
        found: dict[str, Any] = {"ok": True, "instrument": None}
        try:
            found |= _happen(customer, act, event, name, at)
        except Refusal:
            found["ok"] = False
        found["remaining"] = customer.allowance(name).remaining_minutes
        if count < len(expected):
            yield from compare(expected[count], found, f"event {count + 1} ({act})")
    if len(expected) != len(events):
        yield Difference("expected", f"{len(expected)} results", f"{len(events)} events")


def _instants(events: list[Given]) -> list[datetime]:
    """When each event happens: `at`, else a minute after the one before; the first ones count back from a given one."""
    given = [at.instant().astimezone(UTC) if (at := event.maybe("at")) is not None else None for event in events]
    known = next(((count, at) for count, at in enumerate(given) if at is not None), None)
    before = (_FIRST if known is None else known[1] - known[0] * _TICK) - _TICK
    found: list[datetime] = []
    for instant in given:
        before = before + _TICK if instant is None else instant
        found.append(before)
    return found


def _ticket(customer: Customer, event: Given) -> str:
    """The ticket that an event is about: the one it names, else that of its entry or estimate, else the first."""
    if (ticket := event.maybe("ticket")) is not None:
        return ticket.text()
    entry, estimate = event.maybe("entry"), event.maybe("id")
    found = customer.ticket_of_entry(entry.text()) if entry is not None else None
    if found is None and estimate is not None:
        found = customer.ticket_of_estimate(estimate.text())
    return found or FIRST_TICKET


def _happen(customer: Customer, act: Act, event: Given, ticket: str, at: datetime) -> dict[str, Any]:
    """Let it happen; returns what there is to say beside whether it was allowed. Raises a Refusal."""
    by = _text(event, "by")
    match act:
        case Act.LOG:
            event.field("minutes")
            customer.log(ticket, _work(event), at, by=by, entry=_text(event, "entry"))
        case Act.CORRECT:
            customer.correct(ticket, _work(event), at, by=by, entry=event.field("entry").text())
        case Act.ESTIMATE:
            minutes, estimate = event.field("minutes").whole(), _text(event, "id")
            return {"instrument": customer.offer(ticket, minutes, at, by=by, estimate=estimate).value}
        case Act.APPROVE | Act.DECLINE:
            customer.decide(
                event.field("id").text(),
                at,
                by=by,
                approve=act is Act.APPROVE,
                minutes=_whole(event, "minutes"),
            )
        case Act.WITHDRAW if event.maybe("id") is None and customer.role(by) is not Role.ENGINEER:
            customer.close(ticket, at, by=by)
        case Act.WITHDRAW:
            customer.withdraw(event.field("id").text(), at, by=by)
        case Act.STOP:
            customer.stop(ticket, at, by=event.field("by").text())
        case Act.CLOSE:
            customer.close(ticket, at, by=by)
        case Act.REOPEN:
            customer.reopen(ticket, at, by=by)
        case Act.ADD_CONTACT:
            customer.appoint(event.field("who").text())
        case Act.REMOVE_CONTACT:
            customer.remove(event.field("who").text())
    return {}


def _work(event: Given) -> Work:
    return Work(
        minutes=_whole(event, "minutes"),
        is_billable=_yes(event, "billable"),
        place={None: None, True: Place.ON_SITE, False: Place.REMOTE}[_yes(event, "on_site")],
        has_addendum=_yes(event, "addendum"),
    )


def _text(event: Given, name: str) -> str | None:
    found = event.maybe(name)
    return None if found is None else found.text()


def _whole(event: Given, name: str) -> int | None:
    found = event.maybe(name)
    return None if found is None else found.whole()


def _yes(event: Given, name: str) -> bool | None:
    found = event.maybe(name)
    return None if found is None else found.yes()
