"""The forms for time: logging it, correcting it, and the list of what was logged (D4, D12, D24-D27, D33).

Log time on ticket 1001                          1:25 of 2:00 used, 0:35 left
Day [23-11-2026]  Begin [14:00]  End [14:45]     or minutes until now [   ]
...
at the limit:  0:35 still fits.  [Log what fits, rest not billed]  [Send an estimate]
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cards.clicks.estimates import StartEstimate
from cards.clicks.hours import CorrectTime, DiscardTimer, LogFields, LogTime, LogWhatFits, StopTimer
from cards.clicks.tickets import ShowTicket
from cards.components import (
    Action,
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    action_row,
    card,
    choice_input,
    clip,
    columns,
    date_input,
    execute,
    heading,
    number_input,
    panel,
    text,
    text_input,
    time_input,
    toggle_input,
    wrote,
)
from cards.formats import duration, moment
from cards.labels import place_label, reason_label
from cards.language import Texts, texts_for
from contract.allowance import Allowance
from contract.hours import OutsideHoursReason, Place, WorkEntry
from contract.people import Language
from contract.tickets import Ticket

MOST_MINUTES = 1440
_ESTIMATED_WORDS = 1000
"""Characters of what was done that the offered estimate starts with: a button carries them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSheet:
    """What the form for time shows, and what was filled in so far. Instants aware UTC."""

    ticket: Ticket
    customer_name: str
    readers: str
    """Who of the customer reads what was done, and in which language."""
    filled: LogFields
    allowance: Allowance
    then: int | None = None
    """The ticket on which the timer is started afterwards, whose card the form stands in place of."""
    timer_since: datetime | None = None
    """When the reader's timer on this ticket was started, where the form was not filled in from it."""
    outside_minutes: int = 0
    """Minutes outside office hours, for which a reason is asked (D26)."""
    over_minutes: int = 0
    """Minutes that do not fit any more: what fits is offered, and an estimate for these (D12)."""
    now: datetime

    @property
    def asks_reason(self) -> bool:
        """Whether the reason for work outside office hours is asked."""
        return self.outside_minutes > 0 or self.filled.outside_hours_reason is not None


def log_fields(
    t: Texts, filled: LogFields | None, *, allowed_outside: bool = False, asks_reason: bool = False, readers: str = ""
) -> list[Element]:
    """The inputs of `LogFields`, to put into a form, with what was filled in.

    The reason for work outside office hours is asked only where `asks_reason`; `allowed_outside` says that the
    customer agreed to such work when the ticket was opened, which is then the reason that stands there.
    """
    day = filled.worked_on if filled else None
    begin, end = (filled.begin, filled.end) if filled else (None, None)
    minutes = filled.worked_minutes if filled else None
    found: list[Element] = [
        date_input("worked_on", t("Day"), value=day),
        columns([time_input("begin", t("Begin"), value=begin)], [time_input("end", t("End"), value=end)]),
        number_input(
            "worked_minutes",
            t("Or only minutes, until now"),
            value=minutes,
            least=0,
            most=MOST_MINUTES,
            placeholder=t("Leave empty with begin and end"),
        ),
        *_kind_fields(t, filled),
    ]
    if asks_reason:
        found.append(_reason_field(t, filled, allowed_outside=allowed_outside))
    found.append(_work_field(t, filled, readers))
    return found


def _kind_fields(t: Texts, filled: LogFields | None) -> list[Element]:
    return [
        columns(
            [
                choice_input(
                    "place",
                    t("Where"),
                    {place.value: place_label(t, place) for place in Place},
                    value=(filled.place if filled else Place.REMOTE).value,
                )
            ],
            [toggle_input("billable", t("Bill"), t("Billable"), value=filled.billable if filled else True)],
        ),
    ]


def _reason_field(t: Texts, filled: LogFields | None, *, allowed_outside: bool) -> Element:
    chosen = filled.outside_hours_reason if filled else None
    if chosen is None and allowed_outside:
        chosen = OutsideHoursReason.CUSTOMER_ASKED
    return choice_input(
        "outside_hours_reason",
        t("Why outside office hours?"),
        {reason.value: reason_label(t, reason) for reason in OutsideHoursReason},
        value=chosen.value if chosen else "",
        expanded=True,
    )


def _work_field(t: Texts, filled: LogFields | None, readers: str) -> Element:
    label = t("What was done? (the customer sees this: {readers})", readers=readers)
    return text_input(
        "work",
        label if readers else t("What was done? (the customer sees this)"),
        value=filled.work if filled else "",
        multiline=True,
        max_length=2000,
    )


def log_card(sheet: LogSheet, language: Language, *, notice: str = "") -> Card:
    """The form for time. `notice` says what kept it from being logged as it was."""
    t = texts_for(language)
    number = sheet.ticket.number
    title = t("Log time on ticket {number}", number=number)
    return card(
        _top(t, sheet, notice),
        heading(title),
        text(sheet.customer_name, subtle=True),
        wrote(sheet.ticket.subject, bold=True),
        text(allowance_text(t, sheet.allowance), subtle=True),
        _timer(t, sheet, language),
        *log_fields(
            t,
            sheet.filled,
            allowed_outside=sheet.ticket.outside_hours_allowed,
            asks_reason=sheet.asks_reason,
            readers=sheet.readers,
        ),
        action_row(*_log_actions(t, sheet)),
        fallback_text=title,
        language=language,
        subject=f"ticket:{sheet.then or number}",
        is_form=True,
    )


def allowance_text(t: Texts, allowance: Allowance) -> str:
    """How much of what may be spent is used, and what is left (D12)."""
    return t(
        "{spent} of {granted} used, {left} left",
        spent=duration(allowance.logged_minutes),
        granted=duration(allowance.granted_minutes),
        left=duration(allowance.remaining_minutes),
    )


def _top(t: Texts, sheet: LogSheet, notice: str) -> Element | None:
    """Why it was not logged; at the limit with what can be done instead, so that nothing typed is lost (D12, D27)."""
    if not notice:
        return None
    if not sheet.over_minutes:
        return panel(text(notice), style=ContainerStyle.WARNING)
    filled, number = sheet.filled, sheet.ticket.number
    left = sheet.allowance.remaining_minutes
    fits = LogWhatFits.model_validate({"form_id": filled.form_id, "ticket": number, **_then(sheet), **filled.carried()})
    ask = StartEstimate.model_validate(
        {"ticket": number, "minutes": sheet.over_minutes, "what": clip(filled.work, _ESTIMATED_WORDS)}
    )
    title = t("Log {left}, rest not billed", left=duration(left)) if left else t("Log it, not billed")
    return panel(
        text(notice),
        action_row(
            execute(title, fits),
            execute(t("Estimate for {rest}", rest=duration(sheet.over_minutes)), ask),
        ),
        style=ContainerStyle.WARNING,
    )


def _timer(t: Texts, sheet: LogSheet, language: Language) -> Element | None:
    filled = sheet.filled
    if filled.timer_since is not None:
        since = moment(filled.timer_since, sheet.now, language)
        return text(t("From your timer, started {when}. It goes on until you save.", when=since))
    if sheet.timer_since is None:
        return None
    return columns(
        [text(t("Your timer runs since {when}.", when=moment(sheet.timer_since, sheet.now, language)))],
        [action_row(execute(t("Take its time"), StopTimer(ticket=sheet.ticket.number)))],
        widths=("stretch", "auto"),
    )


def _then(sheet: LogSheet) -> dict[str, int]:
    return {} if sheet.then is None else {"then": sheet.then}


def _log_actions(t: Texts, sheet: LogSheet) -> list[Action]:
    filled, number = sheet.filled, sheet.ticket.number
    log = LogTime.model_validate({"form_id": filled.form_id, "ticket": number, **_then(sheet), **filled.carried()})
    actions = [execute(t("Log time"), log, style=ActionStyle.POSITIVE)]
    if filled.timer_since is not None:
        discard = DiscardTimer(ticket=number, since=filled.timer_since)
        actions.append(execute(t("Discard the timer"), discard, style=ActionStyle.DESTRUCTIVE))
    actions.append(execute(t("Back"), ShowTicket(ticket=sheet.then or number)))
    return actions


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionSheet:
    """What the form that corrects an entry shows, and what was filled in so far."""

    ticket: Ticket
    customer_name: str
    entry: WorkEntry
    engineer: str
    filled: CorrectTime
    allowance: Allowance
    outside_minutes: int = 0
    now: datetime


def correction_card(sheet: CorrectionSheet, language: Language, *, notice: str = "") -> Card:
    """The form that corrects an entry: its day, begin and minutes; none of them takes it away (D24)."""
    t = texts_for(language)
    ticket, entry, filled = sheet.ticket, sheet.entry, sheet.filled
    title = t("Correct time on ticket {number}", number=ticket.number)
    logged = t(
        "{name} logged {spent}, {when}",
        name=sheet.engineer,
        spent=duration(entry.minutes),
        when=moment(entry.started_at, sheet.now, language),
    )
    asks = sheet.outside_minutes > 0 or filled.outside_hours_reason is not None
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        heading(title),
        text(sheet.customer_name, subtle=True),
        text(logged, bold=True),
        text(allowance_text(t, sheet.allowance), subtle=True),
        date_input("worked_on", t("Day"), value=filled.worked_on),
        columns(
            [time_input("begin", t("Begin"), value=filled.begin)],
            [number_input("worked_minutes", t("Minutes"), value=filled.worked_minutes, least=0, most=MOST_MINUTES)],
        ),
        text(t("0 minutes takes it away. The history keeps both."), subtle=True),
        *_kind_fields(t, filled),
        _reason_field(t, filled, allowed_outside=ticket.outside_hours_allowed) if asks else None,
        _work_field(t, filled, ""),
        text_input("why", t("Why is it corrected? (the customer sees this)"), value=filled.why, max_length=1000),
        action_row(
            execute(
                t("Correct time"),
                CorrectTime(form_id=filled.form_id, ticket=ticket.number, entry=entry.id),
                style=ActionStyle.POSITIVE,
            ),
            execute(t("Back"), ShowTicket(ticket=ticket.number)),
        ),
        fallback_text=title,
        language=language,
        subject=f"ticket:{ticket.number}",
        is_form=True,
    )
