"""The card of a ticket, for both sides: what it is, how it stands, what may happen next (R3, R5, R10, R32, D31).

    Ticket 1001                                  [In progress]
    Outlook shows no new mail since this morning
    Picked up   by Jan de Wit, Mon 23 Nov 10:12
    Spent       1:25 of 2:00 may be spent without asking, billed € 120.42 so far (provisional, excl. VAT)
    ...
    [answer box]  [Send answer]  [Withdraw]  [My tickets]

A contact sees no urgency, no internal note and no timer; staff see the customer's name on every card.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from cards.clicks.base import Click
from cards.clicks.files import ShowFiles
from cards.clicks.tickets import (
    LONGEST_WORDS,
    AnswerTicket,
    ShowHistory,
    ShowTickets,
    StartReopening,
    StartTicket,
    StartWithdrawal,
)
from cards.components import (
    Action,
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    FontSize,
    Spacing,
    action_row,
    badge,
    card,
    clip,
    columns,
    execute,
    facts,
    fit,
    heading,
    panel,
    section,
    text,
    text_input,
    wrote,
)
from cards.estimates import estimate_panel
from cards.events import event_text
from cards.formats import money, stamp
from cards.labels import outcome_label, product_label, state_label, urgency_label, wait_label
from cards.language import Texts, texts_for
from cards.queue import staff_actions
from cards.reachability import reach_fact
from cards.spent import spent_text
from cards.ticket_access import NO_ACCESS_TO_TELL, TicketAccess, access_panel
from contract.allowance import Allowance
from contract.estimates import Estimate, expire
from contract.events import TicketEvent
from contract.moves import Move
from contract.people import Language
from contract.reachability import Reachability
from contract.tickets import State, Ticket, Wait

SHOWN_EVENTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSheet:
    """Everything the card of a ticket shows. Amounts in cents excluding VAT, instants aware UTC."""

    ticket: Ticket
    customer_name: str
    opened_by: str
    engineer: str | None = None
    passed_on_at: datetime | None = None
    """When the engineer got it from a colleague; None where the engineer picked it up."""
    pickup_due_at: datetime
    allowance: Allowance
    amount_cents: int
    """Work and minimum together, as they would be invoiced now (D33)."""
    estimate: Estimate | None = None
    """The latest one, whatever its state."""
    decided_by: str | None = None
    """Who decided that estimate."""
    events: tuple[TicketEvent, ...] = ()
    """The latest ones, oldest first; for a contact without internal ones."""
    more_events: int = 0
    files: int = 0
    waits: tuple[Wait, ...] = ()
    access: TicketAccess = NO_ACCESS_TO_TELL
    moves: frozenset[Move] = frozenset()
    form_id: str = ""
    """For the answer box: a second click of the same rendering is the same answer."""
    readers: str = ""
    """For staff: who reads an answer, and in which language."""
    reach: tuple[tuple[str, Reachability], ...] = ()
    """For staff: how each contact is reached, by name."""
    timer_since: datetime | None = None
    """When the reader's own timer on this ticket was started."""
    now: datetime


def ticket_card(
    sheet: TicketSheet, language: Language, *, is_staff: bool, notice: str = "", is_done: bool = False
) -> Card:
    """The ticket for one reader. `notice` stands on top: what was not done and why, or with `is_done` what was."""
    t = texts_for(language)
    ticket = sheet.ticket
    state = _state(t, ticket)

    def build(shown: int) -> Card:
        return card(
            panel(text(notice), style=ContainerStyle.GOOD if is_done else ContainerStyle.WARNING) if notice else None,
            columns(
                [heading(t("Ticket {number}", number=ticket.number))],
                [badge(state, _ground(ticket))],
                widths=("stretch", "auto"),
            ),
            text(sheet.customer_name, subtle=True) if is_staff else None,
            wrote(ticket.subject, bold=True, size=FontSize.MEDIUM),
            _facts(t, sheet, language, is_staff=is_staff),
            access_panel(t, sheet.access, ticket.customer_id, sheet.now, language, is_staff=is_staff),
            _estimate(t, sheet, language),
            _description(t, ticket),
            _history(t, sheet, language, shown),
            _answer_box(t, sheet, is_staff=is_staff),
            action_row(*_actions(t, sheet, is_staff=is_staff)),
            fallback_text=fallback(sheet, language, is_staff=is_staff),
            language=language,
            subject=f"ticket:{ticket.number}",
            summary=fallback(sheet, language, is_staff=is_staff),
        )

    return fit(build, min(SHOWN_EVENTS, len(sheet.events)))


def fallback(sheet: TicketSheet, language: Language, *, is_staff: bool) -> str:
    """The ticket in one line, for notifications and where no card can be shown."""
    t = texts_for(language)
    line = t("Ticket {number}: {subject}", number=sheet.ticket.number, subject=clip(sheet.ticket.subject, 80))
    parts = [line, _state(t, sheet.ticket)]
    if is_staff:
        parts.insert(1, sheet.customer_name)
    if sheet.allowance.logged_minutes:
        parts.append(money(sheet.amount_cents, language))
    return " · ".join(parts)


def _state(t: Texts, ticket: Ticket) -> str:
    if ticket.state is State.CLOSED and ticket.outcome is not None:
        return t("Closed: {outcome}", outcome=outcome_label(t, ticket.outcome))
    return state_label(t, ticket.state)


def _ground(ticket: Ticket) -> ContainerStyle:
    match ticket.state:
        case State.NEW:
            return ContainerStyle.ACCENT
        case State.WAITING_CUSTOMER:
            return ContainerStyle.WARNING
        case State.CLOSED:
            return ContainerStyle.GOOD
    return ContainerStyle.EMPHASIS


def _facts(t: Texts, sheet: TicketSheet, language: Language, *, is_staff: bool) -> Element:
    ticket = sheet.ticket
    opened = t("{when} by {name}", when=stamp(ticket.created_at, sheet.now, language), name=sheet.opened_by)
    if ticket.by_phone:
        opened = t("{opened} (by phone)", opened=opened)
    return facts(
        (t("Opened"), opened),
        _pick_up(t, sheet, language),
        (t("Service"), product_label(t, ticket.product)) if ticket.product else None,
        (t("Affected"), ticket.affected) if ticket.affected else None,
        (t("How to reach"), ticket.reach) if ticket.reach else None,
        reach_fact(t, sheet.reach, sheet.now, language),
        (t("Urgency"), urgency_label(t, ticket.urgency)) if is_staff and ticket.urgency else None,
        (t("Microsoft case"), ticket.microsoft_case) if ticket.microsoft_case else None,
        (t("Outside office hours"), t("allowed by the customer") if is_staff else t("allowed by you"))
        if ticket.outside_hours_allowed
        else None,
        (t("Waiting for"), ", ".join(wait_label(t, wait) for wait in sheet.waits)) if sheet.waits else None,
        (t("Follow-up of"), str(ticket.follow_up_of)) if ticket.follow_up_of else None,
        (t("Duplicate of"), str(ticket.duplicate_of)) if ticket.duplicate_of else None,
        (t("Spent"), spent_text(t, sheet, language)),
        (t("Files"), str(sheet.files)) if sheet.files else None,
        (t("Your timer"), t("running since {when}", when=stamp(sheet.timer_since, sheet.now, language)))
        if sheet.timer_since
        else None,
    )


def _pick_up(t: Texts, sheet: TicketSheet, language: Language) -> tuple[str, str] | None:
    ticket = sheet.ticket
    if sheet.engineer is not None and sheet.passed_on_at is not None:
        since = stamp(sheet.passed_on_at, sheet.now, language)
        return t("Engineer"), t("{name}, since {when}", name=sheet.engineer, when=since)
    if sheet.engineer is not None and ticket.claimed_at is not None:
        when = stamp(ticket.claimed_at, sheet.now, language)
        return t("Picked up"), t("by {name}, {when}", name=sheet.engineer, when=when)
    if ticket.state is State.CLOSED:
        return None
    # A target, never a promise (R9, R10).
    return t("Pick-up target"), stamp(sheet.pickup_due_at, sheet.now, language)


def _estimate(t: Texts, sheet: TicketSheet, language: Language) -> Element | None:
    if sheet.estimate is None:
        return None
    shown = replace(sheet.estimate, state=expire(sheet.estimate, sheet.now).state)
    can_stop = Move.STOP_WORK in sheet.moves
    return estimate_panel(t, shown, sheet.decided_by, language, can_stop=can_stop)


def _description(t: Texts, ticket: Ticket) -> Element | None:
    # The subject is often the whole of it.
    if ticket.description.strip().rstrip(".!") == ticket.subject:
        return None
    return section(wrote(ticket.description, limit=1200))


def _history(t: Texts, sheet: TicketSheet, language: Language, shown: int) -> Element | None:
    events = sheet.events[len(sheet.events) - shown :]
    if not events:
        return None
    lines: list[Element | None] = []
    for event in events:
        line = f"{stamp(event.at, sheet.now, language)} · {event_text(event, language)}"
        lines.append(text(line, subtle=True, spacing=Spacing.SMALL))
        if event.text and event.kind.value != "ticket_opened":
            # In full up to a paragraph; the rest is one click away.
            lines.append(wrote(event.text, limit=600, spacing=Spacing.NONE))
    more = sheet.more_events + len(sheet.events) - shown
    if more:
        lines.insert(0, text(t.plural("{n} earlier event", "{n} earlier events", more), subtle=True))
    return section(text(t("What happened"), bold=True), *lines)


def _answer_box(t: Texts, sheet: TicketSheet, *, is_staff: bool) -> Element | None:
    if Move.ANSWER not in sheet.moves:
        return None
    label = t("Answer to the customer") if is_staff else t("Your answer")
    answer = AnswerTicket(form_id=sheet.form_id, ticket=sheet.ticket.number)
    return section(
        text(t("The customer sees this: {readers}", readers=sheet.readers), subtle=True)
        if is_staff and sheet.readers
        else None,
        text_input(
            "text",
            label,
            multiline=True,
            required=True,
            max_length=LONGEST_WORDS,
            error=t("Write something first."),
        ),
        action_row(execute(t("Send answer"), answer, style=ActionStyle.POSITIVE)),
    )


def _actions(t: Texts, sheet: TicketSheet, *, is_staff: bool) -> list[Action]:
    if is_staff:
        has_timer = sheet.timer_since is not None
        return staff_actions(t, sheet.ticket, sheet.moves, files=sheet.files, timer=has_timer, access=sheet.access)
    number = sheet.ticket.number
    offers: list[tuple[Move, str, Click]] = [
        (Move.WITHDRAW, t("Withdraw"), StartWithdrawal(ticket=number)),
        (Move.REOPEN, t("Reopen"), StartReopening(ticket=number)),
        (Move.FOLLOW_UP, t("Follow-up ticket"), StartTicket(follow_up_of=number)),
    ]
    actions = [execute(title, click) for move, title, click in offers if move in sheet.moves]
    if sheet.files:
        actions.append(execute(t("Files ({n})", n=sheet.files), ShowFiles(ticket=number)))
    if sheet.more_events or len(sheet.events) > 1:
        actions.append(execute(t("History"), ShowHistory(ticket=number)))
    actions.append(execute(t("My tickets"), ShowTickets()))
    return actions
