"""Asking for approval, taking it back, and decisions that came by phone: the staff's side (R18, R19, D13-D15)."""

from __future__ import annotations

from dataclasses import replace

from bot import announcements
from bot.announcements import estimate_subject, ticket_subject
from bot.estimate_deadlines import arm_deadlines, drop_deadlines
from bot.estimates import estimate_answer, estimate_details, keep_decision, locked, update_cards
from bot.replies import form_key
from bot.tickets import allowance_of, event, keep_event, new_form_id, ticket_view, visible_ticket
from bot.turn import Answer, Turn
from cards.clicks.estimates import RecordDecision, SendEstimate, StartEstimate, StartPhoneDecision, WithdrawEstimate
from cards.components import Card
from cards.estimate_forms import OfferSheet, PhoneSheet, offer_card, phone_decision_card
from cards.refusals import refusal_text
from contract.errors import NotAContact, Refusal, TextMissing
from contract.estimates import DecidedVia, Estimate, EstimateState, decide, expire, offer, supersede, withdraw
from contract.events import EventKind
from contract.local_time import local
from contract.moves import Move, check_move, moves
from contract.people import Person
from contract.prices import PriceBook
from contract.tickets import Ticket
from storage.contacts import contact_ids, load_contacts, load_customer
from storage.estimates import add_estimate, latest_estimate, load_estimate, save_estimate
from storage.posted_cards import readers_of
from storage.prices import load_prices
from storage.tickets import find_event


def start_estimate(turn: Turn, click: StartEstimate) -> Answer:
    """Show the form. Raises MoveNotAllowed for a ticket that nobody has, or that is closed."""
    ticket = visible_ticket(turn, click.ticket)
    _check_may_offer(turn, ticket)
    filled = SendEstimate(form_id=new_form_id(), ticket=ticket.number, minutes=click.minutes, what=click.what)
    return _offer_form(turn, ticket, filled)


def send_estimate(turn: Turn, click: SendEstimate) -> Answer:
    """Offer an estimate to both contacts; an open one is superseded. The form stays filled where it can not be sent."""
    key = form_key(click)
    ticket = visible_ticket(turn, click.ticket, lock=True)
    if find_event(turn.session, key) is None:
        try:
            _offer(turn, ticket, click, key)
        except Refusal as error:
            notice = refusal_text(error, turn.language, turn.now)
            return _offer_form(turn, ticket, click, notice)
    return ticket_view(turn, ticket)


def _check_may_offer(turn: Turn, ticket: Ticket) -> None:
    check_move(moves(ticket, turn.role, turn.person.id, turn.now), Move.ESTIMATE, ticket, turn.now)


def _prices(turn: Turn, ticket: Ticket) -> PriceBook:
    year = local(turn.now).year
    return load_prices(turn.session, ticket.customer_id, (year, year + 1))


def _contacts(turn: Turn, ticket: Ticket) -> tuple[Person, ...]:
    return tuple(contact.person for contact in load_contacts(turn.session, ticket.customer_id))


def _offer_form(turn: Turn, ticket: Ticket, filled: SendEstimate, notice: str = "") -> Card:
    latest = latest_estimate(turn.session, ticket.number)
    sheet = OfferSheet(
        form_id=filled.form_id,
        ticket=ticket,
        customer_name=load_customer(turn.session, ticket.customer_id).name,
        contacts=_contacts(turn, ticket),
        allowance=allowance_of(turn.session, ticket),
        prices=_prices(turn, ticket).for_year(local(turn.now).year),
        open_estimate=latest if latest is not None and latest.is_open(turn.now) else None,
        minutes=filled.minutes,
        what=filled.what,
    )
    return offer_card(sheet, turn.language, notice=notice)


def _offer(turn: Turn, ticket: Ticket, click: SendEstimate, key: str) -> None:
    """Everything is checked before anything is written: the form is answered in the same transaction."""
    _check_may_offer(turn, ticket)
    if not click.what:
        raise TextMissing("what")
    latest = latest_estimate(turn.session, ticket.number)
    prices = _prices(turn, ticket)
    estimate = offer(
        ticket,
        estimate_id=0,
        revision=latest.revision + 1 if latest else 1,
        minutes=click.minutes or 0,
        what=click.what,
        prices=prices,
        created_by=turn.person.id,
        now=turn.now,
    )
    if latest is not None and latest.state is EstimateState.OPEN:
        _replace(turn, ticket, latest)
    estimate = replace(estimate, id=add_estimate(turn.session, estimate))
    arm_deadlines(turn.session, estimate, prices)
    details = {**estimate_details(estimate), "valid_until": estimate.valid_until.isoformat()}
    keep_event(turn, event(turn, ticket, EventKind.ESTIMATE_OFFERED, **details), key=key)
    _post(turn, ticket, estimate)


def _replace(turn: Turn, ticket: Ticket, latest: Estimate) -> None:
    """The open estimate makes room: superseded, or expired where its end has come but not its timer."""
    before = expire(load_estimate(turn.session, latest.id, lock=True), turn.now)
    is_over = before.state is EstimateState.EXPIRED
    save_estimate(turn.session, before if is_over else supersede(before))
    drop_deadlines(turn.session, before.id)
    kind = EventKind.ESTIMATE_EXPIRED if is_over else EventKind.ESTIMATE_SUPERSEDED
    keep_event(turn, event(turn, ticket, kind, **estimate_details(before)))
    update_cards(turn.session, ticket, before.id, turn.now)


def _post(turn: Turn, ticket: Ticket, estimate: Estimate) -> None:
    """The new card goes to both contacts and notifies by itself; every card of the ticket follows."""
    contacts = contact_ids(turn.session, ticket.customer_id)
    for person_id in contacts:
        announcements.show(
            turn.session,
            person_id,
            "estimate",
            {"estimate": estimate.id},
            turn.now,
            subject=estimate_subject(estimate.id),
        )
    for person_id in sorted({*contacts, *readers_of(turn.session, ticket_subject(ticket.number))}):
        announcements.show_ticket(turn.session, person_id, ticket.number, turn.now)


def withdraw_estimate(turn: Turn, click: WithdrawEstimate) -> Answer:
    """Take back an estimate that is still open. Raises an EstimateRefusal."""
    ticket, estimate = locked(turn, click.estimate)
    withdrawn = withdraw(expire(estimate, turn.now))
    save_estimate(turn.session, withdrawn)
    drop_deadlines(turn.session, withdrawn.id)
    happened = keep_event(turn, event(turn, ticket, EventKind.ESTIMATE_WITHDRAWN, **estimate_details(withdrawn)))
    announcements.ticket_changed(turn.session, ticket, happened, turn.now)
    update_cards(turn.session, ticket, withdrawn.id, turn.now)
    return ticket_view(turn, ticket)


def start_phone_decision(turn: Turn, click: StartPhoneDecision) -> Answer:
    """Show the form for what a contact decided by phone; an estimate that is no longer open is shown as it is."""
    estimate = load_estimate(turn.session, click.estimate)
    ticket = visible_ticket(turn, estimate.ticket_number)
    if not estimate.is_open(turn.now):
        return estimate_answer(turn, estimate.id)
    if not contact_ids(turn.session, ticket.customer_id):
        return ticket_view(turn, ticket, turn.texts("This customer has no contacts, so nobody can decide."))
    return _phone_form(
        turn, ticket, estimate, RecordDecision(form_id=new_form_id(), estimate=estimate.id, revision=estimate.revision)
    )


def _phone_form(turn: Turn, ticket: Ticket, estimate: Estimate, click: RecordDecision, notice: str = "") -> Card:
    sheet = PhoneSheet(
        form_id=click.form_id,
        estimate=estimate,
        subject=ticket.subject,
        customer_name=load_customer(turn.session, ticket.customer_id).name,
        contacts=_contacts(turn, ticket),
        contact_id=click.contact,
        verdict=click.verdict or "",
        reason=click.reason,
    )
    return phone_decision_card(sheet, turn.language, notice=notice)


def record_decision(turn: Turn, click: RecordDecision) -> Answer:
    """Record what a contact decided by phone, marked as such (D15). Raises an EstimateRefusal.

    A second submit finds the estimate decided and gets the ticket's card.
    """
    ticket, estimate = locked(turn, click.estimate)
    if estimate.recorded_by == turn.person.id:
        return ticket_view(turn, ticket)
    contacts = {person.id: person for person in _contacts(turn, ticket)}
    contact = contacts.get(click.contact or 0)
    if click.verdict is None or click.contact is None:
        notice = turn.texts("Choose who decided, and what.")
        return _phone_form(turn, ticket, estimate, click, notice)
    if contact is None:
        # Removed since the form was shown: the word of somebody who is no contact decides nothing.
        notice = refusal_text(NotAContact(click.contact), turn.language, turn.now)
        return _phone_form(turn, ticket, estimate, click.model_copy(update={"contact": None}), notice)
    decided = decide(
        estimate,
        revision=click.revision,
        approve=click.verdict == "approved",
        by=contact.id,
        is_contact=True,
        now=turn.now,
        via=DecidedVia.PHONE,
        recorded_by=turn.person.id,
        reason=click.reason,
    )
    ticket, _ = keep_decision(turn, ticket, estimate, decided, by=contact, language=contact.language)
    return ticket_view(turn, ticket)
