"""Samples of the evaluation of a contract's year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cards.components import Card
from cards.evaluations import EvaluationSheet, evaluation_card
from contract.evaluation import Decided, Evaluation, PickUps
from contract.outcomes import Outcome
from contract.people import Language
from contract.rate_bands import RateBand
from tests.cards.samples import sample
from tests.cards.samples.customers import CONTRACT, CUSTOMER

FULL = Evaluation(
    term=CONTRACT.term,
    through=date(2026, 12, 31),
    months=CONTRACT.term.months,
    tickets=34,
    open_tickets=1,
    outcomes={Outcome.SOLVED: 24, Outcome.ANSWERED: 5, Outcome.ESCALATED: 1, Outcome.WITHDRAWN: 3},
    pick_ups=PickUps(in_time=31, late=1, waiting=1, not_needed=1),
    minutes={RateBand.OFFICE: 2710, RateBand.AFTER_HOURS: 95, RateBand.WEEKEND_HOLIDAY: 0},
    unbilled_minutes=40,
    minimum_minutes=55,
    beyond_minutes=310,
    approved=Decided(count=3, minutes=420),
    declined=Decided(count=1, minutes=240),
    spend_cents={(2026, month): 27500 + 4250 * month for month in range(1, 13)},
)
SHEET = EvaluationSheet(contract=CONTRACT, customer_name=CUSTOMER.name, evaluation=FULL, is_staff=False)
BEGUN = replace(
    FULL,
    through=date(2026, 1, 4),
    months=((2026, 1),),
    tickets=0,
    open_tickets=0,
    outcomes={},
    pick_ups=PickUps(in_time=0, late=0, waiting=0, not_needed=0),
    minutes=dict.fromkeys(RateBand, 0),
    unbilled_minutes=0,
    minimum_minutes=0,
    beyond_minutes=0,
    approved=Decided(count=0, minutes=0),
    declined=Decided(count=0, minutes=0),
    spend_cents={},
)


@sample("evaluation: a full year")
def _(language: Language) -> Card:
    return evaluation_card(SHEET, language)


@sample("evaluation: just begun, for the staff")
def _(language: Language) -> Card:
    return evaluation_card(replace(SHEET, evaluation=BEGUN, is_staff=True), language)
