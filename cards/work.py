"""The forms of what engineers do with a ticket besides answering: pass it on, urgency, note, wait (R11, R34, D20,
D31).
"""

from __future__ import annotations

from collections.abc import Mapping

from cards.clicks.base import Click
from cards.clicks.hours import ShowEntries
from cards.clicks.queue import (
    AddNote,
    HandOverTicket,
    SetUrgency,
    StartDuplicate,
    StartHandOver,
    StartNote,
    StartUrgency,
    StartWaiting,
    StartWaiving,
    TakeOverTicket,
    WaitForCustomer,
    WaitForMicrosoft,
)
from cards.clicks.tickets import LONGEST_WORDS, ShowHistory, ShowTicket, StartReopening
from cards.components import (
    Action,
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    action_row,
    card,
    choice_input,
    execute,
    heading,
    panel,
    show_card,
    text,
    text_input,
    wrote,
)
from cards.formats import duration
from cards.labels import urgency_label
from cards.language import Texts, texts_for
from contract.moves import Move
from contract.people import Language
from contract.tickets import Ticket, Urgency


def ticket_form(
    ticket: Ticket, title: str, language: Language, *elements: Element | None, actions: list[Action], notice: str = ""
) -> Card:
    """A form about a ticket, in the place of its card: title, subject, fields, buttons, and the way back."""
    t = texts_for(language)
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        heading(title),
        wrote(ticket.subject, bold=True),
        *elements,
        action_row(*actions, execute(t("Back"), ShowTicket(ticket=ticket.number))),
        fallback_text=f"{title}: {ticket.subject}",
        language=language,
        subject=f"ticket:{ticket.number}",
        is_form=True,
    )


def hand_over_card(
    ticket: Ticket, colleagues: Mapping[int, str], filled: HandOverTicket, language: Language, *, notice: str = ""
) -> Card:
    """Who gets the ticket, and a word about how it stands."""
    t = texts_for(language)
    return ticket_form(
        ticket,
        t("Hand over ticket {number}", number=ticket.number),
        language,
        choice_input(
            "engineer",
            t("To"),
            {str(person_id): name for person_id, name in colleagues.items()},
            value=str(filled.engineer) if filled.engineer else "",
            required=True,
            placeholder=t("Choose a colleague"),
            error=t("Choose a colleague."),
        ),
        text_input(
            "text",
            t("How it stands (internal note, optional)"),
            value=filled.text,
            multiline=True,
            max_length=LONGEST_WORDS,
        ),
        actions=[
            execute(
                t("Hand over"),
                HandOverTicket(form_id=filled.form_id, ticket=ticket.number),
                style=ActionStyle.POSITIVE,
            )
        ],
        notice=notice,
    )


def urgency_card(
    ticket: Ticket, response_minutes: Mapping[Urgency, int | None], form_id: str, language: Language
) -> Card:
    """The urgencies with their response times in office hours, counted from the creation (D20)."""
    t = texts_for(language)

    def label(urgency: Urgency) -> str:
        minutes = response_minutes.get(urgency)
        name = urgency_label(t, urgency)
        if minutes is None:
            return t("{urgency} (the usual target)", urgency=name)
        return t("{urgency} (within {hours} office hours)", urgency=name, hours=duration(minutes))

    return ticket_form(
        ticket,
        t("Urgency of ticket {number}", number=ticket.number),
        language,
        text(t("Only we see and set this. The pick-up target follows from it."), subtle=True),
        choice_input(
            "urgency",
            t("Urgency"),
            {urgency.value: label(urgency) for urgency in Urgency},
            value=ticket.urgency.value if ticket.urgency else "",
            expanded=True,
        ),
        text_input("reason", t("Why (optional)"), max_length=500),
        actions=[
            execute(t("Set urgency"), SetUrgency(form_id=form_id, ticket=ticket.number), style=ActionStyle.POSITIVE)
        ],
    )


def note_card(ticket: Ticket, form_id: str, language: Language) -> Card:
    """A note for colleagues only."""
    t = texts_for(language)
    return ticket_form(
        ticket,
        t("Internal note on ticket {number}", number=ticket.number),
        language,
        text_input(
            "text",
            t("Note (the customer never sees this)"),
            multiline=True,
            required=True,
            max_length=LONGEST_WORDS,
            error=t("Write something first."),
        ),
        actions=[execute(t("Keep note"), AddNote(form_id=form_id, ticket=ticket.number), style=ActionStyle.POSITIVE)],
    )


def waiting_card(ticket: Ticket, form_id: str, language: Language, *, notice: str = "") -> Card:
    """For whom the ticket waits: what is asked of the customer, or the case at Microsoft."""
    t = texts_for(language)
    customer = show_card(
        t("For the customer"),
        text_input(
            "text",
            t("What you need (the customer sees this)"),
            multiline=True,
            required=True,
            max_length=LONGEST_WORDS,
            error=t("Say what you need from the customer."),
        ),
        action_row(execute(t("Ask and wait"), WaitForCustomer(form_id=form_id, ticket=ticket.number))),
    )
    microsoft = show_card(
        t("For Microsoft"),
        text_input(
            "case",
            t("Number of the case at Microsoft"),
            value=ticket.microsoft_case or "",
            required=True,
            max_length=60,
            error=t("Give the number of the case at Microsoft."),
        ),
        action_row(execute(t("Wait for Microsoft"), WaitForMicrosoft(form_id=form_id, ticket=ticket.number))),
    )
    return ticket_form(
        ticket,
        t("Ticket {number} waits", number=ticket.number),
        language,
        actions=[customer, microsoft],
        notice=notice,
    )


def more_card(ticket: Ticket, moves: frozenset[Move], language: Language) -> Card:
    """The rarer things, as far as they are possible now."""
    t = texts_for(language)
    number = ticket.number
    return ticket_form(
        ticket,
        t("More for ticket {number}", number=number),
        language,
        actions=[execute(title, click) for move, title, click in _offers(t, number) if move is None or move in moves],
    )


def _offers(t: Texts, number: int) -> list[tuple[Move | None, str, Click]]:
    return [
        (Move.HAND_OVER, t("Hand over"), StartHandOver(ticket=number)),
        (Move.TAKE_OVER, t("Take over"), TakeOverTicket(ticket=number)),
        (Move.SET_URGENCY, t("Set urgency"), StartUrgency(ticket=number)),
        (Move.WAIT_FOR_CUSTOMER, t("Wait"), StartWaiting(ticket=number)),
        (Move.NOTE, t("Internal note"), StartNote(ticket=number)),
        (Move.MARK_DUPLICATE, t("Duplicate"), StartDuplicate(ticket=number)),
        (Move.WAIVE_MINIMUM, t("Waive the minimum"), StartWaiving(ticket=number)),
        (Move.REOPEN, t("Reopen"), StartReopening(ticket=number)),
        (None, t("Logged time"), ShowEntries(ticket=number)),
        (None, t("History"), ShowHistory(ticket=number)),
    ]
