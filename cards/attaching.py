"""To which ticket the files of a message belong, and for an engineer also who may see them (R5).

To which ticket do these files belong?
scherm.png   being fetched
macro.exe    programs are not accepted
[Message (optional)]
[To 1001] [New ticket] [My tickets]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cards.clicks.files import AttachFiles
from cards.clicks.tickets import LONGEST_WORDS, ShowTickets, StartTicket
from cards.components import (
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    action_row,
    card,
    choice_input,
    clip,
    execute,
    heading,
    panel,
    text,
    text_input,
    wrote,
)
from cards.files import file_line
from cards.labels import state_label
from cards.language import Texts, texts_for
from contract.files import FileState, TicketFile
from contract.people import Language
from contract.tickets import Ticket

OFFERED = 4
"""Tickets to choose from: with "new ticket" and "my tickets" the buttons still fit one row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSheet:
    """What is asked about the files of a message: `tickets` are the ones to choose from, `words` came along."""

    form_id: str
    activity: str
    files: Sequence[TicketFile]
    words: str = ""
    tickets: Sequence[Ticket] = ()
    customers: Mapping[int, str] = field(default_factory=dict)
    """For staff: the customers of these tickets, by id."""
    may_open: bool = False
    limit_bytes: int
    notice: str = ""


def whose_files_card(sheet: QuestionSheet, language: Language) -> Card:
    """Ask a contact to which ticket the files of a message belong. They wait; the words travel along."""
    t = texts_for(language)
    title = t.plural("To which ticket does this file belong?", "To which ticket do these files belong?", _live(sheet))
    offered = sheet.tickets[:OFFERED]
    return card(
        panel(text(sheet.notice), style=ContainerStyle.WARNING) if sheet.notice else None,
        heading(title),
        *(file_line(t, file, language, sheet.limit_bytes) for file in sheet.files),
        _words(t, sheet),
        *(_choice(t, ticket) for ticket in offered),
        action_row(
            *(
                execute(
                    t("To {number}", number=ticket.number),
                    AttachFiles(form_id=sheet.form_id, ticket=ticket.number, activity=sheet.activity),
                )
                for ticket in offered
            ),
            execute(
                t("New ticket"),
                StartTicket(activity=sheet.activity),
                style=ActionStyle.POSITIVE,
                associated_inputs=True,
            )
            if sheet.may_open
            else None,
            execute(t("My tickets"), ShowTickets()),
        ),
        fallback_text=f"{title} {', '.join(str(ticket.number) for ticket in offered)}".strip(),
        language=language,
    )


def engineer_files_card(sheet: QuestionSheet, language: Language) -> Card:
    """Ask an engineer to which ticket the files of a message belong, and who may see them; nobody sees them before."""
    t = texts_for(language)
    only = sheet.tickets[0] if len(sheet.tickets) == 1 else None
    if only is not None:
        title = t("Who may see this on ticket {number}?", number=only.number)
    else:
        title = t("For which ticket is this?")
    number = {"ticket": only.number} if only is not None else {}
    to_customer = AttachFiles.model_validate({"form_id": sheet.form_id, "activity": sheet.activity, **number})
    to_us = AttachFiles.model_validate(
        {"form_id": sheet.form_id, "activity": sheet.activity, "internal": True, **number}
    )
    return card(
        panel(text(sheet.notice), style=ContainerStyle.WARNING) if sheet.notice else None,
        heading(title),
        text(sheet.customers[only.customer_id], subtle=True) if only is not None else None,
        wrote(only.subject) if only is not None else None,
        *(file_line(t, file, language, sheet.limit_bytes) for file in sheet.files),
        _which(t, sheet) if only is None and sheet.tickets else None,
        _words(t, sheet) if sheet.tickets else None,
        text(t("Another ticket? Send it again and begin your message with the ticket's number."), subtle=True)
        if sheet.tickets
        else text(t("Send it again and begin your message with the ticket's number, such as “1001 …”.")),
        action_row(
            execute(t("The customer may see it"), to_customer),
            execute(t("Only us"), to_us, style=ActionStyle.POSITIVE),
        )
        if sheet.tickets
        else None,
        fallback_text=title,
        language=language,
    )


def _live(sheet: QuestionSheet) -> int:
    return sum(file.state is not FileState.FAILED for file in sheet.files)


def _choice(t: Texts, ticket: Ticket) -> Element:
    return text(f"{ticket.number} · {clip(ticket.subject, 80)} · {state_label(t, ticket.state)}", subtle=True)


def _which(t: Texts, sheet: QuestionSheet) -> Element:
    return choice_input(
        "ticket",
        t("Ticket"),
        {
            str(ticket.number): f"{ticket.number} · {sheet.customers[ticket.customer_id]} · {clip(ticket.subject, 60)}"
            for ticket in sheet.tickets
        },
        value=str(sheet.tickets[0].number),
        required=True,
        error=t("Choose a ticket."),
    )


def _words(t: Texts, sheet: QuestionSheet) -> Element:
    return text_input(
        "text",
        t("Message with it (optional)"),
        value=sheet.words,
        multiline=True,
        max_length=LONGEST_WORDS,
    )
