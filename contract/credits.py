"""What can be given back of an invoice, line by line, and never more than is left of a line (D6, D9, D18).

An invoice never changes. What was corrected after it is due back on a credit note that names it; a manager can also
give back lines, or all of it. A line that credit notes took back from before has less left:

    A line of 40 minutes, € 56.67. Corrected to 30: 10 minutes, € 14.17 are due back; € 42.50 are left. Giving back
    the whole line after that gives back 30 minutes, € 42.50. After that nothing is left of it.

A cancellation that came to be known late ended the contract before a month that was invoiced: that month's fee is due
back (D18). What was worked stays.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from contract.invoices import CreditTooHigh
from contract.lines import LineKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from contract.invoices import Invoice, InvoiceLine
    from contract.lines import Line


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a line: quantity and cents, both below zero for a set-off (D5)."""

    quantity: int
    cents: int

    @property
    def is_nothing(self) -> bool:
        """True once all of it was given back, and for a line of nothing."""
        return self.cents == 0


def left_of(original: Invoice, notes: Iterable[Invoice]) -> dict[int, Left]:
    """Return what is left of every line of an invoice, by the line's id, after these credit notes (D9)."""
    left = {line.id: Left(line.quantity, line.amount_cents) for line in original.lines}
    for note in notes:
        for line in note.lines:
            if line.original_id in left:
                before = left[line.original_id]
                left[line.original_id] = Left(before.quantity - line.quantity, before.cents - line.amount_cents)
    return left


def chosen_back(
    original: Invoice, notes: Sequence[Invoice], positions: Collection[int] | None = None
) -> tuple[InvoiceLine, ...]:
    """Return what a manager gives back: what is left of the lines at these positions, counted from 1, or of all.

    Raises CreditTooHigh for a line of which nothing is left, and where there is no such line (D9).
    """
    left = left_of(original, notes)
    wanted = range(1, len(original.lines) + 1) if positions is None else sorted(set(positions))
    found: list[InvoiceLine] = []
    for position in wanted:
        if not 1 <= position <= len(original.lines):
            raise CreditTooHigh(position, 0)
        line = original.lines[position - 1]
        if not left[line.id].is_nothing:
            found.append(_back(line, left[line.id]))
        elif positions is not None:
            raise CreditTooHigh(position, 0)
    if not found:
        raise CreditTooHigh(1, 0)
    return tuple(found)


def due_back(
    original: Invoice, notes: Sequence[Invoice], due: Iterable[Line], *, is_covered: bool = True
) -> tuple[InvoiceLine, ...]:
    """Return the lines of the credit note for what was corrected: at most what is left of each line (D9).

    What a manager gave back before is not given back once more. `is_covered` tells whether the contract, as it is known
    now, still has the month of the invoice: otherwise its fee is due back (D18).
    """
    left = left_of(original, notes)
    lines = {_key(line): line for line in original.lines}
    fees = () if is_covered else (line for line in original.lines if line.kind is LineKind.FEE)
    found = [_back(line, left[line.id]) for line in fees if not left[line.id].is_nothing]
    for back in due:
        line = lines.get((back.ticket_number, back.kind, back.price_year, back.rate_cents, _what(back)))
        if line is None or back.month != original.month:
            continue
        rest = left[line.id]
        given = Left(min(back.minutes, rest.quantity), min(back.amount_cents, rest.cents))
        if given.cents > 0:
            found.append(_back(line, given))
    return tuple(found)


def digest(original: Invoice, lines: Iterable[InvoiceLine]) -> str:
    """Return what stands for a prepared credit note: a click binds to what was shown (D9)."""
    shown = [original.id, [[line.original_id, line.quantity, line.amount_cents] for line in lines]]
    return hashlib.sha256(json.dumps(shown, separators=(",", ":")).encode()).hexdigest()[:32]


def _back(line: InvoiceLine, given: Left) -> InvoiceLine:
    return replace(
        line,
        id=0,
        original_id=line.id,
        quantity=given.quantity,
        amount_cents=given.cents,
        pieces=line.pieces if given.quantity == line.quantity else (),
    )


def _key(line: InvoiceLine) -> tuple[int | None, LineKind, int, int, str]:
    return line.ticket_number, line.kind, line.price_year, line.price_cents, _what(line)


def _what(line: Line | InvoiceLine) -> str:
    """What a cost is for; of other lines it says something that their key does not need."""
    return line.what if line.kind is LineKind.COST else ""
