"""Samples of the forms for time, the list of entries and the timer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from cards.clicks.hours import CorrectTime, LogTime
from cards.components import Card
from cards.entries import EntriesSheet, EntryLine, RunningTimer, entries_card, refused_text, timer_elsewhere_card
from cards.hours import CorrectionSheet, LogSheet, correction_card, log_card
from contract.allowance import Allowance
from contract.errors import NeedsOutsideHoursReason, OverAllowance
from contract.hours import OutsideHoursReason, Place, WorkEntry
from contract.people import Language
from contract.rate_bands import RateBand
from contract.tickets import State, Ticket
from tests.cards.samples import sample

NOW = datetime(2026, 11, 23, 16, 45, tzinfo=UTC)
TICKET = Ticket(
    number=1001,
    customer_id=1,
    subject="Outlook shows no new mail since this morning",
    description="Outlook shows no new mail since this morning. Web mail works.",
    created_at=datetime(2026, 11, 23, 7, 10, tzinfo=UTC),
    created_by=1,
    state=State.IN_PROGRESS,
    engineer_id=7,
    outside_hours_allowed=True,
)
FORM = "form-sample-1"
EMPTY = LogTime(form_id=FORM, ticket=1001, worked_on=date(2026, 11, 23))
FILLED = LogTime(
    form_id=FORM,
    ticket=1001,
    worked_on=date(2026, 11, 23),
    begin=time(16, 30),
    end=time(17, 40),
    work="Rebuilt the profile on both laptops and *moved* the archive to the shared mailbox.",
)
SHEET = LogSheet(
    ticket=TICKET,
    customer_name="Bakkerij Brood & Zo",
    readers="Anna de Vries (NL), Bram Bakker (EN)",
    filled=EMPTY,
    allowance=Allowance(120, 85),
    now=NOW,
)
ENTRY = WorkEntry(
    id=12,
    ticket_number=1001,
    engineer_id=7,
    started_at=NOW - timedelta(hours=3),
    ended_at=NOW - timedelta(hours=2, minutes=15),
    what="Repaired the rules of the mailbox.",
    recorded_at=NOW,
)


@sample("log time: empty")
def _(language: Language) -> Card:
    return log_card(SHEET, language)


@sample("log time: own timer runs")
def _(language: Language) -> Card:
    return log_card(replace(SHEET, timer_since=NOW - timedelta(minutes=50)), language)


@sample("log time: from the timer")
def _(language: Language) -> Card:
    since = NOW - timedelta(minutes=50)
    carried = {"timer_since": since, "timer_until": NOW, "begin": time(16, 55), "end": time(17, 45)}
    filled = FILLED.model_copy(update=carried)
    return log_card(replace(SHEET, filled=filled, then=1002, timer_since=since), language)


@sample("log time: outside office hours")
def _(language: Language) -> Card:
    notice = refused_text(NeedsOutsideHoursReason(40), language, NOW)
    return log_card(replace(SHEET, filled=FILLED, outside_minutes=40), language, notice=notice)


@sample("log time: at the limit")
def _(language: Language) -> Card:
    chosen = FILLED.model_copy(update={"outside_hours_reason": OutsideHoursReason.AGREED_TIME})
    notice = refused_text(OverAllowance(35), language, NOW)
    return log_card(replace(SHEET, filled=chosen, over_minutes=35), language, notice=notice)


@sample("log time: nothing left")
def _(language: Language) -> Card:
    notice = refused_text(OverAllowance(0), language, NOW)
    sheet = replace(SHEET, filled=FILLED, allowance=Allowance(120, 120), over_minutes=70)
    return log_card(sheet, language, notice=notice)


@sample("entries: none")
def _(language: Language) -> Card:
    sheet = EntriesSheet(
        ticket=TICKET, customer_name="Bakkerij Brood & Zo", allowance=Allowance(), amount_cents=2125, lines=(), now=NOW
    )
    return entries_card(sheet, language)


@sample("entries: a page of them")
def _(language: Language) -> Card:
    bands = {RateBand.OFFICE: 30, RateBand.AFTER_HOURS: 15, RateBand.WEEKEND_HOLIDAY: 0}
    plain = EntryLine(entry=ENTRY, engineer="Eva Engineer", bands=bands, amount_cents=7000)
    on_site = replace(ENTRY, id=13, place=Place.ON_SITE, outside_hours_reason=OutsideHoursReason.OWN_CHOICE)
    free = replace(ENTRY, id=14, is_billable=False, what="Waited for Microsoft. " * 40)
    sheet = EntriesSheet(
        ticket=TICKET,
        customer_name="Bakkerij Brood & Zo",
        allowance=Allowance(120, 90),
        amount_cents=14000,
        lines=(replace(plain, is_carried=True), replace(plain, entry=on_site), replace(plain, entry=free, bands={})),
        page=2,
        pages=3,
        now=NOW,
    )
    return entries_card(sheet, language)


@sample("correct time: as it is")
def _(language: Language) -> Card:
    filled = CorrectTime(
        form_id=FORM,
        ticket=1001,
        entry=12,
        worked_on=date(2026, 11, 23),
        begin=time(14, 45),
        worked_minutes=45,
        work=ENTRY.what,
    )
    sheet = CorrectionSheet(
        ticket=TICKET,
        customer_name="Bakkerij Brood & Zo",
        entry=ENTRY,
        engineer="Eva Engineer",
        filled=filled,
        allowance=Allowance(120, 85),
        now=NOW,
    )
    return correction_card(sheet, language)


@sample("timer: runs on another ticket")
def _(language: Language) -> Card:
    other = replace(TICKET, number=1002, subject="Shared calendar is empty")
    return timer_elsewhere_card(TICKET, RunningTimer(ticket=other, since=NOW - timedelta(hours=1)), NOW, language)
