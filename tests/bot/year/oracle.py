"""What the contract says, counted minute by minute from the raw rows, without the product's rules (R13-R32, D2-D13).

Everything here is written anew and as naively as can be: the clock of Amsterdam, a list of holidays, one step a minute.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
FREE, LEAST = 120, 15
OPENS, CLOSES, SATURDAY, NOON = 9, 17, 5, 12
HOLIDAYS = {
    date(year, month, day)
    for year, days in {
        2026: [(1, 1), (4, 5), (4, 6), (4, 27), (5, 14), (5, 24), (5, 25), (12, 25), (12, 26)],
        2027: [(1, 1), (3, 28), (3, 29), (4, 27), (5, 6), (5, 16), (5, 17), (12, 25), (12, 26)],
        2028: [(1, 1), (4, 16), (4, 17), (4, 27), (5, 25), (6, 4), (6, 5), (12, 25), (12, 26)],
    }.items()
    for month, day in days
}
SHIPPED = {"fee_cents": 27500, "office_cents": 8500, "after_hours_cents": 11000, "weekend_holiday_cents": 13000}
Month = tuple[int, int]
Key = tuple[int, str, int, str]
"""Price year, kind, price, what a cost is for."""
Row = dict[str, Any]


def here(instant: datetime) -> datetime:
    """What the clock in Amsterdam shows."""
    return instant.astimezone(AMSTERDAM)


def month_of(instant: datetime) -> Month:
    """The month in Amsterdam."""
    return here(instant).year, here(instant).month


def following(month: Month) -> Month:
    """The month after it."""
    return (month[0] + 1, 1) if month[1] == 12 else (month[0], month[1] + 1)


def issue_moment(month: Month) -> datetime:
    """The 1st of the next month, 12:00 (D8)."""
    return datetime(*following(month), 1, NOON, tzinfo=AMSTERDAM).astimezone(UTC)


def next_to_come(instant: datetime) -> Month:
    """The month whose invoice is the next to come at an instant (D9)."""
    month = month_of(instant)
    before = (month[0] - 1, 12) if month[1] == 1 else (month[0], month[1] - 1)
    return before if instant < issue_moment(before) else month


def is_working_day(day: date) -> bool:
    """Monday to Friday and no holiday."""
    return day.weekday() < SATURDAY and day not in HOLIDAYS


def band(minute: datetime) -> str:
    """The rate band of one minute (D2)."""
    clock = here(minute)
    if not is_working_day(clock.date()):
        return "weekend_holiday"
    return "office" if OPENS <= clock.hour < CLOSES else "after_hours"


def half_up(numerator: int, denominator: int) -> int:
    """Rounded half up, away from zero (D6)."""
    sign = -1 if numerator < 0 else 1
    return sign * ((abs(numerator) * 2 + denominator) // (denominator * 2))


@dataclass(slots=True)
class Books:
    """The raw rows, by ticket or customer."""

    tickets: dict[int, Row]
    entries: dict[int, list[Row]]
    events: dict[int, list[Row]]
    costs: dict[int, list[Row]]
    estimates: dict[int, list[Row]]
    prices: dict[int, list[Row]]
    contracts: dict[int, list[Row]]

    def price(self, customer: int, year: int, what: str) -> int:
        """The customer's price of a year: its list, else the last before, else as shipped (D10, D34)."""
        lists = self.prices.get(customer, [])
        found = [one for one in lists if one["year"] <= year]
        if not found:
            return SHIPPED[what]
        return int(max(found, key=lambda one: one["year"])[what])

    def is_void(self, number: int) -> bool:
        """Whether the ticket is a duplicate: the last that was said of it (D22)."""
        said = [
            event["kind"]
            for event in self.events[number]
            if event["kind"] in ("ticket_marked_duplicate", "ticket_reopened")
        ]
        return bool(said) and said[-1] == "ticket_marked_duplicate"

    def is_waived(self, number: int) -> bool:
        """Whether the minimum is waived (D5)."""
        return self.tickets[number]["minimum_waived_reason"] is not None

    def standing(self, number: int, at: datetime | None = None) -> list[Row]:
        """The entries that stand, in the order in which they, or what they correct, were first recorded."""
        known = [one for one in self.entries[number] if at is None or one["recorded_at"] <= at]
        corrected = {one["corrects_id"] for one in known}
        return sorted((one for one in known if one["id"] not in corrected), key=lambda one: self.root(number, one))

    def root(self, number: int, entry: Row) -> int:
        """The first of the entries that this one corrects."""
        by_id = {one["id"]: one for one in self.entries[number]}
        while entry["corrects_id"] is not None:
            entry = by_id[entry["corrects_id"]]
        return int(entry["id"])

    def logged(self, number: int, at: datetime | None = None) -> int:
        """Billable minutes that stand (D12)."""
        return sum(length(one) for one in self.standing(number, at) if one["is_billable"])

    def allowed(self, number: int, at: datetime) -> list[tuple[int, Row | None]]:
        """For each minute that is allowed at an instant: how many are before it, and the estimate that allows it."""
        said: list[tuple[datetime, Row]] = [
            (one["decided_at"], one)
            for one in self.estimates[number]
            if one["state"] == "approved" and one["decided_at"] <= at
        ]
        said += [(one["at"], one) for one in self.events[number] if one["kind"] == "work_stopped" and one["at"] <= at]
        minutes: list[tuple[int, Row | None]] = [(place, None) for place in range(FREE)]
        for instant, what in sorted(said, key=lambda pair: pair[0]):
            if "minutes" in what:
                minutes += [(len(minutes) + more, what) for more in range(what["minutes"])]
            else:
                minutes = minutes[: self.logged(number, instant)]
        return minutes

    def worth(self, number: int, *, through: Month) -> Counter[Key]:
        """What every billable minute that stands is to be billed for, of the months through one (D10, D13, D26)."""
        ticket = self.tickets[number]
        found: Counter[Key] = Counter()
        if self.is_void(number):
            return found
        allowed = self.allowed(number, datetime.max.replace(tzinfo=UTC))
        place = 0
        for entry in self.standing(number):
            minute = entry["started_at"]
            while entry["is_billable"] and minute < entry["ended_at"]:
                kind = "office" if entry["outside_hours_reason"] == "own_choice" else band(minute)
                year, _ = month = month_of(minute)
                cents = self.price(ticket["customer_id"], year, f"{kind}_cents")
                estimate = allowed[place][1] if place < len(allowed) else None
                if estimate is not None:
                    cents = min(cents, estimate[f"{kind}_cents"])
                if month <= through:
                    found[year, kind, cents, ""] += 1
                minute += MINUTE
                place += 1
        for cost in self.costs[number]:
            month = cost["happened_on"].year, cost["happened_on"].month
            if cost["removed_at"] is None and month <= through:
                found[cost["happened_on"].year, "cost", cost["price_cents"], cost["what"]] += cost["quantity"]
        return found

    def over_allowance(self, number: int) -> list[int]:
        """The entries with which more was logged than was allowed then (R18, D12)."""
        wrong = []
        for entry in self.entries[number]:
            before = entry["recorded_at"] - timedelta(microseconds=1)
            more = self.logged(number, entry["recorded_at"]) > self.logged(number, before)
            if more and self.logged(number, entry["recorded_at"]) > len(self.allowed(number, entry["recorded_at"])):
                wrong.append(entry["id"])
        return wrong

    def covered(self, customer: int, month: Month) -> bool:
        """Whether a contract covers the first of the month."""
        first = date(*month, 1)
        return any(one["starts_on"] <= first <= one["ends_on"] for one in self.contracts.get(customer, []))


def length(entry: Row) -> int:
    """Elapsed minutes."""
    return int((entry["ended_at"] - entry["started_at"]) / MINUTE)


def grouped(rows: list[Row], by: str) -> dict[int, list[Row]]:
    """Rows by a column."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[by]].append(row)
    return found


# --- reminders --------------------------------------------------------------------------------------------------------


def mornings(after: date, until: datetime) -> list[datetime]:
    """9:00 of every working day after a day, through an instant (R15)."""
    found = []
    day = after + DAY
    while (morning := datetime(day.year, day.month, day.day, OPENS, tzinfo=AMSTERDAM).astimezone(UTC)) <= until:
        if is_working_day(day):
            found.append(morning)
        day += DAY
    return found


def latest(changes: list[tuple[datetime, Any]], at: datetime, default: Any) -> Any:
    """The last value that was set before an instant."""
    place = bisect_right([instant for instant, _ in changes], at)
    return changes[place - 1][1] if place else default
