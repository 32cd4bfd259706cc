"""What is unusual about a draft, and what a manager releases (R14, R1, R18, D5, D9, D18, D21, D34)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from contract.contracts import Contract
from contract.grants import Grant
from contract.invoice_runs import (
    MOST_LISTED,
    Finding,
    MonthNotOver,
    Signs,
    Totals,
    Unusual,
    check_over,
    contract_of,
    unapproved_minutes,
    unusual,
)
from contract.lines import TicketRecord
from tests.contract.builders import at, minutes_of_work, ticket
from tests.contract.test_invoices import BUYER, CONTRACT, november

NOVEMBER = (2026, 11)
NOTHING = Signs()
FREE = [Grant(0, 120)]


def test_worked_calculation() -> None:
    """Three drafts, one without an address: 3 invoices, € 825.00, one finding, and 2 can be issued (R1)."""
    totals = Totals()
    missing = unusual(november([], buyer=replace(BUYER, name="")), NOTHING, [])
    assert missing == {Unusual.INCOMPLETE: ("buyer.name",)}
    for number, found in enumerate(({}, missing, {})):
        findings = [Finding(number, "Customer", what, facts) for what, facts in found.items()]
        totals = totals.plus(27500, 5775, 33275, findings)
    assert (totals.invoices, totals.net_cents, totals.vat_cents, totals.gross_cents) == (3, 82500, 17325, 99825)
    assert (totals.refused, totals.issuable, totals.found) == (1, 2, {Unusual.INCOMPLETE: 1})


def test_an_ordinary_draft_has_nothing_unusual() -> None:
    """With everything complete and about as much as before there is nothing to look at."""
    assert unusual(november([]), Signs(earlier_net_cents=(27500, 30000)), []) == {}


def test_what_is_unusual() -> None:
    """Everything a manager has to look at is named, with the fields or the tickets (D5, D9, D21, D34)."""
    waived = TicketRecord(ticket=ticket(minimum_waived_reason="Our mistake"), grants=FREE)
    belgian = replace(
        BUYER, address=replace(BUYER.address, country="BE"), vat_id="BE0411905847", is_vat_id_checked=True
    )
    signs = Signs(running=(1002,), credit_tickets=(1003, 1004), open_questions=1, is_year_missing=True)
    found = unusual(november([waived], buyer=belgian), signs, [waived])
    assert found == {
        Unusual.WAIVED_MINIMUM: ("1001",),
        Unusual.TIMER_RUNNING: ("1002",),
        Unusual.CREDIT_PENDING: ("1003", "1004"),
        Unusual.NO_PRICE_LIST: (),
        Unusual.REVERSE_CHARGE: (),
        Unusual.QUESTION_OPEN: (),
    }


def test_nothing_to_pay() -> None:
    """A draft of nothing, or less, is looked at before it goes out."""
    assert Unusual.NOTHING_TO_PAY in unusual(replace(november([]), lines=()), NOTHING, [])


@pytest.mark.parametrize(
    "net, earlier, is_above",
    [
        (80000, (40000,), True),
        (79999, (40000,), False),
        (52500, (27500, 27500), False),
        (55000, (27500, 27500), True),
        (20000, (5000,), False),
        (90000, (), False),
    ],
)
def test_above_average(net: int, earlier: tuple[int, ...], is_above: bool) -> None:
    """Twice the average of the months before, and at least € 250.00 more; without earlier ones never."""
    invoice = november([])
    invoice = replace(invoice, lines=(replace(invoice.lines[0], amount_cents=net),))
    found = unusual(invoice, Signs(earlier_net_cents=earlier), [])
    assert (Unusual.ABOVE_AVERAGE in found) is is_above


def test_minutes_that_nobody_approved() -> None:
    """More billable minutes than were allowed are never issued; corrected entries count once (R18, D12)."""
    inside = TicketRecord(ticket=ticket(), entries=[minutes_of_work(120, id=1)], grants=FREE)
    assert unapproved_minutes(inside) == 0
    over = replace(inside, entries=[minutes_of_work(121, id=1)])
    assert unapproved_minutes(over) == 1
    assert unusual(november([]), NOTHING, [over]) == {Unusual.UNAPPROVED: ("1001",)}
    assert Unusual.UNAPPROVED.is_refused
    corrected = replace(inside, entries=[minutes_of_work(121, id=1), minutes_of_work(100, id=2, corrects_id=1)])
    assert unapproved_minutes(corrected) == 0
    approved = replace(over, grants=[*FREE, Grant(120, 180, "1001-1")])
    assert unapproved_minutes(approved) == 0
    assert unapproved_minutes(replace(over, grants=())) == 0


def test_a_month_is_over_at_its_issue_moment() -> None:
    """November can be issued from 1 December, 12:00 local time (R14, D8)."""
    check_over(NOVEMBER, at("2026-12-01 12:00"))
    with pytest.raises(MonthNotOver) as refused:
        check_over(NOVEMBER, at("2026-12-01 11:59"))
    assert refused.value.issued_at == at("2026-12-01 12:00")


def test_whose_invoice_it_is() -> None:
    """The contract that covers the month, else the last before; one that never started is none (R14, D9, D18)."""
    renewed = Contract(id=6, customer_id=7, number="2027-017", starts_on=date(2027, 2, 1), ends_on=date(2027, 12, 31))
    never = replace(renewed, id=8, starts_on=date(2027, 1, 1), ends_on=date(2026, 12, 31))
    terms = (CONTRACT, never, renewed)
    months = {(2025, 12): None, NOVEMBER: CONTRACT, (2027, 1): CONTRACT, (2027, 2): renewed, (2028, 3): renewed}
    assert {month: contract_of(terms, month) for month in months} == months


def test_the_digest_stands_for_what_was_shown() -> None:
    """The same drafts have the same digest; another sum, month or finding has another."""
    finding = Finding(7, "Bakery", Unusual.QUESTION_OPEN)
    totals = Totals().plus(27500, 5775, 33275, [finding])
    assert totals.digest(NOVEMBER) == Totals().plus(27500, 5775, 33275, [finding]).digest(NOVEMBER)
    others = (
        totals.digest((2026, 12)),
        Totals().plus(27501, 5775, 33276, [finding]).digest(NOVEMBER),
        Totals().plus(27500, 5775, 33275).digest(NOVEMBER),
    )
    assert totals.digest(NOVEMBER) not in others


def test_only_the_first_findings_are_listed() -> None:
    """A run of ten thousand customers keeps a list of bounded length, and counts all (R14)."""
    totals = Totals()
    for number in range(MOST_LISTED + 5):
        totals = totals.plus(1, 0, 1, [Finding(number, "Customer", Unusual.QUESTION_OPEN)])
    assert len(totals.findings) == MOST_LISTED
    assert totals.found == {Unusual.QUESTION_OPEN: MOST_LISTED + 5}
