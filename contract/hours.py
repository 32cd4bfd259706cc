"""Time entries: what can be logged and what of it is billed (R18, R20, R24-R26, D4, D11, D12, D23-D27).

An entry is refused whole. Nothing is lost: what fits can be logged billable and the rest not billable, which a later
approval does not change. A correction takes the place of the entry it corrects; one that only cuts an entry is always
allowed.

    20 minutes are left and 16:30 to 17:30 on a Monday is logged: refused. What fits: 16:30 to 16:50 billable, 16:50
    to 17:30 not billable. With 60 left it needs a reason for the 30 minutes after 17:00; "own choice" bills those at
    the office rate.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from contract.access import check_remote_access
from contract.allowance import Allowance, check_fits
from contract.contracts import check_covered, check_on_site
from contract.errors import AfterClosing, BeforeTicket, InFuture, NeedsOutsideHoursReason, OverlappingEntry, ZeroMinutes
from contract.holidays import CONTRACT_HOLIDAYS, Calendar
from contract.local_time import DAY, MINUTE, local, truncate
from contract.rate_bands import RateBand, minutes_by_band

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from contract.consents import AccessSpan
    from contract.contracts import Contract
    from contract.tickets import Ticket


class Place(StrEnum):
    """Where the work was done; on-site only by addendum (R24, R26)."""

    REMOTE = "remote"
    """In the customer's Microsoft 365: needs access (R25)."""
    ADVICE = "advice"
    """By chat or phone: remote too, and billed the same, but nobody was let in for it (R25)."""
    ON_SITE = "on_site"


class OutsideHoursReason(StrEnum):
    """Why there was work outside office hours (D26); with the last one it is billed at the office rate."""

    CUSTOMER_ASKED = "customer_asked"
    URGENCY = "urgency"
    AGREED_TIME = "agreed_time"
    OWN_CHOICE = "own_choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkEntry:
    """Work of one engineer on one ticket. Begin and end are truncated to whole minutes in UTC when it is made (D4)."""

    id: int
    """0 for a draft."""
    ticket_number: int
    engineer_id: int
    started_at: datetime
    ended_at: datetime
    is_billable: bool = True
    place: Place = Place.REMOTE
    what: str = ""
    outside_hours_reason: OutsideHoursReason | None = None
    recorded_at: datetime
    corrects_id: int | None = None
    """The entry whose place this one takes."""

    def __post_init__(self) -> None:
        """Truncate both instants (D4)."""
        object.__setattr__(self, "started_at", truncate(self.started_at))
        object.__setattr__(self, "ended_at", truncate(self.ended_at))

    @property
    def minutes(self) -> int:
        """Elapsed whole minutes (D1, D4)."""
        return (self.ended_at - self.started_at) // MINUTE

    @property
    def billable_minutes(self) -> int:
        """What counts for the minimum and the allowance (D11)."""
        return self.minutes if self.is_billable else 0


def standing(entries: Iterable[WorkEntry]) -> tuple[WorkEntry, ...]:
    """Return the entries that count: those whose place no correction took."""
    kept = tuple(entries)
    corrected = {entry.corrects_id for entry in kept}
    return tuple(entry for entry in kept if entry.id not in corrected)


def logged_minutes(entries: Iterable[WorkEntry]) -> int:
    """Return the billable minutes of a ticket's entries, all engineers, every band one to one (D12)."""
    return sum(entry.billable_minutes for entry in standing(entries))


def billed_minutes_by_band(entry: WorkEntry, calendar: Calendar = CONTRACT_HOLIDAYS) -> dict[RateBand, int]:
    """Return the minutes that are billed by band, zeros included; own choice is billed as office time (D11, D26)."""
    if not entry.is_billable:
        return dict.fromkeys(RateBand, 0)
    if entry.outside_hours_reason is OutsideHoursReason.OWN_CHOICE:
        return dict.fromkeys(RateBand, 0) | {RateBand.OFFICE: entry.minutes}
    return minutes_by_band(entry.started_at, entry.ended_at, calendar)


def outside_hours_minutes(entry: WorkEntry, calendar: Calendar = CONTRACT_HOLIDAYS) -> int:
    """Return the minutes outside office hours, for which a reason is needed (R20, D26)."""
    minutes = minutes_by_band(entry.started_at, entry.ended_at, calendar)
    return minutes[RateBand.AFTER_HOURS] + minutes[RateBand.WEEKEND_HOLIDAY]


def fitting(draft: WorkEntry, remaining_minutes: int) -> tuple[WorkEntry | None, WorkEntry | None]:
    """Cut a draft at the minutes that are left: billable part, rest not billable; None where empty (D12, D27)."""
    cut = draft.started_at + timedelta(minutes=max(0, min(remaining_minutes, draft.minutes)))
    parts = (replace(draft, ended_at=cut), replace(draft, started_at=cut, is_billable=False))
    billable, rest = (part if part.minutes > 0 else None for part in parts)
    return billable, rest


def check_entry(
    draft: WorkEntry,
    *,
    ticket: Ticket,
    now: datetime,
    own_entries: Iterable[WorkEntry],
    contracts: Iterable[Contract],
    access: Iterable[AccessSpan],
    allowance: Allowance,
    calendar: Calendar = CONTRACT_HOLIDAYS,
    replacing: WorkEntry | None = None,
) -> bool:
    """Refuse an entry that can not be logged; return when it can (R18, R20, R24-R26, D4, D11, D12, D23-D27).

    `own_entries` are the engineer's, on any ticket (near the draft is enough); `contracts` and `access` the
    customer's; `allowance` the ticket's as it stands, with the entry that `replacing` corrects still counted. Raises
    the classes of EntryRefusal, and NoContract. Returns whether the remote work was done, at least in part, on the last
    known consent only, because checks failed (R25).
    """
    if replacing is not None and is_cut(draft, replacing):
        return False
    terms = tuple(contracts)
    _check_time(draft, ticket, now)
    for day in _local_days(draft):
        check_covered(terms, day)
        if draft.place is Place.ON_SITE:
            check_on_site(terms, day)
    is_carried = draft.place is Place.REMOTE and check_remote_access(access, draft.started_at, draft.ended_at)
    _check_overlap(draft, own_entries, replacing)
    outside = outside_hours_minutes(draft, calendar)
    if outside and draft.outside_hours_reason is None:
        raise NeedsOutsideHoursReason(outside)
    already = replacing.billable_minutes if replacing is not None else 0
    if draft.billable_minutes > already:
        check_fits(replace(allowance, logged_minutes=allowance.logged_minutes - already), draft.billable_minutes)
    return is_carried


def is_cut(draft: WorkEntry, replacing: WorkEntry) -> bool:
    """Tell whether a correction only takes away: to nothing, or to a part of the same entry (D24).

    Such a one is always allowed. Fewer minutes at another time, in another place or for another reason are checked
    like any entry, except that the allowance never refuses them.
    """
    if draft.minutes == 0:
        return True
    return (
        replacing.started_at <= draft.started_at < draft.ended_at <= replacing.ended_at
        and (replacing.is_billable or not draft.is_billable)
        and draft.place is replacing.place
        and draft.outside_hours_reason is replacing.outside_hours_reason
        and draft.engineer_id == replacing.engineer_id
    )


def _check_time(draft: WorkEntry, ticket: Ticket, now: datetime) -> None:
    """Refuse what D23 refuses, comparing whole minutes."""
    if draft.minutes <= 0:
        raise ZeroMinutes
    if draft.started_at < truncate(ticket.created_at):
        raise BeforeTicket(ticket.created_at)
    if draft.ended_at > truncate(now):
        raise InFuture(now)
    if ticket.closed_at is not None and draft.started_at >= truncate(ticket.closed_at):
        raise AfterClosing(ticket.closed_at)


def _check_overlap(draft: WorkEntry, own_entries: Iterable[WorkEntry], replacing: WorkEntry | None) -> None:
    """Refuse two entries of one engineer in the same minute, on any ticket; an edit does not meet itself (D24)."""
    for entry in standing(own_entries):
        if entry.engineer_id != draft.engineer_id or (replacing is not None and entry.id == replacing.id):
            continue
        if max(entry.started_at, draft.started_at) < min(entry.ended_at, draft.ended_at):
            raise OverlappingEntry(entry)


def _local_days(draft: WorkEntry) -> Iterator[date]:
    day, last = local(draft.started_at).date(), local(draft.ended_at - MINUTE).date()
    while day <= last:
        yield day
        day += DAY
