"""Samples of the form for a cost, and of costs among the time of a ticket."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cards.added_costs import CostSheet, cost_card
from cards.clicks.costs import AddCost
from cards.components import Card
from cards.entries import EntriesSheet, EntryLine, entries_card
from cards.refusals import refusal_text
from contract.allowance import Allowance
from contract.costs import Cost, CostItem, ItemNotCovered
from contract.hours import Place
from contract.people import Language
from contract.rate_bands import RateBand
from tests.cards.samples import sample
from tests.cards.samples.hours import ENTRY, FORM, NOW, TICKET

TRAVEL = CostItem(
    id=3,
    what="Voorrijkosten, per bezoek",
    price_cents=4500,
    signed_on=date(2026, 11, 5),
    starts_on=date(2026, 11, 10),
    ends_on=date(2026, 11, 30),
)
PARKING = replace(
    TRAVEL, id=4, what="Parking in the garage of the customer’s building, per started hour " * 2, price_cents=350
)
SHEET = CostSheet(
    ticket=TICKET,
    items=(TRAVEL, PARKING),
    filled=AddCost(form_id=FORM, ticket=1001, quantity=1, happened_on=date(2026, 11, 23)),
)
COST = Cost(
    id=8,
    ticket_number=1001,
    item_id=3,
    what=TRAVEL.what,
    price_cents=4500,
    quantity=2,
    happened_on=date(2026, 11, 23),
    recorded_at=NOW,
)


@sample("cost: a new one")
def _(language: Language) -> Card:
    return cost_card(SHEET, language)


@sample("cost: not covered")
def _(language: Language) -> Card:
    notice = refusal_text(ItemNotCovered(date(2026, 12, 1)), language, NOW)
    filled = SHEET.filled.model_copy(update={"item": 4, "happened_on": date(2026, 12, 1)})
    return cost_card(replace(SHEET, filled=filled), language, notice=notice)


@sample("entries: with costs")
def _(language: Language) -> Card:
    parking = replace(COST, id=9, what=PARKING.what, price_cents=350, quantity=3)
    bands = {RateBand.OFFICE: 45, RateBand.AFTER_HOURS: 0, RateBand.WEEKEND_HOLIDAY: 0}
    visit = EntryLine(
        entry=replace(ENTRY, place=Place.ON_SITE), engineer="Eva Engineer", bands=bands, amount_cents=6375
    )
    sheet = EntriesSheet(
        ticket=TICKET,
        customer_name="Bakkerij Brood & Zo",
        allowance=Allowance(120, 45),
        amount_cents=16425,
        lines=(visit,),
        costs=(COST, parking),
        can_add_cost=True,
        now=NOW,
    )
    return entries_card(sheet, language)


@sample("entries: with very many costs")
def _(language: Language) -> Card:
    costs = tuple(replace(COST, id=number, what=PARKING.what) for number in range(1, 201))
    sheet = EntriesSheet(
        ticket=TICKET,
        customer_name="Bakkerij Brood & Zo",
        allowance=Allowance(),
        amount_cents=2125,
        lines=(),
        costs=costs,
        now=NOW,
    )
    return entries_card(sheet, language)
