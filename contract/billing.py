"""What a ticket costs, to the cent, and on which invoice (R14, R31, D5-D7, D9-D11, D13, D22, D26, D33).

One line per billing month, ticket, band, price year and price: minutes times rate, rounded half up. Beside the work the
minimum of fifteen minutes. A minute is billed with the month in which it was worked, or with a later one when it was
recorded at or after that month's issue moment (the 1st of the next month, 12:00 local time). Minutes that an estimate
allowed cost at most what its card showed.

    1:25 hours in office hours in November 2026: 85 x 8500 / 60 = € 120.42, no minimum. One entry of 10 minutes: €
    14.17 office and 5 minutes minimum, € 7.08. A second entry of 1 minute is shown as the line after minus the line
    before: 1558 - 1417 = 141.

What was billed stays billed. The months are played in order: at each issue moment every entry is billed as far as it is
more than was billed of it before. An entry that a correction made smaller since is *due back*, on a credit note:

    40 minutes in November, corrected on 5 December to 30: 10 minutes are due back, 5667 - 4250 = € 14.17, and December
    bills none of it. Corrected to 50 instead: December bills the 10 more.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from contract.hours import OutsideHoursReason
from contract.lines import MINIMUM, Credited, Line, LineKind, Piece, TicketBill, TicketRecord
from contract.local_time import MINUTE
from contract.minimum import minimum_line
from contract.money import amount_cents
from contract.months import Month, billing_month, issued_at, month_of, open_month
from contract.rate_bands import RateBand, Slice, slices

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from contract.grants import Grant
    from contract.holidays import Calendar
    from contract.hours import WorkEntry
    from contract.prices import PriceBook

_LAST_MONTH: Month = (9999, 12)


def ticket_bill(
    record: TicketRecord, prices: PriceBook, calendar: Calendar | None = None, *, through: Month | None = None
) -> TicketBill:
    """Return everything billed for a ticket through the invoice of a month, or as long as anything is to bill.

    `calendar` replaces the price lists' holidays where a contract has its own (D3).
    """
    return _Play(record, prices, calendar or prices.profile).through(through)


_Key = tuple[int, LineKind, int, str]
"""Price year, kind, price and what: what makes one line."""

_Source = tuple[str, int]
"""An entry with its corrections, or a cost: what can be billed and due back by itself."""


class _Play:
    """Plays the issue moments and credit notes of one ticket in order. `billed` is what each source was billed for."""

    def __init__(self, record: TicketRecord, prices: PriceBook, calendar: Calendar) -> None:
        self._record = record
        self._prices = prices
        self._entries = sorted(record.entries, key=lambda entry: entry.recorded_at)
        self._cuts = [slices(entry.started_at, entry.ended_at, calendar) for entry in self._entries]
        by_id = {entry.id: number for number, entry in enumerate(self._entries) if entry.id}
        self._roots = [_root(number, self._entries, by_id) for number in range(len(self._entries))]
        self._billed: dict[_Source, Counter[tuple[Month, _Key]]] = {}
        self._minimum: Counter[Month] = Counter()

    def through(self, last: Month | None) -> TicketBill:
        """Play the months up to `last`."""
        record = self._record
        created_in = month_of(record.ticket.created_at)
        months = sorted(month for month in self._months(created_in) if last is None or month <= last)
        moments: list[tuple[datetime, int, Month | Credited]] = [(issued_at(month), 0, month) for month in months]
        moments += [(credited.at, 1, credited) for credited in record.credits]
        lines: list[Line] = []
        taken_back: dict[Credited, tuple[Line, ...]] = {}
        for at, _, moment in sorted(moments, key=lambda one: one[:2]):
            if isinstance(moment, Credited):
                taken_back[moment] = self._take_back(self._worth(at, _LAST_MONTH), at, moment.month)
            elif not record.is_void(at):
                lines += self._bill(self._worth(at, moment), at, moment)
        end = datetime.max.replace(tzinfo=record.ticket.created_at.tzinfo)
        due_back = self._take_back(self._worth(end, _LAST_MONTH), end, None)
        due_after = self._minimum_now(end, _LAST_MONTH) if due_back and not record.is_void(end) else []
        return TicketBill(tuple(lines), taken_back, due_back, tuple(due_after))

    def _months(self, created_in: Month) -> set[Month]:
        """Return the months with which anything can be billed; in all others nothing happens."""
        record = self._record
        changes = [at for at, _ in record.voided]
        changes += [record.waived_at] if record.waived_at is not None else []
        months = {created_in, *(max(created_in, open_month(at)) for at in changes)}
        for entry, cut in zip(self._entries, self._cuts, strict=True):
            recorded = open_month(entry.recorded_at)
            months |= {recorded, *(max(piece.month, recorded) for piece in cut)}
        for cost in record.costs:
            happened = cost.happened_on.year, cost.happened_on.month
            months.add(billing_month(happened, cost.recorded_at))
        # A credit note lets the minimum come back with the next invoice.
        months |= {open_month(credited.at) for credited in record.credits}
        return {month for month in months if month >= created_in}

    # --- what everything is worth at an instant ---------------------------------------------------------------------

    def _worth(self, at: datetime, last: Month) -> dict[_Source, dict[_Key, list[Piece]]]:
        """Return the billable pieces that stood just before `at`, of the months up to `last`, by source and line."""
        if self._record.is_void(at):
            return {}
        known = [(number, entry) for number, entry in enumerate(self._entries) if entry.recorded_at < at]
        corrected = {entry.corrects_id for _, entry in known} - {None}
        standing = [(number, entry) for number, entry in known if entry.id not in corrected or not entry.id]
        grants = [grant for grant in self._record.grants if grant.holds_at(at)]
        worth: dict[_Source, dict[_Key, list[Piece]]] = {}
        position = 0
        for number, entry in sorted(standing, key=lambda pair: self._roots[pair[0]]):
            if not entry.is_billable:
                continue
            keyed: dict[_Key, list[Piece]] = {}
            for piece in self._cuts[number]:
                for part, grant in _granted(piece, position, grants):
                    if piece.month <= last:
                        key = self._key(piece, entry, grant)
                        estimate = grant.estimate if grant else None
                        keyed.setdefault(key, []).append(Piece(entry.id, part.start, part.end, estimate))
                    position += part.minutes
            worth["entry", self._roots[number]] = keyed
        return worth

    def _key(self, piece: Slice, entry: WorkEntry, grant: Grant | None) -> _Key:
        """Return the line a piece belongs to; own choice is office time, an approved price is never exceeded."""
        band = RateBand.OFFICE if entry.outside_hours_reason is OutsideHoursReason.OWN_CHOICE else piece.band
        year = piece.month[0]
        rate_cents = self._prices.for_year(year).rate_cents(band)
        if grant is not None and grant.rates is not None:
            rate_cents = min(rate_cents, grant.rates.of(band))
        return year, LineKind(band.value), rate_cents, ""

    def _costs(self, at: datetime, last: Month) -> Iterator[tuple[_Source, _Key, int]]:
        for number, cost in enumerate(self._record.costs):
            happened = cost.happened_on.year, cost.happened_on.month
            stands = cost.recorded_at < at and (cost.removed_at is None or cost.removed_at >= at)
            if stands and happened <= last and not self._record.is_void(at):
                yield ("cost", number), (happened[0], LineKind.COST, cost.price_cents, cost.what), cost.quantity

    def _quantities(
        self, worth: Mapping[_Source, Mapping[_Key, Sequence[Piece]]], at: datetime, last: Month
    ) -> dict[_Source, Counter[_Key]]:
        found = {
            source: Counter({key: sum(piece.minutes for piece in pieces) for key, pieces in keyed.items()})
            for source, keyed in worth.items()
        }
        for source, key, quantity in self._costs(at, last):
            found[source] = Counter({key: quantity})
        return found

    # --- the two things that can happen -----------------------------------------------------------------------------

    def _bill(self, worth: Mapping[_Source, Mapping[_Key, Sequence[Piece]]], at: datetime, month: Month) -> list[Line]:
        """Bill what is worth more than was billed, and the minimum or its set-off (D5, D9)."""
        more: Counter[_Key] = Counter()
        pieces: dict[_Key, list[Piece]] = {}
        for source, quantities in self._quantities(worth, at, month).items():
            billed = self._billed.setdefault(source, Counter())
            before: Counter[_Key] = Counter()
            for (_, key), quantity in billed.items():
                before[key] += quantity
            for key, quantity in quantities.items():
                if quantity > before[key]:
                    more[key] += quantity - before[key]
                    billed[month, key] += quantity - before[key]
                    pieces.setdefault(key, []).extend(_last(worth.get(source, {}).get(key, ()), quantity - before[key]))
        number = self._record.ticket.number
        lines = [
            _line(number, month, key, more[key], tuple(sorted(pieces[key], key=lambda piece: piece.start)))
            for key in sorted(more, key=_order)
        ]
        return [*lines, *self._minimum_now(at, month)]

    def _minimum_now(self, at: datetime, month: Month) -> list[Line]:
        """Bill what the work billed so far is short of, or set off what was billed too much of that (D5)."""
        minutes = sum(quantity for (_, key), quantity in self._billed_lines().items() if key[1].is_minutes)
        minimum = minimum_line(minutes, self._minimum.total(), is_waived=self._record.is_waived(at))
        if not minimum:
            return []
        self._minimum[month] += minimum
        return [_line(self._record.ticket.number, month, self._minimum_key(), minimum)]

    def _take_back(
        self, worth: Mapping[_Source, Mapping[_Key, Sequence[Piece]]], at: datetime, month: Month | None
    ) -> tuple[Line, ...]:
        """Take back what was billed and is worth less now; with `month` only what that month's invoice billed."""
        less: Counter[tuple[Month, _Key]] = Counter()
        billed_before = self._billed_lines()
        now = self._quantities(worth, at, _LAST_MONTH)
        for source, billed in self._billed.items():
            over: Counter[_Key] = Counter()
            for (_, key), quantity in billed.items():
                over[key] += quantity
            over.subtract(now.get(source, Counter()))
            # What was billed last is taken back first.
            for billed_in, key in sorted(billed, reverse=True, key=lambda one: one[0]):
                back = min(max(0, over[key]), billed[billed_in, key])
                over[key] -= back
                if back and month in (None, billed_in):
                    billed[billed_in, key] -= back
                    less[billed_in, key] += back
        lines = []
        for billed_in, key in sorted(less, key=lambda one: (one[0], _order(one[1]))):
            before = billed_before[billed_in, key]
            after = before - less[billed_in, key]
            amount = _amount(key, before) - _amount(key, after)
            lines.append(self._back(billed_in, key, before - after, amount))
        return (*lines, *self._minimum_back(at, month))

    def _minimum_back(self, at: datetime, month: Month | None) -> list[Line]:
        """Take back the minimum of a ticket that became a duplicate, or whose minimum was waived, after its invoice."""
        left = self._minimum.total()
        if left <= 0 or not (self._record.is_void(at) or self._record.is_waived(at)):
            return []
        key = self._minimum_key()
        cents = sum(_amount(key, minutes) for minutes in self._minimum.values())
        lines = []
        # What was billed last is taken back first; together it is what was paid, set-offs included.
        for billed_in, before in sorted((+self._minimum).items(), reverse=True):
            back = min(left, before)
            left -= back
            amount = _amount(key, before) - _amount(key, before - back) if left else cents
            cents -= amount
            if back and month in (None, billed_in):
                self._minimum[billed_in] -= back
                lines.append(self._back(billed_in, key, back, amount))
        return lines

    def _back(self, billed_in: Month, key: _Key, quantity: int, amount: int) -> Line:
        year, kind, price, what = key
        return Line(self._record.ticket.number, billed_in, kind, year, quantity, price, amount, what=what)

    def _billed_lines(self) -> Counter[tuple[Month, _Key]]:
        together: Counter[tuple[Month, _Key]] = Counter()
        for billed in self._billed.values():
            together.update(billed)
        return together

    def _minimum_key(self) -> _Key:
        year = month_of(self._record.ticket.created_at)[0]
        return year, MINIMUM, self._prices.for_year(year).office_cents, ""


def _root(number: int, entries: Sequence[WorkEntry], by_id: Mapping[int, int]) -> int:
    """Return the place of the entry that this one, through any number of corrections, takes the place of."""
    while (corrects := entries[number].corrects_id) is not None and corrects in by_id:
        number = by_id[corrects]
    return number


def _granted(piece: Slice, position: int, grants: Sequence[Grant]) -> Iterator[tuple[Slice, Grant | None]]:
    """Cut a slice where another grant begins: `position` billable minutes were logged before it (D12, D13)."""
    start = piece.start
    while start < piece.end:
        grant = next((one for one in grants if one.from_minutes <= position < one.until_minutes), None)
        end = piece.end if grant is None else min(piece.end, start + (grant.until_minutes - position) * MINUTE)
        part = Slice(start, end, piece.band, piece.month)
        yield part, grant
        position += part.minutes
        start = end


def _last(pieces: Sequence[Piece], minutes: int) -> Iterator[Piece]:
    """Return the last `minutes` of the pieces: what came on top of what was billed before."""
    for piece in reversed(pieces):
        if minutes <= 0:
            return
        taken = min(minutes, piece.minutes)
        yield Piece(piece.entry_id, piece.end - taken * MINUTE, piece.end, piece.estimate)
        minutes -= taken


def _order(key: _Key) -> tuple[int, int, int, str]:
    year, kind, price, what = key
    return (
        list(LineKind).index(kind) if kind is LineKind.COST else -1,
        year,
        list(LineKind).index(kind) * 10**9 - price,
        what,
    )


def _amount(key: _Key, quantity: int) -> int:
    return amount_cents(quantity, key[2]) if key[1].is_minutes else quantity * key[2]


def _line(number: int, month: Month, key: _Key, quantity: int, pieces: tuple[Piece, ...] = ()) -> Line:
    year, kind, price, what = key
    return Line(number, month, kind, year, quantity, price, _amount(key, quantity), pieces, what)
