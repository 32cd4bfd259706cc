"""Samples of files: the questions, how far they have come, and a ticket's list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from cards.attaching import QuestionSheet, engineer_files_card, whose_files_card
from cards.components import Card
from cards.files import ListedFile, files_card, message_files_card
from contract.files import FileFailure, FileState, TicketFile
from contract.people import Language
from contract.tickets import State, Ticket
from tests.cards.samples import sample

NOW = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)
LIMIT_BYTES = 10 * 1024 * 1024
TICKET = Ticket(
    number=1001,
    customer_id=1,
    subject="Outlook op de balie-pc's toont geen nieuwe mail",
    description="Sinds vanmorgen",
    created_at=datetime(2026, 11, 24, 8, 12, tzinfo=UTC),
    created_by=1,
)
OTHER = replace(TICKET, number=1002, subject="Teams-vergadering zonder geluid", state=State.WAITING_CUSTOMER)
FETCHING = TicketFile(
    id=7,
    ticket_number=None,
    person_id=1,
    name="schermafbeelding 2026-11-24 140512.png",
    content_type="image/png",
    state=FileState.FETCHING,
    created_at=datetime(2026, 11, 24, 13, 4, tzinfo=UTC),
)
STORED = replace(
    FETCHING, id=8, name="mailheaders.txt", state=FileState.STORED, size_bytes=4_300, sha256="0" * 64, position=1
)
FAILED = [
    replace(FETCHING, id=10 + number, name=name, state=FileState.FAILED, failure=failure, position=2 + number)
    for number, (name, failure) in enumerate(
        [
            ("opname van het probleem.mov", FileFailure.TOO_LARGE),
            ("herstel.ps1", FileFailure.TYPE_NOT_ALLOWED),
            ("foto-11.jpg", FileFailure.TOO_MANY),
            ("voice", FileFailure.NOT_HANDED_OVER),
            ("offerte.pdf", FileFailure.REFUSED),
            ("contract_*definitief*_[v2](final).docx", FileFailure.NO_ANSWER),
        ]
    )
]
QUESTION = QuestionSheet(
    form_id="form-00000001",
    activity="1790000000001",
    files=[FETCHING, STORED],
    words="Dit zie ik op mijn scherm",
    tickets=[TICKET, OTHER],
    customers={1: "Bakkerij Brood & Zo"},
    may_open=True,
    limit_bytes=LIMIT_BYTES,
)


@sample("files: where do they belong")
def _(language: Language) -> Card:
    return whose_files_card(QUESTION, language)


@sample("files: where does it belong, the ticket is closed, one program among them")
def _(language: Language) -> Card:
    notice = {
        Language.NL: "Ticket 1000 is gesloten. Heropen het eerst, of kies een ander.",
        Language.EN: "Ticket 1000 is closed. Reopen it first, or choose another.",
    }[language]
    files = [FETCHING, FAILED[1]]
    return whose_files_card(replace(QUESTION, files=files, words="", may_open=False, notice=notice), language)


@sample("files: an engineer, one ticket")
def _(language: Language) -> Card:
    return engineer_files_card(replace(QUESTION, tickets=[TICKET], words="Zo moet het eruitzien"), language)


@sample("files: an engineer, several tickets")
def _(language: Language) -> Card:
    return engineer_files_card(QUESTION, language)


@sample("files: an engineer, no ticket")
def _(language: Language) -> Card:
    return engineer_files_card(replace(QUESTION, tickets=[]), language)


@sample("files: of one message, in every state")
def _(language: Language) -> Card:
    return message_files_card([FETCHING, STORED, *FAILED], TICKET, language, limit_bytes=LIMIT_BYTES)


@sample("files: of one message, no ticket yet")
def _(language: Language) -> Card:
    return message_files_card([FETCHING, FAILED[4]], None, language, limit_bytes=LIMIT_BYTES)


@sample("files: of one message, internal")
def _(language: Language) -> Card:
    return message_files_card([replace(STORED, is_internal=True)], TICKET, language, limit_bytes=LIMIT_BYTES)


@sample("files: of a ticket, a page among several")
def _(language: Language) -> Card:
    token = "https://support.example.org/files/" + "eyJhbGciOiJIUzI1NiJ9." * 9
    listed = [
        ListedFile(file=STORED, sender="Anna de Vries", url=token),
        ListedFile(file=replace(STORED, name="storing.pdf", size_bytes=2_600_000), sender="Bram Bakker", url=token),
        ListedFile(file=replace(STORED, name="logboek.evtx", is_internal=True), sender="Jan de Wit", url=token),
        ListedFile(file=FETCHING, sender="Anna de Vries"),
        ListedFile(file=FAILED[0], sender="Anna de Vries"),
        *(ListedFile(file=replace(STORED, name=f"{n}" + "x" * 115 + ".txt"), sender="Bram", url=token) for n in "123"),
    ]
    return files_card(
        TICKET, listed, language, page=2, pages=3, limit_bytes=LIMIT_BYTES, now=NOW, customer="Bakkerij Brood & Zo"
    )


@sample("files: of a ticket, none")
def _(language: Language) -> Card:
    return files_card(TICKET, [], language, page=1, pages=1, limit_bytes=LIMIT_BYTES, now=NOW)
