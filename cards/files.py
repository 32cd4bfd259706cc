"""Files that people send: how far each has come, and the list that opens them (R5).

Files for ticket 1001
Outlook shows no new mail
scherm.png   kept, 340 KB
film.mov     not kept: larger than 10 MB
[Open 1001]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.clicks.files import RetryFile, ShowFiles
from cards.clicks.tickets import ShowTicket
from cards.components import (
    Card,
    Colors,
    Element,
    Spacing,
    action_row,
    card,
    clip,
    columns,
    execute,
    heading,
    open_url,
    text,
    wrote,
)
from cards.formats import moment, size
from cards.language import Texts, texts_for
from contract.files import MOST_FILES, FileFailure, FileState, TicketFile
from contract.people import Language
from contract.tickets import Ticket

PAGE_FILES = 8


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


_LONG_WORD = re.compile(r"\S{25,}")
_BREAK = re.compile(r"(?<=[-_.()\[\]*+~])(?=\w)|(?<=\w{20})(?=\w)")


def _name(file: TicketFile) -> Element:
    """The name, with places to break what is long: a narrow client lets an unbroken one stick out."""
    return text(_LONG_WORD.sub(lambda word: _BREAK.sub("\u200b", word[0]), file.name), bold=True)


def file_line(t: Texts, file: TicketFile, language: Language, limit_bytes: int, *, retry: bool = False) -> Element:
    """A file and how far it has come; with a button to try it again where that may help and `retry` is wanted."""
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
        *(file_line(t, file, language, limit_bytes, retry=True) for file in files),
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
