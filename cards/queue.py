"""What engineers are offered on a ticket's card, most used first; Teams shows six buttons in a row (R34, D31)."""

from __future__ import annotations

from cards.clicks.access import EndSession, StartSession
from cards.clicks.base import Click
from cards.clicks.estimates import StartEstimate
from cards.clicks.files import ShowFiles
from cards.clicks.hours import StartLogging, StartTimer, StopTimer
from cards.clicks.queue import (
    ClaimTicket,
    ResumeTicket,
    ShowMore,
    StartNote,
    StartResolving,
    StartWaiting,
    TakeOverTicket,
)
from cards.clicks.tickets import ShowHistory, StartReopening
from cards.components import Action, ActionStyle, execute
from cards.language import Texts
from cards.ticket_access import TicketAccess
from contract.moves import Move
from contract.tickets import Ticket


def staff_actions(
    t: Texts, ticket: Ticket, moves: frozenset[Move], *, files: int, timer: bool, access: TicketAccess
) -> list[Action]:
    """The buttons below a ticket's card; what is rarer is behind "More"."""
    number = ticket.number
    can_start = Move.START_SESSION in moves and access.wait is None and not access.has_own_session
    if Move.CLAIM in moves:
        claim = execute(t("Claim"), ClaimTicket(ticket=number), style=ActionStyle.POSITIVE)
        return [
            claim,
            execute(t("Internal note"), StartNote(ticket=number)),
            *_files(t, number, files),
            _more(t, number),
        ]
    offers: list[tuple[bool, str, Click]] = [
        (Move.LOG_TIME in moves, t("Log time"), StartLogging(ticket=number)),
        (timer, t("Stop timer"), StopTimer(ticket=number)),
        (not timer and Move.START_TIMER in moves, t("Start timer"), StartTimer(ticket=number)),
        (access.has_own_session, t("End remote session"), EndSession(ticket=number)),
        (can_start, t("Start remote session"), StartSession(ticket=number)),
        (Move.ESTIMATE in moves, t("Estimate"), StartEstimate(ticket=number)),
        (Move.RESOLVE in moves, t("Resolve"), StartResolving(ticket=number)),
        (Move.RESUME in moves, t("Resume"), ResumeTicket(ticket=number)),
        (Move.RESUME not in moves and Move.WAIT_FOR_CUSTOMER in moves, t("Wait"), StartWaiting(ticket=number)),
        (Move.TAKE_OVER in moves, t("Take over"), TakeOverTicket(ticket=number)),
        (Move.REOPEN in moves, t("Reopen"), StartReopening(ticket=number)),
        (Move.NOTE in moves, t("Internal note"), StartNote(ticket=number)),
        (not ticket.is_open, t("History"), ShowHistory(ticket=number)),
    ]
    actions = [execute(title, click) for holds, title, click in offers if holds]
    return [*actions, *_files(t, number, files), _more(t, number)]


def _files(t: Texts, number: int, files: int) -> list[Action]:
    return [execute(t("Files ({n})", n=files), ShowFiles(ticket=number))] if files else []


def _more(t: Texts, number: int) -> Action:
    return execute(t("More"), ShowMore(ticket=number))
