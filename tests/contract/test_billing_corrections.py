"""What is due back after corrections, duplicates, waivers; costs and approved prices (R26, D5, D9, D10, D13, D22)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contract.billing import ticket_bill
from contract.costs import Cost
from contract.estimates import EstimateState
from contract.grants import grants_of
from contract.hours import OutsideHoursReason, WorkEntry, standing
from contract.lines import Credited, Line, LineKind, TicketBill, TicketRecord
from contract.months import issued_at
from contract.prices import PriceBook, contract_prices
from tests.contract.builders import MONDAY, PRICES, at, entry, estimate, ticket
from tests.contract.test_billing import BOOK

NOVEMBER, DECEMBER, JANUARY = (2026, 11), (2026, 12), (2027, 1)
FORTY = entry("2026-11-24 10:00", "2026-11-24 10:40", id=1)


def corrected(minutes: int, recorded: str, *, id: int = 2, corrects: int = 1, **fields: Any) -> WorkEntry:  # noqa: A002
    """The entry of forty minutes, corrected."""
    end = FORTY.started_at + timedelta(minutes=minutes)
    return replace(FORTY, id=id, ended_at=end, corrects_id=corrects, recorded_at=at(recorded), **fields)


def bill(entries: list[WorkEntry], prices: PriceBook = PRICES, **fields: Any) -> TicketBill:
    """What is billed and due back."""
    made: dict[str, Any] = {"ticket": ticket()}
    return ticket_bill(TicketRecord(entries=entries, **(made | fields)), prices)


def said(lines: Iterable[Line]) -> list[tuple[object, ...]]:
    """Lines in short."""
    return [(line.month, line.kind.value, line.minutes, line.amount_cents) for line in lines]


def test_corrected_down_after_the_invoice() -> None:
    """Ten minutes of November are due back, December bills none of it; the credit note takes them once (D9)."""
    entries = [FORTY, corrected(30, "2026-12-05 10:00")]
    due = bill(entries)
    assert said(due.lines) == [(NOVEMBER, "office", 40, 5667)]
    assert said(due.due_back) == [(NOVEMBER, "office", 10, 1417)]
    note = Credited(at("2026-12-06 09:00"), NOVEMBER)
    after = bill(entries, credits=[note])
    assert said(after.credited[note]) == [(NOVEMBER, "office", 10, 1417)]
    assert (after.due_back, after.amount_cents) == ((), 4250)


def test_corrected_up_after_the_invoice() -> None:
    """Ten more minutes come with the next invoice (D9)."""
    found = bill([FORTY, corrected(50, "2026-12-05 10:00")])
    assert said(found.lines) == [(NOVEMBER, "office", 40, 5667), (DECEMBER, "office", 10, 1417)]
    assert [(piece.entry_id, piece.minutes) for piece in found.lines[1].pieces] == [(2, 10)]
    assert found.due_back == ()


def test_corrected_before_the_invoice() -> None:
    """Until the issue moment a correction simply takes the place of the entry (D9, D24)."""
    found = bill([FORTY, corrected(30, "2026-12-01 11:59")])
    assert said(found.lines) == [(NOVEMBER, "office", 30, 4250)]
    assert found.due_back == ()


def test_other_work_does_not_hide_what_is_due_back() -> None:
    """Twenty new minutes of December are billed whole, the ten of November are due back all the same (D9)."""
    new = entry("2026-12-08 10:00", "2026-12-08 10:20", id=3)
    found = bill([FORTY, corrected(30, "2026-12-05 10:00"), new])
    assert said(found.lines)[1:] == [(DECEMBER, "office", 20, 2833)]
    assert said(found.due_back) == [(NOVEMBER, "office", 10, 1417)]


def test_corrected_again_after_the_credit_note() -> None:
    """Down to 30, credited, up to 35: December bills five; up and down again before any invoice bills the rest."""
    down, again = corrected(30, "2026-12-05 10:00"), corrected(35, "2026-12-20 10:00", id=3, corrects=2)
    found = bill([FORTY, down, again], credits=[Credited(at("2026-12-06 09:00"), NOVEMBER)])
    assert said(found.lines)[1:] == [(DECEMBER, "office", 5, 708)]
    uncredited = bill([FORTY, down, again])
    assert said(uncredited.lines)[1:] == []
    assert said(uncredited.due_back) == [(NOVEMBER, "office", 5, 709)]
    up, less = corrected(50, "2026-12-05 10:00"), corrected(45, "2026-12-20 10:00", id=3, corrects=2)
    assert said(bill([FORTY, up, less]).lines)[1:] == [(DECEMBER, "office", 5, 708)]


def test_moved_to_another_band() -> None:
    """Forty office minutes that were evening ones: the office line is due back, the evening line is billed (D9)."""
    evening = replace(
        corrected(40, "2026-12-05 10:00", outside_hours_reason=OutsideHoursReason.CUSTOMER_ASKED),
        started_at=at("2026-11-24 18:00"),
        ended_at=at("2026-11-24 18:40"),
    )
    found = bill([FORTY, evening])
    assert said(found.lines)[1:] == [(DECEMBER, "after_hours", 40, 7333)]
    assert said(found.due_back) == [(NOVEMBER, "office", 40, 5667)]


def test_what_was_billed_last_is_due_back_first() -> None:
    """40 in November, 10 more in December, corrected to 35 in January: December's ten first, then five of November."""
    up = corrected(50, "2026-12-05 10:00")
    down = corrected(35, "2027-01-05 10:00", id=3, corrects=2)
    found = bill([FORTY, up, down])
    assert said(found.due_back) == [(NOVEMBER, "office", 5, 709), (DECEMBER, "office", 10, 1417)]
    december = Credited(at("2027-01-06 09:00"), DECEMBER)
    after = bill([FORTY, up, down], credits=[december])
    assert said(after.credited[december]) == [(DECEMBER, "office", 10, 1417)]
    assert said(after.due_back) == [(NOVEMBER, "office", 5, 709)]


def test_the_minimum_comes_back_when_work_goes() -> None:
    """Twenty minutes corrected to five and credited: the next invoice charges the ten that are short (D5, D9)."""
    twenty = replace(FORTY, ended_at=at("2026-11-24 10:20"))
    entries = [twenty, corrected(5, "2026-12-05 10:00")]
    found = bill(entries, credits=[Credited(at("2026-12-06 09:00"), NOVEMBER)])
    assert said(found.lines) == [(NOVEMBER, "office", 20, 2833), (DECEMBER, "minimum", 10, 1417)]
    assert sum(line.minutes for line in found.lines) - 15 == 15


# --- duplicates, waivers, costs, approvals ---------------------------------------------------------------------------


def test_a_duplicate_that_was_billed_is_due_back_whole() -> None:
    """Marked in December: its work and minimum of November are due back; when it counts again it is billed (D22)."""
    five = replace(FORTY, ended_at=at("2026-11-24 10:05"))
    marked, undone = at("2026-12-05 10:00"), at("2026-12-10 10:00")
    found = bill([five], voided=[(marked, True)])
    assert said(found.lines) == [(NOVEMBER, "office", 5, 708), (NOVEMBER, "minimum", 10, 1417)]
    assert said(found.due_back) == [(NOVEMBER, "office", 5, 708), (NOVEMBER, "minimum", 10, 1417)]
    assert found.amount_cents == 0
    note = Credited(at("2026-12-06 09:00"), NOVEMBER)
    again = bill([five], voided=[(marked, True), (undone, False)], credits=[note])
    assert said(again.lines)[2:] == [(DECEMBER, "office", 5, 708), (DECEMBER, "minimum", 10, 1417)]
    assert said(bill([five], voided=[(at("2026-11-25 10:00"), True)]).lines) == []


def test_a_minimum_waived_after_its_invoice_is_due_back() -> None:
    """What is left of it after later set-offs; it is never charged again (D5)."""
    waived: dict[str, Any] = {
        "ticket": ticket(minimum_waived_reason="our mistake"),
        "waived_at": at("2026-12-05 10:00"),
    }
    assert said(bill([], **waived).due_back) == [(NOVEMBER, "minimum", 15, 2125)]
    later = entry("2026-12-08 10:00", "2026-12-08 10:05", id=3)
    found = bill([later], **waived)
    assert said(found.lines)[1:] == [(DECEMBER, "office", 5, 708), (DECEMBER, "minimum", -5, -708)]
    assert said(found.due_back) == [(NOVEMBER, "minimum", 10, 1417)]
    note = Credited(at("2026-12-06 09:00"), DECEMBER)
    assert bill([later], credits=[note], **waived).credited[note] == ()


def test_costs_are_billed_by_the_piece() -> None:
    """Two visits in November; one that was removed after the invoice is due back, one before it is not billed (R26)."""
    visit = Cost(
        id=1,
        ticket_number=1001,
        item_id=1,
        what="Travel",
        price_cents=4500,
        quantity=2,
        happened_on=date(2026, 11, 24),
        recorded_at=at("2026-11-24 17:00"),
    )
    assert said(bill([FORTY], costs=[visit]).lines) == [(NOVEMBER, "office", 40, 5667), (NOVEMBER, "cost", 2, 9000)]
    gone = bill([FORTY], costs=[replace(visit, removed_at=at("2026-12-03 10:00"))])
    assert said(gone.due_back) == [(NOVEMBER, "cost", 2, 9000)]
    assert said(bill([FORTY], costs=[replace(visit, removed_at=at("2026-11-25 10:00"))]).lines) == [
        (NOVEMBER, "office", 40, 5667)
    ]
    late = replace(visit, recorded_at=at("2026-12-03 10:00"))
    assert said(bill([FORTY], costs=[late]).lines)[1:] == [(DECEMBER, "cost", 2, 9000)]
    assert said(bill([], costs=[visit], ticket=ticket(is_void=True)).lines) == []


def test_approved_minutes_cost_at_most_what_the_card_showed() -> None:
    """Approved at € 85, worked in the year of € 90: the free minutes cost € 90, the approved ones € 85 (D10, D13)."""
    offered = replace(estimate(60), state=EstimateState.APPROVED, decided_at=at("2026-12-20 10:00"))
    work = entry("2027-01-05 10:00", "2027-01-05 13:00", id=1)
    found = bill([work], BOOK, grants=grants_of([offered]))
    january = [(line.minutes, line.rate_cents) for line in found.lines if line.kind is LineKind.OFFICE]
    assert january == [(120, 9000), (60, 8500)]
    assert [piece.estimate for line in found.lines for piece in line.pieces] == [None, "1001-1"]
    cheaper = PriceBook([replace(contract_prices(2027), office_cents=8000)])
    assert {line.rate_cents for line in bill([work], cheaper, grants=grants_of([offered])).lines} == {8000}


def test_what_was_billed_before_a_stop_keeps_its_price() -> None:
    """Sixty minutes were invoiced at the approved € 85; corrected, then stopped, they are due back at € 85 (D13)."""
    offered = replace(estimate(60), state=EstimateState.APPROVED, decided_at=at("2026-12-20 10:00"))
    work = entry("2027-01-05 10:00", "2027-01-05 13:00", id=1)
    less = replace(work, id=2, corrects_id=1, ended_at=at("2027-01-05 12:00"), recorded_at=at("2027-02-05 10:00"))
    before = bill([work], BOOK, grants=grants_of([offered]))
    stopped = grants_of([offered], [(at("2027-02-08 10:00"), 120)])
    after = bill([work, less], BOOK, grants=stopped)
    assert [(line, line.pieces) for line in after.lines] == [(line, line.pieces) for line in before.lines]
    assert [(line.minutes, line.rate_cents) for line in after.due_back] == [(60, 8500)]


def test_a_minimum_of_two_invoices_is_due_back_of_both() -> None:
    """Ten minutes in November, five more in December after a credit note: all are due back of a duplicate (D5, D22)."""
    work = entry("2026-11-24 10:00", "2026-11-24 10:05", id=1)
    gone = replace(work, id=2, corrects_id=1, ended_at=work.started_at, recorded_at=at("2026-12-05 10:00"))
    first = Credited(at("2026-12-06 10:00"), NOVEMBER)
    voided = [(at("2027-01-10 10:00"), True)]
    found = bill([work, gone], voided=voided, credits=[first])
    assert said(found.lines)[1:] == [(NOVEMBER, "minimum", 10, 1417), (DECEMBER, "minimum", 5, 708)]
    assert said(found.due_back) == [(DECEMBER, "minimum", 5, 708), (NOVEMBER, "minimum", 10, 1417)]
    # Credited one invoice after the other, whichever is first.
    for months in ((NOVEMBER, DECEMBER), (DECEMBER, NOVEMBER)):
        notes = [Credited(at(f"2027-01-{day} 10:00"), month) for day, month in zip((11, 12), months, strict=True)]
        given = bill([work, gone], voided=voided, credits=[first, *notes])
        assert [said(given.credited[one]) for one in notes] == [
            [line for line in said(found.due_back) if line[0] == month] for month in months
        ]
        assert given.due_back == ()
        assert given.amount_cents == 0


def test_only_up_to_a_month() -> None:
    """The bill through November is what November's invoice knows (D9)."""
    later = entry("2026-12-08 10:00", "2026-12-08 10:20", id=3)
    record = TicketRecord(ticket=ticket(), entries=[FORTY, later])
    assert said(ticket_bill(record, PRICES, through=NOVEMBER).lines) == [(NOVEMBER, "office", 40, 5667)]
    assert said(ticket_bill(record, PRICES, through=DECEMBER).lines) == said(bill([FORTY, later]).lines)


CHANGES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 90), st.integers(1, 100), st.booleans()), min_size=1, max_size=8
)


def walked(changes: list[tuple[int, int, int, bool]]) -> list[WorkEntry]:
    """Entries and corrections of them, recorded one after the other over some months."""
    recorded, entries = MONDAY + timedelta(hours=3), [replace(FORTY, recorded_at=MONDAY + timedelta(hours=2))]
    for number, (which, minutes, hours, is_correction) in enumerate(changes, start=2):
        recorded += timedelta(hours=hours * 20)
        standing = [one for one in entries if one.id not in {other.corrects_id for other in entries}]
        old = standing[which % len(standing)]
        start = old.started_at if is_correction else recorded - timedelta(hours=2)
        entries.append(
            replace(
                old,
                id=number,
                started_at=start,
                ended_at=start + timedelta(minutes=minutes),
                recorded_at=recorded,
                corrects_id=old.id if is_correction else None,
            )
        )
    return entries


@given(CHANGES, st.lists(st.integers(1, 4000), max_size=3))
def test_invoices_less_credit_notes_are_the_work_that_stands(
    changes: list[tuple[int, int, int, bool]], notes: list[int]
) -> None:
    """Whatever is corrected and credited when: minutes billed less minutes back are the standing work, and no minute is
    given back that was not billed (D9, D24).
    """
    entries = walked(changes)
    moments = sorted({MONDAY + timedelta(hours=hours) for hours in notes})
    credited = [Credited(moment, NOVEMBER) for moment in moments]
    found = ticket_bill(TicketRecord(ticket=ticket(), entries=entries, credits=credited), BOOK)
    work = [line for line in found.lines if line.kind is not LineKind.MINIMUM]
    back = [*found.due_back, *(line for lines in found.credited.values() for line in lines)]
    standing_minutes = sum(one.minutes for one in standing(entries))
    assert sum(line.minutes for line in work) - sum(line.minutes for line in back) == standing_minutes
    assert all(line.minutes > 0 and line.amount_cents >= 0 for line in (*work, *back))
    billed: Counter[tuple[object, ...]] = Counter()
    for sign, lines in ((1, work), (-1, back)):
        for line in lines:
            billed[line.month, line.kind, line.price_year, line.rate_cents] += sign * line.minutes
    assert min(billed.values(), default=0) >= 0


@given(CHANGES)
def test_later_facts_change_no_invoice(changes: list[tuple[int, int, int, bool]]) -> None:
    """Built again from all entries, the lines of a month are those that were known when it was issued (D9)."""
    entries = walked(changes)
    everything = ticket_bill(TicketRecord(ticket=ticket(), entries=entries), BOOK).lines
    for month in {line.month for line in everything}:
        known = [one for one in entries if one.recorded_at < issued_at(month)]
        then = ticket_bill(TicketRecord(ticket=ticket(), entries=known), BOOK, through=month).lines
        assert [line for line in then if line.month == month] == [line for line in everything if line.month == month]
