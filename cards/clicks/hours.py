"""Buttons about time: logging and correcting it, and the engineer's timer. Staff only.

Days and times of day are Europe/Amsterdam's, as people type them; minutes are whole minutes.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from cards.clicks.base import Click, Form, Id
from cards.clicks.tickets import Page
from contract.hours import OutsideHoursReason, Place

# Outside of these a date is a typing error, and arithmetic on it could leave the calendar.
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
Instant = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2199, 12, 31, tzinfo=UTC))]
Minutes = Annotated[int, Field(ge=0, le=1440)]
Work = Annotated[str, Field(max_length=2000)]


class LogFields(Form, abstract=True):
    """The fields in which an engineer says what was worked, for every form that logs time.

    Begin and end, or minutes until now, or minutes from begin or up to end. `timer_since` and `timer_until` are
    carried by the button of a form that was filled in from the timer: the exact instants behind what it shows.
    """

    worked_on: Day | None = None
    begin: time | None = None
    end: time | None = None
    worked_minutes: Minutes | None = None
    billable: bool = True
    place: Place = Place.REMOTE
    work: Work = ""
    outside_hours_reason: OutsideHoursReason | None = None
    timer_since: Instant | None = None
    timer_until: Instant | None = None

    @property
    def has_time(self) -> bool:
        """Whether anything says how long was worked; the day alone does not."""
        return self.begin is not None or self.end is not None or self.worked_minutes is not None

    def carried(self) -> dict[str, Any]:
        """What the button of the form has to carry, so that the timer is used exactly and stopped."""
        if self.timer_since is None:
            return {}
        return {"timer_since": self.timer_since, "timer_until": self.timer_until}


class StartLogging(Click):
    """Show the form to log time on a ticket."""

    ticket: Id


class LogTime(LogFields):
    """Log the time in the form. `then` is the ticket on which the timer is started afterwards."""

    ticket: Id
    then: Id | None = None


class LogWhatFits(LogFields):
    """Log the time in the form: billable up to the limit, the rest not billable (D12, D27)."""

    ticket: Id
    then: Id | None = None


class ShowEntries(Click):
    """Show the time logged on a ticket, newest page first. Pages count from 1."""

    ticket: Id
    page: Page = 1


class StartCorrection(Click):
    """Show the form that corrects one entry."""

    ticket: Id
    entry: Id


class CorrectTime(LogFields):
    """Put what is in the form in the place of an entry; no minutes take it away (D24)."""

    ticket: Id
    entry: Id
    why: Annotated[str, Field(max_length=1000)] = ""


class StartTimer(Click):
    """Start the engineer's timer on a ticket."""

    ticket: Id


class StopTimer(Click):
    """Show the form filled in with what the timer measured; the timer stays until that is saved."""

    ticket: Id
    then: Id | None = None


class DiscardTimer(Click):
    """Throw away what the timer measured since `since`; the history keeps that it was."""

    ticket: Id
    since: Instant
