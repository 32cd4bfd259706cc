"""Samples of the engineers' side: the queue and the forms of what is done with a ticket."""

from __future__ import annotations

from dataclasses import replace

from cards.clicks.queue import HandOverTicket, OpenPhoneTicket, QueueFilter, ResolveTicket
from cards.closing import ResolvingSheet, duplicate_card, resolving_card, waiving_card
from cards.components import Card
from cards.phone_tickets import PhoneSheet, caller_card, phone_ticket_card
from cards.queue_list import Queue, queue_card
from cards.work import hand_over_card, more_card, note_card, urgency_card, waiting_card
from contract.allowance import Allowance
from contract.moves import STAFF_MOVES
from contract.outcomes import Outcome
from contract.people import Language
from contract.pickup import SHIPPED_RESPONSE_MINUTES
from tests.cards.samples import sample
from tests.cards.samples.tickets import BUSY, LINES, NOW, READERS

TICKET = BUSY.ticket
FORM = "form-00000009"
CUSTOMERS = {1: "Bakkerij Brood & Zo", 2: "Garage *Van Dam*"}
QUEUE = Queue(
    lines=tuple(replace(line, customer_name="Bakkerij Brood & Zo") for line in LINES),
    filter=QueueFilter.OPEN,
    customer_id=None,
    customers=CUSTOMERS,
    page=2,
    has_more=True,
    query="",
    form_id=FORM,
    now=NOW,
)


@sample("queue: a page")
def _(language: Language) -> Card:
    return queue_card(QUEUE, language)


@sample("queue: overdue of one customer, nothing")
def _(language: Language) -> Card:
    empty = replace(QUEUE, lines=(), filter=QueueFilter.OVERDUE, customer_id=2, page=1, has_more=False)
    return queue_card(empty, language)


@sample("work: hand over")
def _(language: Language) -> Card:
    filled = HandOverTicket(form_id=FORM, ticket=1001, engineer=4, text="Wacht op de leverancier")
    return hand_over_card(TICKET, {4: "Finn Fixer", 5: "Mia Manager"}, filled, language, notice="Kies een collega.")


@sample("work: urgency")
def _(language: Language) -> Card:
    return urgency_card(TICKET, SHIPPED_RESPONSE_MINUTES, FORM, language)


@sample("work: note")
def _(language: Language) -> Card:
    return note_card(TICKET, FORM, language)


@sample("work: wait")
def _(language: Language) -> Card:
    return waiting_card(TICKET, FORM, language)


@sample("work: more")
def _(language: Language) -> Card:
    return more_card(TICKET, frozenset(STAFF_MOVES), language)


RESOLVING = ResolvingSheet(
    ticket=TICKET,
    filled=ResolveTicket(form_id=FORM, ticket=1001),
    allowance=Allowance(120, 85),
    readers=READERS,
)


@sample("closing: resolve")
def _(language: Language) -> Card:
    return resolving_card(RESOLVING, language)


@sample("closing: resolve, not solvable, over the limit")
def _(language: Language) -> Card:
    filled = ResolveTicket(
        form_id=FORM, ticket=1001, outcome=Outcome.NOT_SOLVABLE, worked_minutes=60, workaround="investigated"
    )
    sheet = replace(RESOLVING, filled=filled, over_minutes=25, asks_reason=True)
    return resolving_card(sheet, language, notice="Dat is meer dan zonder overleg besteed mag worden: nog 0:35 over.")


@sample("closing: duplicate")
def _(language: Language) -> Card:
    return duplicate_card(TICKET, FORM, language)


@sample("closing: waive the minimum")
def _(language: Language) -> Card:
    return waiving_card(TICKET, FORM, language, notice="Geef een reden.")


@sample("phone: who")
def _(language: Language) -> Card:
    return caller_card(CUSTOMERS, language)


@sample("phone: ticket")
def _(language: Language) -> Card:
    sheet = PhoneSheet(
        customer_id=1,
        customer_name="Bakkerij Brood & Zo",
        contacts={1: "Anna de Vries", 2: "Bram Bakker"},
        filled=OpenPhoneTicket(form_id=FORM, customer=1),
    )
    return phone_ticket_card(sheet, language)
