"""What is open of an invoice, and when somebody is reminded (R15, D8, D9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from contract.payments import (
    Balance,
    NothingToPay,
    PaidInFuture,
    PaymentTooHigh,
    check_payment,
    reminder_at,
)
from tests.contract.builders import at

DUE = date(2026, 12, 15)
TODAY = date(2026, 12, 10)
OWED = Balance(net_cents=40250, gross_cents=48703, due_date=DUE)


def test_worked_calculation() -> None:
    """€ 100.00 of € 487.03 paid: € 387.03 is open (R15)."""
    balance = replace(OWED, paid_cents=10000)
    assert balance.open_cents == 38703
    assert not balance.is_settled
    assert reminder_at(DUE) == at("2026-12-16 09:00")
    assert reminder_at(date(2026, 12, 18)) == at("2026-12-21 09:00")


def test_nobody_is_reminded_on_a_holiday() -> None:
    """Due on Christmas Eve, a Thursday: Friday and Saturday are holidays, so on Monday the 28th (R15, D3)."""
    assert reminder_at(date(2026, 12, 24)) == at("2026-12-28 09:00")


def test_overdue_begins_the_day_after() -> None:
    """On the due date it is in time; the day after it is overdue, unless nothing is left to pay (R15)."""
    assert not OWED.is_overdue(DUE)
    assert OWED.is_overdue(date(2026, 12, 16))
    assert not replace(OWED, paid_cents=48703).is_overdue(date(2026, 12, 16))


def test_what_was_given_back_need_not_be_paid() -> None:
    """A credit note lowers what is open; wholly credited leaves nothing, whatever VAT rounded to (D6, D9)."""
    part = replace(OWED, credited_net_cents=2125, credited_cents=2571)
    assert part.open_cents == 48703 - 2571
    # Two credit notes of € 2.50 with € 0.53 VAT each, of an invoice of € 5.00 with € 1.05 VAT.
    whole = Balance(net_cents=500, gross_cents=605, credited_net_cents=500, credited_cents=606, due_date=DUE)
    assert whole.is_credited
    assert whole.open_cents == 0
    assert replace(whole, paid_cents=605).open_cents == -605


def test_an_empty_invoice_is_settled() -> None:
    """Nothing to pay is nothing open, and not credited (R15)."""
    nothing = Balance(net_cents=0, gross_cents=0, due_date=DUE)
    assert nothing.is_settled
    assert not nothing.is_credited


def test_what_can_be_booked() -> None:
    """An amount up to what is open, of today or before; anything else is refused with what is open (R15)."""
    check_payment(OWED, 48703, paid_on=TODAY, today=TODAY)
    check_payment(OWED, 1, paid_on=date(2026, 12, 1), today=TODAY)
    for amount in (0, -5):
        with pytest.raises(NothingToPay):
            check_payment(OWED, amount, paid_on=TODAY, today=TODAY)
    with pytest.raises(PaidInFuture):
        check_payment(OWED, 1, paid_on=date(2026, 12, 11), today=TODAY)
    with pytest.raises(PaymentTooHigh) as refused:
        check_payment(replace(OWED, paid_cents=48000), 704, paid_on=TODAY, today=TODAY)
    assert refused.value.open_cents == 703
    with pytest.raises(PaymentTooHigh) as refused:
        check_payment(replace(OWED, paid_cents=50000), 1, paid_on=TODAY, today=TODAY)
    assert refused.value.open_cents == 0
