"""The lines of a ticket, and what is known of it at an instant (D5, D6, D22)."""

from __future__ import annotations

from contract.lines import LineKind, Piece, TicketRecord
from tests.contract.builders import MONDAY, at, ticket


def test_minutes_and_pieces() -> None:
    """Work and minimum are counted in minutes, the fee and costs in pieces (D6, R26)."""
    assert [kind for kind in LineKind if not kind.is_minutes] == [LineKind.FEE, LineKind.COST]
    assert Piece(1, MONDAY, at("2026-11-23 11:25")).minutes == 85


def test_a_duplicate_is_void_from_when_it_was_marked() -> None:
    """Just before an instant: as marked, and as undone by reopening; without dates as the ticket says (D22)."""
    marked, undone = at("2026-11-24 10:00"), at("2026-11-25 10:00")
    record = TicketRecord(ticket=ticket(), voided=[(marked, True), (undone, False)])
    assert [record.is_void(when) for when in (MONDAY, marked, undone, at("2026-12-01 12:00"))] == [
        False,
        False,
        True,
        False,
    ]
    assert TicketRecord(ticket=ticket(is_void=True)).is_void(MONDAY)


def test_a_minimum_is_waived_from_when_staff_did() -> None:
    """Before that instant it was not; without a date ever since (D5)."""
    waived = ticket(minimum_waived_reason="our mistake")
    record = TicketRecord(ticket=waived, waived_at=at("2026-11-25 10:00"))
    assert not record.is_waived(at("2026-11-25 10:00"))
    assert record.is_waived(at("2026-11-25 10:01"))
    assert TicketRecord(ticket=waived).is_waived(MONDAY)
    assert not TicketRecord(ticket=ticket()).is_waived(MONDAY)
