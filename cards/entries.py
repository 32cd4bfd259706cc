"""The time logged on a ticket as a list, and the question which timer is meant (D24, D33)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.added_costs import cost_lines
from cards.clicks.costs import StartCost
from cards.clicks.hours import ShowEntries, StartCorrection, StartLogging, StopTimer
from cards.clicks.tickets import ShowTicket
from cards.components import (
    ActionStyle,
    Card,
    Element,
    action_row,
    card,
    execute,
    fit,
    heading,
    section,
    text,
    wrote,
)
from cards.formats import duration, long_date, moment, money, stamp, time
from cards.hours import allowance_text
from cards.labels import band_label, place_label, reason_label
from cards.language import Texts, texts_for
from cards.refusals import refusal_text
from contract.allowance import Allowance
from contract.costs import Cost
from contract.errors import NoContract, Refusal, TextMissing
from contract.events import TicketEvent
from contract.hours import Place, WorkEntry
from contract.people import Language
from contract.rate_bands import RateBand
from contract.tickets import Ticket

PAGE_ENTRIES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """One entry with who logged it, its billed minutes per rate band and its amount in cents (D33)."""

    entry: WorkEntry
    engineer: str
    bands: dict[RateBand, int]
    amount_cents: int
    is_carried: bool = False
    """On the last known consent to access, because checks failed when it was logged (R25)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesSheet:
    """A page of a ticket's entries, newest first."""

    ticket: Ticket
    customer_name: str
    allowance: Allowance
    amount_cents: int
    lines: tuple[EntryLine, ...]
    costs: tuple[Cost, ...] = ()
    """What is charged beside the hours (R26)."""
    can_add_cost: bool = False
    """Whether an addendum names anything for this ticket."""
    page: int = 1
    pages: int = 1
    now: datetime


def entries_card(sheet: EntriesSheet, language: Language) -> Card:
    """The time logged on a ticket, each entry with the button that corrects it."""
    t = texts_for(language)
    number = sheet.ticket.number
    title = t("Time on ticket {number}", number=number)
    total = t("{amount} excl. VAT so far (provisional)", amount=money(sheet.amount_cents, language))

    def build(tenths: int) -> Card:
        lines = [_entry(t, sheet, line, language, 60 * max(tenths, 1)) for line in sheet.lines]
        return card(
            heading(title),
            text(sheet.customer_name, subtle=True),
            wrote(sheet.ticket.subject, bold=True),
            text(f"{allowance_text(t, sheet.allowance)} · {total}"),
            *cost_lines(sheet.ticket, sheet.costs, language),
            *(lines or [text(t("No time was logged yet."))]),
            action_row(
                execute(t("Log time"), StartLogging(ticket=number)),
                execute(t("Add cost"), StartCost(ticket=number)) if sheet.can_add_cost else None,
                execute(t("Newer"), ShowEntries(ticket=number, page=sheet.page - 1)) if sheet.page > 1 else None,
                execute(t("Older"), ShowEntries(ticket=number, page=sheet.page + 1))
                if sheet.page < sheet.pages
                else None,
                execute(t("Back"), ShowTicket(ticket=number)),
            ),
            fallback_text=f"{title}: {allowance_text(t, sheet.allowance)}",
            language=language,
            subject=f"ticket:{number}",
            is_form=True,
        )

    return fit(build, 10)


def _entry(t: Texts, sheet: EntriesSheet, line: EntryLine, language: Language, limit: int) -> Element:
    entry = line.entry
    span = f"{stamp(entry.started_at, sheet.now, language)}–{time(entry.ended_at)}"
    facts = [bands_text(t, line.bands), money(line.amount_cents, language)] if entry.is_billable else [t("not billed")]
    if entry.place is not Place.REMOTE:
        facts.append(place_label(t, entry.place))
    if entry.outside_hours_reason is not None:
        facts.append(reason_label(t, entry.outside_hours_reason))
    if line.is_carried:
        facts.append(t("on the last known consent to access"))
    return section(
        text(f"{span} · {duration(entry.minutes)} · {line.engineer}", bold=True),
        text(" · ".join(fact for fact in facts if fact), subtle=True),
        wrote(entry.what, limit=limit) if entry.what else None,
        action_row(
            execute(
                t("Correct {span}", span=f"{time(entry.started_at)}–{time(entry.ended_at)}"),
                StartCorrection(ticket=sheet.ticket.number, entry=entry.id),
            )
        ),
    )


def bands_text(t: Texts, bands: dict[RateBand, int]) -> str:
    """Minutes per rate band: "0:30 office hours, 0:15 evenings and nights"."""
    return ", ".join(f"{duration(minutes)} {band_label(t, band)}" for band, minutes in bands.items() if minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningTimer:
    """A timer that runs on another ticket than the one it was to be started on."""

    ticket: Ticket
    since: datetime


def timer_elsewhere_card(ticket: Ticket, running: RunningTimer, now: datetime, language: Language) -> Card:
    """An engineer has one timer: which one runs, and the button that stops it and starts the other."""
    t = texts_for(language)
    title = t("Your timer already runs on ticket {number}", number=running.ticket.number)
    stop = StopTimer(ticket=running.ticket.number, then=ticket.number)
    return card(
        heading(title),
        wrote(running.ticket.subject, bold=True),
        text(
            t(
                "Since {when}. Log that time first; then the timer of ticket {number} starts.",
                when=moment(running.since, now, language),
                number=ticket.number,
            )
        ),
        action_row(
            execute(t("Stop it and log its time"), stop, style=ActionStyle.POSITIVE),
            execute(t("Back"), ShowTicket(ticket=ticket.number)),
        ),
        fallback_text=title,
        language=language,
        subject=f"ticket:{ticket.number}",
        is_form=True,
    )


def logged_notice(happened: Sequence[TicketEvent], allowance: Allowance, language: Language) -> str:
    """What was just logged, per rate band and with its amount, and what is left (D23, D33)."""
    t = texts_for(language)
    parts = [_logged(t, event, language) for event in happened]
    if any(event.details.get("was_repeated") for event in happened):
        parts.append(t("The clock shows that hour twice; the shorter reading was taken."))
    if any(event.details.get("is_carried") for event in happened):
        parts.append(t("The customer's consent can't be checked at the moment: this rests on the last known one."))
    parts.append(t("{left} left.", left=duration(allowance.remaining_minutes)))
    return " ".join(parts)


def _logged(t: Texts, event: TicketEvent, language: Language) -> str:
    spent = duration(event.details["minutes"])
    if not event.details["is_billable"]:
        return t("Logged {spent}, not billed.", spent=spent)
    bands = {RateBand(band): minutes for band, minutes in event.details["bands"].items()}
    return t(
        "Logged {spent}: {bands}, {amount} excl. VAT.",
        spent=spent,
        bands=bands_text(t, bands),
        amount=money(event.details["amount_cents"], language),
    )


def refused_text(error: Refusal, language: Language, now: datetime) -> str:
    """Why time was not logged, to the engineer who filled in the form."""
    t = texts_for(language)
    if isinstance(error, NoContract):
        return t("The customer has no contract on {day}.", day=long_date(error.day, language))
    if isinstance(error, TextMissing):
        return t("Say what was done.")
    return refusal_text(error, language, now)
