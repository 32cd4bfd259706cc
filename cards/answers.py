"""The questions around what people write: whose words these are, really withdraw, what is still wrong."""

from __future__ import annotations

from collections.abc import Sequence

from cards.clicks.queue import KeepNote
from cards.clicks.tickets import (
    LONGEST_WORDS,
    KeepAnswer,
    ReopenTicket,
    ShowTicket,
    ShowTickets,
    StartTicket,
    WithdrawTicket,
)
from cards.components import (
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    action_row,
    card,
    clip,
    execute,
    heading,
    panel,
    text,
    text_input,
    wrote,
)
from cards.labels import state_label
from cards.language import Texts, texts_for
from contract.people import Language
from contract.tickets import Ticket

OFFERED = 4
"""Tickets to choose from: with "new ticket" the buttons still fit one row."""


def whose_words_card(
    words: str, activity: str, recent: Sequence[Ticket], form_id: str, language: Language, *, may_open: bool
) -> Card:
    """Ask a contact whether typed words answer one of these tickets or are something new. The words travel along."""
    t = texts_for(language)
    title = t("What is this about?")
    offered = recent[:OFFERED]
    return card(
        heading(title),
        _words(t, words),
        *(
            text(f"{ticket.number} · {clip(ticket.subject, 80)} · {state_label(t, ticket.state)}", subtle=True)
            for ticket in offered
        ),
        action_row(
            *(
                execute(
                    t("Answer to {number}", number=ticket.number),
                    KeepAnswer(form_id=form_id, ticket=ticket.number, activity=activity),
                )
                for ticket in offered
                if ticket.is_open
            ),
            execute(t("New ticket"), StartTicket(activity=activity), style=ActionStyle.POSITIVE, associated_inputs=True)
            if may_open
            else None,
            execute(t("My tickets"), ShowTickets()),
        ),
        fallback_text=f"{title} {', '.join(str(ticket.number) for ticket in offered)}",
        language=language,
    )


def engineer_words_card(
    words: str, activity: str, number: int | None, form_id: str, language: Language, *, notice: str = ""
) -> Card:
    """Ask an engineer who may read typed words; without a ticket number nobody can."""
    t = texts_for(language)
    if number is None:
        title = t("For which ticket is this?")
        return card(
            heading(title),
            panel(wrote(words, limit=1500)),
            text(t("Begin your message with a ticket's number, such as “1001 …”, or open the ticket from the queue.")),
            fallback_text=title,
            language=language,
        )
    title = t("Who may read this on ticket {number}?", number=number)
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        heading(title),
        _words(t, words),
        action_row(
            execute(t("The customer: send answer"), KeepAnswer(form_id=form_id, ticket=number, activity=activity)),
            execute(t("Only us: internal note"), KeepNote(form_id=form_id, ticket=number, activity=activity)),
            execute(t("Open {number}", number=number), ShowTicket(ticket=number)),
        ),
        fallback_text=title,
        language=language,
    )


def _words(t: Texts, words: str) -> Element:
    """What was typed, once in the card however many buttons send it, and still to be changed."""
    return text_input(
        "text",
        t("Your message"),
        value=words,
        multiline=True,
        required=True,
        max_length=LONGEST_WORDS,
        error=t("Write something first."),
    )


def withdrawal_card(ticket: Ticket, form_id: str, language: Language) -> Card:
    """Really withdraw? The 15 minutes are charged all the same (R31, D22)."""
    t = texts_for(language)
    title = t("Withdraw ticket {number}?", number=ticket.number)
    return card(
        heading(title),
        wrote(ticket.subject, bold=True),
        text(
            t("We stop working on it. Only the time already spent is charged.")
            if ticket.is_minimum_waived
            else t("We stop working on it. 15 minutes are still charged, or the time already spent if that is more.")
        ),
        text_input("reason", t("Reason (optional)"), max_length=1000),
        action_row(
            execute(
                t("Withdraw ticket"),
                WithdrawTicket(form_id=form_id, ticket=ticket.number),
                style=ActionStyle.DESTRUCTIVE,
            ),
            execute(t("Back"), ShowTicket(ticket=ticket.number)),
        ),
        fallback_text=title,
        language=language,
        subject=f"ticket:{ticket.number}",
        is_form=True,
    )


def reopening_card(ticket: Ticket, form_id: str, language: Language, *, words: str = "", notice: str = "") -> Card:
    """What is still wrong? Reopening costs no new minimum and gives no new 2 hours (D12, D30)."""
    t = texts_for(language)
    title = t("Reopen ticket {number}", number=ticket.number)
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        heading(title),
        wrote(ticket.subject, bold=True),
        text(t("The ticket goes on where it was: the same engineer, the same time that may be spent without asking.")),
        text_input(
            "text",
            t("What is still wrong?"),
            value=words,
            multiline=True,
            required=True,
            max_length=LONGEST_WORDS,
            error=t("Describe what is still wrong."),
        ),
        action_row(
            execute(
                t("Reopen ticket"), ReopenTicket(form_id=form_id, ticket=ticket.number), style=ActionStyle.POSITIVE
            ),
            execute(t("Back"), ShowTicket(ticket=ticket.number)),
        ),
        fallback_text=title,
        language=language,
        subject=f"ticket:{ticket.number}",
        is_form=True,
    )
