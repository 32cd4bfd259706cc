"""Files that people send: to which ticket they belong, how far each has come, and the list that opens them (R5).

To which ticket do these files belong?          Files for ticket 1001
scherm.png   being fetched                      Outlook shows no new mail
macro.exe    programs are not accepted          scherm.png   340 KB · attached
[Message (optional)]                            film.mov     larger than 10 MB
[1001] [New ticket]                             [Open 1001]
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cards.clicks.files import AttachFiles, RetryFile, ShowFiles
from cards.clicks.tickets import LONGEST_WORDS, ShowTicket, ShowTickets, StartTicket
from cards.components import (
    ActionStyle,
    Card,
    Colors,
    ContainerStyle,
    Element,
    Spacing,
    action_row,
    card,
    choice_input,
    clip,
    columns,
    execute,
    heading,
    open_url,
    panel,
    text,
    text_input,
    wrote,
)
from cards.formats import moment, size
from cards.labels import state_label
from cards.language import Texts, texts_for
from contract.files import MOST_FILES, FileFailure, FileState, TicketFile
from contract.people import Language
from contract.tickets import Ticket

OFFERED = 4
PAGE_FILES = 8


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
        *(_line(t, file, language, sheet.limit_bytes) for file in sheet.files),
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
        *(_line(t, file, language, sheet.limit_bytes) for file in sheet.files),
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


def file_state_text(t: Texts, file: TicketFile, language: Language, limit_bytes: int) -> str:
    """How far a file has come, or why it is not here and what to do then."""
    if file.state is FileState.FETCHING:
        return t("being fetched …")
    if file.state is FileState.STORED:
        return size(file.size_bytes or 0, language)
    match file.failure:
        case FileFailure.TOO_LARGE:
            return t(
                "not kept: larger than {limit}. Send it smaller, or put a link to it in your message.",
                limit=size(limit_bytes, language),
            )
        case FileFailure.TYPE_NOT_ALLOWED:
            return t("not kept: programs and scripts are not accepted.")
        case FileFailure.TOO_MANY:
            return t("not kept: at most {most} files in one message. Send it in another one.", most=MOST_FILES)
        case FileFailure.NOT_HANDED_OVER:
            return t("not kept: Teams does not hand this over to us. Send it as a file or a picture.")
        case FileFailure.REFUSED:
            return t("not fetched: Teams does not give it any more. Try again, or send it once more.")
    return t("not fetched: it did not come. Try again, or send it once more.")


_BREAKS = re.compile(r"(?<=[-_.()\[\]*+~])(?=\w)|(?<=\w{20})(?=\w)")


def _name(file: TicketFile) -> Element:
    """The name, with places to break it: a narrow client lets an unbroken one stick out."""
    return text(_BREAKS.sub("\u200b", file.name), bold=True)


def _line(t: Texts, file: TicketFile, language: Language, limit_bytes: int, *, retry: bool = False) -> Element:
    has_failed = file.state is FileState.FAILED
    state = file_state_text(t, file, language, limit_bytes)
    words = [
        _name(file),
        text(
            t("kept, {size}", size=state) if file.state is FileState.STORED else state,
            subtle=not has_failed,
            color=Colors.ATTENTION if has_failed else None,
            spacing=Spacing.NONE,
        ),
    ]
    if not (retry and file.can_be_retried):
        return columns(words)
    again = execute(t("Try again"), RetryFile(file=file.id), tooltip=file.name)
    return columns(words, [action_row(again)], widths=("stretch", "auto"))


def message_files_card(
    files: Sequence[TicketFile], ticket: Ticket | None, language: Language, *, limit_bytes: int, customer: str = ""
) -> Card:
    """How far the files of one message have come, for whoever sent them; stays current. Staff see the `customer`."""
    t = texts_for(language)
    title = t("Files for ticket {number}", number=ticket.number) if ticket else t("Your files")
    is_internal = any(file.is_internal for file in files)
    states = ", ".join(f"{file.name}: {file_state_text(t, file, language, limit_bytes)}" for file in files)
    return card(
        heading(title),
        text(customer, subtle=True) if customer else None,
        wrote(ticket.subject, subtle=True) if ticket else None,
        text(t("Only engineers see this."), subtle=True) if is_internal else None,
        *(_line(t, file, language, limit_bytes, retry=True) for file in files),
        text(t("They wait until you say to which ticket they belong."), subtle=True)
        if ticket is None and any(file.state is not FileState.FAILED or file.can_be_retried for file in files)
        else None,
        action_row(execute(t("Open {number}", number=ticket.number), ShowTicket(ticket=ticket.number)))
        if ticket
        else None,
        fallback_text=f"{title} · {clip(states, 300)}",
        language=language,
        subject=f"files:{files[0].id}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFile:
    """A file in a ticket's list: who sent it, and the link that opens it while it is good."""

    file: TicketFile
    sender: str
    url: str = ""


def files_card(
    ticket: Ticket,
    listed: Sequence[ListedFile],
    language: Language,
    *,
    page: int,
    pages: int,
    limit_bytes: int,
    now: datetime,
    customer: str = "",
) -> Card:
    """A page of a ticket's files, newest first. The links end after some minutes; the card then goes back by itself."""
    t = texts_for(language)
    title = t("Files of ticket {number}", number=ticket.number)

    return card(
        heading(title),
        text(customer, subtle=True) if customer else None,
        wrote(ticket.subject, subtle=True),
        *(_listed(t, one, language, limit_bytes, now) for one in listed),
        None if listed else text(t("There are no files.")),
        text(t("The links work for 10 minutes and only while you may see this ticket."), subtle=True)
        if any(one.url for one in listed)
        else None,
        action_row(
            execute(t("Newer"), ShowFiles(ticket=ticket.number, page=page - 1)) if page > 1 else None,
            execute(t("Older"), ShowFiles(ticket=ticket.number, page=page + 1)) if page < pages else None,
            execute(t("Files again"), ShowFiles(ticket=ticket.number, page=page)),
            execute(t("Back"), ShowTicket(ticket=ticket.number)),
        ),
        fallback_text=f"{title} · {clip(', '.join(one.file.name for one in listed), 300)}",
        language=language,
        subject=f"ticket:{ticket.number}",
        is_form=True,
    )


def _listed(t: Texts, one: ListedFile, language: Language, limit_bytes: int, now: datetime) -> Element:
    file = one.file
    details = [one.sender, moment(file.created_at, now, language)]
    state = file_state_text(t, file, language, limit_bytes)
    details.insert(0 if file.state is FileState.STORED else 2, state)
    if file.is_internal:
        details.append(t("only engineers see this"))
    words = [
        _name(file),
        text(" · ".join(details), subtle=True, spacing=Spacing.NONE),
    ]
    if not one.url:
        return columns(words)
    return columns(words, [action_row(open_url(t("Download"), one.url, tooltip=file.name))], widths=("stretch", "auto"))
