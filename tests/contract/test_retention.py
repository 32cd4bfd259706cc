"""What of a customer may be erased, and when (R28, D18)."""

from __future__ import annotations

from datetime import date

import pytest

from contract.contracts import Contract
from contract.retention import RecordClass, StillGoingOn, check_erasure, kept_since, kept_through, may_go

CONTRACT = Contract(id=1, customer_id=1, number="C-1", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))


def test_the_worked_calculation() -> None:
    """Seven years after the year of the last record, one day for the whole of a customer."""
    through = kept_through([date(2026, 12, 31), date(2027, 1, 1), date(2026, 3, 1)])
    assert through == date(2034, 12, 31)
    assert not may_go(RecordClass.INVOICES, through, date(2034, 12, 31))
    assert may_go(RecordClass.INVOICES, through, date(2035, 1, 1))
    assert kept_since(date(2034, 12, 31)) == date(2027, 1, 1)
    assert kept_since(date(2035, 1, 1)) == date(2028, 1, 1)
    assert kept_through([]) is None
    assert may_go(RecordClass.CONTRACTS, None, date(2026, 1, 1))


@pytest.mark.parametrize("record", list(RecordClass))
def test_what_the_law_keeps(record: RecordClass) -> None:
    """Invoices and what they rest on stay; words, files and addresses may go at once."""
    goes = {RecordClass.WORDS, RecordClass.FILES, RecordClass.ADDRESSES}
    assert may_go(record, date(2034, 12, 31), date(2027, 1, 2)) is (record in goes)


@pytest.mark.parametrize(
    "today,is_refused", [(date(2026, 6, 1), True), (date(2027, 1, 1), True), (date(2027, 1, 2), False)]
)
def test_a_contract_counts_through_its_last_invoice(today: date, is_refused: bool) -> None:
    """On the 1st of the month after the end the last invoice is made; from the day after nothing goes on (D18)."""
    if not is_refused:
        check_erasure([CONTRACT], [], [], today)
        return
    with pytest.raises(StillGoingOn) as refused:
        check_erasure([CONTRACT], [], [], today)
    assert refused.value.contracts == (CONTRACT,)


def test_everything_that_goes_on_is_said_at_once() -> None:
    """Open tickets and unpaid invoices are named together; a contract that never starts does not count (D18)."""
    never = Contract(id=2, customer_id=1, number="C-2", starts_on=date(2027, 1, 1), ends_on=date(2026, 12, 31))
    with pytest.raises(StillGoingOn) as refused:
        check_erasure([never], [1001], ["2026-0001"], date(2026, 6, 1))
    assert (refused.value.contracts, refused.value.tickets, refused.value.invoices) == ((), (1001,), ("2026-0001",))
    check_erasure([never], [], [], date(2026, 6, 1))
