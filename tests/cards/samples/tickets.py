"""Samples of tickets: the card for both sides in every state, the form, the lists, and the questions around them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cards.answers import engineer_words_card, reopening_card, whose_words_card, withdrawal_card
from cards.components import Card
from cards.history import history_card
from cards.opening import OpeningSheet, opening_card
from cards.overview import Overview, TicketLine, overview_card
from cards.tickets import TicketSheet, ticket_card
from contract.allowance import Allowance
from contract.events import EventKind, TicketEvent
from contract.moves import CONTACT_MOVES, STAFF_MOVES, Move
from contract.outcomes import Outcome
from contract.people import Language
from contract.prices import contract_prices
from contract.reachability import Reach, Reachability
from contract.tickets import Product, State, Ticket, Urgency, Wait
from tests.cards.samples import sample

NOW = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)
EVENING = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
TICKET = Ticket(
    number=1001,
    customer_id=1,
    subject="Outlook op de balie-pc's toont geen nieuwe mail",
    description="Outlook op de balie-pc's toont geen nieuwe mail. Webmail werkt wel. Sinds vanmorgen *alle* drie.",
    product=Product.EXCHANGE,
    affected="De drie medewerkers van de balie",
    reach="Bel de winkel, 0181 123456, tot 18:00",
    created_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    created_by=1,
)


def _event(number: int, kind: EventKind, name: str, text: str = "", **details: object) -> TicketEvent:
    at = TICKET.created_at + timedelta(minutes=7 * number)
    return TicketEvent(
        id=number, ticket_number=1001, at=at, kind=kind, actor_id=1, actor_name=name, text=text, details=details
    )


EVENTS = (
    _event(0, EventKind.TICKET_OPENED, "Anna de Vries"),
    _event(1, EventKind.TICKET_CLAIMED, "Eva Engineer"),
    _event(2, EventKind.STAFF_ANSWERED, "Eva Engineer", "Kun je Outlook een keer *helemaal* afsluiten?"),
    _event(3, EventKind.CONTACT_ANSWERED, "Bram Bakker", "Did that, still no new mail since 8:40."),
    _event(
        4,
        EventKind.TIME_LOGGED,
        "Eva Engineer",
        "Mailprofiel opnieuw opgebouwd",
        minutes=85,
        bands={"office": 85},
        amount_cents=12042,
        is_billable=True,
    ),
    _event(5, EventKind.ALLOWANCE_NOTICE_REACHED, "", percent=75, logged=90, granted=120),
)
NEW = TicketSheet(
    ticket=TICKET,
    customer_name="Bakkerij Brood & Zo",
    opened_by="Anna de Vries",
    pickup_due_at=datetime(2026, 11, 26, 16, 0, tzinfo=UTC),
    allowance=Allowance(120, 0),
    amount_cents=2125,
    events=EVENTS[:1],
    moves=frozenset({Move.ANSWER, Move.WITHDRAW}),
    form_id="form-00000001",
    now=NOW,
)
BUSY = replace(
    NEW,
    ticket=replace(
        TICKET,
        state=State.IN_PROGRESS,
        engineer_id=3,
        claimed_at=TICKET.created_at + timedelta(minutes=7),
        urgency=Urgency.HIGH,
        outside_hours_allowed=True,
    ),
    engineer="Eva Engineer",
    allowance=Allowance(120, 85),
    amount_cents=12042,
    events=EVENTS,
    more_events=4,
    files=2,
    waits=(Wait.APPROVAL, Wait.ACCESS),
)
CLOSED = replace(
    BUSY,
    ticket=replace(BUSY.ticket, state=State.CLOSED, outcome=Outcome.SOLVED, closed_at=NOW),
    waits=(),
)
CONTACT_STATES = {
    "new": NEW,
    "in progress": replace(BUSY, moves=frozenset(CONTACT_MOVES) - {Move.REOPEN, Move.FOLLOW_UP}),
    "waiting for the customer": replace(BUSY, ticket=replace(BUSY.ticket, state=State.WAITING_CUSTOMER)),
    "waiting for Microsoft": replace(
        BUSY, ticket=replace(BUSY.ticket, state=State.WAITING_MICROSOFT, microsoft_case="2611230040001234")
    ),
    "closed, can be reopened": replace(CLOSED, moves=frozenset({Move.REOPEN})),
    "closed, follow-up only": replace(CLOSED, moves=frozenset({Move.FOLLOW_UP})),
    "void duplicate": replace(
        CLOSED,
        ticket=replace(CLOSED.ticket, outcome=Outcome.DUPLICATE, is_void=True, duplicate_of=1000),
        amount_cents=0,
        moves=frozenset({Move.FOLLOW_UP}),
    ),
    "opened by phone": replace(NEW, ticket=replace(TICKET, by_phone=True, follow_up_of=1000)),
}
STAFF = frozenset(STAFF_MOVES)
STAFF_STATES = {
    "new": replace(NEW, moves=frozenset({Move.CLAIM, Move.NOTE, Move.SET_URGENCY, Move.MARK_DUPLICATE})),
    "mine": replace(BUSY, moves=STAFF - {Move.CLAIM, Move.TAKE_OVER, Move.REOPEN, Move.RESUME}),
    "mine, timer running": replace(BUSY, moves=STAFF - {Move.CLAIM, Move.REOPEN, Move.RESUME}, timer_since=NOW),
    "a colleague's": replace(BUSY, moves=STAFF - {Move.CLAIM, Move.HAND_OVER, Move.REOPEN, Move.RESUME}),
    "waiting": replace(BUSY, ticket=replace(BUSY.ticket, state=State.WAITING_CUSTOMER), moves=STAFF - {Move.CLAIM}),
    "closed": replace(CLOSED, moves=frozenset({Move.NOTE, Move.LOG_TIME, Move.REOPEN, Move.MARK_DUPLICATE})),
}
REACH = (
    ("Anna de Vries", Reachability(Reach.TEAMS, None)),
    ("Bram *Bakker*", Reachability(Reach.MAIL, datetime(2026, 11, 21, 9, tzinfo=UTC), is_refused=True)),
)
READERS = "Anna de Vries (NL), Bram Bakker (EN)"


def _register() -> None:
    for state, sheet in CONTACT_STATES.items():

        @sample(f"ticket for a contact: {state}")
        def _(language: Language, sheet: TicketSheet = sheet) -> Card:
            return ticket_card(sheet, language, is_staff=False)

    for state, sheet in STAFF_STATES.items():

        @sample(f"ticket for staff: {state}")
        def _(language: Language, sheet: TicketSheet = sheet) -> Card:
            return ticket_card(replace(sheet, readers=READERS, reach=REACH), language, is_staff=True)


_register()


@sample("ticket for a contact: with a notice")
def _(language: Language) -> Card:
    return ticket_card(NEW, language, is_staff=False, notice="Dat kan niet meer: het ticket is veranderd.")


@sample("ticket for a contact: everything as long as can be")
def _(language: Language) -> Card:
    long = "Dit is een hele lange tekst met wörden, 🥐 en [links](https://x.example). " * 110
    ticket = replace(BUSY.ticket, subject=long[:200], description=long[:8000], affected=long[:500], reach=long[:500])
    events = tuple(replace(event, text=long[:8000]) for event in EVENTS)
    sheet = replace(BUSY, ticket=ticket, events=events, moves=frozenset({Move.ANSWER, Move.WITHDRAW}))
    return ticket_card(sheet, language, is_staff=False)


FORM = OpeningSheet(
    form_id="form-00000002",
    text="De printer in het magazijn doet niets meer",
    handled_at=None,
    pickup_due_at=NEW.pickup_due_at,
    prices=contract_prices(2026),
    phone="+31 85 808 6950",
    now=NOW,
)


@sample("new ticket: in office hours")
def _(language: Language) -> Card:
    return opening_card(FORM, language)


@sample("new ticket: in the evening, with recent tickets")
def _(language: Language) -> Card:
    others = (TICKET, replace(TICKET, number=1002, subject="Teams belt niet", state=State.WAITING_CUSTOMER))
    evening = replace(
        FORM, handled_at=datetime(2026, 11, 24, 8, 0, tzinfo=UTC), recent=others, now=EVENING, activity="1:abc"
    )
    return opening_card(evening, language, notice="Dat formulier werd al ticket 1001. Dit is een nieuw formulier.")


@sample("new ticket: follow-up")
def _(language: Language) -> Card:
    return opening_card(replace(FORM, follow_up_of=1001, text=""), language)


@sample("words: whose are they")
def _(language: Language) -> Card:
    recent = [TICKET, replace(TICKET, number=1002, subject="Teams belt niet", state=State.CLOSED)]
    return whose_words_card("Hij doet het *weer* niet", "1:abc", recent, "form-00000003", language, may_open=True)


@sample("words: who may read them")
def _(language: Language) -> Card:
    return engineer_words_card("Wacht op levering", "1:abc", 1001, "form-00000004", language)


@sample("words: for which ticket")
def _(language: Language) -> Card:
    return engineer_words_card("Wacht op levering", "1:abc", None, "form-00000005", language)


@sample("ticket: withdraw")
def _(language: Language) -> Card:
    return withdrawal_card(TICKET, "form-00000006", language)


@sample("ticket: reopen")
def _(language: Language) -> Card:
    return reopening_card(TICKET, "form-00000007", language)


@sample("ticket: history")
def _(language: Language) -> Card:
    return history_card(TICKET, EVENTS, language, page=2, pages=3, now=NOW)


LINES = tuple(
    TicketLine(
        number=1001 + number,
        subject=TICKET.subject if number else "Teams belt niet",
        state=State.CLOSED if number == 2 else State.IN_PROGRESS,
        outcome=Outcome.WORKAROUND if number == 2 else None,
        engineer=None if number == 1 else "Eva Engineer",
        last="tijd geschreven",
        active_at=NOW - timedelta(days=number),
        minutes=30 * number,
        waits_for_access=number == 3,
    )
    for number in range(6)
)
LIST = Overview(lines=LINES, page=2, has_more=True, query="", form_id="form-00000008", now=NOW)


@sample("overview: a page")
def _(language: Language) -> Card:
    return overview_card(LIST, language)


@sample("overview: nothing found")
def _(language: Language) -> Card:
    return overview_card(replace(LIST, lines=(), page=1, has_more=False, query="print*er"), language)
