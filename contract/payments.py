"""What is still to be paid of an invoice, and when somebody is reminded (R15, D8, D9).

Due 14 calendar days after the invoice date. One reminder, on the first working day after the due date, at 9:00 local
time; no interest, no costs. What credit notes give back need not be paid; what was paid too much is to be paid back. A
payment that is more than what is open is refused: it is booked on another invoice, or returned.

    € 487.03 due on 15 December 2026; € 100.00 paid: € 387.03 open. Reminded on Wednesday the 16th. Due on Friday the
    18th: reminded on Monday the 21st.

PaymentRefusal
├── NothingToPay    the amount is nothing, or a payment on a credit note
├── PaymentTooHigh  more than is open
├── PaidInFuture    the day lies after today
└── NothingToUndo   no payment stands that could be taken back
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING

from contract.errors import Refusal
from contract.holidays import CONTRACT_HOLIDAYS, Calendar, next_working_day
from contract.local_time import at_local

if TYPE_CHECKING:
    from datetime import date, datetime

REMINDER_TIME = time(9)
"""Of the first working day after the due date, local time (R15)."""


class PaymentRefusal(Refusal):
    """A payment that can not be booked (R15)."""


class NothingToPay(PaymentRefusal):
    """A payment is an amount, of an invoice (R15)."""


@dataclass(eq=False)
class PaymentTooHigh(PaymentRefusal):
    """Only `open_cents` are left to pay (R15)."""

    open_cents: int


@dataclass(eq=False)
class PaidInFuture(PaymentRefusal):
    """The day lies after `today` (R15)."""

    today: date


class NothingToUndo(PaymentRefusal):
    """There is no payment to take back (R15)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What an invoice came to, what credit notes gave back, and what was paid, in cents."""

    net_cents: int
    gross_cents: int
    credited_net_cents: int = 0
    credited_cents: int = 0
    paid_cents: int = 0
    due_date: date

    @property
    def is_credited(self) -> bool:
        """True once everything was given back: VAT of several credit notes may round to a cent more or less."""
        return self.credited_cents != 0 and self.credited_net_cents == self.net_cents

    @property
    def open_cents(self) -> int:
        """What is left to pay; negative where more was paid than was owed."""
        owed = 0 if self.is_credited else self.gross_cents - self.credited_cents
        return owed - self.paid_cents

    @property
    def is_settled(self) -> bool:
        """True where nothing is left to pay."""
        return self.open_cents <= 0

    def is_overdue(self, today: date) -> bool:
        """Tell whether it should have been paid before this local day (R15)."""
        return not self.is_settled and today > self.due_date


def check_payment(balance: Balance, amount_cents: int, *, paid_on: date, today: date) -> None:
    """Refuse a payment that can not be booked; raises the classes of PaymentRefusal (R15)."""
    if amount_cents <= 0:
        raise NothingToPay
    if paid_on > today:
        raise PaidInFuture(today)
    if amount_cents > balance.open_cents:
        raise PaymentTooHigh(max(0, balance.open_cents))


def reminder_at(due_date: date, calendar: Calendar = CONTRACT_HOLIDAYS) -> datetime:
    """Return when (UTC) somebody is reminded: the first working day after the due date, 9:00 local (R15)."""
    return at_local(next_working_day(due_date, calendar), REMINDER_TIME)
