"""What can be given back of an invoice, line by line (D9, D6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from contract.billing import ticket_bill
from contract.credits import Left, chosen_back, digest, due_back, left_of
from contract.invoices import CreditCause, CreditTooHigh, Invoice, InvoiceLine, credit_note
from contract.lines import LineKind, TicketRecord
from tests.contract.builders import PRICES, at, minutes_of_work, ticket
from tests.contract.test_invoices import november

WORKED = minutes_of_work(40, id=1)
CORRECTED = minutes_of_work(30, id=2, corrects_id=1, recorded_at=at("2026-12-05 10:00"))
BEFORE = TicketRecord(ticket=ticket(), entries=[WORKED])
AFTER = TicketRecord(ticket=ticket(), entries=[WORKED, CORRECTED])


def issued(record: TicketRecord = BEFORE) -> Invoice:
    """The invoice of November with the fee and the ticket's lines."""
    invoice = november([record])
    lines = tuple(replace(line, id=number) for number, line in enumerate(invoice.lines, start=11))
    return replace(invoice, id=3, number="2026-0001", lines=lines)


def note(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Invoice:
    """A credit note for these lines."""
    return credit_note(invoice, lines, dated=date(2026, 12, 9), cause=CreditCause.CHOICE, reason="Wrong")


def test_worked_calculation() -> None:
    """40 minutes corrected to 30: € 14.17 are due back; the rest of the line is € 42.50, and then nothing (D9)."""
    invoice = issued()
    back = due_back(invoice, [], ticket_bill(AFTER, PRICES).due_back)
    assert [(line.original_id, line.quantity, line.amount_cents) for line in back] == [(12, 10, 1417)]
    first = note(invoice, back)
    assert left_of(invoice, [first])[12] == Left(30, 4250)
    rest = chosen_back(invoice, [first], [2])
    assert [(line.quantity, line.amount_cents) for line in rest] == [(30, 4250)]
    with pytest.raises(CreditTooHigh) as refused:
        chosen_back(invoice, [first, note(invoice, rest)], [2])
    assert (refused.value.position, refused.value.left_cents) == (2, 0)


def test_all_of_it() -> None:
    """A whole invoice gives back what is left of every line; after that nothing more (D9)."""
    invoice = issued()
    whole = chosen_back(invoice, [])
    assert sum(line.amount_cents for line in whole) == invoice.net_cents
    assert [line.pieces for line in whole] == [line.pieces for line in invoice.lines]
    with pytest.raises(CreditTooHigh):
        chosen_back(invoice, [note(invoice, whole)])
    first = note(invoice, chosen_back(invoice, [], [1]))
    assert [line.original_id for line in chosen_back(invoice, [first])] == [12]


@pytest.mark.parametrize("position", [0, 3, -1])
def test_no_such_line(position: int) -> None:
    """A line that the invoice does not have gives nothing back (D9)."""
    with pytest.raises(CreditTooHigh):
        chosen_back(issued(), [], [position])


def test_a_set_off_is_given_back_as_well() -> None:
    """Giving back all of an invoice takes its negative lines too, so that nothing is left (D5, D9)."""
    invoice = issued()
    lines = (*invoice.lines, replace(invoice.lines[1], id=13, kind=LineKind.MINIMUM, quantity=-10, amount_cents=-1417))
    invoice = replace(invoice, lines=lines)
    whole = note(invoice, chosen_back(invoice, []))
    assert whole.net_cents == invoice.net_cents
    assert all(left.is_nothing for left in left_of(invoice, [whole]).values())


def test_what_was_given_back_is_not_given_back_again() -> None:
    """A correction of a line that a manager gave back in part is due only as far as something is left of it (D9)."""
    invoice = issued()
    whole = note(invoice, chosen_back(invoice, [], [2]))
    assert due_back(invoice, [whole], ticket_bill(AFTER, PRICES).due_back) == ()
    nearly = replace(whole, lines=(replace(whole.lines[0], quantity=35, amount_cents=4959),))
    back = due_back(invoice, [nearly], ticket_bill(AFTER, PRICES).due_back)
    assert [(line.quantity, line.amount_cents) for line in back] == [(5, 708)]


def test_only_of_its_own_month() -> None:
    """What another month's invoice billed is due back of that one, and a line it never had of none (D9)."""
    invoice = issued()
    due = ticket_bill(AFTER, PRICES).due_back
    assert due_back(replace(invoice, month=(2026, 10)), [], due) == ()
    assert due_back(replace(invoice, lines=invoice.lines[:1]), [], due) == ()


def test_a_strange_note_changes_nothing() -> None:
    """A line that takes back from another invoice leaves this one as it is (D9)."""
    invoice = issued()
    strange = replace(note(invoice, chosen_back(invoice, [])), lines=(replace(invoice.lines[0], original_id=99),))
    assert left_of(invoice, [strange]) == left_of(invoice, [])


def test_costs_are_told_apart_by_what_they_are() -> None:
    """Two costs at one price are two lines; the one that was removed is due back (R26, D9)."""
    invoice = issued()
    travel = replace(
        invoice.lines[1], id=14, kind=LineKind.COST, quantity=2, price_cents=4500, amount_cents=9000, what="Travel"
    )
    parking = replace(travel, id=15, what="Parking")
    invoice = replace(invoice, lines=(travel, parking))
    back = replace(ticket_bill(AFTER, PRICES).due_back[0], kind=LineKind.COST, minutes=1, rate_cents=4500)
    found = due_back(invoice, [], [replace(back, amount_cents=4500, what="Parking")])
    assert [(line.original_id, line.quantity, line.amount_cents) for line in found] == [(15, 1, 4500)]


def test_the_digest_stands_for_what_was_shown() -> None:
    """Another amount has another digest (D9)."""
    invoice = issued()
    back = due_back(invoice, [], ticket_bill(AFTER, PRICES).due_back)
    assert digest(invoice, back) == digest(invoice, list(back))
    assert digest(invoice, back) != digest(invoice, [replace(back[0], amount_cents=1)])


def test_a_fee_after_the_end() -> None:
    """A cancellation written down late: the fee of a month after the end is due back once, work is not (D18)."""
    invoice = issued()
    back = due_back(invoice, [], [], is_covered=False)
    assert [(line.original_id, line.kind, line.amount_cents) for line in back] == [(11, LineKind.FEE, 27500)]
    assert due_back(invoice, [note(invoice, back)], [], is_covered=False) == ()
    assert due_back(invoice, [], []) == ()
