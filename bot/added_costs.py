"""Charging on a ticket what an addendum names beside hours, and taking it back (R26, D25).

The ticket's row is held while one is added or removed. What an invoice has charged already and is removed afterwards is
due back on a credit note, as a corrected entry is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot import announcements
from bot.corrections import entries_view
from bot.credits import note_changes
from bot.replies import form_key
from bot.tickets import event, keep_event, new_form_id, visible_ticket
from bot.turn import Answer, Turn
from bot.work import allowed_ticket
from cards.added_costs import CostSheet, cost_card
from cards.clicks.costs import AddCost, RemoveCost, StartCost
from cards.components import Card
from cards.refusals import refusal_text
from contract.costs import Cost, CostRefusal, ItemNotCovered, chargeable, cost_of
from contract.events import EventKind
from contract.local_time import local
from contract.moves import Move
from contract.tickets import Ticket
from storage.costs import add_cost as keep_cost
from storage.costs import load_cost, load_items
from storage.costs import remove_cost as end_cost
from storage.errors import NotFound
from storage.tickets import find_event


def start_cost(turn: Turn, click: StartCost) -> Answer:
    """Show the form; where no addendum names anything for this ticket, the time logged as it is."""
    ticket = allowed_ticket(turn, click.ticket, Move.LOG_TIME)
    filled = AddCost(form_id=new_form_id(), ticket=ticket.number, quantity=1, happened_on=local(turn.now).date())
    return _form(turn, ticket, filled)


def _form(turn: Turn, ticket: Ticket, filled: AddCost, notice: str = "") -> Card:
    items = chargeable(load_items(turn.session, ticket.customer_id), ticket, turn.now)
    if not items:
        return entries_view(turn, ticket)
    sheet = CostSheet(ticket=ticket, items=items, filled=filled)
    return cost_card(sheet, turn.language, notice=notice)


def add_cost(turn: Turn, click: AddCost) -> Answer:
    """Charge what is in the form, and show it; a second submit finds the first one."""
    ticket = visible_ticket(turn, click.ticket, lock=True)
    key = form_key(click)
    if find_event(turn.session, key) is None:
        allowed_ticket(turn, click.ticket, Move.LOG_TIME)
        day = click.happened_on or local(turn.now).date()
        item = next((one for one in load_items(turn.session, ticket.customer_id) if one.id == click.item), None)
        try:
            if item is None:
                raise ItemNotCovered(day)
            cost = cost_of(ticket, item, quantity=click.quantity or 0, happened_on=day, now=turn.now)
        except CostRefusal as error:
            return _form(turn, ticket, click, refusal_text(error, turn.language, turn.now))
        cost = replace(cost, id=keep_cost(turn.session, cost, turn.person.id))
        _tell(turn, ticket, EventKind.COST_ADDED, cost, key)
    return entries_view(turn, ticket)


def remove_cost(turn: Turn, click: RemoveCost) -> Answer:
    """Charge it no longer; a second click changes nothing."""
    ticket = allowed_ticket(turn, click.ticket, Move.CORRECT_TIME)
    try:
        cost = load_cost(turn.session, ticket.number, click.cost)
    except NotFound:
        return entries_view(turn, ticket)
    end_cost(turn.session, cost.id, turn.person.id, turn.now)
    _tell(turn, ticket, EventKind.COST_REMOVED, cost)
    note_changes(turn.session, [ticket.number], turn.now)
    return entries_view(turn, ticket)


def _tell(turn: Turn, ticket: Ticket, kind: EventKind, cost: Cost, key: str | None = None) -> None:
    details: dict[str, Any] = {
        "cost": cost.id,
        "what": cost.what,
        "quantity": cost.quantity,
        "amount_cents": cost.amount_cents,
        "happened_on": cost.happened_on.isoformat(),
    }
    happened = keep_event(turn, event(turn, ticket, kind, **details), key=key)
    announcements.ticket_changed(turn.session, ticket, happened, turn.now)
