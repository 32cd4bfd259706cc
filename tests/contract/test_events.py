"""What happens to a ticket, and who hears of it (R5, D31)."""

from __future__ import annotations

import pytest

from contract.events import EventKind, TicketEvent
from tests.contract.builders import MONDAY


def happened(kind: EventKind) -> TicketEvent:
    """An event of a kind."""
    return TicketEvent(id=1, ticket_number=1001, at=MONDAY, kind=kind, actor_id=1, actor_name="Anna")


def test_worked_example() -> None:
    """An answer goes to the contacts, an approval to contacts and engineer, a note to no contact ever (R5)."""
    assert EventKind.STAFF_ANSWERED.notifies_contacts
    assert EventKind.ESTIMATE_APPROVED.notifies_contacts
    assert EventKind.ESTIMATE_APPROVED.notifies_staff
    assert happened(EventKind.NOTE_ADDED).is_internal
    assert not EventKind.NOTE_ADDED.notifies_contacts


@pytest.mark.parametrize("kind", EventKind)
def test_internal_stays_internal(kind: EventKind) -> None:
    """What is internal notifies no contact, and what notifies contacts is not internal (R5)."""
    assert not (kind.is_internal and kind.notifies_contacts)
    assert happened(kind).is_internal == kind.is_internal


@pytest.mark.parametrize(
    "kind",
    [
        EventKind.TICKET_OPENED,
        EventKind.TICKET_CLAIMED,
        EventKind.WAITING_FOR_CUSTOMER,
        EventKind.WAITING_FOR_MICROSOFT,
        EventKind.TICKET_RESUMED,
        EventKind.CONTACT_ANSWERED,
        EventKind.STAFF_ANSWERED,
        EventKind.ESTIMATE_OFFERED,
        EventKind.ESTIMATE_APPROVED,
        EventKind.ESTIMATE_DECLINED,
        EventKind.TICKET_RESOLVED,
        EventKind.TICKET_WITHDRAWN,
        EventKind.TICKET_REOPENED,
    ],
)
def test_contacts_are_kept_informed(kind: EventKind) -> None:
    """Every pick-up, status change, message, estimate, decision and closing goes to both contacts (R5)."""
    assert kind.notifies_contacts


def test_details_can_not_be_changed() -> None:
    """History is never updated, not even by accident (R19)."""
    with pytest.raises(TypeError):
        happened(EventKind.NOTE_ADDED).details["minutes"] = 1  # type: ignore[index]
