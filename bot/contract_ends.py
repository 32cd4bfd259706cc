"""What happens to the tickets of a customer whose contract is over (D17, D28).

Every midnight, local time, and at once after a night without power: whoever had a contract, has none today and has
tickets open. They are closed as "contract ended" as of the first instant without a contract, open estimates are
withdrawn, both contacts read it in one message, and whoever worked on them hears a line. What a running timer measured
stays, to be logged: work that began before the end can be (D9, D23).

The customer's row is held while it is decided, as it is for a signature. A renewal without a gap that was signed in
time but kept a moment later takes the closing back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements
from bot.announcements import ticket_subject
from bot.estimates import withdraw_open_estimate
from bot.pickups import drop_pickup
from bot.remote_sessions import ticket_closed
from bot.renewal_cards import follow_renewals
from bot.timer import running_on
from bot.turn import Policy
from cards.components import Card
from cards.contract_ends import ContractEnded, contract_ended_card
from contract import life_cycle
from contract.contracts import Contract, covering
from contract.errors import ReopenTooLate
from contract.events import EventKind, TicketEvent
from contract.local_time import DAY, at_local, day_start, local
from contract.people import Role
from contract.renewals import renewing
from storage import outbox, timers
from storage.contacts import contact_ids, load_customer
from storage.contracts import load_contract, load_contracts
from storage.customers import open_ticket_numbers
from storage.errors import NotFound
from storage.people import Standing
from storage.renewals import customers_to_close, numbers_ended_since, tickets_ended_at
from storage.tickets import add_event, load_ticket, save_ticket

FIND_ENDED, CLOSE_ENDED = "find_ended_contracts", "close_with_contract"
CHUNK = 200


def next_midnight(after: datetime) -> datetime:
    """The next local midnight: contracts begin and end there."""
    return at_local(local(after).date() + DAY, time())


def look_for_ended(session: Session, slot: datetime, now: datetime) -> None:
    """Begin to look for customers without a contract; of several missed nights the last one finds them all."""
    if next_midnight(slot) > now:
        _look(session, local(slot).date(), 0, now)


def _look(session: Session, day: date, after: int, now: datetime) -> None:
    payload = {"day": day.isoformat(), "after": after}
    timers.arm(session, f"{FIND_ENDED}:{day}:{after}", now, FIND_ENDED, payload)


def find_ended(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Give the next customers a timer of their own, so that one that fails keeps no other waiting."""
    day = date.fromisoformat(payload["day"])
    found = customers_to_close(session, day, after=payload["after"], limit=CHUNK)
    for customer_id in found:
        _arm_close(session, customer_id, day, now)
    if len(found) == CHUNK:
        _look(session, day, found[-1], now)


def close_ended(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Close the open tickets of a customer that has no contract on the day, unless one was signed meanwhile (D28)."""
    customer = load_customer(session, payload["customer"], lock=True)
    day = date.fromisoformat(payload["day"])
    contracts = load_contracts(session, customer.id)
    ended = [one for one in contracts if one.starts_on <= one.ends_on < day]
    if covering(contracts, day) is not None or not ended:
        return
    last = max(ended, key=lambda one: one.ends_on)
    numbers = open_ticket_numbers(session, customer.id)
    for number in numbers:
        _close(session, number, last, now)
    if numbers:
        for person_id in contact_ids(session, customer.id):
            key = f"{outbox.ONCE}contract_ended:{last.id}:{last.ends_on}:{person_id}"
            announcements.show(session, person_id, "contract_ended", {"contract_ended": last.id}, now, key=key)


def _close(session: Session, number: int, contract: Contract, now: datetime) -> None:
    ticket = load_ticket(session, number, lock=True)
    if not ticket.is_open:
        return
    closed_at = max(day_start(contract.ends_on + DAY), ticket.created_at)
    closed = life_cycle.close_contract_ended(ticket, closed_at)
    withdraw_open_estimate(session, closed, now)
    drop_pickup(session, number)
    ticket_closed(session, number, now)
    save_ticket(session, closed)
    happened = add_event(session, _event(number, EventKind.TICKET_ENDED_WITH_CONTRACT, contract, now))
    announcements.follow(session, ticket_subject(number), now)
    # The contacts read all tickets in one message; whoever works on this one hears of it.
    for person_id in sorted({*running_on(session, closed), *([closed.engineer_id] if closed.engineer_id else [])}):
        announcements.tell(session, person_id, happened.id, now)


def _event(number: int, kind: EventKind, contract: Contract, now: datetime) -> TicketEvent:
    details = {"contract": contract.number}
    return TicketEvent(id=0, ticket_number=number, at=now, kind=kind, actor_id=None, actor_name="", details=details)


def contracts_changed(session: Session, customer_id: int, now: datetime) -> None:
    """A contract was signed or cancelled, the customer's row is held: tickets, and the cards of renewals, follow."""
    reopen_what_goes_on(session, customer_id, now)
    follow_renewals(session, customer_id, now)
    today = local(now).date()
    if customer_id in customers_to_close(session, today, after=customer_id - 1, limit=1):
        # The cancellation came to be known after the day on which it took effect.
        _arm_close(session, customer_id, today, now)


def _arm_close(session: Session, customer_id: int, day: date, now: datetime) -> None:
    payload = {"customer": customer_id, "day": day.isoformat()}
    timers.arm(session, f"{CLOSE_ENDED}:{customer_id}", now, CLOSE_ENDED, payload)


def reopen_what_goes_on(session: Session, customer_id: int, now: datetime) -> None:
    """A contract was kept that follows without a gap: tickets that were closed for want of it go on (D17, D28).

    The customer's row is held by the caller. What was closed too long ago to be reopened stays closed (D30).
    """
    contracts = load_contracts(session, customer_id)
    for before in contracts:
        after = renewing(before, contracts)
        if after is None or after.starts_on != before.ends_on + DAY:
            continue
        for number in numbers_ended_since(session, customer_id, day_start(after.starts_on)):
            _reopen(session, number, after, now)


def _reopen(session: Session, number: int, contract: Contract, now: datetime) -> None:
    ticket = load_ticket(session, number, lock=True)
    if ticket.closed_at is None or not contract.starts_on <= local(ticket.closed_at).date() <= contract.ends_on:
        return
    try:
        save_ticket(session, life_cycle.reopen(ticket, now))
    except ReopenTooLate:
        return
    happened = add_event(session, _event(number, EventKind.TICKET_REOPENED, contract, now))
    announcements.ticket_changed(session, load_ticket(session, number), happened, now)


def contract_ended_view(
    session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy
) -> Card:
    """That the contract is over and which tickets were closed with it. Raises NotFound for who is no contact of it."""
    contract = load_contract(session, args["contract_ended"])
    if reader.role is not Role.CONTACT or reader.customer is None or reader.customer.id != contract.customer_id:
        raise NotFound("contract", contract.id)
    closed = tickets_ended_at(session, reader.customer.id, day_start(contract.ends_on + DAY))
    found = ContractEnded(
        number=contract.number,
        ended_on=contract.ends_on,
        tickets=tuple((one.number, one.subject) for one in closed),
        phone=policy.provider.phone,
    )
    return contract_ended_card(found, reader.person.language)
