"""What a running ticket and its entries cost so far (R31, D5, D6, D33)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from contract.amounts import entry_amount_cents, ticket_amount_cents, ticket_lines
from contract.lines import MINIMUM
from tests.contract.builders import PRICES, at, entry, minutes_of_work, one_after_another, ticket
from tests.contract.test_billing import BOOK, LENGTHS, rows


def test_worked_example() -> None:
    """1:25 hours; 10 minutes with their minimum; one more minute as the difference of two lines (D5, D6, D33)."""
    assert ticket_amount_cents(ticket(), [minutes_of_work(85)], PRICES) == 12042
    ten = minutes_of_work(10, id=1)
    assert rows([ten]) == [((2026, 11), "office", 2026, 10, 1417), ((2026, 11), MINIMUM, 2026, 5, 708)]
    eleventh = entry("2026-11-23 11:00", "2026-11-23 11:01", id=2)
    assert entry_amount_cents(ticket(), [ten], eleventh, PRICES) == 141


@given(LENGTHS)
def test_entries_add_up_to_the_lines(lengths: list[int]) -> None:
    """The amounts shown entry by entry add up to the work lines of the ticket (D33)."""
    worked = one_after_another(lengths)
    shown = sum(entry_amount_cents(ticket(), worked[:n], one, BOOK) for n, one in enumerate(worked))
    assert shown == sum(line.amount_cents for line in ticket_lines(ticket(), worked, BOOK) if line.kind != MINIMUM)


def test_a_correction_is_shown_as_what_it_changes() -> None:
    """40 minutes of November corrected to 30 in December: € 14.17 less, also when November is invoiced (D9, D33)."""
    forty = minutes_of_work(40, id=1)
    later = minutes_of_work(30, id=2, corrects_id=1, recorded_at=at("2026-12-05 10:00"))
    assert entry_amount_cents(ticket(), [forty], later, PRICES) == 4250 - 5667
    assert ticket_amount_cents(ticket(), [forty, later], PRICES) == 4250


@given(st.integers(1, 300), st.integers(1, 300))
def test_corrected_before_or_after_the_invoice_costs_the_same(before: int, after: int) -> None:
    """A correction costs the same whether the entry was invoiced already or not, but for one cent of rounding (D9)."""
    first = minutes_of_work(before, id=1)
    now = minutes_of_work(after, id=2, corrects_id=1)
    late = minutes_of_work(after, id=2, corrects_id=1, recorded_at=at("2026-12-05 10:00"))
    difference = ticket_amount_cents(ticket(), [first, late], PRICES) - ticket_amount_cents(
        ticket(), [first, now], PRICES
    )
    assert abs(difference) <= 2
    if after <= before and after >= 15:
        assert difference == 0
