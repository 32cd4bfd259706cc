"""Deciding about an estimate, and stopping further work (R18, R19, D13, D15).

A decision holds the ticket's row and then the estimate's, so that of two people who click at the same instant one is
first. The first decision stands; whoever comes later gets the card as it is. What is kept with a decision is the digest
of the card that the clicker had, made again from the frozen offer in the language the card was in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements, timer
from bot.announcements import estimate_subject
from bot.estimate_deadlines import drop_deadlines
from bot.receipts import keep_receipt
from bot.tickets import allowance_of, check_visible, event, keep_event, ticket_view, visible_ticket
from bot.turn import Answer, Policy, Turn
from cards.clicks.estimates import ApproveEstimate, DeclineEstimate, ShowEstimate, StopWork
from cards.components import Card
from cards.estimates import EstimateSheet, estimate_card
from cards.refusals import refusal_text
from contract import life_cycle
from contract.errors import AlreadyDecided, EstimateRefusal, NothingToStop, Superseded
from contract.estimates import Estimate, EstimateState, at_most_cents, decide, expire, shown_digest, withdraw
from contract.events import EventKind, TicketEvent
from contract.moves import Move, moves
from contract.people import Customer, Language, Person, Role
from contract.receipts import ReceiptKind
from contract.tickets import Ticket
from storage.contacts import contact_ids, load_customer
from storage.estimates import find_stop, latest_estimate, load_estimate, load_estimates, save_estimate
from storage.people import Standing
from storage.posted_cards import readers_of
from storage.tickets import add_event, load_ticket, names_of, save_ticket

_LIVE = frozenset({EstimateState.OPEN, EstimateState.APPROVED})
"""Estimates whose cards say something about the allowance."""


def estimate_sheet(session: Session, reader: Standing, estimate_id: int, now: datetime) -> EstimateSheet:
    """Everything the card of an estimate shows to this reader. Raises NotFound for one that is not theirs to see."""
    estimate = load_estimate(session, estimate_id)
    return _sheet(session, reader, estimate, load_ticket(session, estimate.ticket_number), now)


def _sheet(session: Session, reader: Standing, estimate: Estimate, ticket: Ticket, now: datetime) -> EstimateSheet:
    """The same for an estimate and its ticket that are loaded already."""
    estimate = expire(estimate, now)
    check_visible(ticket, reader)
    allowance = allowance_of(session, ticket)
    allowed = moves(ticket, reader.role, reader.person.id, now, logged_minutes=allowance.logged_minutes)
    approved = estimate.state is EstimateState.APPROVED
    stop = find_stop(session, ticket.number, estimate.decided_at) if approved and estimate.decided_at else None
    # An open one is the newest: whatever follows it supersedes it.
    latest = latest_estimate(session, ticket.number) if estimate.state is not EstimateState.OPEN else None
    names = names_of(session, [estimate.created_by, estimate.decided_by, estimate.recorded_by])
    return EstimateSheet(
        estimate=estimate,
        subject=ticket.subject,
        customer_name=reader.customer.name if reader.customer else load_customer(session, ticket.customer_id).name,
        created_by=names[estimate.created_by],
        allowance=allowance,
        decided_by=names.get(estimate.decided_by or 0),
        recorded_by=names.get(estimate.recorded_by or 0),
        newer=latest if latest is not None and latest.revision > estimate.revision else None,
        stopped_by=stop.actor_name if stop else None,
        stopped_at=stop.at if stop else None,
        can_stop=approved and stop is None and Move.STOP_WORK in allowed and reader.role is Role.CONTACT,
        can_offer=Move.ESTIMATE in allowed,
    )


def estimate_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """The card of an estimate as it was offered, for delivery. Raises NotFound where the reader may not see it."""
    sheet = estimate_sheet(session, reader, args["estimate"], now)
    return estimate_card(sheet, reader.person.language, is_staff=reader.role.is_staff)


def estimate_answer(turn: Turn, estimate_id: int, notice: str = "") -> Card:
    """The card of an estimate for the caller, as it is now."""
    sheet = estimate_sheet(turn.session, turn.caller, estimate_id, turn.now)
    return estimate_card(sheet, turn.language, is_staff=turn.role.is_staff, notice=notice)


def estimate_after_refusal(turn: Turn, error: EstimateRefusal, text: str) -> Answer:
    """The card that answers a decision which could not be taken: as it is now, the newer one where there is one.

    Who decided and clicks again simply sees the decided card.
    """
    refused = load_estimate(turn.session, error.estimate.id)
    if isinstance(error, Superseded):
        latest = latest_estimate(turn.session, refused.ticket_number)
        return estimate_answer(turn, latest.id if latest else refused.id, text)
    if isinstance(error, AlreadyDecided) and refused.decided_by == turn.person.id:
        return estimate_answer(turn, refused.id)
    return estimate_answer(turn, refused.id, text)


def show_estimate(turn: Turn, click: ShowEstimate) -> Answer:
    """Show an estimate in the place of the clicked card."""
    return estimate_answer(turn, click.estimate)


def approve_estimate(turn: Turn, click: ApproveEstimate) -> Answer:
    """Approve: the ticket's allowance grows by exactly the minutes of the card. Raises an EstimateRefusal."""
    ticket, estimate = locked(turn, click.estimate)
    decided = decide(
        estimate,
        revision=click.revision,
        minutes=click.minutes,
        approve=True,
        by=turn.person.id,
        is_contact=turn.role is Role.CONTACT,
        now=turn.now,
    )
    return _decided(turn, ticket, estimate, decided, click.language)


def decline_estimate(turn: Turn, click: DeclineEstimate) -> Answer:
    """Decline, with a reason or without. Raises an EstimateRefusal."""
    ticket, estimate = locked(turn, click.estimate)
    decided = decide(
        estimate,
        revision=click.revision,
        approve=False,
        by=turn.person.id,
        is_contact=turn.role is Role.CONTACT,
        now=turn.now,
        reason=click.reason,
    )
    return _decided(turn, ticket, estimate, decided, click.language)


def _decided(turn: Turn, ticket: Ticket, offered: Estimate, decided: Estimate, language: Language | None) -> Card:
    """Keep the caller's decision; the card right after it. Nobody can have stopped the work or offered more since."""
    ticket, sheet = keep_decision(turn, ticket, offered, decided, by=turn.person, language=language or turn.language)
    allowance = replace(sheet.allowance, granted_minutes=ticket.granted_minutes)
    allowed = moves(ticket, turn.role, turn.person.id, turn.now, logged_minutes=allowance.logged_minutes)
    after = replace(
        sheet,
        estimate=decided,
        allowance=allowance,
        decided_by=turn.person.name,
        can_stop=decided.state is EstimateState.APPROVED and Move.STOP_WORK in allowed,
        can_offer=Move.ESTIMATE in allowed,
    )
    return estimate_card(after, turn.language, is_staff=False)


def locked(turn: Turn, estimate_id: int) -> tuple[Ticket, Estimate]:
    """Ticket and estimate, both held until the transaction ends, in the order in which everybody takes them."""
    number = load_estimate(turn.session, estimate_id).ticket_number
    ticket = visible_ticket(turn, number, lock=True)
    return ticket, load_estimate(turn.session, estimate_id, lock=True)


def keep_decision(
    turn: Turn, ticket: Ticket, offered: Estimate, decided: Estimate, *, by: Person, language: Language
) -> tuple[Ticket, EstimateSheet]:
    """Keep a decision with what was shown, let an approval take effect, and tell everybody.

    Returns the ticket as it is then, and what the card showed before.

    `offered` is the estimate as it was loaded. `by` is the contact, also where the caller is an engineer who records
    what was said by phone (D15); the caller is the one who need not be told.
    """
    approved, before_minutes = decided.state is EstimateState.APPROVED, ticket.granted_minutes
    # As the contact had it: still open.
    sheet = _sheet(turn.session, turn.caller, offered, ticket, turn.now)
    digest = shown_digest(decided, estimate_card(sheet, language, is_staff=False).json.decode())
    save_estimate(turn.session, decided, shown_digest=digest)
    drop_deadlines(turn.session, decided.id)
    if approved:
        ticket = life_cycle.grant(ticket, decided.minutes)
        save_ticket(turn.session, ticket)
        timer.allowance_changed(turn.session, ticket, turn.now)
    happened = event(
        turn,
        ticket,
        EventKind.ESTIMATE_APPROVED if approved else EventKind.ESTIMATE_DECLINED,
        decided.decline_reason or "",
        **estimate_details(decided),
        granted_minutes=ticket.granted_minutes,
        shown_digest=digest,
        shown_language=language.value,
        decided_by=by.id,
        **({"contact": by.name, "recorded_by": turn.person.name} if decided.recorded_by is not None else {}),
    )
    announcements.ticket_changed(turn.session, ticket, keep_event(turn, happened), turn.now)
    update_cards(turn.session, ticket, decided.id, turn.now)
    allowed = before_minutes, ticket.granted_minutes
    customer = Customer(ticket.customer_id, sheet.customer_name, tenant_id=by.tenant_id)
    keep_receipt(turn, decided, ReceiptKind(decided.state), allowed, customer, by=by, shown=(digest, language))
    return ticket, sheet


def estimate_details(estimate: Estimate) -> dict[str, Any]:
    """What the history keeps of an estimate, whatever happened to it."""
    return {
        "estimate": estimate.number,
        "revision": estimate.revision,
        "minutes": estimate.minutes,
        "at_most_cents": at_most_cents(estimate),
    }


def update_cards(session: Session, ticket: Ticket, estimate_id: int, now: datetime) -> None:
    """Have every copy of an estimate's card follow its state."""
    subject = estimate_subject(estimate_id)
    for person_id in sorted({*contact_ids(session, ticket.customer_id), *readers_of(session, subject)}):
        announcements.show(session, person_id, "estimate", {"estimate": estimate_id}, now, post=False, subject=subject)


def stop_work(turn: Turn, click: StopWork) -> Answer:
    """Stop further work after an approval: the allowance falls to the minutes logged (D13).

    The other contact's click a moment later, or a double one, finds nothing to stop and gets the card as it is.
    """
    ticket = visible_ticket(turn, click.ticket, lock=True)
    notice = ""
    estimate = load_estimate(turn.session, click.estimate) if click.estimate is not None else None
    if estimate is not None and estimate.ticket_number != ticket.number:
        estimate = None
    try:
        _check_goes_on(turn, estimate)
        _stop(turn, ticket)
    except NothingToStop as error:
        notice = refusal_text(error, turn.language, turn.now)
    if estimate is not None:
        return estimate_answer(turn, estimate.id, notice)
    return ticket_view(turn, load_ticket(turn.session, ticket.number), notice)


def _check_goes_on(turn: Turn, estimate: Estimate | None) -> None:
    """Refuse a click from the card of an estimate that was stopped before: what was approved since is another's."""
    if estimate is None or estimate.decided_at is None:
        return
    if find_stop(turn.session, estimate.ticket_number, estimate.decided_at) is not None:
        raise NothingToStop


def _stop(turn: Turn, ticket: Ticket) -> None:
    logged = allowance_of(turn.session, ticket).logged_minutes
    stopped = life_cycle.stop_work(ticket, logged)
    save_ticket(turn.session, stopped)
    timer.allowance_changed(turn.session, stopped, turn.now)
    happened = event(
        turn,
        stopped,
        EventKind.WORK_STOPPED,
        before_minutes=ticket.granted_minutes,
        granted_minutes=stopped.granted_minutes,
    )
    announcements.ticket_changed(turn.session, stopped, keep_event(turn, happened), turn.now)
    estimates = load_estimates(turn.session, ticket.number)
    for estimate in estimates:
        if estimate.state in _LIVE:
            update_cards(turn.session, stopped, estimate.id, turn.now)
    # What is stopped is what was approved last, with all that was approved before it.
    last = [estimate for estimate in estimates if estimate.state is EstimateState.APPROVED][-1]
    keep_receipt(turn, last, ReceiptKind.STOPPED, (ticket.granted_minutes, stopped.granted_minutes))


def withdraw_open_estimate(session: Session, ticket: Ticket, now: datetime, by: Person | None = None) -> None:
    """Take back the open estimate of a ticket that is being closed, if it has one (D13, D28).

    The ticket's row is held by the caller, who also announces the closing: that one line says enough.
    """
    latest = latest_estimate(session, ticket.number)
    if latest is None or latest.state is not EstimateState.OPEN:
        return
    open_one = expire(load_estimate(session, latest.id, lock=True), now)
    is_over = open_one.state is EstimateState.EXPIRED
    save_estimate(session, open_one if is_over else withdraw(open_one))
    drop_deadlines(session, latest.id)
    add_event(
        session,
        TicketEvent(
            id=0,
            ticket_number=ticket.number,
            at=now,
            kind=EventKind.ESTIMATE_EXPIRED if is_over else EventKind.ESTIMATE_WITHDRAWN,
            actor_id=by.id if by else None,
            actor_name=by.name if by else "",
            details=estimate_details(latest),
        ),
    )
    update_cards(session, ticket, latest.id, now)
