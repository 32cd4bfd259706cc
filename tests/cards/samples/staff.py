"""Samples of the cards about the provider's own people: guests, leavers, groups."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cards.components import Card
from cards.guests import GuestSheet, guest_card
from cards.staff import GroupSheet, LeaverSheet, staff_group_card, staff_left_card
from contract.people import Language
from tests.cards.samples import sample

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
GUEST = GuestSheet(
    guest_id=3,
    guest_name="Eva Engineer (extern) [*x*]",
    address="eva@oxineo.example",
    customer_name="Bakkerij Brood & Zo [*Noord*]",
    state="offered",
    found_at=NOW - timedelta(minutes=2),
)
LEAVER = LeaverSheet(
    name="Finn *Fixer*",
    why="left",
    at=NOW - timedelta(minutes=1),
    tickets=((1001, "Outlook shows no [new](http://x) mail"), (1004, "Printer")),
)
GROUP = GroupSheet(problem="empty", names=("Eva Engineer", "Finn Fixer"), since=NOW - timedelta(minutes=1))


@sample("guest: is this you")
def _(language: Language) -> Card:
    return guest_card(GUEST, language, NOW)


@sample("guest: confirmed")
def _(language: Language) -> Card:
    return guest_card(replace(GUEST, state="confirmed", decided_at=NOW), language, NOW)


@sample("guest: somebody else")
def _(language: Language) -> Card:
    return guest_card(replace(GUEST, state="refused", decided_at=NOW, address=""), language, NOW)


@sample("staff: left, with tickets")
def _(language: Language) -> Card:
    return staff_left_card(LEAVER, language, NOW)


@sample("staff: disabled, many tickets")
def _(language: Language) -> Card:
    tickets = tuple((1001 + number, f"Ticket about thing {number}") for number in range(9))
    return staff_left_card(replace(LEAVER, why="disabled", tickets=tickets), language, NOW)


@sample("staff: left, no tickets")
def _(language: Language) -> Card:
    return staff_left_card(replace(LEAVER, tickets=()), language, NOW)


@sample("staff: an empty group")
def _(language: Language) -> Card:
    return staff_group_card(GROUP, language, NOW)


@sample("staff: no manager left")
def _(language: Language) -> Card:
    return staff_group_card(replace(GROUP, problem="last_manager", names=("Mia Manager",)), language, NOW)


@sample("staff: groups can't be read")
def _(language: Language) -> Card:
    return staff_group_card(
        replace(GROUP, problem="failing", names=(), error="403 Authorization_RequestDenied"), language, NOW
    )
