"""The main story: from a problem typed into the chat to the paid invoice, told with the buttons people see.

It plays through HTTP with authentication on and stops with an AssertionError at the first thing that is not as told.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from demo.connector import StandIn
from demo.narrator import Narrator
from demo.scenes import arrival, closing, estimates, garage, leaving, month, opening, work
from demo.stage import Stage

Scene = Callable[[Stage], Awaitable[None]]

FIRST_CUSTOMER = (
    arrival.everybody_gets_the_app,
    arrival.a_stranger_knocks,
    opening.a_ticket_is_opened,
    arrival.the_manager_refuses,
    opening.two_engineers_claim,
    opening.both_sides_talk,
    opening.a_screenshot_is_sent,
    work.eva_prepares,
    work.eva_logs_her_timer,
    work.three_quarters_are_used,
    work.the_limit_is_reached,
    estimates.an_estimate_is_offered,
    estimates.nobody_decides_for_two_days,
    estimates.ben_approves,
    estimates.the_work_goes_on,
    closing.the_ticket_is_resolved,
    closing.anna_reopens,
    closing.ben_withdraws,
    closing.somebody_phones,
    closing.the_lists,
    month.the_decision_has_a_receipt,
    month.anna_looks_at_the_costs,
    month.the_contract_is_renewed,
    month.the_month_is_prepared,
    month.the_invoice_arrives,
    month.ben_asks_about_a_line,
    month.it_is_paid,
)
SECOND_CUSTOMER = (
    garage.the_app_is_consented_to,
    garage.the_contacts_come_from_the_directory,
    garage.a_ticket_waits_for_access,
    garage.the_engineers_get_in,
    leaving.dirk_leaves,
    leaving.fay_takes_the_place,
    leaving.the_consent_is_renewed,
)
AT_THE_END = (
    arrival.nobody_was_told_twice,
    work.nothing_internal_leaked,
)


async def main_story(
    stand_in: StandIn, narrator: Narrator, scenes: Sequence[Scene] = (*FIRST_CUSTOMER, *SECOND_CUSTOMER)
) -> None:
    """The whole story, in scenes."""
    stage = Stage(stand_in, narrator)
    for scene in (*scenes, *AT_THE_END):
        await scene(stage)
    narrator.close_scene()
